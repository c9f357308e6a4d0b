//===- WatchedPaths.cpp - events and files --------------------------------===//
//
// The half of WatchedPaths that adds trees and files and judges events and
// files. Following folders and links is in WatchedFolders.cpp.
//
//===----------------------------------------------------------------------===//

#include "watch/WatchedPaths.h"

#include "support/IgnoredPaths.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <utility>

using namespace llvm;

namespace nextframe {

/// \p Path made absolute, without "." and doubled slashes. ".." stays: behind a
/// link it means something else than the text says, and paths are reported as
/// they were spelled.
static ErrorOr<std::string> absolute(StringRef Path) {
  SmallString<256> Result(Path);
  if (std::error_code Code = sys::fs::make_absolute(Result))
    return Code;
  sys::path::remove_dots(Result, /*remove_dot_dot=*/false);
  return std::string(Result);
}

Error WatchedPaths::addTree(StringRef Dir) {
  const ErrorOr<std::string> Root = absolute(Dir);
  if (!Root)
    return getWatchError(Dir, Root.getError());
  if (Roots.count(*Root))
    return Error::success();
  // Asked first: a missing folder could be routed, but is most likely a mistake.
  const ErrorOr<WatchId> Id = Events.watch(*Root);
  if (!Id)
    return getWatchError(*Root, Id.getError());

  Roots.insert(*Root);
  Scan S{};
  S.Baseline = true;
  if (std::error_code Code = route(*Root)) {
    S.Refused = Code;
    S.RefusedPath = sys::path::parent_path(*Root).str();
  } else {
    scan(*Root, S);
  }
  if (!S.Refused)
    return Error::success();

  abandonTree(*Root);
  return getWatchError(S.RefusedPath, S.Refused);
}

Error WatchedPaths::addFile(StringRef File) {
  const ErrorOr<std::string> Path = absolute(File);
  if (!Path)
    return getWatchError(File, Path.getError());
  if (!SingleFiles.insert(*Path).second)
    return Error::success();
  if (std::error_code Code = route(*Path)) {
    SingleFiles.erase(*Path);
    unroute(*Path);
    return getWatchError(sys::path::parent_path(*Path), Code);
  }
  // A tree may know the file already, and owe a report of its change.
  Known.try_emplace(*Path, readStamp(*Path));
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Events
//===----------------------------------------------------------------------===//

void WatchedPaths::handle(const FolderEvent &Event, Time Now) {
  if (Event.What == FolderEvent::Kind::Overflow)
    return rescan(Now);
  const auto At = Watched.find(Event.Folder);
  if (At == Watched.end())
    return; // Of a watch that has been ended since.
  if (Event.What == FolderEvent::Kind::Lost)
    return lost(Event, Now);

  // Copies: what follows may add and end watches.
  SmallVector<std::string, 2> Paths;
  if (Event.IsFolder || !isIgnoredFile(Event.Name))
    for (const std::string &Spelling : At->second.Spellings)
      Paths.push_back(Spelling + "/" + Event.Name);
  const auto Routes = At->second.Routes.find(Event.Name);
  if (Routes != At->second.Routes.end())
    for (const std::string &Path : Routes->second)
      if (!is_contained(Paths, Path))
        Paths.push_back(Path);
  const bool IsBuildFolderNow =
      Event.Name == "CMakeCache.txt" && Event.What != FolderEvent::Kind::Deleted;
  const SmallVector<std::string, 1> Spellings = At->second.Spellings;

  for (const std::string &Path : Paths)
    handlePath(Path, Event, Now);
  if (IsBuildFolderNow)
    for (const std::string &Spelling : Spellings)
      if (!Roots.count(Spelling))
        look(Spelling, Now);
}

void WatchedPaths::handlePath(const std::string &Path, const FolderEvent &Event, Time Now) {
  using Kind = FolderEvent::Kind;
  switch (Event.What) {
  case Kind::Written:
    return Pending.written(Path, Now);
  case Kind::Closed:
    return Pending.closed(Path, Now);
  case Kind::Deleted:
  case Kind::MovedOut:
    vanish(Path, Now);
    return look(Path, Now);
  case Kind::Created:
  case Kind::MovedIn:
    return appeared(Path, Event, Now);
  case Kind::Lost:
  case Kind::Overflow:
    return;
  }
}

void WatchedPaths::appeared(const std::string &Path, const FolderEvent &Event, Time Now) {
  look(Path, Now);
  if (Event.IsFolder)
    return; // A folder on the way of a single file, or one that was scanned.
  if (Event.What == FolderEvent::Kind::MovedIn)
    return Pending.replaced(Path, Event.StillOpen, Now);
  sys::fs::file_status Status;
  const bool Missing = bool(sys::fs::status(Path, Status, /*follow=*/false));
  if (!Missing && Status.type() == sys::fs::file_type::symlink_file)
    return Pending.replaced(Path, /*StillOpen=*/false, Now);
  if (!Missing && Status.type() == sys::fs::file_type::regular_file && Status.getSize() == 0)
    return Pending.createdEmpty(Path, Now);
  // Has text: another link of a whole file, or its Written comes next.
  Pending.found(Path, Now);
}

/// A watched folder was deleted or moved as a whole.
void WatchedPaths::lost(const FolderEvent &Event, Time Now) {
  const auto At = Watched.find(Event.Folder);
  std::set<std::string> Paths(At->second.Spellings.begin(), At->second.Spellings.end());
  for (const auto &Name : At->second.Routes)
    Paths.insert(Name.second.begin(), Name.second.end());
  if (Event.WatchEnded) {
    for (const std::string &Spelling : At->second.Spellings)
      TreeFolders.erase(Spelling);
    Watched.erase(At);
  }
  for (const std::string &Path : Paths)
    look(Path, Now);
}

/// Events were dropped: everything is looked at again.
void WatchedPaths::rescan(Time Now) {
  Pending.forgetWriters(Now);
  for (const std::string &Root : std::vector(Roots.begin(), Roots.end()))
    look(Root, Now);
  for (const std::string &File : std::vector(SingleFiles.begin(), SingleFiles.end()))
    look(File, Now);
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

/// Nothing is at \p Path now, or nothing that is a file.
void WatchedPaths::vanish(const std::string &Path, Time Now) {
  const auto At = Known.find(Path);
  if (At != Known.end() && At->second)
    Pending.gone(Path, Now);
  else
    Pending.forget(Path);
}

/// Compares the file that is at \p Path, if any, with what was known of it.
void WatchedPaths::lookForFile(const std::string &Path, Time Now) {
  const std::optional<FileStamp> Stamp = readStamp(Path);
  const auto At = Known.find(Path);
  const bool Same = At == Known.end() ? !Stamp : At->second == Stamp;
  if (!Stamp && !Same)
    Pending.gone(Path, Now);
  else if (Stamp && (!Same || Pending.contains(Path)))
    Pending.found(Path, Now);
}

void WatchedPaths::noticeVanished(Time Now) {
  std::vector<std::string> Vanished;
  Pending.forEachClosed([&](const std::string &Path) {
    const auto At = Known.find(Path);
    if (At != Known.end() && At->second && !readStamp(Path))
      Vanished.push_back(Path);
  });
  for (const std::string &Path : Vanished)
    Pending.gone(Path, Now);
}

std::vector<Change> WatchedPaths::compare(const std::vector<PendingBatch::Settled> &Files) {
  std::vector<Change> Changes;
  for (const PendingBatch::Settled &File : Files) {
    const std::optional<FileStamp> Stamp = readStamp(File.Path);
    const auto At = Known.find(File.Path);
    const bool Existed = At != Known.end() && At->second;
    if (Stamp && (File.Written || !Existed || *At->second != *Stamp)) {
      Known[File.Path] = Stamp;
      Changes.push_back({File.Path, true});
    } else if (!Stamp && Existed) {
      Changes.push_back({File.Path, false});
      if (SingleFiles.count(File.Path))
        At->second = std::nullopt;
      else
        Known.erase(At);
    }
  }
  return Changes;
}

std::vector<std::string> WatchedPaths::takeProblems() { return std::exchange(Problems, {}); }

void WatchedPaths::tellProblem(StringRef Path, std::error_code Code) {
  // One sentence for a thousand folders beyond the limit.
  if (isWatchLimit(Code) && std::exchange(ToldOfLimit, true))
    return;
  Problems.push_back(toString(getWatchError(Path, Code)));
}

} // namespace nextframe
