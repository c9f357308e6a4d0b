// The commit: entries, then edited variables, then initialisers of new ones.

#include "session/Commit.h"
#include "state/Homes.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <functional>

namespace nextframe::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

/// What the "program" of these tests is made of.
int Gravity, Speed, Fresh;
std::vector<std::string> Log;
void *Entry;

void oldBody() { Log.push_back("old body"); }
void newBody() { Log.push_back("new body"); }
void callEntry() { reinterpret_cast<void (*)()>(Entry)(); }
void initGravity() {
  Gravity = 20;
  callEntry();
}
void initFresh() {
  Fresh = 30;
  callEntry();
}
void *code(void (*F)()) { return reinterpret_cast<void *>(F); }

class CommitTest : public testing::Test {
protected:
  ReloadPlan Plan;
  LinkedCode Linked;
  LiveProgram Next;
  Homes Data;

  void SetUp() override {
    Log.clear();
    Gravity = 1;
    Speed = 2;
    Fresh = 0;
    Entry = code(oldBody);
    Plan.Gen = Generation{3};
    Data.remember("gravity", &Gravity, sizeof Gravity);
    Data.remember("speed", &Speed, sizeof Speed);
  }
  void live(const char *Name, DataKind Kind = DataKind::Variable, bool ThreadLocal = false) {
    LiveVariable V;
    V.Kind = Kind;
    V.ThreadLocal = ThreadLocal;
    V.Size = sizeof(int);
    V.Symbol = Name;
    Next.Variables[Name] = V;
  }
  void redirectToNewBody() {
    EntryUpdate U;
    U.Function = "f";
    U.Slot = &Entry;
    U.Body = code(newBody);
    Linked.Updates.push_back(U);
  }
  Commit run() {
    Commit C(Plan, Linked, Next);
    C.run(Data);
    return C;
  }
};

TEST_F(CommitTest, EntriesLeadToTheNewBodies) {
  redirectToNewBody();
  run();
  callEntry();
  EXPECT_THAT(Log, ElementsAre("new body"));
}

TEST_F(CommitTest, AnUntouchedVariableTakesItsNewConstant) {
  const int New = 10;
  Plan.Resets.push_back({"gravity", ""});
  Linked.Addresses["initial.gravity.v3"] = const_cast<int *>(&New);
  Commit C = run();
  EXPECT_EQ(Gravity, 10);
  EXPECT_THAT(C.reset(), ElementsAre("gravity"));
  EXPECT_TRUE(Data.isUntouched("gravity"));
}

TEST_F(CommitTest, AnUntouchedVariableTakesWhatItsInitialiserGives) {
  Plan.Resets.push_back({"gravity", "init.gravity"});
  Linked.Addresses["init.gravity"] = code(initGravity);
  Commit C = run();
  EXPECT_EQ(Gravity, 20);
  EXPECT_THAT(C.reset(), ElementsAre("gravity"));
  EXPECT_TRUE(Data.isUntouched("gravity"));
}

TEST_F(CommitTest, AVariableThatTheProgramChangedIsKeptWithTheReason) {
  const int New = 10;
  Speed = 99;
  Plan.Resets.push_back({"speed", ""});
  Linked.Addresses["initial.speed.v3"] = const_cast<int *>(&New);
  Commit C = run();
  EXPECT_EQ(Speed, 99);
  EXPECT_THAT(C.reset(), IsEmpty());
  ASSERT_THAT(C.kept(), SizeIs(1));
  EXPECT_EQ(C.kept()[0].Name, "speed");
  EXPECT_THAT(C.kept()[0].Reason, HasSubstr("the program has changed it"));
}

TEST_F(CommitTest, WhatThePlanKeepsIsToldToo) {
  Plan.Kept.push_back({"v", "a reason"});
  EXPECT_THAT(run().kept(), SizeIs(1));
}

TEST_F(CommitTest, InitialisersCallNewCode) {
  redirectToNewBody();
  Plan.Resets.push_back({"gravity", "init.gravity"});
  Plan.Initialisers.push_back({"init.fresh", "fresh"});
  Linked.Addresses["init.gravity"] = code(initGravity);
  Linked.Addresses["init.fresh"] = code(initFresh);
  run();
  EXPECT_THAT(Log, ElementsAre("new body", "new body"));
}

TEST_F(CommitTest, ANewVariableIsWatchedOverFromWhatItsInitialiserGave) {
  live("fresh");
  Plan.Work.push_back({UnitId{0}, {}, {"fresh"}, {}, {}, {}});
  Plan.Initialisers.push_back({"init.fresh", "fresh"});
  Linked.Addresses["fresh"] = &Fresh;
  Linked.Addresses["init.fresh"] = code(initFresh);
  run();
  EXPECT_EQ(Fresh, 30);
  EXPECT_TRUE(Data.isUntouched("fresh"));
  Fresh = 31;
  EXPECT_FALSE(Data.isUntouched("fresh"));
}

TEST_F(CommitTest, ATableTakesItsNewContentInPlace) {
  void *Home[] = {code(oldBody), nullptr}, *Content[] = {code(newBody), code(oldBody)};
  LiveVariable V;
  V.Symbol = "_ZTV1A.v1";
  V.Room = {{1, 1}};
  Next.Variables["_ZTV1A"] = V;
  Plan.Work.push_back({UnitId{0}, {}, {}, {}, {}, {"_ZTV1A"}});
  Linked.Addresses["_ZTV1A.v1"] = Home;
  Linked.Addresses["initial._ZTV1A.v3"] = Content;
  run();
  EXPECT_THAT(Home, ElementsAre(code(newBody), code(oldBody)));
}

/// A body of `f` that is running while the commit happens.
std::function<void()> WhileRunning;
__attribute__((noinline)) void loopingBody() {
  WhileRunning();
  Log.push_back("old body ends"); // Keeps the call from being the last.
}

TEST_F(CommitTest, AnOldBodyThatIsRunningInALoopIsNamed) {
  redirectToNewBody();
  Plan.Looping = {"f"};
  Entry = code(loopingBody);
  std::vector<std::string> Running;
  WhileRunning = [&] { Running = run().running(); };
  callEntry();
  EXPECT_THAT(Running, ElementsAre("f"));
}

TEST_F(CommitTest, AnOldBodyThatIsNotRunningIsNotNamed) {
  redirectToNewBody();
  Plan.Looping = {"f"};
  Entry = code(loopingBody);
  EXPECT_THAT(run().running(), IsEmpty());
}

TEST_F(CommitTest, AnOldBodyThatDoesNotLoopIsNotNamed) {
  redirectToNewBody();
  Entry = code(loopingBody);
  std::vector<std::string> Running;
  WhileRunning = [&] { Running = run().running(); };
  callEntry();
  EXPECT_THAT(Running, IsEmpty());
}

TEST_F(CommitTest, ItTakesTime) {
  Commit C = run();
  EXPECT_GT(C.startNs(), 0u);
  EXPECT_LE(C.startNs(), C.endNs());
  EXPECT_EQ(C.generation(), Generation{3});
}

/// A local static of the function f, in Gravity's place, with its guard.
class LocalStaticTest : public CommitTest {
protected:
  static constexpr int New = 10;
  alignas(8) uint64_t Guard = 1;
  void SetUp() override {
    CommitTest::SetUp();
    live("_ZZ1fvE1s");
    live("_ZGVZ1fvE1s", DataKind::Guard);
    Data.remember("_ZZ1fvE1s", &Gravity, sizeof Gravity);
    Linked.Addresses["_ZGVZ1fvE1s"] = &Guard;
    Linked.Addresses["initial._ZZ1fvE1s.v3"] = const_cast<int *>(&New);
    Plan.Resets.push_back({"_ZZ1fvE1s", "", 0, true, "_ZGVZ1fvE1s"});
  }
};

TEST_F(LocalStaticTest, AnUntouchedOneIsInitialisedAtItsNextUse) {
  Commit C = run();
  EXPECT_EQ(Guard, 0u);
  EXPECT_EQ(Gravity, New);
  EXPECT_THAT(C.reset(), ElementsAre("_ZZ1fvE1s"));
}

TEST_F(LocalStaticTest, OneThatTheProgramChangedIsKept) {
  Gravity = 5;
  Commit C = run();
  EXPECT_EQ(Guard, 1u);
  EXPECT_EQ(Gravity, 5);
  ASSERT_THAT(C.kept(), SizeIs(1));
}

TEST_F(LocalStaticTest, OneThatWasNeverUsedIsNotSpokenOf) {
  Guard = 0;
  Commit C = run();
  EXPECT_EQ(Guard, 0u);
  EXPECT_EQ(Gravity, New);
  EXPECT_THAT(C.reset(), IsEmpty());
  EXPECT_THAT(C.kept(), IsEmpty());
}

TEST_F(LocalStaticTest, OneThatMustNotBeMadeAnewIsKeptWhereItWasUsed) {
  Plan.Resets[0].KeepReason = "a reason";
  Commit Used = run();
  EXPECT_EQ(Guard, 1u);
  ASSERT_THAT(Used.kept(), SizeIs(1));
  EXPECT_EQ(Used.kept()[0].Reason, "a reason");
  Guard = 0;
  EXPECT_THAT(run().kept(), IsEmpty());
}

TEST_F(CommitTest, OnlyAChangeOfStateNeedsABoundary) {
  redirectToNewBody();
  EXPECT_FALSE(Commit(Plan, Linked, Next).needsBoundary());
  Plan.Initialisers.push_back({"init.fresh", "fresh"});
  EXPECT_TRUE(Commit(Plan, Linked, Next).needsBoundary());
}

TEST_F(CommitTest, ItAsksForTheSymbolsThatItNeeds) {
  live("fresh");
  live("K", DataKind::Constant);
  live("t", DataKind::Variable, /*ThreadLocal=*/true);
  Plan.Work.push_back({UnitId{0}, {"f"}, {"fresh", "K", "t"}, {}, {"gravity"}, {}});
  Plan.Resets = {{"gravity", ""}, {"speed", "init.speed", 0, /*TakesContent=*/false}};
  Plan.Initialisers.push_back({"init.fresh", "fresh"});
  Plan.Finalisers.push_back("teardown");
  EXPECT_THAT(
      Commit::wantedSymbols(Plan, LiveProgram(), Next),
      UnorderedElementsAre("fresh", "init.fresh", "teardown", "initial.gravity.v3", "init.speed"));
}

} // namespace
} // namespace nextframe::test
