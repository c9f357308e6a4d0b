//===- WatchTest.h - a temporary folder, and saves step by step -----------===//
//
// What the tests of this room share. No test sleeps: a writer is driven in
// steps by the test's own thread, and wait() is given more time than any
// machine needs. Where nothing must be reported, the test saves one more file
// afterwards and expects that one alone.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_TESTS_UNIT_WATCH_WATCHTEST_H
#define NEXTFRAME_TESTS_UNIT_WATCH_WATCHTEST_H

#include "watch/Watcher.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"

#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace nextframe::test {

using namespace std::chrono_literals;

/// More than any machine needs.
inline constexpr std::chrono::milliseconds Generous = 30s;

/// A file that is being written; each step is one system call.
class Writer {
public:
  explicit Writer(const std::string &Path, int Flags = O_TRUNC)
      : Fd(open(Path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | Flags, 0644)) {
    EXPECT_GE(Fd, 0) << Path;
  }
  ~Writer() { close(); }
  Writer &write(llvm::StringRef Text) {
    EXPECT_EQ(::write(Fd, Text.data(), Text.size()), ssize_t(Text.size()));
    return *this;
  }
  void close() {
    if (Fd >= 0)
      ::close(Fd);
    Fd = -1;
  }

private:
  int Fd;
};

class WatchTest : public testing::Test {
protected:
  /// The test's folder, free of links, and the source folder in it.
  std::string Top, Src;
  std::unique_ptr<Watcher> W;

  void SetUp() override {
    llvm::SmallString<128> Made, Real;
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("nextframe-watch", Made));
    ASSERT_FALSE(llvm::sys::fs::real_path(Made, Real));
    Top = std::string(Real);
    Src = Top + "/src";
    makeFolder(Src);
  }
  void TearDown() override { std::filesystem::remove_all(Top); }

  /// Begins to watch with \p Limits.
  void start(Watcher::Options Limits = {}) {
    auto Made = Watcher::create(Limits);
    ASSERT_TRUE(bool(Made)) << llvm::toString(Made.takeError());
    W = std::move(*Made);
  }
  /// Begins to watch the source folder.
  void startOnSrc(Watcher::Options Limits = {}) {
    start(Limits);
    addTree(Src);
  }
  void addTree(const std::string &Dir) { ASSERT_EQ(llvm::toString(W->addTree(Dir)), ""); }
  void addFile(const std::string &File) { ASSERT_EQ(llvm::toString(W->addFile(File)), ""); }

  static void save(const std::string &Path, llvm::StringRef Text = "int x;\n") {
    Writer(Path).write(Text);
  }
  static void rename(const std::string &From, const std::string &To) {
    ASSERT_EQ(std::rename(From.c_str(), To.c_str()), 0) << From << " " << To;
  }
  static void remove(const std::string &Path) {
    ASSERT_GT(std::filesystem::remove_all(Path), 0u) << Path;
  }
  static void makeFolder(const std::string &Path) { std::filesystem::create_directories(Path); }
  static void link(const std::string &Target, const std::string &Path) {
    ASSERT_EQ(symlink(Target.c_str(), Path.c_str()), 0) << Path;
  }

  using Changes = std::map<std::string, bool>;

  static Changes asMap(const Watcher::Batch &Batch) {
    Changes Result;
    for (const Change &C : Batch.Changes)
      EXPECT_TRUE(Result.emplace(C.Path, C.Exists).second) << "twice: " << C.Path;
    return Result;
  }
  /// The next batch.
  Changes next() {
    const Watcher::Batch Batch = W->wait(Generous);
    EXPECT_FALSE(Batch.Woken);
    EXPECT_TRUE(Batch.Problems.empty());
    EXPECT_FALSE(Batch.Changes.empty()) << "no batch in time";
    return asMap(Batch);
  }
  /// Reads what has happened so far; none of it may have settled yet.
  void step() { EXPECT_EQ(asMap(W->wait(0ms)), Changes()); }
  /// Expects that nothing but the save of a last file is reported.
  void expectNothingMore() {
    const std::string Last = Src + "/last.cpp";
    save(Last, std::string(++Lasts, ' '));
    EXPECT_EQ(next(), (Changes{{Last, true}}));
  }

private:
  unsigned Lasts = 0;
};

} // namespace nextframe::test

#endif // NEXTFRAME_TESTS_UNIT_WATCH_WATCHTEST_H
