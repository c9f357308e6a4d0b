// planBodies(): the plan of an edit of bodies, from what differs alone.

#include "plan/PlanBodies.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace nextframe::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FunctionFacts function(std::string Name, uint64_t Hash, std::vector<SymbolIndex> Refs = {}) {
  FunctionFacts F;
  F.Name = std::move(Name);
  F.Hash = Hash;
  F.References = std::move(Refs);
  return F;
}

VariableFacts data(std::string Name, DataKind Kind, uint64_t Content) {
  VariableFacts V;
  V.Name = std::move(Name);
  V.Kind = Kind;
  V.ContentHash = Content;
  return V;
}

class PlanBodiesTest : public testing::Test {
protected:
  void SetUp() override {
    First.Symbols = {"f", "g", "lit.1"};
    First.Functions = {function("main", 1, {0}), function("f", 2, {1}), function("g", 3, {2})};
    First.Variables = {data("lit.1", DataKind::Literal, 1), data("v", DataKind::Variable, 1)};
    PlanUnit Units[] = {{Unit, "a.cpp", &First}};
    Live = planReload(LiveProgram(), Units, IsExternal).Next;
  }

  std::optional<PlanResult> plan() {
    UnitChanges Changes;
    for (const FunctionFacts &F : Changed.Functions)
      Changes.Functions.push_back({&F, &Changed});
    for (const VariableFacts &V : Changed.Variables)
      Changes.Variables.push_back({&V, &Changed});
    return planBodies(Live, Unit, Changes, Changed, IsExternal);
  }

  static bool IsExternal(llvm::StringRef Name) { return Name == "puts"; }

  const UnitId Unit{1};
  UnitFacts First, Changed;
  LiveProgram Live;
};

TEST_F(PlanBodiesTest, AChangedBodyIsGeneratedAndNothingElseIsTouched) {
  Changed.Symbols = {"g", "puts"};
  Changed.Functions = {function("f", 20, {0, 1})};
  auto Planned = plan();
  ASSERT_TRUE(Planned);
  EXPECT_THAT(Planned->Plan.Replaced, ElementsAre("f"));
  ASSERT_EQ(Planned->Plan.Work.size(), 1u);
  EXPECT_THAT(Planned->Plan.Work[0].Functions, ElementsAre("f"));
  EXPECT_FALSE(Planned->Plan.needsBoundary());
  EXPECT_EQ(Planned->Next.Functions.size(), 1u);
  adoptBodies(Live, std::move(Planned->Next));
  EXPECT_EQ(Live.Functions["f"].Hash, 20u);
  EXPECT_EQ(Live.Functions["g"].Hash, 3u);
  EXPECT_EQ(Live.Gen, Generation{1});
}

TEST_F(PlanBodiesTest, ABodyThatWasThereBeforeIsReboundTo) {
  Changed.Functions = {function("f", 20)};
  adoptBodies(Live, plan()->Next);
  Changed.Functions = {function("f", 2)};
  auto Planned = plan();
  ASSERT_TRUE(Planned);
  EXPECT_THAT(Planned->Plan.Work, IsEmpty());
  ASSERT_EQ(Planned->Plan.Rebinds.size(), 1u);
  EXPECT_EQ(Planned->Plan.Rebinds[0].Body, Generation{0});
}

TEST_F(PlanBodiesTest, NewFunctionsAndLiteralsAreAdded) {
  Changed.Symbols = {"h", "lit.2"};
  Changed.Functions = {function("f", 20, {0}), function("h", 30, {1})};
  Changed.Variables = {data("lit.2", DataKind::Literal, 2)};
  auto Planned = plan();
  ASSERT_TRUE(Planned);
  EXPECT_THAT(Planned->Plan.Added, ElementsAre("h"));
  EXPECT_THAT(Planned->Plan.NewEntries, ElementsAre("h"));
  EXPECT_THAT(Planned->Plan.Work[0].Variables, ElementsAre("lit.2"));
}

TEST_F(PlanBodiesTest, WhatIsTheSameChangesNothing) {
  Changed.Functions = {function("f", 2)};
  auto Planned = plan();
  ASSERT_TRUE(Planned);
  EXPECT_TRUE(Planned->Plan.changesNothing());
}

TEST_F(PlanBodiesTest, ANameThatNobodyDefinesIsForTheWholePlan) {
  Changed.Symbols = {"missing"};
  Changed.Functions = {function("f", 20, {0})};
  EXPECT_FALSE(plan());
}

TEST_F(PlanBodiesTest, ANewVariableIsForTheWholePlan) {
  Changed.Variables = {data("fresh", DataKind::Variable, 2)};
  EXPECT_FALSE(plan());
}

TEST_F(PlanBodiesTest, AVariableThatDiffersIsForTheWholePlan) {
  Changed.Variables = {data("v", DataKind::Variable, 2)};
  EXPECT_FALSE(plan());
}

TEST_F(PlanBodiesTest, AFunctionOfAnotherUnitIsForTheWholePlan) {
  Live.Functions["f"].Unit = UnitId{7};
  Changed.Functions = {function("f", 20)};
  EXPECT_FALSE(plan());
}

TEST_F(PlanBodiesTest, AnotherSignatureIsForTheWholePlan) {
  Changed.Functions = {function("f", 20)};
  Changed.Functions[0].Signature = 5;
  EXPECT_FALSE(plan());
}

TEST_F(PlanBodiesTest, ANameOfALibraryIsForTheWholePlan) {
  Changed.Functions = {function("puts", 20)};
  EXPECT_FALSE(plan());
}

} // namespace
} // namespace nextframe::test
