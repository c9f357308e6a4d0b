//===- Report.h - What is said about a reload: a line and an event --------===//

#ifndef NEXTFRAME_SESSION_REPORT_H
#define NEXTFRAME_SESSION_REPORT_H

#include "plan/Plan.h"
#include "support/Mutex.h"
#include "support/SourceDiagnostic.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llvm {
class raw_fd_ostream;
} // namespace llvm

namespace nextframe {

enum class Outcome { Applied, Unchanged, Failed, Refused, Ready };

/// What was compiled for a reload.
enum class Route {
  Remembered, ///< Nothing: the text was compiled before.
  Live,       ///< The bodies that were edited, in a syntax tree that was kept.
  Bodies,     ///< The bodies that were edited, and all declarations around them.
  Whole,      ///< Whole files.
  Check,      ///< Whole files, after a reload of bodies: it had missed something.
};

/// Everything that the report of one reload says. Names are as the user wrote
/// them, files relative to the source folder.
struct ReloadReport {
  unsigned Generation = 0; ///< How many reloads have been applied, this included.
  Outcome Result = Outcome::Failed;
  std::vector<std::string> Files;
  std::vector<std::string> Replaced, Added, Removed;
  std::vector<KeptVariable> Kept;
  std::vector<std::string> Reset;
  std::vector<std::string> Notes;
  std::vector<SourceDiagnostic> Diagnostics;
  /// The diagnostics as clang prints them.
  std::string Rendered;
  /// How many objects of code are in memory: what is live, and what may come back or
  /// is still in use.
  size_t CodeObjects = 0;
  Route Way = Route::Remembered;
  size_t Compiled = 0;  ///< How many files the compiler has read in: not those that were known.
  size_t Generated = 0; ///< How many objects were generated, those that were known left out.
  unsigned Bodies = 0;  ///< How many were compiled, with Route::Live and Route::Bodies.
  uint64_t SavedNs = 0;
  std::optional<uint64_t> LiveNs, PauseNs;
  struct {
    double Detect = 0, Compile = 0, Codegen = 0, Link = 0, Wait = 0, Commit = 0;
  } PhasesMs;
};

/// What the start of a program has come to.
struct StartReport {
  size_t Units = 0, Functions = 0;
  /// How many files were compiled, and objects generated, for it: what an earlier start
  /// had left in the cache was not.
  size_t Compiled = 0, Generated = 0;
  double StartupMs = 0;
};

/// The line of the report, without the "nextframe: " in front.
std::string reportLine(const ReloadReport &R);

/// Writes the event stream (docs/events.md): one JSON object a line, flushed at
/// once. Thread-safe. Where no stream was asked for, every call does nothing.
class EventStream {
public:
  EventStream();
  ~EventStream();

  /// \p File is a path, or "-" for standard error. Errors when it can't be
  /// opened.
  llvm::Error open(llvm::StringRef File);

  void ready(const StartReport &R) NF_EXCLUDES(M);
  void reload(const ReloadReport &R) NF_EXCLUDES(M);
  /// The whole compile of \p File, after a reload of bodies, \p Agrees with what is live;
  /// what it had to say is in \p R.
  void checked(llvm::StringRef File, bool Agrees, const ReloadReport &R) NF_EXCLUDES(M);
  void prepared(llvm::StringRef File) NF_EXCLUDES(M);
  void exit(int Status) NF_EXCLUDES(M);

private:
  void write(llvm::StringRef Line) NF_EXCLUDES(M);

  Mutex M;
  std::unique_ptr<llvm::raw_fd_ostream> OS NF_GUARDED_BY(M);
};

} // namespace nextframe

#endif // NEXTFRAME_SESSION_REPORT_H
