//===- PipelinePlan.cpp - What is planned, linked and adopted -------------===//

#include "ir/Names.h"
#include "ir/UnitChanges.h"
#include "session/Pipeline.h"
#include "session/ProgramAllocations.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

/// Plans by what differs alone, where one unit does, and in nothing but code.
std::optional<PlanResult> Pipeline::planBodiesNow() {
  if (!Live.Started || LiveUnits.size() != Proj.units().size())
    return std::nullopt;
  const CompiledUnit *Old = nullptr, *New = nullptr;
  for (const SourceUnit &U : Proj.units()) {
    auto Known = LiveUnits.find(U.Id);
    const std::shared_ptr<const CompiledUnit> &Now = Compiled.at(U.Id);
    if (Known == LiveUnits.end() || (Known->second != Now && New))
      return std::nullopt;
    if (Known->second != Now)
      Old = Known->second.get(), New = Now.get();
  }
  if (!New)
    return std::nullopt;
  std::optional<UnitChanges> Changes = changesBetween(*Old, *New);
  if (!Changes)
    return std::nullopt;
  auto IsExternal = [&](StringRef Name) { return Link->isExternal(Name); };
  static const UnitFacts Nothing;
  return planBodies(Live, New->Id, *Changes, New->Base ? New->Facts : Nothing, IsExternal);
}

PlanResult Pipeline::planNow() {
  if (std::optional<PlanResult> Bodies = [&] {
        TimeTraceScope Scope("Plan", "bodies");
        return planBodiesNow();
      }()) {
    PreparedBodies = true;
    return std::move(*Bodies);
  }
  TimeTraceScope Scope("Plan");
  PreparedBodies = false;
  std::vector<PlanUnit> Units;
  for (const SourceUnit &U : Proj.units())
    Units.push_back({U.Id, U.File, &Compiled.at(U.Id)->facts()});
  auto IsExternal = [&](StringRef Name) { return Link->isExternal(Name); };
  return planReload(Live, Units, IsExternal);
}

/// Where what is not found under its name is found.
HomeSymbols Pipeline::homesOf(const LiveProgram &Program) {
  HomeSymbols Homes;
  for (const auto &V : Program.Variables)
    if (V.second.Symbol != V.first())
      Homes[V.first()] = V.second.Symbol;
  for (const auto &F : Program.Functions)
    if (F.second.Entry != F.first())
      Homes[F.first()] = F.second.Entry;
  return Homes;
}

static VTableHomes vtablesOf(const LiveProgram &Program) {
  VTableHomes Tables;
  for (const auto &V : Program.Variables)
    if (!V.second.Room.empty())
      Tables[V.first()] = {V.second.Parts, V.second.Room};
  return Tables;
}

LinkRequest Pipeline::linkRequest(const PlanResult &Planned) {
  const ReloadPlan &Plan = Planned.Plan;
  LinkRequest Request;
  Request.Gen = Plan.Gen;
  auto EntryOf = [&](StringRef F) { return Planned.Next.Functions.find(F)->second.Entry; };
  StringSet<> NewEntries;
  std::vector<std::string> Named;
  for (const std::string &F : Plan.NewEntries) {
    NewEntries.insert(F);
    Request.NewEntries.push_back({EntryOf(F), bodyName(F, Plan.Gen)});
  }
  for (UnitId Id : Plan.Assembly)
    Request.Assembly.push_back(Compiled.at(Id));
  StringSet<> InSections;
  for (const SectionWork &W : Plan.Sections) {
    LinkSection Section{W.Name, W.Start, W.Stop, {}};
    for (auto &[Id, V] : W.Elements) {
      const std::shared_ptr<const CompiledUnit> &Unit = Compiled.at(Id);
      InSections.insert(V);
      Section.Elements.push_back({Unit->Base && !Unit->Newer.contains(V) ? Unit->Base : Unit,
                                  {V, Planned.Next.Variables.find(V)->second.Symbol}});
    }
    Request.Sections.push_back(std::move(Section));
    Named.push_back(W.Start);
  }
  for (const UnitWork &W : Plan.Work) {
    const std::shared_ptr<const CompiledUnit> &Unit = Compiled.at(W.Unit);
    // Of a unit of which only some bodies are new, each is in one of two modules.
    LinkSlice New{Unit, {}, {}, {}}, Old{Unit->Base, {}, {}, {}};
    auto From = [&](StringRef Name) -> LinkSlice & {
      return Unit->Base && !Unit->Newer.contains(Name) ? Old : New;
    };
    for (const std::string &V : W.Variables) {
      const LiveVariable &Known = Planned.Next.Variables.find(V)->second;
      if (!InSections.contains(V))
        From(V).Data.push_back({V, Known.Symbol, is_contained(W.SetFlags, V)});
      // What nothing else asks for may be asked for by its name.
      if (Known.Kind == DataKind::Constant && !Known.ThreadLocal && !StringRef(V).contains('.'))
        Named.push_back(Known.Symbol);
    }
    for (const std::string &V : W.InitialContents)
      From(V).InitialContents.push_back({V, initialContentSymbol(V, Plan.Gen), false});
    for (const std::string &V : W.VTables)
      From(V).InitialContents.push_back({V, initialContentSymbol(V, Plan.Gen), false});
    for (const std::string &F : W.Functions) {
      From(F).Functions.push_back(F);
      if (!NewEntries.contains(F))
        Request.Redirects.push_back({EntryOf(F), F, bodyName(F, Plan.Gen)});
    }
    if (Unit->Base)
      Request.Slices.push_back(std::move(Old));
    Request.Slices.push_back(std::move(New));
  }
  for (const Rebind &R : Plan.Rebinds)
    Request.Redirects.push_back({EntryOf(R.Function), R.Function, bodyName(R.Function, R.Body)});
  for (const AliasFacts &A : Plan.Aliases)
    if (A.IsFunction)
      Request.NewEntries.push_back({A.Name, EntryOf(A.Target)});
    else
      Request.Aliases.push_back({A.Name, A.Target});
  for (const AliasFacts &A : Plan.Retargeted)
    Request.Redirects.push_back({A.Name, A.Name, EntryOf(A.Target)});
  // (Bodies alone leave all that as it is.)
  Request.Homes = PreparedBodies ? Homes : homesOf(Planned.Next);
  Request.VTables = PreparedBodies ? Tables : vtablesOf(Planned.Next);
  Request.Wanted = Commit::wantedSymbols(Plan, Live, Planned.Next);
  append_range(Request.Wanted, Named);
  if (Plan.Gen == Generation{0})
    Request.Wanted.push_back("main");
  for (StringRef Name : replaceableAllocators())
    if (auto F = Planned.Next.Functions.find(Name); F != Planned.Next.Functions.end())
      Request.Wanted.push_back(F->second.Entry);
  return Request;
}

void Pipeline::adopt() {
  Link->keep();
  adoptPrepared();
}

void Pipeline::adoptPrepared() {
  if (PreparedBodies) {
    adoptBodies(Live, std::move(*Prepared));
  } else {
    Live = std::move(*Prepared);
    Homes = homesOf(Live);
    Tables = vtablesOf(Live);
  }
  Prepared.reset();
  Renames.settle();
  std::vector<const SiblingFamilies *> Changed;
  for (const SourceUnit &U : Proj.units())
    if (auto &Known = LiveUnits[U.Id]; Known != Compiled.at(U.Id)) {
      Known = Compiled.at(U.Id);
      Changed.push_back(&Known->Siblings);
    }
  if (LiveUnits.size() != Proj.units().size())
    std::erase_if(LiveUnits, [&](const auto &U) { return !Proj.find(U.first); });
  rememberSiblings(Siblings, Changed);
}

void Pipeline::adoptUnchanged() {
  Link->discard();
  adoptFacts();
}

void Pipeline::adoptFacts() {
  Prepared->Gen = Live.Gen;
  adoptPrepared();
}
