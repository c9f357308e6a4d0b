// The three-way rule: the value that the old initialiser gave, the value now,
// the value that the new initialiser gives.

#include "state/Homes.h"

#include "gtest/gtest.h"

#include <array>
#include <string>
#include <vector>

namespace nextframe::test {
namespace {

class HomesTest : public testing::Test {
protected:
  template <typename T> void remember(const char *Name, T &Variable) {
    H.remember(Name, &Variable, sizeof Variable);
  }
  Homes H;
};

TEST_F(HomesTest, AVariableAsItsInitialiserLeftItIsUntouched) {
  int G = 7;
  remember("g", G);
  EXPECT_TRUE(H.isUntouched("g"));
}

TEST_F(HomesTest, AVariableThatTheProgramChangedIsNot) {
  int G = 7;
  remember("g", G);
  G = 8;
  EXPECT_FALSE(H.isUntouched("g"));
}

TEST_F(HomesTest, AVariableThatTheProgramPutBackIsUntouched) {
  int G = 7;
  remember("g", G);
  G = 8;
  G = 7;
  EXPECT_TRUE(H.isUntouched("g"));
}

TEST_F(HomesTest, EachByteCounts) {
  std::array<unsigned char, 100> Bytes{};
  remember("bytes", Bytes);
  for (unsigned char &B : Bytes) {
    B = 1;
    EXPECT_FALSE(H.isUntouched("bytes"));
    B = 0;
  }
  EXPECT_TRUE(H.isUntouched("bytes"));
}

TEST_F(HomesTest, VariablesAreApart) {
  int A = 1, B = 1;
  remember("a", A);
  remember("b", B);
  A = 2;
  EXPECT_FALSE(H.isUntouched("a"));
  EXPECT_TRUE(H.isUntouched("b"));
}

TEST_F(HomesTest, AnUnknownVariableIsNotUntouched) { EXPECT_FALSE(H.isUntouched("unknown")); }

TEST_F(HomesTest, AnAssignedValueIsTheNewInitialValue) {
  int G = 7, New = 9;
  remember("g", G);
  H.assign("g", &New);
  EXPECT_EQ(G, 9);
  EXPECT_TRUE(H.isUntouched("g"));
  G = 7;
  EXPECT_FALSE(H.isUntouched("g"));
}

TEST_F(HomesTest, AnInitialiserThatRanAgainGaveTheInitialValue) {
  int G = 7;
  remember("g", G);
  G = 9;
  H.rememberAgain("g");
  EXPECT_TRUE(H.isUntouched("g"));
}

TEST_F(HomesTest, AVariableCanMoveToAnotherHome) {
  int Old = 1, New = 2;
  remember("g", Old);
  remember("g", New);
  Old = 5;
  EXPECT_TRUE(H.isUntouched("g"));
  New = 5;
  EXPECT_FALSE(H.isUntouched("g"));
}

TEST_F(HomesTest, TheLargestThatIsComparedIsCompared) {
  std::vector<char> Bytes(Homes::LargestCompared);
  H.remember("table", Bytes.data(), Bytes.size());
  EXPECT_TRUE(H.isUntouched("table"));
  Bytes.back() = 1;
  EXPECT_FALSE(H.isUntouched("table"));
}

TEST_F(HomesTest, WhatIsLargerCountsAsChanged) {
  std::vector<char> Bytes(Homes::LargestCompared + 1);
  H.remember("table", Bytes.data(), Bytes.size());
  EXPECT_FALSE(H.isUntouched("table"));
}

TEST_F(HomesTest, AnEmptyVariableIsUntouched) {
  char Byte = 0;
  H.remember("empty", &Byte, 0);
  EXPECT_TRUE(H.isUntouched("empty"));
}

} // namespace
} // namespace nextframe::test
