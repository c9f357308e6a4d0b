// The paddle: how it follows the player, and what it looks like.
#include "paddle.h"

#include "canvas.h"
#include "field.h"

namespace {

constexpr float paddleSpeed = 820.0f;
constexpr float paddleGrip = 14.0f; // How fast it takes up the wanted speed, per second.
constexpr float paddleY = 552.0f;
constexpr Vec2 paddleSize = {132.0f, 16.0f};

Color paddleColor() { return rgb(0x7d95ff); }

} // namespace

Rect paddleBounds(const Paddle &paddle) { return {{paddle.x, paddleY}, paddleSize}; }

void movePaddle(Paddle &paddle, float steer, float dt) {
  const float grip = clamp(paddleGrip * dt, 0, 1);
  paddle.velocity += (steer * paddleSpeed - paddle.velocity) * grip;
  paddle.x =
      clamp(paddle.x + paddle.velocity * dt, paddleSize.x / 2, fieldWidth - paddleSize.x / 2);
  paddle.flash = clamp(paddle.flash - 4 * dt, 0, 1);
}

void drawPaddle(const Paddle &paddle, Canvas &canvas) {
  const Rect bounds = paddleBounds(paddle);
  const Vec2 sink = {0, 4 * paddle.flash};
  canvas.draw({
      .center = bounds.center + sink,
      .size = bounds.size,
      .corner = 8,
      .glow = 30,
      .glowStrength = 0.4f + 0.5f * paddle.flash,
      .top = mix(paddleColor(), rgb(0xffffff), 0.65f),
      .bottom = paddleColor(),
  });
}
