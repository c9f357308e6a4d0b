//===- Paths.h - Paths as a build description has them --------------------===//

#ifndef NEXTFRAME_PROJECT_PATHS_H
#define NEXTFRAME_PROJECT_PATHS_H

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Path.h"

#include <string>

namespace nextframe {

/// Returns \p Path, which is relative to \p Directory unless it is absolute, without dots.
/// Any thread.
inline std::string absolute(llvm::StringRef Path, llvm::StringRef Directory) {
  llvm::SmallString<256> Result(Path);
  llvm::sys::path::make_absolute(Directory, Result);
  llvm::sys::path::remove_dots(Result, /*remove_dot_dot=*/true);
  return Result.str().str();
}

} // namespace nextframe

#endif // NEXTFRAME_PROJECT_PATHS_H
