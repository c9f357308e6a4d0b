//===- BuildTarget.cpp - One program of a build ---------------------------===//

#include "project/BuildTarget.h"
#include "project/CMakeReply.h"
#include "project/DatabaseEntries.h"
#include "project/Project.h"
#include "support/Diagnostics.h"
#include "support/ObjectPaths.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <set>

using namespace llvm;
using namespace nextframe;

std::string nextframe::buildStamp(StringRef BuildDir) {
  SmallString<256> Database(BuildDir);
  sys::path::append(Database, "compile_commands.json");
  sys::fs::file_status Status;
  if (sys::fs::status(Database, Status))
    return "";
  auto Time = Status.getLastModificationTime().time_since_epoch().count();
  return findCMakeReply(BuildDir) + ' ' + std::to_string(Time) + ' ' +
         std::to_string(Status.getSize());
}

std::string nextframe::sourceDirOfBuild(StringRef BuildDir) {
  std::string Index = findCMakeReply(BuildDir);
  if (Index.empty())
    return "";
  auto Reply = readCMakeReply(Index);
  if (Reply)
    return Reply->SourceDir;
  consumeError(Reply.takeError()); // Who asks can name the folder.
  return "";
}

namespace {

/// Spells what lies in a folder as the folder was given, through links or not.
class Folder {
public:
  explicit Folder(StringRef Dir) : Dir(Dir) {
    SmallString<256> Path;
    Real = sys::fs::real_path(Dir, Path) ? Dir.str() : Path.str().str();
  }

  bool contains(StringRef Path) const { return isBelow(Path, Dir); }

  std::string spell(StringRef Path) const {
    SmallString<256> Target;
    if (contains(Path) || sys::fs::real_path(sys::path::parent_path(Path), Target))
      return Path.str();
    sys::path::append(Target, sys::path::filename(Path));
    return isBelow(Target, Real) ? Dir + Target.str().substr(Real.size()).str() : Path.str();
  }

private:
  static bool isBelow(StringRef Path, StringRef Top) {
    return Path.consume_front(Top) && Path.starts_with("/");
  }

  std::string Dir, Real;
};

//===----------------------------------------------------------------------===//
// A target as CMake's reply tells it
//===----------------------------------------------------------------------===//

bool isCompiledHere(const CMakeSource &S) { return S.Language == "C" || S.Language == "CXX"; }

/// What CMake adds to a target for its precompiled header.
bool isHeaderMaker(StringRef Path) { return sys::path::filename(Path).starts_with("cmake_pch."); }

class TargetReader {
public:
  TargetReader(const TargetQuery &Query, const CMakeReply &Reply, ArrayRef<DatabaseEntry> Entries)
      : Sources(Query.SourceDir), Reply(Reply), Entries(Entries) {}

  Expected<BuildTarget> read(const CMakeTarget &Main) {
    LinkLine Line = parseLinkLine(Main.Link, Reply.BuildDir);
    Result.Link.Dirs = Line.Dirs;
    Result.Link.ExportsSymbols = Line.ExportsSymbols;
    if (!Main.Artifacts.empty())
      Result.Program = Main.Artifacts.front();
    takeSources(Main);
    for (LinkInput &Input : Line.Inputs)
      takeInput(std::move(Input));
    for (const CMakeTarget &T : Reply.Targets)
      for (const CMakeSource &S : T.Sources)
        if (isCompiledHere(S))
          Result.AllSources.push_back(Sources.spell(S.Path));
    return std::move(Result);
  }

private:
  /// The library of this build that \p File belongs to, where it is to be live.
  const CMakeTarget *liveLibrary(StringRef File) const {
    for (const CMakeTarget &T : Reply.Targets)
      if ((T.Type == "STATIC_LIBRARY" || T.Type == "OBJECT_LIBRARY") &&
          is_contained(T.Artifacts, File))
        return isLive(T) ? &T : nullptr;
    return nullptr;
  }

  bool isLive(const CMakeTarget &Library) const {
    return any_of(Library.Sources, [&](const CMakeSource &S) {
      return isCompiledHere(S) && Sources.contains(Sources.spell(S.Path)) && !isInBuild(S.Path);
    });
  }

  bool isInBuild(StringRef Path) const {
    return Path.consume_front(Reply.BuildDir) && Path.starts_with("/");
  }

  void takeSources(const CMakeTarget &Target) {
    if (is_contained(Result.Names, Target.Name))
      return;
    Result.Names.push_back(Target.Name);
    for (const CMakeSource &S : Target.Sources) {
      if (isCompiledHere(S) && !isHeaderMaker(S.Path))
        addSource(S.Path);
      else if (StringRef(S.Path).ends_with(".o"))
        takeInput({LinkInput::Object, S.Path});
      else if (!S.Language.empty() && !isCompiledHere(S))
        takeBuiltObject(Target, S.Path);
    }
  }

  void addSource(StringRef Path) {
    std::string Spelled = Sources.spell(Path);
    if (!is_contained(Result.Sources, Spelled))
      Result.Sources.push_back(Spelled);
  }

  /// What clang's C and C++ front end doesn't compile (an assembler file) is
  /// linked as the build made it.
  void takeBuiltObject(const CMakeTarget &Target, StringRef Source) {
    for (const DatabaseEntry &E : Entries)
      if (E.File == Source && StringRef(E.Output).starts_with(Target.ObjectFolder + "/"))
        return addInput({LinkInput::Object, E.Output});
  }

  void takeInput(LinkInput Input) {
    if (Input.What == LinkInput::Archive || Input.What == LinkInput::WholeArchive ||
        Input.What == LinkInput::Object)
      if (const CMakeTarget *Library = liveLibrary(Input.Name))
        return takeSources(*Library);
    addInput(std::move(Input));
  }

  void addInput(LinkInput Input) {
    if (!is_contained(Result.Link.Inputs, Input))
      Result.Link.Inputs.push_back(std::move(Input));
  }

  Folder Sources;
  const CMakeReply &Reply;
  ArrayRef<DatabaseEntry> Entries;
  BuildTarget Result;
};

} // namespace

//===----------------------------------------------------------------------===//
// A target as the compile database tells it
//===----------------------------------------------------------------------===//

static Error noTarget(const TargetQuery &Query, const std::set<std::string> &Names) {
  return makeError(diag::err_no_target, Query.Name, Query.BuildDir, join(Names, ", "));
}

/// How CMake can be made to tell what a target links.
static std::string howToAskCMake(StringRef BuildDir) {
  return message(diag::note_no_cmake_reply, BuildDir);
}

static Expected<BuildTarget> readFromDatabase(const TargetQuery &Query,
                                              ArrayRef<DatabaseEntry> Entries) {
  Folder Sources(Query.SourceDir);
  BuildTarget Result;
  std::set<std::string> Names;
  for (const DatabaseEntry &E : Entries) {
    std::string File = Sources.spell(E.File);
    StringRef Target = targetOfOutput(E.Output);
    if (!Target.empty())
      Names.insert(Target.str());
    if (isSourceFile(File) && !is_contained(Result.AllSources, File))
      Result.AllSources.push_back(File);
    if (isSourceFile(File) && Target == Query.Name && !is_contained(Result.Sources, File))
      Result.Sources.push_back(File);
  }
  Result.Names.push_back(Query.Name);
  SmallString<256> Cache(Query.BuildDir);
  sys::path::append(Cache, "CMakeCache.txt");
  if (!Names.empty()) {
    if (Result.Sources.empty())
      return noTarget(Query, Names);
    if (sys::fs::exists(Cache))
      Result.Note = howToAskCMake(Query.BuildDir);
    return std::move(Result);
  }
  // Nothing tells one program from another but where its sources lie.
  for (const std::string &File : Result.AllSources)
    if (Sources.contains(File))
      Result.Sources.push_back(File);
  Result.Note = message(diag::note_database_without_targets, Query.BuildDir, Result.Sources.size(),
                        Query.SourceDir);
  return std::move(Result);
}

Expected<BuildTarget> nextframe::readBuildTarget(const TargetQuery &Query) {
  auto Entries = readDatabaseEntries(Query.BuildDir);
  if (!Entries)
    return Entries.takeError();
  std::string Index = findCMakeReply(Query.BuildDir);
  if (Index.empty())
    return readFromDatabase(Query, *Entries);
  auto Reply = readCMakeReply(Index);
  if (!Reply)
    return Reply.takeError();
  const CMakeTarget *Target = Reply->find(Query.Name);
  if (Target && Target->Type == "EXECUTABLE")
    return TargetReader(Query, *Reply, *Entries).read(*Target);
  std::set<std::string> Names;
  for (const CMakeTarget &T : Reply->Targets)
    if (T.Type == "EXECUTABLE")
      Names.insert(T.Name);
  return noTarget(Query, Names);
}
