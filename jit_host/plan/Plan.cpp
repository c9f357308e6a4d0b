//===- Plan.cpp - Old facts against new facts: what a reload has to do ----===//

#include "plan/Plan.h"
#include "ir/Names.h"
#include "plan/RecordChanges.h"
#include "plan/Resolution.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace nextframe;

std::string nextframe::initialContentSymbol(StringRef Variable, Generation G) {
  return ("initial." + Variable + ".v" + Twine(number(G))).str();
}

namespace {

/// Plans one reload: a pass a kind of thing, in the order of run().
class Planner {
public:
  Planner(const LiveProgram &Live, ArrayRef<PlanUnit> Units,
          function_ref<bool(StringRef)> IsExternal)
      : Live(Live), Next(Live), Units(Units), IsExternal(IsExternal), New(resolve(Units)) {}

  PlanResult run();

private:
  void variable(const VariableFacts &V, size_t Unit);
  void changedVariable(const VariableFacts &V, size_t Unit, LiveVariable &Known);
  void refuseType(const VariableFacts &V, const LiveVariable &Known);
  void moveConstant(const VariableFacts &V, size_t Unit);
  void followMovedConstants();
  void function(const FunctionFacts &F, size_t Unit);
  void removedFunctions();
  void aliases();
  void initialisers();
  void initialiser(const InitialiserFacts &I, uint64_t Hash);
  void lostInitialisers();
  void reset(StringRef Variable, StringRef Initialiser);
  void finalisers();
  void references();
  void referencesOf(const FunctionFacts &F, size_t Unit);
  void notes();

  UnitWork &work(size_t Unit);
  bool refersToMoved(ArrayRef<SymbolIndex> Refs, size_t Unit) const;
  static LiveVariable describe(const VariableFacts &V);

  const LiveProgram &Live;
  LiveProgram Next;
  ArrayRef<PlanUnit> Units;
  function_ref<bool(StringRef)> IsExternal;
  Resolution New;
  ReloadPlan Plan;
  StringSet<> NewHomes;  ///< Variables that get their home in this reload.
  StringSet<> Moved;     ///< Constants that get another home.
  StringSet<> Missing;   ///< Names already reported.
  StringMap<bool> Known; ///< Answers of IsExternal.
};

} // namespace

PlanResult Planner::run() {
  Next.Gen = Plan.Gen = Generation{Live.Started ? number(Live.Gen) + 1 : 0};
  Next.Started = true;
  Plan.Problems = New.Problems;
  if (!New.Functions.contains("main"))
    Plan.Problems.push_back({"", 0, message(diag::link_no_main)});

  compareRecords(Live.Records, Units, Next.Records, Plan.Refusals);
  for (auto &[Name, D] : New.Variables)
    variable(*D.Facts, D.Unit);
  followMovedConstants();
  for (auto &[Name, D] : New.Functions)
    function(*D.Facts, D.Unit);
  removedFunctions();
  aliases();
  initialisers();
  lostInitialisers();
  finalisers();
  references();
  notes();

  // Link order, whatever order the passes found the work in.
  sort(Plan.Work, [&](const UnitWork &A, const UnitWork &B) {
    auto Position = [&](UnitId Id) {
      return find_if(Units, [&](const PlanUnit &U) { return U.Id == Id; }) - Units.begin();
    };
    return Position(A.Unit) < Position(B.Unit);
  });
  return {std::move(Plan), std::move(Next)};
}

UnitWork &Planner::work(size_t Unit) {
  UnitId Id = Units[Unit].Id;
  auto It = find_if(Plan.Work, [&](const UnitWork &W) { return W.Unit == Id; });
  if (It != Plan.Work.end())
    return *It;
  Plan.Work.push_back({Id, {}, {}, {}});
  return Plan.Work.back();
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

LiveVariable Planner::describe(const VariableFacts &V) {
  return {V.Kind, V.Size, V.Align, V.TypeHash, V.ContentHash, V.TypeName, V.ThreadLocal, V.Name};
}

void Planner::variable(const VariableFacts &V, size_t Unit) {
  auto It = Next.Variables.find(V.Name);
  if (It != Next.Variables.end())
    return changedVariable(V, Unit, It->second);
  Next.Variables[V.Name] = describe(V);
  work(Unit).Variables.push_back(V.Name);
  NewHomes.insert(V.Name);
}

void Planner::changedVariable(const VariableFacts &V, size_t Unit, LiveVariable &Known) {
  bool SameContent = Known.ContentHash == V.ContentHash && Known.Size == V.Size;
  if (V.Kind == DataKind::Literal || V.Kind == DataKind::TypeInfo)
    return; // Named by content, or told apart by name alone.
  if (V.Kind == DataKind::Constant || Known.Kind == DataKind::Constant) {
    if (!SameContent || V.Kind != Known.Kind)
      moveConstant(V, Unit);
    return;
  }
  if (V.Kind == DataKind::VTable) {
    if (!SameContent)
      Plan.Refusals.push_back(message(diag::refuse_vtable, displayName(V.Name)));
    return;
  }
  bool SameType = Known.TypeHash == V.TypeHash && Known.Size == V.Size && Known.Align >= V.Align &&
                  Known.TypeName == V.TypeName && Known.ThreadLocal == V.ThreadLocal;
  if (!SameType)
    return refuseType(V, Known);
  if (SameContent || V.Kind == DataKind::Guard)
    return;
  Known.ContentHash = V.ContentHash;
  work(Unit).InitialContents.push_back(V.Name);
  reset(V.Name, "");
}

void Planner::refuseType(const VariableFacts &V, const LiveVariable &Known) {
  if (Known.TypeName != V.TypeName)
    Plan.Refusals.push_back(message(diag::refuse_variable_type, displayName(V.Name),
                                    Known.TypeName, V.TypeName));
  else if (Plan.Refusals.empty()) // Else its type's change has been told already.
    Plan.Refusals.push_back(message(diag::refuse_variable_layout, displayName(V.Name),
                                    V.TypeName));
}

/// Gives an edited constant a home of its own: whoever holds a pointer to the
/// old one keeps the old values, and all code is made to use the new one.
void Planner::moveConstant(const VariableFacts &V, size_t Unit) {
  LiveVariable &Home = Next.Variables[V.Name];
  Home = describe(V);
  Home.Symbol = bodyName(V.Name, Plan.Gen);
  work(Unit).Variables.push_back(V.Name);
  Moved.insert(V.Name);
}

bool Planner::refersToMoved(ArrayRef<SymbolIndex> Refs, size_t Unit) const {
  if (Moved.empty())
    return false;
  return any_of(Refs, [&](SymbolIndex I) { return Moved.contains(Units[Unit].Facts->Symbols[I]); });
}

/// Constants that hold the address of a moved one move with it, and variables
/// that do are to take it anew.
void Planner::followMovedConstants() {
  if (Moved.empty())
    return;
  StringSet<> Followed;
  for (bool Again = true; Again;) {
    Again = false;
    for (auto &[Name, D] : New.Variables) {
      if (Moved.contains(Name) || NewHomes.contains(Name) ||
          !refersToMoved(D.Facts->References, D.Unit) || !Followed.insert(Name).second)
        continue;
      if (D.Facts->Kind == DataKind::Variable) {
        work(D.Unit).InitialContents.push_back(Name.str());
        reset(Name, "");
      } else {
        moveConstant(*D.Facts, D.Unit);
        Again = true;
      }
    }
  }
  // An older body may name the old home: none of them can be gone back to.
  for (auto &Entry : Next.Functions) {
    LiveFunction &F = Entry.second;
    F.Bodies = {{F.Hash, F.Body}};
  }
}

void Planner::reset(StringRef Variable, StringRef Initialiser) {
  const LiveVariable &V = Next.Variables[Variable];
  if (V.ThreadLocal) {
    Plan.Kept.push_back({Variable.str(), message(diag::note_kept_thread_local)});
    return;
  }
  Plan.Resets.push_back({Variable.str(), Initialiser.str()});
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

void Planner::function(const FunctionFacts &F, size_t Unit) {
  auto [It, IsNew] = Next.Functions.try_emplace(F.Name);
  LiveFunction &L = It->second;
  bool Regenerate = refersToMoved(F.References, Unit);
  if (!IsNew && !Regenerate && !L.Removed && L.Hash == F.Hash)
    return;

  (IsNew || L.Removed ? Plan.Added : Plan.Replaced).push_back(F.Name);
  if (IsNew)
    Plan.NewEntries.push_back(F.Name);
  L.Removed = false;
  L.Hash = F.Hash;
  if (auto Old = L.Bodies.find(F.Hash); Old != L.Bodies.end() && !Regenerate) {
    if (L.Body != Old->second)
      Plan.Rebinds.push_back({F.Name, Old->second});
    L.Body = Old->second;
    return;
  }
  work(Unit).Functions.push_back(F.Name);
  L.Body = Plan.Gen;
  L.Bodies[F.Hash] = Plan.Gen;
}

/// What no source has any more keeps its entry and body: old code may be in the
/// middle of it, or hold its address.
void Planner::removedFunctions() {
  for (auto &Entry : Next.Functions)
    if (!Entry.second.Removed && !New.Functions.contains(Entry.first())) {
      Entry.second.Removed = true;
      Plan.Removed.push_back(Entry.first().str());
    }
  sort(Plan.Removed);
}

void Planner::aliases() {
  for (auto &[Name, D] : New.Aliases) {
    auto [It, IsNew] = Next.Aliases.try_emplace(Name, D.Facts->Target);
    if (IsNew)
      Plan.Aliases.push_back(*D.Facts);
    else if (It->second != D.Facts->Target)
      Plan.Refusals.push_back(message(diag::refuse_alias, displayName(Name),
                                      displayName(It->second), displayName(D.Facts->Target)));
  }
}

//===----------------------------------------------------------------------===//
// Initialisers
//===----------------------------------------------------------------------===//

/// Runs over the initialisers in the order in which a fresh start would run
/// them: by priority, then link order, then order in the file.
void Planner::initialisers() {
  std::multimap<unsigned, std::pair<const InitialiserFacts *, size_t>> InOrder;
  for (size_t U = 0; U != Units.size(); ++U)
    for (const InitialiserFacts &I : Units[U].Facts->Initialisers)
      InOrder.insert({I.Priority, {&I, U}});
  // (The multimap keeps the order of equals.)
  for (auto &[Priority, Where] : InOrder) {
    auto &[I, Unit] = Where;
    auto It = New.Functions.find(I->Function);
    // Files that share an inline variable share its initialiser.
    if (It == New.Functions.end() || It->second.Unit != Unit)
      continue;
    initialiser(*I, It->second.Facts->Hash);
  }
}

void Planner::initialiser(const InitialiserFacts &I, uint64_t Hash) {
  auto [It, IsNew] = Next.Initialisers.try_emplace(I.Function, LiveInitialiser{Hash, I.Variable});
  bool Changed = It->second.Hash != Hash;
  It->second.Hash = Hash;
  if (I.Variable.empty() || NewHomes.contains(I.Variable)) {
    if (IsNew)
      Plan.Initialisers.push_back({I.Function, I.Variable});
    return;
  }
  if (!IsNew && !Changed)
    return;
  auto V = New.Variables.find(I.Variable);
  if (V == New.Variables.end())
    return;
  if (V->second.Facts->TriviallyCopyable)
    reset(I.Variable, I.Function);
  else
    Plan.Kept.push_back({I.Variable, message(diag::note_kept_not_trivial, V->second.Facts->TypeName)});
}

/// A variable whose computed initialiser became a constant one. (That its
/// content differs doesn't tell: both may be all zero.)
void Planner::lostInitialisers() {
  StringSet<> Present;
  for (const PlanUnit &U : Units)
    for (const InitialiserFacts &I : U.Facts->Initialisers)
      Present.insert(I.Function);
  SmallVector<std::string, 4> Lost;
  for (auto &Entry : Next.Initialisers)
    if (!Present.contains(Entry.first()) && !Entry.second.Variable.empty())
      Lost.push_back(Entry.first().str());
  sort(Lost);
  for (const std::string &Function : Lost) {
    std::string Variable = Next.Initialisers[Function].Variable;
    Next.Initialisers.erase(Function);
    auto V = New.Variables.find(Variable);
    if (V == New.Variables.end() || is_contained(map_range(Plan.Resets, [](const Reset &R) {
          return StringRef(R.Variable);
        }), StringRef(Variable)))
      continue;
    work(V->second.Unit).InitialContents.push_back(Variable);
    reset(Variable, "");
  }
}

void Planner::finalisers() {
  for (const PlanUnit &U : Units)
    for (const std::string &F : U.Facts->Finalisers)
      if (Next.Finalisers.insert(F).second)
        Plan.Finalisers.push_back(F);
}

//===----------------------------------------------------------------------===//
// What the whole program must hold
//===----------------------------------------------------------------------===//

/// Every name that code refers to is defined, by the program or by a library.
void Planner::references() {
  StringSet<> Fresh;
  for (const UnitWork &W : Plan.Work)
    for (const std::string &F : W.Functions)
      Fresh.insert(F);
  // Where something went away, unchanged code may still need it.
  bool All = !Plan.Removed.empty() || Live.Variables.size() != New.Variables.size();
  for (auto &[Name, D] : New.Functions)
    if (All || Fresh.contains(Name))
      referencesOf(*D.Facts, D.Unit);
}

void Planner::referencesOf(const FunctionFacts &F, size_t Unit) {
  for (SymbolIndex I : F.References) {
    StringRef Name = Units[Unit].Facts->Symbols[I];
    if (New.defines(Name))
      continue;
    auto [It, First] = Known.try_emplace(Name, false);
    if (First)
      It->second = IsExternal(Name);
    if (It->second || !Missing.insert(Name).second)
      continue;
    Plan.Problems.push_back({Units[Unit].File, F.Line,
                             message(diag::link_undefined, displayName(Name), displayName(F.Name),
                                     Units[Unit].File)});
  }
}

void Planner::notes() {
  if (is_contained(Plan.Replaced, "main"))
    Plan.Notes.push_back(message(diag::note_main_running));
  // Initialisers are code of ours to name, not functions that the user wrote.
  for (auto *List : {&Plan.Replaced, &Plan.Added, &Plan.Removed})
    erase_if(*List, [](StringRef Name) { return Name.starts_with("init."); });
}

PlanResult nextframe::planReload(const LiveProgram &Live, ArrayRef<PlanUnit> Units,
                                 function_ref<bool(StringRef)> IsExternal) {
  return Planner(Live, Units, IsExternal).run();
}
