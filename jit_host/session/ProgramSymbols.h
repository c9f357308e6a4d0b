//===- ProgramSymbols.h - The program's functions and variables by name ---===//
//
// What dlsym() knows of an executable is known of the live program, as far as other
// files may name it. Its own calls of dlsym() are answered from here, always. The
// libraries that it opens know of it where it is linked with -rdynamic: the dynamic
// linker is given a library of its symbols then, see SymbolLibrary.h.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SESSION_PROGRAMSYMBOLS_H
#define NEXTFRAME_SESSION_PROGRAMSYMBOLS_H

#include "ir/Slice.h"
#include "link/LinkedSymbols.h"
#include "plan/LiveProgram.h"

#include "llvm/ADT/StringSet.h"

#include <optional>

namespace nextframe {

/// What a commit makes known.
struct SymbolChanges {
  SymbolMap New; ///< By symbol.
  /// What is not found under its name, and what is not to be found: no source has it any more. Both
  /// nothing where that is as it was.
  std::optional<HomeSymbols> Homes;
  std::optional<llvm::StringSet<>> Hidden;

  bool empty() const { return New.empty() && !Homes && !Hidden; }
};

/// Returns the names that no source of \p Program has any more.
llvm::StringSet<> removedNames(const LiveProgram &Program);

/// Shows the program's symbols to libraries from now on. Call before the program is linked.
void exportProgramSymbols();

/// Makes \p Changes known. The thread that commits.
void publishSymbols(SymbolChanges Changes);

/// Returns where the program has \p Name (of a thread-local variable: the calling thread's),
/// or null. Any thread.
void *programSymbol(llvm::StringRef Name);

/// Returns whether the program had \p Name and no source has it any more. Any thread.
bool programHasRemoved(llvm::StringRef Name);

} // namespace nextframe

#endif // NEXTFRAME_SESSION_PROGRAMSYMBOLS_H
