//===- PipelineTrees.cpp - The syntax trees of files that are edited ------===//
//
// A tree is made in the background, for a unit that is likely to be saved, has a preamble
// and was compiled whole. It is good for every edit of bodies from then on, until more than
// bodies is edited, or a body has errors: then it goes, and another one is made.
//
//===----------------------------------------------------------------------===//

#include "session/Pipeline.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace nextframe;

/// What the trees may take: see docs/limits.md.
static constexpr size_t MostTrees = 8;
static constexpr size_t MostBytes = 512u << 20;

//===----------------------------------------------------------------------===//
// Which files get one
//===----------------------------------------------------------------------===//

/// Of \p Units, which were just compiled whole, those get a preamble and a tree that are
/// likely to be saved again: the ones that were saved, or one that reads what was. (Not all
/// that a branch switch brings.)
void Pipeline::wantTrees(ArrayRef<UnitId> Units) {
  constexpr size_t Few = 4;
  size_t Wanted = 0;
  for (UnitId Id : Units)
    if (const SourceUnit &U = *Proj.find(Id);
        savedText(U.Path) && Wanted < Few && !preambleFor(U, jobFor(U)))
      WithoutPreamble.insert(Id), ++Wanted;
  if (!Wanted && Live.Started && Units.size() > 1)
    WithoutPreamble.insert(Units.front());
}

/// Returns a unit that is likely to tell most of \p Header: the source of its name, or one
/// that reads it.
const SourceUnit *Pipeline::readerOf(const std::string &Header) const {
  const SourceUnit *Result = nullptr;
  std::vector<UnitId> Readers = Proj.unitsReading(Header);
  for (UnitId Id : Readers)
    if (const SourceUnit *U = Proj.find(Id);
        !Result || sys::path::stem(U->Path) == sys::path::stem(Header))
      Result = U;
  return Result;
}

void Pipeline::readyNewestFiles() {
  constexpr size_t Most = 4;
  if (!Background || std::exchange(MadeNewestReady, true))
    return;
  std::vector<std::pair<sys::TimePoint<>, std::string>> ByTime;
  for (const std::string &Path : filesRead())
    if (sys::fs::file_status Status; Proj.contains(Path) && !sys::fs::status(Path, Status))
      ByTime.push_back({Status.getLastModificationTime(), Path});
  llvm::sort(ByTime, std::greater<>());
  std::set<UnitId> Ready;
  for (auto &[Time, Path] : ByTime) {
    const SourceUnit *U = readerOf(Path);
    auto It = U ? Compiled.find(U->Id) : Compiled.end();
    if (It == Compiled.end() || It->second->Source.OnlyWhole || Preambles.count(U->Id))
      continue;
    Ready.insert(U->Id);
    if (Ready.size() == Most)
      break;
  }
  WithoutPreamble.insert(Ready.begin(), Ready.end());
}

//===----------------------------------------------------------------------===//
// The trees
//===----------------------------------------------------------------------===//

/// Returns the tree that can take the bodies of the newest text of \p Unit, or null.
LiveUnit *Pipeline::treeFor(const SourceUnit &Unit, const CompileJob &Job) {
  auto Found = Trees.find(Unit.Id);
  if (Found == Trees.end() || !Found->second.Live)
    return nullptr;
  KnownTree &Tree = Found->second;
  auto MayDiffer = [&](StringRef Path) {
    return Path == Unit.Path || takesAsItIs(*Tree.Live, Path);
  };
  if (Tree.Live->begin().Command != Job.Command || !Known.isNewest(Tree.Seen, MayDiffer))
    return nullptr;
  Tree.LastUse = ++Uses;
  return Tree.Live.get();
}

/// Starts making a tree, if a unit wants one: the one whose preamble was used last.
bool Pipeline::startTree() {
  std::vector<std::pair<uint64_t, UnitId>> ByUse;
  for (auto &[Id, Begin] : Preambles)
    ByUse.push_back({Begin.LastUse, Id});
  llvm::sort(ByUse, [](const auto &A, const auto &B) { return A.first > B.first; });
  ByUse.resize(std::min(ByUse.size(), MostTrees));
  for (auto &[LastUse, Id] : ByUse) {
    const SourceUnit *U = Broken.count(Id) ? nullptr : Proj.find(Id);
    if (!U)
      continue;
    CompileJob Job = jobFor(*U);
    const Version *Whole = lastWhole(*U, Job);
    KnownPreamble *Begin = preambleFor(*U, Job);
    auto Known = Trees.find(Id);
    auto IsGood = [&](const KnownTree &T) {
      return T.Of == Whole->Unit || (treeFor(*U, Job) && T.Live->serves(Whole->Unit->Source.Text));
    };
    if (!Whole || !Begin || (Known != Trees.end() && IsGood(Known->second)))
      continue;
    Trees[Id] = {nullptr, Whole->Unit, Whole->Seen, ++Uses};
    Background->start(
        {std::move(Job), this->Known.overlay(), Siblings, nullptr, Whole->Unit, Begin->Begin});
    return true;
  }
  return false;
}

/// The one that was used least recently goes first, and isn't made again before the file
/// is edited again.
void Pipeline::keepTree(UnitId Unit, std::shared_ptr<LiveUnit> Live) {
  auto Known = Trees.find(Unit);
  if (Known == Trees.end())
    return;
  Known->second.Live = std::move(Live);
  Known->second.LastUse = ++Uses;
  while (true) {
    size_t Bytes = 0, Count = 0;
    KnownTree *Oldest = nullptr;
    for (auto &[Id, T] : Trees) {
      if (!T.Live)
        continue;
      ++Count;
      Bytes += T.Live->size();
      if (!Oldest || T.LastUse < Oldest->LastUse)
        Oldest = &T;
    }
    if (Count <= 1 || (Count <= MostTrees && Bytes <= MostBytes))
      return;
    Oldest->Live = nullptr;
  }
}
