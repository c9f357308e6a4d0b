// The program's heap: blocks, their types, and walking it. And the census.

#include "state/Census.h"
#include "state/ProgramHeap.h"
#include "support/BlockType.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <cstring>
#include <map>
#include <random>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace nextframe::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The sizes of the live blocks of \p Type.
std::multiset<size_t> sizesOf(const char *Type) {
  std::multiset<size_t> Sizes;
  ProgramHeap::get().forEachBlock([&](const ProgramHeap::Block &B) {
    if (B.Type == Type)
      Sizes.insert(B.Size);
  });
  return Sizes;
}

class HeapTest : public testing::Test {
protected:
  /// Each test's own type.
  std::string Text = testing::UnitTest::GetInstance()->current_test_info()->name();
  const char *Type = Text.c_str();
  ProgramHeap &Heap = ProgramHeap::get();
};

TEST_F(HeapTest, ABlockIsItsOwnAlignedAndKnown) {
  void *Block = Heap.allocate(100, 16, Type);
  ASSERT_NE(Block, nullptr);
  EXPECT_TRUE(ProgramHeap::owns(Block));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(Block) % 16, 0u);
  EXPECT_GE(ProgramHeap::usableSize(Block), 100u);
  EXPECT_THAT(sizesOf(Type), ElementsAre(100));
  Heap.release(Block);
  EXPECT_THAT(sizesOf(Type), IsEmpty());
}

TEST_F(HeapTest, WhatIsNotItsOwnIsKnownToo) {
  int OnStack = 0;
  auto OnHeap = std::make_unique<int>();
  EXPECT_FALSE(ProgramHeap::owns(&OnStack));
  EXPECT_FALSE(ProgramHeap::owns(OnHeap.get()));
  EXPECT_FALSE(ProgramHeap::owns(nullptr));
  EXPECT_FALSE(ProgramHeap::owns(reinterpret_cast<void *>(~uintptr_t(0))));
}

TEST_F(HeapTest, BlocksOfAllSizesAreApart) {
  std::map<char *, size_t> Blocks;
  for (size_t Size : {0, 1, 15, 16, 17, 100, 128, 129, 1000, 4096, 70000, 524272, 524273, 5000000})
    Blocks[static_cast<char *>(Heap.allocate(Size, 16, Type))] = Size;
  for (auto &[Block, Size] : Blocks)
    std::memset(Block, static_cast<int>(Size & 0xff), Size);
  for (auto &[Block, Size] : Blocks)
    for (size_t I = 0; I != Size; ++I)
      ASSERT_EQ(static_cast<unsigned char>(Block[I]), Size & 0xff) << Size;
  EXPECT_EQ(sizesOf(Type).size(), Blocks.size());
  for (auto &[Block, Size] : Blocks)
    Heap.release(Block);
  EXPECT_THAT(sizesOf(Type), IsEmpty());
}

TEST_F(HeapTest, AlignedBlocksStartWhereTheyShould) {
  std::vector<void *> Blocks;
  std::multiset<const void *> Starts;
  for (size_t Align : {1, 16, 32, 64, 4096, 65536, 1048576}) {
    Blocks.push_back(Heap.allocate(40, Align, Type));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(Blocks.back()) % Align, 0u);
    EXPECT_GE(ProgramHeap::usableSize(Blocks.back()), 40u);
  }
  Heap.forEachBlock([&](const ProgramHeap::Block &B) {
    if (B.Type == Type)
      Starts.insert(B.Start);
  });
  EXPECT_EQ(Starts, std::multiset<const void *>(Blocks.begin(), Blocks.end()));
  for (void *Block : Blocks)
    Heap.release(Block);
  EXPECT_THAT(sizesOf(Type), IsEmpty());
}

TEST_F(HeapTest, ReallocationKeepsContentAndType) {
  for (size_t Size : {20, 3000000}) {
    auto *Block = static_cast<char *>(Heap.allocate(Size, 16, Type));
    std::memset(Block, 7, Size);
    Block = static_cast<char *>(Heap.reallocate(Block, 3 * Size, nullptr));
    for (size_t I = 0; I != Size; ++I)
      ASSERT_EQ(Block[I], 7);
    EXPECT_THAT(sizesOf(Type), ElementsAre(3 * Size));
    Block = static_cast<char *>(Heap.reallocate(Block, 10, nullptr));
    EXPECT_EQ(Block[9], 7);
    EXPECT_THAT(sizesOf(Type), ElementsAre(10));
    Heap.release(Block);
  }
}

TEST_F(HeapTest, ZeroedBlocksAreZeroAlsoWhenUsedBefore) {
  for (size_t Size : {64, 3000000}) {
    void *Used = Heap.allocate(Size, 16, Type);
    std::memset(Used, 0xff, Size);
    Heap.release(Used);
    auto *Block = static_cast<char *>(Heap.allocateZeroed(Size, Type));
    EXPECT_TRUE(std::all_of(Block, Block + Size, [](char C) { return C == 0; }));
    Heap.release(Block);
  }
}

TEST_F(HeapTest, WhatIsTooLargeIsNull) {
  EXPECT_EQ(Heap.allocate(~size_t(0), 16, Type), nullptr);
  EXPECT_EQ(Heap.allocate(size_t(1) << 60, 16, Type), nullptr);
}

TEST_F(HeapTest, RandomUseByManyThreadsLosesNothing) {
  unsigned Seed = std::random_device()();
  RecordProperty("seed", std::to_string(Seed));
  auto Work = [&](unsigned Number) {
    std::mt19937 Random(Seed + Number);
    std::vector<std::pair<unsigned char *, size_t>> Mine;
    for (int Step = 0; Step != 20000; ++Step) {
      if (Mine.empty() || Random() % 5 < 3) {
        size_t Size = Random() % 10 ? Random() % 300 : Random() % 100000;
        auto *Block = static_cast<unsigned char *>(Heap.allocate(Size, 16, Type));
        std::memset(Block, static_cast<int>(Size % 251), Size);
        Mine.push_back({Block, Size});
        continue;
      }
      std::swap(Mine[Random() % Mine.size()], Mine.back());
      auto [Block, Size] = Mine.back();
      ASSERT_TRUE(Size == 0 || (Block[0] == Size % 251 && Block[Size - 1] == Size % 251)) << Seed;
      Heap.release(Block);
      Mine.pop_back();
    }
    for (auto &[Block, Size] : Mine)
      Heap.release(Block);
  };
  std::vector<std::thread> Threads;
  for (unsigned N = 0; N != 4; ++N)
    Threads.emplace_back(Work, N);
  for (std::thread &T : Threads)
    T.join();
  EXPECT_THAT(sizesOf(Type), IsEmpty());
}

TEST_F(HeapTest, AThreadThatEndsLeavesItsBlocksToOthers) {
  std::set<void *> First;
  std::thread([&] {
    for (int N = 0; N != 50; ++N)
      First.insert(Heap.allocate(77777, 16, Type));
    for (void *Block : First)
      Heap.release(Block);
  }).join();
  std::vector<void *> Second;
  unsigned Again = 0;
  for (int N = 0; N != 50; ++N) {
    Second.push_back(Heap.allocate(77777, 16, Type));
    Again += First.count(Second.back()) != 0;
  }
  EXPECT_GT(Again, 0u);
  for (void *Block : Second)
    Heap.release(Block);
}

TEST_F(HeapTest, AChildGoesOnWithTheHeapAsItWas) {
  void *Block = Heap.allocate(100, 16, Type);
  pid_t Child = fork();
  if (Child == 0) {
    Heap.release(Block);
    void *Other = Heap.allocate(100, 16, Type);
    _exit(Other ? 0 : 1);
  }
  int Status = 1;
  ASSERT_EQ(waitpid(Child, &Status, 0), Child);
  EXPECT_EQ(Status, 0);
  EXPECT_THAT(sizesOf(Type), ElementsAre(100));
  Heap.release(Block);
}

using HeapDeathTest = HeapTest;
TEST_F(HeapDeathTest, ABlockThatIsGivenBackTwiceEndsTheProcess) {
  void *Block = Heap.allocate(100, 16, Type);
  Heap.release(Block);
  EXPECT_DEATH(Heap.release(Block), "invalid pointer");
}

//===----------------------------------------------------------------------===//
// The census
//===----------------------------------------------------------------------===//

class CensusTest : public HeapTest {
protected:
  ~CensusTest() override {
    for (void *Block : Blocks)
      Heap.release(Block);
  }
  void allocate(size_t Size, const std::string &Text) {
    Blocks.push_back(Heap.allocate(Size, 16, Text.c_str()));
  }
  std::vector<void *> Blocks;
  const std::string Enemy = BlockType{"Enemy", 8, {{"Enemy", 1}}}.encode();
  const std::string Wave = BlockType{"Wave", 100, {{"Wave", 1}, {"Enemy", 10}}}.encode();
  const std::string Closure = BlockType{"", 24, {{"Enemy", 2}}}.encode();
  const std::string Numbers = BlockType().encode();
};

TEST_F(CensusTest, ObjectsAreCountedWhereverTheyArePartOfSomething) {
  allocate(8, Enemy);
  allocate(80, Enemy); // An array of ten.
  allocate(88, Enemy); // The same with what `new` keeps before it.
  allocate(100, Wave);
  allocate(24, Closure);
  allocate(400, Numbers);
  Census C({"Enemy", "Wave", "Item"});
  C.take(Heap);
  EXPECT_EQ(C.objects(0), 1u + 10 + 11 + 10 + 2);
  EXPECT_EQ(C.objects(1), 1u);
  EXPECT_EQ(C.objects(2), 0u);
  EXPECT_EQ(C.place(0), "Enemy");
  EXPECT_EQ(C.place(1), "Wave");
  EXPECT_EQ(C.place(2), "");
}

TEST_F(CensusTest, AFrameOfACoroutineIsOneElement) {
  std::string Frame = BlockType{"", 0, {{"Enemy", 1}}}.encode();
  allocate(500, Frame);
  Census C({"Enemy"});
  C.take(Heap);
  EXPECT_EQ(C.objects(0), 1u);
}

TEST_F(CensusTest, BlocksOfNoTypeAreTold) {
  Census Before({});
  Before.take(Heap);
  Blocks.push_back(Heap.allocate(1234567, 16, nullptr));
  Census After({});
  After.take(Heap);
  EXPECT_EQ(After.untypedBlocks(), Before.untypedBlocks() + 1);
  EXPECT_GE(After.largestUntyped(), 1234567u);
}

TEST_F(CensusTest, AgainCountsAnew) {
  allocate(8, Enemy);
  Census C({"Enemy"});
  C.take(Heap);
  C.take(Heap);
  EXPECT_EQ(C.objects(0), 1u);
}

TEST_F(CensusTest, MoreTypesThanItRemembersAreStillCounted) {
  std::vector<std::string> Texts;
  for (int N = 0; N != 40000; ++N)
    Texts.push_back(BlockType{"T" + std::to_string(N), 8, {{"Enemy", 1}}}.encode());
  for (const std::string &T : Texts)
    allocate(8, T);
  Census C({"Enemy"});
  C.take(Heap);
  EXPECT_EQ(C.objects(0), 40000u);
}

} // namespace
} // namespace nextframe::test
