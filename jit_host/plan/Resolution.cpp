//===- Resolution.cpp - Which definition of each name counts --------------===//

#include "plan/Resolution.h"
#include "ir/Names.h"
#include "support/Diagnostics.h"

using namespace llvm;
using namespace nextframe;

static std::string place(const PlanUnit &U, unsigned Line) {
  return Line ? U.File + ":" + std::to_string(Line) : U.File;
}

static unsigned lineOf(const FunctionFacts &F) { return F.Line; }
static unsigned lineOf(const VariableFacts &) { return 0; }
static unsigned lineOf(const AliasFacts &) { return 0; }

template <typename FactsT>
static void choose(Resolution::Definitions<FactsT> &Chosen, const std::vector<FactsT> &Offered,
                   size_t Unit, ArrayRef<PlanUnit> Units, std::vector<LinkProblem> &Problems) {
  for (const FactsT &F : Offered) {
    auto [It, New] = Chosen.insert({F.Name, {&F, Unit}});
    if (New || F.Bind == Binding::Weak)
      continue;
    Definition<FactsT> &Known = It->second;
    if (Known.Facts->Bind == Binding::Weak) {
      Known = {&F, Unit};
      continue;
    }
    const PlanUnit &Here = Units[Unit], &There = Units[Known.Unit];
    diag::ID What = F.Name == "main" ? diag::link_two_mains : diag::link_duplicate;
    Problems.push_back({Here.File, lineOf(F),
                        message(What, displayName(F.Name), place(There, lineOf(*Known.Facts)),
                                place(Here, lineOf(F)))});
  }
}

Resolution nextframe::resolve(ArrayRef<PlanUnit> Units) {
  Resolution R;
  for (size_t I = 0; I != Units.size(); ++I) {
    choose(R.Functions, Units[I].Facts->Functions, I, Units, R.Problems);
    choose(R.Variables, Units[I].Facts->Variables, I, Units, R.Problems);
    choose(R.Aliases, Units[I].Facts->Aliases, I, Units, R.Problems);
  }
  return R;
}
