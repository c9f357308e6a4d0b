// The start of a program: all of it is new, and it must hold together.

#include "FactsBuilder.h"

namespace nextframe::test {
namespace {

using StartTest = PlanTest;

TEST_F(StartTest, EverythingIsAddedAsGenerationZero) {
  P.unit("a.cpp").function("f", 10).variable("g");
  ReloadPlan Plan = accepted();
  EXPECT_EQ(Plan.Gen, Generation{0});
  EXPECT_THAT(Plan.Added, UnorderedElementsAre("f", "main"));
  EXPECT_THAT(Plan.NewEntries, UnorderedElementsAre("f", "main"));
  EXPECT_THAT(P.bodies(Plan), ElementsAre("a.cpp: f", "main.cpp: main"));
  EXPECT_THAT(P.homes(Plan), ElementsAre("a.cpp: g"));
  EXPECT_THAT(Plan.Replaced, IsEmpty());
  EXPECT_THAT(Plan.Notes, IsEmpty());
}

TEST_F(StartTest, TheNextReloadIsGenerationOne) {
  accepted();
  EXPECT_EQ(P.plan().Plan.Gen, Generation{1});
}

TEST_F(StartTest, AGenerationThatDidNotComeToBeIsGivenOutAgain) {
  accepted();
  P.unit("main.cpp").function("main", 2, {"missing"});
  EXPECT_EQ(P.reload().Gen, Generation{1});
  P.unit("main.cpp").function("main", 3);
  EXPECT_EQ(accepted().Gen, Generation{1});
}

TEST_F(StartTest, WorkIsInLinkOrder) {
  for (const char *File : {"z.cpp", "b.cpp", "dir/a.cpp", "a.cpp"})
    P.unit(File).function(std::string("of ") + File, 1);
  EXPECT_THAT(P.bodies(accepted()),
              ElementsAre("a.cpp: of a.cpp", "b.cpp: of b.cpp", "dir/a.cpp: of dir/a.cpp",
                          "main.cpp: main", "z.cpp: of z.cpp"));
}

TEST_F(StartTest, AProgramNeedsAMain) {
  P.unit("main.cpp").remove("main").function("f", 1);
  EXPECT_THAT(problems(P.reload()), ElementsAre(HasSubstr("no 'main' function")));
}

TEST_F(StartTest, TwoMainsAreNamedWithTheirPlaces) {
  P.unit("main.cpp").function("main", 1, {}, 7);
  P.unit("other.cpp").function("main", 2, {}, 3);
  EXPECT_THAT(problems(P.reload()),
              ElementsAre(AllOf(HasSubstr("other.cpp:3: "), HasSubstr("two 'main' functions"),
                                HasSubstr("in main.cpp:7 and in other.cpp:3"))));
}

TEST_F(StartTest, ADuplicateDefinitionIsNamedWithBothPlaces) {
  P.unit("a.cpp").function("_Z1fi", 1, {}, 4);
  P.unit("b.cpp").function("_Z1fi", 1, {}, 9);
  EXPECT_THAT(problems(P.reload()),
              ElementsAre("b.cpp:9: duplicate definition of 'f(int)': in a.cpp:4 and in b.cpp:9"));
}

TEST_F(StartTest, ADuplicateVariableIsAProblemToo) {
  P.unit("a.cpp").variable("g");
  P.unit("b.cpp").variable("g");
  EXPECT_THAT(problems(P.reload()),
              ElementsAre(HasSubstr("duplicate definition of 'g': in a.cpp and in b.cpp")));
}

TEST_F(StartTest, AnUndefinedReferenceNamesWhoNeedsIt) {
  P.unit("main.cpp").function("main", 1, {"_Z7missingv"}, 12);
  EXPECT_THAT(problems(P.reload()),
              ElementsAre(HasSubstr(
                  "main.cpp:12: undefined: 'missing()' is needed by 'main' in main.cpp")));
}

TEST_F(StartTest, AnUndefinedNameIsReportedOnce) {
  P.unit("main.cpp").function("main", 1, {"missing"});
  P.unit("other.cpp").function("f", 1, {"missing"});
  EXPECT_EQ(P.reload().Problems.size(), 1u);
}

TEST_F(StartTest, WhatALibraryHasIsNotUndefined) {
  P.library("printf");
  P.unit("main.cpp").function("main", 1, {"printf"});
  EXPECT_THAT(P.reload().Problems, IsEmpty());
}

TEST_F(StartTest, AVariableThatNamesAnUndefinedFunctionIsAProblem) {
  P.unit("a.cpp").variable("g_handler", {.Refs = {"_Z7missingv"}});
  EXPECT_THAT(problems(P.reload()), ElementsAre(AllOf(HasSubstr("undefined: 'missing()'"),
                                                      HasSubstr("'g_handler' in a.cpp"))));
}

TEST_F(StartTest, TheReferencesOfADefinitionThatLostAreNotNeeded) {
  P.unit("a.cpp").inlineFunction("f", 1);
  P.unit("b.cpp").inlineFunction("f", 2, {"missing"});
  accepted();
}

} // namespace
} // namespace nextframe::test
