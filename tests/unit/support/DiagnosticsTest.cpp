// The registry of messages: each can be filled in, and reads as it should.

#include "support/Diagnostics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <ostream>
#include <set>

namespace nextframe::test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Entry {
  diag::ID Id;
  const char *Name;
  friend void PrintTo(const Entry &E, std::ostream *OS) { *OS << E.Name; }
};
const Entry Registry[] = {
#define DIAG(NAME, TEXT) {diag::NAME, #NAME},
#include "support/Diagnostics.def"
#undef DIAG
};

class RegistryTest : public testing::TestWithParam<Entry> {
protected:
  std::string Text = textOf(GetParam().Id);
  /// The numbers in the braces.
  std::set<unsigned> placeholders() const {
    std::set<unsigned> Result;
    for (size_t At = 0; At + 1 < Text.size(); ++At) {
      if (Text[At] != '{')
        continue;
      if (Text[At + 1] == '{')
        ++At; // An escaped brace.
      else
        Result.insert(std::strtoul(&Text[At + 1], nullptr, 10));
    }
    return Result;
  }
};

TEST_P(RegistryTest, ItsPlaceholdersAreNumberedWithoutGaps) {
  std::set<unsigned> Used = placeholders();
  // Takes the arguments of link_duplicate, whose first is always 'main'.
  if (GetParam().Id == diag::link_two_mains)
    Used.insert(0);
  unsigned Next = 0;
  for (unsigned N : Used)
    EXPECT_EQ(N, Next++) << Text;
  EXPECT_LE(Next, 5u);
}

TEST_P(RegistryTest, EachArgumentIsShownWhereItBelongs) {
  std::string Filled = message(GetParam().Id, "<first>", "<second>", "<third>", "<fourth>", "<fifth>");
  const char *Arguments[] = {"<first>", "<second>", "<third>", "<fourth>", "<fifth>"};
  for (unsigned I = 0; I != 5; ++I) {
    if (placeholders().count(I))
      EXPECT_THAT(Filled, HasSubstr(Arguments[I]));
    else
      EXPECT_THAT(Filled, Not(HasSubstr(Arguments[I])));
  }
  for (const char *Left : {"{{", "{0}", "{1}", "{2}", "{3}", "{4}"})
    EXPECT_THAT(Filled, Not(HasSubstr(Left)));
}

TEST_P(RegistryTest, ItIsPartOfALine) {
  EXPECT_THAT(Text, Not(HasSubstr("\n")));
  EXPECT_THAT(Text, Not(HasSubstr("  ")));
  ASSERT_FALSE(Text.empty());
  EXPECT_NE(Text.back(), '.');
  EXPECT_NE(Text.back(), ' ');
}

INSTANTIATE_TEST_SUITE_P(Diagnostics, RegistryTest, testing::ValuesIn(Registry),
                         [](const auto &Info) { return std::string(Info.param.Name); });

TEST(DiagnosticsTest, AMessageIsFilledIn) {
  EXPECT_EQ(message(diag::err_bad_database, "x.json", "line 3"), "cannot use x.json: line 3");
}

TEST(DiagnosticsTest, AMessageMayShowABrace) {
  EXPECT_THAT(message(diag::link_no_main), HasSubstr("'int main() { … }'"));
}

TEST(DiagnosticsTest, AnArgumentsOwnBracesStay) {
  EXPECT_THAT(message(diag::err_bad_database, "{1}", "{"), HasSubstr("cannot use {1}: {"));
}

TEST(DiagnosticsTest, AnErrorSaysTheSame) {
  EXPECT_EQ(llvm::toString(makeError(diag::err_bad_database, "a", "b")),
            message(diag::err_bad_database, "a", "b"));
}

TEST(DiagnosticsTest, NamesAreUsedOnce) {
  std::set<std::string> Texts;
  for (const Entry &E : Registry)
    EXPECT_TRUE(Texts.insert(textOf(E.Id)).second) << E.Name << " says what another says";
}

} // namespace
} // namespace nextframe::test
