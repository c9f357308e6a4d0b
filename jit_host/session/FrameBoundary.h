//===- FrameBoundary.h - Where the program stands between two frames ------===//
//
// The program's calls that end a frame (glfwSwapBuffers, glfwPollEvents, those of FrameCalls.cpp,
// and nextframe_safe_point for programs without a window) come here first. At that
// point the main thread is in the middle of nothing that a reload touches, so
// this is where a waiting commit is run.
//
// A program calls these functions by their plain C names and without a context,
// so one FrameBoundary is the active one of the process.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SESSION_FRAMEBOUNDARY_H
#define NEXTFRAME_SESSION_FRAMEBOUNDARY_H

#include "session/Commit.h"
#include "session/FrameCalls.h"
#include "support/Mutex.h"

#include "llvm/Support/Error.h"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace nextframe {

class Libraries;

class FrameBoundary {
public:
  struct Options {
    uint64_t ExitAfter = 0; ///< --frames: 0 for never.
    /// --screenshot: which shown frame (from 1; 0 for none), and where to.
    uint64_t ScreenshotFrame = 0;
    std::string ScreenshotFile;
    /// Called on the main thread when the user asks for a reload (F5).
    std::function<void()> OnApplyRequest;
  };

  FrameBoundary(Options Opts, Homes &Data);
  ~FrameBoundary();
  FrameBoundary(const FrameBoundary &) = delete;

  /// Puts this one before the program's frame calls. Call before the first link.
  void install(Libraries &Libs);

  /// Hands \p C over; the next boundary runs it. Reload thread.
  void submit(std::unique_ptr<Commit> C) NF_EXCLUDES(M);

  /// Takes back what submit() gave, unless a boundary has begun to run it: then
  /// it returns null, and awaitCommitted() will return it.
  std::unique_ptr<Commit> withdraw() NF_EXCLUDES(M);

  /// Waits at most \p Timeout for what submit() gave to be run, and returns it;
  /// null when it hasn't been. Reload thread.
  std::unique_ptr<Commit> awaitCommitted(std::chrono::milliseconds Timeout) NF_EXCLUDES(M);

  /// Runs \p C at once, on the calling thread; on the reload thread only for
  /// changes of code alone.
  Commit::Outcome runNow(Commit &C);

  /// CLOCK_MONOTONIC of the last boundary; 0 before the first. Any thread.
  uint64_t lastNs() const { return LastNs.load(std::memory_order_relaxed); }
  /// How often the main thread has stood still. Any thread.
  uint64_t count() const { return Stands.load(std::memory_order_acquire); }
  /// How many reloads have been applied. Any thread.
  unsigned generation() const { return Applied.load(std::memory_order_acquire); }

  // What the interposed calls come to. Main thread, but for atSwap(), which a
  // render thread may call.
  void atSwap(FrameSource Frame);
  void atPoll();
  void afterPoll();
  void atApplyKey();
  void boundary();
  void onReload(void (*Callback)(void *), void *Context) NF_EXCLUDES(M);

private:
  void standStill();
  void commitWaiting();
  void callBack();

  Options Opts;
  Homes &Data;
  std::atomic<uint64_t> LastNs{0}, Stands{0};
  std::atomic<unsigned> Applied{0};
  std::atomic<bool> IsWaiting{false};

  // Set before the program runs.
  std::thread::id MainThread;
  // Of the thread that shows frames; the main thread looks at them too.
  std::atomic<uint64_t> Boundaries{0}, Shown{0};
  std::atomic<void *> LastWindow{nullptr};

  // Main thread only.
  unsigned ToldGeneration = 0;
  bool KeyWasDown = false;

  Mutex M;
  ConditionVariable Changed;
  std::unique_ptr<Commit> Waiting NF_GUARDED_BY(M);
  std::unique_ptr<Commit> Done NF_GUARDED_BY(M);
  struct Callback {
    void (*Function)(void *);
    void *Context;
  };
  std::vector<Callback> Callbacks NF_GUARDED_BY(M);
};

} // namespace nextframe

#endif // NEXTFRAME_SESSION_FRAMEBOUNDARY_H
