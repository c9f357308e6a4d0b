// The sparks of a broken brick.
#pragma once

#include "random.h"
#include "types.h"

#include <array>

struct Canvas;

struct Particle {
  Vec2 position;
  Vec2 velocity;
  Color color;
  float size = 0;
  float angle = 0;
  float spin = 0;
  float age = 0;
  float lifetime = 1;
};

struct Particles {
  std::array<Particle, 512> pool;
  int count = 0; // The first so many of the pool are alive.
};

/// Lets `count` sparks of that colour fly out of `area`.
void burst(Particles &particles, Random &random, const Rect &area, Color color, int count);

void updateParticles(Particles &particles, float dt);

void drawParticles(const Particles &particles, Canvas &canvas);
