// What the cache has of a compile is what the compile returns, and it is found only where
// everything is as it was.

#include "compile/UnitCache.h"
#include "ir/UnitFile.h"

#include "gtest/gtest.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace nextframe;

namespace {

class UnitCacheTest : public testing::Test {
protected:
  UnitCacheTest() {
    write("types.h", "struct Shape { virtual ~Shape() {} virtual int area() const = 0; };\n"
                     "template <typename T> T twice(T V) { return V + V; }\n");
    write("a.cpp", R"cpp(
#include "types.h"
struct Square : Shape {
  int Side = 2;
  int area() const override { return Side * Side; }
};
static int count = twice(3);
extern "C" int used() { return count; }
extern "C" int alias() __attribute__((alias("used")));
__attribute__((destructor)) static void end() { count = 0; }
int lines() {
  static int Calls = __LINE__;
  auto Add = [&](int N) { return Calls + N; };
  int Unused;
  return Add(1) + Square().area();
}
const char *text() { return "text"; }
)cpp");
  }
  ~UnitCacheTest() override { (void)sys::fs::remove_directories(Folder); }

  std::string path(StringRef Name) const { return (Folder + "/" + Name).str(); }
  void write(StringRef Name, StringRef Text) {
    std::error_code EC;
    raw_fd_ostream(path(Name), EC) << Text;
    ASSERT_FALSE(EC);
  }

  CompileJob job(std::vector<std::string> Flags = {}, uint32_t Id = 3) const {
    CompileJob Job{UnitId{Id}, "a.cpp", "a.cpp", {}};
    Job.Command.Directory = Folder.str().str();
    Job.Command.File = path("a.cpp");
    Job.Command.Arguments = {"clang++", "-std=c++20", "-O1", "-g", "-Wall"};
    Job.Command.Arguments.insert(Job.Command.Arguments.end(), Flags.begin(), Flags.end());
    Job.Command.Arguments.push_back(Job.Command.File);
    return Job;
  }
  CompileResult compile(const CompileJob &Job) { return Compiler(How).compile(Job, Texts, {}); }
  std::optional<CompileResult> find(const CompileJob &Job) {
    FilesNow Now(Texts);
    return UnitCache(Disk, How).find(Job, Now);
  }
  void keep(const CompileJob &Job) { UnitCache(Disk, How).keep(Job, compile(Job)); }

  static SmallString<128> makeFolder() {
    SmallString<128> Result;
    EXPECT_FALSE(sys::fs::createUniqueDirectory("unit-cache", Result));
    return Result;
  }

  SmallString<128> Folder = makeFolder();
  Compiler::Options How{"", false};
  TextOverlay Texts;
  DiskCache Disk{{path("cache"), {}}};
};

void expectSame(const CompileResult &A, const CompileResult &B) {
  ASSERT_TRUE(A.Unit);
  ASSERT_TRUE(B.Unit);
  // (UnitFileTest.cpp shows that this is all there is to a unit.)
  EXPECT_EQ(writeUnit(*A.Unit), writeUnit(*B.Unit));
  EXPECT_EQ(A.Unit->bitcode().getBuffer(), B.Unit->bitcode().getBuffer());
  EXPECT_EQ(A.Unit->bitcode().getBufferIdentifier(), B.Unit->bitcode().getBufferIdentifier());
  EXPECT_EQ(A.Unit->Index.Rest, B.Unit->Index.Rest);
  EXPECT_EQ(A.Rendered, B.Rendered);
  ASSERT_EQ(A.Diagnostics.size(), B.Diagnostics.size());
  for (auto [X, Y] : zip(A.Diagnostics, B.Diagnostics))
    EXPECT_EQ(std::tie(X.Severity, X.File, X.Line, X.Column, X.Message),
              std::tie(Y.Severity, Y.File, Y.Line, Y.Column, Y.Message));
  EXPECT_EQ(A.FilesRead, B.FilesRead);
}

TEST_F(UnitCacheTest, AHitIsWhatACompileReturns) {
  EXPECT_FALSE(find(job()));
  CompileResult Compiled = compile(job());
  ASSERT_TRUE(Compiled.Unit) << Compiled.Rendered;
  EXPECT_EQ(Compiled.Diagnostics.size(), 1u) << "the warning";
  EXPECT_FALSE(Compiled.Unit->Facts.Records.empty());
  EXPECT_FALSE(Compiled.Unit->Siblings.empty());
  UnitCache(Disk, How).keep(job(), Compiled);
  auto Found = find(job());
  ASSERT_TRUE(Found);
  expectSame(*Found, Compiled);
  expectSame(*Found, compile(job()));
}

TEST_F(UnitCacheTest, AnotherNumberOfTheUnitIsTaken) {
  keep(job({}, 3));
  auto Found = find(job({}, 5));
  ASSERT_TRUE(Found);
  EXPECT_EQ(Found->Unit->Id, UnitId{5});
}

TEST_F(UnitCacheTest, WhatIsReadCounts) {
  keep(job());
  write("types.h", "struct Shape { virtual ~Shape() {} virtual int area() const = 0; };\n"
                   "template <typename T> T twice(T V) { return V * 2; }\n");
  EXPECT_FALSE(find(job()));
  ASSERT_FALSE(sys::fs::remove(path("types.h")));
  EXPECT_FALSE(find(job()));
}

TEST_F(UnitCacheTest, WhatIsSavedCountsMoreThanTheDisk) {
  keep(job());
  Texts[path("types.h")] = std::make_shared<const std::string>("struct Shape;\n");
  EXPECT_FALSE(find(job()));
}

TEST_F(UnitCacheTest, WhatIsLookedForCounts) {
  ASSERT_FALSE(sys::fs::create_directory(path("before")));
  write("a.cpp", "#if __has_include(<later.h>)\nint f() { return 1; }\n#else\n"
                 "int f() { return 2; }\n#endif\n");
  CompileJob Job = job({"-I" + path("before"), "-I" + path("not-there")});
  keep(Job);
  EXPECT_TRUE(find(Job));
  write("before/later.h", "");
  EXPECT_FALSE(find(Job));
  ASSERT_FALSE(sys::fs::remove(path("before/later.h")));
  EXPECT_TRUE(find(Job));
  ASSERT_FALSE(sys::fs::create_directory(path("not-there")));
  EXPECT_FALSE(find(Job)) << "a folder of the search path has appeared";
}

TEST_F(UnitCacheTest, FlagsCount) {
  keep(job());
  EXPECT_FALSE(find(job({"-DX"})));
  CompileJob Elsewhere = job();
  Elsewhere.Command.Directory = "/";
  EXPECT_FALSE(find(Elsewhere));
  CompileJob Renamed = job();
  Renamed.LocalTo = "b.cpp";
  EXPECT_FALSE(find(Renamed));
  EXPECT_TRUE(find(job()));
}

TEST_F(UnitCacheTest, SeveralStatesAreKept) {
  keep(job());
  write("a.cpp", "int other() { return 1; }\n");
  keep(job());
  auto Other = find(job());
  ASSERT_TRUE(Other);
  EXPECT_EQ(Other->Unit->Facts.Functions.size(), 1u);
}

TEST_F(UnitCacheTest, TheTimeOfDayIsNotKept) {
  for (const char *Macro : {"__TIME__", "__DATE__", "__TIMESTAMP__"}) {
    write("a.cpp", ("const char *when() { return " + Twine(Macro) + "; }\n").str());
    EXPECT_TRUE(compile(job()).DependsOnMore) << Macro;
    keep(job());
    EXPECT_FALSE(find(job())) << Macro;
  }
}

TEST_F(UnitCacheTest, AFileThatIsNotIncludedIsNotKept) {
  write("list.txt", "[cfi]\nsrc:*\n");
  CompileJob Job = job({"-fsanitize=undefined", "-fsanitize-trap=undefined",
                        "-fsanitize-ignorelist=" + path("list.txt")});
  EXPECT_TRUE(compile(Job).DependsOnMore);
  EXPECT_FALSE(compile(job()).DependsOnMore);
}

TEST_F(UnitCacheTest, ErrorsAreNotKept) {
  write("a.cpp", "int f() { return missing; }\n");
  keep(job());
  EXPECT_FALSE(find(job()));
}

} // namespace
