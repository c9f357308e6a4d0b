// Edited virtual tables: rewritten in place, moved, or refused.

#include "FactsBuilder.h"

namespace nextframe::test {
namespace {

RecordFacts shape(const Names &Virtuals) {
  RecordFacts R;
  R.Name = "Shape";
  R.Size = R.Align = 8;
  R.Dynamic = true;
  R.Virtuals = Virtuals;
  return R;
}

class VTableTest : public PlanTest {
protected:
  Unit &Main = P.unit("main.cpp");
  const Names None;

  /// A class with one virtual function, which `make` makes an object of.
  void start() {
    Main.record(shape({"f"})).vtable("_ZTV5Shape", 1, "Shape", {{2, 1}});
    Main.function("make", 1, {"_ZTV5Shape"}).uses("make", {"Shape"});
    Main.function("call", 1).uses("call", {"Shape"});
    accepted();
  }
};

TEST_F(VTableTest, ATableThatFitsIsRewrittenInPlace) {
  start();
  Main.vtable("_ZTV5Shape", 2, "Shape", {{2, 1}});
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.tables(Plan), ElementsAre("main.cpp: _ZTV5Shape"));
  EXPECT_THAT(P.homes(Plan), IsEmpty());
  EXPECT_THAT(P.bodies(Plan), IsEmpty()) << "its address is the same";
  EXPECT_FALSE(Plan.needsStop()) << "each slot means what it meant";
  EXPECT_FALSE(Plan.changesNothing());
  EXPECT_FALSE(Plan.onlyResets());
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(VTableTest, SlotsThatMoveMakeOldBodiesHazardsAndNoObject) {
  start();
  Main.variable("global", {.Type = "Shape"}).holds("global", "Shape", 1);
  accepted();
  Main.record(shape({"new", "f"})).vtable("_ZTV5Shape", 2, "Shape", {{2, 2}});
  Main.function("call", 2).uses("call", {"Shape"});
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.tables(Plan), ElementsAre("main.cpp: _ZTV5Shape"));
  EXPECT_THAT(hazards(Plan), ElementsAre("call v0"));
  ASSERT_EQ(Plan.LayoutChanges.size(), 1u);
  EXPECT_TRUE(Plan.LayoutChanges[0].OnlyVirtuals);
  EXPECT_THAT(Plan.LayoutChanges[0].Holders, IsEmpty());
}

TEST_F(VTableTest, ATableWithoutRoomMovesAndItsUsersFollow) {
  start();
  Main.variable("global", {.Type = "Shape"}).holds("global", "Shape", 1);
  accepted();
  Main.record(shape({"f", "g"})).vtable("_ZTV5Shape", 2, "Shape", {{2, 10}});
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.tables(Plan), IsEmpty());
  EXPECT_THAT(P.homes(Plan), ElementsAre("main.cpp: _ZTV5Shape"));
  EXPECT_THAT(P.bodies(Plan), ElementsAre("main.cpp: make"));
  EXPECT_THAT(layoutChanges(Plan),
              ElementsAre("Shape: its virtual functions changed; its table of virtual functions "
                          "has room for 9 entries and needs 10"));
  EXPECT_FALSE(Plan.LayoutChanges[0].OnlyVirtuals);
  ASSERT_EQ(Plan.LayoutChanges[0].Holders.size(), 1u);
  EXPECT_EQ(Plan.LayoutChanges[0].Holders[0].Variable, "global");
  EXPECT_EQ(P.Live.Variables["_ZTV5Shape"].Room, (std::vector<VTablePart>{{2, 18}}));
}

TEST_F(VTableTest, APartMoreIsAnotherLayout) {
  start();
  Main.vtable("_ZTV5Shape", 2, "Shape", {{2, 1}, {2, 1}});
  EXPECT_THAT(layoutChanges(accepted()),
              ElementsAre("Shape: its tables of virtual functions changed"));
}

TEST_F(VTableTest, ATableOfALibrarysTemplateThatDoesNotFitIsRefused) {
  Main.vtable("_ZTV4Node", 1, "", {{2, 1}});
  accepted();
  Main.vtable("_ZTV4Node", 2, "", {{2, 2}});
  EXPECT_THAT(P.tables(accepted()), ElementsAre("main.cpp: _ZTV4Node"));
  Main.vtable("_ZTV4Node", 3, "", {});
  EXPECT_THAT(P.reload().Refusals,
              ElementsAre(HasSubstr("the vtable for Node changed (its tables of virtual functions "
                                    "changed), and nobody counts the objects that use it")));
}

TEST_F(VTableTest, AVTTFollowsATableThatMoved) {
  Main.vtable("_ZTT5Shape", 1, "Shape", {}, {}, {"_ZTV5Shape"});
  start();
  Main.vtable("_ZTV5Shape", 2, "Shape", {{2, 10}});
  EXPECT_THAT(P.homes(accepted()),
              UnorderedElementsAre("main.cpp: _ZTV5Shape", "main.cpp: _ZTT5Shape"));
}

TEST_F(VTableTest, ATableFollowsAFunctionThatIsCalledInAnotherWay) {
  start();
  Main.function("f", 1).vtable("_ZTV5Shape", 1, "Shape", {{2, 1}}, {}, {"f"});
  Main.Facts.Functions.back().Signature = 1;
  accepted();
  Main.Facts.Functions.back().Signature = 2;
  EXPECT_THAT(P.tables(accepted()), ElementsAre("main.cpp: _ZTV5Shape"));
}

TEST_F(VTableTest, AClassWhoseTableNobodyMakesAnyMoreMustNotBeAlive) {
  start();
  Main.vtable("_ZTV6Circle", 1, "Circle", {{2, 1}}, {"Shape"});
  accepted();
  Main.remove("_ZTV6Circle");
  accepted();
  Main.record(shape({"f", "g"})).vtable("_ZTV5Shape", 2, "Shape", {{2, 2}});
  EXPECT_THAT(layoutChanges(accepted()),
              ElementsAre("Shape: its virtual functions changed",
                          HasSubstr("Circle: no source makes a 'Circle' any more")));
}

TEST_F(VTableTest, ATableThatIsBackIsRewritten) {
  start();
  Main.vtable("_ZTV6Circle", 1, "Circle", {{2, 1}});
  accepted();
  Main.remove("_ZTV6Circle");
  accepted();
  Main.vtable("_ZTV6Circle", 1, "Circle", {{2, 1}});
  EXPECT_THAT(P.tables(accepted()), ElementsAre("main.cpp: _ZTV6Circle"));
}

TEST_F(VTableTest, PointersToVirtualFunctionsMatterWhereSlotsMove) {
  Main.hides("Shape", Hiding::MemberPointer, "main.cpp", 7);
  Main.hides("Shape", Hiding::Placed, "main.cpp", 8);
  start();
  RecordFacts Larger = shape({"f"});
  Larger.Size = 16;
  Main.record(Larger);
  ReloadPlan Plan = accepted();
  ASSERT_EQ(Plan.LayoutChanges[0].Hidden.size(), 1u);
  EXPECT_EQ(Plan.LayoutChanges[0].Hidden[0].How, Hiding::Placed);
  Larger.Virtuals = {"g", "f"};
  Main.record(Larger);
  Plan = accepted();
  ASSERT_EQ(Plan.LayoutChanges[0].Hidden.size(), 1u);
  EXPECT_EQ(Plan.LayoutChanges[0].Hidden[0].How, Hiding::MemberPointer);
}

} // namespace
} // namespace nextframe::test
