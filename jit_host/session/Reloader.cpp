//===- Reloader.cpp - The background thread that follows saves ------------===//

#include "session/Reloader.h"
#include "ir/Names.h"
#include "link/DebugObject.h"
#include "session/ProgramRuntime.h"
#include "support/Clock.h"
#include "support/Diagnostics.h"
#include "support/Log.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Support/thread.h"

#include <csignal>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

using namespace llvm;
using namespace nextframe;

/// A program that has shown no boundary for so long gets changes of code alone
/// at once.
static constexpr uint64_t BoundaryPatienceNs = 1'000'000'000;

/// How long a reload waits for saves that keep coming in, before it is judged and
/// before its failure is reported.
static constexpr uint64_t BatchPatienceNs = 300'000'000;
static constexpr uint64_t FailurePatienceNs = 2'000'000'000;

/// How long a program is left alone after its start, before its newest files are made
/// ready for edits.
static constexpr uint64_t RestNs = 1'000'000'000;

/// clang recurses deeply in deep templates and expressions.
static constexpr unsigned StackBytes = 256u << 20;

/// The program's signals are for the program's threads. Faults of the reload
/// thread itself stay its own.
static void leaveSignalsToTheProgram(sigset_t &Old) {
  sigset_t All;
  sigfillset(&All);
  for (int Fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT})
    sigdelset(&All, Fault);
  pthread_sigmask(SIG_SETMASK, &All, &Old);
}

void Reloader::start() {
  StartNs = nowNs();
  // A thread inherits the mask of its maker.
  sigset_t Old;
  leaveSignalsToTheProgram(Old);
  llvm::thread Thread(std::optional<unsigned>(StackBytes), [this] { run(); });
  Thread.detach();
  pthread_sigmask(SIG_SETMASK, &Old, nullptr);
}

void Reloader::run() {
  // Measured: at normal priority a compile costs the program's worst frame tens
  // of milliseconds on a busy machine, at this one a few.
  // (Lower still, and a machine whose cores are all busy starves the reload.)
  // (tests/lit/live.py knows this number.)
  constexpr int LowPriority = 10;
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), LowPriority);
  pthread_setname_np(pthread_self(), ReloadThreadName);
  Trace.beginThread();
  watchFilesRead();
  Pipe.pruneCache();
  while (true) {
    Watcher::Batch Batch;
    if (ChangedUnwatched.empty())
      Batch = Watch.wait(patience(), /*MayBeEarly=*/!Deferred);
    for (const std::string &P : Batch.Problems)
      say(Tone::Warning, P);
    std::vector<std::string> Paths = std::exchange(ChangedUnwatched, {});
    for (const Change &C : Batch.Changes)
      Paths.push_back(C.Path);
    bool IsSettled = !Settling.empty() && (!Paths.empty() || !Watch.pending());
    if (IsSettled) {
      append_range(Paths, std::exchange(Settling, {}));
      Deferred->PhasesMs.Detect = millisBetween(Deferred->SavedNs, nowNs());
    }
    if (!Paths.empty())
      onChanges(Paths, Batch.FirstNs ? Batch.FirstNs : nowNs(), Batch.Early);
    else if (!Settling.empty())
      continue;
    else if (Deferred && Pipe.isUnsettled())
      onChanges(Pipe.filesDifferingFromDisk(), Deferred->SavedNs);
    else if (Deferred && !Batch.Woken)
      reload(*std::exchange(Deferred, std::nullopt)); // Nothing came of what was seen.
    if (!Deferred && ApplyRequested.exchange(false) && Ready) {
      ReadyReload R = std::move(*Ready);
      Ready.reset();
      apply(std::move(R.C), std::move(R.Report));
    }
    if (!Deferred)
      judgeWholeCompile();
    finishReports();
    if (!Deferred) {
      if (nowNs() - StartNs >= RestNs)
        Pipe.readyNewestFiles();
      Pipe.startBackgroundCompile();
    }
    tidyUp(/*IsIdle=*/Paths.empty());
  }
}

/// How long to wait for the next save when there is something else to do.
std::optional<std::chrono::milliseconds> Reloader::patience() const {
  if (!Settling.empty())
    return Watcher::Options().Quiet;
  // What is deferred is looked at again, also where nothing more comes.
  if (Deferred || Pipe.isDroppingCode())
    return std::chrono::milliseconds(100);
  if (Pipe.hasMovedLines())
    return std::chrono::milliseconds(isTraced() ? 0 : 300);
  if (uint64_t Passed = nowNs() - StartNs; Passed < RestNs)
    return std::chrono::milliseconds((RestNs - Passed) / 1'000'000 + 1);
  return std::nullopt;
}

/// What nobody waits for. Generating code takes its time, so moved lines have to wait
/// until no save has come for a while.
void Reloader::tidyUp(bool IsIdle) {
  if (Deferred)
    return;
  auto Stop = [&] { return Watch.pending(); };
  Pipe.freeDropped();
  if (IsIdle)
    Pipe.refreshLines(Stop);
  Pipe.dropOldCode(Boundary.count(), showsNoBoundaries(), Stop);
}

/// As many as there are cores: they have the low priority of this thread.
unsigned Reloader::compileThreads() {
  return std::max(1u, hardware_concurrency().compute_thread_count());
}

/// Watches what the units read, and compares what had no watch while it was
/// compiled with what the compile saw.
void Reloader::watchFilesRead() {
  std::vector<std::string> Files = Pipe.filesRead();
  if (!Pipe.databaseFile().empty())
    Files.push_back(Pipe.databaseFile().str());
  for (const std::string &File : Files) {
    if (!Watched.insert(File).second)
      continue;
    if (Error Err = Watch.addFile(File))
      say(Tone::Warning, toString(std::move(Err)));
    else if (!Pipe.project().contains(File) && Pipe.differsFromDisk(File))
      // (The source folder has been watched since before anything was read.)
      ChangedUnwatched.push_back(File);
  }
}

/// Compiles and judges what a batch of saves comes to. An \p Early one is compiled at once
/// where that is cheap: whoever saves several files as one act, or one in several steps,
/// does so within moments. Else it waits until nothing more comes.
void Reloader::onChanges(ArrayRef<std::string> Paths, uint64_t SavedNs, bool Early) {
  TimeTraceScope Scope(Early ? "Reload at once" : "Reload");
  ReloadReport Report = Deferred ? std::move(*Deferred) : ReloadReport();
  if (!Deferred) {
    Report.SavedNs = SavedNs;
    Report.PhasesMs.Detect = millisBetween(SavedNs, nowNs());
  }
  bool WasDeferred = std::exchange(Deferred, std::nullopt).has_value();
  Pipeline::Stale Stale = Pipe.takeChanges(Paths);
  // Saved as it was (which is said), or nothing that the program is made of.
  bool OnlySame = Stale.Paths.empty() && !Pipe.project().unitsReading(Stale.Same).empty();
  if (Stale.Units.empty() && !OnlySame && !WasDeferred && none_of(Stale.Paths, isSourceFile))
    return;
  const std::vector<std::string> &Saved = OnlySame ? Stale.Same : Stale.Paths;
  for (const std::string &P : Saved)
    PendingFiles.insert(Pipe.project().displayPath(P));
  // What has been saved since is to be answered, whatever comes of the check.
  if (Report.Way == Route::Check && !Saved.empty()) {
    Report = ReloadReport();
    Report.SavedNs = SavedNs;
    Report.PhasesMs.Detect = millisBetween(SavedNs, nowNs());
    Checked.clear();
  }
  if (Early && !Pipe.compileAtOnce(Stale.Units, Report)) {
    Settling = Paths.vec();
    Deferred = std::move(Report);
    return;
  }
  if (!Early)
    Pipe.compile(Stale.Units, compileThreads(), Report);
  if (Report.Way == Route::Whole)
    watchFilesRead();
  if (Early)
    awaitQuiet(Report);
  if (isMoreComing(Report, BatchPatienceNs))
    Deferred = std::move(Report);
  else
    reload(std::move(Report));
}

/// Text that was compiled before is ready in no time: the next file of one act of saving
/// may only be on its way.
void Reloader::awaitQuiet(const ReloadReport &Report) {
  constexpr uint64_t QuietNs = 1'000'000;
  uint64_t Passed = nowNs() - Report.SavedNs;
  if (Passed < QuietNs)
    std::this_thread::sleep_for(std::chrono::nanoseconds(QuietNs - Passed));
}

/// Whether what has been compiled is to be judged together with saves that have
/// been seen meanwhile: several files saved as one act come in one after the
/// other, on a busy machine with pauses between them. Whoever saves without end
/// is answered all the same, sooner where the answer is good news.
bool Reloader::isMoreComing(const ReloadReport &Report, uint64_t PatienceNs) {
  // Asked first: what has been seen is answered by another batch, be it an empty one.
  bool Pending = Watch.pending();
  return Pipe.isUnsettled() || (Pending && nowNs() - Report.SavedNs < PatienceNs);
}

/// The whole compile that followed a compile of bodies alone is judged as if the file
/// had been saved again. Almost always nothing comes of it. While there is something that
/// could not be made live, it waits: all that would come of it is to say that again.
void Reloader::judgeWholeCompile() {
  if (!PendingFiles.empty())
    return;
  ReloadReport Report;
  std::string File = Pipe.takeWholeCompile(Report);
  for (const std::string &Prepared : Pipe.takePrepared())
    Events.prepared(Prepared);
  if (File.empty())
    return;
  TimeTraceScope Scope("Check");
  Report.SavedNs = nowNs();
  Report.Way = Route::Check;
  watchFilesRead();
  PendingFiles.insert(File);
  Checked = File;
  reload(std::move(Report));
}

void Reloader::reload(ReloadReport Report) {
  if (Ready) {
    Ready.reset();
    Pipe.discard();
  }
  Report.Files.assign(PendingFiles.begin(), PendingFiles.end());
  std::unique_ptr<Commit> C = Pipe.prepare(/*Threads=*/1, Report);
  Report.Generation = Boundary.generation();
  if (Report.Way == Route::Check) {
    bool Agrees = !C && Report.Result == Outcome::Unchanged;
    Events.checked(std::exchange(Checked, ""), Agrees, Report);
    if (Agrees) {
      PendingFiles.clear();
      Pipe.reported();
      return sayRaw(Report.Rendered);
    }
  }
  if (!C) {
    if (Report.Result != Outcome::Unchanged && isMoreComing(Report, FailurePatienceNs))
      return judgeAgain(Report);
    if (Report.Result == Outcome::Unchanged)
      PendingFiles.clear();
    return report(Report);
  }
  if (Opts.DryRun) {
    Pipe.discard();
    return report(Report);
  }
  if (Opts.Manual) {
    report(Report);
    Report.Rendered.clear(); // Said once.
    Report.Diagnostics.clear();
    Ready = {std::move(C), std::move(Report)};
    return;
  }
  apply(std::move(C), std::move(Report));
}

bool Reloader::showsNoBoundaries() const {
  return nowNs() - std::max(Boundary.lastNs(), StartNs) > BoundaryPatienceNs;
}

bool Reloader::mayRunNow(const Commit &C) const {
  return !C.needsBoundary() && showsNoBoundaries();
}

void Reloader::apply(std::unique_ptr<Commit> C, ReloadReport Report) {
  uint64_t Submitted = nowNs();
  if (mayRunNow(*C)) {
    Boundary.runNow(*C);
    return finish(*C, std::move(Report), Submitted);
  }
  const Commit &Waiting = *C;
  Boundary.submit(std::move(C));
  for (bool Told = false;;) {
    constexpr std::chrono::milliseconds Step{20};
    if (std::unique_ptr<Commit> Done = Boundary.awaitCommitted(Step))
      return finish(*Done, std::move(Report), Submitted);
    // (It is still there: only this thread takes a commit that has been run.)
    bool RunNow = mayRunNow(Waiting), Stale = Watch.pending();
    if (RunNow || Stale) {
      std::unique_ptr<Commit> Back = Boundary.withdraw();
      if (!Back)
        continue; // It is being run this moment.
      if (RunNow) {
        Boundary.runNow(*Back);
        return finish(*Back, std::move(Report), Submitted);
      }
      Pipe.discard();
      ApplyRequested.store(Opts.Manual); // What was asked for still is.
      return judgeAgain(Report);
    }
    if (!Told && nowNs() - Submitted > BoundaryPatienceNs) {
      say(Tone::Note, message(diag::note_waits_for_boundary));
      Told = true;
    }
  }
}

/// A save has come while the commit was waiting: it is judged together with that
/// one, or again as it is where nothing comes of it.
void Reloader::judgeAgain(const ReloadReport &Report) {
  ReloadReport Fresh;
  Fresh.SavedNs = Report.SavedNs;
  Fresh.PhasesMs.Detect = Report.PhasesMs.Detect;
  Fresh.PhasesMs.Compile = Report.PhasesMs.Compile;
  Fresh.Way = Report.Way;
  Fresh.Bodies = Report.Bodies;
  Deferred = std::move(Fresh);
}

/// What the running program has said against it, once it was looked at.
void Reloader::refuse(const Commit &C, ReloadReport Report, uint64_t SubmittedNs) {
  Pipe.discard();
  Report.Result = Outcome::Refused;
  Report.Generation = Boundary.generation();
  for (std::vector<std::string> *List : {&Report.Replaced, &Report.Added, &Report.Removed})
    List->clear();
  Report.Notes = C.refusals();
  Report.PauseNs = C.endNs() - C.startNs();
  Report.PhasesMs.Wait = millisBetween(SubmittedNs, C.startNs());
  report(Report);
}

void Reloader::finish(const Commit &C, ReloadReport Report, uint64_t SubmittedNs) {
  if (!C.refusals().empty())
    return refuse(C, std::move(Report), SubmittedNs);
  PendingFiles.clear();
  Report.Generation = Boundary.generation();
  if (C.hasEffect()) {
    Pipe.adopt();
    Report.Result = Outcome::Applied;
    Report.LiveNs = C.endNs();
  } else {
    Pipe.adoptUnchanged();
    Report.Result = Outcome::Unchanged;
  }
  Report.PauseNs = C.endNs() - C.startNs();
  Report.PhasesMs.Wait = millisBetween(SubmittedNs, C.startNs());
  Report.PhasesMs.Commit = millisBetween(C.startNs(), C.endNs());
  for (const std::string &F : C.running())
    Report.Notes.push_back(message(diag::note_running, displayName(F)));
  for (const std::string &V : C.reset())
    Report.Reset.push_back(displayName(V));
  for (const KeptVariable &K : C.kept())
    Report.Kept.push_back({displayName(K.Name), K.Reason});
  report(Report);
}

static Tone toneOf(Outcome O) {
  switch (O) {
  case Outcome::Applied:
    return Tone::Good;
  case Outcome::Unchanged:
  case Outcome::Ready:
    return Tone::Note;
  case Outcome::Refused:
    return Tone::Warning;
  case Outcome::Failed:
    return Tone::Error;
  }
  return Tone::Plain;
}

void Reloader::report(ReloadReport Report) {
  Report.CodeObjects = Pipe.codeObjects();
  Pipe.reported();
  sayRaw(Report.Rendered);
  say(toneOf(Report.Result), reportLine(Report));
  for (const std::string &N : Report.Notes)
    say(Tone::Plain, "  " + N);
  for (const KeptVariable &K : Report.Kept)
    say(Tone::Plain, "  " + message(diag::note_kept, K.Name, K.Reason));
  Events.reload(Report);
}

/// The trace is written when the reload's own span is closed.
void Reloader::finishReports() {
  if (Error Err = Trace.write())
    say(Tone::Warning, toString(std::move(Err)));
  MutexLock Lock(M);
  ReportedGeneration = Boundary.generation();
  Reported.notifyAll();
}

void Reloader::awaitReports() {
  // The reload thread runs at a low priority, but it only has to write.
  constexpr uint64_t LongestNs = 2'000'000'000;
  uint64_t Start = nowNs();
  MutexLock Lock(M);
  while (ReportedGeneration < Boundary.generation() && nowNs() - Start < LongestNs)
    Reported.waitFor(M, std::chrono::milliseconds(10));
}
