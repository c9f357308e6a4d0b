//===- Watcher.h - which files changed, whole and settled -----------------===//
//
// Turns what editors, version control and generators do to files into batches
// of changed paths that can be compiled.
//
// The problem: a save is many steps (cut, write, close; or write beside, rename
// over; or rename away, write anew), and several files are often saved as one
// act. Reading too early means compiling half a file, or half a change. So a
// file counts when its writer has closed it, a vanished one when it stays away,
// and a batch when nothing has happened for a few milliseconds. What is on disk
// is the truth; events only say where to look, and when the kernel drops some,
// everything is compared with what it looked like before.
//
// The owner is the reload thread: it alone calls everything here, and all work
// is done inside those calls. There is no other thread and no lock; wake() is
// the one call that any thread, and a signal handler, may make.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_WATCH_WATCHER_H
#define NEXTFRAME_WATCH_WATCHER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nextframe {

class FolderEvents;
class PendingBatch;
class WatchedPaths;

/// What became of one path.
struct Change {
  std::string Path; ///< Absolute, spelled as addTree() and addFile() were given.
  bool Exists;      ///< A regular file is there (links followed); false: gone.
};

/// Watches source trees and single files. Reload thread only, but for wake().
class Watcher {
public:
  struct Options {
    /// A batch is whole when nothing has happened for so long ...
    std::chrono::milliseconds Quiet{3};
    /// ... and a file that vanished has not come back for so long. A file that
    /// was found by looking (in a new folder) settles as late.
    std::chrono::milliseconds Away{60};
    /// But this long after its first event a batch is given out without the
    /// files that are still being written; these come when they are closed, and
    /// until then delay nothing. A half-written file is never reported.
    std::chrono::milliseconds MaxBatch{500};
  };

  struct Batch {
    /// Each path once, sorted. Empty: woken, timed out, or nothing came of what
    /// pending() had seen.
    std::vector<Change> Changes;
    /// CLOCK_MONOTONIC, nanoseconds, when the batch's first event was noticed;
    /// 0 without an event.
    uint64_t FirstNs = 0;
    /// Given out as soon as its only file was closed: another save may follow that
    /// belongs to it.
    bool Early = false;
    /// wake() was called.
    bool Woken = false;
    /// What can't be watched, in words for the user, each told once: a new
    /// folder beyond the system's limit.
    std::vector<std::string> Problems;
  };

  /// Fails where the system has no more inotify queues; the message says what
  /// to raise.
  static llvm::Expected<std::unique_ptr<Watcher>> create(Options Limits);
  static llvm::Expected<std::unique_ptr<Watcher>> create() { return create(Options()); }
  ~Watcher();
  Watcher(const Watcher &) = delete;
  Watcher &operator=(const Watcher &) = delete;

  /// Watches every file below folder \p Dir, also in folders made later and
  /// behind links, without what support/IgnoredPaths.h leaves out. \p Dir may be a
  /// link, may be deleted and come back, and is never itself left out. What is
  /// there now is not reported. Fails, and watches nothing of it, where \p Dir
  /// is no readable folder or the system's limit is reached.
  llvm::Error addTree(llvm::StringRef Dir);

  /// Watches the one file \p File wherever it lies, also in folders and under
  /// names that trees leave out. Neither it nor its folder need exist yet.
  /// Reported under exactly this spelling, made absolute. Idempotent and cheap.
  /// A change between the reading of a file and this call is not reported:
  /// whoever reads first compares afterwards. Fails where its folder cannot be
  /// watched.
  llvm::Error addFile(llvm::StringRef File);

  /// Blocks until a batch has settled, wake() was called, or \p Timeout has
  /// passed (none: no limit; 0: doesn't block). \p MayBeEarly: a batch of one file may come
  /// before it has settled, see Batch::Early.
  Batch wait(std::optional<std::chrono::milliseconds> Timeout = std::nullopt,
             bool MayBeEarly = false);

  /// Whether anything has happened since the last batch, so that a compile
  /// under way is probably stale. Doesn't block. Where it has said true and
  /// nothing comes of it (a temporary file), the next wait() returns an empty
  /// batch, so that the compile can be taken up again.
  bool pending();

  /// Ends a wait(), or the next one. Any thread, and signal handlers; the
  /// Watcher must be alive.
  void wake();

private:
  explicit Watcher(const Options &Limits, std::unique_ptr<FolderEvents> Events);

  /// Destroyed last to first: the paths borrow the two above.
  std::unique_ptr<FolderEvents> Events;
  std::unique_ptr<PendingBatch> Pending;
  std::unique_ptr<WatchedPaths> Paths;
  bool SaidPending = false;

  void readEvents();
  bool settle(std::chrono::steady_clock::time_point Now, Batch &Result);
  bool takeEarly(std::chrono::steady_clock::time_point Now, Batch &Result);
};

} // namespace nextframe

#endif // NEXTFRAME_WATCH_WATCHER_H
