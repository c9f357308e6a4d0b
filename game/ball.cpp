// The ball: how it flies, what it bounces off, and what it looks like.
#include "ball.h"

#include "canvas.h"
#include "field.h"
#include "game.h"

#include <cmath>

namespace {

constexpr float ballSpeed = 540.0f;
constexpr float speedPerLevel = 30.0f;
constexpr float highestSpeed = 760.0f;
constexpr float driftSpeed = 420.0f;
constexpr float steepestSlant = 0.86f; // Sideways part of the direction off the paddle's end.
constexpr float longestStep = 6.0f;    // Smaller than anything that the ball can hit.
constexpr Vec2 ballSize = {22.0f, 16.0f};

Color ballColor() { return rgb(0xfff1c9); }

Color trailColor() { return rgb(0xffb35c); }

float speedAtLevel(int level) {
  return clamp(ballSpeed + speedPerLevel * static_cast<float>(level - 1), 0, highestSpeed);
}

void bounce(Ball &ball) { ball.flash = 1; }

void rememberTrail(Ball &ball) {
  for (std::size_t i = ball.trail.size() - 1; i > 0; --i)
    ball.trail[i] = ball.trail[i - 1];
  ball.trail[0] = ball.position;
}

void bounceOffSides(Ball &ball) {
  const Rect bounds = ballBounds(ball);
  const bool outLeft = bounds.left() < 0 && ball.direction.x < 0;
  const bool outRight = bounds.right() > fieldWidth && ball.direction.x > 0;
  if (!outLeft && !outRight)
    return;
  ball.direction.x = -ball.direction.x;
  bounce(ball);
}

void bounceOffTop(Ball &ball, float top) {
  if (ballBounds(ball).top() > top || ball.direction.y > 0)
    return;
  ball.direction.y = -ball.direction.y;
  bounce(ball);
}

void bounceOffBottom(Ball &ball) {
  if (ballBounds(ball).bottom() < fieldHeight || ball.direction.y < 0)
    return;
  ball.direction.y = -ball.direction.y;
  bounce(ball);
}

/// The farther from the paddle's middle, the flatter the ball leaves.
void bounceOffPaddle(Ball &ball, Paddle &paddle) {
  const Rect board = paddleBounds(paddle);
  if (ball.direction.y < 0 || !overlap(ballBounds(ball), board))
    return;
  const float offset = clamp((ball.position.x - board.center.x) / (board.size.x / 2), -1, 1);
  const float slant = offset * steepestSlant;
  ball.direction = {slant, -std::sqrt(1 - slant * slant)};
  ball.position.y = board.top() - ballSize.y / 2;
  paddle.flash = 1;
  bounce(ball);
}

/// Moves along one axis; a brick in the way sends the ball back.
void stepAlong(Game &game, float Vec2::*axis, float distance) {
  Ball &ball = game.ball;
  const float before = ball.position.*axis;
  ball.position.*axis += ball.direction.*axis * distance;
  if (!hitBrick(game, ballBounds(ball)))
    return;
  ball.position.*axis = before;
  ball.direction.*axis = -(ball.direction.*axis);
  bounce(ball);
}

float fade(std::size_t index, std::size_t count) {
  return 1 - static_cast<float>(index) / static_cast<float>(count);
}

void drawTrail(const Ball &ball, Canvas &canvas) {
  for (std::size_t i = ball.trail.size(); i-- > 1;) {
    const float strength = fade(i, ball.trail.size());
    canvas.draw({
        .center = ball.trail[i],
        .size = {2, 2},
        .corner = 1,
        .glow = 8 + 12 * strength,
        .glowStrength = 0.75f,
        .top = withAlpha(trailColor(), 0.55f * strength * strength),
    });
  }
}

} // namespace

Rect ballBounds(const Ball &ball) { return {ball.position, ballSize}; }

void placeBall(Ball &ball, Vec2 position, Vec2 direction) {
  ball.position = position;
  ball.direction = direction;
  ball.trail.fill(position);
}

void carryBall(Ball &ball, const Paddle &paddle) {
  const Rect board = paddleBounds(paddle);
  ball.position = {board.center.x, board.top() - ballSize.y / 2 - 1};
  rememberTrail(ball);
}

void driftBall(Ball &ball, float dt) {
  rememberTrail(ball);
  ball.flash = clamp(ball.flash - 4 * dt, 0, 1);
  ball.position = ball.position + ball.direction * (driftSpeed * dt);
  bounceOffSides(ball);
  bounceOffTop(ball, 0);
  bounceOffBottom(ball);
}

void moveBall(Game &game, float dt) {
  Ball &ball = game.ball;
  rememberTrail(ball);
  ball.flash = clamp(ball.flash - 4 * dt, 0, 1);
  const float distance = speedAtLevel(game.level) * dt;
  const int steps = 1 + static_cast<int>(distance / longestStep);
  const float step = distance / static_cast<float>(steps);
  for (int i = 0; i < steps; ++i) {
    stepAlong(game, &Vec2::x, step);
    stepAlong(game, &Vec2::y, step);
    bounceOffSides(ball);
    bounceOffTop(ball, ceilingY);
    bounceOffPaddle(ball, game.paddle);
  }
}

bool ballIsLost(const Ball &ball) { return ballBounds(ball).top() > fieldHeight + 30; }

void drawBall(const Ball &ball, Canvas &canvas) {
  drawTrail(ball, canvas);
  canvas.draw({
      .center = ball.position,
      .size = ballSize * (1 + 0.18f * ball.flash),
      .corner = 5,
      .glow = 34,
      .glowStrength = 0.5f + 0.4f * ball.flash,
      .top = mix(ballColor(), rgb(0xffffff), 0.6f),
      .bottom = ballColor(),
  });
}
