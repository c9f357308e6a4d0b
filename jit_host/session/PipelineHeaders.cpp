//===- PipelineHeaders.cpp - Edits of bodies in headers -------------------===//
//
// A body that an inline function of a header is given is the same one in every file. It is
// compiled once, in the syntax tree of one unit that reads the header, and given to
// each unit that has the function. All of them are compiled whole afterwards.
//
//===----------------------------------------------------------------------===//

#include "ir/MergeUnits.h"
#include "session/Pipeline.h"
#include "support/FileText.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

/// Whether the newest text of \p Header differs in bodies alone from what \p Tree was made of.
bool Pipeline::takesAsItIs(const LiveUnit &Tree, StringRef Header) const {
  const std::string *Text = savedText(Header);
  return Text && Tree.takesHeader(Header, *Text);
}

static uint64_t hashRead(ArrayRef<FileRead> Files, StringRef Path) {
  auto It = find_if(Files, [&](const FileRead &F) { return F.Path == Path; });
  return It == Files.end() ? AbsentFile : It->Hash;
}

/// Returns the headers of \p Tree that have been saved since the start, with the texts that
/// \p Whole was compiled from; nothing where one of these isn't known any more.
std::optional<std::vector<Compiler::NewerHeader>>
Pipeline::newerHeaders(const Version &Whole, const LiveUnit &Tree) const {
  std::vector<Compiler::NewerHeader> Result;
  for (const auto &Saved : Known.overlay()) {
    StringRef Path = Saved.first();
    const SourceText *Parsed = Tree.header(Path);
    if (!Parsed)
      continue;
    std::shared_ptr<const std::string> Base = Whole.Headers.lookup(Path);
    if (!Base && hashRead(Whole.FilesRead, Path) == hashRead(Tree.begin().FilesRead, Path))
      Base = std::shared_ptr<const std::string>(std::shared_ptr<void>(), &Parsed->Text);
    if (!Base)
      return std::nullopt;
    Result.push_back({Path.str(), std::move(Base), Saved.second});
  }
  return Result;
}

/// Compiles in \p Tree what differs in the unit since \p Whole.
Compiler::BodiesResult Pipeline::compileInTree(const SourceUnit &Unit, const CompileJob &Job,
                                               const Version &Whole, LiveUnit &Tree) {
  Compiler::BodiesResult Result;
  const std::string *Saved = savedText(Unit.Path);
  if (auto Headers = newerHeaders(Whole, Tree))
    Result = Comp.compileLive(Job, Saved ? *Saved : Whole.Unit->Source.Text, *Headers, Whole.Unit,
                              Tree, Siblings);
  if (!Result.Unit)
    TimeTraceScope Why("Not in the tree", Result.Why);
  if (!Tree.isGood())
    Trees.erase(Unit.Id);
  return Result;
}

/// Compiles \p Units, more than one, if all that differs since their last whole compiles are
/// bodies of headers, and one of them has a syntax tree.
bool Pipeline::compileHeaderBodies(ArrayRef<UnitId> Units, ReloadReport &Report) {
  if (!Background || Units.size() < 2)
    return false;
  const SourceUnit *With = nullptr;
  LiveUnit *Tree = nullptr;
  for (UnitId Id : Units)
    if (LiveUnit *T = Tree ? nullptr : treeFor(*Proj.find(Id), jobFor(*Proj.find(Id))))
      With = Proj.find(Id), Tree = T;
  if (!Tree)
    return false;
  struct Reader {
    const SourceUnit &Unit;
    CompileJob Job;
    Version Whole;
    std::shared_ptr<const CompiledUnit> Part;
  };
  std::vector<Reader> Readers;
  auto IsSame = [&](const Version &Whole, const FileRead &F) {
    return isCurrent(F) || hashRead(Readers.front().Whole.FilesRead, F.Path) == F.Hash;
  };
  std::vector<UnitId> Order = {With->Id};
  copy_if(Units, std::back_inserter(Order), [&](UnitId Id) { return Id != With->Id; });
  for (UnitId Id : Order) {
    const SourceUnit &U = *Proj.find(Id);
    CompileJob Job = jobFor(U);
    const Version *Whole = lastWhole(U, Job, Tree);
    if (!Whole || CompiledWith[Id] != Job.Command ||
        hashRead(Whole->FilesRead, U.Path) != Known.hash(U.Path))
      return false;
    Readers.push_back({U, std::move(Job), *Whole, nullptr});
    if (!all_of(Whole->FilesRead, [&](const FileRead &F) { return IsSame(*Whole, F); }))
      return false;
  }
  Reader &First = Readers.front();
  Compiler::BodiesResult Result = compileInTree(First.Unit, First.Job, First.Whole, *Tree);
  if (!Result.Unit || !Result.Part)
    return false;
  TimeTraceScope Merging("Merge");
  First.Part = Result.Unit;
  for (Reader &R : drop_begin(Readers)) {
    std::vector<std::string> Own;
    copy_if(Result.HeaderSymbols, std::back_inserter(Own), [&](const std::string &Symbol) {
      return R.Whole.Unit->Index.Functions.contains(Symbol);
    });
    std::string Why;
    R.Part = mergeUnits(R.Whole.Unit, *Result.Part, Own, Why);
    if (!R.Part)
      return false;
  }
  for (Reader &R : Readers)
    takeBodies(R.Unit, R.Job, R.Whole, std::move(R.Part));
  Report.Way = Route::Live;
  Report.Bodies += Result.Bodies;
  return true;
}
