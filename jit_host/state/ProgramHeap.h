//===- ProgramHeap.h - The program's heap, which knows what is in it ------===//
//
// Whether an object of an edited struct is alive must be known, not guessed. So the
// program's own allocations (malloc, new, every container) come here and say what
// they are for; the heap can be walked, block by block. Libraries keep the C
// library's heap; either may free what the other allocated.
//
// One reservation of address space is cut into segments, each for blocks of one
// size. A block has a header of 16 bytes before it, and its place follows from the
// segment's block size alone, so a walk needs no list. Threads have caches of free
// blocks; what is behind them takes one lock a size. Blocks above half a mebibyte
// have segments to themselves.
//
// The heap outlives all that use it: there is one a process, and free() has to find
// it from anywhere.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_STATE_PROGRAMHEAP_H
#define NEXTFRAME_STATE_PROGRAMHEAP_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstddef>
#include <cstdint>

namespace nextframe {

class ProgramHeap {
public:
  /// Returns the process's heap. Any thread.
  static ProgramHeap &get();

  /// Returns a block of at least \p Size bytes, aligned to \p Align (a power of two),
  /// or null where there is no memory. \p Type is the text of a BlockType that stays,
  /// or null where it isn't known what the block is for. Any thread.
  void *allocate(size_t Size, size_t Align, const char *Type);

  /// As allocate(), all zero.
  void *allocateZeroed(size_t Size, const char *Type);

  /// Returns a block of \p Size bytes with the content of \p Block, which is no more;
  /// null where there is no memory: then \p Block stays. \p Type null: the old one's.
  /// \p Block must be this heap's. Any thread.
  void *reallocate(void *Block, size_t Size, const char *Type);

  /// Gives back \p Block, which must be this heap's. Any thread.
  void release(void *Block);

  /// Returns whether \p Address lies in this heap. Any thread.
  static bool owns(const void *Address) {
    return reinterpret_cast<uintptr_t>(Address) - Base < Reserved;
  }

  /// Returns how many bytes of \p Block, which must be this heap's, may be used.
  static size_t usableSize(const void *Block);

  /// A block that is alive.
  struct Block {
    const char *Type;  ///< As given to allocate().
    const void *Start; ///< What allocate() returned.
    size_t Size;       ///< As asked for.
  };
  /// Returns the block that is alive and that \p Address lies in, or right behind; one
  /// without a Start where there is none. Allocates nothing and takes no lock; any thread.
  Block blockAt(const void *Address) const;

  /// Calls \p Visit for each block that is alive. Allocates nothing and takes no
  /// lock, so that other threads may have been stopped anywhere; where they run, what
  /// they allocate or free meanwhile may or may not be visited.
  void forEachBlock(llvm::function_ref<void(const Block &)> Visit) const;

private:
  ProgramHeap();

  /// The reservation; empty where the system gives none. Constant once get() has
  /// returned.
  static uintptr_t Base;
  static size_t Reserved;
};

} // namespace nextframe

#endif // NEXTFRAME_STATE_PROGRAMHEAP_H
