//===- ThreadReserve.cpp - Room that every thread has, at the same place --===//

#include "support/ThreadReserve.h"
#include "support/Mutex.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cassert>
#include <cstring>
#include <vector>

using namespace llvm;
using namespace nextframe;

namespace {

constexpr size_t MostAlign = 64;

alignas(MostAlign) thread_local char Reserve[ThreadReserveSize];

char *threadPointer() { return static_cast<char *>(__builtin_thread_pointer()); }

struct Shared {
  Mutex M;
  size_t Used NF_GUARDED_BY(M) = 0;
  char First[ThreadReserveSize] NF_GUARDED_BY(M) = {};
  std::vector<char *> ThreadPointers NF_GUARDED_BY(M); ///< Of the threads that there are.
};

/// Never destroyed: threads may outlive main().
Shared &shared() {
  static Shared &S = *new Shared;
  return S;
}

/// Lives as long as its thread.
struct Registration {
  Registration() {
    MutexLock Lock(shared().M);
    std::memcpy(Reserve, shared().First, shared().Used);
    shared().ThreadPointers.push_back(threadPointer());
  }
  ~Registration() {
    MutexLock Lock(shared().M);
    llvm::erase(shared().ThreadPointers, threadPointer());
  }
};

} // namespace

std::optional<int64_t> nextframe::takeThreadReserve(size_t Size, size_t Align) {
  MutexLock Lock(shared().M);
  size_t At = alignTo(shared().Used, std::max<size_t>(Align, 1));
  if (Align > MostAlign || Size > ThreadReserveSize || At > ThreadReserveSize - Size)
    return std::nullopt;
  shared().Used = At + Size;
  return Reserve + At - threadPointer();
}

void nextframe::setThreadReserve(int64_t Offset, ArrayRef<char> Bytes) {
  ptrdiff_t At = threadPointer() + Offset - Reserve;
  assert(At >= 0 && At + Bytes.size() <= ThreadReserveSize && "not in the reserve");
  MutexLock Lock(shared().M);
  std::memcpy(shared().First + At, Bytes.data(), Bytes.size());
  for (char *Thread : shared().ThreadPointers)
    std::memcpy(Thread + Offset, Bytes.data(), Bytes.size());
}

void nextframe::prepareThread() { static thread_local Registration Once; }
