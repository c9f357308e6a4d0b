// Waiting, waking, many files at once, and lost events.

#include "WatchTest.h"

#include <csignal>
#include <fstream>
#include <thread>

namespace nextframe::test {
namespace {

class WatcherTest : public WatchTest {};

TEST_F(WatcherTest, timesOut) {
  startOnSrc();
  for (const auto Timeout : {0ms, 5ms}) {
    const auto Before = std::chrono::steady_clock::now();
    const Watcher::Batch Batch = W->wait(Timeout);
    EXPECT_GE(std::chrono::steady_clock::now() - Before, Timeout);
    EXPECT_TRUE(Batch.Changes.empty());
    EXPECT_FALSE(Batch.Woken);
    EXPECT_EQ(Batch.FirstNs, 0u);
  }
}

TEST_F(WatcherTest, wokenByAnotherThread) {
  startOnSrc();
  std::thread Other([&] { W->wake(); });
  EXPECT_TRUE(W->wait(Generous).Woken);
  Other.join();
  EXPECT_FALSE(W->wait(0ms).Woken);
}

TEST_F(WatcherTest, wakesBeforeTheWaitCountOnce) {
  startOnSrc();
  W->wake();
  W->wake();
  EXPECT_TRUE(W->wait().Woken);
  EXPECT_FALSE(W->wait(0ms).Woken);
  expectNothingMore();
}

Watcher *Signalled = nullptr;

TEST_F(WatcherTest, wokenByASignalHandler) {
  startOnSrc();
  Signalled = W.get();
  struct sigaction Action = {}, Before;
  Action.sa_handler = [](int) { Signalled->wake(); };
  ASSERT_EQ(sigaction(SIGUSR1, &Action, &Before), 0);
  const pthread_t Waiting = pthread_self();
  std::thread Other([&] { pthread_kill(Waiting, SIGUSR1); });
  EXPECT_TRUE(W->wait(Generous).Woken);
  Other.join();
  sigaction(SIGUSR1, &Before, nullptr);
}

TEST_F(WatcherTest, aWakeDoesNotLoseABatch) {
  Watcher::Options Limits;
  Limits.Quiet = 20ms;
  startOnSrc(Limits);
  save(Src + "/a.cpp");
  step();
  W->wake();
  const Watcher::Batch First = W->wait(Generous);
  Changes Seen = asMap(First);
  if (First.Woken)
    Seen = next();
  EXPECT_EQ(Seen, (Changes{{Src + "/a.cpp", true}}));
}

TEST_F(WatcherTest, pendingSeesWhatWaitWillReport) {
  startOnSrc();
  EXPECT_FALSE(W->pending());
  save(Src + "/a.cpp");
  EXPECT_TRUE(W->pending());
  EXPECT_TRUE(W->pending());
  EXPECT_EQ(next(), (Changes{{Src + "/a.cpp", true}}));
  EXPECT_FALSE(W->pending());
  save(Src + "/a.cpp~");
  EXPECT_FALSE(W->pending());
}

TEST_F(WatcherTest, twoHundredFilesAreOneBatch) {
  startOnSrc();
  Changes Expected;
  for (unsigned I = 0; I < 200; ++I) {
    const std::string Path = Src + "/f" + std::to_string(I) + ".cpp";
    save(Path);
    Expected[Path] = true;
  }
  EXPECT_EQ(next(), Expected);
  expectNothingMore();
}

TEST_F(WatcherTest, twoHundredFolders) {
  for (unsigned I = 0; I < 100; ++I)
    makeFolder(Src + "/d" + std::to_string(I) + "/deep");
  startOnSrc();
  Changes Expected;
  for (unsigned I = 0; I < 200; ++I) { // Half of them are new.
    const std::string Folder = Src + "/d" + std::to_string(I) + "/deep";
    makeFolder(Folder);
    save(Folder + "/a.cpp");
    Expected[Folder + "/a.cpp"] = true;
  }
  EXPECT_EQ(next(), Expected);
  expectNothingMore();
}

TEST_F(WatcherTest, aWriterInAnotherThreadIsNeverSeenHalfDone) {
  startOnSrc();
  const std::string File = Src + "/a.cpp";
  constexpr unsigned Saves = 50;
  std::thread Editor([&] {
    for (unsigned I = 1; I <= Saves; ++I) {
      Writer Slow(Src + "/.tmp");
      Slow.write("version ").write(std::to_string(I)).write("\n").close();
      std::filesystem::rename(Src + "/.tmp", File);
    }
    save(Src + "/done.cpp");
  });
  bool Done = false;
  while (!Done && !HasFailure())
    for (const auto &[Path, Exists] : next()) {
      EXPECT_TRUE(Exists) << Path;
      Done |= Path == Src + "/done.cpp";
    }
  Editor.join();
}

/// Makes so many events that the kernel drops the next ones.
class OverflowTest : public WatchTest {
protected:
  void SetUp() override {
    WatchTest::SetUp();
    std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> Limit;
    if (Limit == 0 || Limit > 200'000)
      GTEST_SKIP() << "the queue's limit here is " << Limit;
  }
  void fillQueue() {
    const std::string A = Src + "/noise-a~", B = Src + "/noise-b~";
    Writer First(A), Second(B);
    // In turns, since equal neighbours are merged.
    for (unsigned I = 0; I <= Limit / 2; ++I) {
      First.write("x");
      Second.write("x");
    }
  }
  unsigned Limit = 0;
};

TEST_F(OverflowTest, everythingIsLookedAtAgain) {
  makeFolder(Src + "/sub");
  makeFolder(Src + "/moved");
  makeFolder(Top + "/inc");
  save(Top + "/linked.h", "1");
  link("../linked.h", Src + "/link.h");
  for (const char *Name :
       {"/same.cpp", "/changed.cpp", "/deleted.cpp", "/sub/replaced.cpp", "/moved/a.cpp"})
    save(Src + Name, "1");
  save(Top + "/inc/changed.h", "1");
  startOnSrc();
  addFile(Top + "/inc/changed.h");
  addFile(Top + "/inc/new.h");

  fillQueue();
  save(Src + "/changed.cpp", "22");
  remove(Src + "/deleted.cpp");
  save(Src + "/.tmp", "2");
  rename(Src + "/.tmp", Src + "/sub/replaced.cpp");
  rename(Src + "/moved", Src + "/now-here");
  makeFolder(Src + "/new/deep");
  save(Src + "/new/deep/a.cpp");
  save(Top + "/inc/changed.h", "22");
  save(Top + "/inc/new.h");
  save(Top + "/linked.h", "22");
  EXPECT_EQ(next(), (Changes{{Src + "/changed.cpp", true},
                             {Src + "/deleted.cpp", false},
                             {Src + "/sub/replaced.cpp", true},
                             {Src + "/moved/a.cpp", false},
                             {Src + "/now-here/a.cpp", true},
                             {Src + "/new/deep/a.cpp", true},
                             {Src + "/link.h", true},
                             {Top + "/inc/changed.h", true},
                             {Top + "/inc/new.h", true}}));
  expectNothingMore();
  save(Src + "/new/deep/a.cpp", "watched now");
  EXPECT_EQ(next(), (Changes{{Src + "/new/deep/a.cpp", true}}));
}

TEST_F(OverflowTest, aFileWhoseClosingWasLostIsNotOpenForEver) {
  save(Src + "/a.cpp");
  startOnSrc();
  Writer Slow(Src + "/a.cpp");
  Slow.write("int x;\n");
  step();
  fillQueue();
  Slow.close();
  EXPECT_EQ(next(), (Changes{{Src + "/a.cpp", true}}));
  expectNothingMore();
}

TEST_F(WatcherTest, descriptorsAndWatchesStayFlat) {
  const auto Descriptors = [] {
    const std::filesystem::directory_iterator Begin("/proc/self/fd"), End;
    return std::distance(Begin, End);
  };
  Watcher::Options Limits;
  Limits.Away = 5ms;
  startOnSrc(Limits);
  const auto Before = Descriptors();
  const auto Watches = [&] { // One line a watch, by the kernel's own account.
    unsigned Count = 0;
    for (const auto &Entry : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
      std::ifstream File(Entry.path());
      for (std::string Line; std::getline(File, Line);)
        Count += Line.rfind("inotify wd:", 0) == 0;
    }
    return Count;
  };
  const unsigned WatchesBefore = Watches();
  for (unsigned I = 0; I < 20; ++I) {
    makeFolder(Src + "/a/b");
    save(Src + "/a/b/x.cpp");
    link("../../outside.h", Src + "/a/b/y.h");
    EXPECT_EQ(next(), (Changes{{Src + "/a/b/x.cpp", true}}));
    if (I % 2)
      rename(Src + "/a", Top + "/aside" + std::to_string(I));
    else
      remove(Src + "/a");
    EXPECT_EQ(next(), (Changes{{Src + "/a/b/x.cpp", false}}));
  }
  EXPECT_EQ(Descriptors(), Before);
  EXPECT_EQ(Watches(), WatchesBefore);
}

} // namespace
} // namespace nextframe::test
