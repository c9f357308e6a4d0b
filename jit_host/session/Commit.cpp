//===- Commit.cpp - The moment at which a reload becomes live -------------===//

#include "session/Commit.h"
#include "link/Entries.h"
#include "session/ConvertedVariables.h"
#include "session/LayoutCheck.h"
#include "session/ProgramRuntime.h"
#include "session/ProgramStatics.h"
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
static void callFinaliser(void *Function) { reinterpret_cast<FinaliserFunction>(Function)(); }
extern "C" int __cxa_atexit(void (*)(void *), void *, void *);

/// Only the program's own variables are ever reset; constants, literals and
/// what the compiler made need no watching over.
static bool isResettable(const LiveVariable &V) {
  return V.Kind == DataKind::Variable && !V.ThreadLocal;
}

static bool isConverted(const ReloadPlan &Plan, StringRef Variable) {
  return any_of(Plan.Conversions, [&](const Conversion &C) { return C.Variable == Variable; });
}

template <typename CallbackT>
static void forEachNewVariable(const ReloadPlan &Plan, const LiveProgram &Next, CallbackT Call) {
  for (const UnitWork &W : Plan.Work)
    for (const std::string &Name : W.Variables) {
      const LiveVariable &V = Next.Variables.find(Name)->second;
      if (isResettable(V) && !isConverted(Plan, Name))
        Call(Name, V);
    }
}

/// Calls \p Call with each new guard of a local static, and the variable's name.
template <typename CallbackT>
static void forEachNewGuard(const ReloadPlan &Plan, const LiveProgram &Next, CallbackT Call) {
  for (const UnitWork &W : Plan.Work)
    for (const std::string &Name : W.Variables) {
      StringRef Rest = Name;
      if (!Rest.consume_front("_ZGVZ"))
        continue;
      std::string Variable = ("_ZZ" + Rest).str();
      auto It = Next.Variables.find(Variable);
      if (It != Next.Variables.end() && isResettable(It->second))
        Call(Next.Variables.find(Name)->second, Variable);
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
  append_range(Wanted, ConvertedVariables::wantedSymbols(Plan, Next));
  forEachNewGuard(Plan, Next, [&](const LiveVariable &Guard, const std::string &) {
    Wanted.push_back(Guard.Symbol);
  });
  for (const NewGuard &G : Plan.NewGuards)
    Wanted.push_back(Next.Variables.find(G.Guard)->second.Symbol);
  for (const UnitWork &W : Plan.Work)
    for (const std::string &T : W.VTables) {
      Wanted.push_back(Next.Variables.find(T)->second.Symbol);
      Wanted.push_back(initialContentSymbol(T, Plan.Gen));
    }
  for (const InitialiserRun &I : Plan.Initialisers)
    Wanted.push_back(I.Function);
  for (const std::string &F : Plan.Finalisers)
    Wanted.push_back(F);
  for (const Reset &R : Plan.Resets) {
    if (R.TakesContent)
      Wanted.push_back(initialContentSymbol(R.Variable, Plan.Gen));
    if (!R.Initialiser.empty())
      Wanted.push_back(R.Initialiser);
    if (!R.Guard.empty())
      Wanted.push_back(Next.Variables.find(R.Guard)->second.Symbol);
  }
  return Wanted;
}

Commit::Commit(const ReloadPlan &Plan, const LinkedCode &Linked, const LiveProgram &Next)
    : Gen(Plan.Gen), NeedsBoundary(Plan.needsBoundary() || !Linked.Prebuilt.empty()),
      HasEffect(!Plan.onlyResets()), Updates(Linked.Updates), Prebuilt(Linked.Prebuilt),
      Kept(Plan.Kept),
      Converted(std::make_unique<ConvertedVariables>(Plan, Linked.Addresses, Next)) {
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
  Renamed = Plan.Renamed;
  for (const NewGuard &G : Plan.NewGuards)
    Guards.push_back({G.Variable, Address(Next.Variables.find(G.Guard)->second.Symbol)});
  forEachNewGuard(Plan, Next, [&](const LiveVariable &Guard, const std::string &Variable) {
    Watched.push_back({Variable, Address(Guard.Symbol)});
  });
  std::multimap<unsigned, Action> InOrder;
  for (const Reset &R : Plan.Resets) {
    Action A{R.Variable, R.Initialiser.empty() ? nullptr : Function(R.Initialiser), nullptr, true};
    if (R.TakesContent)
      A.Content = Address(initialContentSymbol(R.Variable, Gen));
    if (!R.Guard.empty())
      A.Guard = Address(Next.Variables.find(R.Guard)->second.Symbol);
    A.KeepReason = R.KeepReason;
    InOrder.insert({R.Order, std::move(A)});
  }
  for (const Conversion &C : Plan.Conversions)
    if (!C.Initialiser.empty())
      InOrder.insert({C.Order, {C.Variable, Function(C.Initialiser), nullptr, true}});
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

/// Whether the variable of \p A is to take its new value; says why, where it is to stay.
bool Commit::mayReset(const Action &A, const Homes &Data) {
  if (A.Guard && !A.KeepReason.empty()) {
    if (isInitialised(A.Guard))
      Kept.push_back({A.Variable, A.KeepReason});
    return !isInitialised(A.Guard);
  }
  switch (Data.changeOf(A.Variable)) {
  case Homes::Change::None:
    return true;
  case Homes::Change::Value:
    Kept.push_back({A.Variable, message(diag::note_kept_changed)});
    return false;
  case Homes::Change::Reached:
    Kept.push_back({A.Variable, message(diag::note_kept_reached)});
    return false;
  case Homes::Change::Unknown:
    Kept.push_back({A.Variable, message(diag::note_kept_large)});
    return false;
  }
}

void Commit::run(const Action &A, Homes &Data) {
  if (A.IsReset && !mayReset(A, Data))
    return;
  // What it had is left as it is: the program may hold pointers into it.
  auto [Home, Size] = Data.homeOf(A.Variable);
  if (A.IsReset)
    destroyOnce(Home, Size);
  if (A.Content)
    Data.assign(A.Variable, A.Content);
  if (A.Initialiser)
    callInitialiser(A.Initialiser);
  if (A.Initialiser && Data.isKnown(A.Variable))
    Data.rememberAgain(A.Variable);
  if (!A.IsReset || (A.Guard && !isInitialised(A.Guard)))
    return; // (One that was never used has its new value as it will be first used.)
  if (A.Guard)
    initialiseAgain(A.Guard);
  TookNew.push_back(A.Variable);
  HasEffect = true;
}

void Commit::runPrebuilt() {
  for (InitialiserFunction F : Prebuilt.Initialisers)
    callInitialiser(F);
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

/// Redirects the entries while no other thread runs, if nothing is against it.
bool Commit::redirectChecked(Homes &Data) {
  Check->lookAtOwnStack();
  Converted->prepare(Data);
  // Nothing may be allocated from here on: a stopped thread may hold any lock.
  StoppedThreads Stopped(Check->reloadThread());
  Check->lookAtOthers(Stopped, Data);
  if (!Check->passes() || !Converted->convert(Data))
    return false;
  redirectEntries();
  return true;
}

/// Takes back what was done before the entries were to be redirected.
Commit::Outcome Commit::giveUp(Homes &Data) {
  for (const NewVariable &V : NewVariables)
    Data.forget(V.Name);
  for (const RenamedVariable &R : Renamed)
    Data.rename(R.New, R.Old);
  Running.clear();
  // A thread of the program's is elsewhere in a moment; the main thread isn't.
  constexpr uint64_t PatienceNs = 1'000'000'000;
  FirstTryNs = FirstTryNs ? FirstTryNs : StartNs;
  EndNs = nowNs();
  if (Check->mayPassLater() && EndNs - FirstTryNs < PatienceNs)
    return Outcome::TryAgain;
  Refusals = Check->refusals();
  if (Refusals.empty())
    Refusals = Converted->refusals();
  return Outcome::Refused;
}

/// Before any new code can run and change them.
void Commit::makeVariablesKnown(Homes &Data) {
  for (const RenamedVariable &R : Renamed)
    Data.rename(R.Old, R.New);
  for (const NewVariable &V : NewVariables)
    Data.remember(V.Name, V.Address, V.Size);
  for (const Guard &G : Watched)
    if (auto [Home, Size] = Data.homeOf(G.Variable); Home)
      watchGuard(G.Address, G.Variable, Home, Size);
  // (The first byte of a guard says that the variable has been initialised.)
  for (Guard &G : Guards) {
    G.IsSet = Data.isKnown(G.Variable) && !Data.isUntouched(G.Variable);
    *static_cast<unsigned char *>(G.Address) = G.IsSet;
  }
}

Commit::Outcome Commit::run(Homes &Data) noexcept {
  StartNs = nowNs();
  findRunning();
  for (FirstUse &Use : takeFirstUses())
    Data.rememberValue(Use.Variable, Use.Address, std::move(Use.Value));
  makeVariablesKnown(Data);
  if (!Check)
    redirectEntries();
  else if (!redirectChecked(Data))
    return giveUp(Data);
  publishSymbols(std::move(Symbols));
  append_range(Kept, Converted->finish(Data, TookNew));
  for (const Guard &G : Guards) {
    // (Where its constant content differs too, or its type, that is told anyway.)
    bool IsTold = any_of(Actions, [&](const Action &A) { return A.Variable == G.Variable; });
    if (G.IsSet && !IsTold && !Converted->contains(G.Variable))
      Kept.push_back({G.Variable, message(diag::note_kept_changed)});
  }
  for (Code Finaliser : Finalisers)
    __cxa_atexit(callFinaliser, reinterpret_cast<void *>(Finaliser), nullptr);
  for (FinaliserFunction F : Prebuilt.Finalisers)
    runAtEnd(F);
  for (InitialiserFunction F : Prebuilt.Early)
    callInitialiser(F);
  // What a reload brings in may be needed by its initialisers; at the start, the order
  // is that of a link line: the program's own first.
  bool IsStart = Gen == Generation{0};
  if (!IsStart)
    runPrebuilt();
  for (const Action &A : Actions)
    if (!Converted->keepsValue(A.Variable))
      run(A, Data);
  if (IsStart)
    runPrebuilt();
  EndNs = nowNs();
  return Outcome::Done;
}
