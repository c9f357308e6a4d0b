// Objects that an earlier start has made are found where all that they are made of is the
// same, and work like those that were made just now.

#include "link/ObjectCache.h"
#include "LinkTest.h"

#include "llvm/Support/FileSystem.h"

#include <set>

using namespace llvm;
using namespace nextframe;
using namespace nextframe::test;

namespace {

constexpr StringLiteral Text = R"(
  define i32 @answer() {
    ret i32 42
  }
  define i32 @twice() {
    %1 = call i32 @answer()
    %2 = call i32 @other()
    %3 = add i32 %1, %2
    ret i32 %3
  }
  declare i32 @other()
  define i32 @other.in.a() {
    ret i32 0
  }
)";

class ObjectCacheTest : public LinkTest {
protected:
  ~ObjectCacheTest() override { (void)sys::fs::remove_directories(Folder); }

  static SmallString<128> makeFolder() {
    SmallString<128> Result;
    EXPECT_FALSE(sys::fs::createUniqueDirectory("object-cache", Result));
    return Result;
  }

  /// Starts anew, with \p Functions of Text.
  LinkedCode start(std::vector<std::string> Functions) {
    Link = cantFail(Linker::create(*Libs, Prebuilt(), Trace));
    Link->useCache(Disk);
    Gen = 0;
    return link(Text, std::move(Functions), true);
  }
  static int call(const LinkedCode &Linked, StringRef Function) {
    return reinterpret_cast<int (*)()>(Linked.Addresses.lookup(Function))();
  }

  SmallString<128> Folder = makeFolder();
  DiskCache Disk{{Folder.str().str(), {}}};
};

TEST_F(ObjectCacheTest, ASecondStartGeneratesNothing) {
  LinkedCode First = start({"answer"});
  EXPECT_EQ(First.Generated, 2u) << "the code and the entries";
  EXPECT_EQ(call(First, "answer"), 42);
  LinkedCode Second = start({"answer"});
  EXPECT_EQ(Second.Generated, 0u);
  EXPECT_EQ(call(Second, "answer"), 42);
  EXPECT_EQ(bodyAt(Second.Addresses.lookup("answer")), "none") << "it is the entry's";
}

TEST_F(ObjectCacheTest, OtherFunctionsAreOtherObjects) {
  start({"answer"});
  EXPECT_EQ(start({"answer", "other.in.a"}).Generated, 2u);
  EXPECT_EQ(start({"answer"}).Generated, 0u);
}

TEST_F(ObjectCacheTest, OnlyTheStartIsKept) {
  start({"answer"});
  EXPECT_EQ(link(Text, {"answer"}, false).Generated, 1u);
  start({"answer"});
  EXPECT_EQ(link(Text, {"answer"}, false).Generated, 1u) << "a reload's objects are made anew";
}

TEST_F(ObjectCacheTest, TheKeyCoversAllThatAnObjectIsMadeOf) {
  ObjectCache Cache(Disk);
  auto Unit = std::make_shared<CompiledUnit>(*unit(Text));
  Unit->Facts.Symbols = {"other"};
  LinkRequest Request;
  LinkSlice Slice{Unit, {"twice"}, {{"v", "v"}}, {{"v", "v.v0"}}};
  StringSet<> Entries;
  using Part = ObjectCache::Part;
  auto Key = [&](Part What) { return Cache.keyOf(Slice, What, Entries, Cache.keyOf(Request)); };
  std::set<std::string> Keys;
  auto AllDiffer = [&](ArrayRef<Part> Parts) {
    for (Part What : Parts)
      EXPECT_TRUE(Keys.insert(Key(What)).second);
  };
  auto Everything = {Part::Code, Part::Data, Part::InitialContents};
  AllDiffer(Everything);
  Entries.insert("other");
  AllDiffer({Part::Code});
  Entries.insert("unknown to the unit");
  EXPECT_FALSE(Keys.insert(Key(Part::Code)).second);
  Slice.Functions.push_back("answer");
  AllDiffer({Part::Code});
  Slice.Data.push_back({"w", "w"});
  AllDiffer({Part::Data});
  Slice.InitialContents.front().Symbol = "v.v1";
  AllDiffer({Part::InitialContents});
  Request.Homes["v"] = "v.moved";
  AllDiffer(Everything);
  Request.VTables["_ZTV1A"] = {{{2, 3}}, {{2, 5}}};
  AllDiffer(Everything);
  Request.VTables["_ZTV1A"].Room[0].After = 6;
  AllDiffer(Everything);
  Unit->OptLevel = 2;
  AllDiffer(Everything);
  Unit->Bitcode.push_back(0);
  AllDiffer(Everything);
}

} // namespace
