//===- Session.h - One run of one program ---------------------------------===//

#ifndef NEXTFRAME_SESSION_SESSION_H
#define NEXTFRAME_SESSION_SESSION_H

#include "link/Libraries.h"
#include "session/FrameBoundary.h"
#include "session/Pipeline.h"
#include "session/Reloader.h"
#include "session/Report.h"
#include "state/Homes.h"
#include "support/DiskCache.h"
#include "support/Trace.h"
#include "watch/Watcher.h"

#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace nextframe {

/// What the command line says; see --help.
struct SessionOptions {
  std::string SourceDir; ///< As given: relative or absolute; empty: the target's own.
  std::string BuildDir;
  std::string Target; ///< Of the build in BuildDir; empty: all that is in SourceDir.
  std::vector<std::string> ExtraArgs, ExtraArgsBefore;
  std::vector<std::string> Libraries, LibraryDirs;
  std::vector<std::string> LinkedFiles; ///< Archives, objects, shared libraries.
  bool ExportSymbols = false;           ///< As a link with -rdynamic does.
  uint64_t Frames = 0;
  std::string EventsFile;
  std::string TimeTraceFile;
  /// Where what a start compiles is kept for the next one; empty: nowhere.
  std::string CacheDir;
  llvm::CachePruningPolicy CachePolicy;
  bool PerfMap = false;
  bool Manual = false;
  bool DryRun = false;
  uint64_t ScreenshotFrame = 0;
  std::string ScreenshotFile;
  std::vector<std::string> ProgramArgs;
};

/// Compiles and links the program, starts the reload thread, and runs main.
/// Main thread only. Lives until the process ends.
class Session {
public:
  /// Errors when the options name something that isn't there: the status is 2.
  static llvm::Expected<std::unique_ptr<Session>> create(SessionOptions Opts);

  /// Makes the program ready to run. Returns false when it doesn't compile or
  /// link; all that is wrong with it has been said then.
  bool start();

  /// Runs the program's main and leaves with its status.
  [[noreturn]] void runProgram();

private:
  explicit Session(SessionOptions Opts);
  llvm::Error setUp();
  llvm::Expected<Project> findProject();
  llvm::Expected<Prebuilt> loadLibraries(const Project &Proj, llvm::StringRef Sanitizer);
  llvm::Error addLinked(const LinkInput &Input, llvm::ArrayRef<std::string> Dirs, Prebuilt &Files);
  void setArguments(const Project &Proj);
  void runInitialisers(std::unique_ptr<Commit> C);
  void installExit();

  SessionOptions Opts;
  std::string SourceDir; ///< Absolute.
  std::string BuildDir;  ///< Absolute or empty.
  std::vector<char *> Argv;
  std::string ProgramName;
  TraceFile Trace;
  uint64_t StartNs;
  EventStream Events;
  Homes Data;
  std::unique_ptr<Libraries> Libs;
  std::unique_ptr<FrameBoundary> Boundary;
  std::unique_ptr<DiskCache> Cache; ///< Null: nothing is kept.
  StartReport Started;
  std::unique_ptr<Pipeline> Pipe;
  std::unique_ptr<Watcher> Watch;
  std::unique_ptr<Reloader> Reload;
};

} // namespace nextframe

#endif // NEXTFRAME_SESSION_SESSION_H
