//===- ThreadLocalInit.h - Each thread_local is initialised by itself -----===//
//
// clang gives a file one flag for all of its thread_local variables with computed
// initialisers: the first use of any of them in a thread initialises them all. A
// variable that a later version of the file adds would be left out in each thread
// that has been through there.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_IR_THREADLOCALINIT_H
#define NEXTFRAME_IR_THREADLOCALINIT_H

namespace llvm {
class Module;
} // namespace llvm

namespace nextframe {

/// Rewrites clang's `__tls_init` in \p M, if there is one, as clang made it: each
/// variable gets a flag of its own, and the file's flag says for which set of
/// variables the thread has been through. On the way of every other use it costs
/// nothing more.
void guardEachThreadLocal(llvm::Module &M);

} // namespace nextframe

#endif // NEXTFRAME_IR_THREADLOCALINIT_H
