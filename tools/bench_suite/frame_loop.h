// The loop of a generated program: it calls app_frame() for each frame, at a fixed rate, and
// says by itself when what a frame computes has changed, and how long the frames took. Both
// sides have it: the live program (live_main.cpp) and the baseline's host.
#pragma once

#include <stdio.h>
#include <time.h>

inline long long now_ns() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/// What a program that draws does with each frame besides: it fills a picture.
inline void draw(unsigned *pixels, int count, long tick) {
  for (int i = 0; i < count; ++i)
    pixels[i] = unsigned(i * 2654435761u) ^ unsigned(tick) << 8;
}

/// Runs frames of \p period_us microseconds (0: as fast as they come) until the process is told to
/// end. \p frame computes one and returns a number, \p boundary stands between two of them.
/// A line "seen N at NS" for each new number; with \p told, every 60 frames a line "frames NS
/// M…": when the first of them began and how many microseconds lay between their beginnings.
template <typename Frame, typename Boundary>
void run_frames(long period_us, bool told, Frame frame, Boundary boundary) {
  constexpr int Pixels = 320 * 200, Batch = 60;
  static unsigned pixels[Pixels];
  static long long starts[Batch + 1];
  int count = 0;
  long last = -1;
  long long due = now_ns();
  for (long tick = 1;; ++tick) {
    starts[count] = now_ns();
    long value = frame(tick);
    if (told)
      draw(pixels, Pixels, tick);
    if (value != last) {
      printf("seen %ld at %lld\n", value, now_ns());
      fflush(stdout);
      last = value;
    }
    if (told && count == Batch) {
      printf("frames %lld", starts[0]);
      for (int i = 0; i < Batch; ++i)
        printf(" %lld", (starts[i + 1] - starts[i]) / 1000);
      printf("\n");
      fflush(stdout);
      starts[0] = starts[Batch];
      count = 0;
    }
    if (told)
      ++count;
    boundary();
    if (period_us) {
      // Late frames are not caught up with.
      long long now = now_ns();
      due = due + period_us * 1000 > now ? due + period_us * 1000 : now;
      timespec until = {due / 1000000000, due % 1000000000};
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
    }
  }
}
