//===- InlinedTypes.cpp - Which layouts optimised code depends on ---------===//

#include "ir/InlinedTypes.h"
#include "ir/Names.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace nextframe;

namespace {

/// Finds out what leads to what; each function is gone through once.
class Ways {
public:
  /// Returns the functions with a body that \p F names, itself or by what data holds.
  ArrayRef<const Function *> from(const Function &F);
  /// Returns \p F and all that it leads to; empty where those are more than \p Most.
  SmallSetVector<const Function *, 16> all(const Function &F, size_t Most);

private:
  DenseMap<const Function *, SmallVector<const Function *, 8>> Known;
};

} // namespace

ArrayRef<const Function *> Ways::from(const Function &F) {
  if (auto It = Known.find(&F); It != Known.end())
    return It->second;
  SmallVector<const Function *, 8> Found;
  SmallSetVector<const Constant *, 32> Named;
  auto Name = [&](const User &U) {
    for (const Use &Operand : U.operands())
      if (auto *C = dyn_cast<Constant>(Operand))
        Named.insert(C);
  };
  for (const Instruction &I : instructions(F))
    Name(I);
  for (size_t At = 0; At != Named.size(); ++At)
    if (auto *Other = dyn_cast<Function>(Named[At])) {
      if (!Other->isDeclaration())
        Found.push_back(Other);
    } else {
      Name(*Named[At]); // A variable's operand is its initialiser, an alias's what it stands for.
    }
  return Known[&F] = std::move(Found);
}

SmallSetVector<const Function *, 16> Ways::all(const Function &F, size_t Most) {
  SmallSetVector<const Function *, 16> Result;
  Result.insert(&F);
  for (size_t At = 0; At != Result.size(); ++At) {
    Result.insert_range(from(*Result[At]));
    if (Result.size() > Most)
      return {};
  }
  return Result;
}

void nextframe::spreadTypes(const Module &M, SourceFacts &Source, size_t MostFunctions) {
  Ways Ways;
  StringMap<SourceFunction> Spread;
  for (const Function &F : M) {
    if (F.isDeclaration())
      continue;
    SourceFunction &Mine = Spread[linkerName(F.getName())];
    auto All = Ways.all(F, MostFunctions);
    Mine.TypesComplete = !All.empty();
    for (const Function *Other : All) {
      auto It = Source.Functions.find(linkerName(Other->getName()));
      Mine.TypesComplete &= It != Source.Functions.end() && It->second.TypesComplete;
      if (!Mine.TypesComplete)
        break;
      Mine.Types.insert(It->second.Types.begin(), It->second.Types.end());
    }
  }
  Source.Functions = std::move(Spread);
}
