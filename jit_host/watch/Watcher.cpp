//===- Watcher.cpp - which files changed, whole and settled ---------------===//
//
// The loop: read the queue, see whether a batch has settled, sleep until it
// might. The order matters: a batch is judged by the clock as it stood before
// the queue was read, so nothing that happened before that moment is missed,
// however late this thread gets its turn.
//
//===----------------------------------------------------------------------===//

#include "watch/Watcher.h"

#include "watch/FolderEvents.h"
#include "watch/PendingBatch.h"
#include "watch/WatchedPaths.h"

#include <algorithm>

using namespace llvm;

namespace nextframe {

Expected<std::unique_ptr<Watcher>> Watcher::create(Options Limits) {
  auto Events = FolderEvents::create();
  if (!Events)
    return Events.takeError();
  return std::unique_ptr<Watcher>(new Watcher(Limits, std::move(*Events)));
}

Watcher::Watcher(const Options &Limits, std::unique_ptr<FolderEvents> Queue)
    : Events(std::move(Queue)), Pending(std::make_unique<PendingBatch>(Limits)),
      Paths(std::make_unique<WatchedPaths>(*Events, *Pending)) {}

Watcher::~Watcher() = default;

Error Watcher::addTree(StringRef Dir) { return Paths->addTree(Dir); }

Error Watcher::addFile(StringRef File) { return Paths->addFile(File); }

void Watcher::wake() { Events->wake(); }

void Watcher::readEvents() {
  std::vector<FolderEvent> Read;
  Events->read(Read);
  const Time Noticed = Clock::now();
  for (const FolderEvent &Event : Read)
    Paths->handle(Event, Noticed);
}

bool Watcher::pending() {
  readEvents();
  SaidPending |= !Pending->idle();
  return !Pending->idle();
}

/// Puts what has settled by \p Now into \p Result; true if wait() is to return.
bool Watcher::settle(Time Now, Batch &Result) {
  Result.Problems = Paths->takeProblems();
  if (Now >= Pending->due())
    Paths->noticeVanished(Clock::now()); // May put the time off.
  if (Now >= Pending->due()) {
    const auto Since = Pending->firstEvent()->time_since_epoch();
    Result.Changes = Paths->compare(Pending->take(Now));
    Result.FirstNs = std::chrono::duration_cast<std::chrono::nanoseconds>(Since).count();
  }
  const bool CameToNothing = SaidPending && Pending->idle();
  if (Result.Changes.empty() && Result.Problems.empty() && !CameToNothing) {
    Result.FirstNs = 0;
    return false;
  }
  SaidPending = false;
  return true;
}

/// Puts the only file that is on its way into \p Result, if there is but one.
bool Watcher::takeEarly(Time Now, Batch &Result) {
  if (!Pending->isSole())
    return false;
  Paths->noticeVanished(Clock::now());
  if (!Pending->isSole())
    return false;
  const auto Since = Pending->firstEvent()->time_since_epoch();
  Result.Changes = Paths->compare(Pending->takeSole(Now));
  if (Result.Changes.empty())
    return false;
  Result.FirstNs = std::chrono::duration_cast<std::chrono::nanoseconds>(Since).count();
  Result.Early = true;
  SaidPending = false;
  return true;
}

Watcher::Batch Watcher::wait(std::optional<std::chrono::milliseconds> Timeout, bool MayBeEarly) {
  const Time Deadline = Timeout ? Clock::now() + *Timeout : Time::max();
  while (true) {
    const Time Now = Clock::now();
    readEvents();
    Batch Result;
    if (settle(Now, Result) || (MayBeEarly && takeEarly(Now, Result)))
      return Result;
    Result.Woken = Events->takeWake();
    if (Result.Woken || Now >= Deadline)
      return Result;
    Events->sleep(std::min(Pending->due(), Deadline));
  }
}

} // namespace nextframe
