//===- Screenshot.cpp - The frame that the program shows, as a PNG --------===//
//
// OpenGL is reached through the program's own GLFW or SDL 2, and so is what SDL draws
// itself: the host is not linked against any graphics library, so a program without a
// window needs none.
//
//===----------------------------------------------------------------------===//

#include "session/Screenshot.h"
#include "link/Libraries.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/SmallVector.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#include <stb/stb_image_write.h>

using namespace llvm;
using namespace nextframe;

namespace {

/// What a library for windows has for us.
struct WindowLibrary {
  void *(*GetProcAddress)(const char *) = nullptr;
  void (*GetSize)(void *, int *, int *) = nullptr;

  explicit operator bool() const { return GetProcAddress && GetSize; }
};

WindowLibrary Glfw, Sdl2;
int (*GetRendererSize)(void *, int *, int *) = nullptr;
int (*RenderReadPixels)(void *, const void *, uint32_t, void *, int) = nullptr;

template <typename FunctionT>
void find(const Libraries &Libs, StringRef Name, FunctionT &Function) {
  Function = reinterpret_cast<FunctionT>(Libs.libraryAddress(Name));
}

} // namespace

void nextframe::prepareScreenshots(const Libraries &Libs) {
  find(Libs, "glfwGetProcAddress", Glfw.GetProcAddress);
  find(Libs, "glfwGetFramebufferSize", Glfw.GetSize);
  find(Libs, "SDL_GL_GetProcAddress", Sdl2.GetProcAddress);
  find(Libs, "SDL_GL_GetDrawableSize", Sdl2.GetSize);
  find(Libs, "SDL_GetRendererOutputSize", GetRendererSize);
  find(Libs, "SDL_RenderReadPixels", RenderReadPixels);
}

namespace {

// From the OpenGL 3.3 registry; the host includes no OpenGL header.
enum GLConstant : unsigned {
  GL_UNSIGNED_BYTE = 0x1401,
  GL_RGB = 0x1907,
  GL_BACK = 0x0405,
  GL_READ_BUFFER = 0x0C02,
  GL_PACK_ALIGNMENT = 0x0D05,
  GL_READ_FRAMEBUFFER = 0x8CA8,
  GL_READ_FRAMEBUFFER_BINDING = 0x8CAA,
  GL_PIXEL_PACK_BUFFER = 0x88EB,
  GL_PIXEL_PACK_BUFFER_BINDING = 0x88ED,
};

struct GLFunctions {
  void (*GetIntegerv)(unsigned, int *);
  void (*BindFramebuffer)(unsigned, unsigned);
  void (*BindBuffer)(unsigned, unsigned);
  void (*PixelStorei)(unsigned, int);
  void (*ReadBuffer)(unsigned);
  void (*ReadPixels)(int, int, int, int, unsigned, unsigned, void *);

  bool load(const WindowLibrary &From) {
    auto Get = [&](const char *Name, auto &Function) {
      Function =
          reinterpret_cast<std::remove_reference_t<decltype(Function)>>(From.GetProcAddress(Name));
      return Function != nullptr;
    };
    return Get("glGetIntegerv", GetIntegerv) && Get("glBindFramebuffer", BindFramebuffer) &&
           Get("glBindBuffer", BindBuffer) && Get("glPixelStorei", PixelStorei) &&
           Get("glReadBuffer", ReadBuffer) && Get("glReadPixels", ReadPixels);
  }
  int get(unsigned What) const {
    int Value = 0;
    GetIntegerv(What, &Value);
    return Value;
  }
};

} // namespace

/// Reads the back buffer and puts every setting back that it had to change.
static SmallVector<uint8_t, 0> readBackBuffer(const GLFunctions &GL, int Width, int Height) {
  SmallVector<uint8_t, 0> Pixels;
  Pixels.resize_for_overwrite(size_t(Width) * size_t(Height) * 3);
  int Framebuffer = GL.get(GL_READ_FRAMEBUFFER_BINDING), Alignment = GL.get(GL_PACK_ALIGNMENT),
      Buffer = GL.get(GL_PIXEL_PACK_BUFFER_BINDING);
  GL.BindFramebuffer(GL_READ_FRAMEBUFFER, 0);
  int ReadFrom = GL.get(GL_READ_BUFFER);
  GL.ReadBuffer(GL_BACK);
  GL.BindBuffer(GL_PIXEL_PACK_BUFFER, 0);
  GL.PixelStorei(GL_PACK_ALIGNMENT, 1);
  GL.ReadPixels(0, 0, Width, Height, GL_RGB, GL_UNSIGNED_BYTE, Pixels.data());
  GL.PixelStorei(GL_PACK_ALIGNMENT, Alignment);
  GL.BindBuffer(GL_PIXEL_PACK_BUFFER, static_cast<unsigned>(Buffer));
  GL.ReadBuffer(static_cast<unsigned>(ReadFrom));
  GL.BindFramebuffer(GL_READ_FRAMEBUFFER, static_cast<unsigned>(Framebuffer));
  return Pixels;
}

namespace {

/// A frame's pixels, three bytes each, and which row is the first.
struct Picture {
  SmallVector<uint8_t, 0> Pixels;
  int Width = 0, Height = 0;
  bool LowestFirst = false;

  explicit operator bool() const { return !Pixels.empty(); }
};

} // namespace

static Picture readWindow(const WindowLibrary &Library, void *Window) {
  Picture Result;
  Result.LowestFirst = true;
  GLFunctions GL;
  if (!Library || !GL.load(Library))
    return Result;
  Library.GetSize(Window, &Result.Width, &Result.Height);
  if (Result.Width > 0 && Result.Height > 0)
    Result.Pixels = readBackBuffer(GL, Result.Width, Result.Height);
  return Result;
}

static Picture readRenderer(void *Renderer) {
  constexpr uint32_t Rgb24 = 0x17101803; // SDL_PIXELFORMAT_RGB24
  Picture Result;
  if (!GetRendererSize || !RenderReadPixels ||
      GetRendererSize(Renderer, &Result.Width, &Result.Height) != 0 || Result.Width <= 0 ||
      Result.Height <= 0)
    return Result;
  Result.Pixels.resize(size_t(Result.Width) * size_t(Result.Height) * 3);
  if (RenderReadPixels(Renderer, nullptr, Rgb24, Result.Pixels.data(), Result.Width * 3) != 0)
    Result.Pixels.clear();
  return Result;
}

static Picture readFrame(FrameSource Frame) {
  switch (Frame.What) {
  case FrameSource::GlfwWindow:
    return readWindow(Glfw, Frame.Handle);
  case FrameSource::Sdl2Window:
    return readWindow(Sdl2, Frame.Handle);
  case FrameSource::Sdl2Renderer:
    return readRenderer(Frame.Handle);
  case FrameSource::Unknown:
    return {};
  }
  return {};
}

Error nextframe::writeScreenshot(FrameSource Frame, StringRef File) {
  Picture Taken = readFrame(Frame);
  if (!Taken)
    return makeError(diag::err_screenshot_context, File);
  int Stride = Taken.Width * 3;
  const uint8_t *Top = Taken.Pixels.data();
  if (Taken.LowestFirst) {
    Top += size_t(Taken.Height - 1) * size_t(Stride);
    Stride = -Stride;
  }
  if (!stbi_write_png(File.str().c_str(), Taken.Width, Taken.Height, 3, Top, Stride))
    return makeError(diag::err_screenshot_write, File);
  return Error::success();
}
