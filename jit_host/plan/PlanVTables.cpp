//===- PlanVTables.cpp - Edited virtual tables ----------------------------===//
//
// Objects point into the table of their class for life. So its home is rewritten in
// place where it has the room, and what is alive dispatches by the new table. Where it
// hasn't, the table gets a new home, and nothing may be alive that points to the old.
//
//===----------------------------------------------------------------------===//

#include "ir/Names.h"
#include "ir/VTables.h"
#include "plan/Planner.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"

#include <map>
#include <utility>

using namespace llvm;
using namespace nextframe;

/// Says in what \p Parts are too large for \p Room.
static std::string describeLack(const std::vector<VTablePart> &Parts,
                                const std::vector<VTablePart> &Room) {
  if (Parts.size() != Room.size() || Parts.empty())
    return message(diag::what_other_tables);
  auto Lacks = [](size_t Needs, size_t Has) { return Needs > Has; };
  for (size_t I = 0; I != Parts.size(); ++I) {
    bool InFunctions = Lacks(Parts[I].After, Room[I].After);
    if (InFunctions || Lacks(Parts[I].Before, Room[I].Before))
      return message(diag::what_no_room, InFunctions ? Room[I].After : Room[I].Before,
                     InFunctions ? Parts[I].After : Parts[I].Before);
  }
  return message(diag::what_other_tables);
}

/// Brings a table that is live, and is another now, up to date.
void Planner::vtable(const VariableFacts &V, size_t Unit) {
  LiveVariable &Home = Next.Variables[V.Name];
  if (fits(V.Parts, Home.Room)) {
    LiveVariable Before = std::exchange(Home, describe(V, Unit));
    Home.Symbol = std::move(Before.Symbol);
    Home.Room = std::move(Before.Room);
    if (!is_contained(work(Unit).VTables, V.Name))
      work(Unit).VTables.push_back(V.Name);
    return;
  }
  // (Only constructors read a VTT, and they take the new one.)
  if (!isVTT(V.Name))
    mustNotBeAlive(V.Class, V.Name, describeLack(V.Parts, Home.Room));
  moveConstant(V, Unit);
}

/// Makes the reload depend on that no object of \p Class, whose table \p Symbol is, is
/// alive.
void Planner::mustNotBeAlive(const std::string &Class, StringRef Symbol, const std::string &What) {
  if (Class.empty()) {
    Plan.Refusals.push_back(message(diag::refuse_vtable, displayName(Symbol), What));
    return;
  }
  auto Known = find_if(Plan.LayoutChanges, [&](auto &C) { return C.Type == Class; });
  if (Known == Plan.LayoutChanges.end()) {
    LayoutChange Change;
    Change.Type = Class;
    Change.What = What;
    if (auto Record = Live.Records.find(Class); Record != Live.Records.end())
      Change.OldSize = Record->second.Size;
    Change.Virtuals = true;
    Plan.LayoutChanges.push_back(std::move(Change));
  } else if (std::exchange(Known->OnlyVirtuals, false)) {
    Known->What += "; " + What;
  }
}

/// A table that the new sources don't make can't be rewritten; objects that have it may
/// be alive all the same.
void Planner::vtablesLeftBehind() {
  std::vector<std::string> Changed;
  for (const LayoutChange &C : Plan.LayoutChanges)
    if (C.OnlyVirtuals)
      Changed.push_back(C.Type);
  if (Changed.empty())
    return;
  std::map<std::string, std::string> Left; // In order.
  for (const auto &Entry : Live.Variables) {
    const LiveVariable &V = Entry.second;
    auto IsOf = [&](const auto &Content) { return is_contained(Changed, Content.first); };
    if (Entry.first().starts_with("_ZTV") && !New.Variables.contains(Entry.first()) &&
        any_of(V.Contents, IsOf))
      Left[V.Class] = Entry.first().str();
  }
  for (auto &[Class, Symbol] : Left)
    mustNotBeAlive(Class, Symbol, message(diag::what_table_left, typeName(Class)));
}
