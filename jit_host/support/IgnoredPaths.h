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

/// Whether a file called \p Name (no folders) is never the text of a program:
/// hidden (`.foo.swp`, emacs' lock `.#foo`), a backup or temporary file of an
/// editor (`foo~`, `#foo#`, vim's probe `4913`, `*___jb_tmp___`, `*.tmp`), or
/// what a build or a run leaves behind (`*.o`, `*.a`, `*.so`, `*.log`, ...).
/// Thread-safe.
bool isIgnoredFile(llvm::StringRef Name);

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_IGNOREDPATHS_H
