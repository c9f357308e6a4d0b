// Which lambda, or local static, of a new text is which of the old one.

#include "ir/Siblings.h"

#include "llvm/ADT/StringRef.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace nextframe::test {
namespace {

using testing::ElementsAre;

/// One whose tokens are the characters of the two texts.
Sibling sibling(llvm::StringRef Text, llvm::StringRef Context = "") {
  Sibling Result;
  Result.Text.assign(Text.begin(), Text.end());
  Result.Context.assign(Context.begin(), Context.end());
  return Result;
}

/// A family through its history: each step is one text, committed.
class Family {
public:
  /// The numbers that the siblings of the next text get.
  std::vector<uint32_t> next(std::vector<Sibling> Text) {
    numberSiblings(Known["f"], Text);
    SiblingFamilies Unit{{"f", Text}};
    rememberSiblings(Known, {&Unit});
    std::vector<uint32_t> Numbers;
    for (const Sibling &S : Text)
      Numbers.push_back(S.Number);
    return Numbers;
  }

  SiblingFamilies Known;
};

TEST(SiblingsTest, AtTheStartTheirOrderNumbersThem) {
  EXPECT_THAT(Family().next({sibling("a"), sibling("b"), sibling("a")}), ElementsAre(0, 1, 2));
}

TEST(SiblingsTest, OneThatIsInsertedLeavesTheOthersTheirNumbers) {
  Family F;
  F.next({sibling("a"), sibling("b")});
  EXPECT_THAT(F.next({sibling("c"), sibling("a"), sibling("b")}), ElementsAre(2, 0, 1));
  EXPECT_THAT(F.next({sibling("c"), sibling("a"), sibling("d"), sibling("b")}),
              ElementsAre(2, 0, 3, 1));
}

TEST(SiblingsTest, AnEditedOneKeepsItsNumber) {
  Family F;
  F.next({sibling("a"), sibling("bcd"), sibling("e")});
  EXPECT_THAT(F.next({sibling("a"), sibling("xyz"), sibling("e")}), ElementsAre(0, 1, 2));
}

TEST(SiblingsTest, AnEditedOneIsToldFromANewOneByItsLikeness) {
  Family F;
  F.next({sibling("return a + 2")});
  EXPECT_THAT(F.next({sibling("other(b)"), sibling("return a + 3")}), ElementsAre(1, 0));
}

TEST(SiblingsTest, AndByWhatIsAroundIt) {
  Family F;
  F.next({sibling("n=0", "if (which == 0)"), sibling("n=0", "while (more())")});
  EXPECT_THAT(F.next({sibling("n=0", "for (auto x : list)"), sibling("n=0", "if (which == 0)"),
                      sibling("n=0", "while (more())")}),
              ElementsAre(2, 0, 1));
}

TEST(SiblingsTest, TheyMayChangePlaces) {
  Family F;
  F.next({sibling("a"), sibling("b"), sibling("c")});
  EXPECT_THAT(F.next({sibling("c"), sibling("b"), sibling("a")}), ElementsAre(2, 1, 0));
}

TEST(SiblingsTest, TheNumberOfOneThatIsGoneIsNotGivenAway) {
  Family F;
  F.next({sibling("a"), sibling("b")});
  EXPECT_THAT(F.next({sibling("b")}), ElementsAre(1));
  EXPECT_THAT(F.next({sibling("b"), sibling("c")}), ElementsAre(1, 2));
  // And is its own again when it comes back.
  EXPECT_THAT(F.next({sibling("b"), sibling("c"), sibling("a")}), ElementsAre(1, 2, 0));
}

TEST(SiblingsTest, OnesThatAreTheSameInAllAreToldByTheirOrder) {
  Family F;
  F.next({sibling("a"), sibling("a")});
  EXPECT_THAT(F.next({sibling("a"), sibling("a"), sibling("a")}), ElementsAre(0, 1, 2));
}

TEST(SiblingsTest, TheFirstUnitThatHasAFamilySaysWhatIsLive) {
  SiblingFamilies A{{"f", {sibling("a")}}}, B{{"f", {sibling("b")}}, {"g", {sibling("c")}}};
  SiblingFamilies Known;
  rememberSiblings(Known, {&A, &B});
  EXPECT_EQ(Known["f"], A["f"]);
  EXPECT_EQ(Known["g"], B["g"]);
}

TEST(SiblingsTest, AFamilyThatNoUnitHasAnyMoreIsRemembered) {
  Family F;
  F.next({sibling("a"), sibling("b")});
  SiblingFamilies Nothing;
  rememberSiblings(F.Known, {&Nothing});
  EXPECT_THAT(F.next({sibling("b"), sibling("a")}), ElementsAre(1, 0));
}

} // namespace
} // namespace nextframe::test
