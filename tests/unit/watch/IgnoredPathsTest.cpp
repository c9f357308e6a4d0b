// Which folders and files below a source folder are left out.

#include "WatchTest.h"

#include "support/IgnoredPaths.h"

namespace nextframe::test {
namespace {

TEST(IgnoredFile, leavesOutWhatEditorsAndBuildsLeaveBehind) {
  for (const char *Name : {"", ".foo.cpp.swp", ".#foo.cpp", "#foo.cpp#", "foo.cpp~", "4913", "5036",
                           "foo.cpp___jb_tmp___", "foo.cpp___jb_old___", "foo.cpp-1a2b.tmp",
                           "foo.o", "libfoo.a", "libfoo.so"})
    EXPECT_TRUE(isIgnoredFile(Name)) << Name;
}

TEST(IgnoredFile, leavesOutWhatAProgramWrites) {
  for (const char *Name : {"game.log", "save.dat", "shot.png", "notes.txt", "core", "a.json"})
    EXPECT_TRUE(isIgnoredFile(Name)) << Name;
}

TEST(IgnoredFile, keepsSourcesHeadersAndDatabases) {
  for (const char *Name : {"a.c", "a.cpp", "a.cc", "a.cxx", "4913.cpp", "a.h", "a.hpp", "#a.h",
                           "a.inc", "compile_flags.txt", "compile_commands.json"})
    EXPECT_FALSE(isIgnoredFile(Name)) << Name;
}

TEST(IgnoredDirectory, judgesTheLastNameOnly) {
  for (const char *Name :
       {".git", "build", "out", "node_modules", "CMakeFiles", "cmake-build-debug"})
    EXPECT_TRUE(isIgnoredDirectory(std::string("/a/") + Name)) << Name;
  for (const char *Name : {"src", "builder", "build2", "outer", "cmake"})
    EXPECT_FALSE(isIgnoredDirectory(std::string("/.a/build/") + Name)) << Name;
}

class IgnoredDirectoryOnDisk : public WatchTest {};

TEST_F(IgnoredDirectoryOnDisk, leavesOutFoldersWithACMakeCache) {
  EXPECT_FALSE(isIgnoredDirectory(Src));
  save(Src + "/CMakeCache.txt");
  EXPECT_TRUE(isIgnoredDirectory(Src));
}

} // namespace
} // namespace nextframe::test
