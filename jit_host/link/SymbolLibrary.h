//===- SymbolLibrary.h - The program's symbols for the dynamic linker -----===//
//
// An executable that is linked with -rdynamic shows its functions and variables to the
// libraries that it opens. The dynamic linker takes symbols from files alone; so it
// is given a file: a shared library without code, whose symbols are absolute addresses
// (SHN_ABS, which glibc leaves as they are), held in memory.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_SYMBOLLIBRARY_H
#define NEXTFRAME_LINK_SYMBOLLIBRARY_H

#include "link/LinkedSymbols.h"

#include "llvm/Support/Error.h"

#include <string>

namespace nextframe {

/// Returns the content of such a library, \p Name, with \p Symbols. Any thread.
std::string makeSymbolLibrary(llvm::StringRef Name, const SymbolMap &Symbols);

/// Opens what makeSymbolLibrary() makes for all libraries to see, and returns its handle. Errors
/// with what the system or the dynamic linker says.
llvm::Expected<void *> openSymbolLibrary(llvm::StringRef Name, const SymbolMap &Symbols);

} // namespace nextframe

#endif // NEXTFRAME_LINK_SYMBOLLIBRARY_H
