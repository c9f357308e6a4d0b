//===- PlanVariables.cpp - Variables and their initialisers ---------------===//

#include "ir/Names.h"
#include "plan/Planner.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"

#include <map>

using namespace llvm;
using namespace nextframe;

LiveVariable Planner::describe(const VariableFacts &V, size_t Unit) const {
  LiveVariable L;
  L.Kind = V.Kind;
  L.Size = V.Size;
  L.Align = V.Align;
  L.TypeHash = V.TypeHash;
  L.ContentHash = V.ContentHash;
  L.TypeName = V.TypeName;
  L.ThreadLocal = V.ThreadLocal;
  L.Symbol = V.Name;
  L.TriviallyCopyable = V.TriviallyCopyable;
  for (const ContainedRecord &C : V.Contents)
    L.Contents.push_back({Units[Unit].Facts->Types[C.Type], C.Count});
  L.Class = V.Class;
  L.Parts = V.Parts;
  L.Room = roomFor(V.Parts);
  return L;
}

/// What never changes in place: an edit makes another one.
static bool isConstantData(DataKind Kind) {
  return Kind == DataKind::Constant || Kind == DataKind::Literal;
}

void Planner::variable(const VariableFacts &V, size_t Unit) {
  auto It = Next.Variables.find(V.Name);
  if (It != Next.Variables.end())
    return changedVariable(V, Unit, It->second);
  Next.Variables[V.Name] = describe(V, Unit);
  work(Unit).Variables.push_back(V.Name);
  NewHomes.insert(V.Name);
}

void Planner::changedVariable(const VariableFacts &V, size_t Unit, LiveVariable &Known) {
  bool SameContent = Known.ContentHash == V.ContentHash && Known.Size == V.Size;
  if (std::exchange(Known.Removed, false))
    Returned.push_back(V.Name);
  bool IsBack = !Returned.empty() && Returned.back() == V.Name;
  if (V.Kind == DataKind::VTable) {
    // (One that is back may lead to functions that are found elsewhere by now.)
    if (!SameContent || IsBack)
      vtable(V, Unit);
    return;
  }
  if (Known.NamesOldHomes)
    return moveConstant(V, Unit);
  if (V.Kind == DataKind::Literal || V.Kind == DataKind::TypeInfo)
    return; // Named by content, or told apart by name alone.
  if (V.Kind == DataKind::Constant || Known.Kind == DataKind::Constant) {
    if (!SameContent || V.Kind != Known.Kind)
      moveConstant(V, Unit);
    return;
  }
  bool SameType = Known.TypeHash == V.TypeHash && Known.Size == V.Size && Known.Align >= V.Align &&
                  Known.TypeName == V.TypeName && Known.ThreadLocal == V.ThreadLocal;
  if (!SameType)
    return refuseType(V, Known);
  if (SameContent || V.Kind == DataKind::Guard)
    return;
  Known.ContentHash = V.ContentHash;
  reset(V, Unit, "");
}

/// Variables keep their homes when no source has them any more.
void Planner::removedVariables() {
  for (auto &Entry : Next.Variables)
    if (!Entry.second.Removed && !New.Variables.contains(Entry.first()))
      Entry.second.Removed = Vanished = true;
}

void Planner::refuseType(const VariableFacts &V, const LiveVariable &Known) {
  if (Known.TypeName != V.TypeName)
    Plan.Refusals.push_back(
        message(diag::refuse_variable_type, displayName(V.Name), Known.TypeName, V.TypeName));
  else if (none_of(Plan.LayoutChanges, [&](auto &C) { return !C.OnlyVirtuals; })) // Else its type's change is told.
    Plan.Refusals.push_back(message(diag::refuse_variable_layout, displayName(V.Name), V.TypeName));
}

/// Gives an edited constant a home of its own: whoever holds a pointer to the
/// old one keeps the old values, and all code is made to use the new one.
void Planner::moveConstant(const VariableFacts &V, size_t Unit) {
  LiveVariable &Home = Next.Variables[V.Name];
  Home = describe(V, Unit);
  Home.Symbol = bodyName(V.Name, Plan.Gen);
  work(Unit).Variables.push_back(V.Name);
  Moved.insert(V.Name);
  if (V.Kind == DataKind::Variable)
    NewHomes.insert(V.Name); // A constant no more: it is the program's from here on.
}

bool Planner::refersToMoved(ArrayRef<SymbolIndex> Refs, size_t Unit) const {
  if (Moved.empty())
    return false;
  return any_of(Refs, [&](SymbolIndex I) { return Moved.contains(Units[Unit].Facts->Symbols[I]); });
}

/// Constants that hold the address of something moved move with it, and variables
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
      if (D.Facts->Kind == DataKind::VTable) {
        vtable(*D.Facts, D.Unit);
        Again |= Moved.contains(Name);
      } else if (isConstantData(D.Facts->Kind)) {
        moveConstant(*D.Facts, D.Unit);
        Again = true;
      } else if (D.Facts->Kind == DataKind::Variable) {
        reset(*D.Facts, D.Unit, "");
      }
    }
  }
  forgetOldHomes();
}

/// Bodies and constants that are not in use may name a home that is old now; they
/// can't be gone back to as they are.
void Planner::forgetOldHomes() {
  for (auto &Entry : Next.Variables)
    if (Entry.second.Removed && isConstantData(Entry.second.Kind))
      Entry.second.NamesOldHomes = true;
  for (auto &Entry : Next.Functions) {
    LiveFunction &F = Entry.second;
    auto It = New.Functions.find(Entry.first());
    bool Stays = It != New.Functions.end() && It->second.Facts->Hash == F.Hash;
    std::erase_if(F.Bodies, [&](const auto &Body) { return !Stays || Body.first != F.Hash; });
  }
}

/// Notes that \p V is to take the value of its edited initialiser, once: a
/// computed one goes before the constant content that it starts from.
void Planner::reset(const VariableFacts &V, size_t Unit, StringRef Initialiser) {
  if (V.ThreadLocal) {
    Plan.Kept.push_back({V.Name, message(diag::note_kept_thread_local)});
    return;
  }
  auto Known = find_if(Plan.Resets, [&](const Reset &R) { return R.Variable == V.Name; });
  if (Known == Plan.Resets.end()) {
    Plan.Resets.push_back({V.Name, Initialiser.str(), Initialiser.empty() ? 0 : Order});
    if (Initialiser.empty())
      work(Unit).InitialContents.push_back(V.Name);
  } else if (!Initialiser.empty()) {
    Known->Initialiser = Initialiser.str();
    Known->Order = Order;
    erase(work(Unit).InitialContents, V.Name);
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
    ++Order;
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
      Plan.Initialisers.push_back({I.Function, I.Variable, Order});
    return;
  }
  if (!IsNew && !Changed)
    return;
  if (auto V = New.Variables.find(I.Variable); V != New.Variables.end())
    resetOrKeep(*V->second.Facts, V->second.Unit, I.Function);
}

/// Only plain values are assigned anew: an object may own things, or be known to
/// others by its address.
void Planner::resetOrKeep(const VariableFacts &V, size_t Unit, StringRef Initialiser) {
  if (V.TriviallyCopyable)
    reset(V, Unit, Initialiser);
  else
    Plan.Kept.push_back({V.Name, message(diag::note_kept_not_trivial, V.TypeName)});
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
    if (V != New.Variables.end() && !isConstantData(V->second.Facts->Kind) &&
        !NewHomes.contains(Variable))
      resetOrKeep(*V->second.Facts, V->second.Unit, "");
  }
}

void Planner::finalisers() {
  for (const PlanUnit &U : Units)
    for (const std::string &F : U.Facts->Finalisers)
      if (Next.Finalisers.insert(F).second)
        Plan.Finalisers.push_back(F);
}
