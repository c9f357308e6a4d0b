//===- Pipeline.h - project ▶ compile ▶ plan ▶ link -----------------------===//
//
// The stages between a change on disk and a commit that is ready to be run, and
// what they know from one reload to the next: what is live, and what has been
// compiled but could not be made live yet. It starts the program with the same
// stages that later reload it.
//
// One thread at a time: the main thread until the program starts, the reload
// thread from then on.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SESSION_PIPELINE_H
#define NEXTFRAME_SESSION_PIPELINE_H

#include "compile/CompileCommands.h"
#include "compile/Compiler.h"
#include "compile/UnitCache.h"
#include "link/Linker.h"
#include "plan/Plan.h"
#include "plan/PlanBodies.h"
#include "project/Project.h"
#include "project/RenamedFiles.h"
#include "project/Texts.h"
#include "session/BackgroundCompiles.h"
#include "session/Commit.h"
#include "session/Report.h"
#include "support/Diagnostics.h"
#include "support/Trace.h"

#include "llvm/ADT/StringSet.h"

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace nextframe {

class Pipeline {
public:
  Pipeline(Project Proj, CompileCommands::Options CommandOptions, CompileCommands Commands,
           Compiler Comp, std::unique_ptr<Linker> Link, const TraceFile &Trace);

  /// Lets the start find what an earlier one has left in \p Kept, which outlives this.
  /// \p How: what the compiler was made with. Before the first compile().
  void useCache(DiskCache &Kept, const Compiler::Options &How);

  /// Removes from the cache what is too old or too much, if it is time to.
  void pruneCache() const;

  /// Lets an edit of single bodies be compiled by itself from now on; \p OnDone is called,
  /// on another thread, when takeWholeCompile() is to be called.
  void allowBodies(std::function<void()> OnDone);

  Project &project() { return Proj; }
  const LiveProgram &live() const { return Live; }
  /// The compile database that is in use; empty for default flags.
  llvm::StringRef databaseFile() const { return Commands.databaseFile(); }

  /// What a batch of changes on disk comes to.
  struct Stale {
    std::vector<std::string> Paths; ///< Those whose text did change; absolute.
    std::vector<std::string> Same;  ///< Those saved with the text that they had.
    std::vector<UnitId> Units;      ///< To be compiled again, in link order.
  };
  /// Reads the texts of \p Paths (absolute) and returns what they make stale.
  Stale takeChanges(llvm::ArrayRef<std::string> Paths);

  /// Compiles \p Units on up to \p Threads threads, or finds that one has been
  /// compiled from the same texts before.
  void compile(llvm::ArrayRef<UnitId> Units, unsigned Threads, ReloadReport &Report);

  /// Does the same where that takes next to no time: units that were compiled from the same
  /// texts before, or are edited in bodies alone. Else leaves it to compile(), after the next
  /// takeChanges(), and returns false.
  bool compileAtOnce(llvm::ArrayRef<UnitId> Units, ReloadReport &Report);

  /// Whether a unit was compiled from a text that nobody has been told of yet:
  /// another save is under way, and what there is can't be judged before it.
  bool isUnsettled() const { return !Unsettled.empty(); }

  /// Has preambles and trees made for the files that were written last, once: they are
  /// likely to be edited next.
  void readyNewestFiles();

  /// Gives the background something to do, if there is something: the whole compile that
  /// follows a compile of bodies, or the preamble of a file that has been saved.
  void startBackgroundCompile();
  /// Takes what the background has done. Returns the file, relative to the source folder,
  /// whose whole compile is to be judged by prepare() now; empty where there is none.
  std::string takeWholeCompile(ReloadReport &Report);
  /// Returns the files, relative to the source folder, that came to have a syntax tree
  /// since the last time.
  std::vector<std::string> takePrepared() { return std::exchange(NewTrees, {}); }

  /// Plans and links what has been compiled. Returns the commit to run, or null
  /// where there is none: then the report says why (failed, refused, unchanged).
  /// What clang had to say is in the report either way.
  std::unique_ptr<Commit> prepare(unsigned Threads, ReloadReport &Report);

  /// The report that prepare() filled in has been given out: what clang said is
  /// not said again.
  void reported() { Unreported.clear(); }

  /// What prepare() returned has been run: it is what is live now.
  void adopt();
  /// What prepare() returned has been run and has come to nothing: every edited
  /// variable is kept. What is live is the same, but for what is known of it.
  void adoptUnchanged();
  /// What prepare() returned will not be run.
  void discard();

  /// Tells debuggers where functions stand whose lines have moved since they were
  /// compiled. \p Stop says whether there is something to reload.
  void refreshLines(llvm::function_ref<bool()> Stop);
  /// Whether there is something for refreshLines() to look at.
  bool hasMovedLines() const { return !MovedLines.empty() && !Prepared; }

  /// Frees compiles that are not remembered any more: milliseconds, for a large unit.
  void freeDropped() { Dropped.clear(); }

  /// Drops code that has been replaced, if there is enough of it, and if the program
  /// is done with it: see Linker::dropOldCode(). \p Boundaries counts those that the
  /// program has shown; \p ShowsNone says that it does so no more; \p Stop whether
  /// there is something to reload.
  void dropOldCode(uint64_t Boundaries, bool ShowsNone, llvm::function_ref<bool()> Stop);
  /// Whether dropOldCode() is to be called again soon.
  bool isDroppingCode() const { return Link->isDropping(); }
  /// How many objects of code are in memory.
  size_t codeObjects() const { return Link->codeObjects(); }

  /// Returns what the entry of \p Function is, once it is linked.
  void *address(llvm::StringRef Function) const { return Addresses.lookup(Function); }

  /// Whether \p Path has another text on the disk than the compiles saw.
  bool differsFromDisk(llvm::StringRef Path) const { return Known.differsFromDisk(Path); }

  std::vector<std::string> filesDifferingFromDisk() const;

  /// Every file that any unit reads, absolute.
  std::vector<std::string> filesRead() const;

private:
  /// One compile of a unit, and what it was made from.
  struct Version {
    CompileCommand Command;
    SeenTexts Seen;
    std::shared_ptr<const CompiledUnit> Unit;
    /// The texts of its headers that had been saved since the start.
    TextOverlay Headers;
  };

  /// A preamble, and when it was used last.
  struct KnownPreamble {
    std::shared_ptr<const Preamble> Begin; ///< Null: it can't be made.
    SeenTexts Seen;
    uint64_t LastUse = 0;
  };

  /// A syntax tree, what it was made from, and when it was used last.
  struct KnownTree {
    std::shared_ptr<LiveUnit> Live; ///< Null: it can't be made, or isn't yet.
    std::shared_ptr<const CompiledUnit> Of;
    SeenTexts Seen;
    uint64_t LastUse = 0;
  };

  LiveUnit *treeFor(const SourceUnit &Unit, const CompileJob &Job);
  const Version *lastWhole(const SourceUnit &Unit, const CompileJob &Job,
                           const LiveUnit *Tree = nullptr) const;
  bool takesAsItIs(const LiveUnit &Tree, llvm::StringRef Header) const;
  std::optional<std::vector<Compiler::NewerHeader>> newerHeaders(const Version &Whole,
                                                                 const LiveUnit &Tree) const;
  Compiler::BodiesResult compileInTree(const SourceUnit &Unit, const CompileJob &Job,
                                       const Version &Whole, LiveUnit &Tree);
  /// A unit that reads a header of which bodies were edited.
  struct HeaderReader {
    const SourceUnit &Unit;
    CompileJob Job;
    Version Whole;
  };
  std::vector<HeaderReader> readersOfBodies(llvm::ArrayRef<UnitId> Units, UnitId First,
                                            const LiveUnit &Tree);
  bool compileHeaderBodies(llvm::ArrayRef<UnitId> Units, ReloadReport &Report);
  void takeBodies(const SourceUnit &Unit, const CompileJob &Job, const Version &Whole,
                  std::shared_ptr<const CompiledUnit> Part);
  const SourceUnit *readerOf(const std::string &Header) const;
  void wantTrees(llvm::ArrayRef<UnitId> Units);
  bool startTree();
  void keepTree(UnitId Unit, std::shared_ptr<LiveUnit> Live);
  KnownPreamble *preambleFor(const SourceUnit &Unit, const CompileJob &Job);
  bool compileBodies(const SourceUnit &Unit, const CompileJob &Job, ReloadReport &Report,
                     bool OnlyInTree = false);
  void compileUncheckedNow(unsigned Threads, ReloadReport &Report);
  bool isCurrent(const FileRead &F) const { return Known.hash(F.Path) == F.Hash; }
  const std::string *savedText(llvm::StringRef Path) const;
  std::shared_ptr<const std::string> mainText(const SourceUnit &Unit, const CompileJob &Job) const;
  std::vector<CompileResult> compileWhole(llvm::ArrayRef<CompileJob> Jobs, unsigned Threads,
                                          ReloadReport &Report) const;
  void keepPreamble(UnitId Unit, std::shared_ptr<const Preamble> Begin);
  void forgetBodies(UnitId Unit);
  std::unique_ptr<Commit> prepareOnce(unsigned Threads, ReloadReport &Report);
  PlanResult planNow();
  static HomeSymbols homesOf(const LiveProgram &Program);
  std::optional<PlanResult> planBodiesNow();
  void adoptPrepared();
  void compiled(const SourceUnit &Unit, CompileJob Job, CompileResult Result);
  bool reuse(const SourceUnit &Unit, const CompileJob &Job);
  bool readsSettledTexts(const CompileResult &Result) const;
  void noteFilesRead(UnitId Unit, const SeenTexts &Seen);
  void remember(UnitId Unit, Version V);
  void sayLeftOut();
  void reloadCommands(std::set<UnitId> &Units);
  void nameRenamed(std::set<UnitId> &Units);
  std::string textOf(llvm::StringRef Path) const;
  CompileJob jobFor(const SourceUnit &Unit) const;
  void adoptFacts();
  void sayFlagsLeftOut();
  void sayFlags(diag::ID What, const std::set<std::string> &Flags);
  void addDiagnostics(ReloadReport &Report) const;
  bool failBroken(ReloadReport &Report) const;
  bool fail(const ReloadPlan &Plan, ReloadReport &Report) const;
  bool refuseForHolders(const ReloadPlan &Plan, ReloadReport &Report) const;
  LinkRequest linkRequest(const PlanResult &Planned);
  void describe(const ReloadPlan &Plan, ReloadReport &Report) const;

  Project Proj;
  CompileCommands::Options CommandOptions;
  CompileCommands Commands;
  Compiler Comp;
  std::unique_ptr<Linker> Link;
  const TraceFile &Trace;
  DiskCache *Disk = nullptr;        ///< Null: nothing is kept.
  std::unique_ptr<UnitCache> Cache; ///< In it.

  LiveProgram Live;
  /// The newest good compile of each unit, live or not.
  std::map<UnitId, std::shared_ptr<const CompiledUnit>> Compiled;
  /// The command that each unit was compiled with last.
  std::map<UnitId, CompileCommand> CompiledWith;
  /// Flags of the build that clang doesn't know, and those that have been told.
  std::set<std::string> LeftOut, Profiling;
  llvm::StringSet<> SaidLeftOut;
  /// Units compiled since refreshLines() looked at them.
  std::set<UnitId> MovedLines;
  /// Units whose newest text doesn't compile.
  std::set<UnitId> Broken;
  /// Units whose last compile read a file in the middle of a save.
  std::set<UnitId> Unsettled;
  RenamedFiles Renames;
  Texts Known;
  /// The last few compiles of each unit, newest first: text that is put back as
  /// it was needs no compile.
  std::map<UnitId, std::deque<Version>> Versions;
  std::vector<Version> Dropped; ///< Until there is time to free them.
  /// The lambdas and local statics of the live program: what every compile starts
  /// from, so that all units come to the same names.
  SiblingFamilies Siblings;
  /// Units of whose newest text only some bodies were compiled.
  std::set<UnitId> Unchecked;
  std::map<UnitId, SeenTexts> FilesOf; ///< As the project was told of them.
  bool MadeNewestReady = false;
  /// Units that are likely to be saved and have no preamble that fits.
  std::set<UnitId> WithoutPreamble;
  std::map<UnitId, KnownPreamble> Preambles;
  std::map<UnitId, KnownTree> Trees;
  std::vector<std::string> NewTrees; ///< The files of those, until they are told.
  uint64_t Uses = 0;                 ///< Of preambles and trees, so far.
  /// Null where bodies are not compiled by themselves.
  std::unique_ptr<BackgroundCompiles> Background;
  /// What clang said of each unit's last compile, until it is reported.
  struct Said {
    std::string Rendered;
    std::vector<SourceDiagnostic> Diagnostics;
  };
  std::map<UnitId, Said> Unreported;
  /// What prepare() planned, until it is adopted or discarded; with PreparedBodies it is
  /// only what differs from Live.
  std::optional<LiveProgram> Prepared;
  bool PreparedBodies = false;
  /// The compiles that Live is the plan of.
  std::map<UnitId, std::shared_ptr<const CompiledUnit>> LiveUnits;
  /// Where what is live is found that is not found under its name.
  HomeSymbols Homes;
  VTableHomes Tables;
  llvm::StringMap<void *> Addresses;
};

} // namespace nextframe

#endif // NEXTFRAME_SESSION_PIPELINE_H
