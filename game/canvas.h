// What a frame shows: a list of rounded, glowing rectangles, drawn in their order.
#pragma once

#include "types.h"

#include <vector>

/// One rectangle. The graphics card gets these values as they lie here (see renderer.cpp).
struct Shape {
  Vec2 center = {};
  Vec2 size = {};
  float corner = 0; // Radius of its corners.
  float angle = 0;  // In radians.
  float glow = 0;   // How far its light reaches beyond its edge.
  float glowStrength = 0;
  Color top = {};                 // The fill runs from this colour ...
  Color bottom = {-1, -1, -1, 0}; // ... to this one. Not given: the same.
};

struct Canvas {
  std::vector<Shape> shapes;
  Vec2 offset; // Moves the whole picture.

  void draw(const Shape &shape);
};
