// Trees and files behind symbolic links.

#include "WatchTest.h"

namespace nextframe::test {
namespace {

class LinkTest : public WatchTest {};

TEST_F(LinkTest, aLinkAsTree) {
  link("src", Top + "/by-link");
  save(Src + "/1.cpp");
  start();
  addTree(Top + "/by-link/");
  save(Src + "/1.cpp", "new text");
  EXPECT_EQ(next(), (Changes{{Top + "/by-link/1.cpp", true}}));
  save(Top + "/by-link/2.cpp");
  EXPECT_EQ(next(), (Changes{{Top + "/by-link/2.cpp", true}}));
}

TEST_F(LinkTest, theTreesLinkPointedElsewhere) {
  makeFolder(Top + "/v1");
  makeFolder(Top + "/v2");
  save(Top + "/v1/a.cpp", "one");
  save(Top + "/v1/b.cpp");
  save(Top + "/v2/a.cpp", "another");
  link("v1", Top + "/current");
  startOnSrc();
  addTree(Top + "/current");
  link("v2", Top + "/.next");
  rename(Top + "/.next", Top + "/current");
  EXPECT_EQ(next(), (Changes{{Top + "/current/a.cpp", true}, {Top + "/current/b.cpp", false}}));
  save(Top + "/v1/a.cpp"); // Nobody's any more.
  expectNothingMore();
  save(Top + "/v2/a.cpp");
  EXPECT_EQ(next(), (Changes{{Top + "/current/a.cpp", true}}));
}

TEST_F(LinkTest, aLinkedFolderInTheTree) {
  makeFolder(Top + "/lib");
  save(Top + "/lib/l.h");
  link("../lib", Src + "/lib");
  startOnSrc();
  save(Top + "/lib/l.h", "new text");
  EXPECT_EQ(next(), (Changes{{Src + "/lib/l.h", true}}));
  remove(Top + "/lib");
  EXPECT_EQ(next(), (Changes{{Src + "/lib/l.h", false}}));
  makeFolder(Top + "/lib");
  save(Top + "/lib/m.h");
  EXPECT_EQ(next(), (Changes{{Src + "/lib/m.h", true}}));
  remove(Src + "/lib"); // The link alone.
  EXPECT_EQ(next(), (Changes{{Src + "/lib/m.h", false}}));
  save(Top + "/lib/m.h");
  expectNothingMore();
}

TEST_F(LinkTest, aFolderUnderTwoNamesIsReportedUnderBoth) {
  makeFolder(Src + "/a");
  link("a", Src + "/b");
  startOnSrc();
  save(Src + "/a/x.h");
  EXPECT_EQ(next(), (Changes{{Src + "/a/x.h", true}, {Src + "/b/x.h", true}}));
}

TEST_F(LinkTest, linksThatLeadBackEnd) {
  makeFolder(Src + "/a");
  makeFolder(Top + "/c");
  link("..", Src + "/a/up");
  link("/", Src + "/a/root");
  link("../c", Src + "/c");
  link("../src", Top + "/c/back");
  startOnSrc();
  save(Src + "/a/x.cpp");
  EXPECT_EQ(next(), (Changes{{Src + "/a/x.cpp", true}}));
  save(Top + "/c/y.cpp");
  EXPECT_EQ(next(), (Changes{{Src + "/c/y.cpp", true}}));
}

TEST_F(LinkTest, aLinkedFileSavedThroughTheLinkOrAtItsTarget) {
  makeFolder(Top + "/v1");
  save(Top + "/v1/real.h");
  link("v1", Top + "/current");
  link("../current/real.h", Src + "/a.h");
  startOnSrc();
  save(Src + "/a.h", "through the link");
  EXPECT_EQ(next(), (Changes{{Src + "/a.h", true}}));
  save(Top + "/v1/real.h", "at its target");
  EXPECT_EQ(next(), (Changes{{Src + "/a.h", true}}));
  save(Top + "/v1/tmp.h");
  rename(Top + "/v1/tmp.h", Top + "/v1/real.h");
  EXPECT_EQ(next(), (Changes{{Src + "/a.h", true}}));
  save(Top + "/v1/unrelated.h");
  expectNothingMore();
}

TEST_F(LinkTest, aLinkOnTheWayPointedElsewhere) {
  makeFolder(Top + "/v1");
  makeFolder(Top + "/v2");
  save(Top + "/v1/real.h");
  save(Top + "/v2/real.h");
  link("v1", Top + "/current");
  link("../current/real.h", Src + "/a.h");
  startOnSrc();
  link("v2", Top + "/.next");
  rename(Top + "/.next", Top + "/current");
  EXPECT_EQ(next(), (Changes{{Src + "/a.h", true}}));
  save(Top + "/v1/real.h", "nobody's any more");
  expectNothingMore();
  save(Top + "/v2/real.h");
  EXPECT_EQ(next(), (Changes{{Src + "/a.h", true}}));
}

TEST_F(LinkTest, aDanglingLinkWhoseTargetAppears) {
  link("../late/real.h", Src + "/a.h");
  startOnSrc();
  expectNothingMore();
  makeFolder(Top + "/late");
  save(Top + "/late/real.h");
  EXPECT_EQ(next(), (Changes{{Src + "/a.h", true}}));
  remove(Top + "/late");
  EXPECT_EQ(next(), (Changes{{Src + "/a.h", false}}));
}

TEST_F(LinkTest, aFileReplacedByALinkAndBack) {
  save(Src + "/a.h");
  save(Top + "/real.h");
  startOnSrc();
  remove(Src + "/a.h");
  link("../real.h", Src + "/a.h");
  EXPECT_EQ(next(), (Changes{{Src + "/a.h", true}}));
  save(Top + "/real.h");
  EXPECT_EQ(next(), (Changes{{Src + "/a.h", true}}));
  remove(Src + "/a.h");
  save(Src + "/a.h");
  EXPECT_EQ(next(), (Changes{{Src + "/a.h", true}}));
  save(Top + "/real.h");
  expectNothingMore();
}

} // namespace
} // namespace nextframe::test
