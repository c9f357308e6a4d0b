// The ball: a rectangle that flies straight until it meets something.
#pragma once

#include "types.h"

#include <array>

struct Canvas;
struct Game;
struct Paddle;

struct Ball {
  Vec2 position;
  Vec2 direction;             // Of length one; the speed is ball.cpp's.
  float flash = 0;            // 1 right after a bounce, then falling to 0.
  std::array<Vec2, 18> trail; // Where it was in the last frames, the newest first.
};

Rect ballBounds(const Ball &ball);

/// Puts the ball somewhere, with no trail behind it.
void placeBall(Ball &ball, Vec2 position, Vec2 direction);

/// Before the serve: the ball rides on the paddle.
void carryBall(Ball &ball, const Paddle &paddle);

/// In the title: the ball bounces off all four sides of the screen.
void driftBall(Ball &ball, float dt);

/// In play: the ball bounces off walls, bricks and the paddle.
void moveBall(Game &game, float dt);

bool ballIsLost(const Ball &ball);

void drawBall(const Ball &ball, Canvas &canvas);
