//===- PlanTypes.cpp - What an edited type concerns -----------------------===//
//
// A type's layout may change while nothing is alive that has the old one: no object,
// and no code that is running and was compiled with it. The plan knows the variables,
// and which bodies depend on the type; the heap and the stacks are looked at when the
// reload is committed.
//
//===----------------------------------------------------------------------===//

#include "ir/Names.h"
#include "plan/Planner.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace nextframe;

/// Says of each changed type what of it may be where.
void Planner::layoutChanges() {
  for (LayoutChange &Change : Plan.LayoutChanges) {
    if (!Change.OnlyVirtuals)
      holders(Change);
    auto Hidden = Live.Hidden.find(Change.Type);
    if (Hidden == Live.Hidden.end())
      continue;
    for (const HidingPlace &Place : Hidden->second) {
      bool IsSlot = Place.How == Hiding::MemberPointer;
      bool Matters = Place.How == Hiding::Library || !Change.OnlyVirtuals;
      if (IsSlot ? Change.Virtuals : Matters)
        Change.Hidden.push_back(Place);
    }
  }
}

/// Finds the variables that hold objects of the type.
void Planner::holders(LayoutChange &Change) {
  for (const auto &Entry : Live.Variables) {
    const LiveVariable &V = Entry.second;
    if (V.Kind == DataKind::VTable)
      continue; // It says which class it is of.
    auto Content = find_if(V.Contents, [&](auto &C) { return C.first == Change.Type; });
    if (Content == V.Contents.end())
      continue;
    bool Removed = V.Removed || !New.Variables.contains(Entry.first());
    LayoutChange::Holder Holder{Entry.first().str(), Content->second, Removed};
    bool IsConstant = V.Kind == DataKind::Constant || V.Kind == DataKind::Literal;
    if (IsConstant || (Removed && V.TriviallyCopyable && !V.ThreadLocal))
      Change.PointedTo.push_back(std::move(Holder));
    else
      Change.Holders.push_back(std::move(Holder));
  }
  auto ByName = [](const auto &A, const auto &B) { return A.Variable < B.Variable; };
  sort(Change.Holders, ByName);
  sort(Change.PointedTo, ByName);
}

/// Every body that depends on a changed type, and that is not what the new program
/// has, must not be running. (Where nothing is known of a body, it may depend on any.)
void Planner::hazards() {
  if (Plan.LayoutChanges.empty())
    return;
  for (const auto &Entry : Live.Functions) {
    const LiveFunction &Now = Next.Functions.find(Entry.first())->second;
    for (const auto &[Body, Types] : Entry.second.Types) {
      if (Body == Now.Body && !Now.Removed)
        continue;
      auto Uses = [&, &Types = Types](const LayoutChange &C) {
        return !Types.Known || is_contained(Types.Keys, C.Type);
      };
      auto Change = find_if(Plan.LayoutChanges, Uses);
      if (Change == Plan.LayoutChanges.end())
        continue;
      Plan.Hazards.push_back({Entry.first().str(), Body,
                              message(diag::refuse_running, displayName(Entry.first()),
                                      typeName(Change->Type), Change->What)});
    }
  }
}

/// What is made out of sight stays there, whatever becomes of the source. (What a
/// function of the program itself is given is in sight.)
void Planner::hidingPlaces() {
  for (const PlanUnit &U : Units)
    for (const HiddenObjects &H : U.Facts->Hidden)
      if (H.How != Hiding::Library || !New.defines(H.File))
        Next.Hidden[U.Facts->Types[H.Type]].insert({H.How, H.File, H.Line});
}
