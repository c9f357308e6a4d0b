//===- PlanSections.cpp - Sections whose bounds the program asks for ------===//
//
// What lies in such a section is laid side by side once. An edit of it (an element more,
// less, or another one) lays all of it anew, somewhere else, as edited constants are, and
// all code that names an element or a bound is made again. Where an element is the
// program's to write, its state can't be in two places: that is refused.
//
//===----------------------------------------------------------------------===//

#include "ir/NamedSections.h"
#include "ir/Names.h"
#include "plan/Planner.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace nextframe;

/// Returns the sections that some file asks for the bounds of.
static StringSet<> boundedSections(ArrayRef<PlanUnit> Units) {
  StringSet<> Result;
  for (const PlanUnit &U : Units)
    for (const std::string &Symbol : U.Facts->Symbols)
      if (StringRef Section = sectionOfBound(Symbol); !Section.empty())
        Result.insert(Section);
  return Result;
}

/// Whether what lies in \p Section is what \p Elements say it should be.
bool Planner::isLaidAs(StringRef Section, ArrayRef<std::string> Elements) const {
  return ArrayRef(Next.Sections.find(Section)->second) == Elements &&
         all_of(Elements, [&](StringRef Name) {
           const VariableFacts &V = *New.Variables.find(Name)->second.Facts;
           const LiveVariable &Known = Next.Variables.find(Name)->second;
           bool IsConstant = isConstantData(V.Kind) || isConstantData(Known.Kind);
           return !IsConstant || (Known.ContentHash == V.ContentHash && Known.Size == V.Size &&
                                  Known.Kind == V.Kind && !Known.NamesOldHomes);
         });
}

/// Lays \p Elements side by side, which \p Again have been before.
void Planner::lay(StringRef Section, std::vector<std::string> Elements, bool Again) {
  SectionWork Work{Section.str(), "", "", {}};
  for (auto [Bound, Symbol] :
       {std::pair(startOf(Section), &Work.Start), std::pair(stopOf(Section), &Work.Stop)}) {
    LiveVariable &L = Next.Variables[Bound];
    L.Kind = DataKind::Constant;
    L.Symbol = *Symbol = Again ? bodyName(Bound, Plan.Gen) : Bound;
    if (Again)
      Moved.insert(Bound);
  }
  for (const std::string &Name : Elements) {
    const auto &D = New.Variables.find(Name)->second;
    Work.Elements.push_back({Units[D.Unit].Id, Name});
    if (Next.Variables.contains(Name)) {
      moveConstant(*D.Facts, D.Unit);
      Relaid.insert(Name);
    }
  }
  Next.Sections[Section] = std::move(Elements);
  Plan.Sections.push_back(std::move(Work));
}

/// Lays \p Section anew as it is in the sources now, or refuses to.
void Planner::layAnew(StringRef Section, std::vector<std::string> Elements) {
  if (!LaidAnew.insert(Section).second)
    return;
  auto Laid = Next.Sections.find(Section);
  bool Again = Laid != Next.Sections.end();
  std::vector<std::string> All = Again ? Laid->second : std::vector<std::string>();
  append_range(All, Elements);
  for (const std::string &Name : All) {
    auto D = New.Variables.find(Name);
    auto Known = Next.Variables.find(Name);
    bool IsNew = Known == Next.Variables.end();
    // (A new section may have any new element.)
    if ((D == New.Variables.end() || isConstantData(D->second.Facts->Kind) || (IsNew && !Again)) &&
        (IsNew || isConstantData(Known->second.Kind)))
      continue;
    Plan.Refusals.push_back(message(diag::refuse_section, Section, displayName(Name)));
    return;
  }
  lay(Section, std::move(Elements), Again);
}

void Planner::namedSections() {
  for (auto &[Name, D] : New.Variables)
    if (!D.Facts->Section.empty() && !D.Facts->ThreadLocal)
      InSections[D.Facts->Section].push_back(Name.str());
  StringSet<> Bounded = boundedSections(Units);
  for (auto &[Section, Elements] : InSections)
    if (!Next.Sections.contains(Section) ||
        (Bounded.contains(Section) && !isLaidAs(Section, Elements)))
      layAnew(Section, Elements);
  for (const auto &S : Live.Sections)
    if (!InSections.contains(S.first().str()) && Bounded.contains(S.first()) && !S.second.empty())
      layAnew(S.first(), {});
}
