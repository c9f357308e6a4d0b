// Memory that was never touched is told from memory that was.

#include "support/UntouchedPages.h"

#include "gtest/gtest.h"

#include <sys/mman.h>

namespace nextframe::test {
namespace {

TEST(UntouchedPagesTest, APageIsUntouchedUntilItIsWritten) {
  constexpr size_t Page = 4096, Size = 64 * Page;
  void *Memory = mmap(nullptr, Size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(Memory, MAP_FAILED);
  madvise(Memory, Size, MADV_NOHUGEPAGE);
  auto At = reinterpret_cast<uintptr_t>(Memory);
  bool Knows = UntouchedPages().cover(At, Size);
  static_cast<volatile char *>(Memory)[10 * Page] = 1;
  UntouchedPages Now;
  EXPECT_FALSE(Now.cover(At, Size));
  EXPECT_FALSE(Now.cover(At + 10 * Page + 100, 1));
  EXPECT_EQ(Now.cover(At, 10 * Page), Knows);
  EXPECT_FALSE(Now.cover(At, 10 * Page + 1));
  EXPECT_EQ(Now.cover(At + 11 * Page, Page), Knows);
  munmap(Memory, Size);
}

TEST(UntouchedPagesTest, MemoryInUseIsNot) {
  char OnStack[100] = {1};
  EXPECT_FALSE(UntouchedPages().cover(reinterpret_cast<uintptr_t>(OnStack), sizeof OnStack));
}

} // namespace
} // namespace nextframe::test
