//===- Commit.cpp - The moment at which a reload becomes live -------------===//

#include "session/Commit.h"
#include "link/Entries.h"
#include "session/LayoutCheck.h"
#include "session/StoppedThreads.h"
#include "state/Homes.h"
#include "support/Clock.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"

#include <atomic>
#include <cstdlib>
#include <map>
#include <unwind.h>

using namespace llvm;
using namespace nextframe;

/// Calls a finaliser; what __cxa_atexit is given.
static void callFinaliser(void *Function) { reinterpret_cast<void (*)()>(Function)(); }
extern "C" int __cxa_atexit(void (*)(void *), void *, void *);

/// Only the program's own variables are ever reset; constants, literals and
/// what the compiler made need no watching over.
static bool isResettable(const LiveVariable &V) {
  return V.Kind == DataKind::Variable && !V.ThreadLocal;
}

template <typename CallbackT>
static void forEachNewVariable(const ReloadPlan &Plan, const LiveProgram &Next, CallbackT Call) {
  for (const UnitWork &W : Plan.Work)
    for (const std::string &Name : W.Variables) {
      const LiveVariable &V = Next.Variables.find(Name)->second;
      if (isResettable(V))
        Call(Name, V);
    }
}

std::vector<std::string> Commit::wantedSymbols(const ReloadPlan &Plan, const LiveProgram &Live,
                                               const LiveProgram &Next) {
  std::vector<std::string> Wanted;
  for (const LayoutChange &C : Plan.LayoutChanges)
    for (const LayoutChange::Holder &H : C.PointedTo)
      Wanted.push_back(Live.Variables.find(H.Variable)->second.Symbol);
  forEachNewVariable(
      Plan, Next, [&](const std::string &, const LiveVariable &V) { Wanted.push_back(V.Symbol); });
  for (const UnitWork &W : Plan.Work)
    for (const std::string &T : W.VTables) {
      Wanted.push_back(Next.Variables.find(T)->second.Symbol);
      Wanted.push_back(initialContentSymbol(T, Plan.Gen));
    }
  for (const InitialiserRun &I : Plan.Initialisers)
    Wanted.push_back(I.Function);
  for (const std::string &F : Plan.Finalisers)
    Wanted.push_back(F);
  for (const Reset &R : Plan.Resets)
    Wanted.push_back(R.Initialiser.empty() ? initialContentSymbol(R.Variable, Plan.Gen)
                                           : R.Initialiser);
  return Wanted;
}

Commit::Commit(const ReloadPlan &Plan, const LinkedCode &Linked, const LiveProgram &Next)
    : Gen(Plan.Gen), NeedsBoundary(Plan.needsBoundary()), HasEffect(!Plan.onlyResets()),
      Updates(Linked.Updates), Kept(Plan.Kept) {
  auto Address = [&](StringRef Symbol) { return Linked.Addresses.lookup(Symbol); };
  auto Function = [&](StringRef Symbol) { return reinterpret_cast<Code>(Address(Symbol)); };
  forEachNewVariable(Plan, Next, [&](const std::string &Name, const LiveVariable &V) {
    NewVariables.push_back({Name, Address(V.Symbol), V.Size});
  });
  for (const UnitWork &W : Plan.Work)
    for (const std::string &T : W.VTables) {
      const LiveVariable &V = Next.Variables.find(T)->second;
      Tables.push_back({static_cast<void **>(Address(V.Symbol)),
                        static_cast<void **>(Address(initialContentSymbol(T, Gen))),
                        slotsIn(V.Room)});
    }
  for (const EntryUpdate &U : Updates)
    if (is_contained(Plan.Looping, U.Function))
      Looping.push_back({U.Function, U.Slot});
  std::multimap<unsigned, Action> InOrder;
  for (const Reset &R : Plan.Resets) {
    if (R.Initialiser.empty())
      InOrder.insert(
          {0, {R.Variable, nullptr, Address(initialContentSymbol(R.Variable, Gen)), true}});
    else
      InOrder.insert({R.Order, {R.Variable, Function(R.Initialiser), nullptr, true}});
  }
  for (const InitialiserRun &I : Plan.Initialisers)
    InOrder.insert({I.Order, {I.Variable, Function(I.Function), nullptr, false}});
  for (auto &[Order, A] : InOrder)
    Actions.push_back(std::move(A));
  for (const std::string &F : Plan.Finalisers)
    Finalisers.push_back(Function(F));
}

Commit::Commit(Commit &&) = default;
Commit::~Commit() = default;

void Commit::require(std::unique_ptr<LayoutCheck> C) { Check = std::move(C); }

/// Returns the starts of the functions that the calling thread is in.
static std::vector<void *> functionsOnStack() {
  constexpr size_t Most = 4096; // Deeper, it is recursion of the same few.
  std::vector<void *> Starts;
  auto Add = [](_Unwind_Context *Frame, void *Data) {
    auto &Starts = *static_cast<std::vector<void *> *>(Data);
    auto Address = reinterpret_cast<void *>(_Unwind_GetIP(Frame) - 1);
    Starts.push_back(_Unwind_FindEnclosingFunction(Address));
    return Starts.size() < Most ? _URC_NO_REASON : _URC_END_OF_STACK;
  };
  _Unwind_Backtrace(Add, &Starts);
  return Starts;
}

void Commit::findRunning() {
  if (Looping.empty())
    return;
  std::vector<void *> OnStack = functionsOnStack();
  for (const OldBody &Old : Looping)
    if (is_contained(OnStack, *Old.Slot))
      Running.push_back(Old.Function);
}

void Commit::run(const Action &A, Homes &Data) {
  if (A.IsReset && !Data.isUntouched(A.Variable)) {
    Kept.push_back({A.Variable, message(Data.isTooLarge(A.Variable) ? diag::note_kept_large
                                                                    : diag::note_kept_changed)});
    return;
  }
  if (A.Content)
    Data.assign(A.Variable, A.Content);
  if (A.Initialiser)
    A.Initialiser();
  if (A.Initialiser && Data.isKnown(A.Variable))
    Data.rememberAgain(A.Variable);
  if (!A.IsReset)
    return;
  TookNew.push_back(A.Variable);
  HasEffect = true;
}

void Commit::redirectEntries() {
  for (const EntryUpdate &U : Updates)
    redirect(U.Slot, U.Body);
  rewriteTables();
}

/// Whoever dispatches meanwhile finds the old function or the new one in a slot. (Where
/// a slot comes to mean another function, nobody does: see Hazard.)
void Commit::rewriteTables() {
  for (const TableUpdate &T : Tables)
    for (size_t I = 0; I != T.Slots; ++I)
      if (T.Home[I] != T.Content[I])
        std::atomic_ref(T.Home[I]).store(T.Content[I], std::memory_order_release);
}

/// Redirects the entries while no other thread runs, if the check allows it.
bool Commit::redirectChecked(Homes &Data) {
  Check->lookAtOwnStack();
  // Nothing may be allocated from here on: a stopped thread may hold any lock.
  StoppedThreads Stopped(Check->reloadThread());
  Check->lookAtOthers(Stopped, Data);
  if (!Check->passes())
    return false;
  redirectEntries();
  return true;
}

Commit::Outcome Commit::run(Homes &Data) noexcept {
  StartNs = nowNs();
  findRunning();
  // Before any new code can run and change them.
  for (const NewVariable &V : NewVariables)
    Data.remember(V.Name, V.Address, V.Size);
  if (!Check) {
    redirectEntries();
  } else if (!redirectChecked(Data)) {
    for (const NewVariable &V : NewVariables)
      Data.forget(V.Name);
    Running.clear();
    // A thread of the program's is elsewhere in a moment; the main thread isn't.
    constexpr uint64_t PatienceNs = 1'000'000'000;
    FirstTryNs = FirstTryNs ? FirstTryNs : StartNs;
    EndNs = nowNs();
    if (Check->mayPassLater() && EndNs - FirstTryNs < PatienceNs)
      return Outcome::TryAgain;
    Refusals = Check->refusals();
    return Outcome::Refused;
  }
  for (Code Finaliser : Finalisers)
    __cxa_atexit(callFinaliser, reinterpret_cast<void *>(Finaliser), nullptr);
  for (const Action &A : Actions)
    run(A, Data);
  EndNs = nowNs();
  return Outcome::Done;
}
