//===- NamedSections.h - Variables that a linker puts side by side --------===//
//
// Variables of all files that are put into one section whose name is a C identifier lie
// side by side in an executable, in the order of the link line, and the linker defines
// __start_NAME and __stop_NAME around them: tables that many files add to.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_IR_NAMEDSECTIONS_H
#define NEXTFRAME_IR_NAMEDSECTIONS_H

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace nextframe {

/// Whether a linker defines the bounds of a section of that name.
inline bool hasBounds(llvm::StringRef Section) {
  return !Section.empty() && !llvm::isDigit(Section.front()) &&
         llvm::all_of(Section, [](char C) { return llvm::isAlnum(C) || C == '_'; });
}

inline std::string startOf(llvm::StringRef Section) { return ("__start_" + Section).str(); }
inline std::string stopOf(llvm::StringRef Section) { return ("__stop_" + Section).str(); }

/// Returns the section that \p Symbol is a bound of, or "".
inline llvm::StringRef sectionOfBound(llvm::StringRef Symbol) {
  bool IsBound = Symbol.consume_front("__start_") || Symbol.consume_front("__stop_");
  return IsBound && hasBounds(Symbol) ? Symbol : "";
}

} // namespace nextframe

#endif // NEXTFRAME_IR_NAMEDSECTIONS_H
