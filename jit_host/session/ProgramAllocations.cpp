//===- ProgramAllocations.cpp - The program allocates on its own heap -----===//

#include "session/ProgramAllocations.h"
#include "ir/TypedAllocations.h"
#include "link/Libraries.h"
#include "state/ProgramHeap.h"

#include "llvm/ADT/STLExtras.h"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstddef>
#include <cstdlib>
#include <malloc.h>
#include <new>
#include <unistd.h>

using namespace llvm;
using namespace nextframe;

static constexpr size_t Natural = alignof(std::max_align_t);

//===----------------------------------------------------------------------===//
// Allocation functions of the program's own
//===----------------------------------------------------------------------===//

namespace {

/// The functions that a program may define in place of the C and C++ libraries'.
enum Function {
  Malloc,
  Calloc,
  Realloc,
  AlignedAlloc,
  Memalign,
  New,
  NewArray,
  NewNothrow,
  NewArrayNothrow,
  NewAligned,
  NewArrayAligned,
  NewAlignedNothrow,
  NewArrayAlignedNothrow,
  FunctionCount
};

constexpr StringLiteral Names[FunctionCount] = {
    "malloc",
    "calloc",
    "realloc",
    "aligned_alloc",
    "memalign",
    "_Znwm",
    "_Znam",
    "_ZnwmRKSt9nothrow_t",
    "_ZnamRKSt9nothrow_t",
    "_ZnwmSt11align_val_t",
    "_ZnamSt11align_val_t",
    "_ZnwmSt11align_val_tRKSt9nothrow_t",
    "_ZnamSt11align_val_tRKSt9nothrow_t",
};

/// Entries of those that the program does define.
std::atomic<void *> Own[FunctionCount];

/// Returns the program's own \p F, or null.
template <typename T> T *own(Function F) {
  return reinterpret_cast<T *>(Own[F].load(std::memory_order_acquire));
}

} // namespace

ArrayRef<StringLiteral> nextframe::replaceableAllocators() { return Names; }

void nextframe::useProgramAllocators(function_ref<void *(StringRef)> AddressOf) {
  for (unsigned F = 0; F != FunctionCount; ++F)
    if (void *Address = AddressOf(Names[F]))
      Own[F].store(Address, std::memory_order_release);
}

bool nextframe::programAllocatesByItself() {
  return llvm::any_of(Own, [](auto &F) { return F.load(std::memory_order_acquire); });
}

//===----------------------------------------------------------------------===//
// C
//===----------------------------------------------------------------------===//

static bool isPowerOfTwo(size_t Align) { return Align && (Align & (Align - 1)) == 0; }

/// As malloc(): where the program's heap has no room (or there is none), the C library
/// decides what that means.
static void *typedMalloc(size_t Size, const char *Type) {
  if (auto *Mine = own<void *(size_t)>(Malloc))
    return Mine(Size);
  void *Block = ProgramHeap::get().allocate(Size, Natural, Type);
  return Block ? Block : std::malloc(Size);
}

static void *typedCalloc(size_t Count, size_t Size, const char *Type) {
  if (auto *Mine = own<void *(size_t, size_t)>(Calloc))
    return Mine(Count, Size);
  size_t Bytes;
  if (__builtin_mul_overflow(Count, Size, &Bytes)) {
    errno = ENOMEM;
    return nullptr;
  }
  void *Block = ProgramHeap::get().allocateZeroed(Bytes, Type);
  return Block ? Block : std::calloc(Count, Size);
}

static void *typedRealloc(void *Block, size_t Size, const char *Type) {
  if (auto *Mine = own<void *(void *, size_t)>(Realloc))
    return Mine(Block, Size);
  if (!Block)
    return typedMalloc(Size, Type);
  if (!ProgramHeap::owns(Block))
    return std::realloc(Block, Size);
  if (Size == 0) {
    ProgramHeap::get().release(Block);
    return nullptr;
  }
  void *Grown = ProgramHeap::get().reallocate(Block, Size, Type);
  if (!Grown)
    errno = ENOMEM;
  return Grown;
}

template <Function Self>
static void *typedAlignedAlloc(size_t Align, size_t Size, const char *Type) {
  if (auto *Mine = own<void *(size_t, size_t)>(Self))
    return Mine(Align, Size);
  void *Block = isPowerOfTwo(Align) ? ProgramHeap::get().allocate(Size, Align, Type) : nullptr;
  return Block ? Block : aligned_alloc(Align, Size);
}

static void *reallocArray(void *Block, size_t Count, size_t Size) {
  size_t Bytes;
  if (!__builtin_mul_overflow(Count, Size, &Bytes))
    return typedRealloc(Block, Bytes, nullptr);
  errno = ENOMEM;
  return nullptr;
}

static int posixMemalign(void **Result, size_t Align, size_t Size) {
  if (!isPowerOfTwo(Align) || Align % sizeof(void *) != 0)
    return EINVAL;
  int Errno = errno;
  void *Block = typedAlignedAlloc<AlignedAlloc>(Align, Size, nullptr);
  errno = Errno;
  if (!Block)
    return ENOMEM;
  *Result = Block;
  return 0;
}

static void *pageAligned(size_t Size) {
  return typedAlignedAlloc<AlignedAlloc>(static_cast<size_t>(sysconf(_SC_PAGESIZE)), Size, nullptr);
}

static size_t usableSize(void *Block) {
  return ProgramHeap::owns(Block) ? ProgramHeap::usableSize(Block) : malloc_usable_size(Block);
}

//===----------------------------------------------------------------------===//
// C++
//===----------------------------------------------------------------------===//

// Each form that the program doesn't define itself comes to the plain one, which it
// may; where there is no room, the C++ library's own function throws, or calls the
// handler.

template <Function Self> static void *typedNew(size_t Size, const char *Type) {
  for (Function F : {Self, New})
    if (auto *Mine = own<void *(size_t)>(F))
      return Mine(Size);
  void *Block = ProgramHeap::get().allocate(Size, Natural, Type);
  return Block ? Block : ::operator new(Size);
}

template <Function Self>
static void *typedNewNothrow(size_t Size, const std::nothrow_t &Tag, const char *Type) {
  if (auto *Mine = own<void *(size_t, const std::nothrow_t &)>(Self))
    return Mine(Size, Tag);
  if (auto *Mine = own<void *(size_t)>(New))
    return Mine(Size);
  void *Block = ProgramHeap::get().allocate(Size, Natural, Type);
  return Block ? Block : ::operator new(Size, Tag);
}

template <Function Self>
static void *typedNewAligned(size_t Size, std::align_val_t Align, const char *Type) {
  for (Function F : {Self, NewAligned})
    if (auto *Mine = own<void *(size_t, std::align_val_t)>(F))
      return Mine(Size, Align);
  void *Block = ProgramHeap::get().allocate(Size, static_cast<size_t>(Align), Type);
  return Block ? Block : ::operator new(Size, Align);
}

template <Function Self>
static void *typedNewAlignedNothrow(size_t Size, std::align_val_t Align, const std::nothrow_t &Tag,
                                    const char *Type) {
  if (auto *Mine = own<void *(size_t, std::align_val_t, const std::nothrow_t &)>(Self))
    return Mine(Size, Align, Tag);
  if (auto *Mine = own<void *(size_t, std::align_val_t)>(NewAligned))
    return Mine(Size, Align);
  void *Block = ProgramHeap::get().allocate(Size, static_cast<size_t>(Align), Type);
  return Block ? Block : ::operator new(Size, Align, Tag);
}

//===----------------------------------------------------------------------===//
// What the program calls
//===----------------------------------------------------------------------===//

namespace {

/// Makes the form without a type of a typed function.
template <auto Typed> struct Untyped;
template <typename A, void *(*Typed)(A, const char *)> struct Untyped<Typed> {
  static void *call(A First) { return Typed(First, nullptr); }
};
template <typename A, typename B, void *(*Typed)(A, B, const char *)> struct Untyped<Typed> {
  static void *call(A First, B Second) { return Typed(First, Second, nullptr); }
};
template <typename A, typename B, typename C, void *(*Typed)(A, B, C, const char *)>
struct Untyped<Typed> {
  static void *call(A First, B Second, C Third) { return Typed(First, Second, Third, nullptr); }
};

} // namespace

template <auto Typed> static void provide(Libraries &Libs, Function F) {
  Libs.interpose(typedAllocation(Names[F]), reinterpret_cast<void *>(Typed));
  Libs.interpose(Names[F], reinterpret_cast<void *>(Untyped<Typed>::call));
}

void nextframe::provideAllocations(Libraries &Libs) {
  provide<typedMalloc>(Libs, Malloc);
  provide<typedCalloc>(Libs, Calloc);
  provide<typedRealloc>(Libs, Realloc);
  provide<typedAlignedAlloc<AlignedAlloc>>(Libs, AlignedAlloc);
  provide<typedAlignedAlloc<Memalign>>(Libs, Memalign);
  provide<typedNew<New>>(Libs, New);
  provide<typedNew<NewArray>>(Libs, NewArray);
  provide<typedNewNothrow<NewNothrow>>(Libs, NewNothrow);
  provide<typedNewNothrow<NewArrayNothrow>>(Libs, NewArrayNothrow);
  provide<typedNewAligned<NewAligned>>(Libs, NewAligned);
  provide<typedNewAligned<NewArrayAligned>>(Libs, NewArrayAligned);
  provide<typedNewAlignedNothrow<NewAlignedNothrow>>(Libs, NewAlignedNothrow);
  provide<typedNewAlignedNothrow<NewArrayAlignedNothrow>>(Libs, NewArrayAlignedNothrow);
  Libs.interpose("reallocarray", reinterpret_cast<void *>(reallocArray));
  Libs.interpose("posix_memalign", reinterpret_cast<void *>(posixMemalign));
  Libs.interpose("valloc", reinterpret_cast<void *>(pageAligned));
  // It takes either heap's blocks: see HostAllocator.cpp.
  Libs.interpose("free", reinterpret_cast<void *>(std::free));
  Libs.interpose("malloc_usable_size", reinterpret_cast<void *>(usableSize));
}
