// changesBetween(): what differs between two compiles of a unit.

#include "ir/UnitChanges.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace nextframe;
using testing::UnorderedElementsAre;

namespace {

FunctionFacts function(std::string Name, uint64_t Hash) {
  FunctionFacts F;
  F.Name = std::move(Name);
  F.Hash = Hash;
  return F;
}

std::shared_ptr<CompiledUnit> whole(std::vector<FunctionFacts> Functions, uint64_t Content = 1) {
  auto Unit = std::make_shared<CompiledUnit>();
  Unit->Facts.Functions = std::move(Functions);
  VariableFacts V;
  V.Name = "v";
  V.ContentHash = Content;
  Unit->Facts.Variables = {V};
  Unit->Index = FactIndex(Unit->Facts);
  return Unit;
}

std::shared_ptr<CompiledUnit> part(std::shared_ptr<const CompiledUnit> Base,
                                   std::vector<FunctionFacts> Functions) {
  auto Unit = std::make_shared<CompiledUnit>();
  for (const FunctionFacts &F : Functions)
    Unit->Newer.insert(F.Name);
  Unit->Facts.Functions = std::move(Functions);
  Unit->Base = std::move(Base);
  return Unit;
}

std::vector<std::pair<std::string, uint64_t>> functions(const std::optional<UnitChanges> &C) {
  std::vector<std::pair<std::string, uint64_t>> Result;
  for (const auto &F : C.value().Functions)
    Result.push_back({F.Facts->Name, F.Facts->Hash});
  return Result;
}

const auto Base = whole({function("f", 1), function("g", 2)});

TEST(UnitChanges, APartDiffersInWhatWasCompiled) {
  EXPECT_THAT(functions(changesBetween(*Base, *part(Base, {function("f", 5)}))),
              UnorderedElementsAre(std::pair("f", 5)));
}

TEST(UnitChanges, WhatAnEarlierPartHadGoesBackToTheWholeUnits) {
  EXPECT_THAT(functions(changesBetween(*part(Base, {function("f", 5)}),
                                       *part(Base, {function("g", 6)}))),
              UnorderedElementsAre(std::pair("f", 1), std::pair("g", 6)));
}

TEST(UnitChanges, TwoWholeUnitsDifferInHashes) {
  EXPECT_THAT(
      functions(changesBetween(*Base, *whole({function("f", 1), function("g", 3), function("h", 4)}))),
      UnorderedElementsAre(std::pair("g", 3), std::pair("h", 4)));
}

TEST(UnitChanges, AVariableThatDiffersIsMoreThanBodies) {
  EXPECT_FALSE(changesBetween(*Base, *whole({function("f", 1), function("g", 2)}, 9)));
}

TEST(UnitChanges, AFunctionThatIsGoneIsMoreThanBodies) {
  EXPECT_FALSE(changesBetween(*Base, *whole({function("f", 1)})));
}

} // namespace
