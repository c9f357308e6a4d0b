//===- CollectFacts.h - Read the facts off an optimised module ------------===//

#ifndef NEXTFRAME_IR_COLLECTFACTS_H
#define NEXTFRAME_IR_COLLECTFACTS_H

#include "ir/Facts.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

namespace llvm {
class Module;
} // namespace llvm

namespace nextframe {

/// What only the source knows about a variable; keyed by its linker name.
struct SourceVariable {
  std::string TypeName;
  bool TriviallyCopyable = false;
};

/// Returns the facts about \p M, which promote() and then the optimiser have
/// gone over; `Records` is left to the caller. Names file-local constants by
/// their content (`lit.<hash>`, or with the file's \p Tag where their address
/// counts) on the way.
UnitFacts collectFacts(llvm::Module &M, llvm::StringRef Tag,
                       const llvm::StringMap<SourceVariable> &Variables);

} // namespace nextframe

#endif // NEXTFRAME_IR_COLLECTFACTS_H
