// Which addresses are free: lowest first, aligned, whole again when all are given back.

#include "link/FreeRanges.h"

#include "gtest/gtest.h"

#include <random>
#include <vector>

namespace nextframe::test {
namespace {

TEST(FreeRangesTest, TheLowestThatFitsIsTaken) {
  FreeRanges Free(0x1000, 0x1000);
  EXPECT_EQ(Free.take(0x100, 1), 0x1000u);
  EXPECT_EQ(Free.take(0x100, 1), 0x1100u);
  Free.give(0x1000, 0x100);
  EXPECT_EQ(Free.take(0x200, 1), 0x1200u);
  EXPECT_EQ(Free.take(0x80, 1), 0x1000u);
}

TEST(FreeRangesTest, AnAddressIsAligned) {
  FreeRanges Free(0x1000, 0x3000);
  EXPECT_EQ(Free.take(1, 1), 0x1000u);
  EXPECT_EQ(Free.take(0x10, 0x1000), 0x2000u);
  // What was left out for it is still free.
  EXPECT_EQ(Free.take(0xfff, 1), 0x1001u);
}

TEST(FreeRangesTest, WhereThereIsNoRoomNothingIsTaken) {
  FreeRanges Free(0x1000, 0x1000);
  EXPECT_FALSE(Free.take(0x1001, 1));
  EXPECT_FALSE(Free.take(1, 0x10000));
  EXPECT_TRUE(Free.take(0x1000, 1));
  EXPECT_FALSE(Free.take(1, 1));
  EXPECT_EQ(Free.freeBytes(), 0u);
}

TEST(FreeRangesTest, WhatIsGivenBackInAnyOrderIsWholeAgain) {
  std::mt19937 Random(7);
  FreeRanges Free(0x10000, 0x100000);
  std::vector<std::pair<uint64_t, uint64_t>> Taken;
  for (int Step = 0; Step != 4000; ++Step) {
    if (Taken.empty() || Random() % 2) {
      uint64_t Size = Random() % 0x400 + 1, Align = uint64_t(1) << Random() % 8;
      if (auto At = Free.take(Size, Align)) {
        EXPECT_EQ(*At % Align, 0u);
        for (auto &[Start, Other] : Taken)
          ASSERT_TRUE(*At + Size <= Start || Start + Other <= *At) << "handed out twice";
        Taken.push_back({*At, Size});
      }
    } else {
      std::swap(Taken[Random() % Taken.size()], Taken.back());
      Free.give(Taken.back().first, Taken.back().second);
      Taken.pop_back();
    }
  }
  for (auto &[Start, Size] : Taken)
    Free.give(Start, Size);
  EXPECT_EQ(Free.take(0x100000, 1), 0x10000u);
}

} // namespace
} // namespace nextframe::test
