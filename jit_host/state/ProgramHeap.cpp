//===- ProgramHeap.cpp - The program's heap, which knows what is in it ----===//

#include "state/ProgramHeap.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <pthread.h>
#include <sys/mman.h>

using namespace llvm;
using namespace nextframe;

uintptr_t ProgramHeap::Base = 0;
size_t ProgramHeap::Reserved = 0;

//===----------------------------------------------------------------------===//
// Blocks and segments
//===----------------------------------------------------------------------===//

namespace {

constexpr size_t SegmentBytes = size_t(4) << 20;
constexpr size_t LargestReservation = size_t(1) << 40;
constexpr size_t SmallestReservation = size_t(1) << 32;
constexpr size_t LargestSmall = size_t(512) << 10; ///< With its header.

/// The low 16 bits of a header's word. Chosen so that stray bytes are hardly taken
/// for one; the lowest eight of a live block's are the logarithm of its alignment.
enum Tag : uint16_t { Free = 0, Live = 0x4c00, WayBack = 0x5700 };

/// What stands before a block. (Read while other threads write: see forEachBlock().)
struct BlockHeader {
  std::atomic<const char *> Type;
  std::atomic<uint64_t> Word; ///< The size as asked for, and a Tag.

  void set(uint64_t Size, unsigned TagBits) {
    Word.store(Size << 16 | TagBits, std::memory_order_release);
  }
  uint64_t size() const { return Word.load(std::memory_order_acquire) >> 16; }
  unsigned tag() const { return Word.load(std::memory_order_acquire) & 0xff00; }
  unsigned alignLog() const { return Word.load(std::memory_order_relaxed) & 0xff; }

  char *memory() { return reinterpret_cast<char *>(this + 1); }
  /// Where the block begins: after the header, but for the sake of alignment.
  char *start() {
    return reinterpret_cast<char *>(
        alignTo(reinterpret_cast<uintptr_t>(memory()), uint64_t(1) << alignLog()));
  }
};
constexpr size_t HeaderBytes = sizeof(BlockHeader);
static_assert(HeaderBytes == 16);

/// The header right before \p Block, which leads on to the real one where the block
/// has been moved up to be aligned.
BlockHeader *headerOf(const void *Block) {
  auto *H = reinterpret_cast<BlockHeader *>(const_cast<void *>(Block)) - 1;
  if (H->tag() == WayBack)
    H = reinterpret_cast<BlockHeader *>(reinterpret_cast<char *>(H + 1) - H->size()) - 1;
  return H;
}

/// Sizes of small blocks, headers included: steps of 16 bytes up to 128, then four
/// steps a doubling.
constexpr unsigned FineClasses = 8;
constexpr unsigned ClassCount = FineClasses + 4 * 12;

unsigned classOf(size_t Bytes) {
  if (Bytes <= 128)
    return static_cast<unsigned>((Bytes + 15) / 16 - 1);
  unsigned Doubling = Log2_64(Bytes - 1);
  size_t Step = (size_t(1) << Doubling) / 4;
  return FineClasses + (Doubling - 7) * 4 +
         static_cast<unsigned>((Bytes - 1 - (size_t(1) << Doubling)) / Step);
}

size_t classBytes(unsigned Class) {
  if (Class < FineClasses)
    return (size_t(Class) + 1) * 16;
  unsigned Doubling = 7 + (Class - FineClasses) / 4;
  return (size_t(1) << Doubling) / 4 * (4 + (Class - FineClasses) % 4 + 1);
}

/// How many blocks go between a thread's cache and what is behind it at a time.
size_t batchOf(unsigned Class) {
  return std::clamp<size_t>((size_t(16) << 10) / classBytes(Class), 1, 64);
}

enum class Use : uint8_t { None, Small, Large, LargeTail };

struct Segment {
  std::atomic<Use> What{Use::None};
  uint8_t Class = 0;
  std::atomic<uint32_t> Begun{0}; ///< Small: blocks that have ever been given out.
  uint32_t Run = 0;               ///< Large: how many segments.
};

struct FreeBlock {
  FreeBlock *Next;
};

struct FreeList {
  FreeBlock *First = nullptr;
  size_t Count = 0;

  void push(void *Memory) {
    First = new (Memory) FreeBlock{First};
    ++Count;
  }
  void *pop() {
    void *Memory = First;
    First = First->Next;
    --Count;
    return Memory;
  }
};

/// What is behind the threads' caches, for one size.
struct SizeClass {
  std::mutex M;
  FreeList Unused;
  size_t Current = ~size_t(0); ///< The segment that is being begun.
};

/// A thread's own unused blocks. Trivial, so that it needs no guard and outlives the
/// thread's other destructors, which may still free.
struct ThreadCache {
  FreeList Lists[ClassCount];
  enum { New, Registered, Ended } State;
};
thread_local constinit ThreadCache Cache{};

/// All of the heap's state but the reservation's bounds.
struct Heap {
  std::array<SizeClass, ClassCount> Classes;
  std::mutex SegmentsMutex;
  std::multimap<size_t, size_t> FreeRuns; ///< Length to first; of large blocks.
  std::atomic<size_t> SegmentsUsed{0};
  Segment *Segments = nullptr;
  uintptr_t Base = 0;
  size_t SegmentCount = 0;
  pthread_key_t CacheKey{};

  size_t takeSegments(size_t Count);
  char *segment(size_t Index) const {
    return reinterpret_cast<char *>(Base + Index * SegmentBytes);
  }
  BlockHeader *begin(SizeClass &C, unsigned Class);
  void refill(unsigned Class);
  void flush(unsigned Class, size_t Count);
  BlockHeader *takeSmall(unsigned Class);
  BlockHeader *takeLarge(size_t Bytes);
  void giveBackLarge(BlockHeader *H, size_t Index);
};

Heap &heap() {
  // Never destroyed: the last frees come after everything else.
  static Heap &H = *new Heap;
  return H;
}

} // namespace

/// Returns the first of \p Count segments in a row that may be read and written, or
/// ~0. Under the segments' mutex.
size_t Heap::takeSegments(size_t Count) {
  size_t First = SegmentsUsed.load(std::memory_order_relaxed);
  if (First + Count > SegmentCount ||
      mprotect(segment(First), Count * SegmentBytes, PROT_READ | PROT_WRITE) != 0)
    return ~size_t(0);
  madvise(segment(First), Count * SegmentBytes, MADV_DODUMP);
  SegmentsUsed.store(First + Count, std::memory_order_release);
  return First;
}

//===----------------------------------------------------------------------===//
// Small blocks
//===----------------------------------------------------------------------===//

/// Begins a block that has never been used. Under the class's mutex.
BlockHeader *Heap::begin(SizeClass &C, unsigned Class) {
  size_t Bytes = classBytes(Class);
  if (C.Current == ~size_t(0) || Segments[C.Current].Begun == SegmentBytes / Bytes) {
    std::lock_guard Lock(SegmentsMutex);
    size_t Index = takeSegments(1);
    if (Index == ~size_t(0))
      return nullptr;
    Segments[Index].Class = static_cast<uint8_t>(Class);
    Segments[Index].What.store(Use::Small, std::memory_order_release);
    C.Current = Index;
  }
  Segment &S = Segments[C.Current];
  uint32_t Number = S.Begun.load(std::memory_order_relaxed);
  S.Begun.store(Number + 1, std::memory_order_release);
  return reinterpret_cast<BlockHeader *>(segment(C.Current) + Number * Bytes);
}

void Heap::refill(unsigned Class) {
  SizeClass &C = Classes[Class];
  FreeList &Mine = Cache.Lists[Class];
  std::lock_guard Lock(C.M);
  for (size_t N = batchOf(Class); N != 0; --N) {
    if (C.Unused.First) {
      Mine.push(C.Unused.pop());
      continue;
    }
    BlockHeader *H = begin(C, Class);
    if (!H)
      return;
    Mine.push(H->memory());
  }
}

void Heap::flush(unsigned Class, size_t Count) {
  std::lock_guard Lock(Classes[Class].M);
  for (FreeList &Mine = Cache.Lists[Class]; Count != 0; --Count)
    Classes[Class].Unused.push(Mine.pop());
}

static void endThread(void *) {
  for (unsigned Class = 0; Class != ClassCount; ++Class)
    heap().flush(Class, Cache.Lists[Class].Count);
  Cache.State = ThreadCache::Ended;
}

BlockHeader *Heap::takeSmall(unsigned Class) {
  FreeList &Mine = Cache.Lists[Class];
  if (!Mine.First) {
    if (Cache.State == ThreadCache::New) {
      Cache.State = ThreadCache::Registered;
      pthread_setspecific(CacheKey, &Cache);
    }
    refill(Class);
    if (!Mine.First)
      return nullptr;
  }
  auto *H = static_cast<BlockHeader *>(Mine.pop()) - 1;
  if (Cache.State == ThreadCache::Ended)
    flush(Class, Mine.Count); // Nobody would come back for them.
  return H;
}

static void giveBackSmall(BlockHeader *H, unsigned Class) {
  FreeList &Mine = Cache.Lists[Class];
  Mine.push(H->memory());
  if (Cache.State == ThreadCache::Ended)
    heap().flush(Class, Mine.Count);
  else if (Mine.Count > 2 * batchOf(Class))
    heap().flush(Class, batchOf(Class));
}

//===----------------------------------------------------------------------===//
// Large blocks
//===----------------------------------------------------------------------===//

BlockHeader *Heap::takeLarge(size_t Bytes) {
  size_t Count = divideCeil(Bytes, SegmentBytes);
  std::lock_guard Lock(SegmentsMutex);
  size_t First;
  if (auto It = FreeRuns.lower_bound(Count); It != FreeRuns.end()) {
    First = It->second;
    size_t Left = It->first - Count;
    FreeRuns.erase(It);
    if (Left)
      FreeRuns.insert({Left, First + Count});
  } else {
    First = takeSegments(Count);
    if (First == ~size_t(0))
      return nullptr;
  }
  for (size_t N = 1; N != Count; ++N)
    Segments[First + N].What.store(Use::LargeTail, std::memory_order_relaxed);
  Segments[First].Run = static_cast<uint32_t>(Count);
  Segments[First].What.store(Use::Large, std::memory_order_release);
  return reinterpret_cast<BlockHeader *>(segment(First));
}

void Heap::giveBackLarge(BlockHeader *H, size_t Index) {
  size_t Count = Segments[Index].Run;
  std::lock_guard Lock(SegmentsMutex);
  for (size_t N = 0; N != Count; ++N)
    Segments[Index + N].What.store(Use::None, std::memory_order_release);
  // Reads as zero from now on, the header too.
  madvise(H, Count * SegmentBytes, MADV_DONTNEED);
  FreeRuns.insert({Count, Index});
}

//===----------------------------------------------------------------------===//
// The heap
//===----------------------------------------------------------------------===//

static void lockAll() {
  for (SizeClass &C : heap().Classes)
    C.M.lock();
  heap().SegmentsMutex.lock();
}

static void unlockAll() {
  heap().SegmentsMutex.unlock();
  for (SizeClass &C : heap().Classes)
    C.M.unlock();
}

ProgramHeap::ProgramHeap() {
  Heap &H = heap();
  constexpr int Private = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  // A limit on address space leaves less.
  for (size_t Bytes = LargestReservation; Bytes >= SmallestReservation; Bytes /= 4) {
    void *At = mmap(nullptr, Bytes, PROT_NONE, Private, -1, 0);
    if (At == MAP_FAILED)
      continue;
    void *Table = mmap(nullptr, Bytes / SegmentBytes * sizeof(Segment), PROT_READ | PROT_WRITE,
                       Private, -1, 0);
    if (Table == MAP_FAILED)
      return;
    // A core holds what is in use: the rest would fill any disk.
    madvise(At, Bytes, MADV_DONTDUMP);
    madvise(Table, Bytes / SegmentBytes * sizeof(Segment), MADV_DONTDUMP);
    H.Segments = static_cast<Segment *>(Table); // All zero is a Segment of no use.
    H.SegmentCount = Bytes / SegmentBytes;
    Base = H.Base = reinterpret_cast<uintptr_t>(At);
    Reserved = Bytes;
    break;
  }
  pthread_key_create(&H.CacheKey, endThread);
  // A child has the heap as it was; no other thread is there to unlock it.
  pthread_atfork(lockAll, unlockAll, unlockAll);
}

ProgramHeap &ProgramHeap::get() {
  static ProgramHeap Only;
  return Only;
}

void *ProgramHeap::allocate(size_t Size, size_t Align, const char *Type) {
  constexpr size_t Natural = HeaderBytes;
  size_t Extra = Align > Natural ? Align : 0;
  if (Size > Reserved / 2 || Extra > Reserved / 2)
    return nullptr;
  size_t Bytes = std::max(Size, sizeof(FreeBlock)) + HeaderBytes + Extra;
  BlockHeader *H =
      Bytes <= LargestSmall ? heap().takeSmall(classOf(Bytes)) : heap().takeLarge(Bytes);
  if (!H)
    return nullptr;
  H->Type.store(Type, std::memory_order_relaxed);
  H->set(Size, Live | (Extra ? Log2_64(Align) : 0));
  char *Start = H->start();
  if (Start != H->memory())
    (reinterpret_cast<BlockHeader *>(Start) - 1)
        ->set(static_cast<uint64_t>(Start - H->memory()), WayBack);
  return Start;
}

void *ProgramHeap::allocateZeroed(size_t Size, const char *Type) {
  void *Block = allocate(Size, 1, Type);
  if (Block && Size + HeaderBytes <= LargestSmall)
    std::memset(Block, 0, Size); // (A large one comes from the system as zero.)
  return Block;
}

/// Ends the process as the C library does for such a program.
[[noreturn]] static void endForBadPointer() {
  std::fputs("free(): invalid pointer\n", stderr);
  std::abort();
}

void ProgramHeap::release(void *Block) {
  BlockHeader *H = headerOf(Block);
  if (H->tag() != Live)
    endForBadPointer();
  H->set(0, Free);
  size_t Index = (reinterpret_cast<uintptr_t>(H) - Base) / SegmentBytes;
  if (heap().Segments[Index].What.load(std::memory_order_relaxed) == Use::Large)
    heap().giveBackLarge(H, Index);
  else
    giveBackSmall(H, heap().Segments[Index].Class);
}

size_t ProgramHeap::usableSize(const void *Block) {
  BlockHeader *H = headerOf(Block);
  size_t Index = (reinterpret_cast<uintptr_t>(H) - Base) / SegmentBytes;
  const Segment &S = heap().Segments[Index];
  size_t Bytes = S.What.load(std::memory_order_relaxed) == Use::Large ? S.Run * SegmentBytes
                                                                      : classBytes(S.Class);
  return Bytes -
         static_cast<size_t>(static_cast<const char *>(Block) - reinterpret_cast<const char *>(H));
}

void *ProgramHeap::reallocate(void *Block, size_t Size, const char *Type) {
  BlockHeader *H = headerOf(Block);
  if (H->tag() != Live)
    endForBadPointer();
  const char *Kept = Type ? Type : H->Type.load(std::memory_order_relaxed);
  size_t Usable = usableSize(Block);
  if (Size <= Usable && Size >= Usable / 2) {
    H->Type.store(Kept, std::memory_order_relaxed);
    H->set(Size, Live | H->alignLog());
    return Block;
  }
  void *New = allocate(Size, 1, Kept);
  if (!New)
    return nullptr;
  std::memcpy(New, Block, std::min<size_t>(H->size(), Size));
  release(Block);
  return New;
}

ProgramHeap::Block ProgramHeap::blockAt(const void *Address) const {
  if (!owns(Address))
    return {};
  const Heap &H = heap();
  // One less, since a block's end may be where the next one's header is.
  uintptr_t Offset = std::max<uintptr_t>(reinterpret_cast<uintptr_t>(Address) - Base, 1) - 1;
  size_t Index = Offset / SegmentBytes;
  if (Index >= H.SegmentsUsed.load(std::memory_order_acquire))
    return {};
  while (Index && H.Segments[Index].What.load(std::memory_order_acquire) == Use::LargeTail)
    --Index;
  const Segment &S = H.Segments[Index];
  char *At = H.segment(Index);
  Use What = S.What.load(std::memory_order_acquire);
  if (What == Use::Small) {
    size_t Bytes = classBytes(S.Class), Number = (Offset - Index * SegmentBytes) / Bytes;
    if (Number >= S.Begun.load(std::memory_order_acquire))
      return {};
    At += Number * Bytes;
  } else if (What != Use::Large) {
    return {};
  }
  auto *B = reinterpret_cast<BlockHeader *>(At);
  if (B->tag() != Live)
    return {};
  Block Found{B->Type.load(std::memory_order_relaxed), B->start(), B->size()};
  auto From = static_cast<size_t>(static_cast<const char *>(Address) -
                                  static_cast<const char *>(Found.Start));
  return From <= Found.Size ? Found : Block{};
}

void ProgramHeap::forEachBlock(function_ref<void(const Block &)> Visit) const {
  const Heap &H = heap();
  auto VisitIfLive = [&](BlockHeader *B) {
    if (B->tag() == Live)
      Visit({B->Type.load(std::memory_order_relaxed), B->start(), B->size()});
  };
  size_t Used = H.SegmentsUsed.load(std::memory_order_acquire);
  for (size_t N = 0; N != Used; ++N) {
    const Segment &S = H.Segments[N];
    Use What = S.What.load(std::memory_order_acquire);
    if (What == Use::Large)
      VisitIfLive(reinterpret_cast<BlockHeader *>(H.segment(N)));
    if (What != Use::Small)
      continue;
    size_t Bytes = classBytes(S.Class);
    for (uint32_t I = 0, E = S.Begun.load(std::memory_order_acquire); I != E; ++I)
      VisitIfLive(reinterpret_cast<BlockHeader *>(H.segment(N) + I * Bytes));
  }
}
