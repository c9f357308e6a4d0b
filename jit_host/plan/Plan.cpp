//===- Plan.cpp - Old facts against new facts: what a reload has to do ----===//

#include "plan/Plan.h"
#include "ir/NamedSections.h"
#include "ir/Names.h"
#include "plan/Planner.h"
#include "plan/RecordChanges.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace nextframe;

std::string nextframe::initialContentSymbol(StringRef Variable, Generation G) {
  return ("initial." + Variable + ".v" + Twine(number(G))).str();
}

PlanResult Planner::run() {
  Next.Gen = Plan.Gen = Generation{Live.Started ? number(Live.Gen) + 1 : 0};
  Next.Started = true;
  Plan.Problems = New.Problems;
  if (!New.Functions.contains("main"))
    Plan.Problems.push_back({"", 0, message(diag::link_no_main)});

  Plan.LayoutChanges = compareRecords(Live.Records, Units, Next.Records);
  changedLinkages();
  assembly();
  namedSections();
  for (auto &[Name, D] : New.Variables)
    if (!Relaid.contains(Name))
      variable(*D.Facts, D.Unit);
  removedVariables();
  heldByConstants();
  changedSignatures();
  takeOverFromLibraries();
  followMovedConstants();
  vtablesLeftBehind();
  layoutChanges();
  for (auto &[Name, D] : New.Functions)
    function(*D.Facts, D.Unit);
  removedFunctions();
  hazards();
  conversionHazards();
  aliases();
  initialisers();
  lostInitialisers();
  finalisers();
  references();
  hidingPlaces();
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
  Plan.Work.push_back({Id, {}, {}, {}, {}, {}});
  return Plan.Work.back();
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// A function that is called in another way now (another return type, in C other
/// arguments) gets another entry: code that is still running, main's loop say,
/// calls it as before, and must find what it expects.
void Planner::changedSignatures() {
  for (auto &[Name, D] : New.Functions) {
    auto It = Next.Functions.find(Name);
    if (It == Next.Functions.end() || It->second.Signature == D.Facts->Signature)
      continue;
    LiveFunction &L = It->second;
    L.Signature = D.Facts->Signature;
    auto [Entry, IsNew] = L.Entries.try_emplace(L.Signature);
    if (IsNew) {
      Entry->second = (Name + ".s" + Twine::utohexstr(L.Signature)).str();
      Plan.NewEntries.push_back(Name.str());
    }
    L.Entry = Entry->second;
    Moved.insert(Name);
  }
}

/// A new function that has the name of one in a library, or in an object that is
/// linked with the program. The name may mean that one already, so the new one's
/// entry has another; whoever calls it by name is made to call the new one.
void Planner::takeOverFromLibraries() {
  if (!Live.Started)
    return; // From the start, the program's own goes first.
  for (auto &[Name, D] : New.Functions)
    if (!Next.Functions.contains(Name) && IsExternal(Name)) {
      TakenOver.insert(Name);
      Moved.insert(Name);
    }
}

void Planner::function(const FunctionFacts &F, size_t Unit) {
  auto [It, IsNew] = Next.Functions.try_emplace(F.Name);
  LiveFunction &L = It->second;
  if (IsNew) {
    L.Signature = F.Signature;
    L.Entry = L.Entries[F.Signature] =
        TakenOver.contains(F.Name) ? F.Name + ".s" + utohexstr(F.Signature) : F.Name;
  }
  L.Unit = Units[Unit].Id;
  bool Regenerate = refersToMoved(F.References, Unit);
  if (!IsNew && !Regenerate && !L.Removed && L.Hash == F.Hash)
    return;
  if (IsNew)
    Plan.NewEntries.push_back(F.Name);
  if (!takeBody(F, *Units[Unit].Facts, Plan, IsNew, L, Regenerate))
    return;
  work(Unit).Functions.push_back(F.Name);
  L.Types[Plan.Gen].Variables = variablesAmong(F.References, Unit);
}

/// As many as the compiles that are remembered of a unit: text that is older is
/// compiled anew. (What no plan goes back to may be dropped from memory.)
static void forgetOldBodies(LiveFunction &L) {
  constexpr size_t Kept = 6;
  while (L.Bodies.size() > Kept) {
    auto Oldest = llvm::min_element(
        L.Bodies, [](const auto &A, const auto &B) { return A.second < B.second; });
    L.Bodies.erase(Oldest);
  }
}

bool nextframe::takeBody(const FunctionFacts &F, const UnitFacts &In, ReloadPlan &Plan, bool IsNew,
                         LiveFunction &L, bool Anew) {
  (IsNew || L.Removed ? Plan.Added : Plan.Replaced).push_back(F.Name);
  if (!IsNew && L.CallsInLoop && F.Name != "main")
    Plan.Looping.push_back(F.Name);
  L.Removed = false;
  L.Hash = F.Hash;
  L.CallsInLoop = F.CallsInLoop;
  if (auto Old = L.Bodies.find(F.Hash); Old != L.Bodies.end() && !Anew) {
    if (L.Body != Old->second)
      Plan.Rebinds.push_back({F.Name, Old->second});
    L.Body = Old->second;
    return false;
  }
  L.Body = Plan.Gen;
  L.Bodies[F.Hash] = Plan.Gen;
  BodyTypes &Types = L.Types[Plan.Gen];
  Types.Known = F.TypesKnown;
  for (TypeIndex I : F.Types)
    Types.Keys.push_back(In.Types[I]);
  forgetOldBodies(L);
  return true;
}

/// What no source has any more keeps its entry and body: old code may be in the
/// middle of it, or hold its address.
void Planner::removedFunctions() {
  for (auto &Entry : Next.Functions)
    if (!Entry.second.Removed && !New.Functions.contains(Entry.first())) {
      Entry.second.Removed = Vanished = true;
      Entry.second.Bodies.clear(); // What comes back is made anew.
      Plan.Removed.push_back(Entry.first().str());
    }
  sort(Plan.Removed);
}

/// Another name for a function is an entry that leads to the function's; one for a
/// variable is the variable's address, which code holds.
void Planner::aliases() {
  for (auto &[Name, D] : New.Aliases) {
    const AliasFacts &A = *D.Facts;
    auto [It, IsNew] = Next.Aliases.try_emplace(Name, LiveAlias{A.Target, A.IsFunction});
    LiveAlias &Known = It->second;
    if (IsNew) {
      Plan.Aliases.push_back(A);
    } else if (Known.Target != A.Target && Known.IsFunction && A.IsFunction) {
      Known.Target = A.Target;
      Plan.Retargeted.push_back(A);
      Plan.Replaced.push_back(A.Name);
    } else if (Known.Target != A.Target) {
      Plan.Refusals.push_back(message(diag::refuse_alias, displayName(Name),
                                      displayName(Known.Target), displayName(A.Target)));
    }
  }
}

/// Assembly is linked once, as what an object has: nobody knows what an edit of it means
/// for code that is running.
void Planner::assembly() {
  for (const PlanUnit &U : Units) {
    const AssemblyFacts &A = U.Facts->Assembly;
    Assembled.insert_range(A.Defines);
    if (A.Text.empty())
      continue;
    auto [Known, IsNew] = Next.Assembly.try_emplace(U.Id, A.Text);
    if (IsNew)
      Plan.Assembly.push_back(U.Id);
    else if (Known->second != A.Text)
      Plan.Refusals.push_back(message(diag::refuse_assembly, U.File));
  }
}

//===----------------------------------------------------------------------===//
// What the whole program must hold
//===----------------------------------------------------------------------===//

/// Every name that the program refers to is defined, by it or by a library. What
/// is new is asked; where something went away, everything is.
void Planner::references() {
  StringSet<> Fresh;
  for (const UnitWork &W : Plan.Work) {
    Fresh.insert_range(W.Functions);
    Fresh.insert_range(W.Variables);
    Fresh.insert_range(W.InitialContents);
    Fresh.insert_range(W.VTables);
  }
  for (const Rebind &R : Plan.Rebinds)
    Fresh.insert(R.Function);
  Fresh.insert_range(Plan.Added); // Also what was removed and has come back as it was.
  Fresh.insert_range(Returned);
  for (auto &[Name, D] : New.Functions)
    if (Vanished || Fresh.contains(Name))
      referencesOf(Name, D.Facts->References, D.Unit, D.Facts->Line);
  for (auto &[Name, D] : New.Variables)
    if (Vanished || Fresh.contains(Name))
      referencesOf(Name, D.Facts->References, D.Unit, 0);
}

void Planner::referencesOf(StringRef User, ArrayRef<SymbolIndex> References, size_t Unit,
                           unsigned Line) {
  for (SymbolIndex I : References) {
    StringRef Name = Units[Unit].Facts->Symbols[I];
    if (New.defines(Name) || Assembled.contains(Name) || !sectionOfBound(Name).empty())
      continue; // (Where there is no such section, a weak reference is null.)
    auto [It, First] = Known.try_emplace(Name, false);
    if (First)
      It->second = IsExternal(Name);
    if (It->second || !Missing.insert(Name).second)
      continue;
    Plan.Problems.push_back(
        {Units[Unit].File, Line,
         message(diag::link_undefined, displayName(Name), displayName(User), Units[Unit].File)});
  }
}

void Planner::notes() {
  if (is_contained(Plan.Replaced, "main"))
    Plan.Notes.push_back(message(diag::note_main_running));
  // Initialisers are code of ours to name, not functions that the user wrote.
  for (auto *List : {&Plan.Replaced, &Plan.Added, &Plan.Removed})
    erase_if(*List, [](StringRef Name) { return isInitialiserName(Name); });
}

PlanResult nextframe::planReload(const LiveProgram &Live, ArrayRef<PlanUnit> Units,
                                 function_ref<bool(StringRef)> IsExternal) {
  return Planner(Live, Units, IsExternal).run();
}
