//===- FrameCalls.h - The calls by which programs show frames -------------===//
//
// Libraries for windows and terminals have a function that ends a frame, and one that
// asks what the user does. A table of their names; the table of GLFW's, which
// frame boundaries know more about, is FrameBoundary's own.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SESSION_FRAMECALLS_H
#define NEXTFRAME_SESSION_FRAMECALLS_H

namespace nextframe {

class Libraries;

/// What is called before the library's function.
struct FrameHooks {
  void (*AtSwap)(); ///< A frame is about to be shown.
  void (*AtPoll)(); ///< The program looks for events.
};

/// Puts \p Hooks before each function of the table that the libraries have. Call once,
/// before the first link.
void interposeFrameCalls(Libraries &Libs, FrameHooks Hooks);

} // namespace nextframe

#endif // NEXTFRAME_SESSION_FRAMECALLS_H
