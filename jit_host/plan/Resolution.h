//===- Resolution.h - Which definition of each name counts ----------------===//

#ifndef NEXTFRAME_PLAN_RESOLUTION_H
#define NEXTFRAME_PLAN_RESOLUTION_H

#include "plan/Plan.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

namespace nextframe {

/// A chosen definition: facts, and the index of the unit that they come from.
template <typename FactsT> struct Definition {
  const FactsT *Facts = nullptr;
  size_t Unit = 0;
};

/// The program as a static linker would see it. Order follows the units.
struct Resolution {
  template <typename FactsT>
  using Definitions = llvm::MapVector<llvm::StringRef, Definition<FactsT>>;

  Definitions<FunctionFacts> Functions;
  Definitions<VariableFacts> Variables;
  Definitions<AliasFacts> Aliases;
  /// Names with two strong definitions, said in the user's words.
  std::vector<LinkProblem> Problems;

  bool defines(llvm::StringRef Name) const {
    return Functions.contains(Name) || Variables.contains(Name) || Aliases.contains(Name);
  }
};

/// Returns the definitions of \p Units: of each name the strong one, else the
/// first in link order.
Resolution resolve(llvm::ArrayRef<PlanUnit> Units);

} // namespace nextframe

#endif // NEXTFRAME_PLAN_RESOLUTION_H
