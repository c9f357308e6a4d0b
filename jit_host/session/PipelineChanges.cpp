//===- PipelineChanges.cpp - What a batch of saves makes stale ------------===//

#include "session/Pipeline.h"
#include "support/Diagnostics.h"
#include "support/Log.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace nextframe;

/// The compile database itself was saved: the units whose command differs now
/// are stale. A database that can't be read (half written by a build) leaves
/// the old commands in force.
void Pipeline::reloadCommands(std::set<UnitId> &Units) {
  if (const BuildTarget *Target = Proj.target())
    CommandOptions.Targets = Target->Names;
  auto Fresh = CompileCommands::create(CommandOptions);
  if (!Fresh) {
    say(Tone::Warning, toString(Fresh.takeError()));
    return;
  }
  Commands = std::move(*Fresh);
  for (const SourceUnit &U : Proj.units())
    if (CompiledWith[U.Id] != Commands.commandFor(U.Path))
      Units.insert(U.Id);
}

/// Gives each new file the name that what is local to it had while it was called
/// otherwise. Looked at with each save until the rename is live: the file may be written
/// in steps, and the old one go before or after.
void Pipeline::nameRenamed(std::set<UnitId> &Units) {
  std::vector<RenamedFiles::NewFile> Files;
  for (UnitId Id : Renames.newUnits()) {
    const SourceUnit &U = *Proj.find(Id);
    Files.push_back({U.File, textOf(U.Path)});
  }
  std::vector<std::string> Former = Renames.match(Files);
  auto Name = [&](UnitId Id, StringRef LocalTo) {
    if (!Proj.setLocalTo(Id, LocalTo))
      return;
    Versions.erase(Id);
    forgetBodies(Id);
    Units.insert(Id);
  };
  for (auto [Id, LocalTo] : zip(Renames.newUnits(), Former))
    if (!LocalTo.empty())
      Name(Id, LocalTo);
  // The others take what is left.
  for (auto [Id, LocalTo] : zip(Renames.newUnits(), Former))
    if (LocalTo.empty())
      Name(Id, "");
}

std::string Pipeline::textOf(StringRef Path) const {
  if (const std::string *Saved = savedText(Path))
    return *Saved;
  auto Read = MemoryBuffer::getFile(Path);
  return Read ? (*Read)->getBuffer().str() : "";
}

Pipeline::Stale Pipeline::takeChanges(ArrayRef<std::string> Paths) {
  Stale Result;
  std::set<UnitId> Units;
  for (const std::string &Path : Paths) {
    Texts::Status Status = Known.read(Path);
    // One that is being written is reported again when it is closed.
    if (Status == Texts::Status::Same)
      Result.Same.push_back(Path);
    if (Status == Texts::Status::Same || Status == Texts::Status::BeingWritten)
      continue;
    Result.Paths.push_back(Path);
    StringRef Name = sys::path::filename(Path);
    if (Name == "compile_commands.json" || Name == "compile_flags.txt")
      reloadCommands(Units);
  }
  for (UnitId Id : Proj.unitsReading(Result.Paths))
    Units.insert(Id);
  Project::Changes Changes = Proj.rescan();
  sayLeftOut();
  // The folder may show what the watcher has not told yet.
  auto AddPath = [&](const std::string &Path) {
    if (!is_contained(Result.Paths, Path))
      Result.Paths.push_back(Path);
  };
  for (const SourceUnit &U : Changes.Added) {
    Units.insert(U.Id);
    AddPath(U.Path);
    if (Live.Started)
      Renames.come(U.Id);
  }
  for (const SourceUnit &U : Changes.Removed) {
    AddPath(U.Path);
    if (auto It = Compiled.find(U.Id); !Renames.forget(U.Id) && It != Compiled.end())
      Renames.gone(U.LocalTo, It->second->Source.Text);
    Compiled.erase(U.Id);
    CompiledWith.erase(U.Id);
    FilesOf.erase(U.Id);
    Versions.erase(U.Id);
    Unreported.erase(U.Id);
    Broken.erase(U.Id);
    forgetBodies(U.Id);
    Units.erase(U.Id);
  }
  nameRenamed(Units);
  Units.insert(Unsettled.begin(), Unsettled.end());
  Unsettled.clear();
  for (const SourceUnit &U : Proj.units())
    if (Units.count(U.Id))
      Result.Units.push_back(U.Id);
  return Result;
}

std::vector<std::string> Pipeline::filesDifferingFromDisk() const {
  std::vector<std::string> Result = filesRead();
  erase_if(Result, [&](const std::string &File) { return !differsFromDisk(File); });
  return Result;
}

std::vector<std::string> Pipeline::filesRead() const {
  StringSet<> Files;
  for (const SourceUnit &U : Proj.units())
    for (const auto &F : Proj.filesReadBy(U.Id))
      Files.insert(F.first());
  std::vector<std::string> Result;
  for (const auto &F : Files)
    Result.push_back(F.first().str());
  return Result;
}
