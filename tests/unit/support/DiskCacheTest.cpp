// Entries are read as they were written, or not at all.

#include "support/DiskCache.h"

#include "gtest/gtest.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <sys/resource.h>
#include <thread>

using namespace llvm;
using namespace nextframe;

namespace {

class DiskCacheTest : public testing::Test {
protected:
  ~DiskCacheTest() override { (void)sys::fs::remove_directories(Folder); }

  std::string file(StringRef Key) const { return (Folder + "/llvmcache-" + Key).str(); }
  std::string read(StringRef Key) {
    auto Entry = Disk.load(Key);
    return Entry ? Entry->getBuffer().str() : "none";
  }

  static SmallString<128> makeFolder() {
    SmallString<128> Result;
    EXPECT_FALSE(sys::fs::createUniqueDirectory("disk-cache", Result));
    return Result;
  }

  SmallString<128> Folder = makeFolder();
  DiskCache Disk{{Folder.str().str(), {}}};
};

TEST_F(DiskCacheTest, AnEntryIsReadAsItWasWritten) {
  EXPECT_EQ(read("a"), "none");
  Disk.store("a", {"one ", "two"});
  EXPECT_EQ(read("a"), "one two");
  Disk.store("a", {"three"});
  EXPECT_EQ(read("a"), "three");
  Disk.store("empty", {});
  EXPECT_EQ(read("empty"), "");
}

TEST_F(DiskCacheTest, ContentIsAligned) {
  for (size_t Size : {1, 100'000}) {
    Disk.store("a", {std::string(Size, 'x')});
    EXPECT_EQ(reinterpret_cast<uintptr_t>(Disk.load("a")->getBufferStart()) % 16, 0u);
  }
}

TEST_F(DiskCacheTest, ADamagedEntryCountsAsMissing) {
  std::string Content(1000, 'x');
  Disk.store("a", {Content});
  std::string Entry = (*MemoryBuffer::getFile(file("a")))->getBuffer().str();
  auto Put = [&](StringRef Text) {
    std::error_code EC;
    raw_fd_ostream(file("a"), EC) << Text;
  };
  for (size_t I = 0; I != Entry.size(); I += 7) {
    std::string Damaged = Entry;
    Damaged[I] ^= 1;
    Put(Damaged);
    // (24 to 63 are of no use.)
    EXPECT_EQ(read("a"), I >= 24 && I < 64 ? Content : "none") << I;
    Put(StringRef(Entry).take_front(I));
    EXPECT_EQ(read("a"), "none") << I;
  }
  Put(Entry + "x");
  EXPECT_EQ(read("a"), "none");
  Put(Entry);
  EXPECT_EQ(read("a"), Content);
}

TEST_F(DiskCacheTest, WhatWasLoadedStays) {
  Disk.store("a", {std::string(100'000, 'x')});
  auto Entry = Disk.load("a");
  Disk.store("a", {std::string(100'000, 'y')});
  ASSERT_FALSE(sys::fs::remove(file("a")));
  EXPECT_EQ(Entry->getBuffer(), std::string(100'000, 'x'));
}

TEST_F(DiskCacheTest, ManyWritersOfOneEntryLeaveOneOfTheirs) {
  std::vector<std::thread> Writers;
  for (char C : {'a', 'b', 'c', 'd'})
    Writers.emplace_back([&, C] {
      for (int I = 0; I != 50; ++I) {
        Disk.store("shared", {std::string(10'000, C)});
        auto Entry = Disk.load("shared");
        ASSERT_TRUE(Entry);
        StringRef Text = Entry->getBuffer();
        EXPECT_EQ(Text, std::string(10'000, Text[0]));
      }
    });
  for (std::thread &W : Writers)
    W.join();
}

TEST_F(DiskCacheTest, WhatCantBeWrittenIsNotTriedAgain) {
  std::error_code EC;
  raw_fd_ostream((Folder + "/file").str(), EC) << "";
  DiskCache Blocked({(Folder + "/file/cache").str(), {}});
  testing::internal::CaptureStderr();
  Blocked.store("a", {"x"});
  Blocked.store("b", {"x"});
  std::string Said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(StringRef(Said).count("nothing is kept for the next start: " + Folder.str().str()), 1u);
  EXPECT_FALSE(Blocked.load("a"));
}

TEST_F(DiskCacheTest, NoRoomLeavesNothingBehind) {
  // (As a full disk does, so does a limit: the write comes to less than what was asked for.)
  rlimit Old;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &Old), 0);
  rlimit Small = {5000, Old.rlim_max};
  auto Before = signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &Small), 0);
  testing::internal::CaptureStderr();
  Disk.store("a", {std::string(100'000, 'x')});
  Disk.store("b", {"x"});
  std::string Said = testing::internal::GetCapturedStderr();
  setrlimit(RLIMIT_FSIZE, &Old);
  signal(SIGXFSZ, Before);
  EXPECT_EQ(StringRef(Said).count("nothing is kept for the next start"), 1u) << Said;
  std::error_code EC;
  EXPECT_EQ(sys::fs::directory_iterator(Folder, EC), sys::fs::directory_iterator());
}

TEST_F(DiskCacheTest, PruningRemovesWhatIsTooMuch) {
  DiskCache Small({Folder.str().str(),
                   cantFail(parseCachePruningPolicy("prune_interval=0s:cache_size_files=2"))});
  for (StringRef Key : {"a", "b", "c", "d"})
    Small.store(Key, {Key});
  Small.prune();
  int Left = 0;
  for (StringRef Key : {"a", "b", "c", "d"})
    Left += Small.load(Key) != nullptr;
  EXPECT_EQ(Left, 2);
}

TEST(CacheKey, WhereAValueEndsCounts) {
  auto Key = [](std::vector<StringRef> Values) {
    CacheKey K;
    for (StringRef V : Values)
      K << V;
    return K.str();
  };
  EXPECT_EQ(Key({"a", "b"}), Key({"a", "b"}));
  EXPECT_NE(Key({"a", "b"}), Key({"ab"}));
  EXPECT_NE(Key({"a", "b"}), Key({"ab", ""}));
  EXPECT_EQ(Key({}).size(), 32u);
}

} // namespace
