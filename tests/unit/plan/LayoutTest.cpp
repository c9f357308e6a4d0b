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
  /// The refusals when Enemy becomes \p New.
  Names edit(const RecordFacts &New) {
    P.unit("main.cpp").record(enemy());
    accepted();
    P.unit("main.cpp").record(New);
    return P.reload().Refusals;
  }
};

TEST_F(LayoutTest, TheSameLayoutChangesNothing) { EXPECT_THAT(edit(enemy()), IsEmpty()); }

TEST_F(LayoutTest, AnAddedFieldIsRefusedWithSizesAndField) {
  RecordFacts New = enemy();
  New.Size = 12;
  New.Fields.push_back(field("armour", "int", 64));
  EXPECT_THAT(edit(New), ElementsAre(HasSubstr("layout of 'Enemy' changed (size 8 → 12; "
                                               "field 'armour' added)")));
}

TEST_F(LayoutTest, ARemovedFieldIsNamed) {
  RecordFacts New = enemy();
  New.Size = 4;
  New.Fields.pop_back();
  EXPECT_THAT(edit(New), ElementsAre(HasSubstr("(size 8 → 4; field 'hp' removed)")));
}

TEST_F(LayoutTest, ARetypedFieldIsNamedWithBothTypes) {
  RecordFacts New = enemy();
  New.Fields[1] = field("hp", "float", 32);
  EXPECT_THAT(edit(New), ElementsAre(HasSubstr("(field 'hp' was int, is float)")));
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

TEST_F(LayoutTest, ReorderedFieldsAreRefused) {
  RecordFacts New = enemy();
  New.Fields = {field("hp", "int", 0), field("x", "float", 32)};
  EXPECT_THAT(edit(New), ElementsAre(HasSubstr("(fields moved)")));
}

TEST_F(LayoutTest, AnotherAlignmentIsRefused) {
  RecordFacts New = enemy();
  New.Size = New.Align = 16;
  EXPECT_THAT(edit(New), ElementsAre(HasSubstr("(size 8 → 16; alignment 4 → 16)")));
}

TEST_F(LayoutTest, ChangedVirtualFunctionsAreRefused) {
  RecordFacts New = enemy();
  New.Virtuals = {"update"};
  EXPECT_THAT(edit(New), ElementsAre(HasSubstr("its virtual functions changed")));
}

TEST_F(LayoutTest, ChangedBasesAreRefused) {
  RecordFacts New = enemy();
  New.Bases = {"Entity"};
  EXPECT_THAT(edit(New), ElementsAre(HasSubstr("its base classes changed")));
}

TEST_F(LayoutTest, AClassThatMovedInItsFileIsTheSame) {
  RecordFacts New = enemy();
  New.Line = 30;
  EXPECT_THAT(edit(New), IsEmpty());
}

TEST_F(LayoutTest, AClassThatSeveralUnitsReadIsRefusedOnce) {
  P.unit("a.cpp").record(enemy());
  P.unit("main.cpp").record(enemy());
  accepted();
  RecordFacts New = enemy();
  New.Size = 16;
  P.unit("a.cpp").record(New);
  P.unit("main.cpp").record(New);
  EXPECT_EQ(P.reload().Refusals.size(), 1u);
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
  EXPECT_THAT(P.reload().Refusals, ElementsAre(HasSubstr("size 100 → 200")));
}

TEST_F(LayoutTest, AClassThatMovedToAnotherHeaderIsStillComparedWithWhatItWas) {
  RecordFacts New = enemy();
  New.File = "monsters.h";
  New.Size = 16;
  P.unit("main.cpp").record(enemy());
  accepted();
  P.unit("main.cpp").Facts.Records = {New};
  EXPECT_THAT(P.reload().Refusals, ElementsAre(HasSubstr("size 8 → 16")));
}

TEST_F(LayoutTest, ALocalClassThatMovedToAnotherFileIsStillComparedWithWhatItWas) {
  RecordFacts Old = enemy(), New = enemy();
  Old.Local = New.Local = true;
  New.File = "monsters.h";
  New.Size = 16;
  P.unit("main.cpp").record(Old);
  accepted();
  P.unit("main.cpp").Facts.Records = {New};
  EXPECT_THAT(P.reload().Refusals, ElementsAre(HasSubstr("size 8 → 16")));
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
  EXPECT_THAT(P.reload().Refusals, Not(IsEmpty()));
}

TEST_F(LayoutTest, ARefusedLayoutPutBackIsUnchanged) {
  RecordFacts New = enemy();
  New.Size = 16;
  edit(New);
  P.unit("main.cpp").record(enemy());
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(LayoutTest, ALibrarysFunctionThatTakesTheTypeIsNamed) {
  RecordFacts Old = enemy(), New = enemy();
  Old.SharedWith = {"use_enemy"};
  New.Size = 16;
  P.library("use_enemy");
  P.unit("main.cpp").record(enemy());
  // The unit that calls it is not the first that has the type.
  P.unit("other.cpp").record(Old);
  accepted();
  P.unit("main.cpp").record(New);
  P.unit("other.cpp").record(New); // And calls it no more.
  EXPECT_THAT(P.reload().Refusals,
              ElementsAre(HasSubstr("and 'use_enemy', which takes or returns it, is a library's")));
}

TEST_F(LayoutTest, AFunctionOfTheProgramThatTakesTheTypeIsNot) {
  RecordFacts New = enemy();
  New.SharedWith = {"use_enemy"};
  P.unit("main.cpp").record(New);
  P.unit("other.cpp").function("use_enemy", 1);
  accepted();
  New.Size = 16;
  P.unit("main.cpp").record(New);
  EXPECT_THAT(P.reload().Refusals, ElementsAre(HasSubstr("objects of it may be alive")));
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
// Virtual tables and aliases
//===----------------------------------------------------------------------===//

TEST_F(LayoutTest, AChangedVirtualTableIsRefusedByItsClass) {
  P.unit("main.cpp").data(DataKind::VTable, "_ZTV5Enemy", {.Content = 1});
  accepted();
  P.unit("main.cpp").data(DataKind::VTable, "_ZTV5Enemy", {.Content = 2});
  EXPECT_THAT(P.reload().Refusals, ElementsAre(HasSubstr("vtable for Enemy changed")));
}

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
