// The clock of reports and events: CLOCK_MONOTONIC, as other processes read it.

#include "support/Clock.h"

#include "gtest/gtest.h"

#include <time.h>

namespace nextframe::test {
namespace {

uint64_t monotonicNs() {
  timespec T;
  clock_gettime(CLOCK_MONOTONIC, &T);
  return T.tv_sec * 1'000'000'000ull + T.tv_nsec;
}

TEST(ClockTest, ItIsTheMonotonicClockInNanoseconds) {
  uint64_t Before = monotonicNs(), Now = nowNs(), After = monotonicNs();
  EXPECT_LE(Before, Now);
  EXPECT_LE(Now, After);
}

TEST(ClockTest, MillisecondsLieBetweenTwoTimes) {
  EXPECT_DOUBLE_EQ(millisBetween(1'000'000, 3'500'000), 2.5);
  EXPECT_DOUBLE_EQ(millisBetween(5, 5), 0.0);
}

TEST(ClockTest, ATimeThatLiesBeforeTheStartIsNoTime) {
  EXPECT_DOUBLE_EQ(millisBetween(10, 5), 0.0);
}

} // namespace
} // namespace nextframe::test
