//===- ProgramStatics.cpp - What the program does to its static objects ---===//

#include "session/ProgramStatics.h"
#include "link/Libraries.h"
#include "support/Mutex.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

#include <atomic>
#include <map>

using namespace llvm;
using namespace nextframe;

extern "C" int __cxa_atexit(void (*)(void *), void *, void *);
extern "C" void __cxa_guard_release(uint64_t *);

namespace {

struct Watched {
  std::string Variable;
  const void *Address;
  uint64_t Size;
};

struct Statics {
  Mutex M;
  /// By object, the last destructor. (As plain addresses, which old code is not dropped
  /// under: the C library keeps its own list unreadable.)
  DenseMap<void *, void (*)(void *)> Registered NF_GUARDED_BY(M);
  std::map<uintptr_t, uint64_t> Once NF_GUARDED_BY(M); ///< Start and size.
  DenseMap<const void *, Watched> Guards NF_GUARDED_BY(M);
  std::vector<FirstUse> FirstUses NF_GUARDED_BY(M);

  bool isOnce(const void *Object) const NF_REQUIRES(M);
};

/// Never destroyed: it is asked while the program's own objects are.
Statics &statics() {
  static Statics &S = *new Statics;
  return S;
}

} // namespace

bool Statics::isOnce(const void *Object) const {
  auto At = reinterpret_cast<uintptr_t>(Object);
  auto It = Once.upper_bound(At);
  return It != Once.begin() && At - std::prev(It)->first < std::prev(It)->second;
}

static int programCxaAtExit(void (*Function)(void *), void *Object, void *Handle) {
  if (Object) {
    MutexLock Lock(statics().M);
    auto [It, IsNew] = statics().Registered.try_emplace(Object, Function);
    if (!IsNew && statics().isOnce(Object))
      return 0;
    It->second = Function;
  }
  return __cxa_atexit(Function, Object, Handle);
}

static void programGuardRelease(uint64_t *Guard) {
  Watched Of{};
  {
    MutexLock Lock(statics().M);
    auto It = statics().Guards.find(Guard);
    if (It != statics().Guards.end())
      Of = It->second;
  }
  // Nobody else can use it before the guard is released.
  if (Of.Address) {
    InitialValue Value = InitialValue::at(Of.Address, Of.Size);
    MutexLock Lock(statics().M);
    statics().FirstUses.push_back({std::move(Of.Variable), Of.Address, std::move(Value)});
  }
  __cxa_guard_release(Guard);
}

void nextframe::provideStatics(Libraries &Libs) {
  Libs.interpose("__cxa_atexit", reinterpret_cast<void *>(programCxaAtExit));
  Libs.interpose("__cxa_guard_release", reinterpret_cast<void *>(programGuardRelease));
}

void nextframe::destroyOnce(const void *Address, uint64_t Size) {
  MutexLock Lock(statics().M);
  statics().Once[reinterpret_cast<uintptr_t>(Address)] = Size;
}

void nextframe::watchGuard(const void *Guard, std::string Variable, const void *Address,
                           uint64_t Size) {
  MutexLock Lock(statics().M);
  statics().Guards[Guard] = {std::move(Variable), Address, Size};
}

std::vector<FirstUse> nextframe::takeFirstUses() {
  MutexLock Lock(statics().M);
  return std::exchange(statics().FirstUses, {});
}

// The first byte of a guard says that the variable is initialised, the next that a
// thread is at it.
bool nextframe::isInitialised(const void *Guard) {
  auto *Word = static_cast<const uint32_t *>(Guard);
  return std::atomic_ref(*const_cast<uint32_t *>(Word)).load(std::memory_order_acquire) == 1;
}

void nextframe::initialiseAgain(void *Guard) {
  std::atomic_ref(*static_cast<uint32_t *>(Guard)).store(0, std::memory_order_release);
}
