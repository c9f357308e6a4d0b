//===- Clock.h - The one clock that reports and events use ----------------===//

#ifndef NEXTFRAME_SUPPORT_CLOCK_H
#define NEXTFRAME_SUPPORT_CLOCK_H

#include <cstdint>

namespace nextframe {

/// Returns CLOCK_MONOTONIC in nanoseconds: comparable between processes of one
/// machine, so a script can set it beside its own time of saving. Any thread;
/// safe in a signal handler.
uint64_t nowNs();

/// Returns the time from \p StartNs to \p EndNs in milliseconds.
constexpr double millisBetween(uint64_t StartNs, uint64_t EndNs) {
  return EndNs <= StartNs ? 0.0 : static_cast<double>(EndNs - StartNs) / 1e6;
}

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_CLOCK_H
