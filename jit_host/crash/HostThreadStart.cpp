//===- HostThreadStart.cpp - What each thread begins with -----------------===//
//
// A thread whose stack is full can tell of that only on another one, and thread-local
// variables of what is linked later have first values. So the functions that make threads
// are the process's: whoever calls them, the program or a library (std::thread is
// libstdc++'s), each thread begins by providing for that. They are part of the executable
// alone, where every library finds them.
//
// A sanitizer has such functions of its own.
//
//===----------------------------------------------------------------------===//

#include "support/SignalStack.h"
#include "support/ThreadReserve.h"

#include <cstdint>
#include <dlfcn.h>
#include <pthread.h>
#include <threads.h>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) &&                             \
    !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

namespace {

/// What a new thread is to run.
template <typename Result> struct ThreadStart {
  Result (*Function)(void *);
  void *Argument;
};

template <typename Result> Result runThread(void *Start) {
  ThreadStart<Result> Copy = *static_cast<ThreadStart<Result> *>(Start);
  delete static_cast<ThreadStart<Result> *>(Start);
  nextframe::provideSignalStack();
  nextframe::prepareThread();
  return Copy.Function(Copy.Argument);
}

/// Calls the C library's function that makes a thread with what runs \p Function in it.
/// Returns what that returned.
template <typename Result, typename MakeT>
int makeThread(Result (*Function)(void *), void *Argument, MakeT Make) {
  auto *Start = new ThreadStart<Result>{Function, Argument};
  int Failed = Make(runThread<Result>, Start);
  if (Failed)
    delete Start;
  return Failed;
}

} // namespace

/// What the host has in every thread's block of thread-local variables is taken from the
/// thread's stack: where the program says how large that is, it gets as much more.
static pthread_attr_t withRoom(const pthread_attr_t &Given) {
  pthread_attr_t Result = Given; // (Whatever it points to stays the given one's.)
  void *Stack;
  size_t Size;
  // (Where the program gives no stack, glibc says that it ends at null; 0 is the default.)
  if (pthread_attr_getstack(&Given, &Stack, &Size) == 0 && Size != 0 &&
      reinterpret_cast<uintptr_t>(Stack) + Size == 0)
    pthread_attr_setstacksize(&Result, Size + nextframe::ThreadReserveSize);
  return Result;
}

extern "C" int pthread_create(pthread_t *Thread, const pthread_attr_t *Attributes,
                              void *(*Function)(void *), void *Argument) noexcept {
  static auto *const Real =
      reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  pthread_attr_t Larger;
  if (Attributes)
    Larger = withRoom(*Attributes);
  return makeThread(Function, Argument, [&](auto *Run, void *Start) {
    return Real(Thread, Attributes ? &Larger : nullptr, Run, Start);
  });
}

extern "C" int thrd_create(thrd_t *Thread, thrd_start_t Function, void *Argument) {
  static auto *const Real =
      reinterpret_cast<decltype(&thrd_create)>(dlsym(RTLD_NEXT, "thrd_create"));
  return makeThread(Function, Argument,
                    [&](auto *Run, void *Start) { return Real(Thread, Run, Start); });
}

#endif
