// The list of shapes that a frame shows.
#include "canvas.h"

void Canvas::draw(const Shape &shape) {
  shapes.push_back(shape);
  if (shape.bottom.r < 0)
    shapes.back().bottom = shape.top;
}
