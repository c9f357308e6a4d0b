// What a block of the heap says of itself, as a text.

#include "support/BlockType.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace nextframe::test {
namespace {

BlockType node() {
  return {"std::_Rb_tree_node<Enemy>", 48, {{"Enemy", 1}, {"Item\n/game/item.c", 12}}};
}

TEST(BlockTypeTest, ATextIsReadAsItWasWritten) {
  EXPECT_EQ(BlockType::decode(node().encode()), node());
  EXPECT_EQ(BlockType::decode(BlockType().encode()), BlockType());
}

TEST(BlockTypeTest, ATextHasNoNul) {
  EXPECT_EQ(node().encode().find('\0'), std::string::npos);
}

TEST(BlockTypeTest, PartsAreReadWithoutTheRest) {
  std::string Text = node().encode();
  EXPECT_EQ(BlockType::elementSize(Text), 48u);
  EXPECT_EQ(BlockType::countIn(Text, "Enemy"), 1u);
  EXPECT_EQ(BlockType::countIn(Text, "Item\n/game/item.c"), 12u);
  EXPECT_EQ(BlockType::countIn(Text, "Item"), 0u);
  EXPECT_EQ(BlockType::countIn(BlockType().encode(), "Enemy"), 0u);
}

TEST(BlockTypeTest, AnotherTextIsNoType) {
  for (const char *Text : {"", "Enemy", "a\x1f" "b", "a\x1f" "8\x1f" "Enemy", "a\x1f" "8\x1f" "Enemy\x1f" "x"})
    EXPECT_EQ(BlockType::decode(Text), BlockType()) << Text;
}

} // namespace
} // namespace nextframe::test
