//===- PipelineHeaders.cpp - Edits of bodies in headers -------------------===//
//
// A body that an inline function of a header is given is the same one in every file. It is
// compiled once, in the syntax tree of one unit that reads the header, and given to
// each unit that has the function. All of them are compiled whole afterwards.
//
//===----------------------------------------------------------------------===//

#include "ir/MergeUnits.h"
#include "session/Pipeline.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

/// Whether the newest text of \p Header differs in bodies alone from what \p Tree was made of.
bool Pipeline::takesAsItIs(const LiveUnit &Tree, StringRef Header) const {
  const std::string *Text = savedText(Header);
  return Text && Tree.takesHeader(Header, *Text);
}

/// Returns the headers of \p Tree that have been saved since the start, with the texts that
/// \p Whole was compiled from; nothing where one of these isn't known any more.
std::optional<std::vector<Compiler::NewerHeader>>
Pipeline::newerHeaders(const Version &Whole, const LiveUnit &Tree) const {
  std::vector<Compiler::NewerHeader> Result;
  if (Tree.begin().Headers.empty())
    return Result;
  const SeenTexts InTree(Tree.begin().FilesRead);
  for (const auto &Saved : Known.overlay()) {
    StringRef Path = Saved.first();
    const SourceText *Parsed = Tree.header(Path);
    if (!Parsed)
      continue;
    std::shared_ptr<const std::string> Base = Whole.Headers.lookup(Path);
    if (!Base && Whole.Seen.hash(Path) == InTree.hash(Path))
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

/// Returns \p Units, the one of \p Tree first, if all that differs since their last whole
/// compiles are bodies of the same headers; else nothing.
std::vector<Pipeline::HeaderReader> Pipeline::readersOfBodies(ArrayRef<UnitId> Units, UnitId First,
                                                              const LiveUnit &Tree) {
  std::vector<HeaderReader> Result;
  // What differs now was the same text for all of them.
  auto IsSame = [&](const Version &V, StringRef Path) {
    return Result.front().Whole.Seen.hash(Path) == V.Seen.hash(Path);
  };
  std::vector<UnitId> Order = {First};
  copy_if(Units, std::back_inserter(Order), [&](UnitId Id) { return Id != First; });
  for (UnitId Id : Order) {
    const SourceUnit &U = *Proj.find(Id);
    CompileJob Job = jobFor(U);
    const Version *Whole = lastWhole(U, Job, &Tree);
    if (!Whole || CompiledWith[Id] != Job.Command || Whole->Seen.hash(U.Path) != Known.hash(U.Path))
      return {};
    Result.push_back({U, std::move(Job), *Whole});
    if (!Known.isNewest(Result.back().Whole.Seen,
                        [&](StringRef Path) { return IsSame(Result.back().Whole, Path); }))
      return {};
  }
  return Result;
}

/// Returns \p Whole with the bodies of headers in \p Result that it has; null where that
/// can't be done.
static std::shared_ptr<const CompiledUnit> giveBodies(std::shared_ptr<const CompiledUnit> Whole,
                                                      const Compiler::BodiesResult &Result) {
  std::vector<std::string> Own;
  copy_if(Result.HeaderSymbols, std::back_inserter(Own),
          [&](const std::string &Symbol) { return Whole->Index.Functions.contains(Symbol); });
  std::string Why;
  return mergeUnits(std::move(Whole), *Result.Part, Own, Why);
}

/// Compiles \p Units, more than one, if all that differs since their last whole compiles are
/// bodies of headers, and one of them has a syntax tree.
bool Pipeline::compileHeaderBodies(ArrayRef<UnitId> Units, ReloadReport &Report) {
  if (!Background || Units.size() < 2)
    return false;
  auto TreeOf = [&](UnitId Id) { return treeFor(*Proj.find(Id), jobFor(*Proj.find(Id))); };
  auto With = find_if(Units, TreeOf);
  if (With == Units.end())
    return false;
  LiveUnit &Tree = *TreeOf(*With);
  std::vector<HeaderReader> Readers = readersOfBodies(Units, *With, Tree);
  if (Readers.empty())
    return false;
  const HeaderReader &First = Readers.front();
  Compiler::BodiesResult Result = compileInTree(First.Unit, First.Job, First.Whole, Tree);
  if (!Result.Unit || !Result.Part)
    return false;
  TimeTraceScope Merging("Merge");
  std::vector<std::shared_ptr<const CompiledUnit>> Parts = {Result.Unit};
  for (const HeaderReader &R : drop_begin(Readers))
    Parts.push_back(giveBodies(R.Whole.Unit, Result));
  if (is_contained(Parts, nullptr))
    return false;
  for (auto [R, Part] : zip_equal(Readers, Parts))
    takeBodies(R.Unit, R.Job, R.Whole, std::move(Part));
  Report.Way = Route::Live;
  Report.Bodies += Result.Bodies;
  return true;
}
