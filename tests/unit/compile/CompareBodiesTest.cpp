//===- CompareBodiesTest.cpp - Which edits stay inside of bodies ----------===//

#include "compile/EditableBodies.h"

#include "clang/Basic/LangOptions.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace nextframe;
using testing::Optional;
using testing::SizeIs;

namespace {

/// A text whose bodies are marked: `@` before the name, `<` and `>` around the braces.
SourceText text(std::string Marked) {
  SourceText Result;
  EditableBody Body;
  for (size_t I = 0; I != Marked.size(); ++I) {
    auto At = static_cast<uint32_t>(Result.Text.size());
    if (Marked[I] == '@') {
      Body = {At, 0, 0, {}};
    } else if (Marked[I] == '<') {
      Body.Begin = At;
    } else if (Marked[I] == '>') {
      Body.End = At;
      Result.Bodies.push_back(Body);
    } else {
      Result.Text += Marked[I];
    }
  }
  return Result;
}

clang::LangOptions cxx() {
  clang::LangOptions Lang;
  Lang.CPlusPlus = Lang.CPlusPlus11 = Lang.CPlusPlus14 = Lang.RawStringLiterals = true;
  Lang.Digraphs = Lang.LineComment = true;
  return Lang;
}

std::optional<std::vector<EditedBody>> compare(const SourceText &Old, const std::string &New) {
  return compareBodies(Old, New, cxx());
}

const SourceText Two = text("int @f() <{ return 1; }>\nint @g(int x) <{ return x; }>\n");

TEST(CompareBodies, TheSameText) { EXPECT_THAT(compare(Two, Two.Text), Optional(SizeIs(0))); }

TEST(CompareBodies, OneBody) {
  std::string New = "int f() { return 1; }\nint g(int x) { return x + 1; }\n";
  auto Edited = compare(Two, New);
  ASSERT_THAT(Edited, Optional(SizeIs(1)));
  EXPECT_EQ(Edited->front().Index, 1u);
  EXPECT_EQ(New.substr(Edited->front().Name, 1), "g");
  EXPECT_EQ(New.substr(Edited->front().Begin, Edited->front().End - Edited->front().Begin),
            "{ return x + 1; }");
}

TEST(CompareBodies, TwoBodiesAndTheSecondHasMoved) {
  std::string New = "int f() { if (1) { return 2; } return 100; }\nint g(int x) { return -x; }\n";
  auto Edited = compare(Two, New);
  ASSERT_THAT(Edited, Optional(SizeIs(2)));
  EXPECT_EQ(New.substr((*Edited)[1].Name, 1), "g");
  EXPECT_EQ(New[(*Edited)[1].Begin], '{');
}

TEST(CompareBodies, BracesInStringsCommentsAndCharactersDoNotCount) {
  for (const char *Body : {"{ return \"}\"[0]; }", "{ /* } */ return 1; }", "{ return '}'; }",
                           "{ return R\"(})\"[0]; }", "{ return 1'000; }", "{ // }\n return 2; }"}) {
    std::string New = std::string("int f() ") + Body + "\nint g(int x) { return x; }\n";
    EXPECT_THAT(compare(Two, New), Optional(SizeIs(1))) << Body;
  }
}

TEST(CompareBodies, AnythingOutsideOfABody) {
  EXPECT_FALSE(compare(Two, "int f() { return 1; }\nlong g(int x) { return x; }\n"));
  EXPECT_FALSE(compare(Two, "int f() { return 1; } int y;\nint g(int x) { return x; }\n"));
  EXPECT_FALSE(compare(Two, "int f() { return 1; }\nint g(int x) { return x; }\n// end\n"));
  EXPECT_FALSE(compare(Two, "int f() { return 1; }\n"));
  EXPECT_FALSE(compare(Two, ""));
}

TEST(CompareBodies, ABodyThatClosesEarly) {
  EXPECT_FALSE(compare(Two, "int f() { return 2; } int h() { return 1; }\nint g(int x) { return x; }\n"));
}

TEST(CompareBodies, BracesThatDoNotMatch) {
  EXPECT_FALSE(compare(Two, "int f() { { return 1; }\nint g(int x) { return x; }\n"));
  EXPECT_FALSE(compare(Two, "int f() { return 1; } }\nint g(int x) { return x; }\n"));
  EXPECT_FALSE(compare(Two, "int f() { /* return 1; }\nint g(int x) { return x; }\n"));
}

TEST(CompareBodies, DirectivesAndCoroutines) {
  EXPECT_FALSE(compare(Two, "int f() {\n#define X\n return 1; }\nint g(int x) { return x; }\n"));
  EXPECT_FALSE(compare(Two, "int f() { co_return 1; }\nint g(int x) { return x; }\n"));
  EXPECT_FALSE(compare(Two, "int f() { return __COUNTER__; }\nint g(int x) { return x; }\n"));
  SourceText Old = text("int @f() <{\n#if 1\n return 1;\n#endif\n}>\n");
  EXPECT_FALSE(compare(Old, "int f() { return 2; }\n"));
}

TEST(CompareBodies, LinesThatMoveUnderALineNumber) {
  SourceText Old = Two;
  Old.LineUses = {Old.Bodies[1].Begin + 2};
  EXPECT_FALSE(compare(Old, "int f() {\n return 1; }\nint g(int x) { return x; }\n"));
  EXPECT_THAT(compare(Old, "int f() { return 2; }\nint g(int x) { return x; }\n"),
              Optional(SizeIs(1)));
  EXPECT_THAT(compare(Old, "int f() { return 1; }\nint g(int x) {\n return x; }\n"),
              Optional(SizeIs(1)));
}

} // namespace
