//===- Diagnostics.h - All that a user can be told, in one registry -------===//
//
// Every message of the host's own (clang's diagnostics apart) stands in
// Diagnostics.def, so that wording, tests and documentation have one place.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SUPPORT_DIAGNOSTICS_H
#define NEXTFRAME_SUPPORT_DIAGNOSTICS_H

#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"

#include <string>

namespace nextframe {

namespace diag {
enum ID : unsigned {
#define DIAG(NAME, TEXT) NAME,
#include "support/Diagnostics.def"
#undef DIAG
};
} // namespace diag

/// Returns the registry's format text of \p ID, with {0}, {1}, … for its
/// arguments. Any thread.
const char *textOf(diag::ID ID);

/// Returns the message \p ID with its arguments filled in. Any thread.
template <typename... Ts> std::string message(diag::ID ID, Ts &&...Args) {
  return llvm::formatv(false, textOf(ID), std::forward<Ts>(Args)...).str();
}

/// Returns the message \p ID as an Error. Any thread.
template <typename... Ts> llvm::Error makeError(diag::ID ID, Ts &&...Args) {
  return llvm::createStringError(message(ID, std::forward<Ts>(Args)...));
}

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_DIAGNOSTICS_H
