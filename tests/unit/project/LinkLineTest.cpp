// What a link line names.

#include "project/LinkLine.h"
#include "support/ObjectPaths.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace nextframe {

void PrintTo(const LinkInput &Input, std::ostream *OS) { *OS << Input.What << ' ' << Input.Name; }

namespace test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

LinkLine parse(std::vector<std::string> Args) { return parseLinkLine(Args, "/build"); }

TEST(LinkLineTest, LibrariesAndTheirFolders) {
  LinkLine Line = parse({"-lm", "-l", "GL", "-L/opt/lib", "-L", "lib", "-l:libx.a"});
  EXPECT_THAT(Line.Inputs,
              ElementsAre(LinkInput{LinkInput::Library, "m"}, LinkInput{LinkInput::Library, "GL"},
                          LinkInput{LinkInput::Library, ":libx.a"}));
  EXPECT_THAT(Line.Dirs, ElementsAre("/opt/lib", "/build/lib"));
}

TEST(LinkLineTest, FilesAreToldByTheirEndingAndRelativeToTheBuild) {
  LinkLine Line = parse({"liba.a", "../b.o", "/usr/lib/libc.so.6", "sub/libd.so"});
  EXPECT_THAT(Line.Inputs, ElementsAre(LinkInput{LinkInput::Archive, "/build/liba.a"},
                                       LinkInput{LinkInput::Object, "/b.o"},
                                       LinkInput{LinkInput::SharedFile, "/usr/lib/libc.so.6"},
                                       LinkInput{LinkInput::SharedFile, "/build/sub/libd.so"}));
}

TEST(LinkLineTest, WholeArchivesInEachOfTheirSpellings) {
  for (std::vector<std::string> Args :
       {std::vector<std::string>{"-Wl,--whole-archive", "a.a", "-Wl,--no-whole-archive", "b.a"},
        {"-Wl,--push-state,--whole-archive", "a.a", "-Wl,--pop-state", "b.a"},
        {"-Wl,--whole-archive,a.a,--no-whole-archive", "b.a"}})
    EXPECT_THAT(parse(Args).Inputs, ElementsAre(LinkInput{LinkInput::WholeArchive, "/build/a.a"},
                                                LinkInput{LinkInput::Archive, "/build/b.a"}));
}

TEST(LinkLineTest, WhatIsNamedTwiceIsLinkedOnce) {
  EXPECT_THAT(parse({"a.a", "b.a", "a.a"}).Inputs,
              ElementsAre(LinkInput{LinkInput::Archive, "/build/a.a"},
                          LinkInput{LinkInput::Archive, "/build/b.a"}));
  EXPECT_THAT(parse({"a.a", "-Wl,--whole-archive", "a.a"}).Inputs,
              ElementsAre(LinkInput{LinkInput::WholeArchive, "/build/a.a"}));
}

TEST(LinkLineTest, WhatOnlyTellsTheLinkerHowIsLeftOut) {
  EXPECT_THAT(
      parse({"-Wl,-rpath,/x/liba.so", "-pthread", "-O2", "-Wl,--as-needed", "-rdynamic", "-l"})
          .Inputs,
      IsEmpty());
}

TEST(LinkLineTest, WhetherTheProgramShowsItsSymbols) {
  EXPECT_FALSE(parse({"a.o", "-lm"}).ExportsSymbols);
  EXPECT_TRUE(parse({"-rdynamic"}).ExportsSymbols);
  EXPECT_TRUE(parse({"-Wl,-z,now,--export-dynamic"}).ExportsSymbols);
  EXPECT_TRUE(parse({"-Wl,-E"}).ExportsSymbols);
}

TEST(ObjectPathsTest, TheTargetIsInThePath) {
  EXPECT_EQ(targetOfOutput("/b/CMakeFiles/game.dir/src/a.cpp.o"), "game");
  EXPECT_EQ(targetOfOutput("/b/sub/CMakeFiles/my.lib.dir/__/a.c.o"), "my.lib");
  EXPECT_EQ(targetOfOutput("/b/game.p/src_a.cpp.o"), "game");
  EXPECT_EQ(targetOfOutput("/b/x.dir/a.o"), "");
  EXPECT_EQ(targetOfOutput("/b/a.o"), "");
  EXPECT_EQ(targetOfOutput(""), "");
}

} // namespace
} // namespace test
} // namespace nextframe
