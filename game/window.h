// The window and its keyboard.
#pragma once

#include "game.h"

struct GLFWwindow;

struct Window {
  GLFWwindow *handle = nullptr;
  bool actionPressed = false;  // Since the last readInput.
  bool restartPressed = false; // Since the last readInput.
  double shortestFrame = 0;    // In seconds.
  double lastFrameTime = 0;    // In seconds of glfwGetTime, like the next.
  double lastKeyTime = -1e9;
};

/// Opens the window with its OpenGL context. False where there is none; the reason is on stderr.
bool openWindow(Window &window, bool hidden);

/// Where the display itself does not hold the program back (vsync), this does.
void limitFrameRate(Window &window);

void closeWindow(Window &window);

/// What the keyboard says; after a few seconds without a key the autopilot plays.
Input readInput(Window &window);
