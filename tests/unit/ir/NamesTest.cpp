// Names of a live program: unique, readable, and back to what the user wrote.

#include "IrTest.h"

#include "llvm/ADT/StringExtras.h"

#include <set>

namespace nextframe::test {
namespace {

TEST(NamesTest, ATagReadsLikeItsFile) {
  EXPECT_THAT(unitTag("src/enemy.cpp"), testing::StartsWith("src_enemy_cpp."));
}

TEST(NamesTest, ATagIsTheSameEachTime) { EXPECT_EQ(unitTag("a.cpp"), unitTag("a.cpp")); }

TEST(NamesTest, FilesThatReadTheSameHaveTagsOfTheirOwn) {
  std::set<std::string> Tags;
  for (const char *File : {"a_b.cpp", "a/b.cpp", "a.b.cpp", "a-b.cpp", "a b.cpp", "a+b.cpp"})
    EXPECT_TRUE(Tags.insert(unitTag(File)).second) << File;
}

TEST(NamesTest, ATagIsOfSymbolCharacters) {
  for (char C : unitTag("dir/a file (1)\xc3\xa4.cpp"))
    EXPECT_TRUE(llvm::isAlnum(C) || C == '_' || C == '.') << C;
}

TEST(NamesTest, ABodyIsNamedAfterItsGeneration) {
  EXPECT_EQ(bodyName("_Z1fv", Generation{12}), "_Z1fv.v12");
}

TEST(NamesTest, ABodysNameIsTakenApartAgain) {
  for (const char *Function : {"_Z1fv", "f.v3", "helper.in.a_cpp.12ab34"}) {
    std::string Body = bodyName(Function, Generation{12});
    auto Split = splitBodyName(Body);
    ASSERT_TRUE(Split) << Function;
    EXPECT_EQ(Split->first, Function);
    EXPECT_EQ(Split->second, Generation{12});
  }
}

TEST(NamesTest, WhatIsNoBodysNameIsNotTakenApart) {
  for (const char *Symbol : {"_Z1fv", "f.v", "f.v1x", ".v1", "f.resume", "f.v99999999999999"})
    EXPECT_FALSE(splitBodyName(Symbol)) << Symbol;
}

TEST(NamesTest, ASymbolIsShownAsTheUserWroteIt) {
  EXPECT_EQ(displayName("_ZN4Game6updateEf"), "Game::update(float)");
  EXPECT_EQ(displayName("main"), "main");
  EXPECT_EQ(displayName(local("_ZL6helperi")), "helper(int)");
  EXPECT_EQ(displayName(local("c_helper")), "c_helper");
}

TEST(NamesTest, AnUnnamedNamespaceIsShownAsSuch) {
  EXPECT_EQ(displayName(local("_ZN12_GLOBAL__N_14tickEv")), "(anonymous namespace)::tick()");
}

TEST(NamesTest, TagsOfTheStandardLibraryAreNotShown) {
  EXPECT_EQ(displayName("_Z3getB5cxx11v"), "get()");
}

TEST(NamesTest, ALambdaIsShownWithoutItsNumber) {
  EXPECT_EQ(displayName("_ZZ4mainENKUlvE_clEv"), displayName("_ZZ4mainENKUlvE1234_clEv"));
}

TEST(NamesTest, AConstantIsShownWithoutItsContent) {
  std::string Tag = unitTag("a.cpp");
  EXPECT_EQ(displayName(localName("_ZL5kinds.c3c9d43fd31d9a7b8", Tag)), "kinds");
  EXPECT_EQ(displayName("x.cold"), "x.cold");
}

} // namespace
} // namespace nextframe::test
