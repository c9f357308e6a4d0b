//===- WatchedFolders.cpp - following folders and links -------------------===//
//
// The half of WatchedPaths that keeps the kernel's watches in step with what
// folders and links there are.
//
// A watch is always set before the folder is listed: what is made before is in
// the list, what is made after comes as an event, and what is in both is
// noticed twice, which does no harm.
//
//===----------------------------------------------------------------------===//

#include "support/IgnoredPaths.h"
#include "watch/Route.h"
#include "watch/WatchedPaths.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace nextframe {

/// Whether \p Path lies below \p Folder, by spelling.
static bool isBelow(StringRef Path, StringRef Folder) {
  return Path.size() > Folder.size() && Path.starts_with(Folder) && Path[Folder.size()] == '/';
}

/// The keys of \p Container (a map or set of strings) that lie below \p Folder.
template <typename T>
static std::vector<std::string> keysBelow(const T &Container, const std::string &Folder) {
  std::vector<std::string> Keys;
  for (auto At = Container.lower_bound(Folder + "/"); At != Container.end(); ++At) {
    const std::string *Key;
    if constexpr (requires { At->first; })
      Key = &At->first;
    else
      Key = &*At;
    if (!isBelow(*Key, Folder))
      break;
    Keys.push_back(*Key);
  }
  return Keys;
}

//===----------------------------------------------------------------------===//
// Watches and routes
//===----------------------------------------------------------------------===//

/// The most often that a route is taken again because it changed meanwhile.
static constexpr unsigned MaxRouteTries = 8;

/// Listens to every name on the way to \p Path.
std::error_code WatchedPaths::route(const std::string &Path) {
  for (unsigned Try = 0; Try < MaxRouteTries; ++Try) {
    Route New;
    bool FolderIsNew = false;
    for (const Hop &H : routeOf(Path)) {
      const ErrorOr<WatchId> Id = Events.watch(H.Folder);
      if (!Id && Id.getError() == std::errc::no_such_file_or_directory) {
        FolderIsNew = true; // Has just vanished: the next try ends before it.
        break;
      }
      if (!Id) {
        setRoute(Path, std::move(New));
        return Id.getError();
      }
      FolderIsNew |= Watched.try_emplace(*Id).second;
      New.emplace_back(*Id, H.Name);
    }
    setRoute(Path, std::move(New));
    // What has happened in a folder before it was watched was no event.
    if (!FolderIsNew)
      break;
  }
  return {};
}

void WatchedPaths::unroute(const std::string &Path) { setRoute(Path, {}); }

void WatchedPaths::setRoute(const std::string &Path, Route New) {
  Route Old;
  if (const auto At = Routed.find(Path); At != Routed.end()) {
    if (At->second == New)
      return;
    Old = std::exchange(At->second, New);
  } else if (!New.empty()) {
    Routed.emplace(Path, New);
  }
  if (New.empty())
    Routed.erase(Path);

  // The new ones first, so that a folder in both keeps its watch.
  for (const auto &[Id, Name] : New) {
    auto &Paths = Watched[Id].Routes[Name];
    if (!is_contained(Paths, Path))
      Paths.push_back(Path);
  }
  for (const auto &[Id, Name] : Old) {
    const auto Folder = Watched.find(Id);
    if (is_contained(New, std::pair(Id, Name)) || Folder == Watched.end())
      continue;
    const auto Paths = Folder->second.Routes.find(Name);
    if (Paths != Folder->second.Routes.end()) {
      erase(Paths->second, Path);
      if (Paths->second.empty())
        Folder->second.Routes.erase(Paths);
    }
    release(Id);
  }
}

/// Says that folder \p Spelling of a tree is the watched folder \p Id.
void WatchedPaths::attach(const std::string &Spelling, WatchId Id) {
  const auto At = TreeFolders.find(Spelling);
  if (At != TreeFolders.end() && At->second == Id)
    return;
  detach(Spelling);
  TreeFolders[Spelling] = Id;
  Watched[Id].Spellings.push_back(Spelling);
}

void WatchedPaths::detach(const std::string &Spelling) {
  const auto At = TreeFolders.find(Spelling);
  if (At == TreeFolders.end())
    return;
  const WatchId Id = At->second;
  TreeFolders.erase(At);
  if (const auto Folder = Watched.find(Id); Folder != Watched.end())
    erase(Folder->second.Spellings, Spelling);
  release(Id);
}

/// Ends the watch if nobody needs it any more.
void WatchedPaths::release(WatchId Id) {
  const auto At = Watched.find(Id);
  if (At != Watched.end() && (!At->second.Spellings.empty() || !At->second.Routes.empty()))
    return;
  Events.unwatch(Id);
  if (At != Watched.end())
    Watched.erase(At);
}

/// Whether the user has named \p Path, so that it is followed even while it
/// doesn't exist.
bool WatchedPaths::isExplicit(const std::string &Path) const {
  return Roots.count(Path) || SingleFiles.count(Path);
}

bool WatchedPaths::isInTree(const std::string &Path) const {
  return Roots.count(Path) || TreeFolders.count(sys::path::parent_path(Path).str());
}

/// Whether the folder behind \p Link contains the link, or one of the links
/// that led here: following it would never end.
bool WatchedPaths::leadsToItself(const std::string &Link) const {
  SmallString<256> Target, Outer;
  if (sys::fs::real_path(Link, Target))
    return true;
  StringRef Folder = sys::path::parent_path(Link);
  for (; TreeFolders.count(Folder.str()); Folder = sys::path::parent_path(Folder))
    if (!sys::fs::real_path(Folder, Outer) &&
        (Outer == Target || Target == "/" || isBelow(Outer, Target)))
      return true;
  return false;
}

//===----------------------------------------------------------------------===//
// Looking
//===----------------------------------------------------------------------===//

/// Finds out what is at \p Path now, and follows it: a link, a folder, a file.
void WatchedPaths::look(const std::string &Path, Time Now) {
  sys::fs::file_status Status;
  const bool Missing = bool(sys::fs::status(Path, Status, /*follow=*/false));
  if (isExplicit(Path) || (!Missing && Status.type() == sys::fs::file_type::symlink_file)) {
    if (std::error_code Code = route(Path))
      tellProblem(Path, Code);
  } else {
    unroute(Path);
  }

  const bool IsRoot = Roots.count(Path);
  const bool WasFolder = TreeFolders.count(Path);
  const bool IsFolder = isInTree(Path) && sys::fs::is_directory(Path);
  if (IsFolder && !IsRoot && isIgnoredDirectory(Path)) {
    leaveOut(Path);
  } else {
    Scan S{};
    S.Now = Now;
    if (IsFolder)
      IsRoot ? scan(Path, S) : scanName(Path, S);
    sweep(Path, S);
    if (!S.Folders.count(Path))
      detach(Path);
    if (S.Refused)
      tellProblem(S.RefusedPath, S.Refused);
  }
  if (IsFolder || WasFolder)
    lookAtExplicitBelow(Path, Now);
  lookForFile(Path, Now);
}

/// Watches folder \p Folder of a tree and all below it, and compares what is
/// there with what is known.
void WatchedPaths::scan(const std::string &Folder, Scan &S) {
  const ErrorOr<WatchId> Id = Events.watch(Folder);
  if (!Id) {
    // What has just vanished will be heard of, and a folder that we may not
    // read is none that can be compiled from.
    const bool Matters = Id.getError() != std::errc::no_such_file_or_directory &&
                         Id.getError() != std::errc::not_a_directory &&
                         Id.getError() != std::errc::permission_denied;
    if (Matters && !S.Refused) {
      S.Refused = Id.getError();
      S.RefusedPath = Folder;
    }
    return;
  }
  attach(Folder, *Id);
  S.Folders.insert(Folder);
  std::error_code Code;
  for (sys::fs::directory_iterator At(Folder, Code, /*follow_symlinks=*/false), End;
       At != End && !Code; At.increment(Code))
    scanName(Folder + "/" + sys::path::filename(At->path()).str(), S);
}

void WatchedPaths::scanName(const std::string &Path, Scan &S) {
  const StringRef Name = sys::path::filename(Path);
  sys::fs::file_status Status;
  if (sys::fs::status(Path, Status, /*follow=*/false))
    return;
  const bool IsLink = Status.type() == sys::fs::file_type::symlink_file;
  if (IsLink && !isIgnoredFile(Name)) {
    S.Links.insert(Path);
    if (std::error_code Code = route(Path); Code && !S.Refused) {
      S.Refused = Code;
      S.RefusedPath = Path;
    }
  }
  // A failure leaves a type that is neither of these.
  if (IsLink)
    (void)sys::fs::status(Path, Status);
  if (Status.type() == sys::fs::file_type::directory_file) {
    if (!isIgnoredDirectory(Path) && !(IsLink && leadsToItself(Path)))
      scan(Path, S);
    return;
  }
  if (Status.type() != sys::fs::file_type::regular_file || isIgnoredFile(Name))
    return;
  S.Files.insert(Path);
  if (S.Baseline)
    Known.try_emplace(Path, readStamp(Path));
  else
    lookForFile(Path, S.Now);
}

/// Whether \p Path, below \p Folder, is looked after by itself or by a tree that
/// lies between the two, and so not as a part of \p Folder.
bool WatchedPaths::isOthers(const std::string &Path, const std::string &Folder) const {
  if (isExplicit(Path))
    return true;
  StringRef Between = sys::path::parent_path(Path);
  for (; isBelow(Between, Folder); Between = sys::path::parent_path(Between))
    if (Roots.count(Between.str()))
      return true;
  return false;
}

/// Gives up what is known below \p Folder and was not met by \p S.
void WatchedPaths::sweep(const std::string &Folder, const Scan &S) {
  for (const std::string &Path : keysBelow(TreeFolders, Folder))
    if (!S.Folders.count(Path) && !isOthers(Path, Folder))
      detach(Path);
  for (const std::string &Path : keysBelow(Routed, Folder))
    if (!S.Links.count(Path) && !isOthers(Path, Folder))
      unroute(Path);
  for (const std::string &Path : keysBelow(Known, Folder))
    if (!S.Files.count(Path) && !isOthers(Path, Folder))
      vanish(Path, S.Now);
}

/// Folder \p Folder of a tree doesn't count, or counts no more: it and its files
/// are forgotten, which is no report that they are gone.
void WatchedPaths::leaveOut(const std::string &Folder) {
  for (const std::string &Path : keysBelow(Known, Folder))
    if (!isOthers(Path, Folder))
      Known.erase(Path);
  for (const std::string &Path : Pending.pathsBelow(Folder))
    if (!isOthers(Path, Folder))
      Pending.forget(Path);
  sweep(Folder, Scan{});
  detach(Folder);
}

/// Takes back an addTree() that has failed, unless another tree covers it.
void WatchedPaths::abandonTree(const std::string &Root) {
  Roots.erase(Root);
  unroute(Root);
  if (!isInTree(Root))
    leaveOut(Root);
}

/// The trees and single files below a folder that has come, gone or changed.
void WatchedPaths::lookAtExplicitBelow(const std::string &Folder, Time Now) {
  for (const std::string &Root : keysBelow(Roots, Folder))
    look(Root, Now);
  for (const std::string &File : keysBelow(SingleFiles, Folder))
    look(File, Now);
}

} // namespace nextframe
