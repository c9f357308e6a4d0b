//===- ThreadLocals.h - Thread-local variables of libraries ---------------===//
//
// The program's own thread-local variables are emulated: code asks
// __emutls_get_address() for the variable that a control object describes.
// (The process has no room for them in its static TLS block, and JITLink has no
// run time of its own for real ones.) A library's are real, though: libstdc++
// has some that std::call_once and std::future use. For those a control object
// of another kind is made, which leads to the library's variable.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_THREADLOCALS_H
#define NEXTFRAME_LINK_THREADLOCALS_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace nextframe {

/// What the program gets for __emutls_get_address. Any thread.
void *threadLocalAddress(void *Control);

/// Returns the name of the variable whose emulated control object \p Symbol
/// names, or "".
llvm::StringRef threadLocalOfControl(llvm::StringRef Symbol);

/// Returns the symbol of the control object of \p Variable.
std::string controlOfThreadLocal(llvm::StringRef Variable);

/// Returns a control object for the library's variable at \p Address (the
/// calling thread's own copy), or null where that is no thread-local variable.
/// Lives as long as the process, as the library does.
void *makeLibraryControl(void *Address);

} // namespace nextframe

#endif // NEXTFRAME_LINK_THREADLOCALS_H
