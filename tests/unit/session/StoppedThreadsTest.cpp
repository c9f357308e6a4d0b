// Threads are stopped wherever they are, looked at, and go on.

#include "session/StoppedThreads.h"
#include "support/MemoryWords.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <atomic>
#include <csignal>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace nextframe::test {
namespace {

/// A word that no other thread's stack has.
constexpr uintptr_t Secret = 0x5ec4e700f1a6;

/// A thread that counts while it has Secret on its stack.
class Counter {
public:
  explicit Counter(bool BlocksSignals = false) {
    Thread = std::thread([this, BlocksSignals] {
      if (BlocksSignals) {
        sigset_t All;
        sigfillset(&All);
        pthread_sigmask(SIG_BLOCK, &All, nullptr);
      }
      volatile uintptr_t OnStack = Secret;
      Started = true;
      while (!Done) {
        ++Count;
        if (BlocksSignals)
          usleep(1000);
      }
      (void)OnStack;
    });
    while (!Started)
      std::this_thread::yield();
  }
  ~Counter() {
    Done = true;
    Thread.join();
  }

  std::atomic<uint64_t> Count{0};

private:
  std::atomic<bool> Started{false}, Done{false};
  std::thread Thread;
};

class StoppedThreadsTest : public testing::Test {
protected:
  static void SetUpTestSuite() { StoppedThreads::install(); }
  static unsigned secrets(const StoppedThreads &Stopped) {
    unsigned Found = 0;
    Stopped.forEachWord([&](uintptr_t Word) { Found += Word == Secret; });
    return Found;
  }
};

TEST_F(StoppedThreadsTest, AStoppedThreadDoesNothingAndThenGoesOn) {
  Counter Busy;
  uint64_t After;
  {
    StoppedThreads Stopped({});
    uint64_t Before = Busy.Count;
    for (int N = 0; N != 100000; ++N)
      ASSERT_EQ(Busy.Count, Before);
    After = Busy.Count;
  }
  while (Busy.Count == After)
    std::this_thread::yield();
}

TEST_F(StoppedThreadsTest, TheirStacksAreLookedThrough) {
  Counter One, Other;
  StoppedThreads Stopped({});
  EXPECT_GE(secrets(Stopped), 2u);
}

TEST_F(StoppedThreadsTest, WithoutThreadsThereIsNothing) {
  StoppedThreads Stopped({});
  EXPECT_EQ(secrets(Stopped), 0u);
}

TEST_F(StoppedThreadsTest, AThreadThatIsLeftOutGoesOn) {
  std::atomic<pid_t> Id{0};
  std::atomic<bool> Done{false};
  std::atomic<uint64_t> Count{0};
  std::thread Free([&] {
    Id = gettid();
    while (!Done)
      ++Count;
  });
  while (!Id)
    std::this_thread::yield();
  {
    StoppedThreads Stopped({Id.load()});
    uint64_t Before = Count;
    while (Count == Before)
      std::this_thread::yield();
  }
  Done = true;
  Free.join();
}

TEST_F(StoppedThreadsTest, AThreadThatBlocksTheSignalIsLookedAtWhereItSleeps) {
  Counter Sleeper(/*BlocksSignals=*/true);
  StoppedThreads Stopped({});
  EXPECT_GE(secrets(Stopped), 1u);
}

TEST_F(StoppedThreadsTest, StopsMayFollowEachOtherAtOnce) {
  Counter One, Other;
  for (int N = 0; N != 200; ++N) {
    StoppedThreads Stopped({});
    ASSERT_GE(secrets(Stopped), 2u) << N;
  }
}

TEST_F(StoppedThreadsTest, ThreadsComeAndGoMeanwhile) {
  std::atomic<bool> Done{false};
  std::thread Maker([&] {
    while (!Done)
      std::thread([] {}).join();
  });
  for (int N = 0; N != 100; ++N)
    StoppedThreads Stopped({});
  Done = true;
  Maker.join();
}

TEST(MemoryWordsTest, EndsWhereMemoryDoes) {
  auto Page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  auto *Memory = static_cast<char *>(
      mmap(nullptr, 3 * Page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  munmap(Memory + 2 * Page, Page);
  auto Start = reinterpret_cast<uintptr_t>(Memory);
  *reinterpret_cast<uintptr_t *>(Memory + 2 * Page - sizeof(uintptr_t)) = Secret;
  size_t Words = 0, Found = 0;
  forEachWord(Start, ~uintptr_t(0), [&](uintptr_t Word) {
    ++Words;
    Found += Word == Secret;
  });
  EXPECT_EQ(Words, 2 * Page / sizeof(uintptr_t));
  EXPECT_EQ(Found, 1u);
  Words = 0;
  forEachWord(Start + 1, Start + 3 * sizeof(uintptr_t), [&](uintptr_t) { ++Words; });
  EXPECT_EQ(Words, 2u);
  munmap(Memory, 2 * Page);
}

} // namespace
} // namespace nextframe::test
