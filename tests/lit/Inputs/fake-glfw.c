/* As much of GLFW and OpenGL as the host reaches for, without a display: frames
   of 2×2 pixels, red and green above blue and white. A key is down while a file
   named by $FAKE_KEYS lies there. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fake_swaps, fake_polls;

void glfwSwapBuffers(void *window) {
  (void)window;
  ++fake_swaps;
}

void glfwPollEvents(void) { ++fake_polls; }

int glfwGetKey(void *window, int key) {
  (void)window;
  const char *file = getenv("FAKE_KEYS");
  return key == 294 && file && access(file, F_OK) == 0;
}

void glfwGetFramebufferSize(void *window, int *width, int *height) {
  (void)window;
  *width = *height = 2;
}

static void get_integer(unsigned what, int *value) {
  (void)what;
  *value = 0;
}

static void set(void) {}

static void read_pixels(int x, int y, int width, int height, unsigned format, unsigned type,
                        void *out) {
  /* The lowest row first. */
  static const unsigned char image[12] = {0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 255, 0};
  (void)x, (void)y, (void)format, (void)type;
  memcpy(out, image, (size_t)width * (size_t)height * 3);
}

void *glfwGetProcAddress(const char *name) {
  if (getenv("FAKE_NO_GL"))
    return 0;
  if (!strcmp(name, "glGetIntegerv"))
    return (void *)get_integer;
  if (!strcmp(name, "glReadPixels"))
    return (void *)read_pixels;
  return (void *)set;
}
