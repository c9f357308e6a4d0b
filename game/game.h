// The whole state of the game, and the steps that take it from one frame to the next.
#pragma once

#include "autopilot.h"
#include "ball.h"
#include "bricks.h"
#include "paddle.h"
#include "particles.h"
#include "random.h"

/// What the player, or the autopilot, wants in this frame.
struct Input {
  float steer = 0;        // -1 left ... 1 right.
  bool action = false;    // Start, serve, go on.
  bool restart = false;   // Begin again from the title.
  bool autopilot = false; // Nobody plays: steer and action are the autopilot's.
};

enum class Phase { Title, Serving, Playing, Cleared, GameOver };

struct Game {
  Phase phase = Phase::Title;
  float phaseTime = 0; // Seconds since the phase began.
  float time = 0;      // Seconds since the program began.
  int score = 0;
  int bestScore = 0;
  int lives = 0;
  int level = 1;
  float shake = 0; // How far the screen shakes, in units of the field.
  bool selfPlaying = false;
  Ball ball;
  Paddle paddle;
  Bricks bricks;
  Particles particles;
  Autopilot autopilot;
  Random random;
};

/// Goes to the title, with a rectangle bouncing around the screen.
void startTitle(Game &game);

/// One step of `dt` seconds.
void update(Game &game, const Input &input, float dt);
