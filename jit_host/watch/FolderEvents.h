//===- FolderEvents.h - what the kernel tells about folders ---------------===//
//
// The machine-dependent piece of this room: a queue of events about watched
// folders, and a thread that can sleep on it. Everything above it works on
// these events alone. FolderEventsLinux.cpp implements it with inotify(7) and
// eventfd(2); another system gets another source file.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_WATCH_FOLDEREVENTS_H
#define NEXTFRAME_WATCH_FOLDEREVENTS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/ErrorOr.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nextframe {

/// The clock of this room; on Linux it reads CLOCK_MONOTONIC.
using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

/// One watched folder (an inode, not a path). Never used again for another one.
enum class WatchId : int {};

/// Something has happened to one name in one watched folder.
struct FolderEvent {
  enum class Kind {
    Created,  ///< The name is new: an empty file being opened, a link, a folder.
    Written,  ///< Text was written or cut; the writer may write more.
    Closed,   ///< Someone who could write has closed the file.
    MovedIn,  ///< Renamed to this name; replaces what had the name.
    MovedOut, ///< Renamed away from this name.
    Deleted,
    Lost,     ///< The watched folder itself was deleted, unmounted or moved.
    Overflow, ///< Events were dropped. Folder and Name mean nothing.
  };
  Kind What;
  WatchId Folder = WatchId(-1);
  std::string Name;
  bool IsFolder = false;   ///< The name is (or was) a folder's; a link isn't one.
  bool StillOpen = false;  ///< MovedIn: its writer hasn't closed it yet.
  bool WatchEnded = false; ///< Lost: the kernel has dropped the watch as well.
};

/// The kernel's queue of events. Reload thread only, but for wake().
class FolderEvents {
public:
  /// Fails where the system has no more queues or descriptors to give; the
  /// message names the limit to raise.
  static llvm::Expected<std::unique_ptr<FolderEvents>> create();
  ~FolderEvents();
  FolderEvents(const FolderEvents &) = delete;
  FolderEvents &operator=(const FolderEvents &) = delete;

  /// Watches the names in folder \p Path; a link to a folder is followed. The
  /// same folder yields the same id, by whatever path it is reached, and asking
  /// again is cheap. Fails with the system's error code, which getWatchError()
  /// turns into a message.
  llvm::ErrorOr<WatchId> watch(llvm::StringRef Path);

  /// Ends a watch. Events of it that are still queued come yet.
  void unwatch(WatchId Id);

  /// Appends the queued events to \p Into, oldest first; never blocks. Leaves
  /// some for the next call only where they come faster than they are read.
  void read(std::vector<FolderEvent> &Into);

  /// Sleeps until there are events, wake() was called, a signal came, or the
  /// clock shows \p Until (Time::max(): never).
  void sleep(Time Until);

  /// Whether wake() was called since this was last asked.
  bool takeWake();

  /// Ends a sleep, or the next one where nobody sleeps. Any thread, and signal
  /// handlers.
  void wake();

private:
  FolderEvents(int Queue, int WakeFd) : Queue(Queue), WakeFd(WakeFd) {}

  const int Queue;
  const int WakeFd;
  /// Files that were written and not closed since, whatever they are called:
  /// one that is renamed while its writer goes on is not whole yet.
  std::set<std::pair<WatchId, std::string>> Open;
  uint32_t OpenMove = 0; ///< The kernel's cookie for the last such rename.

  FolderEvent translate(int Watch, uint32_t Mask, uint32_t Cookie, llvm::StringRef Name);
  void trackOpen(FolderEvent &Event, uint32_t Cookie);
};

/// What to tell the user where watch() has failed for \p Path with \p Code.
llvm::Error getWatchError(llvm::StringRef Path, std::error_code Code);

/// Whether \p Code says that the system has no more watches to give.
bool isWatchLimit(std::error_code Code);

} // namespace nextframe

#endif // NEXTFRAME_WATCH_FOLDEREVENTS_H
