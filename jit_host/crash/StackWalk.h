//===- StackWalk.h - The frames of a stack that crashed -------------------===//

#ifndef NEXTFRAME_CRASH_STACKWALK_H
#define NEXTFRAME_CRASH_STACKWALK_H

#include "crash/CrashRecord.h"

namespace nextframe {

/// The frames from the crash outwards: all, or the innermost and the outermost.
struct StackWalk {
  /// Unwinds from a signal handler's \p Context (a ucontext_t) into this. To be called
  /// below the handler, on its stack, in a process that may hang or crash here: Count
  /// and Frames are right at any moment. Changes \p Context where the crash was a
  /// jump to where there is no code.
  void walk(void *Context);

  /// The \p N-th of CrashHead::keptFrames(), the innermost first.
  const CrashFrame &frame(size_t N) const;

  size_t Count = 0;
  CrashFrame First[CrashHead::Innermost];
  CrashFrame Last[CrashHead::Outermost]; ///< A ring.

  void add(CrashFrame Frame);
};

} // namespace nextframe

#endif // NEXTFRAME_CRASH_STACKWALK_H
