// Definitions that several units share: inline functions, templates.

#include "FactsBuilder.h"

namespace nextframe::test {
namespace {

class WeakTest : public PlanTest {
protected:
  void share(uint64_t Hash, std::initializer_list<const char *> Files) {
    for (const char *File : Files)
      P.unit(File).inlineFunction("shared", Hash);
  }
};

TEST_F(WeakTest, ASharedDefinitionIsGeneratedOnceByTheFirstInLinkOrder) {
  share(1, {"c.cpp", "b.cpp", "d.cpp"});
  EXPECT_THAT(P.bodies(accepted()), ElementsAre("b.cpp: shared", "main.cpp: main"));
}

TEST_F(WeakTest, AnEditedSharedDefinitionIsGeneratedOnce) {
  share(1, {"b.cpp", "c.cpp"});
  accepted();
  share(2, {"b.cpp", "c.cpp"});
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.bodies(Plan), ElementsAre("b.cpp: shared"));
  EXPECT_THAT(Plan.Replaced, ElementsAre("shared"));
}

TEST_F(WeakTest, AStrongDefinitionWinsOverAnEarlierWeakOne) {
  share(1, {"b.cpp"});
  P.unit("z.cpp").function("shared", 2);
  EXPECT_THAT(P.bodies(accepted()), ElementsAre("main.cpp: main", "z.cpp: shared"));
}

TEST_F(WeakTest, AStrongDefinitionWinsOverALaterWeakOne) {
  P.unit("a.cpp").function("shared", 2);
  share(1, {"b.cpp"});
  EXPECT_THAT(P.bodies(accepted()), ElementsAre("a.cpp: shared", "main.cpp: main"));
}

TEST_F(WeakTest, AStrongDefinitionThatComesLaterReplacesTheWeakOne) {
  share(1, {"b.cpp"});
  accepted();
  P.unit("z.cpp").function("shared", 2);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.bodies(Plan), ElementsAre("z.cpp: shared"));
  EXPECT_THAT(Plan.Replaced, ElementsAre("shared"));
}

TEST_F(WeakTest, WhenTheStrongDefinitionGoesTheWeakOneTakesOver) {
  share(1, {"b.cpp"});
  P.unit("z.cpp").function("shared", 2);
  accepted();
  P.removeUnit("z.cpp");
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.bodies(Plan), ElementsAre("b.cpp: shared"));
  EXPECT_THAT(Plan.Removed, IsEmpty());
}

TEST_F(WeakTest, WhenTheOwnerGoesAnotherUnitSuppliesTheSameWithoutNewCode) {
  share(1, {"b.cpp", "c.cpp"});
  accepted();
  P.removeUnit("b.cpp");
  EXPECT_TRUE(accepted().changesNothing());
  share(2, {"c.cpp"});
  EXPECT_THAT(P.bodies(accepted()), ElementsAre("c.cpp: shared"));
}

TEST_F(WeakTest, WhenTheOwnerGoesAnotherUnitsDifferentBodyIsTaken) {
  share(1, {"b.cpp"});
  share(2, {"c.cpp"});
  accepted();
  P.removeUnit("b.cpp");
  EXPECT_THAT(P.bodies(accepted()), ElementsAre("c.cpp: shared"));
}

TEST_F(WeakTest, AUserThatComesFirstInLinkOrderChangesNothing) {
  share(1, {"b.cpp"});
  accepted();
  share(1, {"a.cpp"});
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(WeakTest, WhenTheLastUserGoesTheFunctionIsRemoved) {
  share(1, {"b.cpp", "c.cpp"});
  accepted();
  P.removeUnit("b.cpp");
  P.removeUnit("c.cpp");
  EXPECT_THAT(accepted().Removed, ElementsAre("shared"));
}

TEST_F(WeakTest, ASharedVariableHasOneHome) {
  for (const char *File : {"b.cpp", "c.cpp"})
    P.unit(File).variable("inline_g", {.Bind = Binding::Weak});
  EXPECT_THAT(P.homes(accepted()), ElementsAre("b.cpp: inline_g"));
}

TEST_F(WeakTest, ASharedVariablesInitialiserRunsOnce) {
  for (const char *File : {"b.cpp", "c.cpp"})
    P.unit(File).computed("inline_g", 5, {.Bind = Binding::Weak});
  EXPECT_THAT(runs(accepted()), ElementsAre("init.inline_g"));
}

TEST_F(WeakTest, ASharedVariableThatAnotherUnitTakesOverKeepsItsState) {
  for (const char *File : {"b.cpp", "c.cpp"})
    P.unit(File).computed("inline_g", 5, {.Bind = Binding::Weak});
  accepted();
  P.removeUnit("b.cpp");
  EXPECT_TRUE(accepted().changesNothing());
}

} // namespace
} // namespace nextframe::test
