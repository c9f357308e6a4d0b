//===- FrameCalls.cpp - The calls by which programs show frames -----------===//

#include "session/FrameCalls.h"
#include "link/Libraries.h"

#include <array>
#include <cstdint>
#include <utility>

using namespace nextframe;

namespace {

struct FrameCall {
  const char *Name;
  bool Shows; ///< Ends a frame; else asks for events.
};

constexpr std::array Calls = {
    // SDL 2 and 3, and SDL 1.2.
    FrameCall{"SDL_RenderPresent", true},
    FrameCall{"SDL_GL_SwapWindow", true},
    FrameCall{"SDL_UpdateWindowSurface", true},
    FrameCall{"SDL_UpdateWindowSurfaceRects", true},
    FrameCall{"SDL_Flip", true},
    FrameCall{"SDL_GL_SwapBuffers", true},
    FrameCall{"SDL_PollEvent", false},
    FrameCall{"SDL_WaitEvent", false},
    FrameCall{"SDL_WaitEventTimeout", false},
    // OpenGL without a library for windows, and GLUT.
    FrameCall{"eglSwapBuffers", true},
    FrameCall{"glXSwapBuffers", true},
    FrameCall{"glutSwapBuffers", true},
    FrameCall{"glutMainLoopEvent", false},
    // SFML, Allegro, raylib.
    FrameCall{"_ZN2sf6Window7displayEv", true}, // sf::Window::display()
    FrameCall{"al_flip_display", true},
    FrameCall{"EndDrawing", true},
    // curses: getch() and its like are macros of these.
    FrameCall{"wgetch", false},
    FrameCall{"wget_wch", false},
};

/// The arguments of each of these are at most four pointers or integers, and it returns one
/// or nothing. All of that stays where it is, in registers.
using Any = uintptr_t (*)(uintptr_t, uintptr_t, uintptr_t, uintptr_t);

FrameHooks Before;
std::array<Any, Calls.size()> Real;

template <size_t I> uintptr_t hooked(uintptr_t A, uintptr_t B, uintptr_t C, uintptr_t D) {
  (Calls[I].Shows ? Before.AtSwap : Before.AtPoll)();
  return Real[I](A, B, C, D);
}

template <size_t... I> constexpr auto hooks(std::index_sequence<I...>) {
  return std::array<Any, sizeof...(I)>{hooked<I>...};
}

} // namespace

void nextframe::interposeFrameCalls(Libraries &Libs, FrameHooks Hooks) {
  static constexpr auto Hooked = hooks(std::make_index_sequence<Calls.size()>());
  Before = Hooks;
  for (size_t I = 0; I != Calls.size(); ++I) {
    Real[I] = reinterpret_cast<Any>(Libs.libraryAddress(Calls[I].Name));
    if (Real[I])
      Libs.interpose(Calls[I].Name, reinterpret_cast<void *>(Hooked[I]));
  }
}
