//===- UnitChanges.cpp - What differs between two compiles of a unit ------===//

#include "ir/UnitChanges.h"

using namespace llvm;
using namespace nextframe;

static const CompiledUnit &wholeOf(const CompiledUnit &U) { return U.Base ? *U.Base : U; }

/// Adds what \p New has of another hash than \p Old; false where \p Old has something
/// that \p New hasn't, or more than functions and literals differ.
static bool addDifferences(const CompiledUnit &Old, const CompiledUnit &New, UnitChanges &Into) {
  if (Old.Index.Rest != New.Index.Rest)
    return false;
  size_t Common = 0;
  for (const FunctionFacts &F : New.Facts.Functions) {
    auto Known = Old.Index.Functions.find(F.Name);
    bool IsKnown = Known != Old.Index.Functions.end();
    Common += IsKnown;
    if (!IsKnown || Old.Facts.Functions[Known->second].Hash != F.Hash)
      Into.Functions.push_back({&F, &New.Facts});
  }
  for (const VariableFacts &V : New.Facts.Variables)
    if (V.Kind == DataKind::Literal && !Old.Index.Variables.contains(V.Name))
      Into.Variables.push_back({&V, &New.Facts});
  return Common == Old.Facts.Functions.size();
}

/// Adds what \p New has under the names that were compiled anew for \p Part.
static void addNewer(const CompiledUnit &Part, const CompiledUnit &New, UnitChanges &Into) {
  const CompiledUnit &Whole = wholeOf(New);
  for (const auto &Name : Part.Newer) {
    if (New.Newer.contains(Name.first()))
      continue; // Comes with the part's own.
    if (auto F = Whole.Index.Functions.find(Name.first()); F != Whole.Index.Functions.end())
      Into.Functions.push_back({&Whole.Facts.Functions[F->second], &Whole.Facts});
  }
}

std::optional<UnitChanges> nextframe::changesBetween(const CompiledUnit &Old,
                                                     const CompiledUnit &New) {
  UnitChanges Result;
  if (&wholeOf(Old) != &wholeOf(New) && !addDifferences(wholeOf(Old), wholeOf(New), Result))
    return std::nullopt;
  addNewer(Old, New, Result);
  if (!New.Base)
    return Result;
  if (!New.Facts.Records.empty())
    return std::nullopt;
  // The part has the last word: what stands behind wins.
  for (const FunctionFacts &F : New.Facts.Functions)
    Result.Functions.push_back({&F, &New.Facts});
  for (const VariableFacts &V : New.Facts.Variables)
    Result.Variables.push_back({&V, &New.Facts});
  return Result;
}
