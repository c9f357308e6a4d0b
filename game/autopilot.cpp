// The autopilot: guesses where the ball comes down, and aims it at a brick.
#include "autopilot.h"

#include "field.h"
#include "game.h"

#include <cmath>

namespace {

constexpr float usualError = 20.0f;
constexpr float rareError = 150.0f;
constexpr int oneRareErrorIn = 28;
constexpr float serveAfter = 0.7f;     // Seconds.
constexpr float goOnAfter = 3.0f;      // Seconds, in the title and after the game is over.
constexpr float reactionLine = 250.0f; // It looks at the ball only below this height.

/// Where the ball meets the height of the paddle, walls included.
float landingX(const Ball &ball, float paddleTop) {
  const float margin = ballBounds(ball).size.x / 2;
  const float slope = ball.direction.x / ball.direction.y;
  float x = ball.position.x + (paddleTop - ball.position.y) * slope;
  for (int bounces = 0; bounces < 8 && (x < margin || x > fieldWidth - margin); ++bounces)
    x = (x < margin ? 2 * margin : 2 * (fieldWidth - margin)) - x;
  return x;
}

/// Any brick that still stands; the middle of the field where none does.
Vec2 pickTarget(Game &game) {
  const int standing = countBricks(game.bricks);
  if (standing == 0)
    return {fieldWidth / 2, fieldHeight / 2};
  int skip = randomBelow(game.random, standing);
  for (int i = 0; i < brickColumns * brickRows; ++i)
    if (game.bricks[static_cast<std::size_t>(i)].hitsLeft > 0 && skip-- == 0)
      return brickBounds(i).center;
  return {};
}

void plan(Game &game) {
  const float paddleTop = paddleBounds(game.paddle).top();
  const Vec2 from = {landingX(game.ball, paddleTop), paddleTop};
  const Vec2 way = pickTarget(game) - from;
  const float length = std::sqrt(way.x * way.x + way.y * way.y);
  game.autopilot.slant = clamp(way.x / length, -0.75f, 0.75f);
  const float reach = randomBelow(game.random, oneRareErrorIn) == 0 ? rareError : usualError;
  game.autopilot.error = randomBetween(game.random, -reach, reach);
  game.autopilot.planned = true;
}

float wantedX(Game &game) {
  const Ball &ball = game.ball;
  Autopilot &pilot = game.autopilot;
  const bool comingDown = ball.direction.y > 0 && ball.position.y > reactionLine;
  if (game.phase != Phase::Playing || !comingDown) {
    pilot.planned = false;
    return game.paddle.x + (fieldWidth / 2 - game.paddle.x) * 0.1f;
  }
  if (!pilot.planned)
    plan(game);
  const Rect board = paddleBounds(game.paddle);
  return landingX(ball, board.top()) - pilot.slant * board.size.x / 2 + pilot.error;
}

bool wantsToGoOn(const Game &game) {
  if (game.phase == Phase::Serving)
    return game.phaseTime > serveAfter;
  return game.phaseTime > goOnAfter;
}

} // namespace

Input autopilotInput(Game &game) {
  Input input;
  input.steer = clamp((wantedX(game) - game.paddle.x) / 40, -1, 1);
  input.action = wantsToGoOn(game);
  return input;
}
