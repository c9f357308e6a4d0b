//===- UnitCache.cpp - Compiles that an earlier start has made ------------===//

#include "compile/UnitCache.h"
#include "compile/ClangSetup.h"
#include "ir/UnitFile.h"
#include "support/Bytes.h"

#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Frontend/CompilerInstance.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

//===----------------------------------------------------------------------===//
// The files
//===----------------------------------------------------------------------===//

/// There is something that can't be read as a text.
static constexpr uint64_t UnreadableFile = 1;

static uint64_t hashOnDisk(StringRef Path) {
  sys::fs::file_status Status;
  if (sys::fs::status(Path, Status))
    return AbsentFile;
  if (!sys::fs::is_regular_file(Status))
    return UnreadableFile;
  // Volatile: read, not mapped, since somebody may cut it short meanwhile.
  auto Text = MemoryBuffer::getFile(Path, /*IsText=*/false, /*RequiresNullTerminator=*/false,
                                    /*IsVolatile=*/true);
  return Text ? hashText((*Text)->getBuffer()) : UnreadableFile;
}

uint64_t FilesNow::hashOf(StringRef Path) {
  {
    MutexLock Lock(M);
    if (auto It = Hashes.find(Path); It != Hashes.end())
      return It->second;
  }
  auto Saved = Texts.find(Path);
  uint64_t Hash = Saved != Texts.end() ? hashText(*Saved->second) : hashOnDisk(Path);
  MutexLock Lock(M);
  return Hashes.try_emplace(Path, Hash).first->second;
}

bool FilesNow::isAsRead(const FileRead &File) { return hashOf(File.Path) == File.Hash; }

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

/// Returns what clang's driver makes of the command of \p Job on this machine: the header
/// folders that it finds, the settings in its configuration files and the environment.
/// Empty where the command is wrong.
static std::string driverSettings(const CompileJob &Job, StringRef ResourceDir) {
  auto FS = fileSystem({}, Job.Command.Directory);
  clang::DiagnosticOptions DiagOpts;
  clang::IgnoringDiagConsumer Ignore;
  auto Diags = clang::CompilerInstance::createDiagnostics(*FS, DiagOpts, &Ignore,
                                                          /*ShouldOwnClient=*/false);
  std::vector<std::string> Arguments;
  if (!makeInvocation(Job, ResourceDir, *Diags, FS, &Arguments))
    return "";
  return join(Arguments, "\n");
}

/// The same for all files of a kind that have the same flags: asked for once.
std::string UnitCache::settingsOf(const CompileJob &Job) {
  CacheKey Flags;
  Flags << Job.Command.Directory << sys::path::extension(Job.Command.File);
  for (const std::string &A : Job.Command.Arguments)
    Flags << (A == Job.Command.File ? StringRef() : StringRef(A));
  // (Under the lock: who else asks mostly asks for the same.)
  MutexLock Lock(M);
  auto [It, IsNew] = Settings.try_emplace(Flags.str());
  if (IsNew) {
    CompileJob Any = Job;
    std::string Name = ("file" + sys::path::extension(Job.Command.File)).str();
    std::replace(Any.Command.Arguments.begin(), Any.Command.Arguments.end(), Any.Command.File,
                 Name);
    It->second = driverSettings(Any, How.ResourceDir);
  }
  return It->second;
}

/// Whether code of others is loaded into the compiler.
static bool hasPlugins(StringRef Settings) {
  return Settings.contains("-load\n") || Settings.contains("-fpass-plugin=") ||
         Settings.contains("-fplugin");
}

/// Empty for what is not kept.
std::string UnitCache::keyOf(const CompileJob &Job) {
  std::string Settings = settingsOf(Job);
  if (Settings.empty() || hasPlugins(Settings))
    return "";
  CacheKey Key;
  Key << "compile" << Host << How.Colors << How.ResourceDir << Job.File << Job.LocalTo
      << Job.Command.Directory << Job.Command.File << uint64_t(Job.Command.Arguments.size());
  for (const std::string &A : Job.Command.Arguments)
    Key << A;
  return (Key << Settings).str();
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

namespace nextframe {

/// A state of the files, and the key of what the compile came to.
struct KnownCompile {
  std::vector<FileRead> Files;
  std::string Key;
};

template <typename C, OneOf<FileRead> T> static void code(C &Code, T &Value) {
  auto &[Path, Hash] = Value;
  Code(Path, Hash);
}

template <typename C, OneOf<KnownCompile> T> static void code(C &Code, T &Value) {
  auto &[Files, Key] = Value;
  Code(Files, Key);
}

template <typename C, OneOf<SourceDiagnostic> T> static void code(C &Code, T &Value) {
  auto &[Severity, File, Line, Column, Message] = Value;
  Code(Severity, File, Line, Column, Message);
}

/// What an entry of a compile begins with; the unit and its bitcode follow.
struct CompileHead {
  std::vector<SourceDiagnostic> Diagnostics;
  std::string Rendered;
  uint64_t UnitBytes = 0;
};

template <typename C, OneOf<CompileHead> T> static void code(C &Code, T &Value) {
  auto &[Diagnostics, Rendered, UnitBytes] = Value;
  Code(Diagnostics, Rendered, UnitBytes);
}

} // namespace nextframe

template <typename T> static SmallVector<char, 0> toBytes(const T &Value) {
  SmallVector<char, 0> Bytes;
  ByteWriter Writer(Bytes);
  Writer(Value);
  return Bytes;
}

/// Leaves \p Value as it is, more or less, where \p Bytes can't be one.
template <typename T> static bool fromBytes(StringRef Bytes, T &Value) {
  ByteReader Reader(Bytes);
  Reader(Value);
  return Reader.isThrough();
}

static StringRef text(const SmallVectorImpl<char> &Bytes) { return {Bytes.data(), Bytes.size()}; }

static std::vector<KnownCompile> knownCompiles(const DiskCache &Disk, StringRef Key) {
  std::vector<KnownCompile> Known;
  std::unique_ptr<MemoryBuffer> List = Disk.load(Key);
  if (!List || !fromBytes(List->getBuffer(), Known))
    Known.clear();
  return Known;
}

static std::optional<CompileResult> load(const DiskCache &Disk, StringRef Key,
                                         const CompileJob &Job) {
  std::shared_ptr<const MemoryBuffer> Entry = Disk.load(Key);
  uint64_t HeadBytes = 0;
  if (!Entry || Entry->getBufferSize() < sizeof(HeadBytes))
    return std::nullopt;
  StringRef Rest = Entry->getBuffer();
  std::memcpy(&HeadBytes, Rest.data(), sizeof(HeadBytes));
  Rest = Rest.drop_front(sizeof(HeadBytes));
  CompileHead Head;
  if (!fromBytes(Rest.take_front(HeadBytes), Head))
    return std::nullopt;
  Rest = Rest.drop_front(HeadBytes);
  std::shared_ptr<CompiledUnit> Unit =
      readUnit(Rest.take_front(Head.UnitBytes), Rest.drop_front(Head.UnitBytes), std::move(Entry));
  if (!Unit)
    return std::nullopt;
  Unit->Id = Job.Id; // Another start may number the files otherwise.
  CompileResult Result;
  Result.Unit = std::move(Unit);
  Result.Diagnostics = std::move(Head.Diagnostics);
  Result.Rendered = std::move(Head.Rendered);
  return Result;
}

std::optional<CompileResult> UnitCache::find(const CompileJob &Job, FilesNow &Now) {
  TimeTraceScope Scope("Find compile", Job.File);
  std::string Key = keyOf(Job);
  if (Key.empty())
    return std::nullopt;
  for (KnownCompile &Known : knownCompiles(Disk, Key)) {
    if (!all_of(Known.Files, [&](const FileRead &F) { return Now.isAsRead(F); }))
      continue;
    std::optional<CompileResult> Result = load(Disk, Known.Key, Job);
    if (Result)
      Result->FilesRead = std::move(Known.Files);
    return Result;
  }
  return std::nullopt;
}

void UnitCache::keep(const CompileJob &Job, const CompileResult &Result) {
  TimeTraceScope Scope("Keep compile", Job.File);
  std::string Key = keyOf(Job);
  if (Key.empty() || !Result.Unit || Result.DependsOnMore)
    return;
  CacheKey OfResult;
  OfResult << Key;
  for (const FileRead &F : Result.FilesRead)
    OfResult << F.Path << F.Hash;
  std::string ResultKey = OfResult.str();
  SmallVector<char, 0> Unit = writeUnit(*Result.Unit);
  auto Head = toBytes(CompileHead{Result.Diagnostics, Result.Rendered, Unit.size()});
  auto HeadBytes = toBytes(uint64_t(Head.size()));
  Disk.store(ResultKey,
             {text(HeadBytes), text(Head), text(Unit), Result.Unit->bitcode().getBuffer()});

  // Who goes back and forth between branches finds both.
  constexpr size_t Most = 4;
  std::vector<KnownCompile> Known = knownCompiles(Disk, Key);
  erase_if(Known, [&](const KnownCompile &K) { return K.Key == ResultKey; });
  Known.insert(Known.begin(), {Result.FilesRead, ResultKey});
  Known.resize(std::min(Known.size(), Most));
  Disk.store(Key, text(toBytes(Known)));
}
