//===- HostAllocator.cpp - Free what either heap allocated ----------------===//
//
// The program has a heap of its own, libraries have the C library's, and memory is
// handed to and fro: a string that the program made is freed inside libstdc++. So the
// functions that take a block back are the process's, and ask whose it is. They are
// part of the executable alone, where every library finds them.
//
// A sanitizer has its own allocator, and needs to see every block.
//
//===----------------------------------------------------------------------===//

#include "state/ProgramHeap.h"

#include <cerrno>
#include <cstddef>
#include <malloc.h>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) &&                            \
    !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

using nextframe::ProgramHeap;

// glibc's own functions, under the names that stay reachable.
extern "C" void __libc_free(void *);
extern "C" void *__libc_realloc(void *, size_t);

extern "C" void free(void *Block) {
  if (ProgramHeap::owns(Block))
    ProgramHeap::get().release(Block);
  else
    __libc_free(Block);
}

extern "C" void *realloc(void *Block, size_t Size) {
  if (!ProgramHeap::owns(Block))
    return __libc_realloc(Block, Size);
  if (Size == 0) {
    ProgramHeap::get().release(Block);
    return nullptr;
  }
  void *New = ProgramHeap::get().reallocate(Block, Size, nullptr);
  if (!New)
    errno = ENOMEM;
  return New;
}

#endif
