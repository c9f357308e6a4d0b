//===- MemoryWords.cpp - The words that lie in memory, whatever they mean -===//

#include "support/MemoryWords.h"

#include <algorithm>
#include <sys/uio.h>
#include <unistd.h>

using namespace nextframe;

bool nextframe::readMemory(void *Into, const void *From, size_t Bytes) {
  iovec To{Into, Bytes}, Source{const_cast<void *>(From), Bytes};
  return process_vm_readv(getpid(), &To, 1, &Source, 1, 0) == static_cast<ssize_t>(Bytes);
}

void nextframe::forEachWord(uintptr_t Start, uintptr_t End,
                            llvm::function_ref<void(uintptr_t)> Visit) {
  constexpr uintptr_t WordBytes = sizeof(uintptr_t), ChunkBytes = 4096;
  uintptr_t Words[ChunkBytes / WordBytes];
  for (uintptr_t At = (Start + WordBytes - 1) & ~(WordBytes - 1); At < End;) {
    uintptr_t Bytes = std::min(ChunkBytes - At % ChunkBytes, End - At);
    iovec Into{Words, Bytes}, From{reinterpret_cast<void *>(At), Bytes};
    if (process_vm_readv(getpid(), &Into, 1, &From, 1, 0) != static_cast<ssize_t>(Bytes))
      return;
    for (uintptr_t I = 0; I != Bytes / WordBytes; ++I)
      Visit(Words[I]);
    At += Bytes;
  }
}
