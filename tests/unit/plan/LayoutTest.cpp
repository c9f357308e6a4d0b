// Layouts that an edit changed: classes, virtual tables, aliases.

#include "FactsBuilder.h"
#include "plan/RecordChanges.h"

namespace nextframe::test {
namespace {

/// A field whose type is no alias.
FieldFacts field(const char *Name, const char *Type, uint64_t OffsetBits) {
  return {Name, Type, Type, OffsetBits};
}

RecordFacts enemy() {
  RecordFacts R;
  R.Name = "Enemy";
  R.Size = 8;
  R.Align = 4;
  R.Fields = {field("x", "float", 0), field("hp", "int", 32)};
  R.File = "enemy.h";
  R.Line = 3;
  return R;
}

class LayoutTest : public PlanTest {
protected:
  /// The layouts that change when Enemy becomes \p New.
  Names edit(const RecordFacts &New) {
    P.unit("main.cpp").record(enemy());
    accepted();
    P.unit("main.cpp").record(New);
    return layoutChanges(P.reload());
  }
};

TEST_F(LayoutTest, TheSameLayoutChangesNothing) { EXPECT_THAT(edit(enemy()), IsEmpty()); }

TEST_F(LayoutTest, AnAddedFieldIsToldWithSizesAndField) {
  RecordFacts New = enemy();
  New.Size = 12;
  New.Fields.push_back(field("armour", "int", 64));
  EXPECT_THAT(edit(New), ElementsAre("Enemy: size 8 → 12; field 'armour' added"));
}

TEST_F(LayoutTest, ARemovedFieldIsNamed) {
  RecordFacts New = enemy();
  New.Size = 4;
  New.Fields.pop_back();
  EXPECT_THAT(edit(New), ElementsAre(HasSubstr("size 8 → 4; field 'hp' removed")));
}

TEST_F(LayoutTest, ARetypedFieldIsNamedWithBothTypes) {
  RecordFacts New = enemy();
  New.Fields[1] = field("hp", "float", 32);
  EXPECT_THAT(edit(New), ElementsAre(HasSubstr("field 'hp' was int, is float")));
}

TEST_F(LayoutTest, AnotherSpellingOfTheSameTypeIsNoChange) {
  RecordFacts New = enemy();
  New.Fields[1].Type = "Health";
  EXPECT_THAT(edit(New), IsEmpty());
}

TEST_F(LayoutTest, AnAliasThatMeansAnotherTypeIsNamedByWhatItMeans) {
  RecordFacts Old = enemy(), New = enemy();
  Old.Fields[1] = {"hp", "Health", "int", 32};
  New.Fields[1] = {"hp", "Health", "float", 32};
  EXPECT_EQ(describeChange(Old, New), "field 'hp' was int, is float");
}

TEST_F(LayoutTest, ReorderedFieldsAreAChange) {
  RecordFacts New = enemy();
  New.Fields = {field("hp", "int", 0), field("x", "float", 32)};
  EXPECT_THAT(edit(New), ElementsAre(HasSubstr("fields moved")));
}

TEST_F(LayoutTest, AnotherAlignmentIsAChange) {
  RecordFacts New = enemy();
  New.Size = New.Align = 16;
  EXPECT_THAT(edit(New), ElementsAre(HasSubstr("size 8 → 16; alignment 4 → 16")));
}

TEST_F(LayoutTest, ChangedVirtualFunctionsAreAChange) {
  RecordFacts New = enemy();
  New.Virtuals = {"update"};
  EXPECT_THAT(edit(New), ElementsAre(HasSubstr("its virtual functions changed")));
}

TEST_F(LayoutTest, ChangedBasesAreAChange) {
  RecordFacts New = enemy();
  New.Bases = {"Entity"};
  EXPECT_THAT(edit(New), ElementsAre(HasSubstr("its base classes changed")));
}

TEST_F(LayoutTest, AClassThatMovedInItsFileIsTheSame) {
  RecordFacts New = enemy();
  New.Line = 30;
  EXPECT_THAT(edit(New), IsEmpty());
}

TEST_F(LayoutTest, AClassThatSeveralUnitsReadIsToldOnce) {
  P.unit("a.cpp").record(enemy());
  P.unit("main.cpp").record(enemy());
  accepted();
  RecordFacts New = enemy();
  New.Size = 16;
  P.unit("a.cpp").record(New);
  P.unit("main.cpp").record(New);
  EXPECT_EQ(P.reload().LayoutChanges.size(), 1u);
}

TEST_F(LayoutTest, LocalClassesOfTheSameNameInTwoFilesAreApart) {
  RecordFacts One = enemy(), Other = enemy();
  One.Local = Other.Local = true;
  Other.File = "other.cpp";
  Other.Size = 100;
  P.unit("main.cpp").record(One);
  P.unit("other.cpp").record(Other);
  accepted();
  EXPECT_TRUE(accepted().changesNothing());
  Other.Size = 200;
  P.unit("other.cpp").record(Other);
  EXPECT_THAT(layoutChanges(P.reload()), ElementsAre(HasSubstr("size 100 → 200")));
}

TEST_F(LayoutTest, AClassThatMovedToAnotherHeaderIsStillComparedWithWhatItWas) {
  RecordFacts New = enemy();
  New.File = "monsters.h";
  New.Size = 16;
  P.unit("main.cpp").record(enemy());
  accepted();
  P.unit("main.cpp").Facts.Records = {New};
  EXPECT_THAT(layoutChanges(P.reload()), ElementsAre(HasSubstr("size 8 → 16")));
}

TEST_F(LayoutTest, ALocalClassThatMovedToAnotherFileIsStillComparedWithWhatItWas) {
  RecordFacts Old = enemy(), New = enemy();
  Old.Local = New.Local = true;
  New.File = "monsters.h";
  New.Size = 16;
  P.unit("main.cpp").record(Old);
  accepted();
  P.unit("main.cpp").Facts.Records = {New};
  EXPECT_THAT(layoutChanges(P.reload()), ElementsAre(HasSubstr("size 8 → 16")));
}

TEST_F(LayoutTest, ANewClassIsNoChange) {
  accepted();
  P.unit("main.cpp").record(enemy());
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(LayoutTest, ARemovedClassIsStillKnownWhenItComesBack) {
  P.unit("main.cpp").record(enemy());
  accepted();
  P.unit("main.cpp").Facts.Records.clear();
  accepted();
  RecordFacts New = enemy();
  New.Size = 16;
  P.unit("main.cpp").record(New);
  EXPECT_THAT(layoutChanges(P.reload()), Not(IsEmpty()));
}

TEST_F(LayoutTest, ARefusedLayoutPutBackIsUnchanged) {
  RecordFacts New = enemy();
  New.Size = 16;
  P.SomethingIsAlive = true;
  edit(New);
  P.unit("main.cpp").record(enemy());
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(LayoutTest, EveryLayoutDifferenceIsDescribed) {
  RecordFacts Old = enemy();
  RecordFacts New = enemy();
  New.Size = 16;
  New.Align = 8;
  New.Fields = {field("x", "double", 0), field("id", "int", 64)};
  New.Virtuals = {"update"};
  New.Bases = {"Entity"};
  EXPECT_EQ(describeChange(Old, New),
            "size 8 → 16; alignment 4 → 8; field 'x' was float, is double; field 'id' added; "
            "field 'hp' removed; its virtual functions changed; its base classes changed");
}

//===----------------------------------------------------------------------===//
// What a changed type concerns
//===----------------------------------------------------------------------===//

/// Enemy, with one more field.
RecordFacts largerEnemy() {
  RecordFacts R = enemy();
  R.Size = 12;
  R.Fields.push_back(field("armour", "int", 64));
  return R;
}

TEST_F(LayoutTest, VariablesThatHoldObjectsAreNamedWithTheirNumber) {
  P.unit("main.cpp").record(enemy()).variable("boss").holds("boss", "Enemy", 1);
  P.unit("main.cpp").variable("wave").holds("wave", "Enemy", 10).variable("score");
  accepted();
  P.unit("main.cpp").record(largerEnemy());
  ReloadPlan Plan = P.reload();
  ASSERT_EQ(Plan.LayoutChanges.size(), 1u);
  const LayoutChange &C = Plan.LayoutChanges[0];
  ASSERT_EQ(C.Holders.size(), 2u);
  EXPECT_EQ(C.Holders[0].Variable, "boss");
  EXPECT_EQ(C.Holders[1].Variable, "wave");
  EXPECT_EQ(C.Holders[1].Objects, 10u);
  EXPECT_EQ(C.OldSize, 8u);
}

TEST_F(LayoutTest, ConstantsMatterOnlyWhereTheStatePointsToThem) {
  P.unit("main.cpp").record(enemy()).constant("kinds", 1).holds("kinds", "Enemy", 4);
  accepted();
  P.unit("main.cpp").record(largerEnemy()).constant("kinds", 2).holds("kinds", "Enemy", 4);
  ReloadPlan Plan = P.reload();
  ASSERT_EQ(Plan.LayoutChanges.size(), 1u);
  EXPECT_TRUE(Plan.LayoutChanges[0].Holders.empty());
  ASSERT_EQ(Plan.LayoutChanges[0].PointedTo.size(), 1u);
  EXPECT_EQ(Plan.LayoutChanges[0].PointedTo[0].Variable, "kinds");
}

TEST_F(LayoutTest, ARemovedVariableWithADestructorStillCounts) {
  P.unit("main.cpp").record(enemy()).variable("boss", {.TriviallyCopyable = false});
  P.unit("main.cpp").holds("boss", "Enemy", 1);
  accepted();
  P.unit("main.cpp").remove("boss").record(largerEnemy());
  ReloadPlan Plan = P.reload();
  ASSERT_EQ(Plan.LayoutChanges.size(), 1u);
  ASSERT_EQ(Plan.LayoutChanges[0].Holders.size(), 1u);
  EXPECT_TRUE(Plan.LayoutChanges[0].Holders[0].Removed);
}

TEST_F(LayoutTest, OldBodiesThatUseTheTypeMustNotBeRunning) {
  Unit &U = P.unit("main.cpp").record(enemy());
  U.function("uses", 1).uses("uses", {"Enemy"}).function("other", 1).uses("other", {"Item"});
  U.function("same", 1).uses("same", {"Enemy"}).uses("main", {});
  accepted();
  U.record(largerEnemy()).function("uses", 2).uses("uses", {"Enemy"});
  U.function("other", 2).uses("other", {"Item"});
  ReloadPlan Plan = P.reload();
  EXPECT_THAT(hazards(Plan), ElementsAre("uses v0"));
  EXPECT_THAT(Plan.Hazards[0].Reason, AllOf(HasSubstr("'uses' is running"), HasSubstr("'Enemy'")));
  EXPECT_TRUE(Plan.needsStop());
}

TEST_F(LayoutTest, SoMustNotBodiesThatWereReplacedLongAgo) {
  Unit &U = P.unit("main.cpp").record(enemy()).uses("main", {"Enemy"});
  accepted();
  U.function("main", 2).uses("main", {});
  accepted();
  U.record(largerEnemy());
  EXPECT_THAT(hazards(P.reload()), ElementsAre("main v0"));
}

TEST_F(LayoutTest, AReplacedBodyOfWhichNothingIsKnownMayUseAnyType) {
  Unit &U = P.unit("main.cpp").record(enemy()).function("sort", 1);
  accepted();
  U.record(largerEnemy()).function("sort", 2);
  EXPECT_THAT(hazards(P.reload()), ElementsAre("sort v0"));
}

TEST_F(LayoutTest, WithoutAChangedLayoutNothingHasToStop) {
  Unit &U = P.unit("main.cpp").record(enemy()).function("uses", 1).uses("uses", {"Enemy"});
  accepted();
  U.function("uses", 2);
  EXPECT_FALSE(P.reload().needsStop());
}

TEST_F(LayoutTest, HidingPlacesAreRememberedWhenTheirSourceIsGone) {
  P.unit("main.cpp").record(enemy()).hides("Enemy", Hiding::Placed, "pool.cpp", 12);
  accepted();
  P.unit("main.cpp").Facts.Hidden.clear();
  accepted();
  P.unit("main.cpp").record(largerEnemy());
  ReloadPlan Plan = P.reload();
  ASSERT_EQ(Plan.LayoutChanges.size(), 1u);
  ASSERT_EQ(Plan.LayoutChanges[0].Hidden.size(), 1u);
  EXPECT_EQ(Plan.LayoutChanges[0].Hidden[0].Line, 12u);
}

TEST_F(LayoutTest, AFunctionOfTheProgramsOwnIsNoLibrary) {
  P.Libraries.insert("library_f");
  P.unit("main.cpp").record(enemy()).hides("Enemy", Hiding::Library, "own_f");
  P.unit("main.cpp").function("own_f", 1).hides("Enemy", Hiding::Library, "library_f");
  accepted();
  P.unit("main.cpp").record(largerEnemy());
  ReloadPlan Plan = P.reload();
  ASSERT_EQ(Plan.LayoutChanges[0].Hidden.size(), 1u);
  EXPECT_EQ(Plan.LayoutChanges[0].Hidden[0].File, "library_f");
}

//===----------------------------------------------------------------------===//
// Typeinfo and aliases
//===----------------------------------------------------------------------===//

TEST_F(LayoutTest, TypeInfoIsToldByItsName) {
  P.unit("main.cpp").data(DataKind::TypeInfo, "_ZTI5Enemy", {.Content = 1});
  accepted();
  P.unit("main.cpp").data(DataKind::TypeInfo, "_ZTI5Enemy", {.Content = 2});
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(LayoutTest, ANewAliasIsPassedOn) {
  accepted();
  P.unit("main.cpp").function("f", 1).alias("also_f", "f");
  ReloadPlan Plan = accepted();
  ASSERT_EQ(Plan.Aliases.size(), 1u);
  EXPECT_EQ(Plan.Aliases[0].Name, "also_f");
  EXPECT_EQ(Plan.Aliases[0].Target, "f");
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(LayoutTest, AnAliasCanBeCalled) {
  P.unit("a.cpp").function("f", 1).alias("also_f", "f");
  P.unit("main.cpp").function("main", 1, {"also_f"});
  accepted();
}

TEST_F(LayoutTest, AnAliasForAnotherFunctionIsPointedAtIt) {
  P.unit("main.cpp").function("f", 1).function("g", 1).alias("also", "f");
  accepted();
  P.unit("main.cpp").alias("also", "g");
  ReloadPlan Plan = accepted();
  ASSERT_EQ(Plan.Retargeted.size(), 1u);
  EXPECT_EQ(Plan.Retargeted[0].Target, "g");
  EXPECT_THAT(Plan.Replaced, ElementsAre("also"));
  EXPECT_THAT(Plan.Aliases, IsEmpty());
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(LayoutTest, AnAliasForAnotherVariableIsRefused) {
  P.unit("main.cpp").variable("f").variable("g").alias("also", "f", /*IsFunction=*/false);
  accepted();
  P.unit("main.cpp").alias("also", "g", /*IsFunction=*/false);
  EXPECT_THAT(P.reload().Refusals,
              ElementsAre(HasSubstr("'also' was another name for 'f' and is one for 'g' now")));
}

TEST_F(LayoutTest, AnAliasThatWasAFunctionsAndIsAVariablesIsRefused) {
  P.unit("main.cpp").function("f", 1).variable("g").alias("also", "f");
  accepted();
  P.unit("main.cpp").alias("also", "g", /*IsFunction=*/false);
  EXPECT_THAT(P.reload().Refusals,
              ElementsAre(HasSubstr("'also' was another name for 'f' and is one for 'g' now")));
}

} // namespace
} // namespace nextframe::test
