//===- Names.h - How symbols of a live program are named ------------------===//
//
// A live program is one namespace: two files may each have a `static` helper of
// the same name, and a function has many bodies over time. So a symbol is
//
//   name                      an entry (function) or a home (variable)
//   name.in.<tag>             the same for something local to one file
//   <name or local name>.v<G> the body that generation G made of a function
//   lit.<hash>                a constant that is named by its content
//
// Itanium demanglers print whatever follows a dot as a suffix, so backtraces
// and profilers show `Game::update(float) (.v3)`.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_IR_NAMES_H
#define NEXTFRAME_IR_NAMES_H

#include "support/Ids.h"

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <utility>

namespace nextframe {

/// Returns the tag of \p File (relative to the source folder) that sets its
/// local symbols apart: readable, unique, and only of symbol characters.
std::string unitTag(llvm::StringRef File);

/// Returns the program-wide name of \p Name, local to the file with \p Tag.
std::string localName(llvm::StringRef Name, llvm::StringRef Tag);

/// Returns the name that the source's \p Symbol has for a static linker: without file tag.
inline llvm::StringRef linkerName(llvm::StringRef Symbol) {
  return Symbol.substr(0, Symbol.find(".in."));
}

/// Returns the symbol of the body that generation \p G made of \p Function.
std::string bodyName(llvm::StringRef Function, Generation G);

/// Returns the function and the generation that bodyName() was given, or nothing
/// where \p Symbol is no body's.
std::optional<std::pair<llvm::StringRef, Generation>> splitBodyName(llvm::StringRef Symbol);

/// Returns whether \p Function is one that promote() made of a variable's dynamic
/// initialiser.
bool isInitialiserName(llvm::StringRef Function);

/// Returns \p Symbol as the user wrote it: demangled, without file tag.
std::string displayName(llvm::StringRef Symbol);

} // namespace nextframe

#endif // NEXTFRAME_IR_NAMES_H
