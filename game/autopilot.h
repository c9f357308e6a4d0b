// The autopilot: plays when nobody else does, well but not perfectly.
#pragma once

struct Game;
struct Input;

struct Autopilot {
  bool planned = false; // Whether it has thought about the ball that is coming down.
  float slant = 0;      // Where on the paddle it wants the ball: -1 left end ... 1 right end.
  float error = 0;      // By how much it misjudges the ball.
};

/// What the autopilot would press now.
Input autopilotInput(Game &game);
