// Which names decide what a path means.

#include "WatchTest.h"

#include "watch/Route.h"

namespace nextframe::test {
namespace {

class RouteTest : public WatchTest {
protected:
  using Hops = llvm::SmallVector<Hop, 2>;
};

TEST_F(RouteTest, aPlainFileHasOneHop) {
  EXPECT_EQ(routeOf(Src + "/a.h"), (Hops{{Src, "a.h"}}));
  save(Src + "/a.h");
  EXPECT_EQ(routeOf(Src + "/./a.h"), (Hops{{Src, "a.h"}}));
  EXPECT_EQ(routeOf(Src + "/../src//a.h"), (Hops{{Src, "a.h"}}));
}

TEST_F(RouteTest, everyLinkIsAHop) {
  makeFolder(Top + "/v1");
  save(Top + "/v1/real.h");
  link("v1", Top + "/current");
  link(Top + "/current/real.h", Src + "/a.h");
  EXPECT_EQ(routeOf(Src + "/a.h"), (Hops{{Src, "a.h"}, {Top, "current"}, {Top + "/v1", "real.h"}}));
}

TEST_F(RouteTest, endsAtWhatIsMissing) {
  EXPECT_EQ(routeOf(Top + "/no/such/a.h"), (Hops{{Top, "no"}}));
  save(Top + "/no");
  EXPECT_EQ(routeOf(Top + "/no/such/a.h"), (Hops{{Top, "no"}}));
  link("nowhere/x.h", Src + "/a.h");
  EXPECT_EQ(routeOf(Src + "/a.h"), (Hops{{Src, "a.h"}, {Src, "nowhere"}}));
}

TEST_F(RouteTest, aLoopOfLinksEnds) {
  link("b", Src + "/a");
  link("a", Src + "/b");
  EXPECT_FALSE(routeOf(Src + "/a").empty());
}

} // namespace
} // namespace nextframe::test
