//===- UnitChanges.h - What differs between two compiles of a unit --------===//

#ifndef NEXTFRAME_IR_UNITCHANGES_H
#define NEXTFRAME_IR_UNITCHANGES_H

#include "ir/CompiledUnit.h"

#include <optional>

namespace nextframe {

/// Facts, and the unit's facts that their indices are of.
template <typename FactsT> struct FactsIn {
  const FactsT *Facts = nullptr;
  const UnitFacts *In = nullptr;
};

/// The functions and variables of a unit that may differ from an older compile of it.
/// Borrows from the newer one.
struct UnitChanges {
  std::vector<FactsIn<FunctionFacts>> Functions;
  std::vector<FactsIn<VariableFacts>> Variables;
};

/// Returns what differs, where that is nothing but bodies of functions, functions that
/// are new, and what those need; else nothing. What only \p Old has of two parts of one
/// whole unit is not told. Any thread.
std::optional<UnitChanges> changesBetween(const CompiledUnit &Old, const CompiledUnit &New);

} // namespace nextframe

#endif // NEXTFRAME_IR_UNITCHANGES_H
