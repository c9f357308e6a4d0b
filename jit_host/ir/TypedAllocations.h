//===- TypedAllocations.h - Allocations that say what they are for --------===//
//
// clang marks the allocation calls of C and C++ with the type that they are for
// (-fsanitize=alloc-token, of which only the marks are used). Here each marked call
// becomes one of the program's own heap (see state/ProgramHeap.h), with the type as
// one more argument.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_IR_TYPEDALLOCATIONS_H
#define NEXTFRAME_IR_TYPEDALLOCATIONS_H

#include "ir/CollectFacts.h"

namespace nextframe {

/// Rewrites \p M, as clang makes it, in place: `malloc(size)`, marked, becomes
/// `nextframe.malloc(size, type)`, where `type` is the address of a BlockType's
/// text. Frames of coroutines are blocks too: of all types that the coroutine uses.
void typeAllocations(llvm::Module &M, const SourceFacts &Source);

/// The same where \p Blocks stands for the block types of \p Source.
void typeAllocations(llvm::Module &M, const llvm::StringMap<std::string> &Blocks,
                     const SourceFacts &Source);

/// Returns the name of the typed form of the allocation function \p Name.
std::string typedAllocation(llvm::StringRef Name);

} // namespace nextframe

#endif // NEXTFRAME_IR_TYPEDALLOCATIONS_H
