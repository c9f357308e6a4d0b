//===- Project.cpp - Which translation units there are, and what each reads ==//

#include "project/Project.h"
#include "support/Diagnostics.h"
#include "support/IgnoredPaths.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <set>

using namespace llvm;
using namespace nextframe;

bool nextframe::isSourceFile(StringRef Path) {
  return StringSwitch<bool>(sys::path::extension(Path))
      .Cases({".c", ".cc", ".cpp", ".cxx"}, true)
      .Default(false);
}

/// What is at a path that isn't a regular file, in words.
static const char *describe(const std::error_code &EC, const sys::fs::file_status &Status) {
  if (EC)
    return "a link that leads nowhere";
  switch (Status.type()) {
  case sys::fs::file_type::directory_file:
    return "a folder";
  case sys::fs::file_type::fifo_file:
    return "a FIFO";
  default:
    return "no regular file";
  }
}

/// Returns the absolute paths of the source files below \p Dir, sorted. Calls \p LeaveOut
/// with what has the name of one, and with what it is.
static std::vector<std::string> findSources(StringRef Dir,
                                            function_ref<void(StringRef, StringRef)> LeaveOut) {
  std::vector<std::string> Found;
  std::set<sys::fs::UniqueID> Visited;
  sys::fs::UniqueID Top;
  if (!sys::fs::getUniqueID(Dir, Top))
    Visited.insert(Top);
  std::error_code EC;
  for (sys::fs::recursive_directory_iterator It(Dir, EC), End; !EC && It != End; It.increment(EC)) {
    StringRef Path = It->path();
    sys::fs::file_status Status;
    bool IsSources = isSourceFile(Path) && !isIgnoredFile(sys::path::filename(Path));
    if (std::error_code Gone = sys::fs::status(Path, Status)) {
      // A dangling link, unless it is gone by now.
      if (IsSources && sys::fs::is_symlink_file(Path))
        LeaveOut(Path, describe(Gone, Status));
      continue;
    }
    if (IsSources && !sys::fs::is_regular_file(Status))
      LeaveOut(Path, describe({}, Status));
    if (sys::fs::is_directory(Status)) {
      // A link to a folder above would repeat it without end.
      if (isIgnoredDirectory(Path) || !Visited.insert(Status.getUniqueID()).second)
        It.no_push();
      continue;
    }
    if (sys::fs::is_regular_file(Status) && IsSources)
      Found.push_back(Path.str());
  }
  sort(Found);
  return Found;
}

Expected<Project> Project::scan(StringRef SourceDir) {
  if (!sys::fs::is_directory(SourceDir))
    return makeError(diag::err_no_source_dir, SourceDir);
  Project P(SourceDir);
  P.rescan();
  if (P.Units.empty())
    return makeError(diag::err_no_sources, SourceDir);
  return std::move(P);
}

Expected<Project> Project::scanTarget(TargetQuery Query) {
  if (!sys::fs::is_directory(Query.SourceDir))
    return makeError(diag::err_no_source_dir, Query.SourceDir);
  Project P(Query.SourceDir);
  P.Query = std::move(Query);
  if (Error Err = P.readTarget())
    return std::move(Err);
  for (const std::string &Path : P.Target->Sources)
    if (!sys::fs::exists(Path))
      return makeError(diag::err_target_source, P.Query.Name, Path, P.Query.BuildDir);
  for (const std::string &Path : P.findSources())
    if (!is_contained(P.Target->Sources, Path))
      P.NotTargets.insert(Path);
  P.rescan();
  if (P.Units.empty())
    return makeError(diag::err_no_target_sources, P.Query.Name, P.Query.BuildDir);
  return std::move(P);
}

Error Project::readTarget() {
  std::string Stamp = buildStamp(Query.BuildDir);
  if (Target && (Stamp.empty() || Stamp == TargetStamp))
    return Error::success();
  auto Read = readBuildTarget(Query);
  if (!Read)
    return Read.takeError();
  Target = std::move(*Read);
  TargetStamp = Stamp;
  return Error::success();
}

/// Returns the paths of the program's source files as they are on disk now.
std::vector<std::string> Project::sources() {
  if (!Target)
    return findSources();
  // While the build is just writing, what it said before is in force.
  consumeError(readTarget());
  std::vector<std::string> Result = Target->Sources;
  erase_if(Result, [](const std::string &Path) { return !sys::fs::is_regular_file(Path); });
  StringSet<> Known(llvm::from_range, Target->AllSources);
  for (std::string &Path : findSources())
    if (!Known.contains(Path) && !NotTargets.contains(Path))
      Result.push_back(std::move(Path));
  return Result;
}

const SourceUnit *Project::find(UnitId Id) const {
  auto It = find_if(Units, [&](const SourceUnit &U) { return U.Id == Id; });
  return It == Units.end() ? nullptr : &*It;
}

Project::Changes Project::rescan() {
  Changes Result;
  std::vector<SourceUnit> Now;
  for (std::string &Path : sources()) {
    auto Known = find_if(Units, [&](const SourceUnit &U) { return U.Path == Path; });
    if (Known != Units.end()) {
      Now.push_back(*Known);
      continue;
    }
    std::string File = displayPath(Path);
    Now.push_back({UnitId{NextId++}, Path, File, File});
    Result.Added.push_back(Now.back());
  }
  for (const SourceUnit &Old : Units)
    if (none_of(Now, [&](const SourceUnit &U) { return U.Id == Old.Id; })) {
      Result.Removed.push_back(Old);
      FilesRead.erase(Old.Id);
    }
  Units = std::move(Now);
  return Result;
}

/// A file's own name, unless one that was renamed still goes by it.
std::string Project::freeLocalTo(const SourceUnit &Unit) const {
  std::string Name = Unit.File;
  auto IsTaken = [&](const SourceUnit &U) { return U.Id != Unit.Id && U.LocalTo == Name; };
  for (unsigned Number = 2; any_of(Units, IsTaken); ++Number)
    Name = Unit.File + "#" + std::to_string(Number);
  return Name;
}

bool Project::setLocalTo(UnitId Unit, StringRef Name) {
  auto It = find_if(Units, [&](const SourceUnit &U) { return U.Id == Unit; });
  assert(It != Units.end() && "of a unit that is there");
  std::string New = Name.empty() ? freeLocalTo(*It) : Name.str();
  return std::exchange(It->LocalTo, New) != New;
}

std::vector<std::string> Project::findSources() {
  return ::findSources(SourceDir, [&](StringRef Path, StringRef What) { leaveOut(Path, What); });
}

void Project::leaveOut(StringRef Path, StringRef What) {
  if (ToldLeftOut.insert(Path).second)
    NewLeftOut.push_back({displayPath(Path), What.str()});
}

void Project::setFilesRead(UnitId Unit, ArrayRef<std::string> Files) {
  StringSet<> &Set = FilesRead[Unit];
  Set.clear();
  for (const std::string &F : Files)
    Set.insert(F);
}

const StringSet<> &Project::filesReadBy(UnitId Unit) const {
  static const StringSet<> Nothing;
  auto It = FilesRead.find(Unit);
  return It == FilesRead.end() ? Nothing : It->second;
}

std::vector<UnitId> Project::unitsReading(ArrayRef<std::string> Paths) const {
  std::vector<UnitId> Result;
  for (const SourceUnit &U : Units) {
    const StringSet<> &Files = filesReadBy(U.Id);
    if (any_of(Paths, [&](const std::string &P) { return P == U.Path || Files.contains(P); }))
      Result.push_back(U.Id);
  }
  return Result;
}

bool Project::contains(StringRef Path) const {
  return Path.consume_front(SourceDir) && Path.starts_with("/");
}

std::string Project::displayPath(StringRef Path) const {
  return contains(Path) ? Path.substr(SourceDir.size() + 1).str() : Path.str();
}
