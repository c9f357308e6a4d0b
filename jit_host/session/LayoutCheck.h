//===- LayoutCheck.h - Is anything alive that an edit would break? --------===//
//
// A plan that changes the layout of a type leaves to the commit what only the running
// program can tell: whether objects of the type are alive, and whether code that was
// compiled with the old layout is running. It is looked at at a frame boundary, with
// all threads stopped, right before the entries lead to the new code.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SESSION_LAYOUTCHECK_H
#define NEXTFRAME_SESSION_LAYOUTCHECK_H

#include "plan/Plan.h"
#include "state/Census.h"

#include "llvm/ADT/StringMap.h"

#include <sys/types.h>
#include <vector>

namespace nextframe {

class CodeMap;
class Homes;
class StoppedThreads;

class LayoutCheck {
public:
  /// \p Plan says what to look for; \p Code outlives the check. \p Addresses has the
  /// homes of the constants that the plan asks about. Reload thread.
  LayoutCheck(const ReloadPlan &Plan, const CodeMap &Code,
              const llvm::StringMap<void *> &Addresses, const LiveProgram &Live);

  /// The thread that the program knows nothing of.
  pid_t reloadThread() const { return ReloadThread; }

  /// Looks at the calling thread's own stack. Main thread, before others are stopped.
  void lookAtOwnStack();

  /// Looks at the heap, the variables and the other threads. Allocates nothing.
  void lookAtOthers(const StoppedThreads &Stopped, const Homes &Data);

  /// Whether nothing stands against the reload.
  bool passes() const;

  /// Whether all that stands against it is a thread that may be elsewhere in a moment.
  bool mayPassLater() const;

  /// Says what stands against it, a message each. After the threads go on.
  std::vector<std::string> refusals() const;

  /// Looks at the heap alone, for a refusal that is certain without it. Reload thread.
  void takeCensus();

private:
  struct Suspect {
    const Hazard *What;
    bool OnMainThread = false, OnAnotherThread = false;
  };
  struct Target { ///< A constant that the state may point into.
    uintptr_t Start, End;
    size_t Change;
    std::string Name;
    bool IsPointedTo = false;
  };
  Suspect *suspectAt(uintptr_t ReturnAddress);
  void notePointer(uintptr_t Word);
  bool isHidden(const LayoutChange &Change, const HidingPlace &Place) const;
  bool isRefused(size_t Change) const;
  std::string whereItIsHidden(const HidingPlace &Place) const;
  std::string whatIsAlive(size_t Change) const;

  std::vector<LayoutChange> Changes;
  std::vector<Hazard> Hazards;
  std::vector<Suspect> Suspects; ///< By function and generation.
  std::vector<Target> Targets;
  const CodeMap &Code;
  pid_t ReloadThread;
  Census Objects;
};

} // namespace nextframe

#endif // NEXTFRAME_SESSION_LAYOUTCHECK_H
