//===- FrameBoundary.cpp - Where the program stands between two frames ----===//

#include "session/FrameBoundary.h"
#include "link/Libraries.h"
#include "session/FrameCalls.h"
#include "session/Screenshot.h"
#include "state/Homes.h"
#include "support/Clock.h"
#include "support/Log.h"

#include <cstdlib>

using namespace llvm;
using namespace nextframe;

//===----------------------------------------------------------------------===//
// What the program calls
//===----------------------------------------------------------------------===//

/// The one that the calls below belong to. Set before the program is linked and
/// never changed while it runs.
static FrameBoundary *Active = nullptr;

/// The library's own functions behind the interposed ones.
static struct {
  void (*SwapBuffers)(void *);
  void (*PollEvents)();
  void (*WaitEvents)();
  void (*WaitEventsTimeout)(double);
  int (*GetKey)(void *, int);
} GLFW;

static void hookedSwapBuffers(void *Window) {
  Active->atSwap({FrameSource::GlfwWindow, Window});
  GLFW.SwapBuffers(Window);
}

static void hookedPollEvents() {
  Active->atPoll();
  GLFW.PollEvents();
  Active->afterPoll();
}

static void hookedWaitEvents() {
  Active->atPoll();
  GLFW.WaitEvents();
  Active->afterPoll();
}

static void hookedWaitEventsTimeout(double Seconds) {
  Active->atPoll();
  GLFW.WaitEventsTimeout(Seconds);
  Active->afterPoll();
}

static void safePoint() { Active->boundary(); }
static unsigned appliedReloads() { return Active->generation(); }
static void addReloadCallback(void (*Callback)(void *), void *Context) {
  Active->onReload(Callback, Context);
}

/// Puts \p Hook before the library's \p Name, where there is one.
template <typename FunctionT>
static void interpose(Libraries &Libs, StringRef Name, FunctionT Hook, FunctionT &Real) {
  Real = reinterpret_cast<FunctionT>(Libs.libraryAddress(Name));
  if (Real)
    Libs.interpose(Name, reinterpret_cast<void *>(Hook));
}

void FrameBoundary::install(Libraries &Libs) {
  Active = this;
  MainThread = std::this_thread::get_id();
  interpose(Libs, "glfwSwapBuffers", hookedSwapBuffers, GLFW.SwapBuffers);
  interpose(Libs, "glfwPollEvents", hookedPollEvents, GLFW.PollEvents);
  interpose(Libs, "glfwWaitEvents", hookedWaitEvents, GLFW.WaitEvents);
  interpose(Libs, "glfwWaitEventsTimeout", hookedWaitEventsTimeout, GLFW.WaitEventsTimeout);
  interposeFrameCalls(Libs, {[](FrameSource Frame) { Active->atSwap(Frame); },
                             [] { Active->atPoll(); }, [] { Active->atApplyKey(); }});
  GLFW.GetKey = reinterpret_cast<int (*)(void *, int)>(Libs.libraryAddress("glfwGetKey"));
  Libs.interpose("nextframe_safe_point", reinterpret_cast<void *>(safePoint));
  Libs.interpose("nextframe_generation", reinterpret_cast<void *>(appliedReloads));
  Libs.interpose("nextframe_on_reload", reinterpret_cast<void *>(addReloadCallback));
  prepareScreenshots(Libs);
}

//===----------------------------------------------------------------------===//
// The main thread's side
//===----------------------------------------------------------------------===//

FrameBoundary::FrameBoundary(Options Opts, Homes &Data) : Opts(std::move(Opts)), Data(Data) {}
FrameBoundary::~FrameBoundary() = default;

void FrameBoundary::atSwap(FrameSource Frame) {
  LastWindow = Frame.What == FrameSource::GlfwWindow ? Frame.Handle : nullptr;
  if (Shown.fetch_add(1, std::memory_order_relaxed) + 1 == Opts.ScreenshotFrame)
    if (Error Err = writeScreenshot(Frame, Opts.ScreenshotFile))
      say(Tone::Error, toString(std::move(Err)));
  boundary();
}

/// A program that swaps on its main thread has its boundaries there, however often it polls. One
/// that only polls (a Vulkan program, say) has them here, and so has one that
/// draws nothing for a while (minimised, loading).
void FrameBoundary::atPoll() {
  constexpr uint64_t PauseNs = 100'000'000;
  if (Shown.load(std::memory_order_relaxed) == 0)
    return boundary();
  if (nowNs() - lastNs() > PauseNs)
    standStill();
}

void FrameBoundary::afterPoll() {
  constexpr int KeyF5 = 294; // GLFW_KEY_F5
  if (!Opts.OnApplyRequest || !GLFW.GetKey || !LastWindow)
    return;
  bool Down = GLFW.GetKey(LastWindow, KeyF5) == 1;
  if (Down && !KeyWasDown)
    Opts.OnApplyRequest();
  KeyWasDown = Down;
}

void FrameBoundary::atApplyKey() {
  if (Opts.OnApplyRequest)
    Opts.OnApplyRequest();
}

void FrameBoundary::boundary() {
  if (Opts.ExitAfter && Boundaries == Opts.ExitAfter)
    std::exit(0);
  ++Boundaries;
  standStill();
}

/// A render thread's frames are counted and pictured like others, but only the
/// main thread stands still: it has its boundaries where it polls.
void FrameBoundary::standStill() {
  if (std::this_thread::get_id() != MainThread)
    return;
  LastNs.store(nowNs(), std::memory_order_relaxed);
  Stands.fetch_add(1, std::memory_order_release);
  if (IsWaiting.load(std::memory_order_acquire))
    commitWaiting();
  if (ToldGeneration != generation())
    callBack();
}

void FrameBoundary::commitWaiting() {
  std::unique_ptr<Commit> Now = withdraw();
  if (!Now)
    return;
  // Not under the mutex: initialisers are the program's code.
  bool Again = runNow(*Now) == Commit::Outcome::TryAgain;
  MutexLock Lock(M);
  if (Again) {
    Waiting = std::move(Now);
    IsWaiting.store(true, std::memory_order_release);
    return;
  }
  Done = std::move(Now);
  Changed.notifyAll();
}

void FrameBoundary::callBack() {
  ToldGeneration = generation();
  std::vector<Callback> Now;
  {
    MutexLock Lock(M);
    Now = Callbacks;
  }
  for (const Callback &C : Now)
    C.Function(C.Context);
}

void FrameBoundary::onReload(void (*Function)(void *), void *Context) {
  MutexLock Lock(M);
  Callbacks.push_back({Function, Context});
}

//===----------------------------------------------------------------------===//
// The reload thread's side
//===----------------------------------------------------------------------===//

void FrameBoundary::submit(std::unique_ptr<Commit> C) {
  MutexLock Lock(M);
  Waiting = std::move(C);
  IsWaiting.store(true, std::memory_order_release);
}

std::unique_ptr<Commit> FrameBoundary::withdraw() {
  MutexLock Lock(M);
  IsWaiting.store(false, std::memory_order_relaxed);
  return std::move(Waiting);
}

std::unique_ptr<Commit> FrameBoundary::awaitCommitted(std::chrono::milliseconds Timeout) {
  uint64_t Deadline = nowNs() + static_cast<uint64_t>(Timeout.count()) * 1'000'000;
  MutexLock Lock(M);
  while (!Done && nowNs() < Deadline)
    Changed.waitFor(M, std::chrono::nanoseconds(Deadline - std::min(Deadline, nowNs())));
  return std::move(Done);
}

Commit::Outcome FrameBoundary::runNow(Commit &C) {
  Commit::Outcome Result = C.run(Data);
  if (Result == Commit::Outcome::Done && C.hasEffect())
    Applied.store(number(C.generation()), std::memory_order_release);
  return Result;
}
