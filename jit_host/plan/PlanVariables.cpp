//===- PlanVariables.cpp - Variables and their initialisers ---------------===//

#include "ir/Names.h"
#include "plan/Planner.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"

#include <map>

using namespace llvm;
using namespace nextframe;

/// What never changes in place: an edit makes another one.
static bool isConstantData(DataKind Kind) {
  return Kind == DataKind::Constant || Kind == DataKind::Literal;
}

LiveVariable Planner::describe(const VariableFacts &V, size_t Unit) const {
  LiveVariable L;
  L.Kind = V.Kind;
  L.Size = V.Size;
  L.Align = V.Align;
  L.TypeHash = V.TypeHash;
  L.ContentHash = V.ContentHash;
  L.TypeName = V.TypeName;
  L.Shape = V.Shape;
  L.Meaning = V.Meaning;
  L.InitialiserText = V.InitialiserText;
  if (isConstantData(V.Kind))
    L.Holds = variablesAmong(V.References, Unit);
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

void Planner::variable(const VariableFacts &V, size_t Unit) {
  auto It = Next.Variables.find(V.Name);
  if (It != Next.Variables.end())
    return changedVariable(V, Unit, It->second);
  LiveVariable &L = Next.Variables[V.Name] = describe(V, Unit);
  if (Next.TakenSymbols.contains(V.Name))
    L.Symbol = bodyName(V.Name, Plan.Gen);
  work(Unit).Variables.push_back(V.Name);
  NewHomes.insert(V.Name);
  constexpr StringLiteral GuardPrefix = "_ZGV";
  StringRef Guarded = V.Name;
  if (V.Kind != DataKind::Guard || !Guarded.consume_front(GuardPrefix))
    return;
  std::string Variable = ("_Z" + Guarded).str();
  auto Known = Next.Variables.find(Variable);
  if (Known != Next.Variables.end() && !NewHomes.contains(Variable) &&
      Known->second.Kind == DataKind::Variable && !Known->second.ThreadLocal)
    Plan.NewGuards.push_back({V.Name, Variable});
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
  if (!isSameType(V, Known))
    return mayConvertType(V, Known) ? convertVariable(V, Unit, Known) : refuseType(V, Known);
  Known.TypeName = V.TypeName;
  Known.TypeHash = V.TypeHash;
  Known.Meaning = V.Meaning;
  Known.TriviallyCopyable = V.TriviallyCopyable;
  bool SameText = Known.InitialiserText == V.InitialiserText;
  Known.InitialiserText = V.InitialiserText;
  if (V.Kind == DataKind::Guard)
    return;
  Known.ContentHash = V.ContentHash;
  if (std::string Guard = guardOf(V); !Guard.empty() && !(SameContent && SameText))
    return resetLocal(V, Unit, Guard);
  if (SameContent)
    return;
  reset(V, Unit, "");
}

/// Variables keep their homes when no source has them any more.
void Planner::removedVariables() {
  for (auto &Entry : Next.Variables)
    if (!Entry.second.Removed && !New.Variables.contains(Entry.first()))
      Entry.second.Removed = Vanished = true;
}

void Planner::refuseType(const VariableFacts &V, const LiveVariable &Known) {
  if (V.Kind == DataKind::Guard && Known.ThreadLocal != V.ThreadLocal)
    return; // As its variable, which is refused.
  if (Known.ThreadLocal != V.ThreadLocal)
    return Plan.Refusals.push_back(
        message(V.ThreadLocal ? diag::refuse_made_thread_local : diag::refuse_thread_local_no_more,
                displayName(V.Name)));
  if (Known.TypeName != V.TypeName)
    Plan.Refusals.push_back(
        message(diag::refuse_variable_type, displayName(V.Name), Known.TypeName, V.TypeName));
  else if (Known.Meaning != V.Meaning)
    Plan.Refusals.push_back(
        message(diag::refuse_variable_type, displayName(V.Name), Known.Meaning, V.Meaning));
  else if (none_of(Plan.LayoutChanges, [](auto &C) { return !C.OnlyVirtuals; }))
    // (Else its type's change is told.)
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
    // (An object's constructor doesn't set all of it, and there may be none to call.)
    bool TakesContent = Initialiser.empty() || !V.TriviallyCopyable;
    Plan.Resets.push_back(
        {V.Name, Initialiser.str(), Initialiser.empty() ? 0 : Order, TakesContent});
    if (TakesContent)
      work(Unit).InitialContents.push_back(V.Name);
  } else if (!Initialiser.empty()) {
    Known->Initialiser = Initialiser.str();
    Known->Order = Order;
    Known->TakesContent = !V.TriviallyCopyable;
    if (V.TriviallyCopyable)
      erase(work(Unit).InitialContents, V.Name);
  }
}

/// Returns the guard of \p V, a local static that had it before and has it now; else "".
std::string Planner::guardOf(const VariableFacts &V) const {
  constexpr StringLiteral LocalPrefix = "_ZZ";
  if (V.Kind != DataKind::Variable || V.ThreadLocal || !StringRef(V.Name).starts_with(LocalPrefix))
    return "";
  std::string Guard = "_ZGV" + V.Name.substr(2);
  return New.Variables.contains(Guard) && Live.Variables.contains(Guard) ? Guard : "";
}

/// Returns why \p V can't be initialised anew; empty where it can.
static std::string reasonToKeep(const VariableFacts &V) {
  const ValuePart &Part = V.NotPlain;
  if (V.TriviallyCopyable || Part.isPlain())
    return "";
  if (Part.Why == WhyNotPlain::Destructor)
    return message(diag::note_kept_destructor, V.TypeName, Part.Type);
  return Part.Type.empty() || Part.Type == V.TypeName
             ? message(diag::note_kept_opaque, V.TypeName)
             : message(diag::note_kept_opaque_part, V.TypeName, Part.Type);
}

/// The code that initialises a local static is its function's, and runs at its first use:
/// an untouched one is to have that once more.
void Planner::resetLocal(const VariableFacts &V, size_t Unit, const std::string &Guard) {
  Plan.Resets.push_back({V.Name, "", 0, true, Guard, reasonToKeep(V)});
  work(Unit).InitialContents.push_back(V.Name);
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
  if ((!IsNew && !Changed) || (IsNew && Relinked.contains(I.Variable)))
    return;
  if (auto V = New.Variables.find(I.Variable); V != New.Variables.end())
    resetOrKeep(*V->second.Facts, V->second.Unit, I.Function);
}

/// Only values are given anew: what stands for something outside would be there twice.
void Planner::resetOrKeep(const VariableFacts &V, size_t Unit, StringRef Initialiser) {
  if (Conversion *C = conversionOf(V.Name))
    return initialiserOfConverted(*C, Initialiser);
  std::string Why = reasonToKeep(V);
  if (Why.empty())
    return reset(V, Unit, Initialiser);
  // (Its constant content may differ, too.)
  if (std::erase_if(Plan.Resets, [&](const Reset &R) { return R.Variable == V.Name; }))
    erase(work(Unit).InitialContents, V.Name);
  Plan.Kept.push_back({V.Name, Why});
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

/// In the order in which they are to be registered: the last one runs first.
void Planner::finalisers() {
  std::multimap<unsigned, std::string> InOrder;
  for (const PlanUnit &U : Units)
    for (const FinaliserFacts &F : U.Facts->Finalisers)
      if (Next.Finalisers.insert(F.Function).second)
        InOrder.insert({F.Priority, F.Function});
  for (auto &[Priority, Function] : InOrder)
    Plan.Finalisers.push_back(Function);
}
