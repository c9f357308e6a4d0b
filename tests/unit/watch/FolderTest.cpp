// Folders that come, go, move, and are left out.

#include "WatchTest.h"

namespace nextframe::test {
namespace {

class FolderTest : public WatchTest {};

TEST_F(FolderTest, newFolderWithFilesInItAtOnce) {
  startOnSrc();
  makeFolder(Src + "/a/b/c");
  save(Src + "/a/1.cpp");
  save(Src + "/a/b/c/2.cpp");
  EXPECT_EQ(next(), (Changes{{Src + "/a/1.cpp", true}, {Src + "/a/b/c/2.cpp", true}}));
  save(Src + "/a/b/c/2.cpp", "again");
  EXPECT_EQ(next(), (Changes{{Src + "/a/b/c/2.cpp", true}}));
  expectNothingMore();
}

TEST_F(FolderTest, filesMadeWhileTheFolderIsBeingFound) {
  startOnSrc();
  makeFolder(Src + "/a");
  save(Src + "/a/before.cpp");
  step(); // Watched and listed here.
  save(Src + "/a/after.cpp");
  EXPECT_EQ(next(), (Changes{{Src + "/a/before.cpp", true}, {Src + "/a/after.cpp", true}}));
  expectNothingMore();
}

TEST_F(FolderTest, aFileHalfWrittenWhenItsFolderIsFound) {
  startOnSrc();
  makeFolder(Src + "/a");
  Writer Slow(Src + "/a/slow.cpp");
  Slow.write("int ");
  step();
  Slow.write("half");
  EXPECT_EQ(asMap(W->wait(100ms)), Changes());
  Slow.write(";\n").close();
  EXPECT_EQ(next(), (Changes{{Src + "/a/slow.cpp", true}}));
}

TEST_F(FolderTest, movedOutAndBackIn) {
  makeFolder(Src + "/a/b");
  save(Src + "/a/1.cpp");
  save(Src + "/a/b/2.cpp");
  startOnSrc();
  rename(Src + "/a", Top + "/a");
  EXPECT_EQ(next(), (Changes{{Src + "/a/1.cpp", false}, {Src + "/a/b/2.cpp", false}}));
  save(Top + "/a/1.cpp", "unwatched"); // Its watch has ended.
  save(Top + "/a/b/3.cpp");
  expectNothingMore();
  rename(Top + "/a", Src + "/a");
  EXPECT_EQ(
      next(),
      (Changes{{Src + "/a/1.cpp", true}, {Src + "/a/b/2.cpp", true}, {Src + "/a/b/3.cpp", true}}));
  expectNothingMore();
}

TEST_F(FolderTest, outAndBackForAMomentReportsWhatDiffers) {
  makeFolder(Src + "/a");
  save(Src + "/a/1.cpp");
  save(Src + "/a/2.cpp");
  startOnSrc();
  rename(Src + "/a", Top + "/a");
  save(Top + "/a/2.cpp", "another size");
  rename(Top + "/a", Src + "/a");
  EXPECT_EQ(next(), (Changes{{Src + "/a/2.cpp", true}}));
  expectNothingMore();
}

TEST_F(FolderTest, renamedWithinTheTree) {
  makeFolder(Src + "/a/b");
  save(Src + "/a/b/1.cpp");
  startOnSrc();
  rename(Src + "/a", Src + "/z");
  EXPECT_EQ(next(), (Changes{{Src + "/a/b/1.cpp", false}, {Src + "/z/b/1.cpp", true}}));
  save(Src + "/z/b/1.cpp");
  EXPECT_EQ(next(), (Changes{{Src + "/z/b/1.cpp", true}}));
  makeFolder(Src + "/a/b"); // The old name, another folder.
  save(Src + "/a/b/1.cpp");
  EXPECT_EQ(next(), (Changes{{Src + "/a/b/1.cpp", true}}));
  expectNothingMore();
}

TEST_F(FolderTest, anotherTakesItsPlaceInOneGo) {
  makeFolder(Src + "/a/old");
  save(Src + "/a/1.cpp", "one");
  save(Src + "/a/old/2.cpp");
  makeFolder(Top + "/b");
  save(Top + "/b/1.cpp", "another");
  save(Top + "/b/3.cpp");
  startOnSrc();
  rename(Src + "/a", Top + "/a");
  rename(Top + "/b", Src + "/a");
  EXPECT_EQ(
      next(),
      (Changes{{Src + "/a/1.cpp", true}, {Src + "/a/old/2.cpp", false}, {Src + "/a/3.cpp", true}}));
  save(Src + "/a/1.cpp");
  EXPECT_EQ(next(), (Changes{{Src + "/a/1.cpp", true}}));
  expectNothingMore();
}

TEST_F(FolderTest, deletedAndMadeAgain) {
  makeFolder(Src + "/a");
  save(Src + "/a/1.cpp", "one");
  save(Src + "/a/2.cpp", "two");
  startOnSrc();
  remove(Src + "/a");
  makeFolder(Src + "/a");
  save(Src + "/a/1.cpp", "one more");
  EXPECT_EQ(next(), (Changes{{Src + "/a/1.cpp", true}, {Src + "/a/2.cpp", false}}));
  save(Src + "/a/1.cpp");
  EXPECT_EQ(next(), (Changes{{Src + "/a/1.cpp", true}}));
  expectNothingMore();
}

TEST_F(FolderTest, theTreeItselfDeletedAndMadeAgain) {
  save(Src + "/1.cpp");
  startOnSrc();
  remove(Src);
  EXPECT_EQ(next(), (Changes{{Src + "/1.cpp", false}}));
  makeFolder(Src);
  save(Src + "/2.cpp");
  EXPECT_EQ(next(), (Changes{{Src + "/2.cpp", true}}));
  rename(Src, Top + "/aside");
  EXPECT_EQ(next(), (Changes{{Src + "/2.cpp", false}}));
  rename(Top + "/aside", Src);
  EXPECT_EQ(next(), (Changes{{Src + "/2.cpp", true}}));
  expectNothingMore();
}

TEST_F(FolderTest, leavesOutBuildsAndHiddenFolders) {
  makeFolder(Src + "/build");
  makeFolder(Src + "/sub/.git");
  makeFolder(Src + "/custom");
  save(Src + "/custom/CMakeCache.txt");
  startOnSrc();
  makeFolder(Src + "/out");
  for (const char *Folder : {"/build", "/sub/.git", "/custom", "/out"})
    save(Src + Folder + "/x.cpp");
  expectNothingMore();
}

TEST_F(FolderTest, aFolderThatTurnsOutToBeABuild) {
  startOnSrc();
  makeFolder(Src + "/b");
  save(Src + "/b/x.cpp");
  EXPECT_EQ(next(), (Changes{{Src + "/b/x.cpp", true}}));
  save(Src + "/b/CMakeCache.txt");
  save(Src + "/b/x.cpp", "generated");
  expectNothingMore();
}

TEST_F(FolderTest, aTreeIsNeverLeftOutByItsOwnName) {
  const std::string Hidden = Top + "/.cache/build";
  makeFolder(Hidden);
  save(Hidden + "/CMakeCache.txt");
  start();
  addTree(Hidden);
  save(Hidden + "/a.cpp");
  EXPECT_EQ(next(), (Changes{{Hidden + "/a.cpp", true}}));
}

TEST_F(FolderTest, aTreeInsideWhatAnotherTreeLeavesOut) {
  const std::string Gen = Src + "/build/gen";
  makeFolder(Gen);
  save(Gen + "/g.h");
  startOnSrc();
  addTree(Gen);
  addTree(Gen);
  rename(Src, Top + "/aside");
  EXPECT_EQ(next(), (Changes{{Gen + "/g.h", false}}));
  rename(Top + "/aside", Src);
  EXPECT_EQ(next(), (Changes{{Gen + "/g.h", true}}));
  save(Gen + "/g.h", "new text");
  EXPECT_EQ(next(), (Changes{{Gen + "/g.h", true}}));
  expectNothingMore();
}

TEST_F(FolderTest, aMissingTreeIsRefused) {
  start();
  EXPECT_EQ(llvm::toString(W->addTree(Top + "/none")),
            "cannot watch " + Top + "/none: there is no such folder; check the path");
  save(Top + "/file");
  EXPECT_EQ(llvm::toString(W->addTree(Top + "/file")),
            "cannot watch " + Top + "/file: it is not a folder; name the folder it is in");
}

} // namespace
} // namespace nextframe::test
