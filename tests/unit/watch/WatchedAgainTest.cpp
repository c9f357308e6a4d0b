// A folder that is watched already is asked for again, for each file in it that
// is followed, while a file in it is being saved: no event may be lost by it.

#include "WatchTest.h"

#include "watch/FolderEvents.h"

#include <atomic>
#include <thread>

namespace nextframe::test {
namespace {

class WatchedAgainTest : public WatchTest {};

TEST_F(WatchedAgainTest, EverySaveIsHeardToItsEnd) {
  // Where the second watch() replaces the mask, some are lost: 1 to 38 in three runs.
  constexpr unsigned Saves = 15'000;
  auto Events = FolderEvents::create();
  ASSERT_TRUE(bool(Events)) << llvm::toString(Events.takeError());
  ASSERT_TRUE(bool((*Events)->watch(Src)));

  std::atomic<unsigned> Heard{0};
  std::atomic<bool> Done{false};
  std::thread Saver([&] {
    for (unsigned I = 0; I < Saves; ++I) {
      save(Src + "/a.cpp", "x");
      while (I - Heard.load() > 1'000 && I > Heard.load()) // The queue is not endless.
        std::this_thread::yield();
    }
    Done = true;
  });
  std::vector<FolderEvent> Read;
  auto Count = [&] {
    Read.clear();
    (*Events)->read(Read);
    for (const FolderEvent &E : Read) {
      EXPECT_NE(E.What, FolderEvent::Kind::Overflow);
      Heard += E.What == FolderEvent::Kind::Closed;
    }
  };
  while (!Done) {
    for (unsigned I = 0; I < 100; ++I)
      EXPECT_TRUE(bool((*Events)->watch(Src)));
    Count();
  }
  Saver.join();
  Count();
  EXPECT_EQ(Heard, Saves);
}

} // namespace
} // namespace nextframe::test
