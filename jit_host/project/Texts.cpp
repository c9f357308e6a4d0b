//===- Texts.cpp - The text of files as it was when a save had settled ----===//

#include "project/Texts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <optional>

using namespace llvm;
using namespace nextframe;

SeenTexts::SeenTexts(ArrayRef<FileRead> Files) {
  auto Map = std::make_shared<StringMap<uint64_t>>();
  for (const FileRead &F : Files)
    Map->try_emplace(F.Path, F.Hash);
  All = std::move(Map);
}

std::optional<uint64_t> SeenTexts::hash(StringRef Path) const {
  if (auto It = Newer.find(Path); It != Newer.end())
    return It->second;
  if (!All)
    return std::nullopt;
  auto It = All->find(Path);
  return It == All->end() ? std::nullopt : std::optional<uint64_t>(It->second);
}

std::vector<std::string> SeenTexts::paths() const {
  std::vector<std::string> Result;
  if (All)
    for (const auto &File : *All)
      Result.push_back(File.first().str());
  return Result;
}

void SeenTexts::set(StringRef Path, uint64_t Hash) {
  if (hash(Path))
    Newer[Path] = Hash;
}

/// Returns what tells two states of a file apart without reading it.
static std::optional<std::pair<sys::TimePoint<>, uint64_t>> stampOf(StringRef Path) {
  sys::fs::file_status Status;
  if (sys::fs::status(Path, Status) || !sys::fs::is_regular_file(Status))
    return std::nullopt;
  return std::pair(Status.getLastModificationTime(), Status.getSize());
}

Texts::Status Texts::read(StringRef Path) {
  auto Before = stampOf(Path);
  // Volatile: a mapped file would change under us.
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false, /*RequiresNullTerminator=*/false,
                                      /*IsVolatile=*/true);
  if (!Before || !Buffer) {
    Overlay.erase(Path);
    Changed.insert(Path);
    return Hashes.erase(Path) ? Status::Gone : Status::Same;
  }
  if (stampOf(Path) != Before)
    return Status::BeingWritten;
  uint64_t Hash = hashText((*Buffer)->getBuffer());
  auto [It, New] = Hashes.try_emplace(Path, Hash);
  if (!New && It->second == Hash)
    return Status::Same;
  It->second = Hash;
  Changed.insert(Path);
  Overlay[Path] = std::make_shared<const std::string>((*Buffer)->getBuffer());
  return Status::Changed;
}

void Texts::note(const FileRead &File) {
  // What was read here is newer than what a compile found on the disk.
  if (File.Hash == AbsentFile)
    Missed.insert(File.Path);
  else if (Hashes.try_emplace(File.Path, File.Hash).second && Missed.contains(File.Path))
    Changed.insert(File.Path); // It has come while nobody looked.
}

bool Texts::isNewest(const SeenTexts &Seen, function_ref<bool(StringRef)> MayDiffer) const {
  return all_of(Changed, [&](const auto &File) {
    std::optional<uint64_t> Then = Seen.hash(File.first());
    return !Then || *Then == hash(File.first()) || (MayDiffer && MayDiffer(File.first()));
  });
}

bool Texts::differsFromDisk(StringRef Path) const {
  if (Path.starts_with("/usr/"))
    return false;
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false, /*RequiresNullTerminator=*/false,
                                      /*IsVolatile=*/true);
  // One that is cut to nothing is being written, and is reported when it is closed.
  if (Buffer && (*Buffer)->getBufferSize() == 0)
    return false;
  return hash(Path) != (Buffer ? hashText((*Buffer)->getBuffer()) : AbsentFile);
}

uint64_t Texts::hash(StringRef Path) const {
  auto It = Hashes.find(Path);
  return It == Hashes.end() ? AbsentFile : It->second;
}
