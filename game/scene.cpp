// The picture: background, field and all that is in it, in the order in which it is drawn.
#include "scene.h"

#include "canvas.h"
#include "field.h"
#include "game.h"
#include "hud.h"

#include <cmath>

namespace {

constexpr int starCount = 70;
constexpr float starDrift = 7.0f; // Units a second.

Color skyTop() { return rgb(0x1d1846); }

Color skyBottom() { return rgb(0x070a18); }

void drawSky(Canvas &canvas) {
  canvas.draw({
      .center = {fieldWidth / 2, fieldHeight / 2},
      .size = {fieldWidth + 60, fieldHeight + 60},
      .top = skyTop(),
      .bottom = skyBottom(),
  });
}

/// Two slow clouds of light behind everything.
void drawClouds(float time, Canvas &canvas) {
  const float sway = std::sin(time * 0.23f);
  canvas.draw({
      .center = {250 + 60 * sway, 190},
      .glow = 420,
      .glowStrength = 0.20f,
      .top = rgb(0x6a3fd0),
  });
  canvas.draw({
      .center = {740 - 60 * sway, 430},
      .glow = 400,
      .glowStrength = 0.16f,
      .top = rgb(0x1f7fc4),
  });
}

/// A number from 0 up to 1 that looks random, always the same for the same star.
float scatter(int star, float salt) {
  const float wave = std::sin(static_cast<float>(star) * 12.9898f + salt) * 43758.547f;
  return wave - std::floor(wave);
}

void drawStars(float time, Canvas &canvas) {
  for (int i = 0; i < starCount; ++i) {
    const float depth = 0.3f + 0.7f * scatter(i, 1);
    const float y = scatter(i, 2) * fieldHeight + time * starDrift * depth;
    const float twinkle = 0.75f + 0.25f * std::sin(time * 1.7f + static_cast<float>(i));
    canvas.draw({
        .center = {scatter(i, 3) * fieldWidth, std::fmod(y, fieldHeight)},
        .size = {1.4f + depth, 1.4f + depth},
        .corner = 1,
        .top = rgb(0xcfd6ff, 0.4f * depth * twinkle),
    });
  }
}

void drawCeiling(Canvas &canvas) {
  canvas.draw({
      .center = {fieldWidth / 2, ceilingY - 1},
      .size = {fieldWidth + 40, 2},
      .glow = 14,
      .glowStrength = 0.25f,
      .top = rgb(0x8b93d8, 0.45f),
  });
}

Vec2 shakeOffset(const Game &game) {
  return Vec2{std::sin(game.time * 91), std::cos(game.time * 73)} * (0.5f * game.shake);
}

} // namespace

void drawScene(const Game &game, Canvas &canvas) {
  canvas.shapes.clear();
  canvas.offset = shakeOffset(game);
  drawSky(canvas);
  drawClouds(game.time, canvas);
  drawStars(game.time, canvas);
  if (game.phase != Phase::Title) {
    drawCeiling(canvas);
    drawBricks(game.bricks, canvas);
    drawPaddle(game.paddle, canvas);
  }
  drawParticles(game.particles, canvas);
  if (game.phase != Phase::GameOver)
    drawBall(game.ball, canvas);
  drawHud(game, canvas);
}
