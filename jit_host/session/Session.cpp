//===- Session.cpp - One run of one program -------------------------------===//

#include "session/Session.h"
#include "crash/CrashHandler.h"
#include "link/CodeGenerator.h"
#include "link/DebugObject.h"
#include "session/ProgramAllocations.h"
#include "session/ProgramRuntime.h"
#include "session/ProgramSymbols.h"
#include "session/StoppedThreads.h"
#include "support/Clock.h"
#include "support/CrashGuard.h"
#include "support/Diagnostics.h"
#include "support/Log.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/TimeProfiler.h"

#include <csignal>
#include <cstdlib>
#include <unistd.h>

using namespace llvm;
using namespace nextframe;

extern "C" char **environ;

/// What exit and SIGUSR1 handlers reach; set once, before the program runs.
static pid_t HostProcess;
static EventStream *ExitEvents = nullptr;
static Reloader *ActiveReloader = nullptr;

Session::Session(SessionOptions Opts)
    : Opts(std::move(Opts)), Trace(this->Opts.TimeTraceFile), StartNs(nowNs()) {}

static std::string absolute(StringRef Path) {
  SmallString<256> Result(Path);
  sys::fs::make_absolute(Result);
  sys::path::remove_dots(Result, /*remove_dot_dot=*/false);
  if (Result.size() > 1 && Result.ends_with("/"))
    Result.pop_back();
  return Result.str().str();
}

Expected<std::unique_ptr<Session>> Session::create(SessionOptions Opts) {
  std::unique_ptr<Session> S(new Session(std::move(Opts)));
  if (Error Err = S->setUp())
    return std::move(Err);
  return std::move(S);
}

Error Session::setUp() {
  Trace.beginThread();
  CodeGenerator::initialiseTarget();
  installCrashGuard();
  if (!Opts.EventsFile.empty())
    if (Error Err = Events.open(Opts.EventsFile))
      return Err;
  if (Error Err = Trace.write()) // A path that can't be written is said now.
    return Err;

  auto Proj = findProject();
  if (!Proj)
    return Proj.takeError();
  setArguments(*Proj);
  CompileCommands::Options CommandOptions{
      SourceDir, BuildDir, Opts.ExtraArgs, Opts.ExtraArgsBefore, headerDir(), {}};
  if (const BuildTarget *Target = Proj->target())
    CommandOptions.Targets = Target->Names;
  auto Commands = CompileCommands::create(CommandOptions);
  if (!Commands)
    return Commands.takeError();

  // Before anything is read, so that no save is missed.
  auto W = Watcher::create();
  if (!W)
    return W.takeError();
  Watch = std::move(*W);
  if (Error Err = Watch->addTree(SourceDir))
    return Err;

  std::string Sanitizer;
  for (const SourceUnit &U : Proj->units()) {
    CompileCommand Command = Commands->commandFor(U.Path);
    // Said once here, whatever the number of units.
    if (!Command.Sanitizers.Refused.empty())
      return makeError(diag::err_sanitizer, Command.Sanitizers.Refused);
    if (Command.Sanitizers.NeedsRuntime)
      Sanitizer = Command.Sanitizers.runtime();
  }
  auto Files = loadLibraries(*Proj, Sanitizer);
  if (!Files)
    return Files.takeError();
  provideRuntime(*Libs);
  provideAllocations(*Libs);
  StoppedThreads::install();

  FrameBoundary::Options BoundaryOptions{
      Opts.Frames, Opts.ScreenshotFrame, Opts.ScreenshotFile, {}};
  if (Opts.Manual)
    BoundaryOptions.OnApplyRequest = [this] { Reload->requestApply(); };
  Boundary = std::make_unique<FrameBoundary>(std::move(BoundaryOptions), Data);
  Boundary->install(*Libs);

  auto Link = Linker::create(*Libs, std::move(*Files), Trace, Opts.PerfMap);
  if (!Link)
    return Link.takeError();
  Compiler::Options How{NEXTFRAME_RESOURCE_DIR, logHasColors()};
  Compiler Comp(How);
  Pipe = std::make_unique<Pipeline>(std::move(*Proj), std::move(CommandOptions),
                                    std::move(*Commands), std::move(Comp), std::move(*Link), Trace);
  if (!Opts.CacheDir.empty()) {
    Cache =
        std::make_unique<DiskCache>(DiskCache::Options{absolute(Opts.CacheDir), Opts.CachePolicy});
    Pipe->useCache(*Cache, How);
  }
  // What was compiled of bodies alone is checked after it is live; where it waits for
  // somebody to ask for it, it had better be right at once.
  if (!Opts.Manual && !Opts.DryRun)
    Pipe->allowBodies([this] { Watch->wake(); });
  Reload = std::make_unique<Reloader>(Reloader::Options{Opts.Manual, Opts.DryRun}, *Pipe, *Watch,
                                      *Boundary, Events, Trace);
  return Error::success();
}

Expected<Project> Session::findProject() {
  BuildDir = Opts.BuildDir.empty() ? "" : absolute(Opts.BuildDir);
  if (Opts.SourceDir.empty() && !Opts.Target.empty() && !BuildDir.empty())
    Opts.SourceDir = sourceDirOfBuild(BuildDir);
  if (Opts.SourceDir.empty())
    return makeError(diag::err_arguments, "--source-dir is missing");
  SourceDir = absolute(Opts.SourceDir);
  if (Opts.Target.empty())
    return Project::scan(SourceDir);
  if (BuildDir.empty())
    return makeError(diag::err_target_without_build, Opts.Target);
  auto Proj = Project::scanTarget({SourceDir, BuildDir, Opts.Target});
  if (Proj && !Proj->target()->Note.empty())
    say(Tone::Note, Proj->target()->Note);
  return Proj;
}

/// What the build says the program links, then what the user names.
Expected<Prebuilt> Session::loadLibraries(const Project &Proj, StringRef Sanitizer) {
  auto L = Libraries::create();
  if (!L)
    return L.takeError();
  Libs = std::move(*L);
  if (!Sanitizer.empty()) {
    auto Archive = Libs->load(Sanitizer, {NEXTFRAME_RESOURCE_DIR "/lib/linux"});
    if (!Archive)
      return Archive.takeError();
  }
  // It handles crashes, too, and would know nothing of the program's code.
  installCrashHandler({SourceDir, ReloadThreadName, eachDebugFile});

  Prebuilt Files;
  LinkLine Line = Proj.target() ? Proj.target()->Link : LinkLine();
  if (Opts.ExportSymbols || Line.ExportsSymbols)
    exportProgramSymbols();
  for (const std::string &File : Opts.LinkedFiles)
    Line.Inputs.push_back(linkedFile(absolute(File)));
  for (const std::string &Name : Opts.Libraries)
    Line.Inputs.push_back({LinkInput::Library, Name});
  std::vector<std::string> Dirs = Opts.LibraryDirs;
  Dirs.insert(Dirs.end(), Line.Dirs.begin(), Line.Dirs.end());
  for (const LinkInput &Input : Line.Inputs)
    if (Error Err = addLinked(Input, Dirs, Files))
      return std::move(Err);
  if (sys::fs::exists(NEXTFRAME_COMPILER_LIBRARY))
    if (Error Err = Files.addLast(NEXTFRAME_COMPILER_LIBRARY))
      return std::move(Err);
  return std::move(Files);
}

Error Session::addLinked(const LinkInput &Input, ArrayRef<std::string> Dirs, Prebuilt &Files) {
  switch (Input.What) {
  case LinkInput::SharedFile:
    return Libs->loadFile(Input.Name);
  case LinkInput::Archive:
    return Files.addArchive(Input.Name, /*Whole=*/false);
  case LinkInput::WholeArchive:
    return Files.addArchive(Input.Name, /*Whole=*/true);
  case LinkInput::Object:
    return Files.addObject(Input.Name);
  case LinkInput::Library:
    break;
  }
  auto Archive = Libs->load(Input.Name, Dirs);
  if (!Archive)
    return Archive.takeError();
  return Archive->empty() ? Error::success() : Files.addArchive(*Archive, /*Whole=*/false);
}

/// argv[0] is the executable that the build makes, where it says so: programs find
/// their data beside it.
void Session::setArguments(const Project &Proj) {
  const BuildTarget *Target = Proj.target();
  ProgramName = Target && !Target->Program.empty() ? Target->Program : Opts.SourceDir;
  Argv.push_back(ProgramName.data());
  for (std::string &A : Opts.ProgramArgs)
    Argv.push_back(A.data());
  Argv.push_back(nullptr);
  setMainArguments({static_cast<int>(Argv.size()) - 1, Argv.data()});
}

bool Session::start() {
  // Nothing runs yet that more than one thread could disturb.
  unsigned Threads = std::max(1u, hardware_concurrency().compute_thread_count());
  ReloadReport Report;
  std::vector<UnitId> All;
  for (const SourceUnit &U : Pipe->project().units())
    All.push_back(U.Id);
  Pipe->compile(All, Threads, Report);
  // Saved while it was compiled: once more, until all units saw the same texts.
  constexpr std::chrono::milliseconds Pause{20};
  while (Pipe->isUnsettled()) {
    std::vector<std::string> Paths = Pipe->filesDifferingFromDisk();
    for (const Change &C : Watch->wait(Pause).Changes)
      Paths.push_back(C.Path);
    Pipe->compile(Pipe->takeChanges(Paths).Units, Threads, Report);
  }
  std::unique_ptr<Commit> C = Pipe->prepare(Threads, Report);
  sayRaw(Report.Rendered);
  Pipe->reported();
  Started.Compiled = Report.Compiled;
  Started.Generated = Report.Generated;
  if (!C) {
    for (const std::string &N : Report.Notes)
      say(Tone::Error, N);
    return false;
  }
  installExit();
  runInitialisers(std::move(C));
  return true;
}

/// The start is the first commit. Functions that the initialisers register for
/// the exit run before our own, which was registered earlier.
void Session::runInitialisers(std::unique_ptr<Commit> C) {
  C->run(Data);
  Pipe->adopt();
}

/// The last thing of the process, after the program's own exit handlers and
/// destructors. The reload thread may be in the middle of a compile, so LLVM's
/// own destructors must not run: the process ends here.
static void endProcess(int Status, void *) {
  // A child that the program has forked says nothing: it has no reload thread.
  if (getpid() == HostProcess) {
    ActiveReloader->awaitReports();
    ExitEvents->exit(Status);
  }
  runFinalisers();
  flushProgramStreams();
  _exit(Status);
}

static void onApplySignal(int) { ActiveReloader->requestApply(); }

void Session::installExit() {
  HostProcess = getpid();
  ExitEvents = &Events;
  ActiveReloader = Reload.get();
  on_exit(endProcess, nullptr);
  if (!Opts.Manual)
    return;
  struct sigaction Action = {};
  Action.sa_handler = onApplySignal;
  Action.sa_flags = SA_RESTART;
  sigaction(SIGUSR1, &Action, nullptr);
}

void Session::runProgram() {
  auto Main = reinterpret_cast<int (*)(int, char **, char **)>(Pipe->address("main"));
  if (Error Err = Trace.write())
    say(Tone::Warning, toString(std::move(Err)));
  Trace.endThread();
  Reload->start();
  Started.Units = Pipe->project().units().size();
  Started.Functions = Pipe->live().Functions.size();
  Started.StartupMs = millisBetween(StartNs, nowNs());
  Events.ready(Started);
  std::exit(Main(static_cast<int>(Argv.size()) - 1, Argv.data(), environ));
}
