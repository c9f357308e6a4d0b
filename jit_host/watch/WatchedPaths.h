//===- WatchedPaths.h - what is watched, and what it looked like ----------===//
//
// Keeps the folders of the source trees, the single files, and what every file
// looked like when it was last reported. Translates events about (folder, name)
// into paths as the user spells them.
//
// One folder can be reached by several spellings (links), and one path can
// depend on names in several folders (links on its way, missing folders): hence
// a watched folder has spellings, as part of trees, and routes that lead
// through it. For folders and links events say only "look here", and the file
// system is asked what there is now: this alone is robust against folders that
// change while they are being scanned. For files, events also say whether a
// writer is at work.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_WATCH_WATCHEDPATHS_H
#define NEXTFRAME_WATCH_WATCHEDPATHS_H

#include "watch/FileStamp.h"
#include "watch/FolderEvents.h"
#include "watch/PendingBatch.h"
#include "watch/Watcher.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nextframe {

/// What is watched. Reload thread only. Borrows the queue and the batch.
class WatchedPaths {
public:
  WatchedPaths(FolderEvents &Events, PendingBatch &Pending) : Events(Events), Pending(Pending) {}

  /// See Watcher.
  llvm::Error addTree(llvm::StringRef Dir);
  /// See Watcher.
  llvm::Error addFile(llvm::StringRef File);

  /// Passes on to the batch what \p Event means; follows new folders.
  void handle(const FolderEvent &Event, Time Now);
  /// Puts settled-looking files that have just vanished among the vanished.
  void noticeVanished(Time Now);
  /// Which of \p Files differ from what was last known; remembers them as new.
  std::vector<Change> compare(const std::vector<PendingBatch::Settled> &Files);
  /// Sentences for the user that have come up since the last call.
  std::vector<std::string> takeProblems();

private:
  struct WatchedFolder {
    llvm::SmallVector<std::string, 1> Spellings; ///< As a folder of a tree.
    /// Paths by the name in this folder that they lead through.
    llvm::StringMap<llvm::SmallVector<std::string, 1>> Routes;
  };
  /// What one look through a folder has met.
  struct Scan {
    bool Baseline; ///< Remember what is there instead of reporting it.
    Time Now;
    std::set<std::string> Folders, Files, Links;
    std::error_code Refused; ///< The first watch that failed ...
    std::string RefusedPath; ///< ... and its folder.
  };
  using Route = llvm::SmallVector<std::pair<WatchId, std::string>, 2>;

  FolderEvents &Events;
  PendingBatch &Pending;
  std::map<WatchId, WatchedFolder> Watched;
  std::map<std::string, WatchId> TreeFolders; ///< By spelling.
  std::map<std::string, Route> Routed;        ///< Roots, single files, links in trees.
  std::set<std::string> Roots;
  std::set<std::string> SingleFiles;
  /// What was last reported of each file, or was there from the start. None:
  /// a single file that doesn't exist.
  std::map<std::string, std::optional<FileStamp>> Known;
  std::vector<std::string> Problems;
  bool ToldOfLimit = false;

  // Following paths.
  std::error_code route(const std::string &Path);
  void unroute(const std::string &Path);
  void setRoute(const std::string &Path, Route New);
  void attach(const std::string &Spelling, WatchId Id);
  void detach(const std::string &Spelling);
  void release(WatchId Id);
  bool isExplicit(const std::string &Path) const;
  bool isInTree(const std::string &Path) const;
  bool leadsToItself(const std::string &Link) const;

  // Looking.
  void look(const std::string &Path, Time Now);
  void lookForFile(const std::string &Path, Time Now);
  void scan(const std::string &Folder, Scan &S);
  void scanName(const std::string &Path, Scan &S);
  void sweep(const std::string &Folder, const Scan &S);
  bool isOthers(const std::string &Path, const std::string &Folder) const;
  void leaveOut(const std::string &Folder);
  void abandonTree(const std::string &Root);
  void lookAtExplicitBelow(const std::string &Folder, Time Now);
  void vanish(const std::string &Path, Time Now);
  void rescan(Time Now);
  void tellProblem(llvm::StringRef Path, std::error_code Code);

  // Events.
  void lost(const FolderEvent &Event, Time Now);
  void handlePath(const std::string &Path, const FolderEvent &Event, Time Now);
  void appeared(const std::string &Path, const FolderEvent &Event, Time Now);
};

} // namespace nextframe

#endif // NEXTFRAME_WATCH_WATCHEDPATHS_H
