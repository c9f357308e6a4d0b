// The three-way rule: the value that the old initialiser gave, the value now,
// the value that the new initialiser gives.

#include "state/Homes.h"
#include "state/ProgramHeap.h"

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

TEST_F(HomesTest, WhatIsLargerIsComparedToo) {
  std::vector<char> Bytes(3 * Homes::LargestCompared + 5);
  H.remember("table", Bytes.data(), Bytes.size());
  EXPECT_TRUE(H.isUntouched("table"));
  EXPECT_FALSE(H.hasInitialBytes("table"));
  Bytes.back() = 1;
  EXPECT_EQ(H.changeOf("table"), Homes::Change::Value);
  Bytes.back() = 0;
  EXPECT_TRUE(H.isUntouched("table"));
}

TEST_F(HomesTest, WhatAVariableLeadsToIsPartOfItsValue) {
  auto *Block = static_cast<int *>(ProgramHeap::get().allocate(sizeof(int), 1, nullptr));
  *Block = 5;
  remember("pointer", Block);
  EXPECT_TRUE(H.isUntouched("pointer"));
  *Block = 6;
  EXPECT_EQ(H.changeOf("pointer"), Homes::Change::Reached);
  ProgramHeap::get().release(Block);
}

TEST_F(HomesTest, WhatIsOnlyKnownByItsBytesIsComparedByThem) {
  int G = 7, Initial = 9;
  H.move("g", &G, sizeof G, &Initial);
  EXPECT_EQ(H.changeOf("g"), Homes::Change::Value);
  G = 9;
  EXPECT_EQ(H.changeOf("g"), Homes::Change::None);
}

TEST_F(HomesTest, OfAValueThatNobodyKnowsNobodyKnowsWhetherItChanged) {
  int G = 7;
  H.move("g", &G, sizeof G, nullptr);
  EXPECT_EQ(H.changeOf("g"), Homes::Change::Unknown);
}

TEST_F(HomesTest, AValueIsTakenForTheHomeThatItLiesInAlone) {
  int G = 7, Elsewhere = 9;
  remember("g", G);
  G = 8;
  H.rememberValue("g", &Elsewhere, InitialValue::at(&Elsewhere, sizeof Elsewhere));
  EXPECT_FALSE(H.isUntouched("g"));
  H.rememberValue("g", &G, InitialValue::at(&G, sizeof G));
  EXPECT_TRUE(H.isUntouched("g"));
}

TEST_F(HomesTest, AnEmptyVariableIsUntouched) {
  char Byte = 0;
  H.remember("empty", &Byte, 0);
  EXPECT_TRUE(H.isUntouched("empty"));
}

} // namespace
} // namespace nextframe::test
