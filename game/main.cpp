// The program: opens a window, and shows one frame of the game after the other.
#include "canvas.h"
#include "game.h"
#include "options.h"
#include "renderer.h"
#include "scene.h"
#include "window.h"

#include <epoxy/gl.h>

#include <GLFW/glfw3.h>

#include <cstdio>

namespace {

// A demo is the same on every machine and for every optimisation, provided that multiplications
// and additions are not fused: compile with -ffp-contract=off.
constexpr float demoStep = 1.0f / 60;
constexpr float longestStep = 1.0f / 30; // A slow machine slows the game down.
constexpr int framesPerDemoLine = 60;

struct App {
  Options options;
  Game game;
  Window window;
  Canvas canvas;
  Renderer renderer;
  double lastFrameTime = 0;
  int frameNumber = 0;
};

bool isDemo(const App &app) { return app.options.demoFrames > 0; }

bool demoIsOver(const App &app) { return isDemo(app) && app.frameNumber >= app.options.demoFrames; }

void printState(const App &app, const char *label) {
  const Game &game = app.game;
  std::printf("%s %d score %d lives %d level %d bricks %d ball %.4f %.4f particles %d\n", label,
              app.frameNumber, game.score, game.lives, game.level, countBricks(game.bricks),
              static_cast<double>(game.ball.position.x), static_cast<double>(game.ball.position.y),
              game.particles.count);
  std::fflush(stdout);
}

void stepDemo(App &app) {
  update(app.game, {.autopilot = true}, demoStep);
  if (++app.frameNumber % framesPerDemoLine == 0)
    printState(app, "frame");
}

float secondsSinceLastFrame(App &app) {
  const double now = glfwGetTime();
  const float seconds = static_cast<float>(now - app.lastFrameTime);
  app.lastFrameTime = now;
  return clamp(seconds, 0, longestStep);
}

void step(App &app) {
  const float seconds = secondsSinceLastFrame(app);
  const Input input = readInput(app.window);
  if (isDemo(app))
    stepDemo(app);
  else
    update(app.game, input, seconds);
}

void render(App &app) {
  int width = 0;
  int height = 0;
  glfwGetFramebufferSize(app.window.handle, &width, &height);
  drawScene(app.game, app.canvas);
  show(app.renderer, app.canvas, width, height);
}

void frame(App &app) {
  if (!isDemo(app))
    limitFrameRate(app.window);
  glfwPollEvents();
  step(app);
  render(app);
  glfwSwapBuffers(app.window.handle);
}

int runInWindow(App &app) {
  if (!openWindow(app.window, app.options.hidden))
    return 1;
  const bool ready = createRenderer(app.renderer);
  app.lastFrameTime = glfwGetTime();
  while (ready && !glfwWindowShouldClose(app.window.handle) && !demoIsOver(app))
    frame(app);
  destroyRenderer(app.renderer);
  closeWindow(app.window);
  return ready ? 0 : 1;
}

int runWithoutWindow(App &app) {
  while (!demoIsOver(app))
    stepDemo(app);
  return 0;
}

int run(App &app) {
  app.game.random = seededRandom(app.options.seed);
  startTitle(app.game);
  const int status = app.options.window ? runInWindow(app) : runWithoutWindow(app);
  if (isDemo(app) && status == 0)
    printState(app, "done");
  return status;
}

} // namespace

int main(int argc, char **argv) {
  static App app;
  switch (parseOptions(argc, argv, app.options)) {
  case Start::ShowHelp:
    printHelp();
    return 0;
  case Start::Refuse:
    return 2;
  case Start::Run:
    break;
  }
  return run(app);
}
