//===- PendingBatch.h - when a batch of saves is whole --------------------===//
//
// Decides, from what happened to which path and when, which paths have settled
// and when to look again. Pure: time comes in as an argument and no file is
// touched, so that every case can be tested without waiting.
//
// How saving looks from outside:
//   in place      Written (cut to nothing), Written..., Closed
//   new file      Created (empty), Written..., Closed
//   renamed over  (all of the above under another name), MovedIn
//   backup first  MovedOut or Deleted, and back again a moment later
// So a file is whole when its writer has closed it, it is away only when it
// stays away, and files that are saved together come within milliseconds.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_WATCH_PENDINGBATCH_H
#define NEXTFRAME_WATCH_PENDINGBATCH_H

#include "watch/Watcher.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nextframe {

/// The paths to which something has happened since the last batch.
/// Reload thread only.
class PendingBatch {
public:
  using Time = std::chrono::steady_clock::time_point;

  /// A path that has settled.
  struct Settled {
    std::string Path;
    bool Written; ///< Its text was written or replaced; false: only a suspicion.
  };

  explicit PendingBatch(const Watcher::Options &Limits) : Limits(Limits) {}

  /// Text was written: not whole before closed().
  void written(llvm::StringRef Path, Time Now);
  /// A writer has closed the file.
  void closed(llvm::StringRef Path, Time Now);
  /// An empty file has appeared; whoever made it is about to write. Not whole
  /// before closed(), or Options::MaxBatch later (it was not made by open(2)).
  void createdEmpty(llvm::StringRef Path, Time Now);
  /// Another file has taken the place of this one.
  void replaced(llvm::StringRef Path, bool StillOpen, Time Now);
  /// Found by looking instead of by an event: its writer may be at work unseen,
  /// so it settles after Options::Away.
  void found(llvm::StringRef Path, Time Now);
  /// A file that we knew has vanished: settles after Options::Away.
  void gone(llvm::StringRef Path, Time Now);
  /// A file that nobody has heard of has vanished again.
  void forget(llvm::StringRef Path);
  /// Events were lost: who has closed what is no longer known.
  void forgetWriters(Time Now);

  bool contains(llvm::StringRef Path) const { return Files.count(Path.str()); }
  /// The paths below folder \p Folder to which something has happened.
  std::vector<std::string> pathsBelow(llvm::StringRef Folder) const;
  /// Whether nothing is on its way to a batch; a file that is written without
  /// end doesn't count.
  bool idle() const { return !First; }
  /// When the oldest event that hasn't been taken was noticed.
  std::optional<Time> firstEvent() const { return First; }
  /// When take() is worth calling; Time::max() if nothing is on its way.
  Time due() const;
  /// Whether a single path is on its way, its text written and its writer done: most
  /// saves are no more than that.
  bool isSole() const;
  /// Takes that path, however short ago it was closed; only where isSole().
  std::vector<Settled> takeSole(Time Now);
  /// Calls \p Visit for each path that take() might return soon.
  void forEachClosed(llvm::function_ref<void(const std::string &)> Visit) const;
  /// Takes what has settled: everything, or, Options::MaxBatch after the first
  /// event, whatever isn't open or away. A file that was open then holds up no
  /// later batch until it is closed.
  std::vector<Settled> take(Time Now);

private:
  struct File {
    bool Written = false;
    bool Open = false;
    bool Gone = false;
    bool Endless = false; ///< Was open when a batch had waited for MaxBatch.
    Time HoldUntil = Time::min();
  };

  const Watcher::Options Limits;
  std::map<std::string, File> Files;
  std::optional<Time> First;
  Time Last = Time::min();

  File &touch(llvm::StringRef Path, Time Now);
  void restart(Time Now);
};

} // namespace nextframe

#endif // NEXTFRAME_WATCH_PENDINGBATCH_H
