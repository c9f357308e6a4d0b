// What a variable leads to is part of its value: containers by what they hold.

#include "state/ReachedValue.h"
#include "state/ProgramHeap.h"

#include "gtest/gtest.h"

#include <cstring>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace nextframe::test {
namespace {

/// What the program's code allocates with.
template <typename T> struct OfProgram {
  using value_type = T;
  OfProgram() = default;
  template <typename U> OfProgram(const OfProgram<U> &) {}
  T *allocate(size_t N) {
    return static_cast<T *>(ProgramHeap::get().allocate(N * sizeof(T), alignof(T), nullptr));
  }
  void deallocate(T *P, size_t) { ProgramHeap::get().release(P); }
  bool operator==(const OfProgram &) const = default;
};
template <typename T> using Vector = std::vector<T, OfProgram<T>>;
template <typename K, typename V>
using Map = std::map<K, V, std::less<K>, OfProgram<std::pair<const K, V>>>;
template <typename K, typename V>
using HashMap =
    std::unordered_map<K, V, std::hash<K>, std::equal_to<K>, OfProgram<std::pair<const K, V>>>;

template <typename T> ReachedValue valueOf(const T &Variable) {
  auto Value = ReachedValue::of(&Variable, sizeof Variable);
  EXPECT_TRUE(Value);
  return Value ? *Value : ReachedValue();
}

/// Says whether \p Change makes another value of \p Variable, and nothing else does.
template <typename T, typename ChangeT> void expectSeen(T &Variable, ChangeT Change) {
  ReachedValue Before = valueOf(Variable);
  EXPECT_TRUE(Before.isStillThere());
  Change();
  EXPECT_FALSE(Before.isStillThere());
}

TEST(ReachedValueTest, ANumberIsItsBytes) {
  int N = 5;
  ReachedValue Five = valueOf(N);
  expectSeen(N, [&] { N = 6; });
  N = 5;
  EXPECT_TRUE(Five.isStillThere());
  EXPECT_EQ(Five.blocks(), 0u);
}

TEST(ReachedValueTest, ElementsOfContainersCount) {
  Vector<int> V = {1, 2, 3};
  expectSeen(V, [&] { V[2] = 4; });
  expectSeen(V, [&] { V.push_back(5); });
  Map<int, int> M = {{1, 1}, {2, 2}, {3, 3}};
  expectSeen(M, [&] { M[3] = 4; });
  expectSeen(M, [&] { M.erase(1); });
  HashMap<int, int> H = {{1, 1}, {2, 2}};
  expectSeen(H, [&] { H[2] = 3; });
  std::list<int, OfProgram<int>> L = {1, 2, 3};
  expectSeen(L, [&] { L.back() = 4; });
  std::deque<int, OfProgram<int>> D(1000, 1);
  expectSeen(D, [&] { D[999] = 2; });
}

TEST(ReachedValueTest, SoDoesWhatTheyLeadToInTurn) {
  Vector<Vector<Vector<int>>> V = {{{1}, {2}}, {{3}}};
  expectSeen(V, [&] { V[1][0][0] = 4; });
}

TEST(ReachedValueTest, TheCharactersOfAStringThatALibraryAllocatedCount) {
  std::string S(100, 'a');
  expectSeen(S, [&] { S[99] = 'b'; });
  std::string Long(1000000, 'a');
  expectSeen(Long, [&] { Long[999999] = 'b'; });
  std::string Short = "a";
  expectSeen(Short, [&] { Short[0] = 'b'; });
}

TEST(ReachedValueTest, AValueThatWasPutBackInPlaceIsStillThere) {
  Vector<int> V = {1, 2, 3};
  ReachedValue Before = valueOf(V);
  V[1] = 5;
  V[1] = 2;
  EXPECT_TRUE(Before.isStillThere());
}

TEST(ReachedValueTest, WhatIsLeftOverInABlockMayComeToLifeElsewhere) {
  // A pointer that nobody means, to memory that somebody else is given later.
  Vector<void *> V(8);
  V[7] = ProgramHeap::get().allocate(48, 1, nullptr);
  ProgramHeap::get().release(V[7]);
  ReachedValue Before = valueOf(V);
  void *Again = ProgramHeap::get().allocate(48, 1, nullptr);
  ASSERT_EQ(Again, V[7]);
  std::memset(Again, 1, 48);
  EXPECT_TRUE(Before.isStillThere());
  ProgramHeap::get().release(Again);
}

TEST(ReachedValueTest, WhereInABlockAPointerLeadsCounts) {
  Vector<int> A = {1, 1, 1};
  const int *P = A.data();
  expectSeen(P, [&] { ++P; });
  expectSeen(P, [&] { P = A.data() + A.size(); });
}

TEST(ReachedValueTest, ARingEnds) {
  struct Node {
    Node *Next;
    int N;
  };
  auto *A = static_cast<Node *>(ProgramHeap::get().allocate(sizeof(Node), 8, nullptr));
  auto *B = static_cast<Node *>(ProgramHeap::get().allocate(sizeof(Node), 8, nullptr));
  *A = {B, 1};
  *B = {A, 2};
  EXPECT_EQ(valueOf(A).blocks(), 2u);
  expectSeen(A, [&] { B->N = 3; });
  ProgramHeap::get().release(A);
  ProgramHeap::get().release(B);
}

TEST(ReachedValueTest, PointersToNowhereAreBytes) {
  uintptr_t Wild[] = {0, 1, 0xdeadbeef, uintptr_t(1) << 46, ~uintptr_t(0)};
  expectSeen(Wild, [&] { Wild[2] += 8; });
  void *Gone = ProgramHeap::get().allocate(100, 1, nullptr);
  ProgramHeap::get().release(Gone);
  EXPECT_EQ(valueOf(Gone).blocks(), 0u);
}

TEST(ReachedValueTest, MoreThanIsAskedForIsNotRead) {
  Vector<char> V(1000);
  EXPECT_TRUE(ReachedValue::of(&V, sizeof V, 1000));
  EXPECT_FALSE(ReachedValue::of(&V, sizeof V, 999));
}

TEST(ReachedValueTest, EachByteOfALargeBlockCounts) {
  Vector<char> V(size_t(3) << 20);
  for (size_t At : {size_t(0), V.size() / 2, V.size() - 1})
    expectSeen(V, [&] { V[At] = 1; });
}

TEST(BlockAtTest, FindsTheBlockOfEachAddressInIt) {
  ProgramHeap &Heap = ProgramHeap::get();
  for (size_t Size : {size_t(1), size_t(16), size_t(48), size_t(1000), size_t(5) << 20}) {
    auto *Block = static_cast<char *>(Heap.allocate(Size, 1, nullptr));
    for (size_t At : {size_t(0), Size / 2, Size}) {
      EXPECT_EQ(Heap.blockAt(Block + At).Start, Block) << Size << " " << At;
      EXPECT_EQ(Heap.blockAt(Block + At).Size, Size);
    }
    EXPECT_EQ(Heap.blockAt(Block - 8).Start, nullptr);
    Heap.release(Block);
    EXPECT_EQ(Heap.blockAt(Block).Start, nullptr);
  }
}

TEST(BlockAtTest, FindsAnAlignedOne) {
  ProgramHeap &Heap = ProgramHeap::get();
  void *Block = Heap.allocate(100, 256, nullptr);
  EXPECT_EQ(Heap.blockAt(Block).Start, Block);
  Heap.release(Block);
}

TEST(BlockAtTest, KnowsNoneElsewhere) {
  int Local = 0;
  EXPECT_EQ(ProgramHeap::get().blockAt(&Local).Start, nullptr);
}

} // namespace
} // namespace nextframe::test
