// The main program of a generated program that runs live: PERIOD_US [told]
#include "frame_loop.h"
#include <nextframe.h>
#include <stdlib.h>

extern "C" long app_frame(long tick);

int main(int argc, char **argv) {
  long period_us = argc > 1 ? atol(argv[1]) : 0;
  run_frames(period_us, argc > 2, app_frame, [] { nextframe::safe_point(); });
}
