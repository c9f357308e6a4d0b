// Variables: new ones, edited initialisers, edited types, removed ones.

#include "FactsBuilder.h"

namespace nextframe::test {
namespace {

using VariableTest = PlanTest;

TEST_F(VariableTest, ANewVariableGetsAHome) {
  accepted();
  P.unit("main.cpp").variable("g");
  ReloadPlan Plan = accepted();
  EXPECT_THAT(P.homes(Plan), ElementsAre("main.cpp: g"));
  EXPECT_THAT(Plan.Resets, IsEmpty());
}

TEST_F(VariableTest, AnEditedConstantInitialiserIsOfferedAsItsNewValue) {
  P.unit("main.cpp").variable("g", {.Content = 1});
  accepted();
  P.unit("main.cpp").variable("g", {.Content = 2});
  ReloadPlan Plan = accepted();
  EXPECT_THAT(resets(Plan), ElementsAre("g"));
  EXPECT_THAT(P.contents(Plan), ElementsAre("main.cpp: g"));
  EXPECT_THAT(P.homes(Plan), IsEmpty());
}

TEST_F(VariableTest, TheSymbolOfAnInitialContentNamesVariableAndGeneration) {
  EXPECT_EQ(initialContentSymbol("g", Generation{3}), "initial.g.v3");
}

TEST_F(VariableTest, AResetWaitsForAFrameBoundary) {
  P.unit("main.cpp").variable("g", {.Content = 1});
  accepted();
  P.unit("main.cpp").variable("g", {.Content = 2});
  EXPECT_TRUE(accepted().needsBoundary());
}

TEST_F(VariableTest, AnInitialiserIsOfferedOnce) {
  P.unit("main.cpp").variable("g", {.Content = 1});
  accepted();
  P.unit("main.cpp").variable("g", {.Content = 2});
  accepted();
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(VariableTest, AnInitialiserPutBackIsOfferedAgain) {
  for (uint64_t Content : {1, 2, 1}) {
    P.unit("main.cpp").variable("g", {.Content = Content});
    ReloadPlan Plan = accepted();
    EXPECT_THAT(resets(Plan), Plan.Gen == Generation{0} ? Names{} : Names{"g"});
  }
}

TEST_F(VariableTest, AnEditedComputedInitialiserRunsAgain) {
  P.unit("main.cpp").computed("g", 5);
  accepted();
  P.unit("main.cpp").computed("g", 6);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(resets(Plan), ElementsAre("g by init.g"));
  EXPECT_THAT(P.bodies(Plan), ElementsAre("main.cpp: init.g"));
  EXPECT_THAT(Plan.Initialisers, IsEmpty());
}

TEST_F(VariableTest, InitialisersAreNotNamedAmongTheFunctions) {
  P.unit("main.cpp").computed("g", 5);
  EXPECT_THAT(accepted().Added, ElementsAre("main"));
  P.unit("main.cpp").computed("g", 6);
  EXPECT_THAT(accepted().Replaced, IsEmpty());
}

TEST_F(VariableTest, AnObjectIsKeptWithItsTypeAsTheReason) {
  VariableOptions Vector{.Type = "std::vector<int>", .TriviallyCopyable = false};
  P.unit("main.cpp").computed("v", 5, Vector);
  accepted();
  P.unit("main.cpp").computed("v", 6, Vector);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(kept(Plan), ElementsAre(HasSubstr("v: it is a 'std::vector<int>'")));
  EXPECT_THAT(Plan.Resets, IsEmpty());
  EXPECT_THAT(accepted().Kept, IsEmpty()) << "said once";
}

TEST_F(VariableTest, AConstantInitialiserThatBecameComputedRunsOnce) {
  P.unit("main.cpp").variable("g", {.Content = 1});
  accepted();
  P.unit("main.cpp").computed("g", 5);
  EXPECT_THAT(resets(accepted()), ElementsAre("g by init.g"));
}

TEST_F(VariableTest, AComputedInitialiserThatBecameConstantIsOfferedOnce) {
  P.unit("main.cpp").computed("g", 5);
  accepted();
  P.unit("main.cpp").variable("g", {.Content = 2});
  ReloadPlan Plan = accepted();
  EXPECT_THAT(resets(Plan), ElementsAre("g"));
  EXPECT_THAT(P.contents(Plan), ElementsAre("main.cpp: g"));
}

TEST_F(VariableTest, AComputedInitialiserThatBecameZeroIsOffered) {
  P.unit("main.cpp").computed("g", 5);
  accepted();
  P.unit("main.cpp").variable("g", {.Content = 0});
  ReloadPlan Plan = accepted();
  EXPECT_THAT(resets(Plan), ElementsAre("g"));
  EXPECT_THAT(P.contents(Plan), ElementsAre("main.cpp: g"));
}

TEST_F(VariableTest, AnObjectWhoseComputedInitialiserBecameConstantIsKept) {
  VariableOptions Vector{.Content = 0, .Type = "std::vector<int>", .TriviallyCopyable = false};
  P.unit("main.cpp").computed("v", 5, Vector);
  accepted();
  P.unit("main.cpp").variable("v", Vector);
  ReloadPlan Plan = accepted();
  EXPECT_THAT(kept(Plan), ElementsAre(HasSubstr("v: it is a 'std::vector<int>'")));
  EXPECT_THAT(Plan.Resets, IsEmpty());
}

TEST_F(VariableTest, AThreadLocalVariableIsKept) {
  P.unit("main.cpp").variable("t", {.Content = 1, .ThreadLocal = true});
  accepted();
  P.unit("main.cpp").variable("t", {.Content = 2, .ThreadLocal = true});
  ReloadPlan Plan = accepted();
  EXPECT_THAT(kept(Plan), ElementsAre(HasSubstr("t: each thread has ")));
  EXPECT_THAT(Plan.Resets, IsEmpty());
}

TEST_F(VariableTest, ARemovedVariableKeepsItsHome) {
  P.unit("main.cpp").variable("g");
  accepted();
  P.unit("main.cpp").remove("g");
  EXPECT_TRUE(accepted().changesNothing());
  P.unit("main.cpp").variable("g");
  EXPECT_TRUE(accepted().changesNothing());
}

TEST_F(VariableTest, AVariableThatOthersNeedCannotBeRemoved) {
  P.unit("a.cpp").variable("g");
  P.unit("main.cpp").function("main", 1, {"g"});
  accepted();
  P.unit("a.cpp").remove("g");
  EXPECT_THAT(problems(P.reload()), ElementsAre(HasSubstr("undefined: 'g' is needed by 'main'")));
}

TEST_F(VariableTest, AVariableRenamedWhileOthersNeedItFails) {
  P.unit("a.cpp").variable("g");
  P.unit("main.cpp").function("main", 1, {"g"});
  accepted();
  P.unit("a.cpp").remove("g").variable("renamed");
  EXPECT_THAT(problems(P.reload()), ElementsAre(HasSubstr("undefined: 'g' is needed by 'main'")));
}

TEST_F(VariableTest, AGuardIsNeverReset) {
  P.unit("main.cpp").data(DataKind::Guard, "_ZGVZ4mainE1x", {.Content = 0});
  accepted();
  P.unit("main.cpp").data(DataKind::Guard, "_ZGVZ4mainE1x", {.Content = 1});
  EXPECT_TRUE(accepted().changesNothing());
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

class VariableTypeTest : public PlanTest {
protected:
  /// The refusals when `g` of \p Old becomes \p New.
  Names edit(const VariableOptions &Old, const VariableOptions &New) {
    P.unit("main.cpp").variable("g", Old);
    accepted();
    P.unit("main.cpp").variable("g", New);
    return P.reload().Refusals;
  }
};

TEST_F(VariableTypeTest, AnotherTypeIsRefusedNamingBoth) {
  EXPECT_THAT(edit({.Type = "int", .TypeHash = 4}, {.Type = "float", .TypeHash = 5}),
              ElementsAre(HasSubstr("'g' was 'int' and is 'float' now")));
}

TEST_F(VariableTypeTest, AnotherTypeOfTheSameLayoutIsRefusedToo) {
  EXPECT_THAT(edit({.Type = "int"}, {.Type = "unsigned int"}), Not(IsEmpty()));
}

TEST_F(VariableTypeTest, AnArrayThatGrewIsRefused) {
  EXPECT_THAT(edit({.Type = "int[2]", .Size = 8}, {.Type = "int[3]", .Size = 12}),
              ElementsAre(HasSubstr("'g' was 'int[2]' and is 'int[3]' now")));
}

TEST_F(VariableTypeTest, AStricterAlignmentIsRefused) {
  EXPECT_THAT(edit({.Align = 4}, {.Align = 64}), Not(IsEmpty()));
}

TEST_F(VariableTypeTest, ALooserAlignmentIsKept) {
  EXPECT_THAT(edit({.Align = 64}, {.Align = 4}), IsEmpty());
}

TEST_F(VariableTypeTest, AVariableMadeThreadLocalIsRefused) {
  EXPECT_THAT(edit({}, {.ThreadLocal = true}), Not(IsEmpty()));
}

TEST_F(VariableTypeTest, ARefusedEditPutBackIsUnchanged) {
  edit({.Type = "int"}, {.Type = "float", .TypeHash = 5});
  P.unit("main.cpp").variable("g", {.Type = "int"});
  EXPECT_TRUE(accepted().changesNothing());
}

} // namespace
} // namespace nextframe::test
