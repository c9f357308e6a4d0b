//===- Log.h - What the host says on standard error -----------------------===//
//
// Standard output belongs to the program; everything that the host has to say
// goes to standard error, one whole message a call, so that lines of two
// threads never mix. The log is the project's only process-wide object.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SUPPORT_LOG_H
#define NEXTFRAME_SUPPORT_LOG_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"

namespace nextframe {

enum class Tone { Plain, Good, Note, Warning, Error };

/// Writes "nextframe: " and \p Message and a newline to standard error, the
/// prefix coloured by \p Tone where standard error is a terminal. Thread-safe.
void say(Tone T, const llvm::Twine &Message);

/// Writes \p Text as it is (clang's own diagnostics, which may carry colour).
/// Thread-safe.
void sayRaw(llvm::StringRef Text);

/// Returns true where standard error is a terminal that shows colours.
bool logHasColors();

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_LOG_H
