//===- CompileCommands.cpp - With which flags a file is compiled ----------===//

#include "compile/CompileCommands.h"
#include "compile/CommandFlags.h"
#include "compile/Profiling.h"
#include "support/Diagnostics.h"
#include "support/ObjectPaths.h"

#include "clang/Tooling/ArgumentsAdjusters.h"
#include "clang/Tooling/CompilationDatabase.h"
#include "clang/Tooling/JSONCompilationDatabase.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace nextframe;
namespace tooling = clang::tooling;

class CompileCommands::Database {
public:
  std::unique_ptr<tooling::CompilationDatabase> Known;
  PrecompiledHeaders Headers;
};

CompileCommands::CompileCommands(Options Opts) : Opts(std::move(Opts)) {}
CompileCommands::CompileCommands(CompileCommands &&) = default;
CompileCommands &CompileCommands::operator=(CompileCommands &&) = default;
CompileCommands::~CompileCommands() = default;

/// Returns the nearest database in \p Dir or above it, or "": in one folder
/// compile_commands.json goes before compile_flags.txt, as for clangd.
static std::string findDatabase(StringRef Dir) {
  for (SmallString<256> Here(Dir); !Here.empty(); Here = sys::path::parent_path(Here))
    for (StringRef Name : {"compile_commands.json", "compile_flags.txt"}) {
      SmallString<256> Candidate(Here);
      sys::path::append(Candidate, Name);
      if (sys::fs::is_regular_file(Candidate))
        return Candidate.str().str();
    }
  return "";
}

static Expected<std::unique_ptr<tooling::CompilationDatabase>> loadJSON(StringRef File) {
  std::string Why;
  std::unique_ptr<tooling::CompilationDatabase> DB = tooling::JSONCompilationDatabase::loadFromFile(
      File, Why, tooling::JSONCommandLineSyntax::AutoDetect);
  if (!DB)
    return makeError(diag::err_bad_database, File, Why);
  // Response files are opened, and a file without an entry borrows one.
  return tooling::inferMissingCompileCommands(
      tooling::expandResponseFiles(std::move(DB), vfs::getRealFileSystem()));
}

static Expected<std::unique_ptr<tooling::CompilationDatabase>> loadFlags(StringRef File) {
  std::string Why;
  std::unique_ptr<tooling::CompilationDatabase> DB =
      tooling::FixedCompilationDatabase::loadFromFile(File, Why);
  if (!DB)
    return makeError(diag::err_bad_database, File, Why);
  return std::move(DB);
}

Expected<CompileCommands> CompileCommands::create(Options Opts) {
  CompileCommands Result(std::move(Opts));
  Result.DB = std::make_unique<Database>();
  std::string File;
  if (Result.Opts.BuildDir.empty()) {
    File = findDatabase(Result.Opts.SourceDir);
  } else {
    SmallString<256> Path(Result.Opts.BuildDir);
    sys::path::append(Path, "compile_commands.json");
    if (!sys::fs::is_regular_file(Path))
      return makeError(diag::err_no_database, Result.Opts.BuildDir);
    File = Path.str().str();
  }
  if (File.empty())
    return std::move(Result);
  auto Known = File.ends_with(".json") ? loadJSON(File) : loadFlags(File);
  if (!Known)
    return Known.takeError();
  Result.DB->Known = std::move(*Known);
  Result.DB->Headers.learn(Result.DB->Known->getAllCompileCommands());
  Result.DatabaseFile = File;
  return std::move(Result);
}

static std::vector<std::string> defaultFlags(StringRef File) {
  if (sys::path::extension(File) == ".c")
    return {"clang", "-O0", "-g"};
  return {"clang++", "-std=c++20", "-O0", "-g"};
}

/// Returns the one of a file's \p Commands that is meant.
static const tooling::CompileCommand &choose(ArrayRef<tooling::CompileCommand> Commands,
                                             ArrayRef<std::string> Targets) {
  for (const tooling::CompileCommand &C : Commands) {
    StringRef Output = C.Output;
    for (size_t I = 0; Output.empty() && I + 1 < C.CommandLine.size(); ++I)
      if (C.CommandLine[I] == "-o")
        Output = C.CommandLine[I + 1];
    SmallString<256> Path(Output);
    sys::path::make_absolute(C.Directory, Path);
    if (is_contained(Targets, targetOfOutput(Path)))
      return C;
  }
  return Commands.front();
}

CompileCommand CompileCommands::commandFor(StringRef File) const {
  std::vector<std::string> Args;
  std::string Directory = Opts.SourceDir;
  if (DB->Known) {
    auto Commands = DB->Known->getCompileCommands(File);
    if (!Commands.empty()) {
      const tooling::CompileCommand &Chosen = choose(Commands, Opts.Targets);
      Args = Chosen.CommandLine;
      if (!Chosen.Directory.empty())
        Directory = Chosen.Directory;
    }
  }
  if (Args.empty()) {
    Args = defaultFlags(File);
    Args.push_back(File.str());
  }
  // No files are written: neither objects nor dependencies.
  auto Adjust = tooling::combineAdjusters(tooling::getClangStripOutputAdjuster(),
                                          tooling::getClangStripDependencyFileAdjuster());
  Args = tooling::combineAdjusters(Adjust, tooling::getClangSyntaxOnlyAdjuster())(Args, File);
  // What is in a compile_flags.txt was written for clang, by hand: a mistake in it
  // is for clang to tell.
  AdaptedFlags Adapted{Args, {}};
  if (StringRef(DatabaseFile).ends_with(".json"))
    Adapted = adaptFlags(Args, File, Directory, DB->Headers);
  Args = std::move(Adapted.Arguments);
  Args.insert(Args.begin() + 1, Opts.ExtraArgsBefore.begin(), Opts.ExtraArgsBefore.end());
  // A C file in a compile_flags.txt of C++ flags would be refused for its -std.
  if (sys::path::extension(File) == ".c")
    erase_if(Args,
             [](StringRef A) { return A.starts_with("-std=c++") || A.starts_with("-std=gnu++"); });

  // What a live program needs, last but before "--", where only files follow.
  std::vector<std::string> Live = Opts.ExtraArgs;
  Live.insert(Live.end(), {"-fPIC", "-femulated-tls", "-gno-split-dwarf", "-fno-lto",
                           "-DNEXTFRAME_LIVE=1", "-I" + Opts.HeaderDir});
  Args.insert(std::find(Args.begin(), Args.end(), "--"), Live.begin(), Live.end());
  std::vector<std::string> Profiling = takeProfilingFlags(Args);
  SanitizerUse Sanitizers = sanitizersOf(Args);
  return {Directory,
          File.str(),
          std::move(Args),
          std::move(Adapted.LeftOut),
          std::move(Profiling),
          std::move(Sanitizers)};
}
