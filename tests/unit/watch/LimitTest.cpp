// The system's limits: a refusal that says what to raise.
//
// The limits are lowered for a child process alone, in a user namespace of its
// own; where the system forbids that, nothing is tested.

#include "WatchTest.h"

#include <cstdlib>
#include <cstring>
#include <sched.h>

namespace nextframe::test {
namespace {

constexpr const char *NoNamespace = "no user namespace here";

class LimitTest : public WatchTest {
protected:
  /// Runs in the child. Leaves it where the limit cannot be lowered.
  static void lower(const char *Limit, const char *Value) {
    const std::string Path = std::string("/proc/sys/user/") + Limit;
    if (unshare(CLONE_NEWUSER) == 0) {
      const int Fd = open(Path.c_str(), O_WRONLY | O_CLOEXEC);
      const ssize_t Length = strlen(Value);
      if (Fd >= 0 && ::write(Fd, Value, Length) == Length && ::close(Fd) == 0)
        return;
    }
    fprintf(stderr, "%s\n", NoNamespace);
    std::_Exit(0);
  }
  static std::string orNoNamespace(const std::string &Expected) {
    return Expected + "|" + NoNamespace;
  }
  void expect(bool Condition, const char *What) {
    if (!Condition)
      fprintf(stderr, "not so: %s\n", What);
    if (!Condition)
      std::_Exit(1);
  }

  void addTreeBeyondTheLimit() {
    lower("max_inotify_watches", "3");
    start();
    llvm::Error Refused = W->addTree(Src);
    expect(bool(Refused), "refused");
    fprintf(stderr, "%s\n", llvm::toString(std::move(Refused)).c_str());
    // Nothing of it is watched, so that another tree has room.
    llvm::Error Small = W->addTree(Src + "/a/b");
    expect(!Small, "the smaller tree has room");
    save(Src + "/a/b/x.cpp");
    expect(asMap(W->wait(Generous)) == Changes{{Src + "/a/b/x.cpp", true}}, "watched");
    std::_Exit(0);
  }

  void makeFoldersBeyondTheLimit() {
    lower("max_inotify_watches", "6");
    startOnSrc();
    for (const char *Name : {"/c", "/d", "/e", "/f"})
      makeFolder(Src + Name);
    const Watcher::Batch Batch = W->wait(Generous);
    expect(Batch.Problems.size() == 1, "told once");
    fprintf(stderr, "%s\n", Batch.Problems[0].c_str());
    save(Src + "/x.cpp"); // The rest goes on.
    expect(asMap(W->wait(Generous)) == Changes{{Src + "/x.cpp", true}}, "goes on");
    std::_Exit(0);
  }

  void createBeyondTheLimit() {
    lower("max_inotify_instances", "0");
    auto Refused = Watcher::create();
    expect(!Refused, "refused");
    fprintf(stderr, "%s\n", llvm::toString(Refused.takeError()).c_str());
    std::_Exit(0);
  }
};

TEST_F(LimitTest, aTreeWithTooManyFolders) {
  makeFolder(Src + "/a/b");
  makeFolder(Src + "/c");
  EXPECT_EXIT(addTreeBeyondTheLimit(), testing::ExitedWithCode(0),
              orNoNamespace("cannot watch .*: .*limit of watched folders.* raise "
                            "fs.inotify.max_user_watches"));
}

TEST_F(LimitTest, newFoldersBeyondTheLimitAreToldOnce) {
  makeFolder(Src + "/a/b");
  EXPECT_EXIT(makeFoldersBeyondTheLimit(), testing::ExitedWithCode(0),
              orNoNamespace("cannot watch .*fs.inotify.max_user_watches"));
}

TEST_F(LimitTest, noQueueLeft) {
  EXPECT_EXIT(createBeyondTheLimit(), testing::ExitedWithCode(0),
              orNoNamespace(
                  "cannot watch files: no inotify queue is left .*fs.inotify.max_user_instances"));
}

} // namespace
} // namespace nextframe::test
