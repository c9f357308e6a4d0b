//===- IrTest.h - modules written as text, and the facts about them -------===//

#ifndef NEXTFRAME_TESTS_UNIT_IR_IRTEST_H
#define NEXTFRAME_TESTS_UNIT_IR_IRTEST_H

#include "ir/BodyHash.h"
#include "ir/CollectFacts.h"
#include "ir/CompiledUnit.h"
#include "ir/Names.h"
#include "ir/Promote.h"
#include "ir/Slice.h"
#include "ir/TypedAllocations.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <memory>
#include <string>
#include <vector>

namespace nextframe::test {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

/// A module in a context of its own, as each compile makes one.
class Ir {
public:
  explicit Ir(llvm::StringRef Text) {
    llvm::SMDiagnostic Error;
    M = llvm::parseAssemblyString(Text, Error, Ctx);
    if (!M) {
      Error.print("test", llvm::errs());
      std::abort();
    }
  }
  llvm::Module &operator*() { return *M; }
  llvm::Module *operator->() { return M.get(); }

  uint64_t hash(llvm::StringRef Function = "f") {
    BodyHasher::References Refs;
    return BodyHasher().hashFunction(*M->getFunction(Function), Refs);
  }
  uint64_t content(llvm::StringRef Variable) {
    BodyHasher::References Refs;
    return BodyHasher().hashContent(*M->getGlobalVariable(Variable, true), Refs);
  }
  Names references(llvm::StringRef Function = "f") {
    BodyHasher::References Refs;
    BodyHasher().hashFunction(*M->getFunction(Function), Refs);
    Names Result;
    for (const llvm::GlobalValue *G : Refs)
      Result.push_back(G->getName().str());
    return Result;
  }
  /// Why the module is broken; empty where it isn't.
  std::string verify() {
    std::string Text;
    llvm::raw_string_ostream OS(Text);
    llvm::verifyModule(*M, &OS);
    return Text;
  }
  /// What a compile does to the module, without an optimiser in between.
  UnitFacts facts(llvm::StringRef File = "a.cpp", const SourceFacts &Source = {}) {
    typeAllocations(*M, Source);
    promote(*M, unitTag(File));
    UnitFacts Facts = collectFacts(*M, unitTag(File), Source);
    EXPECT_EQ(verify(), "");
    return Facts;
  }

  llvm::LLVMContext Ctx;
  std::unique_ptr<llvm::Module> M;
};

/// A compiled unit out of \p Text.
inline CompiledUnit unitOf(llvm::StringRef Text, llvm::StringRef File = "a.cpp") {
  Ir Source(Text);
  CompiledUnit Unit;
  Unit.File = File.str();
  Unit.Facts = Source.facts(File);
  llvm::raw_svector_ostream OS(Unit.Bitcode);
  llvm::WriteBitcodeToFile(*Source, OS);
  return Unit;
}

/// The name that something local to \p File has in the whole program.
inline std::string local(llvm::StringRef Name, llvm::StringRef File = "a.cpp") {
  return localName(Name, unitTag(File));
}

inline const FunctionFacts &functionOf(const UnitFacts &Facts, llvm::StringRef Name) {
  for (const FunctionFacts &F : Facts.Functions)
    if (F.Name == Name)
      return F;
  ADD_FAILURE() << "no facts about " << Name.str();
  static const FunctionFacts None;
  return None;
}
inline const VariableFacts &variableOf(const UnitFacts &Facts, llvm::StringRef Name) {
  for (const VariableFacts &V : Facts.Variables)
    if (V.Name == Name)
      return V;
  ADD_FAILURE() << "no facts about " << Name.str();
  static const VariableFacts None;
  return None;
}
inline Names referencesOf(const UnitFacts &Facts, const std::vector<SymbolIndex> &References) {
  Names Result;
  for (SymbolIndex I : References)
    Result.push_back(Facts.Symbols[I]);
  return Result;
}
inline Names functionNames(const UnitFacts &Facts) {
  Names Result;
  for (const FunctionFacts &F : Facts.Functions)
    Result.push_back(F.Name);
  return Result;
}
inline Names variableNames(const UnitFacts &Facts) {
  Names Result;
  for (const VariableFacts &V : Facts.Variables)
    Result.push_back(V.Name);
  return Result;
}

} // namespace nextframe::test

#endif // NEXTFRAME_TESTS_UNIT_IR_IRTEST_H
