// Constants: an edited one gets another home, and all code is made to use it.

#include "FactsBuilder.h"

namespace nextframe::test {
namespace {

class ConstantTest : public PlanTest {
protected:
  void SetUp() override {
    P.unit("a.cpp").constant("K", 1).function("bystander", 7);
    P.unit("main.cpp").function("main", 1, {"K"});
    accepted();
  }
  std::string homeOf(const char *Name) { return P.Live.Variables.find(Name)->second.Symbol; }
};

TEST_F(ConstantTest, AnEditedConstantMovesToAHomeOfItsOwn) {
  P.unit("a.cpp").constant("K", 2);
  EXPECT_THAT(P.homes(accepted()), ElementsAre("a.cpp: K"));
  EXPECT_EQ(homeOf("K"), "K.v1");
}

TEST_F(ConstantTest, ItsUsersInOtherUnitsAreGeneratedAgainAndNoOneElse) {
  P.unit("a.cpp").constant("K", 2);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.bodies(Plan), ElementsAre("main.cpp: main"));
  EXPECT_THAT(Plan.Replaced, ElementsAre("main"));
}

TEST_F(ConstantTest, AMoveNeedsNoFrameBoundary) {
  P.unit("a.cpp").constant("K", 2);
  EXPECT_FALSE(accepted().needsBoundary());
}

TEST_F(ConstantTest, OneThatGrewMovesToo) {
  P.unit("a.cpp").data(DataKind::Constant, "K", {.Content = 1, .Size = 400});
  EXPECT_THAT(P.homes(accepted()), ElementsAre("a.cpp: K"));
}

TEST_F(ConstantTest, EachMoveIsAnotherHome) {
  P.unit("a.cpp").constant("K", 2);
  accepted();
  P.unit("a.cpp").constant("K", 1);
  accepted();
  EXPECT_EQ(homeOf("K"), "K.v2");
}

TEST_F(ConstantTest, AnOlderBodyThatUsesTheOldHomeIsNotGoneBackTo) {
  P.unit("main.cpp").function("main", 2);
  accepted();
  P.unit("a.cpp").constant("K", 2);
  accepted();
  P.unit("main.cpp").function("main", 1, {"K"});
  ReloadPlan Plan = accepted();
  EXPECT_THAT(Plan.Rebinds, IsEmpty());
  EXPECT_THAT(P.bodies(Plan), ElementsAre("main.cpp: main"));
}

TEST_F(ConstantTest, ABodyThatTheSameSaveReplacesIsNotGoneBackTo) {
  P.unit("a.cpp").constant("K", 2);
  P.unit("main.cpp").function("main", 2);
  accepted();
  P.unit("main.cpp").function("main", 1, {"K"});
  ReloadPlan Plan = accepted();
  EXPECT_THAT(Plan.Rebinds, IsEmpty());
  EXPECT_THAT(P.bodies(Plan), ElementsAre("main.cpp: main"));
}

TEST_F(ConstantTest, AFunctionRemovedInTheSameSaveIsGeneratedAgain) {
  P.unit("b.cpp").function("user", 5, {"K"});
  accepted();
  P.unit("b.cpp").remove("user");
  P.unit("a.cpp").constant("K", 2);
  accepted();
  P.unit("b.cpp").function("user", 5, {"K"});
  EXPECT_THAT(P.bodies(accepted()), ElementsAre("b.cpp: user"));
}

TEST_F(ConstantTest, AFunctionThatWasAwayDuringTheMoveIsGeneratedAgain) {
  P.unit("b.cpp").function("user", 5, {"K"});
  accepted();
  P.unit("b.cpp").remove("user");
  accepted();
  P.unit("a.cpp").constant("K", 2);
  accepted();
  P.unit("b.cpp").function("user", 5, {"K"});
  EXPECT_THAT(P.bodies(accepted()), ElementsAre("b.cpp: user"));
}

TEST_F(ConstantTest, AFunctionAwayDuringOneMoveAndBackInAnotherIsGeneratedAgain) {
  P.unit("b.cpp").function("user", 5, {"K"}).constant("Other", 1);
  accepted();
  P.unit("b.cpp").remove("user");
  P.unit("a.cpp").constant("K", 2);
  accepted();
  P.unit("b.cpp").function("user", 5, {"K"}).constant("Other", 2);
  EXPECT_THAT(P.bodies(accepted()), ElementsAre("b.cpp: user"));
}

TEST_F(ConstantTest, AFunctionPutBackInTheSameSaveIsGeneratedAgain) {
  P.unit("main.cpp").function("main", 2, {"K"});
  accepted();
  P.unit("main.cpp").function("main", 1, {"K"});
  P.unit("a.cpp").constant("K", 2);
  EXPECT_THAT(P.bodies(accepted()), ElementsAre("main.cpp: main"));
}

TEST_F(ConstantTest, OneThatPointsToAMovedOneMovesWithIt) {
  P.unit("b.cpp").constant("Table", 9, {"K"}).function("reader", 3, {"Table"});
  accepted();
  P.unit("a.cpp").constant("K", 2);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.homes(Plan), UnorderedElementsAre("a.cpp: K", "b.cpp: Table"));
  EXPECT_THAT(P.bodies(Plan), UnorderedElementsAre("b.cpp: reader", "main.cpp: main"));
}

TEST_F(ConstantTest, TheMoveIsFollowedOverSeveralSteps) {
  P.unit("a.cpp").constant("A", 1, {"B"}).constant("B", 1, {"C"}).constant("C", 1, {"K"});
  accepted();
  P.unit("a.cpp").constant("K", 2);
  EXPECT_THAT(P.homes(accepted()),
              UnorderedElementsAre("a.cpp: A", "a.cpp: B", "a.cpp: C", "a.cpp: K"));
}

TEST_F(ConstantTest, ConstantsThatPointToEachOtherMoveTogether) {
  P.unit("a.cpp").constant("Left", 1, {"Right"}).constant("Right", 1, {"Left"});
  accepted();
  P.unit("a.cpp").constant("Left", 2, {"Right"});
  EXPECT_THAT(P.homes(accepted()), UnorderedElementsAre("a.cpp: Left", "a.cpp: Right"));
}

TEST_F(ConstantTest, AConstantThatWasAwayDuringTheMoveMovesWhenItComesBack) {
  P.unit("b.cpp").constant("Table", 9, {"K"});
  accepted();
  P.unit("b.cpp").remove("Table");
  accepted();
  P.unit("a.cpp").constant("K", 2);
  accepted();
  P.unit("b.cpp").constant("Table", 9, {"K"});
  EXPECT_THAT(P.homes(accepted()), ElementsAre("b.cpp: Table"));
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(ConstantTest, ALiteralThatWasAwayDuringTheMoveMovesWhenItComesBack) {
  P.unit("b.cpp").data(DataKind::Literal, "lit.1", {.Refs = {"K"}});
  accepted();
  P.unit("b.cpp").remove("lit.1");
  accepted();
  P.unit("a.cpp").constant("K", 2);
  accepted();
  P.unit("b.cpp").data(DataKind::Literal, "lit.1", {.Refs = {"K"}});
  EXPECT_THAT(P.homes(accepted()), ElementsAre("b.cpp: lit.1"));
}

TEST_F(ConstantTest, AVariableThatPointsToAMovedOneTakesTheNewAddress) {
  P.unit("b.cpp").variable("current", {.Refs = {"K"}});
  accepted();
  P.unit("a.cpp").constant("K", 2);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(resets(Plan), ElementsAre("current"));
  EXPECT_THAT(P.contents(Plan), ElementsAre("b.cpp: current"));
}

TEST_F(ConstantTest, AVariableThatChangedItselfIsResetOnce) {
  P.unit("b.cpp").variable("current", {.Content = 1, .Refs = {"K"}});
  accepted();
  P.unit("a.cpp").constant("K", 2);
  P.unit("b.cpp").variable("current", {.Content = 2, .Refs = {"K"}});
  ReloadPlan Plan = accepted();
  EXPECT_THAT(resets(Plan), ElementsAre("current"));
  EXPECT_THAT(P.contents(Plan), ElementsAre("b.cpp: current"));
}

TEST_F(ConstantTest, ALiteralIsNamedByItsContentAndNeverMoves) {
  P.unit("a.cpp").data(DataKind::Literal, "lit.1", {.Bind = Binding::Weak});
  accepted();
  EXPECT_TRUE(accepted().changesNothing());
  P.unit("a.cpp").remove("lit.1").data(DataKind::Literal, "lit.2", {.Bind = Binding::Weak});
  EXPECT_THAT(P.homes(accepted()), ElementsAre("a.cpp: lit.2"));
}

TEST_F(ConstantTest, AVariableMadeConstantGetsANewHome) {
  P.unit("b.cpp").variable("g").function("reader", 1, {"g"});
  accepted();
  P.unit("b.cpp").constant("g", 1);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.homes(Plan), ElementsAre("b.cpp: g"));
  EXPECT_THAT(P.bodies(Plan), ElementsAre("b.cpp: reader"));
}

TEST_F(ConstantTest, AConstantMadeComputedIsInitialisedInItsNewHome) {
  P.unit("a.cpp").computed("K", 5);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.homes(Plan), ElementsAre("a.cpp: K"));
  EXPECT_THAT(runs(Plan), ElementsAre("init.K"));
  EXPECT_THAT(Plan.Resets, IsEmpty());
}

TEST_F(ConstantTest, AComputedVariableMadeConstantIsOnlyGivenItsNewHome) {
  P.unit("b.cpp").computed("g", 5);
  accepted();
  P.unit("b.cpp").constant("g", 3);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.homes(Plan), ElementsAre("b.cpp: g"));
  EXPECT_THAT(P.contents(Plan), IsEmpty());
  EXPECT_THAT(Plan.Resets, IsEmpty());
}

} // namespace
} // namespace nextframe::test
