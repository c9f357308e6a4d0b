//===- main.cpp - jit_host: options in, a Session out ---------------------===//

#include "crash/CrashReport.h"
#include "session/Session.h"
#include "support/Diagnostics.h"
#include "support/Log.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CachePruning.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <unistd.h>

using namespace llvm;
using namespace nextframe;

static cl::OptionCategory ProgramOptions("The program");
static cl::OptionCategory ReloadOptions("Reloading");
static cl::OptionCategory ScriptOptions("For scripts and tests");

static cl::opt<std::string> SourceDir("source-dir", cl::value_desc("dir"),
                                      cl::desc("The program's sources: every .c .cc .cpp .cxx "
                                               "below it; watched with every header they read"),
                                      cl::cat(ProgramOptions));
static cl::opt<std::string> BuildDir("p", cl::value_desc("dir"),
                                     cl::desc("Where compile_commands.json lies (default: that or "
                                              "compile_flags.txt in or above the source folder, "
                                              "else -std=c++20 -O0 -g)"),
                                     cl::cat(ProgramOptions));
static cl::opt<std::string> Target("target", cl::value_desc("name"),
                                   cl::desc("Run this program of the build in -p: its sources, "
                                            "wherever they lie, and (CMake) what it links"),
                                   cl::cat(ProgramOptions));
static cl::list<std::string> ExtraArgs("extra-arg", cl::value_desc("flag"),
                                       cl::desc("One more compile flag, behind the others"),
                                       cl::cat(ProgramOptions));
static cl::list<std::string> ExtraArgsBefore("extra-arg-before", cl::value_desc("flag"),
                                             cl::desc("One more compile flag, before the others"),
                                             cl::cat(ProgramOptions));
static cl::list<std::string> LibraryNames("l", cl::Prefix, cl::value_desc("name"),
                                          cl::desc("A library that the program uses"),
                                          cl::cat(ProgramOptions));
static cl::list<std::string> LibraryDirs("L", cl::Prefix, cl::value_desc("dir"),
                                         cl::desc("Where to look for libraries first"),
                                         cl::cat(ProgramOptions));

static cl::list<std::string> LinkedFiles("link", cl::value_desc("file"),
                                         cl::desc("An object file, archive or shared library that "
                                                  "the program links"),
                                         cl::cat(ProgramOptions));

static cl::opt<bool> ExportSymbols("rdynamic",
                                   cl::desc("Show the program's functions to libraries that it "
                                            "opens, as linking with -rdynamic does (from CMake's "
                                            "answer, that is known)"),
                                   cl::cat(ProgramOptions));

static cl::opt<bool> Manual("manual",
                            cl::desc("Compile on save, but apply only when asked to: F5 in the "
                                     "window, or SIGUSR1"),
                            cl::cat(ReloadOptions));
static cl::opt<bool> DryRun("dry-run",
                            cl::desc("Say what each save would do, and why, and apply nothing"),
                            cl::cat(ReloadOptions));

static cl::opt<std::string> CacheDir("cache-dir", cl::value_desc("dir"),
                                     cl::desc("Where what a start compiles is kept, so that the "
                                              "next one need not (default: $NEXTFRAME_CACHE_DIR, "
                                              "else nextframe in the user's cache folder)"),
                                     cl::cat(ProgramOptions));
static cl::opt<bool> NoCache("no-cache",
                             cl::desc("Keep nothing for the next start, and use nothing that is "
                                      "kept"),
                             cl::cat(ProgramOptions));
static cl::opt<std::string> CachePolicy("cache-policy", cl::value_desc("policy"),
                                        cl::init("prune_after=672h:cache_size=20%:"
                                                 "cache_size_bytes=5g"),
                                        cl::desc("When what is kept goes, as lld's "
                                                 "--thinlto-cache-policy (default: "
                                                 "prune_after=672h:cache_size=20%:"
                                                 "cache_size_bytes=5g)"),
                                        cl::cat(ProgramOptions));

static cl::opt<std::string> Frames("frames", cl::value_desc("n"),
                                   cl::desc("Leave with status 0 after n frame boundaries"),
                                   cl::cat(ScriptOptions));
static cl::opt<std::string> EventsFile("events", cl::value_desc("file"),
                                       cl::desc("Write one JSON object a reload to the file (-: "
                                                "standard error)"),
                                       cl::cat(ScriptOptions));
static cl::opt<std::string> TimeTraceFile("time-trace", cl::value_desc("file"),
                                          cl::desc("Write a Chrome trace of every phase of every "
                                                   "reload"),
                                          cl::cat(ScriptOptions));
static cl::opt<bool> PerfMap("perf-map",
                             cl::desc("Write /tmp/perf-PID.map, by which perf report names the "
                                      "program's functions"),
                             cl::cat(ScriptOptions));
static cl::opt<std::string> Screenshot("screenshot", cl::value_desc("n:file.png"),
                                       cl::desc("Write the n-th frame that the program shows"),
                                       cl::cat(ScriptOptions));

static cl::extrahelp Example("\nEXAMPLE:\n"
                             "  jit_host --source-dir game -l glfw -l epoxy -- --seed 7\n"
                             "  Runs the sources in game/ with the argument --seed 7; edit and "
                             "save any of them while it runs.\n");

/// One line on standard error that names the argument and the mend.
[[noreturn]] static void wrongArguments(const Twine &Message) {
  say(Tone::Error, Message);
  exit(2);
}

/// Everything behind "--" belongs to the program.
static std::vector<std::string> takeProgramArgs(int &Argc, char **Argv) {
  for (int I = 1; I < Argc; ++I)
    if (StringRef(Argv[I]) == "--") {
      std::vector<std::string> Args(Argv + I + 1, Argv + Argc);
      Argc = I;
      return Args;
    }
  return {};
}

static void parseScreenshot(SessionOptions &Opts) {
  if (Screenshot.empty())
    return;
  auto [Number, File] = StringRef(Screenshot).split(':');
  if (Number.getAsInteger(10, Opts.ScreenshotFrame) || Opts.ScreenshotFrame == 0 || File.empty())
    wrongArguments(message(diag::err_screenshot_form, Screenshot.getValue()));
  Opts.ScreenshotFile = File.str();
}

/// Empty: nothing is kept.
static std::string cacheDir() {
  if (NoCache || !CacheDir.empty())
    return NoCache ? "" : CacheDir.getValue();
  if (const char *Set = std::getenv("NEXTFRAME_CACHE_DIR"))
    return Set;
  SmallString<256> Dir;
  if (!sys::path::cache_directory(Dir))
    return "";
  sys::path::append(Dir, "nextframe");
  return Dir.str().str();
}

static void parseCache(SessionOptions &Opts) {
  auto Policy = parseCachePruningPolicy(CachePolicy);
  if (!Policy)
    wrongArguments(
        message(diag::err_cache_policy, CachePolicy.getValue(), toString(Policy.takeError())));
  Opts.CachePolicy = *Policy;
  Opts.CacheDir = cacheDir();
}

static SessionOptions parseOptions(int Argc, char **Argv) {
  SessionOptions Opts;
  Opts.ProgramArgs = takeProgramArgs(Argc, Argv);
  cl::HideUnrelatedOptions({&ProgramOptions, &ReloadOptions, &ScriptOptions});
  cl::SetVersionPrinter([](raw_ostream &OS) {
    OS << "jit_host (nextframe) " NEXTFRAME_VERSION ", with LLVM " LLVM_VERSION_STRING "\n";
  });
  std::string Errors;
  raw_string_ostream ErrorStream(Errors);
  if (!cl::ParseCommandLineOptions(Argc, Argv,
                                   "nextframe: runs C and C++ sources and follows "
                                   "every save\n",
                                   &ErrorStream)) {
    // The parser's own words without its program name and suggestions.
    StringRef Text = StringRef(Errors).ltrim().split('\n').first;
    Text = Text.substr(Text.find(": ") + 2).split("  Try:").first.rtrim(".!");
    wrongArguments(message(diag::err_arguments, Text));
  }
  Opts.SourceDir = SourceDir;
  Opts.BuildDir = BuildDir;
  Opts.Target = Target;
  Opts.ExtraArgs = ExtraArgs;
  Opts.ExtraArgsBefore = ExtraArgsBefore;
  Opts.Libraries = LibraryNames;
  Opts.LibraryDirs = LibraryDirs;
  Opts.LinkedFiles = LinkedFiles;
  Opts.ExportSymbols = ExportSymbols;
  if (!Frames.empty() && (StringRef(Frames).getAsInteger(10, Opts.Frames) || Opts.Frames == 0))
    wrongArguments(message(diag::err_not_a_number, "--frames", Frames.getValue()));
  Opts.EventsFile = EventsFile;
  Opts.TimeTraceFile = TimeTraceFile;
  Opts.PerfMap = PerfMap;
  Opts.Manual = Manual;
  Opts.DryRun = DryRun;
  parseScreenshot(Opts);
  parseCache(Opts);
  return Opts;
}

int main(int Argc, char **Argv) {
  // As a process that has crashed calls it: see crash/CrashHandler.h.
  if (Argc == 3 && StringRef(Argv[1]) == "--crash-report")
    return reportCrash(STDIN_FILENO, Argv[2]);
  auto S = Session::create(parseOptions(Argc, Argv));
  if (!S)
    wrongArguments(toString(S.takeError()));
  if (!(*S)->start())
    return 1;
  (*S)->runProgram();
}
