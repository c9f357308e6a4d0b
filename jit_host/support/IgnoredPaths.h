//===- IgnoredPaths.h - which names in a source tree never count ----------===//
//
// The one place that says which folders and files below a source folder are
// left out: what builds leave behind, what editors write beside a file for a
// moment, and everything hidden. Source discovery and watching must agree.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SUPPORT_IGNOREDPATHS_H
#define NEXTFRAME_SUPPORT_IGNOREDPATHS_H

#include "llvm/ADT/StringRef.h"

namespace nextframe {

/// Whether the folder \p Path, found below a source folder, is left out with
/// all that lies in it: hidden, `build`, `out`, `node_modules`, `CMakeFiles`,
/// `cmake-build-*`, or any folder that holds a CMakeCache.txt (looked up on
/// disk). Only the last component of \p Path is judged, so that a source folder
/// inside a hidden one works. Don't ask about the source folder itself: the
/// user has named it, and so it counts. Thread-safe.
bool isIgnoredDirectory(llvm::StringRef Path);

/// Whether a file called \p Name (no folders), found below a source folder, is
/// left out. Only what a program's text is usually made of counts: C and C++
/// sources, headers and their like, and compile databases. So neither an
/// editor's swap file or probe (`.foo.swp`, `foo~`, `#foo#`, vim's `4913`) nor
/// what the program itself writes into its folder (saved games, logs, pictures)
/// is ever taken for a save. A file of another name that a source does read is
/// watched by its path, which this doesn't concern. Thread-safe.
bool isIgnoredFile(llvm::StringRef Name);

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_IGNOREDPATHS_H
