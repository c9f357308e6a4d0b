// Which new file is one that has gone, under another name.

#include "project/RenamedFiles.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace nextframe::test {
namespace {

using testing::ElementsAre;

TEST(RenamedFilesTest, LikenessIsThePartOfTheLinesThatBothHave) {
  EXPECT_EQ(likeness("a\nb\n", "a\nb\n"), 1.0);
  EXPECT_EQ(likeness("a\nb\n", "  b\n\n\ta\n"), 1.0);
  EXPECT_EQ(likeness("a\nb\nc\nd\n", "a\nb\n"), 0.5);
  EXPECT_EQ(likeness("a\n", "a\na\na\na\n"), 0.25);
  EXPECT_EQ(likeness("a\n", "b\n"), 0.0);
  EXPECT_EQ(likeness("", ""), 0.0);
  EXPECT_EQ(likeness("\n\n", "\n"), 0.0);
}

TEST(RenamedFilesTest, ANewFileIsTheGoneOneThatItIsMostAlike) {
  RenamedFiles Files;
  Files.gone("a.cpp", "1\n2\n3\n4\n");
  Files.gone("b.cpp", "1\n2\n5\n6\n");
  EXPECT_THAT(Files.match({{"x.cpp", "1\n2\n5\n7\n"}}), ElementsAre("b.cpp"));
  EXPECT_THAT(Files.match({{"x.cpp", "1\n2\n5\n6\n"}, {"y.cpp", "1\n2\n3\n4\n"}}),
              ElementsAre("b.cpp", "a.cpp"));
}

TEST(RenamedFilesTest, AGoneFileIsOneNewFileAtMost) {
  RenamedFiles Files;
  Files.gone("a.cpp", "1\n2\n");
  EXPECT_THAT(Files.match({{"x.cpp", "1\n3\n"}, {"y.cpp", "1\n2\n"}}), ElementsAre("", "a.cpp"));
}

TEST(RenamedFilesTest, AFileThatComesBackIsWhatItWas) {
  RenamedFiles Files;
  Files.gone("a.cpp", "1\n2\n");
  EXPECT_THAT(Files.match({{"b.cpp", "1\n2\n"}, {"a.cpp", "3\n"}}), ElementsAre("", "a.cpp"));
}

TEST(RenamedFilesTest, LessThanHalfOfTheLinesIsAnotherFile) {
  RenamedFiles Files;
  Files.gone("a.cpp", "1\n2\n3\n");
  EXPECT_THAT(Files.match({{"x.cpp", "1\n4\n5\n"}}), ElementsAre(""));
}

TEST(RenamedFilesTest, WhatIsLiveIsNotLookedAtAgain) {
  RenamedFiles Files;
  Files.come(UnitId{4});
  Files.come(UnitId{5});
  EXPECT_TRUE(Files.forget(UnitId{5}));
  EXPECT_FALSE(Files.forget(UnitId{6}));
  EXPECT_THAT(Files.newUnits(), ElementsAre(UnitId{4}));
  Files.gone("a.cpp", "1\n");
  Files.settle();
  EXPECT_TRUE(Files.newUnits().empty());
  EXPECT_THAT(Files.match({{"x.cpp", "1\n"}}), ElementsAre(""));
}

} // namespace
} // namespace nextframe::test
