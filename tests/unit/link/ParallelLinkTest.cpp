// The first link of a program takes several threads, and comes to what one comes to.

#include "LinkTest.h"

#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace nextframe;
using namespace nextframe::test;

namespace {

constexpr unsigned Units = 24;

/// A function of a unit, which calls that of the next one, and a variable of its own.
std::string textOf(unsigned N) {
  std::string Next = N + 1 == Units ? "ret i32 %1"
                                    : formatv(R"(
    %2 = call i32 @f{0}()
    %3 = add i32 %1, %2
    ret i32 %3)",
                                              N + 1)
                                          .str();
  return formatv(R"(
  @v{0} = global i32 {0}
  declare i32 @f{1}()
  define i32 @f{0}() uwtable {{
    %1 = load i32, ptr @v{0}
    {2}
  })",
                 N, N + 1, Next)
      .str();
}

class ParallelLinkTest : public LinkTest {
protected:
  LinkRequest requestForAll() {
    LinkRequest Request;
    Request.Gen = Generation{0};
    for (unsigned N = 0; N != Units; ++N) {
      std::string F = formatv("f{0}", N), V = formatv("v{0}", N);
      Request.NewEntries.push_back({F, bodyName(F, Request.Gen)});
      Request.Wanted.push_back(F);
      Request.Slices.push_back({unit(textOf(N)), {F}, {{V, V}}, {}});
    }
    return Request;
  }
};

TEST_F(ParallelLinkTest, EachObjectIsLinkedOnce) {
  LinkedCode Linked = cantFail(Link->link(requestForAll(), /*Threads=*/4));
  Link->keep();
  auto *First = reinterpret_cast<int (*)()>(Linked.Addresses.lookup("f0"));
  EXPECT_EQ(First(), int(Units * (Units - 1) / 2));
  EXPECT_EQ(Link->codeObjects(), Units);
  size_t Bodies = 0;
  for (const CodeObject &O : Link->codeMap().objects())
    Bodies += O.Bodies.size();
  EXPECT_EQ(Bodies, Units);
  Gen = 1;
  // What follows is linked beside it.
  LinkedCode Edited = link("define i32 @f1() {\n ret i32 1000\n}\n", {"f1"}, false);
  redirect(Edited.Updates.front().Slot, Edited.Updates.front().Body);
  EXPECT_EQ(First(), 1000);
}

TEST_F(ParallelLinkTest, WhatNobodyWaitsForIsLinkedToo) {
  // The variables of a slice are an object by themselves, which brings others along: here the
  // answer may be there while others are still being linked. (A pool that was destroyed
  // then waited for ever.)
  for (unsigned Round = 0; Round != 50; ++Round) {
    Link = cantFail(Linker::create(*Libs, Prebuilt(), Trace));
    LinkRequest Request;
    Request.Gen = Generation{0};
    for (unsigned N = 0; N != 8; ++N) {
      std::string V = formatv("v{0}", N);
      std::string Text =
          formatv("@v{1} = external global ptr\n@v{0} = global ptr @v{1}\n", N, (N + 1) % 8);
      Request.Slices.push_back({unit(Text), {}, {{V, V}}, {}});
    }
    Request.Wanted = {"v0"};
    LinkedCode Linked = cantFail(Link->link(Request, /*Threads=*/4));
    Link->keep();
    void **Variable = static_cast<void **>(Linked.Addresses.lookup("v0"));
    for (unsigned N = 0; N != 8; ++N)
      Variable = static_cast<void **>(*Variable);
    EXPECT_EQ(Variable, Linked.Addresses.lookup("v0"));
  }
}

TEST_F(ParallelLinkTest, WhatDoesNotLinkLeavesNothing) {
  LinkRequest Request = requestForAll();
  Request.Slices.push_back({unit("declare i32 @missing()\n"
                                 "define i32 @g() {\n"
                                 "  %1 = call i32 @missing()\n"
                                 "  ret i32 %1\n"
                                 "}\n"),
                            {"g"},
                            {},
                            {}});
  Request.NewEntries.push_back({"g", bodyName("g", Request.Gen)});
  auto Linked = Link->link(Request, /*Threads=*/4);
  ASSERT_FALSE(bool(Linked));
  EXPECT_THAT(toString(Linked.takeError()), testing::HasSubstr("missing"));
  for (const CodeObject &O : Link->codeMap().objects())
    EXPECT_TRUE(O.Bodies.empty());
}

} // namespace
