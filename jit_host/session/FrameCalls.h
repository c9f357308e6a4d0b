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

/// What a frame is shown by: what a picture of it can be read from.
struct FrameSource {
  enum Kind {
    Unknown,
    GlfwWindow,
    Sdl2Window,   ///< With OpenGL.
    Sdl2Renderer, ///< SDL's own drawing.
  };
  Kind What = Unknown;
  void *Handle = nullptr;
};

/// What is called before and behind the library's function.
struct FrameHooks {
  void (*AtSwap)(FrameSource); ///< A frame is about to be shown.
  void (*AtPoll)();            ///< The program looks for events.
  void (*AtApplyKey)();        ///< It has found F5 pressed.
};

/// Puts \p Hooks before each function of the table that the libraries have. Call once,
/// before the first link.
void interposeFrameCalls(Libraries &Libs, FrameHooks Hooks);

} // namespace nextframe

#endif // NEXTFRAME_SESSION_FRAMECALLS_H
