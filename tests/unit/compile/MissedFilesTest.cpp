//===- MissedFilesTest.cpp - The files that a compile looked for in vain --===//

#include "compile/MissedFiles.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace nextframe;
using testing::UnorderedElementsAre;

namespace {

IntrusiveRefCntPtr<MissedFiles> emptyDisk() {
  return makeIntrusiveRefCnt<MissedFiles>(makeIntrusiveRefCnt<vfs::InMemoryFileSystem>());
}

TEST(MissedFiles, KeepsWhatIsNotThere) {
  auto Memory = makeIntrusiveRefCnt<vfs::InMemoryFileSystem>();
  Memory->addFile("/src/here.h", 0, MemoryBuffer::getMemBuffer(""));
  MissedFiles Files(Memory);
  EXPECT_TRUE(Files.status("/src/here.h"));
  EXPECT_FALSE(Files.status("/usr/include/library.h"));
  EXPECT_FALSE(Files.openFileForRead("/src/missing.h"));
  EXPECT_THAT(Files.missed({}, {}),
              UnorderedElementsAre("/usr/include/library.h", "/src/missing.h"));
}

TEST(MissedFiles, NamesFilesInFoldersThatAreNotThere) {
  auto Files = emptyDisk();
  EXPECT_FALSE(Files->status("/src/library/part"));
  StringSet<> Included{"library/part/a.h", "part/b.h", "art/c.h", "other/d.h", "e.h"};
  EXPECT_THAT(Files->missed(Included, {}),
              UnorderedElementsAre("/src/library/part", "/src/library/part/a.h",
                                   "/src/library/part/b.h"));
}

TEST(MissedFiles, NamesFilesInSearchPathsThatAreNotThere) {
  auto Files = emptyDisk();
  EXPECT_FALSE(Files->status("../outside"));
  StringSet<> Included{"a.h"};
  EXPECT_THAT(Files->missed(Included, {"../outside", "../elsewhere"}),
              UnorderedElementsAre("../outside", "../outside/a.h"));
}

} // namespace
