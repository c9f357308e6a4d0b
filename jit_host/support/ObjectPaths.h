//===- ObjectPaths.h - What the path of an object file says ---------------===//

#ifndef NEXTFRAME_SUPPORT_OBJECTPATHS_H
#define NEXTFRAME_SUPPORT_OBJECTPATHS_H

#include "llvm/ADT/StringRef.h"

namespace nextframe {

/// Returns the name of the target that a build makes \p Output for, where the
/// path says so: CMake's objects lie below CMakeFiles/NAME.dir, Meson's below
/// NAME.p. Else "". Any thread.
llvm::StringRef targetOfOutput(llvm::StringRef Output);

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_OBJECTPATHS_H
