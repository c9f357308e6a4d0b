//===- Pipeline.cpp - project ▶ compile ▶ plan ▶ link ---------------------===//

#include "session/Pipeline.h"
#include "ir/Names.h"
#include "session/LayoutCheck.h"
#include "session/ProgramAllocations.h"
#include "support/Clock.h"
#include "support/Diagnostics.h"
#include "support/Log.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/TimeProfiler.h"

#include <atomic>

using namespace llvm;
using namespace nextframe;

Pipeline::Pipeline(Project Proj, CompileCommands::Options CommandOptions, CompileCommands Commands,
                   Compiler Comp, std::unique_ptr<Linker> Link, const TraceFile &Trace)
    : Proj(std::move(Proj)), CommandOptions(std::move(CommandOptions)),
      Commands(std::move(Commands)), Comp(std::move(Comp)), Link(std::move(Link)), Trace(Trace) {
  if (!databaseFile().empty())
    Known.read(databaseFile());
  sayLeftOut();
}

void Pipeline::useCache(DiskCache &Kept, const Compiler::Options &How) {
  Disk = &Kept;
  Cache = std::make_unique<UnitCache>(Kept, How);
  Link->useCache(Kept);
}

void Pipeline::pruneCache() const {
  if (Disk)
    Disk->prune();
}

/// Says what has a source's name and isn't compiled.
void Pipeline::sayLeftOut() {
  for (const Project::LeftOut &L : Proj.takeLeftOut())
    say(Tone::Warning, message(diag::note_left_out, L.File, L.What));
}

//===----------------------------------------------------------------------===//
// Compile
//===----------------------------------------------------------------------===//

CompileJob Pipeline::jobFor(const SourceUnit &Unit) const {
  return {Unit.Id, Unit.File, Unit.LocalTo, Commands.commandFor(Unit.Path)};
}

/// Returns what the jobs come to, in their order. What is live has a say in a compile (by
/// its siblings), and is no start's: only the start looks into the cache, and leaves something
/// there.
std::vector<CompileResult> Pipeline::compileWhole(ArrayRef<CompileJob> Jobs, unsigned Threads,
                                                  ReloadReport &Report) const {
  UnitCache *Kept = Live.Started ? nullptr : Cache.get();
  FilesNow Now(Known.overlay());
  std::vector<CompileResult> Results(Jobs.size());
  std::atomic<size_t> Count = 0;
  auto Run = [&](size_t I) {
    std::optional<CompileResult> Found = Kept ? Kept->find(Jobs[I], Now) : std::nullopt;
    if (Found) {
      Results[I] = std::move(*Found);
      return;
    }
    ++Count;
    Results[I] = Comp.compile(Jobs[I], Known.overlay(), Siblings);
    if (Kept)
      Kept->keep(Jobs[I], Results[I]);
  };
  if (Threads > 1 && Jobs.size() > 1) {
    DefaultThreadPool Pool(hardware_concurrency(Threads));
    for (size_t I = 0; I != Jobs.size(); ++I)
      Pool.async([this, I, &Run] {
        Trace.beginThread();
        Run(I);
        Trace.endThread();
      });
    Pool.wait();
  } else {
    for (size_t I = 0; I != Jobs.size(); ++I)
      Run(I);
  }
  Report.Compiled += Count;
  return Results;
}

void Pipeline::compile(ArrayRef<UnitId> Units, unsigned Threads, ReloadReport &Report) {
  uint64_t Start = nowNs();
  std::vector<CompileJob> Jobs;
  bool IsDone = compileHeaderBodies(Units, Report);
  for (UnitId Id : IsDone ? ArrayRef<UnitId>() : Units) {
    const SourceUnit &U = *Proj.find(Id);
    CompileJob Job = jobFor(U);
    CompiledWith[Id] = Job.Command;
    LeftOut.insert(Job.Command.LeftOut.begin(), Job.Command.LeftOut.end());
    Profiling.insert(Job.Command.Profiling.begin(), Job.Command.Profiling.end());
    if (reuse(U, Job) || (Units.size() == 1 && compileBodies(U, Job, Report)))
      continue;
    Report.Way = Route::Whole;
    Jobs.push_back(std::move(Job));
  }
  if (!Jobs.empty())
    wantTrees(Units);
  sayFlagsLeftOut();
  std::vector<CompileResult> Results = compileWhole(Jobs, Threads, Report);
  for (size_t I = 0; I != Jobs.size(); ++I)
    compiled(*Proj.find(Jobs[I].Id), std::move(Jobs[I]), std::move(Results[I]));
  Report.PhasesMs.Compile += millisBetween(Start, nowNs());
}

void Pipeline::sayFlagsLeftOut() {
  sayFlags(diag::note_flags_left_out, LeftOut);
  sayFlags(diag::note_profiling_left_out, Profiling);
}

/// Once a flag, whatever the number of files that have it.
void Pipeline::sayFlags(diag::ID What, const std::set<std::string> &Flags) {
  std::string List;
  for (const std::string &Flag : Flags)
    if (SaidLeftOut.insert(Flag).second)
      List += (List.empty() ? "" : " ") + Flag;
  if (!List.empty())
    say(Tone::Note, message(What, List));
}

/// Looks for a compile of the unit from the very texts that there are now.
bool Pipeline::reuse(const SourceUnit &Unit, const CompileJob &Job) {
  for (const Version &V : Versions[Unit.Id])
    if (V.Command == Job.Command && Known.isNewest(V.Seen)) {
      Version Found = V;
      Compiled[Unit.Id] = Found.Unit;
      MovedLines.insert(Unit.Id);
      Broken.erase(Unit.Id);
      Unchecked.erase(Unit.Id);
      if (Found.Unit->Base)
        Unchecked.insert(Unit.Id);
      Unreported.erase(Unit.Id);
      noteFilesRead(Unit.Id, Found.Seen);
      remember(Unit.Id, std::move(Found));
      return true;
    }
  return false;
}

void Pipeline::noteFilesRead(UnitId Unit, const SeenTexts &Seen) {
  SeenTexts &Noted = FilesOf[Unit];
  if (!Noted.sharesFiles(Seen))
    Proj.setFilesRead(Unit, Seen.paths());
  Noted = Seen;
}

void Pipeline::remember(UnitId Unit, Version V) {
  constexpr size_t Kept = 6;
  std::deque<Version> &All = Versions[Unit];
  std::erase_if(All, [&](const Version &Old) { return Old.Unit == V.Unit; });
  All.push_front(std::move(V));
  if (All.size() <= Kept)
    return;
  // The newest whole one is what bodies alone are compiled for: see compileBodies().
  auto IsWhole = [](const Version &V) { return !V.Unit->Base; };
  bool LastWhole = IsWhole(All.back()) && llvm::count_if(All, IsWhole) == 1;
  auto Oldest = std::prev(All.end(), LastWhole ? 2 : 1);
  Dropped.push_back(std::move(*Oldest));
  All.erase(Oldest);
}

/// What was saved is compiled from memory, but a unit also reads files that were
/// not; one of those may have been caught in the middle of a save of its own.
bool Pipeline::readsSettledTexts(const CompileResult &Result) const {
  return all_of(Result.FilesRead, [&](const FileRead &F) {
    uint64_t Expected = Known.hash(F.Path);
    return F.Hash == AbsentFile || Expected == AbsentFile || F.Hash == Expected;
  });
}

void Pipeline::compiled(const SourceUnit &Unit, CompileJob Job, CompileResult Result) {
  if (!readsSettledTexts(Result)) {
    Unsettled.insert(Unit.Id);
    return;
  }
  Unchecked.erase(Unit.Id);
  for (SourceDiagnostic &D : Result.Diagnostics)
    D.File = Proj.displayPath(D.File);
  Unreported[Unit.Id] = {std::move(Result.Rendered), std::move(Result.Diagnostics)};
  for (const FileRead &F : Result.FilesRead)
    Known.note(F);
  if (Result.Unit) {
    Broken.erase(Unit.Id);
    Compiled[Unit.Id] = Result.Unit;
    MovedLines.insert(Unit.Id);
    TextOverlay Headers;
    for (const FileRead &F : Result.FilesRead)
      if (auto It = Known.overlay().find(F.Path);
          It != Known.overlay().end() && F.Path != Unit.Path)
        Headers[F.Path] = It->second;
    SeenTexts Seen(Result.FilesRead);
    noteFilesRead(Unit.Id, Seen);
    remember(Unit.Id, {std::move(Job.Command), std::move(Seen), Result.Unit, std::move(Headers)});
    return;
  }
  Broken.insert(Unit.Id);
  // A compile that crashed can't say what it had read: what it read before has to
  // do, so that the mend of a header is followed.
  if (Result.FilesRead.size() <= 1 && !Proj.filesReadBy(Unit.Id).empty())
    return;
  noteFilesRead(Unit.Id, SeenTexts(Result.FilesRead));
}

void Pipeline::addDiagnostics(ReloadReport &Report) const {
  for (const SourceUnit &U : Proj.units()) {
    auto It = Unreported.find(U.Id);
    if (It == Unreported.end())
      continue;
    Report.Rendered += It->second.Rendered;
    append_range(Report.Diagnostics, It->second.Diagnostics);
  }
}

//===----------------------------------------------------------------------===//
// Plan and link
//===----------------------------------------------------------------------===//

bool Pipeline::failBroken(ReloadReport &Report) const {
  if (Broken.empty())
    return false;
  Report.Result = Outcome::Failed;
  diag::ID What = Live.Started ? diag::note_does_not_compile : diag::err_does_not_compile;
  for (UnitId Id : Broken)
    Report.Notes.push_back(message(What, Proj.find(Id)->File));
  return true;
}

/// Says what keeps \p Plan from being carried out, if anything does.
bool Pipeline::fail(const ReloadPlan &Plan, ReloadReport &Report) const {
  for (const LinkProblem &P : Plan.Problems) {
    std::string Place = P.File.empty() ? "" : P.File + ":";
    if (P.Line)
      Place += std::to_string(P.Line) + ":";
    Report.Rendered += Place + (Place.empty() ? "error: " : " error: ") + P.Message + "\n";
    Report.Diagnostics.push_back({"error", P.File, P.Line, P.Line ? 1u : 0u, P.Message});
  }
  if (!Plan.Problems.empty()) {
    Report.Result = Outcome::Failed;
    return true;
  }
  for (const std::string &Why : Plan.Refusals)
    Report.Notes.push_back(Why);
  if (!Plan.Refusals.empty())
    Report.Result = Outcome::Refused;
  return !Plan.Refusals.empty();
}

/// A variable that holds objects of a changed type is known without a look at the
/// running program. (The heap is looked at all the same, to say how many there are.)
bool Pipeline::refuseForHolders(const ReloadPlan &Plan, ReloadReport &Report) const {
  if (none_of(Plan.LayoutChanges, [](const LayoutChange &C) { return !C.Holders.empty(); }))
    return false;
  LayoutCheck Check(Plan, Link->codeMap(), {}, Live);
  Check.takeCensus();
  append_range(Report.Notes, Check.refusals());
  Report.Result = Outcome::Refused;
  return true;
}

static std::vector<std::string> displayNames(ArrayRef<std::string> Symbols) {
  std::vector<std::string> Result;
  for (const std::string &S : Symbols)
    Result.push_back(displayName(S));
  return Result;
}

void Pipeline::describe(const ReloadPlan &Plan, ReloadReport &Report) const {
  Report.Replaced = displayNames(Plan.Replaced);
  Report.Added = displayNames(Plan.Added);
  Report.Removed = displayNames(Plan.Removed);
  append_range(Report.Notes, Plan.Notes);
}

std::unique_ptr<Commit> Pipeline::prepareOnce(unsigned Threads, ReloadReport &Report) {
  addDiagnostics(Report);
  if (failBroken(Report))
    return nullptr;
  assert(!isUnsettled() && "what is being saved can't be judged");
  PlanResult Planned = planNow();
  if (fail(Planned.Plan, Report))
    return nullptr;
  // (What the check finds to be in no source any more was there for an edited body.)
  if (Planned.Plan.changesNothing() || (Report.Way == Route::Check && Planned.Plan.onlyRemoves())) {
    Report.Result = Outcome::Unchanged;
    for (const KeptVariable &K : Planned.Plan.Kept)
      Report.Kept.push_back({displayName(K.Name), K.Reason});
    Prepared = std::move(Planned.Next);
    adoptFacts();
    return nullptr;
  }
  if (refuseForHolders(Planned.Plan, Report))
    return nullptr;
  LinkRequest Request = [&] {
    TimeTraceScope Scope("Link request");
    return linkRequest(Planned);
  }();
  auto Linked = Link->link(Request, Threads);
  if (!Linked) {
    std::string Why = toString(Linked.takeError());
    Report.Rendered += "error: " + Why + "\n";
    Report.Diagnostics.push_back({"error", "", 0, 0, Why});
    Report.Result = Outcome::Failed;
    return nullptr;
  }
  Report.PhasesMs.Codegen = millisBetween(0, Linked->CodegenNs);
  Report.PhasesMs.Link = millisBetween(0, Linked->LinkNs);
  Report.Generated = Linked->Generated;
  Report.Result = Outcome::Ready;
  if (Live.Started) // At the start nobody reads 60,000 names of what is new.
    describe(Planned.Plan, Report);
  auto C = std::make_unique<Commit>(Planned.Plan, *Linked, Planned.Next);
  SymbolChanges Symbols{std::move(Linked->Symbols), {}, {}};
  if (!PreparedBodies) {
    Symbols.Homes = homesOf(Planned.Next);
    Symbols.Hidden = removedNames(Planned.Next);
  }
  C->publish(std::move(Symbols));
  if (Planned.Plan.needsStop())
    C->require(
        std::make_unique<LayoutCheck>(Planned.Plan, Link->codeMap(), Linked->Addresses, Live));
  useProgramAllocators([&](StringRef Name) { return Linked->Addresses.lookup(Name); });
  Prepared = std::move(Planned.Next);
  Addresses = std::move(Linked->Addresses);
  return C;
}

void Pipeline::refreshLines(function_ref<bool()> Stop) {
  if (Prepared)
    return; // What is to become live isn't yet.
  auto IsUnchanged = [&](const FunctionFacts &F, Generation Gen) {
    auto It = Live.Functions.find(F.Name);
    return It != Live.Functions.end() && !It->second.Removed && It->second.Body == Gen &&
           It->second.Hash == F.Hash;
  };
  LineRefresh Request;
  Request.IsUnchanged = IsUnchanged;
  Request.Stop = Stop;
  if (!MovedLines.empty())
    Request.Homes = Homes, Request.VTables = Tables;
  while (!MovedLines.empty()) {
    auto It = Compiled.find(*MovedLines.begin());
    // (Of which only bodies are new waits for the whole compile.)
    if (It != Compiled.end() && !It->second->Base) {
      Request.Unit = It->second;
      if (!Link->refreshLines(Request))
        return;
    }
    MovedLines.erase(MovedLines.begin());
  }
}

void Pipeline::dropOldCode(uint64_t Boundaries, bool ShowsNone, function_ref<bool()> Stop) {
  if (Prepared)
    return; // What is to become live would not be seen.
  DropConditions Now;
  auto MayComeBack = [&](const BodyRange &Body) {
    auto It = Live.Functions.find(Body.Function);
    return It != Live.Functions.end() &&
           any_of(It->second.Bodies, [&](const auto &Known) { return Known.second == Body.Gen; });
  };
  Now.MayComeBack = MayComeBack;
  auto UseOf = [&](StringRef Entry) {
    // (An entry of another name is that of a signature that code may still call.)
    auto It = Live.Functions.find(Entry);
    if (It == Live.Functions.end() || !It->second.Removed)
      return EntryUse::Live;
    return isInitialiserName(Entry) ? EntryUse::None : EntryUse::Held;
  };
  Now.UseOf = UseOf;
  Now.Boundaries = Boundaries;
  Now.ShowsNone = ShowsNone;
  Now.Stop = Stop;
  for (const BodyRange &Gone : Link->dropOldCode(Now))
    if (auto It = Live.Functions.find(Gone.Function); It != Live.Functions.end())
      It->second.Types.erase(Gone.Gen);
}

void Pipeline::discard() {
  Link->discard();
  Prepared.reset();
}
