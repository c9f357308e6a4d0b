// What the five programs have in common: rounds of the same work, each timed.
#pragma once

#include <stdio.h>
#include <time.h>

/// Runs \p work so many times and prints a line each: nanoseconds of processor time, which other
/// programs disturb less than the clock's, and its checksum.
template <typename Work> void run_rounds(int count, Work work) {
  for (int i = 0; i < count; ++i) {
    timespec from, to;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    unsigned long long checksum = work();
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    long long ns = (to.tv_sec - from.tv_sec) * 1000000000LL + to.tv_nsec - from.tv_nsec;
    printf("%lld %llu\n", ns, checksum);
  }
}
