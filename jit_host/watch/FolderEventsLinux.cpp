//===- FolderEventsLinux.cpp - folder events from inotify(7) --------------===//
//
// inotify reports per folder and name, in order, and merges equal neighbours.
// IN_EXCL_UNLINK keeps files quiet that were deleted or replaced while open.
// IN_ATTRIB isn't asked for: a new time stamp or mode is no new text.
//
//===----------------------------------------------------------------------===//

#include "support/Diagnostics.h"
#include "watch/FolderEvents.h"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

using namespace llvm;

namespace nextframe {

static constexpr uint32_t Asked = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM |
                                  IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF |
                                  IN_EXCL_UNLINK | IN_ONLYDIR |
                                  // Watching a folder again replaces its mask, which is empty for
                                  // a moment in which the kernel drops events (measured on Linux
                                  // 6.18: a save's close was lost, and the save with it). Adding
                                  // to the mask leaves it as it is.
                                  IN_MASK_ADD;

/// Bytes taken from the queue at once, and how often before others get a turn:
/// together more than a full queue of the default length (16384 events).
static constexpr size_t BufferSize = 64 * 1024;
static constexpr unsigned MaxReads = 64;

static std::error_code lastError() { return std::error_code(errno, std::generic_category()); }

Expected<std::unique_ptr<FolderEvents>> FolderEvents::create() {
  const int Queue = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (Queue < 0)
    return makeError(diag::watch_no_queue, lastError().message());
  const int WakeFd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (WakeFd < 0) {
    const std::error_code Code = lastError();
    close(Queue);
    return makeError(diag::watch_no_descriptor, Code.message());
  }
  return std::unique_ptr<FolderEvents>(new FolderEvents(Queue, WakeFd));
}

FolderEvents::~FolderEvents() {
  close(Queue);
  close(WakeFd);
}

ErrorOr<WatchId> FolderEvents::watch(StringRef Path) {
  const int Id = inotify_add_watch(Queue, Path.str().c_str(), Asked);
  if (Id < 0)
    return lastError();
  return WatchId(Id);
}

void FolderEvents::unwatch(WatchId Id) {
  // Fails where the folder has gone meanwhile, which ends the watch just so.
  (void)inotify_rm_watch(Queue, int(Id));
  Open.erase(Open.lower_bound({Id, ""}), Open.lower_bound({WatchId(int(Id) + 1), ""}));
}

void FolderEvents::read(std::vector<FolderEvent> &Into) {
  alignas(inotify_event) char Buffer[BufferSize];
  for (unsigned Reads = 0; Reads < MaxReads; ++Reads) {
    const ssize_t Length = ::read(Queue, Buffer, sizeof(Buffer));
    if (Length < 0 && errno == EINTR)
      continue;
    if (Length <= 0)
      return;
    for (const char *At = Buffer; At < Buffer + Length;) {
      const auto *Raw = reinterpret_cast<const inotify_event *>(At);
      At += sizeof(inotify_event) + Raw->len;
      // The name is padded with zeros, and absent in events of the folder.
      const StringRef Name = Raw->len ? StringRef(Raw->name) : StringRef();
      Into.push_back(translate(Raw->wd, Raw->mask, Raw->cookie, Name));
    }
  }
}

FolderEvent FolderEvents::translate(int Watch, uint32_t Mask, uint32_t Cookie, StringRef Name) {
  using Kind = FolderEvent::Kind;
  FolderEvent Event{Kind::Lost, WatchId(Watch), Name.str(), (Mask & IN_ISDIR) != 0};
  if (Mask & IN_Q_OVERFLOW)
    Event.What = Kind::Overflow;
  else if (Name.empty())
    Event.WatchEnded = (Mask & IN_IGNORED) != 0;
  else if (Mask & IN_CREATE)
    Event.What = Kind::Created;
  else if (Mask & IN_MODIFY)
    Event.What = Kind::Written;
  else if (Mask & IN_CLOSE_WRITE)
    Event.What = Kind::Closed;
  else if (Mask & IN_MOVED_TO)
    Event.What = Kind::MovedIn;
  else if (Mask & IN_MOVED_FROM)
    Event.What = Kind::MovedOut;
  else if (Mask & IN_DELETE)
    Event.What = Kind::Deleted;
  trackOpen(Event, Cookie);
  return Event;
}

void FolderEvents::trackOpen(FolderEvent &Event, uint32_t Cookie) {
  using Kind = FolderEvent::Kind;
  const std::pair<WatchId, std::string> Key{Event.Folder, Event.Name};
  switch (Event.What) {
  case Kind::Written:
    Open.insert(Key);
    return;
  case Kind::Closed:
  case Kind::Deleted:
    Open.erase(Key);
    return;
  case Kind::MovedOut:
    if (Open.erase(Key))
      OpenMove = Cookie;
    return;
  case Kind::MovedIn:
    Event.StillOpen = Cookie != 0 && Cookie == OpenMove;
    if (Event.StillOpen)
      Open.insert(Key);
    else
      Open.erase(Key);
    return;
  case Kind::Overflow:
    Open.clear(); // Whether they were closed has been lost.
    return;
  case Kind::Created:
  case Kind::Lost:
    return;
  }
}

void FolderEvents::sleep(Time Until) {
  pollfd Fds[] = {{Queue, POLLIN, 0}, {WakeFd, POLLIN, 0}};
  if (Until == Time::max()) {
    ppoll(Fds, 2, nullptr, nullptr);
    return;
  }
  const auto Left = std::max(Until - Clock::now(), Clock::duration::zero());
  const auto Ns = std::chrono::duration_cast<std::chrono::nanoseconds>(Left).count();
  const timespec Timeout{time_t(Ns / 1'000'000'000), long(Ns % 1'000'000'000)};
  ppoll(Fds, 2, &Timeout, nullptr);
}

bool FolderEvents::takeWake() {
  uint64_t Count;
  return ::read(WakeFd, &Count, sizeof(Count)) == sizeof(Count);
}

void FolderEvents::wake() {
  const int Saved = errno; // A signal handler must leave it as it was.
  const uint64_t One = 1;
  // Fails only where 2^64 - 2 wakes are waiting; one is enough.
  const ssize_t Written = ::write(WakeFd, &One, sizeof(One));
  (void)Written;
  errno = Saved;
}

bool isWatchLimit(std::error_code Code) { return Code == std::errc::no_space_on_device; }

Error getWatchError(StringRef Path, std::error_code Code) {
  if (isWatchLimit(Code))
    return makeError(diag::watch_limit, Path);
  if (Code == std::errc::no_such_file_or_directory)
    return makeError(diag::watch_no_folder, Path);
  if (Code == std::errc::not_a_directory)
    return makeError(diag::watch_not_a_folder, Path);
  return makeError(diag::watch_other, Path, Code.message());
}

} // namespace nextframe
