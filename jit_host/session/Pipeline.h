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
#include "link/Linker.h"
#include "plan/Plan.h"
#include "project/Project.h"
#include "session/Commit.h"
#include "session/Report.h"
#include "support/Trace.h"

#include <map>
#include <memory>
#include <set>

namespace nextframe {

class Pipeline {
public:
  Pipeline(Project Proj, CompileCommands::Options CommandOptions, CompileCommands Commands,
           Compiler Comp, std::unique_ptr<Linker> Link, const TraceFile &Trace);

  Project &project() { return Proj; }
  const LiveProgram &live() const { return Live; }
  /// The compile database that is in use; empty for default flags.
  llvm::StringRef databaseFile() const { return Commands.databaseFile(); }

  /// Takes note that \p Paths (absolute) have changed, and returns the units
  /// that have to be compiled again.
  std::vector<UnitId> unitsToCompile(llvm::ArrayRef<std::string> Paths, ReloadReport &Report);

  /// Compiles \p Units on up to \p Threads threads. What clang says of them is
  /// printed, and added to \p Report.
  void compile(llvm::ArrayRef<UnitId> Units, unsigned Threads, ReloadReport &Report);

  /// Plans and links what has been compiled. Returns the commit to run, or null
  /// where there is none: then the report says why (failed, refused, unchanged).
  std::unique_ptr<Commit> prepare(unsigned Threads, ReloadReport &Report);

  /// What prepare() returned has been run: it is what is live now.
  void adopt();
  /// What prepare() returned will not be run.
  void discard();

  /// Returns what the entry of \p Function is, once it is linked.
  void *address(llvm::StringRef Function) const { return Addresses.lookup(Function); }

  /// Every file that any unit reads, absolute.
  std::vector<std::string> filesRead() const;

private:
  void compiled(const SourceUnit &Unit, CompileResult Result, ReloadReport &Report);
  void reloadCommands(ReloadReport &Report, std::set<UnitId> &Stale);
  bool failBroken(ReloadReport &Report) const;
  bool fail(const ReloadPlan &Plan, ReloadReport &Report) const;
  LinkRequest linkRequest(const PlanResult &Planned) const;
  void describe(const ReloadPlan &Plan, ReloadReport &Report) const;

  Project Proj;
  CompileCommands::Options CommandOptions;
  CompileCommands Commands;
  Compiler Comp;
  std::unique_ptr<Linker> Link;
  const TraceFile &Trace;

  LiveProgram Live;
  /// The newest good compile of each unit, live or not.
  std::map<UnitId, std::shared_ptr<const CompiledUnit>> Compiled;
  /// The command that each unit was compiled with last.
  std::map<UnitId, CompileCommand> CompiledWith;
  /// Units whose newest text doesn't compile.
  std::set<UnitId> Broken;
  /// What prepare() planned, until it is adopted or discarded.
  std::optional<LiveProgram> Prepared;
  llvm::StringMap<void *> Addresses;
};

} // namespace nextframe

#endif // NEXTFRAME_SESSION_PIPELINE_H
