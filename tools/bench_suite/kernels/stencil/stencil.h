// Heat that spreads over a grid.
#pragma once

#include <vector>

struct Grid {
  int width, height;
  std::vector<float> cells;
};

/// One step from \p from to \p to: each cell takes a share of its neighbours.
void spread(const Grid &from, Grid &to, float share);
