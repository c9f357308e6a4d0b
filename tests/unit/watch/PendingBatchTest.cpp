// When a batch is whole, by a clock of the test's own.

#include "watch/PendingBatch.h"

#include "gtest/gtest.h"

namespace nextframe::test {
namespace {

using namespace std::chrono_literals;

class PendingBatchTest : public testing::Test {
protected:
  // Quiet 3 ms, Away 60 ms, MaxBatch 500 ms, whatever the defaults become.
  PendingBatch P{Watcher::Options{3ms, 60ms, 500ms}};
  const PendingBatch::Time Zero = PendingBatch::Time(1h);

  std::vector<std::string> take(std::chrono::milliseconds At) {
    std::vector<std::string> Paths;
    for (const PendingBatch::Settled &S : P.take(Zero + At))
      Paths.push_back(S.Path);
    return Paths;
  }
  using Paths = std::vector<std::string>;
};

TEST_F(PendingBatchTest, nothingIsNeverDue) {
  EXPECT_TRUE(P.idle());
  EXPECT_EQ(P.due(), PendingBatch::Time::max());
  EXPECT_EQ(take(1000ms), Paths());
}

TEST_F(PendingBatchTest, everyEventPutsTheBatchOff) {
  P.replaced("a", false, Zero);
  EXPECT_EQ(take(2ms), Paths());
  P.replaced("b", false, Zero + 2ms);
  EXPECT_EQ(P.due(), Zero + 5ms);
  EXPECT_EQ(take(4ms), Paths());
  EXPECT_EQ(P.firstEvent(), Zero);
  EXPECT_EQ(take(5ms), (Paths{"a", "b"}));
  EXPECT_TRUE(P.idle());
}

TEST_F(PendingBatchTest, anOpenFileHoldsTheBatchUntilItIsClosed) {
  P.written("a", Zero);
  P.replaced("b", false, Zero);
  EXPECT_EQ(take(100ms), Paths());
  P.closed("a", Zero + 100ms);
  EXPECT_EQ(take(103ms), (Paths{"a", "b"}));
}

TEST_F(PendingBatchTest, aFileWrittenWithoutEndHoldsUpOneBatchOnly) {
  P.written("log", Zero);
  P.replaced("a", false, Zero);
  EXPECT_EQ(P.due(), Zero + 500ms);
  EXPECT_EQ(take(500ms), Paths{"a"});
  P.written("log", Zero + 501ms);
  EXPECT_TRUE(P.idle());
  P.replaced("a", false, Zero + 502ms);
  P.written("log", Zero + 504ms);
  EXPECT_EQ(take(505ms), Paths{"a"});
  P.closed("log", Zero + 600ms);
  EXPECT_EQ(P.firstEvent(), Zero + 600ms);
  EXPECT_EQ(take(603ms), Paths{"log"});
}

TEST_F(PendingBatchTest, aFileSavedWithoutEndIsTakenAfterMaxBatch) {
  std::chrono::milliseconds At = 0ms;
  for (; At < 500ms; At += 2ms) {
    P.written("a", Zero + At);
    P.closed("a", Zero + At);
    EXPECT_EQ(take(At), Paths());
  }
  EXPECT_EQ(take(500ms), Paths{"a"});
}

TEST_F(PendingBatchTest, aVanishedFileIsGivenTimeToComeBack) {
  P.gone("a", Zero);
  EXPECT_EQ(P.due(), Zero + 60ms);
  P.gone("a", Zero + 30ms); // Heard once more: doesn't put it off.
  EXPECT_EQ(take(59ms), Paths());
  EXPECT_EQ(take(60ms), Paths{"a"});

  P.gone("a", Zero + 100ms);
  P.replaced("a", false, Zero + 120ms);
  EXPECT_EQ(take(123ms), Paths{"a"});
}

TEST_F(PendingBatchTest, aVanishedFileStaysBehindWhenTheBatchIsForced) {
  P.written("log", Zero);
  P.gone("a", Zero + 490ms);
  EXPECT_EQ(take(500ms), Paths());
  EXPECT_EQ(P.due(), Zero + 550ms);
  EXPECT_EQ(take(550ms), Paths{"a"});
}

TEST_F(PendingBatchTest, anEmptyNewFileIsAboutToBeWritten) {
  P.createdEmpty("a", Zero);
  EXPECT_EQ(take(100ms), Paths());
  P.written("a", Zero + 100ms);
  P.closed("a", Zero + 100ms);
  EXPECT_EQ(take(103ms), Paths{"a"});

  P.createdEmpty("b", Zero + 200ms); // By mknod(2): never closed.
  EXPECT_EQ(take(700ms), Paths{"b"});
}

TEST_F(PendingBatchTest, aTemporaryFileLeavesNothing) {
  P.written("tmp", Zero);
  P.forget("tmp");
  EXPECT_TRUE(P.idle());
}

TEST_F(PendingBatchTest, lostEventsDontHoldAFileOpenForEver) {
  P.written("a", Zero);
  P.forgetWriters(Zero + 10ms);
  EXPECT_EQ(take(69ms), Paths());
  EXPECT_EQ(take(70ms), Paths{"a"});
}

TEST_F(PendingBatchTest, aFoundFileIsOnlyASuspicion) {
  P.found("a", Zero);
  const auto Taken = P.take(Zero + 60ms);
  ASSERT_EQ(Taken.size(), 1u);
  EXPECT_FALSE(Taken[0].Written);
}

TEST_F(PendingBatchTest, oneFileThatIsClosedMayBeTakenAtOnce) {
  EXPECT_FALSE(P.isSole());
  P.written("a", Zero);
  EXPECT_FALSE(P.isSole()); // Its writer is at work.
  P.closed("a", Zero);
  ASSERT_TRUE(P.isSole());
  std::vector<PendingBatch::Settled> Taken = P.takeSole(Zero);
  ASSERT_EQ(Taken.size(), 1u);
  EXPECT_EQ(Taken[0].Path, "a");
  EXPECT_TRUE(P.idle());
}

TEST_F(PendingBatchTest, severalFilesAreNotTakenAtOnce) {
  P.replaced("a", false, Zero);
  P.replaced("b", false, Zero);
  EXPECT_FALSE(P.isSole());
}

TEST_F(PendingBatchTest, whatIsAwayOrOnlyFoundIsNotTakenAtOnce) {
  P.gone("a", Zero);
  EXPECT_FALSE(P.isSole());
  P.forget("a");
  P.found("b", Zero);
  EXPECT_FALSE(P.isSole());
}

TEST_F(PendingBatchTest, aFileThatIsMadeEmptyIsNotTakenAtOnce) {
  P.createdEmpty("a", Zero);
  EXPECT_FALSE(P.isSole());
}

} // namespace
} // namespace nextframe::test
