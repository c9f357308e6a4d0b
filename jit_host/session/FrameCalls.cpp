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
  /// What SDL 2 passes first: the frame's source.
  FrameSource::Kind Source = FrameSource::Unknown;
  /// What SDL 2 passes first: a place for the event that it finds, if it returns 1.
  bool FindsEvent = false;
};

constexpr std::array Calls = {
    // SDL 2 and 3, and SDL 1.2.
    FrameCall{"SDL_RenderPresent", true, FrameSource::Sdl2Renderer},
    FrameCall{"SDL_GL_SwapWindow", true, FrameSource::Sdl2Window},
    FrameCall{"SDL_UpdateWindowSurface", true},
    FrameCall{"SDL_UpdateWindowSurfaceRects", true},
    FrameCall{"SDL_Flip", true},
    FrameCall{"SDL_GL_SwapBuffers", true},
    FrameCall{"SDL_PollEvent", false, FrameSource::Unknown, true},
    FrameCall{"SDL_WaitEvent", false, FrameSource::Unknown, true},
    FrameCall{"SDL_WaitEventTimeout", false, FrameSource::Unknown, true},
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

FrameHooks Hooks;
std::array<Any, Calls.size()> Real;
/// The other versions have functions of the same names, and other events.
bool IsSdl2 = false;

/// The beginning of SDL 2's SDL_KeyboardEvent, which is part of its ABI.
struct SdlKeyEvent {
  uint32_t Type, Timestamp, Window;
  uint8_t State, IsRepeat, Padding[2];
  int32_t Scancode, Key;
};

bool isApplyKey(uintptr_t Event) {
  constexpr uint32_t KeyDown = 0x300;   // SDL_KEYDOWN
  constexpr int32_t KeyF5 = 0x4000003e; // SDLK_F5
  auto *Key = reinterpret_cast<const SdlKeyEvent *>(Event);
  return Key->Type == KeyDown && Key->Key == KeyF5 && !Key->IsRepeat;
}

template <size_t I> uintptr_t hooked(uintptr_t A, uintptr_t B, uintptr_t C, uintptr_t D) {
  constexpr FrameCall Call = Calls[I];
  if (Call.Shows)
    Hooks.AtSwap(IsSdl2 && Call.Source ? FrameSource{Call.Source, reinterpret_cast<void *>(A)}
                                       : FrameSource());
  else
    Hooks.AtPoll();
  uintptr_t Result = Real[I](A, B, C, D);
  if (Call.FindsEvent && IsSdl2 && A && static_cast<int>(Result) == 1 && isApplyKey(A))
    Hooks.AtApplyKey();
  return Result;
}

template <size_t... I> constexpr auto hooks(std::index_sequence<I...>) {
  return std::array<Any, sizeof...(I)>{hooked<I>...};
}

} // namespace

void nextframe::interposeFrameCalls(Libraries &Libs, FrameHooks TheHooks) {
  static constexpr auto Hooked = hooks(std::make_index_sequence<Calls.size()>());
  Hooks = TheHooks;
  IsSdl2 = Libs.libraryAddress("SDL_GL_GetDrawableSize") != nullptr;
  for (size_t I = 0; I != Calls.size(); ++I) {
    Real[I] = reinterpret_cast<Any>(Libs.libraryAddress(Calls[I].Name));
    if (Real[I])
      Libs.interpose(Calls[I].Name, reinterpret_cast<void *>(Hooked[I]));
  }
}
