// The window and its keyboard, with GLFW.
#include "window.h"

#include "field.h"

#include <epoxy/gl.h>

#include <GLFW/glfw3.h>

#include <cstdio>

namespace {

constexpr const char *windowTitle = "Breakout";
constexpr double autopilotAfter = 4.0; // Seconds without a key.

void reportNoWindow() {
  const char *reason = nullptr;
  glfwGetError(&reason);
  std::fprintf(stderr, "breakout: cannot open a window with OpenGL 3.3: %s\n",
               reason ? reason : "no reason given");
}

void onKey(GLFWwindow *handle, int key, int, int action, int) {
  if (action != GLFW_PRESS)
    return;
  Window &window = *static_cast<Window *>(glfwGetWindowUserPointer(handle));
  window.lastKeyTime = glfwGetTime();
  if (key == GLFW_KEY_ESCAPE)
    glfwSetWindowShouldClose(handle, GLFW_TRUE);
  if (key == GLFW_KEY_SPACE)
    window.actionPressed = true;
  if (key == GLFW_KEY_R)
    window.restartPressed = true;
}

bool isDown(const Window &window, int key, int otherKey) {
  return glfwGetKey(window.handle, key) == GLFW_PRESS ||
         glfwGetKey(window.handle, otherKey) == GLFW_PRESS;
}

void setWindowHints(bool hidden) {
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_VISIBLE, hidden ? GLFW_FALSE : GLFW_TRUE);
}

/// How many frames a second the fastest display shows.
int highestRefreshRate() {
  int count = 0;
  int highest = 0;
  GLFWmonitor **monitors = glfwGetMonitors(&count);
  for (int i = 0; i < count; ++i)
    if (const GLFWvidmode *mode = glfwGetVideoMode(monitors[i]))
      highest = mode->refreshRate > highest ? mode->refreshRate : highest;
  return highest > 0 ? highest : 60;
}

} // namespace

bool openWindow(Window &window, bool hidden) {
  if (!glfwInit()) {
    reportNoWindow();
    return false;
  }
  setWindowHints(hidden);
  const int width = static_cast<int>(fieldWidth);
  const int height = static_cast<int>(fieldHeight);
  window.handle = glfwCreateWindow(width, height, windowTitle, nullptr, nullptr);
  if (!window.handle) {
    reportNoWindow();
    glfwTerminate();
    return false;
  }
  glfwSetWindowUserPointer(window.handle, &window);
  glfwSetKeyCallback(window.handle, onKey);
  glfwMakeContextCurrent(window.handle);
  glfwSwapInterval(1);
  window.shortestFrame = 0.95 / highestRefreshRate(); // A little room for vsync to decide.
  return true;
}

void limitFrameRate(Window &window) {
  const double due = window.lastFrameTime + window.shortestFrame;
  for (double now = glfwGetTime(); now < due; now = glfwGetTime())
    glfwWaitEventsTimeout(due - now);
  window.lastFrameTime = glfwGetTime();
}

void closeWindow(Window &window) {
  glfwDestroyWindow(window.handle);
  glfwTerminate();
  window.handle = nullptr;
}

Input readInput(Window &window) {
  const bool left = isDown(window, GLFW_KEY_LEFT, GLFW_KEY_A);
  const bool right = isDown(window, GLFW_KEY_RIGHT, GLFW_KEY_D);
  if (left || right)
    window.lastKeyTime = glfwGetTime();
  Input input;
  input.steer = static_cast<float>(right) - static_cast<float>(left);
  input.action = window.actionPressed;
  input.restart = window.restartPressed;
  input.autopilot = glfwGetTime() - window.lastKeyTime > autopilotAfter;
  window.actionPressed = false;
  window.restartPressed = false;
  return input;
}
