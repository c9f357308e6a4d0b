//===- Screenshot.h - The frame that the program shows, as a PNG ----------===//

#ifndef NEXTFRAME_SESSION_SCREENSHOT_H
#define NEXTFRAME_SESSION_SCREENSHOT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace nextframe {

class Libraries;

/// Looks up what reading a frame needs. Call once, before the program runs.
void prepareScreenshots(const Libraries &Libs);

/// Writes what the current OpenGL context has drawn for \p Window (a
/// GLFWwindow) to \p File, before it is swapped to the screen. The program's
/// OpenGL state stays as it was. Errors when there is no such context, or the
/// file can't be written. Main thread.
llvm::Error writeScreenshot(void *Window, llvm::StringRef File);

} // namespace nextframe

#endif // NEXTFRAME_SESSION_SCREENSHOT_H
