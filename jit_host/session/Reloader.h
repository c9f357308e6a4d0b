//===- Reloader.h - The background thread that follows saves --------------===//
//
// Who does what: the reload thread waits for saves, compiles, plans and links,
// at a low priority, so that the program's frames come first; the main
// thread runs the program and, at a frame boundary, the commit. They meet in
// FrameBoundary::submit() and awaitCommitted().
//
// A save that comes while a commit is still waiting for its boundary makes that
// commit stale: it is withdrawn, and both saves are judged together.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SESSION_RELOADER_H
#define NEXTFRAME_SESSION_RELOADER_H

#include "session/FrameBoundary.h"
#include "session/Pipeline.h"
#include "session/Report.h"
#include "watch/Watcher.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringSet.h"

#include <atomic>
#include <optional>
#include <set>

namespace nextframe {

class Reloader {
public:
  struct Options {
    bool Manual = false; ///< Apply only when asked to.
    bool DryRun = false; ///< Apply nothing.
  };

  /// All of these outlive the thread.
  Reloader(Options Opts, Pipeline &Pipe, Watcher &Watch, FrameBoundary &Boundary,
           EventStream &Events, const TraceFile &Trace)
      : Opts(Opts), Pipe(Pipe), Watch(Watch), Boundary(Boundary), Events(Events), Trace(Trace) {}

  /// Starts the thread. It ends with the process.
  void start();

  /// Asks for what is ready to be applied (--manual). Any thread, and signal
  /// handlers.
  void requestApply() {
    ApplyRequested.store(true);
    Watch.wake();
  }

  /// Waits until a reload that is live has been reported too: at the program's
  /// end its event would be lost otherwise. Main thread.
  void awaitReports() NF_EXCLUDES(M);

private:
  void run();
  void watchFilesRead();
  void onChanges(llvm::ArrayRef<std::string> Paths, uint64_t SavedNs, bool Early = false);
  static unsigned compileThreads();
  static void awaitQuiet(const ReloadReport &Report);
  bool isMoreComing(const ReloadReport &Report, uint64_t PatienceNs);
  void judgeWholeCompile();
  void reload(ReloadReport Report);
  void apply(std::unique_ptr<Commit> C, ReloadReport Report);
  std::optional<std::chrono::milliseconds> patience() const;
  void tidyUp(bool IsIdle);
  bool showsNoBoundaries() const;
  bool mayRunNow(const Commit &C) const;
  void judgeAgain(const ReloadReport &Report);
  void refuse(const Commit &C, ReloadReport Report, uint64_t SubmittedNs);
  void finish(const Commit &C, ReloadReport Report, uint64_t SubmittedNs);
  void report(ReloadReport Report);
  void finishReports() NF_EXCLUDES(M);

  const Options Opts;
  Pipeline &Pipe;
  Watcher &Watch;
  FrameBoundary &Boundary;
  EventStream &Events;
  const TraceFile &Trace;
  std::atomic<bool> ApplyRequested{false};

  Mutex M;
  ConditionVariable Reported;
  unsigned ReportedGeneration NF_GUARDED_BY(M) = 0;

  // Reload thread only.
  llvm::StringSet<> Watched;
  /// Changed after a compile had read them and before they were watched.
  std::vector<std::string> ChangedUnwatched;
  uint64_t StartNs = 0;
  /// Saved since the last reload that was applied or changed nothing.
  std::set<std::string> PendingFiles;
  /// The file whose whole compile is being judged.
  std::string Checked;
  /// Saved a moment ago, and to be compiled once no other save follows.
  std::vector<std::string> Settling;
  /// Compiled, and to be judged together with saves that are on their way.
  std::optional<ReloadReport> Deferred;
  /// Ready, and waiting to be asked for (--manual).
  struct ReadyReload {
    std::unique_ptr<Commit> C;
    ReloadReport Report;
  };
  std::optional<ReadyReload> Ready;
};

} // namespace nextframe

#endif // NEXTFRAME_SESSION_RELOADER_H
