//===- PlanInitialisers.cpp - What initialisers and finalisers have to run ===//
//
// New ones run; of edited ones, the variable takes the new value if it may.
//
//===----------------------------------------------------------------------===//

#include "plan/Planner.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"

#include <map>

using namespace llvm;
using namespace nextframe;

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
