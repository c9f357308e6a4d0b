//===- CrashGuard.h - A crash of the compiler is not one of the program ---===//

#ifndef NEXTFRAME_SUPPORT_CRASHGUARD_H
#define NEXTFRAME_SUPPORT_CRASHGUARD_H

#include "llvm/ADT/STLFunctionalExtras.h"

namespace nextframe {

/// Prepares the process. Call once, before the program runs: a handler that the
/// program installs for a fault later is the program's, and stays.
void installCrashGuard();

/// Runs \p Work and returns true; where it crashes (a fault, an abort, an
/// overflow of the stack), returns false, and what \p Work held is leaked. Any
/// thread.
bool survives(llvm::function_ref<void()> Work);

/// For another handler of crashes, which was installed after installCrashGuard(): goes on
/// behind survives() where the calling thread is inside it; else returns.
void recoverIfGuarded(int Signal);

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_CRASHGUARD_H
