#include "stencil.h"

void spread(const Grid &from, Grid &to, float share) {
  const int width = from.width;
  for (int y = 1; y < from.height - 1; ++y) {
    const float *row = from.cells.data() + y * width;
    float *out = to.cells.data() + y * width;
    for (int x = 1; x < width - 1; ++x) {
      float around = row[x - 1] + row[x + 1] + row[x - width] + row[x + width];
      out[x] = row[x] + share * (around - 4 * row[x]);
    }
  }
}
