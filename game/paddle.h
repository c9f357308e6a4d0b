// The paddle: the player's board at the bottom of the field.
#pragma once

#include "types.h"

struct Canvas;

struct Paddle {
  float x = 0;
  float velocity = 0;
  float flash = 0; // 1 right after the ball met it, then falling to 0.
};

Rect paddleBounds(const Paddle &paddle);

/// `steer` is -1 for full speed to the left, up to 1 for full speed to the right.
void movePaddle(Paddle &paddle, float steer, float dt);

void drawPaddle(const Paddle &paddle, Canvas &canvas);
