//===- PipelineBodies.cpp - Edits of single bodies ------------------------===//
//
// An edit of single bodies is compiled by itself and made live; the whole file is
// compiled afterwards, and has the last word. Wherever the first can't be relied on,
// the second is all there is.
//
//===----------------------------------------------------------------------===//

#include "session/Pipeline.h"
#include "support/Clock.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

void Pipeline::allowBodies(std::function<void()> OnDone) {
  Background = std::make_unique<BackgroundCompiles>(Comp, std::move(OnDone));
}

/// Returns the newest text of \p Path, if it has been saved since the start.
const std::string *Pipeline::savedText(StringRef Path) const {
  auto It = Known.overlay().find(Path);
  return It == Known.overlay().end() ? nullptr : It->second.get();
}

/// Returns the newest text of the main file of \p Unit, as far as the compiles have seen
/// it; or null.
std::shared_ptr<const std::string> Pipeline::mainText(const SourceUnit &Unit,
                                                      const CompileJob &Job) const {
  if (auto It = Known.overlay().find(Unit.Path); It != Known.overlay().end())
    return It->second;
  const Version *Whole = lastWhole(Unit, Job);
  if (!Whole)
    return nullptr;
  return {Whole->Unit, &Whole->Unit->Source.Text};
}

/// Returns the preamble that fits the newest text of \p Unit and of what it includes, or
/// null.
Pipeline::KnownPreamble *Pipeline::preambleFor(const SourceUnit &Unit, const CompileJob &Job) {
  auto Found = Preambles.find(Unit.Id);
  std::shared_ptr<const std::string> Main = mainText(Unit, Job);
  if (Found == Preambles.end() || !Found->second.Begin || !Main)
    return nullptr;
  // (Not by times and sizes, as clang compares: texts from memory have no time.)
  const Preamble &Begin = *Found->second.Begin;
  if (Begin.Command != Job.Command || !Begin.fits(*Main) || !Known.isNewest(Found->second.Seen))
    return nullptr;
  return &Found->second;
}

/// Returns the last whole compile of \p Unit, if its main file is all that differs since,
/// and, with \p Tree, bodies of headers that it has; else null.
const Pipeline::Version *Pipeline::lastWhole(const SourceUnit &Unit, const CompileJob &Job,
                                             const LiveUnit *Tree) const {
  auto Compiles = Versions.find(Unit.Id);
  if (Compiles == Versions.end())
    return nullptr;
  auto Whole = find_if(Compiles->second, [](const Version &V) { return !V.Unit->Base; });
  if (Whole == Compiles->second.end() || Whole->Command != Job.Command)
    return nullptr;
  auto MayDiffer = [&](StringRef Path) {
    return Path == Unit.Path || (Tree && takesAsItIs(*Tree, Path));
  };
  return Known.isNewest(Whole->Seen, MayDiffer) ? &*Whole : nullptr;
}

/// \p Part is what there is of the unit from now on, until it is compiled whole.
void Pipeline::takeBodies(const SourceUnit &Unit, const CompileJob &Job, const Version &Whole,
                          std::shared_ptr<const CompiledUnit> Part) {
  Compiled[Unit.Id] = Part;
  Version New{Job.Command, Whole.Seen, std::move(Part), {}};
  for (const auto &File : Known.changed())
    New.Seen.set(File.first(), Known.hash(File.first()));
  remember(Unit.Id, std::move(New));
  Broken.erase(Unit.Id);
  Unreported.erase(Unit.Id);
  Unchecked.insert(Unit.Id);
}

/// Compiles the bodies that were edited, and no others, if bodies are all that differs
/// from the unit's last whole compile. \p OnlyInTree: if it has a syntax tree.
bool Pipeline::compileBodies(const SourceUnit &Unit, const CompileJob &Job, ReloadReport &Report,
                             bool OnlyInTree) {
  if (!Background)
    return false;
  Compiler::BodiesResult Result;
  Route Way = Route::Live;
  LiveUnit *Tree = treeFor(Unit, Job);
  const Version *Whole = lastWhole(Unit, Job, Tree);
  if (!Whole)
    return false;
  Version Last = *Whole;
  if (Tree)
    Result = compileInTree(Unit, Job, Last, *Tree);
  // (Behind a preamble none of its headers may differ.)
  const std::string *Main = savedText(Unit.Path);
  bool IsMain = Main && lastWhole(Unit, Job);
  KnownPreamble *Begin = Result.Unit || OnlyInTree || !IsMain ? nullptr : preambleFor(Unit, Job);
  if (Begin) {
    Result = Comp.compileBodies(Job, Known.overlay(), *Main, Last.Unit, *Begin->Begin, Siblings);
    Begin->LastUse = ++Uses;
    Way = Route::Bodies;
  }
  if (!Result.Unit && Begin)
    TimeTraceScope Why("Not by bodies", Result.Why);
  if (!Result.Unit)
    return false;
  takeBodies(Unit, Job, Last, std::move(Result.Unit));
  if (Report.Way == Route::Remembered)
    Report.Way = Way;
  Report.Bodies += Result.Bodies;
  return true;
}

bool Pipeline::compileAtOnce(ArrayRef<UnitId> Units, ReloadReport &Report) {
  uint64_t Start = nowNs();
  auto IsReady = [&](UnitId Id) {
    const SourceUnit &U = *Proj.find(Id);
    CompileJob Job = jobFor(U);
    return CompiledWith[Id] == Job.Command &&
           (reuse(U, Job) ||
            (Units.size() == 1 && compileBodies(U, Job, Report, /*OnlyInTree=*/true)));
  };
  if (Broken.empty() && !Units.empty() &&
      (compileHeaderBodies(Units, Report) || all_of(Units, IsReady))) {
    Report.PhasesMs.Compile += millisBetween(Start, nowNs());
    return true;
  }
  Unsettled.insert(Units.begin(), Units.end());
  return false;
}

/// Compiles whole, and at once, what only bodies were compiled of.
void Pipeline::compileUncheckedNow(unsigned Threads, ReloadReport &Report) {
  uint64_t Start = nowNs();
  std::vector<CompileJob> Jobs;
  for (UnitId Id : Unchecked)
    Jobs.push_back(jobFor(*Proj.find(Id)));
  std::vector<CompileResult> Results = compileWhole(Jobs, Threads, Report);
  for (auto [Job, Result] : zip_equal(Jobs, Results))
    compiled(*Proj.find(Job.Id), std::move(Job), std::move(Result));
  Report.Way = Route::Whole;
  Report.PhasesMs.Compile += millisBetween(Start, nowNs());
}

/// What bodies alone gave must be plain code that fits the program. Else it is the whole
/// compile that says what is wrong, or what the edit does to the program's state.
std::unique_ptr<Commit> Pipeline::prepare(unsigned Threads, ReloadReport &Report) {
  if (Unchecked.empty() || !Broken.empty() || Report.Way == Route::Check)
    return prepareOnce(Threads, Report);
  ReloadReport Tried = Report;
  std::unique_ptr<Commit> C = prepareOnce(Threads, Tried);
  bool IsPart = Report.Way == Route::Bodies || Report.Way == Route::Live;
  bool Good = C ? !IsPart || !C->needsBoundary() : Tried.Result == Outcome::Unchanged;
  if (Good) {
    Report = std::move(Tried);
    return C;
  }
  if (C)
    discard();
  C.reset();
  compileUncheckedNow(Threads, Report);
  if (!isUnsettled())
    return prepareOnce(Threads, Report);
  Report.Result = Outcome::Failed; // For now: another save is under way.
  return nullptr;
}

void Pipeline::startBackgroundCompile() {
  if (!Background || Background->isBusy() || startTree())
    return;
  bool IsPreamble = Unchecked.empty();
  std::set<UnitId> &Wanted = IsPreamble ? WithoutPreamble : Unchecked;
  if (Wanted.empty())
    return;
  UnitId Id = *Wanted.begin();
  const SourceUnit *U = Proj.find(Id);
  if (IsPreamble)
    Wanted.erase(Id);
  if (!U || (IsPreamble && Broken.count(Id)))
    return;
  CompileJob Job = jobFor(*U);
  std::shared_ptr<const std::string> Main = IsPreamble ? mainText(*U, Job) : nullptr;
  if (Main || !IsPreamble)
    Background->start(
        {std::move(Job), Known.overlay(), Siblings, std::move(Main), nullptr, nullptr});
}

/// The one that was used least recently goes first.
void Pipeline::keepPreamble(UnitId Unit, std::shared_ptr<const Preamble> Begin) {
  constexpr size_t MostBytes = 256u << 20;
  SeenTexts Seen(Begin ? ArrayRef(Begin->FilesRead) : ArrayRef<FileRead>());
  Preambles[Unit] = {std::move(Begin), std::move(Seen), ++Uses};
  auto Total = [&] {
    size_t Bytes = 0;
    for (auto &[Id, P] : Preambles)
      Bytes += P.Begin ? P.Begin->size() : 0;
    return Bytes;
  };
  while (Preambles.size() > 1 && Total() > MostBytes)
    Preambles.erase(llvm::min_element(Preambles, [](const auto &A, const auto &B) {
      return A.second.LastUse < B.second.LastUse;
    }));
}

void Pipeline::forgetBodies(UnitId Unit) {
  Unchecked.erase(Unit);
  WithoutPreamble.erase(Unit);
  Preambles.erase(Unit);
  Trees.erase(Unit);
}

std::string Pipeline::takeWholeCompile(ReloadReport &Report) {
  std::optional<BackgroundCompiles::Done> Done = Background ? Background->take() : std::nullopt;
  const SourceUnit *U = Done ? Proj.find(Done->Job.Id) : nullptr;
  if (!U)
    return "";
  if (Done->IsTree) {
    if (Done->Tree)
      NewTrees.push_back(U->File);
    keepTree(U->Id, std::move(Done->Tree));
    return "";
  }
  if (Done->IsPreamble) {
    keepPreamble(U->Id, std::move(Done->Begin));
    return "";
  }
  // Saved again meanwhile, or compiled whole: this one answers no question any more.
  auto IsMain = [&](const FileRead &F) { return F.Path == U->Path && !isCurrent(F); };
  if (!Unchecked.count(U->Id) || any_of(Done->Whole.FilesRead, IsMain) ||
      CompiledWith[U->Id] != Done->Job.Command || U->LocalTo != Done->Job.LocalTo)
    return "";
  if (!readsSettledTexts(Done->Whole)) {
    // A save that is under way compiles it again; one of a header's bodies has come already.
    auto WasSaved = [&](const FileRead &F) { return !isCurrent(F) && savedText(F.Path); };
    if (none_of(Done->Whole.FilesRead, WasSaved))
      Unchecked.erase(U->Id);
    return "";
  }
  Report.PhasesMs.Compile = 0;
  compiled(*U, std::move(Done->Job), std::move(Done->Whole));
  return U->File;
}
