// What is linked is in the code map before it can run, and what is discarded isn't.

#include "LinkTest.h"

namespace nextframe::test {
namespace {

using testing::SizeIs;

constexpr const char *TwoFunctions = R"(
define i32 @f() { ret i32 1 }
define i32 @g() {
  %a = call i32 @f()
  %b = add i32 %a, 1
  ret i32 %b
}
)";

TEST_F(LinkTest, EveryBodyIsInTheMap) {
  LinkedCode First = link(TwoFunctions, {"f", "g"}, /*AreNew=*/true);
  auto *Entry = reinterpret_cast<int (*)()>(First.Addresses["g"]);
  EXPECT_EQ(Entry(), 2);
  LinkedCode Second = link("define i32 @f() { ret i32 10 }", {"f"}, /*AreNew=*/false);
  ASSERT_THAT(Second.Updates, SizeIs(1));
  const EntryUpdate &U = Second.Updates[0];
  EXPECT_EQ(bodyAt(*U.Slot), "f/0");
  EXPECT_EQ(bodyAt(U.Body), "f/1");
  EXPECT_GT(Link->codeMap().find(U.Body)->Size, 0u);
  redirect(U.Slot, U.Body);
  EXPECT_EQ(Entry(), 11);
}

TEST_F(LinkTest, CallsLeadPastAnEntryUntilItIsToLeadElsewhere) {
  LinkedCode First = link(TwoFunctions, {"f", "g"}, /*AreNew=*/true);
  auto *G = reinterpret_cast<int (*)()>(First.Addresses["g"]);
  EXPECT_EQ(Link->directCalls("f"), 1u);
  EXPECT_EQ(Link->directCalls("g"), 0u);
  EXPECT_EQ(G(), 2);
  // Before the commit, and whatever becomes of it.
  LinkRequest Request = requestFor("define i32 @f() { ret i32 10 }", {"f"}, /*AreNew=*/false);
  ASSERT_TRUE(bool(Link->link(Request)));
  EXPECT_EQ(Link->directCalls("f"), 0u);
  EXPECT_EQ(G(), 2);
  Link->discard();
  EXPECT_EQ(G(), 2);
  LinkedCode Third = link("define i32 @f() { ret i32 20 }", {"f"}, /*AreNew=*/false);
  redirect(Third.Updates[0].Slot, Third.Updates[0].Body);
  EXPECT_EQ(G(), 21);
}

/// Whatever an address is compared with has it from the entry.
TEST_F(LinkTest, SlotsOfVirtualTablesLeadPastAnEntryAndPointersDoNot) {
  LinkRequest Request = requestFor(R"(
@held = global ptr @f
@_ZTV1S = global { [3 x ptr] } { [3 x ptr] [ptr null, ptr null, ptr @f] }
define i32 @f() { ret i32 1 }
)",
                                   {"f"}, /*AreNew=*/true);
  Request.Slices[0].Data = {{"held", "held"}, {"_ZTV1S", "_ZTV1S"}};
  Request.Wanted = {"f", "held", "_ZTV1S"};
  LinkedCode First = llvm::cantFail(Link->link(Request));
  Link->keep();
  auto **Held = static_cast<void **>(First.Addresses["held"]);
  auto **Table = static_cast<void **>(First.Addresses["_ZTV1S"]);
  EXPECT_EQ(*Held, First.Addresses["f"]);
  EXPECT_EQ(bodyAt(Table[2]), "f/0");
  EXPECT_EQ(Link->directCalls("f"), 1u);
  link("define i32 @f() { ret i32 10 }", {"f"}, /*AreNew=*/false);
  EXPECT_EQ(Table[2], First.Addresses["f"]);
}

TEST_F(LinkTest, AnEntryIsProgramCodeButNoBody) {
  LinkedCode Linked = link(TwoFunctions, {"f", "g"}, /*AreNew=*/true);
  void *Entry = Linked.Addresses["g"];
  EXPECT_TRUE(Link->codeMap().isProgramCode(Entry));
  EXPECT_EQ(bodyAt(Entry), "none");
}

TEST_F(LinkTest, WhatIsDiscardedLeavesTheMap) {
  link(TwoFunctions, {"f", "g"}, /*AreNew=*/true);
  size_t Objects = Link->codeMap().objects().size();
  LinkedCode Linked =
      cantFail(Link->link(requestFor("define i32 @f() { ret i32 10 }", {"f"}, /*AreNew=*/false)));
  const void *Body = Linked.Updates[0].Body;
  EXPECT_TRUE(Link->codeMap().isProgramCode(Body));
  Link->discard();
  EXPECT_FALSE(Link->codeMap().isProgramCode(Body));
  EXPECT_THAT(Link->codeMap().objects(), SizeIs(Objects));
}

TEST_F(LinkTest, WhatDoesNotLinkIsNotInTheMap) {
  size_t Objects = Link->codeMap().objects().size();
  auto Linked = Link->link(requestFor("declare i32 @nowhere()\n"
                                      "define i32 @f() {\n  %a = call i32 @nowhere()\n"
                                      "  ret i32 %a\n}",
                                      {"f"}, /*AreNew=*/true));
  EXPECT_FALSE(static_cast<bool>(Linked));
  consumeError(Linked.takeError());
  EXPECT_THAT(Link->codeMap().objects(), SizeIs(Objects));
}

} // namespace
} // namespace nextframe::test
