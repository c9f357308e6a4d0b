//===- Clock.cpp - The one clock that reports and events use --------------===//

#include "support/Clock.h"

#include <time.h>

uint64_t nextframe::nowNs() {
  timespec T;
  clock_gettime(CLOCK_MONOTONIC, &T);
  return static_cast<uint64_t>(T.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(T.tv_nsec);
}
