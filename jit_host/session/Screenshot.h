//===- Screenshot.h - The frame that the program shows, as a PNG ----------===//

#ifndef NEXTFRAME_SESSION_SCREENSHOT_H
#define NEXTFRAME_SESSION_SCREENSHOT_H

#include "session/FrameCalls.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace nextframe {

class Libraries;

/// Looks up what reading a frame needs. Call once, before the program runs.
void prepareScreenshots(const Libraries &Libs);

/// Writes what has been drawn for \p Frame, which is about to be shown, to \p File. Where that is
/// OpenGL's, in the current context, its state stays as it was. Errors when there is no such
/// context, when it can't be told how the frame was drawn, or when the file can't be written. The
/// thread that shows frames.
llvm::Error writeScreenshot(FrameSource Frame, llvm::StringRef File);

} // namespace nextframe

#endif // NEXTFRAME_SESSION_SCREENSHOT_H
