// Edited initialisers of objects: which may be made anew, and how.

#include "FactsBuilder.h"

namespace nextframe::test {
namespace {

using ObjectTest = PlanTest;

VariableOptions text(uint64_t Content = 0) {
  return {.Content = Content,
          .Type = "std::string",
          .TriviallyCopyable = false,
          .NotPlain = {WhyNotPlain::Plain, {}}};
}

VariableOptions opaque(WhyNotPlain Why, const std::string &Part) {
  return {.Content = 0, .Type = "Room", .TriviallyCopyable = false, .NotPlain = {Why, Part}};
}

/// A local static with its guard; \p Text is that of its initialiser.
void local(Unit &U, VariableOptions O, uint64_t Text) {
  O.InitialiserText = Text;
  U.variable("_ZZ1fvE1s", O).data(DataKind::Guard, "_ZGVZ1fvE1s", {.Content = 0, .Size = 8});
}

TEST_F(ObjectTest, AnObjectTakesItsConstantContentBeforeItsInitialiserRuns) {
  P.unit("main.cpp").computed("g", 5, text());
  accepted();
  P.unit("main.cpp").computed("g", 6, text());
  ReloadPlan Plan = accepted();
  ASSERT_EQ(Plan.Resets.size(), 1u);
  EXPECT_EQ(Plan.Resets[0].Initialiser, "init.g");
  EXPECT_TRUE(Plan.Resets[0].TakesContent);
  EXPECT_THAT(Plan.Work.at(0).InitialContents, ElementsAre("g"));
  EXPECT_THAT(Plan.Kept, IsEmpty());
}

TEST_F(ObjectTest, WhatCanBeCopiedNeedsNoContentBefore) {
  P.unit("main.cpp").computed("g", 5);
  accepted();
  P.unit("main.cpp").computed("g", 6);
  ReloadPlan Plan = accepted();
  ASSERT_EQ(Plan.Resets.size(), 1u);
  EXPECT_FALSE(Plan.Resets[0].TakesContent);
  EXPECT_THAT(Plan.Work.at(0).InitialContents, IsEmpty());
}

TEST_F(ObjectTest, WhatIsMoreThanItsValueIsKeptWithTheReason) {
  for (auto [Why, Part, Reason] :
       {std::tuple(WhyNotPlain::Opaque, "Room", "it is a 'Room', whose value can't be compared"),
        std::tuple(WhyNotPlain::Opaque, "std::thread", "the value of the 'std::thread' in it"),
        std::tuple(WhyNotPlain::Destructor, "Handle", "what the destructor of 'Handle' gives back"),
        std::tuple(WhyNotPlain::Unknown, "", "whose value can't be compared")}) {
    P.unit("main.cpp").computed("g", 5, opaque(Why, Part));
    accepted();
    P.unit("main.cpp").computed("g", 6, opaque(Why, Part));
    ReloadPlan Plan = accepted();
    EXPECT_THAT(Plan.Resets, IsEmpty());
    ASSERT_EQ(Plan.Kept.size(), 1u);
    EXPECT_THAT(Plan.Kept[0].Reason, testing::HasSubstr(Reason));
  }
}

TEST_F(ObjectTest, WhatIsKeptTakesNoPartOfItsNewValue) {
  VariableOptions O = opaque(WhyNotPlain::Destructor, "Handle");
  P.unit("main.cpp").computed("g", 5, O);
  accepted();
  O.Content = 7; // Of a constant initialiser, by now.
  P.unit("main.cpp").variable("g", O);
  ReloadPlan Plan = accepted();
  EXPECT_EQ(Plan.Kept.size(), 1u);
  EXPECT_THAT(Plan.Resets, IsEmpty());
  for (const UnitWork &W : Plan.Work)
    EXPECT_THAT(W.InitialContents, IsEmpty());
}

TEST_F(ObjectTest, ALocalStaticWithAnotherInitialiserIsResetByItsGuard) {
  local(P.unit("main.cpp"), text(), 1);
  accepted();
  local(P.unit("main.cpp"), text(), 2);
  ReloadPlan Plan = accepted();
  ASSERT_EQ(Plan.Resets.size(), 1u);
  EXPECT_EQ(Plan.Resets[0].Guard, "_ZGVZ1fvE1s");
  EXPECT_EQ(Plan.Resets[0].KeepReason, "");
  EXPECT_THAT(Plan.Work.at(0).InitialContents, ElementsAre("_ZZ1fvE1s"));
  EXPECT_TRUE(Plan.needsBoundary());
}

TEST_F(ObjectTest, ALocalStaticWithTheSameInitialiserIsLeftAlone) {
  local(P.unit("main.cpp"), text(), 1);
  accepted();
  local(P.unit("main.cpp"), text(), 1);
  P.unit("main.cpp").function("main", 2);
  EXPECT_THAT(accepted().Resets, IsEmpty());
}

TEST_F(ObjectTest, ALocalStaticThatIsMoreThanItsValueIsKeptIfItHasBeenUsed) {
  VariableOptions O = opaque(WhyNotPlain::Destructor, "Handle");
  local(P.unit("main.cpp"), O, 1);
  accepted();
  local(P.unit("main.cpp"), O, 2);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(Plan.Kept, IsEmpty());
  ASSERT_EQ(Plan.Resets.size(), 1u);
  EXPECT_THAT(Plan.Resets[0].KeepReason, testing::HasSubstr("destructor of 'Handle'"));
}

} // namespace
} // namespace nextframe::test
