#include "../rounds.h"
#include "bodies.h"

int main() {
  run_rounds(12, [] {
    Body bodies[Count] = {{{0, 0, 0}, {0, 0, 0}, 39.5},
                          {{4.84, -1.16, -0.10}, {0.61, 2.81, -0.02}, 0.038},
                          {{8.34, 4.12, -0.40}, {-1.01, 1.82, 0.008}, 0.011},
                          {{12.89, -15.11, -0.22}, {1.08, 0.87, -0.01}, 0.0017},
                          {{15.38, -25.92, 0.18}, {0.98, 0.59, -0.03}, 0.002}};
    for (int step = 0; step < 400000; ++step)
      advance(bodies, 0.01);
    return static_cast<unsigned long long>(energy(bodies) * -1e9);
  });
}
