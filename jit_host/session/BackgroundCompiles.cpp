//===- BackgroundCompiles.cpp - What is compiled while nobody waits for it ===//

#include "session/BackgroundCompiles.h"
#include "support/HostThreads.h"

#include "llvm/Support/thread.h"

#include <sys/resource.h>
#include <unistd.h>
#include <utility>

using namespace llvm;
using namespace nextframe;

bool BackgroundCompiles::isBusy() {
  MutexLock Lock(M);
  return Busy;
}

void BackgroundCompiles::start(Task T) {
  // As much stack as the reload thread has. (And its mask of signals: it is the maker.)
  constexpr unsigned StackBytes = 256u << 20;
  {
    MutexLock Lock(M);
    Next = std::move(T);
    Busy = true;
  }
  Changed.notifyAll();
  if (!std::exchange(Started, true)) {
    llvm::thread Thread(std::optional<unsigned>(StackBytes), [this] { run(); });
    Thread.detach();
  }
}

std::optional<BackgroundCompiles::Done> BackgroundCompiles::take() {
  MutexLock Lock(M);
  if (!Last)
    return std::nullopt;
  Busy = false;
  return std::exchange(Last, std::nullopt);
}

BackgroundCompiles::Done BackgroundCompiles::carryOut(const Task &T) const {
  Done Result{T.Job, T.BeginOf != nullptr, T.TreeOf != nullptr, {}, nullptr, nullptr};
  if (T.TreeOf)
    Result.Tree = Comp.buildLive(T.Job, T.Texts, *T.TreeOf, T.TreeBegin, T.Siblings);
  else if (T.BeginOf)
    Result.Begin = Comp.buildPreamble(T.Job, T.Texts, *T.BeginOf, T.Siblings);
  else
    Result.Whole = Comp.compile(T.Job, T.Texts, T.Siblings);
  return Result;
}

void BackgroundCompiles::run() {
  constexpr int Priority = 12; // The reload thread has 10.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), Priority);
  pthread_setname_np(pthread_self(), "nextframe-whole");
  noteHostThread();
  while (true) {
    std::optional<Task> T;
    {
      MutexLock Lock(M);
      while (!Next)
        Changed.waitFor(M, std::chrono::hours(1));
      T = std::exchange(Next, std::nullopt);
    }
    Done Result = carryOut(*T);
    {
      MutexLock Lock(M);
      Last = std::move(Result);
    }
    OnDone();
  }
}
