//===- TopLevelAssembly.h - Assembly outside of functions -----------------===//

#ifndef NEXTFRAME_IR_TOPLEVELASSEMBLY_H
#define NEXTFRAME_IR_TOPLEVELASSEMBLY_H

#include "ir/Facts.h"

namespace llvm {
class Module;
} // namespace llvm

namespace nextframe {

/// Takes the assembly at the top level out of \p M, and returns it with what it defines. What the
/// rest of \p M uses of that is made visible to it: it will be another object. Needs
/// the target's assembler to be there. Any thread.
AssemblyFacts takeAssembly(llvm::Module &M);

} // namespace nextframe

#endif // NEXTFRAME_IR_TOPLEVELASSEMBLY_H
