// Variables whose type or linkage was edited: converted, left alone, or refused.

#include "FactsBuilder.h"

namespace nextframe::test {
namespace {

class TypeChangeTest : public PlanTest {
protected:
  static VariableOptions number(const std::string &Type, ElementKind Kind, uint64_t Size,
                                uint64_t Content = 1) {
    return {.Content = Content,
            .Type = Type,
            .TypeHash = Size,
            .Size = Size,
            .Align = Size,
            .Shape = {Kind, Size, "", {}}};
  }
  static VariableOptions anInt() { return number("int", ElementKind::Signed, 4); }
  static VariableOptions aLong() { return number("long", ElementKind::Signed, 8); }
  Unit &unit() { return P.unit("main.cpp"); }
};

TEST_F(TypeChangeTest, ANumberMovesToAHomeOfItsNewType) {
  unit().variable("g", anInt()).function("f", 1, {"g"}).function("other", 1);
  accepted();
  unit().variable("g", aLong());
  ReloadPlan Plan = accepted();
  ASSERT_EQ(Plan.Conversions.size(), 1u);
  EXPECT_EQ(Plan.Conversions[0].Variable, "g");
  EXPECT_EQ(Plan.Conversions[0].OldHome, "g");
  EXPECT_EQ(Plan.Conversions[0].FromType, "int");
  EXPECT_EQ(Plan.Conversions[0].ToType, "long");
  EXPECT_THAT(P.homes(Plan), ElementsAre("main.cpp: g"));
  EXPECT_THAT(P.bodies(Plan), ElementsAre("main.cpp: f"));
  EXPECT_EQ(P.Live.Variables["g"].Symbol, "g.v1");
  EXPECT_TRUE(Plan.needsStop());
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(TypeChangeTest, BodiesThatNameTheOldHomeMustNotBeRunning) {
  unit().variable("g", anInt()).function("f", 1, {"g"}).function("other", 1);
  accepted();
  unit().variable("g", aLong());
  ReloadPlan Plan = accepted();
  ASSERT_EQ(Plan.Hazards.size(), 1u);
  EXPECT_EQ(Plan.Hazards[0].Function, "f");
  EXPECT_EQ(Plan.Hazards[0].Body, Generation{0});
}

TEST_F(TypeChangeTest, ABodyThatNamesItNoMoreMayStillBeRunning) {
  unit().variable("g", anInt()).function("f", 1, {"g"});
  accepted();
  unit().function("f", 2);
  accepted();
  unit().variable("g", aLong());
  EXPECT_EQ(accepted().Hazards.size(), 1u);
}

TEST_F(TypeChangeTest, AnotherNameForATypeChangesNothing) {
  unit().variable("g", anInt());
  accepted();
  VariableOptions Alias = anInt();
  Alias.Type = "Number";
  unit().variable("g", Alias);
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(TypeChangeTest, TheSameNameForAnotherTypeDoes) {
  VariableOptions Alias = anInt(), Other = number("int", ElementKind::Unsigned, 4);
  Alias.Type = Other.Type = "Number";
  unit().variable("g", Alias);
  accepted();
  unit().variable("g", Other);
  EXPECT_EQ(accepted().Conversions.size(), 1u);
}

TEST_F(TypeChangeTest, AComputedInitialiserIsForTheCommitToRun) {
  unit().computed("g", 5, anInt());
  accepted();
  unit().computed("g", 6, aLong());
  ReloadPlan Plan = accepted();
  EXPECT_THAT(resets(Plan), IsEmpty());
  ASSERT_EQ(Plan.Conversions.size(), 1u);
  EXPECT_EQ(Plan.Conversions[0].Initialiser, "init.g");
}

TEST_F(TypeChangeTest, AConstantWithItsAddressRefusesIt) {
  unit().variable("g", anInt()).constant("places", 1, {"g"});
  accepted();
  unit().variable("g", aLong());
  ReloadPlan Plan = P.reload();
  ASSERT_EQ(Plan.Refusals.size(), 1u);
  EXPECT_THAT(Plan.Refusals[0], testing::HasSubstr("the constant 'places' holds its address"));
}

TEST_F(TypeChangeTest, AThreadLocalOneIsRefused) {
  VariableOptions Old = anInt(), New = aLong();
  Old.ThreadLocal = New.ThreadLocal = true;
  unit().variable("g", Old);
  accepted();
  unit().variable("g", New);
  EXPECT_EQ(P.reload().Refusals.size(), 1u);
}

TEST_F(TypeChangeTest, AnotherLinkageKeepsTheHome) {
  unit().variable("g", anInt()).function("f", 1, {"g"});
  accepted();
  unit().remove("g").variable("_ZL1g.in.main", anInt()).function("f", 2, {"_ZL1g.in.main"});
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.homes(Plan), IsEmpty());
  ASSERT_EQ(Plan.Renamed.size(), 1u);
  EXPECT_EQ(Plan.Renamed[0].Old, "g");
  EXPECT_EQ(P.Live.Variables["_ZL1g.in.main"].Symbol, "g");
}

TEST_F(TypeChangeTest, AnotherVariableOfTheFreedNameHasAHomeOfItsOwn) {
  unit().variable("g", anInt());
  accepted();
  unit().remove("g").variable("_ZL1g.in.main", anInt());
  accepted();
  P.unit("other.cpp").variable("g", anInt());
  accepted();
  EXPECT_EQ(P.Live.Variables["_ZL1g.in.main"].Symbol, "g");
  EXPECT_EQ(P.Live.Variables["g"].Symbol, "g.v2");
}

TEST_F(TypeChangeTest, TwoOfOneNameAreToldApartByNobody) {
  P.unit("a.cpp").variable("_ZL1g.in.a", anInt());
  P.unit("b.cpp").variable("_ZL1g.in.b", anInt());
  accepted();
  P.unit("a.cpp").remove("_ZL1g.in.a");
  P.unit("b.cpp").remove("_ZL1g.in.b");
  P.unit("c.cpp").variable("g", anInt());
  ReloadPlan Plan = accepted();
  EXPECT_THAT(Plan.Renamed, IsEmpty());
  EXPECT_THAT(P.homes(Plan), ElementsAre("c.cpp: g"));
}

TEST_F(TypeChangeTest, ARenamedVariableIsKnownByItsOldNameToOldBodies) {
  unit().variable("g", anInt()).function("f", 1, {"g"});
  accepted();
  unit().remove("g").variable("_ZL1g.in.main", anInt()).function("f", 2, {"_ZL1g.in.main"});
  accepted();
  unit().variable("_ZL1g.in.main", aLong());
  EXPECT_EQ(accepted().Hazards.size(), 2u);
}

} // namespace
} // namespace nextframe::test
