//===- Screenshot.cpp - The frame that the program shows, as a PNG --------===//
//
// OpenGL is reached through the program's own GLFW: the host is not linked
// against any graphics library, so a program without a window needs none.
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

static void *(*GetProcAddress)(const char *) = nullptr;
static void (*GetFramebufferSize)(void *, int *, int *) = nullptr;

void nextframe::prepareScreenshots(const Libraries &Libs) {
  GetProcAddress =
      reinterpret_cast<void *(*)(const char *)>(Libs.libraryAddress("glfwGetProcAddress"));
  GetFramebufferSize = reinterpret_cast<void (*)(void *, int *, int *)>(
      Libs.libraryAddress("glfwGetFramebufferSize"));
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

  bool load() {
    auto Get = [](const char *Name, auto &Function) {
      Function =
          reinterpret_cast<std::remove_reference_t<decltype(Function)>>(GetProcAddress(Name));
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

Error nextframe::writeScreenshot(void *Window, StringRef File) {
  GLFunctions GL;
  if (!GetProcAddress || !GetFramebufferSize || !GL.load())
    return makeError(diag::err_screenshot_context, File);
  int Width = 0, Height = 0;
  GetFramebufferSize(Window, &Width, &Height);
  if (Width <= 0 || Height <= 0)
    return makeError(diag::err_screenshot_context, File);
  auto Pixels = readBackBuffer(GL, Width, Height);
  // OpenGL's first row is the lowest.
  const uint8_t *Top = Pixels.data() + size_t(Height - 1) * size_t(Width) * 3;
  if (!stbi_write_png(File.str().c_str(), Width, Height, 3, Top, -Width * 3))
    return makeError(diag::err_screenshot_write, File);
  return Error::success();
}
