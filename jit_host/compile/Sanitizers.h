//===- Sanitizers.h - Which sanitizers a command asks for -----------------===//

#ifndef NEXTFRAME_COMPILE_SANITIZERS_H
#define NEXTFRAME_COMPILE_SANITIZERS_H

#include "llvm/ADT/ArrayRef.h"

#include <string>

namespace nextframe {

/// The checks for undefined behaviour work in a live program: each is an instruction or
/// two at its place, and a call of a library. The others live off a process that is made
/// for them: memory of their own, their own malloc, calls before anything else runs.
struct SanitizerUse {
  std::string Refused;       ///< As in "address,leak"; empty for none.
  bool NeedsRuntime = false; ///< Some check calls the library, and does not just trap.
  bool IsMinimal = false;    ///< The library is the minimal one.

  /// What to load for the checks, as -l names it; empty for nothing.
  std::string runtime() const;
};

/// Reads the -fsanitize options of the whole command \p Args, in their order, as the
/// driver does. What it doesn't know is for clang to tell. Any thread.
SanitizerUse sanitizersOf(llvm::ArrayRef<std::string> Args);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_SANITIZERS_H
