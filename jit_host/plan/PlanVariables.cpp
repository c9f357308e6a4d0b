//===- PlanVariables.cpp - Variables and their initialisers ---------------===//

#include "ir/NamedSections.h"
#include "ir/Names.h"
#include "plan/Planner.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"

#include <map>

using namespace llvm;
using namespace nextframe;

LiveVariable nextframe::describeAlone(const VariableFacts &V) {
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
  L.ThreadLocal = V.ThreadLocal;
  L.Symbol = V.Name;
  L.TriviallyCopyable = V.TriviallyCopyable;
  return L;
}

LiveVariable Planner::describe(const VariableFacts &V, size_t Unit) const {
  LiveVariable L = describeAlone(V);
  if (isConstantData(V.Kind))
    L.Holds = variablesAmong(V.References, Unit);
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
  if (V.Kind == DataKind::Guard && V.ThreadLocal && keepsThreadLocal(V.Name))
    work(Unit).SetFlags.push_back(V.Name);
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

/// Whether the new flag of a `thread_local` (see ir/ThreadLocalInit.h) is that of one which
/// threads have already, and which was a constant at first: it is kept. (One with a flag in
/// another file has moved from there.)
bool Planner::keepsThreadLocal(StringRef Flag) const {
  StringRef Variable = Flag;
  if (!Variable.consume_front("__tls_guard."))
    return false;
  auto Known = Live.Variables.find(Variable);
  if (Known == Live.Variables.end())
    Known = Live.Variables.find(linkerName(Variable));
  if (Known == Live.Variables.end() || Known->second.Removed)
    return false;
  return none_of(Live.Variables.keys(), [&](StringRef Other) {
    return Other.consume_front("__tls_guard.") && linkerName(Other) == linkerName(Variable);
  });
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
    if (!Entry.second.Removed && !New.Variables.contains(Entry.first()) &&
        sectionOfBound(Entry.first()).empty())
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
      } else if (InSections.contains(D.Facts->Section)) {
        layAnew(D.Facts->Section, InSections[D.Facts->Section]);
        Again = true;
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
