// Functions: changed, added, removed, put back.

#include "FactsBuilder.h"

namespace nextframe::test {
namespace {

class FunctionTest : public PlanTest {
protected:
  void SetUp() override {
    P.unit("main.cpp").function("main", 1, {"f"});
    P.unit("a.cpp").function("f", 10).function("g", 20);
    accepted();
  }
};

TEST_F(FunctionTest, WhereNothingChangedThereIsNothingToDo) {
  ReloadPlan Plan = accepted();
  EXPECT_TRUE(Plan.changesNothing());
  EXPECT_THAT(Plan.Replaced, IsEmpty());
  EXPECT_THAT(Plan.Added, IsEmpty());
}

TEST_F(FunctionTest, AChangedBodyAloneIsGenerated) {
  P.unit("a.cpp").function("f", 11);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.bodies(Plan), ElementsAre("a.cpp: f"));
  EXPECT_THAT(Plan.Replaced, ElementsAre("f"));
  EXPECT_THAT(Plan.NewEntries, IsEmpty());
  EXPECT_THAT(Plan.Rebinds, IsEmpty());
}

TEST_F(FunctionTest, AChangeOfBodiesNeedsNoFrameBoundary) {
  P.unit("a.cpp").function("f", 11);
  EXPECT_FALSE(accepted().needsBoundary());
}

TEST_F(FunctionTest, ANewFunctionGetsAnEntry) {
  P.unit("a.cpp").function("h", 30);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(Plan.Added, ElementsAre("h"));
  EXPECT_THAT(Plan.NewEntries, ElementsAre("h"));
  EXPECT_THAT(P.bodies(Plan), ElementsAre("a.cpp: h"));
}

TEST_F(FunctionTest, ANewFileJoinsTheProgram) {
  P.unit("b.cpp").function("h", 30);
  EXPECT_THAT(P.bodies(accepted()), ElementsAre("b.cpp: h"));
}

TEST_F(FunctionTest, AFunctionThatMovesToAnotherFileStaysAsItIs) {
  P.unit("a.cpp").remove("f");
  P.unit("b.cpp").function("f", 10);
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(FunctionTest, AChangeOfMainSaysWhenItTakesEffect) {
  P.unit("main.cpp").function("main", 2, {"f"});
  EXPECT_THAT(accepted().Notes, ElementsAre(HasSubstr("main() is running")));
}

TEST_F(FunctionTest, NewCodeThatNamesSomethingUndefinedFails) {
  P.unit("a.cpp").function("g", 21, {"missing"});
  EXPECT_THAT(problems(P.reload()), ElementsAre(HasSubstr("undefined: 'missing'")));
}

TEST_F(FunctionTest, AFailedReloadIsJudgedTogetherWithTheNextSave) {
  P.unit("a.cpp").function("g", 21, {"later"});
  P.reload();
  P.unit("b.cpp").function("later", 1);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.bodies(Plan), ElementsAre("a.cpp: g", "b.cpp: later"));
}

TEST_F(FunctionTest, AReplacedFunctionThatMayBeInALoopIsTold) {
  // The facts are those of the body that is live, not of the new one.
  P.unit("a.cpp").function("f", 11).loops("f").function("g", 21);
  accepted();
  P.unit("a.cpp").function("f", 12).function("g", 22).loops("g");
  EXPECT_THAT(accepted().Looping, ElementsAre("f"));
  P.unit("a.cpp").function("f", 13);
  EXPECT_THAT(accepted().Looping, IsEmpty());
}

TEST_F(FunctionTest, MainsOwnLoopHasItsNoteAlone) {
  P.unit("main.cpp").function("main", 2, {"f"}).loops("main");
  accepted();
  P.unit("main.cpp").function("main", 3, {"f"}).loops("main");
  EXPECT_THAT(accepted().Looping, IsEmpty());
}

//===----------------------------------------------------------------------===//
// Removed
//===----------------------------------------------------------------------===//

TEST_F(FunctionTest, WhatNobodyNeedsCanBeRemoved) {
  P.unit("a.cpp").remove("g");
  ReloadPlan Plan = accepted();
  EXPECT_THAT(Plan.Removed, ElementsAre("g"));
  EXPECT_THAT(P.bodies(Plan), IsEmpty());
}

TEST_F(FunctionTest, ARemovedFunctionIsReportedOnce) {
  P.unit("a.cpp").remove("g");
  accepted();
  EXPECT_THAT(accepted().Removed, IsEmpty());
}

TEST_F(FunctionTest, WhatOthersNeedCannotBeRemoved) {
  P.unit("a.cpp").remove("f");
  EXPECT_THAT(problems(P.reload()),
              ElementsAre(HasSubstr("undefined: 'f' is needed by 'main' in main.cpp")));
}

TEST_F(FunctionTest, WhatATableNamesCannotBeRemoved) {
  P.unit("b.cpp").constant("handlers", 1, {"g"});
  accepted();
  P.unit("a.cpp").remove("g");
  EXPECT_THAT(problems(P.reload()),
              ElementsAre(HasSubstr("undefined: 'g' is needed by 'handlers'")));
}

TEST_F(FunctionTest, ADeletedFileTakesItsFunctionsAlong) {
  P.removeUnit("a.cpp");
  P.unit("main.cpp").function("main", 2);
  EXPECT_THAT(accepted().Removed, ElementsAre("f", "g"));
}

TEST_F(FunctionTest, ARenameWithItsCallersIsOneReload) {
  P.unit("a.cpp").remove("f").function("f2", 10);
  P.unit("main.cpp").function("main", 2, {"f2"});
  ReloadPlan Plan = accepted();
  EXPECT_THAT(Plan.Removed, ElementsAre("f"));
  EXPECT_THAT(Plan.Added, ElementsAre("f2"));
  EXPECT_THAT(Plan.Replaced, ElementsAre("main"));
}

TEST_F(FunctionTest, ARemovedFunctionThatComesBackKeepsItsEntry) {
  P.unit("a.cpp").remove("g");
  accepted();
  P.unit("a.cpp").function("g", 21);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(Plan.Added, ElementsAre("g"));
  EXPECT_THAT(Plan.NewEntries, IsEmpty());
  EXPECT_THAT(P.bodies(Plan), ElementsAre("a.cpp: g"));
}

// Debuggers may have been told to forget the body that its entry led to meanwhile.
TEST_F(FunctionTest, ARemovedFunctionThatComesBackUnchangedIsMadeAnew) {
  P.unit("a.cpp").remove("g");
  accepted();
  P.unit("a.cpp").function("g", 20);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(Plan.Added, ElementsAre("g"));
  EXPECT_THAT(P.bodies(Plan), ElementsAre("a.cpp: g"));
  EXPECT_THAT(Plan.Rebinds, IsEmpty());
  EXPECT_THAT(accepted().Added, IsEmpty());
}

TEST_F(FunctionTest, ARemovalAndAReturnAreBothChanges) {
  P.unit("a.cpp").remove("g");
  EXPECT_FALSE(accepted().changesNothing());
  P.unit("a.cpp").function("g", 20);
  EXPECT_FALSE(accepted().changesNothing());
}

//===----------------------------------------------------------------------===//
// Put back
//===----------------------------------------------------------------------===//

TEST_F(FunctionTest, PutBackAsItWasItGoesBackToItsOldBody) {
  P.unit("a.cpp").function("f", 11);
  accepted();
  P.unit("a.cpp").function("f", 10);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(rebinds(Plan), ElementsAre("f to v0"));
  EXPECT_THAT(P.bodies(Plan), IsEmpty());
  EXPECT_THAT(Plan.Replaced, ElementsAre("f"));
}

TEST_F(FunctionTest, BackAndForthStaysWithTwoBodies) {
  for (unsigned I = 0; I != 3; ++I) {
    P.unit("a.cpp").function("f", 11);
    ReloadPlan There = accepted();
    EXPECT_THAT(rebinds(There), I ? Names{"f to v1"} : Names{});
    P.unit("a.cpp").function("f", 10);
    EXPECT_THAT(rebinds(accepted()), ElementsAre("f to v0"));
  }
}

TEST_F(FunctionTest, EachOfManyOlderBodiesCanBeGoneBackTo) {
  for (uint64_t Hash : {11, 12, 13}) {
    P.unit("a.cpp").function("f", Hash);
    accepted();
  }
  P.unit("a.cpp").function("f", 12);
  EXPECT_THAT(rebinds(accepted()), ElementsAre("f to v2"));
}

TEST_F(FunctionTest, PutBackCodeThatNamesSomethingRemovedFails) {
  P.unit("main.cpp").function("main", 2);
  P.unit("a.cpp").remove("f");
  accepted();
  P.unit("main.cpp").function("main", 1, {"f"});
  EXPECT_THAT(problems(P.reload()), ElementsAre(HasSubstr("undefined: 'f' is needed by 'main'")));
}

TEST_F(FunctionTest, CodeThatComesBackUnchangedAndNamesSomethingRemovedFails) {
  P.unit("a.cpp").function("user", 5, {"g"});
  accepted();
  P.unit("a.cpp").remove("user").remove("g");
  accepted();
  P.unit("a.cpp").function("user", 5, {"g"});
  EXPECT_THAT(problems(P.reload()), ElementsAre(HasSubstr("undefined: 'g' is needed by 'user'")));
}

TEST_F(FunctionTest, ATableThatComesBackUnchangedAndNamesSomethingRemovedFails) {
  P.unit("b.cpp").constant("handlers", 1, {"g"});
  accepted();
  P.removeUnit("b.cpp");
  P.unit("a.cpp").remove("g");
  accepted();
  P.unit("b.cpp").constant("handlers", 1, {"g"});
  EXPECT_THAT(problems(P.reload()),
              ElementsAre(HasSubstr("undefined: 'g' is needed by 'handlers'")));
}

} // namespace
} // namespace nextframe::test
