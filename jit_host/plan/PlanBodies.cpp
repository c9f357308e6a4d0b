//===- PlanBodies.cpp - The plan of an edit of bodies ---------------------===//

#include "plan/PlanBodies.h"
#include "ir/Names.h"
#include "ir/VTables.h"
#include "plan/Planner.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace nextframe;

namespace {

class BodiesPlanner {
public:
  BodiesPlanner(const LiveProgram &Live, UnitId Unit, function_ref<bool(StringRef)> IsExternal)
      : Live(Live), Unit(Unit), IsExternal(IsExternal) {}

  /// False where there is more to it.
  bool run(const UnitChanges &Changes, const UnitFacts &Hidden);
  PlanResult take() { return {std::move(Plan), std::move(Next)}; }

private:
  bool function(const FunctionFacts &F, const UnitFacts &In);
  bool variable(const VariableFacts &V);
  bool references(const FunctionFacts &F, const UnitFacts &In);
  bool isDefined(StringRef Name) const;

  const LiveProgram &Live;
  const UnitId Unit;
  function_ref<bool(StringRef)> IsExternal;
  ReloadPlan Plan;
  LiveProgram Next; ///< What differs.
  UnitWork Work;
};

} // namespace

/// Literals come and go; everything else is as it was, or for planReload().
bool BodiesPlanner::variable(const VariableFacts &V) {
  if (auto It = Live.Variables.find(V.Name); It != Live.Variables.end()) {
    const LiveVariable &L = It->second;
    return !L.Removed && !L.NamesOldHomes && L.Kind == V.Kind && L.Size == V.Size &&
           L.ContentHash == V.ContentHash && L.TypeHash == V.TypeHash &&
           L.ThreadLocal == V.ThreadLocal;
  }
  if (V.Kind != DataKind::Literal || !V.References.empty() || !V.Contents.empty() ||
      Live.TakenSymbols.contains(V.Name))
    return false;
  Next.Variables[V.Name] = describeAlone(V);
  Work.Variables.push_back(V.Name);
  return true;
}

bool BodiesPlanner::function(const FunctionFacts &F, const UnitFacts &In) {
  auto It = Live.Functions.find(F.Name);
  bool IsNew = It == Live.Functions.end();
  if (IsNew && (isDefined(F.Name) || IsExternal(F.Name)))
    return false;
  if (!IsNew && It->second.Hash == F.Hash && !It->second.Removed)
    return true;
  if (!IsNew && (It->second.Removed || It->second.Unit != Unit ||
                 It->second.Signature != F.Signature || Live.Initialisers.contains(F.Name)))
    return false;
  LiveFunction &L = Next.Functions[F.Name] = IsNew ? LiveFunction() : It->second;
  if (IsNew) {
    L.Unit = Unit;
    L.Signature = F.Signature;
    L.Entry = L.Entries[F.Signature] = F.Name;
    Plan.NewEntries.push_back(F.Name);
  }
  if (takeBody(F, In, Plan, IsNew, L))
    Work.Functions.push_back(F.Name);
  for (SymbolIndex I : F.References) {
    auto V = Live.Variables.find(In.Symbols[I]);
    if (L.Body == Plan.Gen && V != Live.Variables.end() && V->second.Kind == DataKind::Variable)
      L.Types[Plan.Gen].Variables.push_back(variableId(In.Symbols[I]));
  }
  return true;
}

bool BodiesPlanner::isDefined(StringRef Name) const {
  auto F = Live.Functions.find(Name);
  auto V = Live.Variables.find(Name);
  return (F != Live.Functions.end() && !F->second.Removed) ||
         (V != Live.Variables.end() && !V->second.Removed) || Live.Aliases.contains(Name);
}

/// (Which message an undefined name gets is for planReload() to say.)
bool BodiesPlanner::references(const FunctionFacts &F, const UnitFacts &In) {
  return all_of(F.References, [&](SymbolIndex I) {
    StringRef Name = In.Symbols[I];
    return Next.Functions.contains(Name) || Next.Variables.contains(Name) || isDefined(Name) ||
           IsExternal(Name);
  });
}

bool BodiesPlanner::run(const UnitChanges &Changes, const UnitFacts &Hidden) {
  Next.Gen = Plan.Gen = Generation{number(Live.Gen) + 1};
  Next.Started = true;
  Work.Unit = Unit;
  // Where a name comes twice, the last facts of it count.
  MapVector<StringRef, FactsIn<FunctionFacts>> Functions;
  for (const auto &F : Changes.Functions)
    Functions[F.Facts->Name] = F;
  for (const auto &V : Changes.Variables)
    if (!variable(*V.Facts))
      return false;
  for (auto &[Name, F] : Functions)
    if (!function(*F.Facts, *F.In))
      return false;
  for (auto &[Name, F] : Functions)
    if (Next.Functions.contains(Name) && !references(*F.Facts, *F.In))
      return false;
  for (const HiddenObjects &H : Hidden.Hidden)
    if (H.How == Hiding::Library && isDefined(H.File))
      continue; // (What a function of the program itself is given is in sight.)
    else
      Next.Hidden[Hidden.Types[H.Type]].insert({H.How, H.File, H.Line});
  if (!Work.Functions.empty() || !Work.Variables.empty())
    Plan.Work.push_back(std::move(Work));
  if (is_contained(Plan.Replaced, "main"))
    Plan.Notes.push_back(message(diag::note_main_running));
  return true;
}

std::optional<PlanResult> nextframe::planBodies(const LiveProgram &Live, UnitId Unit,
                                                const UnitChanges &Changes,
                                                const UnitFacts &Hidden,
                                                function_ref<bool(StringRef)> IsExternal) {
  BodiesPlanner Planner(Live, Unit, IsExternal);
  if (!Live.Started || !Planner.run(Changes, Hidden))
    return std::nullopt;
  return Planner.take();
}

void nextframe::adoptBodies(LiveProgram &Live, LiveProgram Next) {
  Live.Gen = Next.Gen;
  for (auto &F : Next.Functions)
    Live.Functions[F.first()] = std::move(F.second);
  for (auto &V : Next.Variables)
    Live.Variables[V.first()] = std::move(V.second);
  for (auto &H : Next.Hidden)
    Live.Hidden[H.first()].insert(H.second.begin(), H.second.end());
}
