// Which initialisers a reload runs, and in which order.

#include "FactsBuilder.h"

namespace nextframe::test {
namespace {

using InitialiserTest = PlanTest;

TEST_F(InitialiserTest, ANewVariablesInitialiserRunsAtTheBoundary) {
  accepted();
  P.unit("main.cpp").computed("g", 5);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(runs(Plan), ElementsAre("init.g"));
  EXPECT_TRUE(Plan.needsBoundary());
}

TEST_F(InitialiserTest, WhatHasRunDoesNotRunAgain) {
  P.unit("main.cpp").computed("g", 5);
  accepted();
  P.unit("main.cpp").function("main", 2);
  EXPECT_THAT(runs(accepted()), IsEmpty());
}

TEST_F(InitialiserTest, InOneFileTheyRunInTheOrderOfTheFile) {
  P.unit("main.cpp").computed("z", 1).computed("a", 1).computed("m", 1);
  EXPECT_THAT(runs(accepted()), ElementsAre("init.z", "init.a", "init.m"));
}

TEST_F(InitialiserTest, FilesFollowEachOtherInLinkOrder) {
  P.unit("b.cpp").computed("of_b", 1);
  P.unit("a.cpp").computed("of_a", 1);
  EXPECT_THAT(runs(accepted()), ElementsAre("init.of_a", "init.of_b"));
}

TEST_F(InitialiserTest, ALowerPriorityRunsFirstWhateverTheFile) {
  P.unit("a.cpp").computed("usual", 1).computed("second", 1, {}, 201);
  P.unit("b.cpp").computed("first", 1, {}, 101);
  EXPECT_THAT(runs(accepted()), ElementsAre("init.first", "init.second", "init.usual"));
}

TEST_F(InitialiserTest, AConstructorFunctionRunsWhenItIsFirstAdded) {
  accepted();
  P.unit("main.cpp").constructor("setup", 1);
  EXPECT_THAT(runs(accepted()), ElementsAre("setup"));
}

TEST_F(InitialiserTest, AnEditedConstructorFunctionIsReplacedAndNotRunAgain) {
  P.unit("main.cpp").constructor("setup", 1);
  accepted();
  P.unit("main.cpp").constructor("setup", 2);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(runs(Plan), IsEmpty());
  EXPECT_THAT(Plan.Replaced, ElementsAre("setup"));
}

TEST_F(InitialiserTest, AConstructorFunctionThatComesBackDoesNotRunAgain) {
  P.unit("main.cpp").constructor("setup", 1);
  accepted();
  P.unit("main.cpp").remove("setup");
  accepted();
  P.unit("main.cpp").constructor("setup", 1);
  EXPECT_THAT(runs(accepted()), IsEmpty());
}

TEST_F(InitialiserTest, AVariableThatComesBackIsOfferedItsInitialiser) {
  P.unit("main.cpp").computed("g", 5);
  accepted();
  P.unit("main.cpp").remove("g");
  accepted();
  P.unit("main.cpp").computed("g", 6);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(runs(Plan), IsEmpty());
  EXPECT_THAT(resets(Plan), ElementsAre("g by init.g"));
}

TEST_F(InitialiserTest, AFinaliserIsRegisteredOnce) {
  P.unit("main.cpp").finaliser("teardown", 1);
  EXPECT_THAT(accepted().Finalisers, ElementsAre("teardown"));
  P.unit("main.cpp").function("teardown", 2);
  EXPECT_THAT(accepted().Finalisers, IsEmpty());
}

TEST_F(InitialiserTest, AFailedReloadsInitialisersRunWithTheNextOne) {
  accepted();
  P.unit("main.cpp").computed("g", 5).function("main", 2, {"missing"});
  EXPECT_THAT(P.reload().Problems, Not(IsEmpty()));
  P.unit("main.cpp").function("main", 1);
  EXPECT_THAT(runs(accepted()), ElementsAre("init.g"));
}

} // namespace
} // namespace nextframe::test
