//===- CrashRecord.h - What a crashed process leaves behind ---------------===//
//
// A crash is told in two steps, by two processes. What crashed may hold any lock
// and have any part of its memory in ruins, so that it can only copy: addresses,
// the debug information of the code that they lie in, the list of its mappings.
// A fresh process of the same executable makes names and lines of that. In between
// stands a record, in a file without a name:
//
//   CrashHead, frames, files (each its size and its bytes), /proc/self/maps
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_CRASH_CRASHRECORD_H
#define NEXTFRAME_CRASH_CRASHRECORD_H

#include <cstddef>
#include <cstdint>

namespace nextframe {

/// Where a call, or the crash itself, was.
struct CrashFrame {
  uint64_t Address = 0; ///< Of an instruction, or right behind a call.
  bool IsExact = false; ///< An instruction's.
  /// Where to look up its function and line.
  uint64_t lookUp() const { return IsExact || Address == 0 ? Address : Address - 1; }
};

struct CrashHead {
  /// As many of the innermost and of the outermost frames as are kept where there
  /// are more than both.
  static constexpr size_t Innermost = 40, Outermost = 10;

  int Signal = 0;
  bool HasAddress = false; ///< The fault is about FaultAddress.
  bool IsHostThread = false;
  bool IsMainThread = false;
  uint64_t FaultAddress = 0;
  char Thread[16] = {}; ///< Its name.
  size_t Frames = 0;    ///< How many there were.
  size_t Files = 0;

  size_t keptFrames() const {
    return Frames < Innermost + Outermost ? Frames : Innermost + Outermost;
  }
  size_t leftOut() const { return Frames - keptFrames(); }
};

} // namespace nextframe

#endif // NEXTFRAME_CRASH_CRASHRECORD_H
