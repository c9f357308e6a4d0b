// Which body an address lies in.

#include "link/CodeMap.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace nextframe::test {
namespace {

const char *at(uintptr_t Address) { return reinterpret_cast<const char *>(Address); }

BodyRange body(const char *Function, unsigned Gen, uintptr_t Start, size_t Size) {
  return {Function, Generation{Gen}, at(Start), Size};
}

std::string named(const BodyRange *Body) {
  return Body ? Body->Function + "/" + std::to_string(number(Body->Gen)) : "none";
}

class CodeMapTest : public testing::Test {
protected:
  CodeMap Map;

  void SetUp() override {
    // Out of order, with a gap (padding, a satellite) inside the first.
    Map.add({at(0x2000), 0x100, {body("h", 2, 0x2000, 0x100)}});
    Map.add({at(0x1000), 0x100, {body("g", 1, 0x1040, 0x10), body("f", 1, 0x1000, 0x20)}});
  }
};

TEST_F(CodeMapTest, AnAddressInABodyFindsIt) {
  EXPECT_EQ(named(Map.find(at(0x1000))), "f/1");
  EXPECT_EQ(named(Map.find(at(0x101f))), "f/1");
  EXPECT_EQ(named(Map.find(at(0x1048))), "g/1");
  EXPECT_EQ(named(Map.find(at(0x20ff))), "h/2");
}

TEST_F(CodeMapTest, WhatLiesBetweenBodiesBelongsToTheObjectAlone) {
  for (uintptr_t Between : {0x1020, 0x103f, 0x1050, 0x10ff}) {
    EXPECT_EQ(Map.find(at(Between)), nullptr) << Between;
    EXPECT_TRUE(Map.isProgramCode(at(Between))) << Between;
  }
}

TEST_F(CodeMapTest, WhatLiesOutsideIsNoProgramCode) {
  for (uintptr_t Outside : {0x0, 0xfff, 0x1100, 0x1fff, 0x2100}) {
    EXPECT_FALSE(Map.isProgramCode(at(Outside))) << Outside;
    EXPECT_EQ(Map.find(at(Outside)), nullptr) << Outside;
  }
  EXPECT_FALSE(Map.isProgramCode(&Map));
}

TEST_F(CodeMapTest, ARemovedObjectIsForgotten) {
  Map.remove(at(0x1000));
  EXPECT_FALSE(Map.isProgramCode(at(0x1048)));
  EXPECT_EQ(named(Map.find(at(0x2000))), "h/2");
  EXPECT_THAT(Map.objects(), testing::SizeIs(1));
}

TEST_F(CodeMapTest, MemoryMayBeUsedAgain) {
  Map.remove(at(0x1000));
  Map.add({at(0x1000), 0x80, {body("f", 3, 0x1000, 0x80)}});
  EXPECT_EQ(named(Map.find(at(0x1048))), "f/3");
}

TEST_F(CodeMapTest, AnEmptyMapFindsNothing) {
  EXPECT_EQ(CodeMap().find(at(0x1000)), nullptr);
  EXPECT_FALSE(CodeMap().isProgramCode(nullptr));
}

} // namespace
} // namespace nextframe::test
