// Headers outside of the trees, there or not yet.

#include "WatchTest.h"

namespace nextframe::test {
namespace {

class SingleFileTest : public WatchTest {
protected:
  std::string Inc;
  void SetUp() override {
    WatchTest::SetUp();
    Inc = Top + "/inc";
    makeFolder(Inc);
    save(Inc + "/a.h");
  }
};

TEST_F(SingleFileTest, onlyTheNamedFileOfItsFolder) {
  startOnSrc();
  addFile(Inc + "/a.h");
  addFile(Inc + "/a.h");
  save(Inc + "/b.h");
  expectNothingMore();
  save(Inc + "/a.h", "new text");
  EXPECT_EQ(next(), (Changes{{Inc + "/a.h", true}}));
  remove(Inc + "/a.h");
  EXPECT_EQ(next(), (Changes{{Inc + "/a.h", false}}));
  save(Inc + "/a.h");
  EXPECT_EQ(next(), (Changes{{Inc + "/a.h", true}}));
}

TEST_F(SingleFileTest, oneThatWasLookedForAndAppears) {
  startOnSrc();
  addFile(Inc + "/shadow.h");
  addFile(Top + "/no/such/folder.h");
  expectNothingMore();
  save(Inc + "/shadow.h");
  EXPECT_EQ(next(), (Changes{{Inc + "/shadow.h", true}}));
  makeFolder(Top + "/no/such");
  save(Top + "/no/such/folder.h");
  EXPECT_EQ(next(), (Changes{{Top + "/no/such/folder.h", true}}));
}

TEST_F(SingleFileTest, reportedAsItWasSpelled) {
  startOnSrc();
  addFile(Src + "/../inc/a.h");
  save(Inc + "/a.h", "new text");
  EXPECT_EQ(next(), (Changes{{Src + "/../inc/a.h", true}}));
}

TEST_F(SingleFileTest, behindALinkedFolder) {
  link("inc", Top + "/sdk");
  makeFolder(Top + "/inc2");
  save(Top + "/inc2/a.h", "another");
  startOnSrc();
  addFile(Top + "/sdk/a.h");
  save(Inc + "/a.h", "new text");
  EXPECT_EQ(next(), (Changes{{Top + "/sdk/a.h", true}}));
  remove(Top + "/sdk");
  link("inc2", Top + "/sdk");
  EXPECT_EQ(next(), (Changes{{Top + "/sdk/a.h", true}}));
}

TEST_F(SingleFileTest, namesThatTreesLeaveOut) {
  makeFolder(Src + "/build");
  save(Src + "/build/generated.h");
  startOnSrc();
  addFile(Src + "/build/generated.h");
  addFile(Src + "/.hidden.h");
  save(Src + "/build/generated.h", "new text");
  EXPECT_EQ(next(), (Changes{{Src + "/build/generated.h", true}}));
  save(Src + "/.hidden.h");
  EXPECT_EQ(next(), (Changes{{Src + "/.hidden.h", true}}));
}

TEST_F(SingleFileTest, insideATreeIsReportedOnce) {
  save(Src + "/a.h");
  startOnSrc();
  addFile(Src + "/a.h");
  save(Src + "/a.h", "new text");
  EXPECT_EQ(next(), (Changes{{Src + "/a.h", true}}));
  remove(Src + "/a.h");
  EXPECT_EQ(next(), (Changes{{Src + "/a.h", false}}));
  expectNothingMore();
}

TEST_F(SingleFileTest, itsFolderDeletedMovedAndMadeAgain) {
  startOnSrc();
  addFile(Inc + "/a.h");
  remove(Inc);
  EXPECT_EQ(next(), (Changes{{Inc + "/a.h", false}}));
  makeFolder(Inc);
  save(Inc + "/a.h");
  EXPECT_EQ(next(), (Changes{{Inc + "/a.h", true}}));
  rename(Inc, Top + "/aside");
  EXPECT_EQ(next(), (Changes{{Inc + "/a.h", false}}));
  rename(Top + "/aside", Inc);
  EXPECT_EQ(next(), (Changes{{Inc + "/a.h", true}}));
  expectNothingMore();
}

} // namespace
} // namespace nextframe::test
