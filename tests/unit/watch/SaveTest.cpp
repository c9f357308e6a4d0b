// Files saved in the ways of editors: one right report, never of half a file.

#include "WatchTest.h"

namespace nextframe::test {
namespace {

class SaveTest : public WatchTest {
protected:
  std::string File, Other;
  void SetUp() override {
    WatchTest::SetUp();
    File = Src + "/game.cpp";
    Other = Src + "/other.cpp";
    save(File, "int before;\n");
    save(Other, "int other;\n");
  }
};

TEST_F(SaveTest, inPlace) {
  startOnSrc();
  save(File);
  const Watcher::Batch Batch = W->wait(Generous);
  EXPECT_EQ(asMap(Batch), (Changes{{File, true}}));
  EXPECT_GT(Batch.FirstNs, 0u);
  EXPECT_LE(Batch.FirstNs, uint64_t(std::chrono::steady_clock::now().time_since_epoch() / 1ns));
  expectNothingMore();
}

TEST_F(SaveTest, nothingIsReportedThatWasThereBefore) {
  startOnSrc();
  expectNothingMore();
}

TEST_F(SaveTest, twoSavesInQuickSuccessionAreOne) {
  startOnSrc();
  save(File, "int half");
  EXPECT_TRUE(W->pending());
  step();
  save(File, "int half_and_half;\n");
  EXPECT_EQ(next(), (Changes{{File, true}}));
  expectNothingMore();
}

TEST_F(SaveTest, sameSizeWithinOneTickOfTheClock) {
  startOnSrc();
  for (const char *Text : {"int a = 1;\n", "int a = 2;\n", "int a = 3;\n"}) {
    save(File, Text);
    EXPECT_EQ(next(), (Changes{{File, true}}));
  }
}

TEST_F(SaveTest, notWhileAWriterHoldsItOpen) {
  startOnSrc();
  Writer Slow(File);
  for (const char *Text : {"int ", "slow", ";\n"}) {
    Slow.write(Text);
    EXPECT_EQ(asMap(W->wait(20ms)), Changes());
  }
  Slow.close();
  EXPECT_EQ(next(), (Changes{{File, true}}));
  expectNothingMore();
}

TEST_F(SaveTest, aNewFileNotBeforeItIsWritten) {
  Watcher::Options Limits;
  Limits.MaxBatch = Generous;
  startOnSrc(Limits);
  Writer Slow(Src + "/new.cpp");
  EXPECT_EQ(asMap(W->wait(100ms)), Changes());
  Slow.write("int x;\n").close();
  EXPECT_EQ(next(), (Changes{{Src + "/new.cpp", true}}));
  expectNothingMore();
}

TEST_F(SaveTest, anEndlessWriterDelaysOthersOnceAndIsNeverReportedHalf) {
  Watcher::Options Limits;
  Limits.MaxBatch = 50ms;
  startOnSrc(Limits);
  Writer Endless(Src + "/record.h");
  Endless.write("frame 1\n");
  save(File);
  EXPECT_EQ(next(), (Changes{{File, true}}));
  Endless.write("frame 2\n");
  EXPECT_FALSE(W->pending());
  save(File);
  EXPECT_EQ(next(), (Changes{{File, true}}));
  Endless.close();
  EXPECT_EQ(next(), (Changes{{Src + "/record.h", true}}));
}

TEST_F(SaveTest, writtenBesideAndRenamedOver) {
  startOnSrc();
  for (const char *Beside : {"/.game.cpp.tmp", "/game.cpp.XkD1fQ", "/4913"}) {
    save(Src + Beside);
    step();
    rename(Src + Beside, File);
    EXPECT_EQ(next(), (Changes{{File, true}}));
  }
  save(Top + "/elsewhere"); // From a folder that isn't watched.
  rename(Top + "/elsewhere", File);
  EXPECT_EQ(next(), (Changes{{File, true}}));
  expectNothingMore();
}

TEST_F(SaveTest, renamedOverBeforeItsWriterIsDone) {
  startOnSrc();
  Writer Slow(Src + "/.game.cpp.new");
  Slow.write("int half");
  rename(Src + "/.game.cpp.new", File);
  EXPECT_EQ(asMap(W->wait(20ms)), Changes());
  Slow.write(";\n").close();
  EXPECT_EQ(next(), (Changes{{File, true}}));
  expectNothingMore();
}

TEST_F(SaveTest, vimWithProbeSwapAndBackup) {
  startOnSrc();
  save(Src + "/.game.cpp.swp", "swap");
  save(Src + "/4913", "");
  remove(Src + "/4913");
  rename(File, File + "~");
  step();
  save(File);
  remove(File + "~");
  EXPECT_EQ(next(), (Changes{{File, true}}));
  remove(Src + "/.game.cpp.swp");
  expectNothingMore();
}

TEST_F(SaveTest, emacsWithLockAutosaveAndBackup) {
  startOnSrc();
  link("user@host.1234:5678", Src + "/.#game.cpp");
  save(Src + "/#game.cpp#");
  step();
  rename(File, File + "~");
  save(File);
  remove(Src + "/.#game.cpp");
  remove(Src + "/#game.cpp#");
  EXPECT_EQ(next(), (Changes{{File, true}}));
  expectNothingMore();
}

TEST_F(SaveTest, jetBrainsSafeWrite) {
  startOnSrc();
  save(File + "___jb_tmp___");
  rename(File, File + "___jb_old___");
  step();
  rename(File + "___jb_tmp___", File);
  remove(File + "___jb_old___");
  EXPECT_EQ(next(), (Changes{{File, true}}));
  expectNothingMore();
}

TEST_F(SaveTest, awayForAMoment) {
  Watcher::Options Limits;
  Limits.Away = Limits.MaxBatch = Generous;
  startOnSrc(Limits);
  remove(File);
  EXPECT_EQ(asMap(W->wait(20ms)), Changes());
  save(File);
  EXPECT_EQ(next(), (Changes{{File, true}}));
  expectNothingMore();
}

TEST_F(SaveTest, swappedByTwoRenames) {
  startOnSrc();
  rename(File, Src + "/aside.cpp");
  rename(Other, File);
  rename(Src + "/aside.cpp", Other);
  EXPECT_EQ(next(), (Changes{{File, true}, {Other, true}}));
  expectNothingMore();
}

TEST_F(SaveTest, deleted) {
  startOnSrc();
  remove(File);
  EXPECT_EQ(next(), (Changes{{File, false}}));
  expectNothingMore();
}

TEST_F(SaveTest, renamedToAnotherName) {
  startOnSrc();
  rename(File, Src + "/play.cpp");
  EXPECT_EQ(next(), (Changes{{File, false}, {Src + "/play.cpp", true}}));
  rename(Src + "/play.cpp", Top + "/play.cpp");
  EXPECT_EQ(next(), (Changes{{Src + "/play.cpp", false}}));
  expectNothingMore();
}

TEST_F(SaveTest, hardLinkedIntoPlace) {
  startOnSrc();
  save(Src + "/.whole");
  ASSERT_EQ(::link((Src + "/.whole").c_str(), (Src + "/new.h").c_str()), 0);
  remove(Src + "/.whole");
  EXPECT_EQ(next(), (Changes{{Src + "/new.h", true}}));
  expectNothingMore();
}

TEST_F(SaveTest, aTemporaryFileIsNotReported) {
  startOnSrc();
  save(Src + "/moc.cpp");
  EXPECT_TRUE(W->pending());
  remove(Src + "/moc.cpp");
  // Nothing came of it, and whoever was told that something might is told.
  const Watcher::Batch Batch = W->wait(Generous);
  EXPECT_EQ(asMap(Batch), Changes());
  EXPECT_FALSE(Batch.Woken);
  EXPECT_FALSE(W->pending());
  expectNothingMore();
}

TEST_F(SaveTest, aNewModeOrTimeIsNoChange) {
  startOnSrc();
  ASSERT_EQ(chmod(File.c_str(), 0600), 0);
  const timespec Times[2] = {{1000, 0}, {1000, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, File.c_str(), Times, 0), 0);
  expectNothingMore();
}

TEST_F(SaveTest, onlyRegularFilesAreFiles) {
  startOnSrc();
  ASSERT_EQ(mkfifo((Src + "/fifo.cpp").c_str(), 0600), 0);
  link("nowhere", Src + "/dangling.cpp");
  makeFolder(Src + "/folder.cpp");
  link("loop.cpp", Src + "/loop.cpp");
  expectNothingMore();
}

TEST_F(SaveTest, replacedByAFolderIsGone) {
  startOnSrc();
  remove(File);
  makeFolder(File);
  EXPECT_EQ(next(), (Changes{{File, false}}));
  save(File + "/inner.cpp");
  EXPECT_EQ(next(), (Changes{{File + "/inner.cpp", true}}));
  remove(File);
  save(File);
  EXPECT_EQ(next(), (Changes{{File, true}, {File + "/inner.cpp", false}}));
  expectNothingMore();
}

TEST_F(SaveTest, createdWithoutBeingOpened) {
  Watcher::Options Limits;
  Limits.MaxBatch = 50ms;
  startOnSrc(Limits);
  ASSERT_EQ(mknod((Src + "/empty.h").c_str(), S_IFREG | 0644, 0), 0);
  EXPECT_EQ(next(), (Changes{{Src + "/empty.h", true}}));
}

} // namespace
} // namespace nextframe::test
