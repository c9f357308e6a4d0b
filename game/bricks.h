// The bricks: a wall of one level, and what happens when the ball meets it.
#pragma once

#include "types.h"

#include <array>

struct Canvas;
struct Game;

struct Brick {
  int hitsLeft = 0;
  float age = 0;   // Seconds since the level began; the wall builds itself up.
  float flash = 0; // 1 right after a hit that it withstood, then falling to 0.
};

inline constexpr int brickColumns = 11;
inline constexpr int brickRows = 6;

/// Row by row, from the top left.
using Bricks = std::array<Brick, brickColumns * brickRows>;

/// Builds the wall of a level; levels count from 1 and repeat after the last one.
void buildBricks(Bricks &bricks, int level);

void updateBricks(Bricks &bricks, float dt);

int countBricks(const Bricks &bricks);

/// Where the brick of that number stands.
Rect brickBounds(int index);

/// Hits the first brick that `area` touches, with all that follows; false where there is none.
bool hitBrick(Game &game, const Rect &area);

void drawBricks(const Bricks &bricks, Canvas &canvas);
