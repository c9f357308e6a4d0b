//===- BackgroundCompiles.h - What is compiled while nobody waits for it --===//
//
// After a reload of single bodies the whole file is compiled all the same, and a file
// that has been saved gets a preamble and a syntax tree for its next save. None of it may
// be in the way of the next save: all is done on a thread of their own, of lower priority than the
// reload thread's, one after the other. What has become stale meanwhile is dropped by
// whoever takes it.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SESSION_BACKGROUNDCOMPILES_H
#define NEXTFRAME_SESSION_BACKGROUNDCOMPILES_H

#include "compile/Compiler.h"
#include "compile/LiveUnit.h"
#include "compile/Preamble.h"
#include "support/Mutex.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace nextframe {

/// Reload thread only. Lives until the process ends: its thread is not waited for.
class BackgroundCompiles {
public:
  /// \p Comp outlives it; \p OnDone is called on the background's thread when there is
  /// something to take().
  BackgroundCompiles(const Compiler &Comp, std::function<void()> OnDone)
      : Comp(Comp), OnDone(std::move(OnDone)) {}

  struct Task {
    CompileJob Job;
    TextOverlay Texts;
    SiblingFamilies Siblings;
    /// Of the main file, for its preamble.
    std::shared_ptr<const std::string> BeginOf;
    /// For its syntax tree; with neither, the whole file is to be compiled.
    std::shared_ptr<const CompiledUnit> TreeOf;
    std::shared_ptr<const Preamble> TreeBegin;
  };
  struct Done {
    CompileJob Job;
    bool IsPreamble = false, IsTree = false;
    CompileResult Whole;
    std::shared_ptr<const Preamble> Begin;
    std::shared_ptr<LiveUnit> Tree;
  };

  /// Whether a task is under way, or done and not taken.
  bool isBusy() NF_EXCLUDES(M);
  /// Starts \p T; only where it isn't busy.
  void start(Task T) NF_EXCLUDES(M);
  /// Returns what is done, once.
  std::optional<Done> take() NF_EXCLUDES(M);

private:
  void run();
  Done carryOut(const Task &T) const;

  const Compiler &Comp;
  const std::function<void()> OnDone;
  bool Started = false;

  Mutex M;
  ConditionVariable Changed;
  std::optional<Task> Next NF_GUARDED_BY(M);
  std::optional<Done> Last NF_GUARDED_BY(M);
  bool Busy NF_GUARDED_BY(M) = false;
};

} // namespace nextframe

#endif // NEXTFRAME_SESSION_BACKGROUNDCOMPILES_H
