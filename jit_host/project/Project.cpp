//===- Project.cpp - Which translation units there are, and what each reads ==//

#include "project/Project.h"
#include "support/Diagnostics.h"
#include "support/IgnoredPaths.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <optional>
#include <set>
#include <utility>

using namespace llvm;
using namespace nextframe;

bool nextframe::isSourceFile(StringRef Path) {
  return StringSwitch<bool>(sys::path::extension(Path))
      .Cases({".c", ".cc", ".cpp", ".cxx"}, true)
      .Default(false);
}

/// Returns why \p Path, which has a source's name, is no source, or nothing.
static std::optional<diag::ID> whyNoSource(StringRef Path, const sys::fs::file_status &Status) {
  switch (Status.type()) {
  case sys::fs::file_type::regular_file:
  case sys::fs::file_type::status_error:
    return std::nullopt;
  case sys::fs::file_type::file_not_found:
    return sys::fs::is_symlink_file(Path) ? std::optional(diag::watch_dangling) : std::nullopt;
  case sys::fs::file_type::directory_file:
    return diag::watch_is_a_folder;
  default:
    return diag::watch_not_a_file;
  }
}

namespace {

struct LeftOutFile {
  std::string Path;
  diag::ID Why;
};

} // namespace

/// Returns the absolute paths of the source files below \p Dir, sorted, and adds to
/// \p LeftOut what only has a source's name.
static std::vector<std::string> findSources(StringRef Dir, std::vector<LeftOutFile> &LeftOut) {
  std::vector<std::string> Found;
  std::set<sys::fs::UniqueID> Visited;
  sys::fs::UniqueID Top;
  if (!sys::fs::getUniqueID(Dir, Top))
    Visited.insert(Top);
  std::error_code EC;
  for (sys::fs::recursive_directory_iterator It(Dir, EC), End; !EC && It != End; It.increment(EC)) {
    StringRef Path = It->path();
    sys::fs::file_status Status;
    bool Gone = static_cast<bool>(sys::fs::status(Path, Status)); // Or a dangling link.
    bool HasSourceName = isSourceFile(Path) && !isIgnoredFile(sys::path::filename(Path));
    if (auto Why = HasSourceName ? whyNoSource(Path, Status) : std::nullopt)
      LeftOut.push_back({Path.str(), *Why});
    if (Gone)
      continue;
    if (sys::fs::is_directory(Status)) {
      // A link to a folder above would repeat it without end.
      if (isIgnoredDirectory(Path) || !Visited.insert(Status.getUniqueID()).second)
        It.no_push();
      continue;
    }
    if (sys::fs::is_regular_file(Status) && HasSourceName)
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

std::vector<std::string> Project::takeLeftOut() { return std::exchange(NewlyLeftOut, {}); }

const SourceUnit *Project::find(UnitId Id) const {
  auto It = find_if(Units, [&](const SourceUnit &U) { return U.Id == Id; });
  return It == Units.end() ? nullptr : &*It;
}

Project::Changes Project::rescan() {
  Changes Result;
  std::vector<SourceUnit> Now;
  std::vector<LeftOutFile> LeftOut;
  std::vector<std::string> Found = findSources(SourceDir, LeftOut);
  for (const LeftOutFile &F : LeftOut)
    if (ToldLeftOut.insert(F.Path).second)
      NewlyLeftOut.push_back(message(F.Why, displayPath(F.Path)));
  for (std::string &Path : Found) {
    auto Known = find_if(Units, [&](const SourceUnit &U) { return U.Path == Path; });
    if (Known != Units.end()) {
      Now.push_back(*Known);
      continue;
    }
    Now.push_back({UnitId{NextId++}, Path, displayPath(Path)});
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
