// What points into a range of addresses is found wherever it lies, and nothing else is.

#include "link/PointerScan.h"

#include "llvm/ADT/STLExtras.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <atomic>
#include <csignal>
#include <semaphore.h>
#include <sys/mman.h>
#include <thread>

namespace nextframe::test {
namespace {

using testing::Contains;
using testing::Not;

// Addresses that nothing else in the process has. They are kept as complements, so
// that the tests themselves don't hold what they look for.
constexpr uint64_t Nowhere = ~uint64_t(0x00005e5e'00000000);
uint64_t target(unsigned N) { return ~Nowhere + N * 0x1000; }

volatile uint64_t Global = 0;

ScanRequest request(unsigned Targets) {
  ScanRequest Request;
  for (unsigned N = 0; N != Targets; ++N)
    Request.Targets.push_back({target(N), target(N) + 0x100});
  return Request;
}

/// The calling thread's stack isn't read, so the targets themselves must be kept
/// out of the heap, too.
bool isPointedAt(unsigned N, std::vector<uint64_t> Ignored = {}) {
  ScanRequest Request = request(N + 1);
  Request.Ignored = std::move(Ignored);
  Request.Lead = 1; // Earlier requests, where the heap still has them, don't count.
  uint64_t Start = reinterpret_cast<uint64_t>(Request.Targets.data());
  Request.Skipped.push_back({Start, Start + Request.Targets.size() * sizeof(AddressRange)});
  uint64_t Known = reinterpret_cast<uint64_t>(Request.Ignored.data());
  if (!Request.Ignored.empty())
    Request.Skipped.push_back({Known, Known + Request.Ignored.size() * sizeof(uint64_t)});
  llvm::sort(Request.Skipped);
  auto Found = findPointedAt(Request, [] { return false; });
  return llvm::cantFail(std::move(Found))->test(N);
}

TEST(PointerScanTest, WhatNothingPointsAtIsNotFound) { EXPECT_FALSE(isPointedAt(1)); }

TEST(PointerScanTest, AVariableIsFound) {
  Global = target(2) + 0x40;
  EXPECT_TRUE(isPointedAt(2));
  Global = target(2) + 0x100; // Right behind it.
  EXPECT_FALSE(isPointedAt(2));
  Global = target(2) + 1; // Right behind the lead.
  EXPECT_TRUE(isPointedAt(2));
  Global = target(2);
  EXPECT_FALSE(isPointedAt(2));
  Global = target(2) + 0x20;
  EXPECT_FALSE(isPointedAt(2, {target(2) + 0x20}));
  Global = 0;
}

TEST(PointerScanTest, TheHeapIsRead) {
  auto Held = std::make_unique<volatile uint64_t>(target(3) + 8);
  EXPECT_TRUE(isPointedAt(3));
  *Held = 0;
  EXPECT_FALSE(isPointedAt(3));
}

TEST(PointerScanTest, MemoryOfAnyMappingIsRead) {
  constexpr size_t Bytes = size_t(64) << 20; // Mostly untouched.
  void *Memory = mmap(nullptr, Bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(Memory, MAP_FAILED);
  auto *Words = static_cast<volatile uint64_t *>(Memory);
  Words[Bytes / 16 + 3] = target(4) + 1;
  EXPECT_TRUE(isPointedAt(4));
  munmap(Memory, Bytes);
  EXPECT_FALSE(isPointedAt(4));
}

TEST(PointerScanTest, TheStackOfAnotherThreadIsRead) {
  sem_t Ready, End;
  sem_init(&Ready, 0, 0);
  sem_init(&End, 0, 0);
  std::thread Thread([&] {
    volatile uint64_t OnStack = target(5) + 2;
    sem_post(&Ready);
    sem_wait(&End);
    OnStack = 0;
    (void)OnStack;
  });
  sem_wait(&Ready);
  EXPECT_TRUE(isPointedAt(5));
  sem_post(&End);
  Thread.join();
}

TEST(PointerScanTest, ItStopsWhenToldTo) {
  auto Found = findPointedAt(request(1), [] { return true; });
  EXPECT_FALSE(llvm::cantFail(std::move(Found)));
}

/// Runs in a loop that calls nothing.
[[gnu::noinline]] void spin(std::atomic<bool> &Started, std::atomic<bool> &Stop) {
  Started = true;
  while (!Stop.load(std::memory_order_relaxed))
    ;
}

TEST(ThreadPositionsTest, AThreadThatRunsIsFoundWhereItRuns) {
  std::atomic<bool> Started{false}, Stop{false};
  std::thread Thread([&] { spin(Started, Stop); });
  while (!Started)
    ;
  std::vector<uint64_t> Counters;
  EXPECT_TRUE(findProgramCounters([&](uint64_t Counter) { Counters.push_back(Counter); }));
  auto Start = reinterpret_cast<uint64_t>(&spin);
  EXPECT_THAT(Counters, Contains(testing::AllOf(testing::Ge(Start), testing::Lt(Start + 0x100))));
  Stop = true;
  Thread.join();
}

TEST(ThreadPositionsTest, AThreadThatWaitsIsNotDisturbed) {
  sem_t End;
  sem_init(&End, 0, 0);
  int Error = 0;
  std::atomic<bool> Started{false};
  std::thread Thread([&] {
    Started = true;
    if (sem_wait(&End) != 0)
      Error = errno;
  });
  while (!Started)
    ;
  std::vector<uint64_t> Counters;
  EXPECT_TRUE(findProgramCounters([&](uint64_t Counter) { Counters.push_back(Counter); }));
  EXPECT_EQ(Counters.size(), 1u);
  sem_post(&End);
  Thread.join();
  EXPECT_EQ(Error, 0);
}

TEST(ThreadPositionsTest, AThreadThatRunsAndTakesNoSignalsIsNotKnown) {
  std::atomic<bool> Started{false}, Stop{false};
  std::thread Thread([&] {
    sigset_t All;
    sigfillset(&All);
    pthread_sigmask(SIG_BLOCK, &All, nullptr);
    spin(Started, Stop);
  });
  while (!Started)
    ;
  std::vector<uint64_t> Counters;
  EXPECT_FALSE(findProgramCounters([&](uint64_t Counter) { Counters.push_back(Counter); }));
  Stop = true;
  Thread.join();
}

} // namespace
} // namespace nextframe::test
