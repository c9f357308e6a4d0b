//===- StoppedThreads.h - Every other thread of the program stands still --===//
//
// A change of a type's layout must not meet a thread in the middle of code that was
// compiled with the old one: neither now nor a moment later, before the entries lead
// to the new code. So all threads are stopped by a signal, their stacks are looked
// through for code of the program, and they go on when the entries are redirected.
//
// A thread may be stopped anywhere, also inside malloc(): between create() and the
// end of the object's life nothing may be allocated, freed, locked or thrown.
//
// A thread that blocks the signal can't be stopped (worker threads of graphics
// drivers do that). Its stack is looked through where it sleeps in the kernel.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SESSION_STOPPEDTHREADS_H
#define NEXTFRAME_SESSION_STOPPEDTHREADS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <sys/types.h>

namespace nextframe {

class StoppedThreads {
public:
  /// Call once, before the program runs: takes a signal of the real-time ones.
  static void install();

  /// Stops the process's threads, but for the calling one, the host's own (HostThreads.h)
  /// and \p NotThese. One at a
  /// time; main thread, inside a commit.
  explicit StoppedThreads(llvm::ArrayRef<pid_t> NotThese);
  /// Lets them go on.
  ~StoppedThreads();
  StoppedThreads(const StoppedThreads &) = delete;

  /// Calls \p Visit with each word of the stopped threads' stacks, whatever it means,
  /// and with each one's place in the code, as if a call there were to return.
  void forEachWord(llvm::function_ref<void(uintptr_t)> Visit) const;

private:
  size_t Count = 0; ///< Of the table of threads, which is the process's.
};

} // namespace nextframe

#endif // NEXTFRAME_SESSION_STOPPEDTHREADS_H
