//===- MemoryWords.h - The words that lie in memory, whatever they mean ---===//

#ifndef NEXTFRAME_SUPPORT_MEMORYWORDS_H
#define NEXTFRAME_SUPPORT_MEMORYWORDS_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstddef>
#include <cstdint>

namespace nextframe {

/// Copies \p Bytes at \p From to \p Into. Returns false where not all of them can be read.
/// Otherwise as forEachWord().
bool readMemory(void *Into, const void *From, size_t Bytes);

/// Calls \p Visit with each aligned word from \p Start up to \p End, or up to where
/// memory can't be read any more. The kernel does the reading, so that a mapping that
/// ends, or goes away, is no fault. Allocates nothing and takes no lock; any thread.
void forEachWord(uintptr_t Start, uintptr_t End, llvm::function_ref<void(uintptr_t)> Visit);

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_MEMORYWORDS_H
