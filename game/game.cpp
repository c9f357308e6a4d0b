// The rules: what each phase of the game does, and which one follows.
#include "game.h"

#include "field.h"

namespace {

constexpr int startLives = 3;
constexpr float clearedPause = 1.8f; // Seconds.
constexpr float shakeFading = 7.0f;
constexpr Vec2 serveDirection = {0.4f, -0.916515f};

void enter(Game &game, Phase phase) {
  game.phase = phase;
  game.phaseTime = 0;
}

void startServe(Game &game) {
  carryBall(game.ball, game.paddle);
  placeBall(game.ball, game.ball.position, serveDirection);
  enter(game, Phase::Serving);
}

void startLevel(Game &game, int level) {
  game.level = level;
  buildBricks(game.bricks, level);
  startServe(game);
}

void startGame(Game &game) {
  game.score = 0;
  game.lives = startLives;
  game.paddle = {.x = fieldWidth / 2};
  startLevel(game, 1);
}

void loseLife(Game &game) {
  game.shake = 10;
  if (--game.lives > 0)
    return startServe(game);
  game.bestScore = game.score > game.bestScore ? game.score : game.bestScore;
  enter(game, Phase::GameOver);
}

void updateTitle(Game &game, const Input &input, float dt) {
  driftBall(game.ball, dt);
  if (input.action)
    startGame(game);
}

void updateServing(Game &game, const Input &input) {
  carryBall(game.ball, game.paddle);
  if (!input.action)
    return;
  const bool toTheLeft = randomBelow(game.random, 2) == 0;
  game.ball.direction.x = toTheLeft ? -serveDirection.x : serveDirection.x;
  enter(game, Phase::Playing);
}

void updatePlaying(Game &game, float dt) {
  moveBall(game, dt);
  if (ballIsLost(game.ball))
    loseLife(game);
  else if (countBricks(game.bricks) == 0)
    enter(game, Phase::Cleared);
}

void updateCleared(Game &game, float dt) {
  driftBall(game.ball, dt);
  if (game.phaseTime > clearedPause)
    startLevel(game, game.level + 1);
}

void updatePhase(Game &game, const Input &input, float dt) {
  switch (game.phase) {
  case Phase::Title:
    return updateTitle(game, input, dt);
  case Phase::Serving:
    return updateServing(game, input);
  case Phase::Playing:
    return updatePlaying(game, dt);
  case Phase::Cleared:
    return updateCleared(game, dt);
  case Phase::GameOver:
    if (input.action)
      startTitle(game);
    return;
  }
}

} // namespace

void startTitle(Game &game) {
  game.bricks = {};
  game.paddle = {.x = fieldWidth / 2};
  placeBall(game.ball, {fieldWidth / 2, fieldHeight / 3}, {0.8f, 0.6f});
  enter(game, Phase::Title);
}

void update(Game &game, const Input &player, float dt) {
  const Input input = player.autopilot ? autopilotInput(game) : player;
  game.selfPlaying = player.autopilot;
  game.time += dt;
  game.phaseTime += dt;
  game.shake = clamp(game.shake - shakeFading * game.shake * dt, 0, 12);
  if (player.restart)
    startTitle(game);
  movePaddle(game.paddle, input.steer, dt);
  updateBricks(game.bricks, dt);
  updateParticles(game.particles, dt);
  updatePhase(game, input, dt);
}
