// Old code goes when nothing leads to it any more, and not before.

#include "LinkTest.h"

#include "llvm/ExecutionEngine/Orc/TargetProcess/JITLoaderGDB.h"
#include "llvm/Support/FormatVariadic.h"

#include <atomic>
#include <thread>

extern "C" jit_descriptor __jit_debug_descriptor;

namespace nextframe::test {
namespace {

class OldCodeTest : public LinkTest {
protected:
  uint64_t Boundaries = 0;
  bool History = false; ///< Whether every body may come back.
  EntryUse Use = EntryUse::Live;

  /// Links another version of f and makes it live; \p Body is its text.
  LinkedCode replace(llvm::StringRef Body, bool IsNew = false) {
    LinkedCode Linked = link(Body, {"f"}, IsNew);
    for (const EntryUpdate &U : Linked.Updates)
      redirect(U.Slot, U.Body);
    return Linked;
  }
  void replaceOften() {
    for (size_t N = 0; N != OldCode::Enough; ++N)
      replace(llvm::formatv("define i32 @f() {{ ret i32 {0} }", N + 100).str());
  }
  void look() {
    DropConditions Now;
    auto MayComeBack = [&](const BodyRange &) { return History; };
    auto Stop = [] { return false; };
    Now.MayComeBack = MayComeBack;
    auto UseOf = [&](llvm::StringRef) { return Use; };
    Now.UseOf = UseOf;
    Now.Boundaries = Boundaries;
    Now.Stop = Stop;
    Link->dropOldCode(Now);
  }
  /// Whether only \p Count objects are left in the end. (A scan of memory is
  /// conservative: a word that looks like an address keeps an object for a while.)
  bool leaves(size_t Count) {
    int Rounds = 20;
    do {
      replaceOften();
      drop();
    } while (Link->codeObjects() > Count && --Rounds);
    return Link->codeObjects() == Count;
  }
  /// Looks twice, as far apart as it takes.
  void drop() {
    look();
    Boundaries += 2;
    look();
    ASSERT_FALSE(Link->isDropping());
  }
};

TEST_F(OldCodeTest, WhatIsReplacedGoesWhenThereIsEnoughOfIt) {
  replace("define i32 @f() { ret i32 1 }", true);
  replace("define i32 @f() { ret i32 2 }");
  drop();
  EXPECT_EQ(Link->codeObjects(), 2u);
  EXPECT_TRUE(leaves(1));
}

TEST_F(OldCodeTest, WhatIsLiveStays) {
  LinkedCode First = replace("define i32 @f() { ret i32 1 }", true);
  replaceOften();
  drop();
  EXPECT_EQ(reinterpret_cast<int (*)()>(First.Addresses["f"])(), 100 + int(OldCode::Enough) - 1);
}

TEST_F(OldCodeTest, FramesLieBetweenTheTwoLooks) {
  replace("define i32 @f() { ret i32 1 }", true);
  replaceOften();
  look();
  EXPECT_TRUE(Link->isDropping());
  look();
  ++Boundaries;
  look();
  EXPECT_EQ(Link->codeObjects(), OldCode::Enough + 1);
  ++Boundaries;
  look();
  EXPECT_LT(Link->codeObjects(), OldCode::Enough / 2);
}

TEST_F(OldCodeTest, WhatMayComeBackStays) {
  replace("define i32 @f() { ret i32 1 }", true);
  replaceOften();
  History = true;
  drop();
  EXPECT_EQ(Link->codeObjects(), OldCode::Enough + 1);
}

const char *volatile Held = nullptr;

TEST_F(OldCodeTest, WhatIsPointedIntoStaysUntilItIsNot) {
  replace("define i32 @f() { ret i32 1 }", true);
  LinkedCode Old = replace("define i32 @f() { ret i32 2 }");
  Held = static_cast<const char *>(Old.Updates[0].Body) + 1;
  EXPECT_TRUE(leaves(2));
  EXPECT_EQ(bodyAt(Held), "f/1");
  Held = nullptr;
  EXPECT_TRUE(leaves(1));
}

// As a suspended coroutine points at the start of the function that resumes it.
TEST_F(OldCodeTest, TheStartOfASatelliteKeepsIt) {
  constexpr const char *WithSatellite = R"(
    define internal i32 @f.resume() { ret i32 7 }
    define ptr @f() { ret ptr @f.resume }
  )";
  LinkedCode First = replace(WithSatellite, true);
  Held = reinterpret_cast<const char *(*)()>(First.Addresses["f"])();
  EXPECT_TRUE(leaves(2));
  EXPECT_EQ(reinterpret_cast<int (*)()>(reinterpret_cast<uintptr_t>(Held))(), 7);
  Held = nullptr;
}

TEST_F(OldCodeTest, WhatAThreadIsInStays) {
  // It calls nothing, so that no stack tells of it.
  constexpr const char *Spins = R"(
    define i32 @f(ptr %started, ptr %stop) {
      store volatile i32 1, ptr %started
      br label %again
    again:
      %now = load volatile i32, ptr %stop
      %done = icmp ne i32 %now, 0
      br i1 %done, label %out, label %again
    out:
      ret i32 %now
    }
  )";
  LinkedCode First = replace(Spins, true);
  std::atomic<int> Started{0}, Stop{0};
  std::thread Thread([&, F = First.Addresses["f"]] {
    EXPECT_EQ(reinterpret_cast<int (*)(void *, void *)>(F)(&Started, &Stop), 5);
  });
  while (!Started)
    ;
  EXPECT_TRUE(leaves(2));
  // (What is left of its stack may go on looking like a stack.)
  Stop = 5;
  Thread.join();
}

/// How many files debuggers are told of.
size_t debugObjects() {
  size_t Count = 0;
  for (jit_code_entry *E = __jit_debug_descriptor.first_entry; E; E = E->next_entry) {
    EXPECT_TRUE(!E->next_entry || E->next_entry->prev_entry == E);
    ++Count;
  }
  return Count;
}

TEST_F(OldCodeTest, DebuggersAreToldWhatGoes) {
  replace("define i32 @f() { ret i32 1 }", true);
  size_t Before = debugObjects();
  replaceOften();
  EXPECT_EQ(debugObjects(), Before + OldCode::Enough);
  ASSERT_TRUE(leaves(1));
  EXPECT_EQ(debugObjects(), Before);
}

TEST_F(OldCodeTest, AnEntryThatNobodyCallsKeepsNothing) {
  replace("define i32 @f() { ret i32 1 }", true);
  Use = EntryUse::None;
  EXPECT_TRUE(leaves(0));
}

TEST_F(OldCodeTest, WhatMayBeHeldStaysButDebuggersAreToldNoMore) {
  LinkedCode First = replace("define i32 @f() { ret i32 1 }", true);
  size_t Before = debugObjects();
  ASSERT_TRUE(leaves(1));
  Use = EntryUse::Held;
  drop(); // Nothing is new, so nothing is looked at.
  EXPECT_EQ(debugObjects(), Before);
  ASSERT_TRUE(leaves(1));
  EXPECT_EQ(debugObjects(), Before - 1);
  EXPECT_EQ(reinterpret_cast<int (*)()>(First.Addresses["f"])(), 100 + int(OldCode::Enough) - 1);
}

} // namespace
} // namespace nextframe::test
