// Which translation units there are, and what each reads.

#include "project/Project.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace nextframe::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

class ProjectTest : public testing::Test {
protected:
  std::string Top, Src;

  void SetUp() override {
    llvm::SmallString<128> Made, Real;
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("nextframe-project", Made));
    ASSERT_FALSE(llvm::sys::fs::real_path(Made, Real));
    Top = std::string(Real);
    Src = Top + "/src";
    std::filesystem::create_directories(Src);
  }
  void TearDown() override { std::filesystem::remove_all(Top); }

  void save(const std::string &File) {
    std::filesystem::path Path = Src + "/" + File;
    std::filesystem::create_directories(Path.parent_path());
    std::ofstream(Path) << "int x;\n";
  }
  void remove(const std::string &File) { std::filesystem::remove_all(Src + "/" + File); }

  Project scan() {
    llvm::Expected<Project> P = Project::scan(Src);
    if (!P) {
      ADD_FAILURE() << llvm::toString(P.takeError());
      std::abort();
    }
    return std::move(*P);
  }
  /// The error of a scan of \p Dir.
  static std::string error(const std::string &Dir) {
    llvm::Expected<Project> P = Project::scan(Dir);
    return P ? "" : llvm::toString(P.takeError());
  }
  static Names files(llvm::ArrayRef<SourceUnit> Units) {
    Names Result;
    for (const SourceUnit &U : Units)
      Result.push_back(U.File);
    return Result;
  }
  static UnitId idOf(const Project &P, llvm::StringRef File) {
    for (const SourceUnit &U : P.units())
      if (U.File == File)
        return U.Id;
    ADD_FAILURE() << "no unit " << File.str();
    return UnitId{};
  }
};

//===----------------------------------------------------------------------===//
// Scan
//===----------------------------------------------------------------------===//

TEST_F(ProjectTest, SourcesOfCAndCxxAreUnits) {
  for (const char *File :
       {"a.c", "b.cc", "c.cpp", "d.cxx", "e.h", "f.hpp", "g.txt", "h.C", "i", "j.cpp.orig"})
    save(File);
  EXPECT_THAT(files(scan().units()), ElementsAre("a.c", "b.cc", "c.cpp", "d.cxx"));
}

TEST_F(ProjectTest, UnitsAreInTheOrderOfTheirNames) {
  for (const char *File : {"z.cpp", "b/z.cpp", "a.cpp", "b.cpp", "b/a.cpp"})
    save(File);
  EXPECT_THAT(files(scan().units()), ElementsAre("a.cpp", "b.cpp", "b/a.cpp", "b/z.cpp", "z.cpp"));
}

TEST_F(ProjectTest, PathsAreAsTheFolderWasSpelled) {
  save("dir/a.cpp");
  Project P = scan();
  EXPECT_EQ(P.sourceDir(), Src);
  EXPECT_EQ(P.units()[0].Path, Src + "/dir/a.cpp");
}

TEST_F(ProjectTest, BuildAndHiddenFoldersAreLeftOut) {
  for (const char *File :
       {"a.cpp", "build/b.cpp", ".git/c.cpp", "cmake-build-debug/d.cpp", "out/e.cpp",
        "other/CMakeCache.txt", "other/f.cpp", "deep/build/g.cpp", ".hidden.cpp"})
    save(File);
  EXPECT_THAT(files(scan().units()), ElementsAre("a.cpp"));
}

TEST_F(ProjectTest, TheSourceFolderItselfMayHaveAnyName) {
  Src = Top + "/.hidden/build";
  save("a.cpp");
  EXPECT_THAT(files(scan().units()), ElementsAre("a.cpp"));
}

TEST_F(ProjectTest, WhatOnlyLooksLikeASourceIsLeftOut) {
  save("a.cpp");
  std::filesystem::create_directories(Src + "/folder.cpp");
  ASSERT_EQ(symlink("nowhere", (Src + "/dangling.cpp").c_str()), 0);
  ASSERT_EQ(mkfifo((Src + "/fifo.cpp").c_str(), 0600), 0);
  EXPECT_THAT(files(scan().units()), ElementsAre("a.cpp"));
}

TEST_F(ProjectTest, ALinkToAFileIsASource) {
  save("../elsewhere.cpp");
  ASSERT_EQ(symlink("../elsewhere.cpp", (Src + "/a.cpp").c_str()), 0);
  EXPECT_THAT(files(scan().units()), ElementsAre("a.cpp"));
}

TEST_F(ProjectTest, ALinkToAFolderAboveDoesNotRepeatTheSources) {
  save("a.cpp");
  save("dir/b.cpp");
  ASSERT_EQ(symlink("..", (Src + "/dir/up").c_str()), 0);
  EXPECT_THAT(files(scan().units()), ElementsAre("a.cpp", "dir/b.cpp"));
}

TEST_F(ProjectTest, AMissingFolderIsAnErrorThatNamesIt) {
  EXPECT_THAT(error(Top + "/none"), AllOf(HasSubstr(Top + "/none"), HasSubstr("no such folder")));
}

TEST_F(ProjectTest, AFileIsNoFolder) {
  save("a.cpp");
  EXPECT_THAT(error(Src + "/a.cpp"), HasSubstr("no such folder"));
}

TEST_F(ProjectTest, AFolderWithoutSourcesIsAnErrorThatNamesIt) {
  save("a.h");
  EXPECT_THAT(error(Src), AllOf(HasSubstr(Src), HasSubstr("no .c, .cc, .cpp or .cxx file")));
}

TEST_F(ProjectTest, SourcesAreToldByTheirEnding) {
  for (const char *Path : {"/a/b.c", "b.cc", "b.cpp", "b.cxx", "a.b.cpp"})
    EXPECT_TRUE(isSourceFile(Path)) << Path;
  for (const char *Path : {"b.h", "b.cpp~", "b.CPP", "cpp", "b.cppm", "/a.cpp/b", ""})
    EXPECT_FALSE(isSourceFile(Path)) << Path;
}

//===----------------------------------------------------------------------===//
// Rescan
//===----------------------------------------------------------------------===//

TEST_F(ProjectTest, WhereNothingCameOrWentNothingIsReported) {
  save("a.cpp");
  Project P = scan();
  Project::Changes C = P.rescan();
  EXPECT_THAT(files(C.Added), IsEmpty());
  EXPECT_THAT(files(C.Removed), IsEmpty());
}

TEST_F(ProjectTest, ANewFileTakesItsPlaceAndTheOthersKeepTheirIds) {
  save("a.cpp");
  save("c.cpp");
  Project P = scan();
  UnitId A = idOf(P, "a.cpp"), C = idOf(P, "c.cpp");
  save("b.cpp");
  EXPECT_THAT(files(P.rescan().Added), ElementsAre("b.cpp"));
  EXPECT_THAT(files(P.units()), ElementsAre("a.cpp", "b.cpp", "c.cpp"));
  EXPECT_EQ(idOf(P, "a.cpp"), A);
  EXPECT_EQ(idOf(P, "c.cpp"), C);
}

TEST_F(ProjectTest, ADeletedFileLeaves) {
  save("a.cpp");
  save("b.cpp");
  Project P = scan();
  UnitId B = idOf(P, "b.cpp");
  P.setFilesRead(B, {"/x.h"});
  remove("b.cpp");
  EXPECT_THAT(files(P.rescan().Removed), ElementsAre("b.cpp"));
  EXPECT_THAT(files(P.units()), ElementsAre("a.cpp"));
  EXPECT_EQ(P.find(B), nullptr);
  EXPECT_TRUE(P.filesReadBy(B).empty());
}

TEST_F(ProjectTest, ARenameIsOneOfEach) {
  save("a.cpp");
  Project P = scan();
  std::filesystem::rename(Src + "/a.cpp", Src + "/b.cpp");
  Project::Changes C = P.rescan();
  EXPECT_THAT(files(C.Added), ElementsAre("b.cpp"));
  EXPECT_THAT(files(C.Removed), ElementsAre("a.cpp"));
}

TEST_F(ProjectTest, AFileThatComesBackIsANewUnit) {
  save("a.cpp");
  save("b.cpp");
  Project P = scan();
  UnitId Before = idOf(P, "b.cpp");
  remove("b.cpp");
  P.rescan();
  save("b.cpp");
  P.rescan();
  EXPECT_NE(idOf(P, "b.cpp"), Before);
}

TEST_F(ProjectTest, WhatIsLocalToAFileIsToldApartByANameThatNoOtherHas) {
  save("a.cpp");
  Project P = scan();
  EXPECT_EQ(P.units().front().LocalTo, "a.cpp");
  std::filesystem::rename(Src + "/a.cpp", Src + "/b.cpp");
  UnitId Renamed = P.rescan().Added.front().Id;
  EXPECT_TRUE(P.setLocalTo(Renamed, "a.cpp"));
  EXPECT_FALSE(P.setLocalTo(Renamed, "a.cpp"));
  save("a.cpp");
  UnitId Another = P.rescan().Added.front().Id;
  EXPECT_TRUE(P.setLocalTo(Another, ""));
  EXPECT_EQ(P.find(Another)->LocalTo, "a.cpp#2");
  EXPECT_EQ(P.find(Renamed)->LocalTo, "a.cpp");
}

TEST_F(ProjectTest, TheLastFileMayLeaveToo) {
  save("a.cpp");
  Project P = scan();
  remove("a.cpp");
  EXPECT_THAT(files(P.rescan().Removed), ElementsAre("a.cpp"));
  EXPECT_TRUE(P.units().empty());
}

TEST_F(ProjectTest, AUnitIsFoundByItsId) {
  save("a.cpp");
  Project P = scan();
  ASSERT_NE(P.find(idOf(P, "a.cpp")), nullptr);
  EXPECT_EQ(P.find(idOf(P, "a.cpp"))->File, "a.cpp");
  EXPECT_EQ(P.find(UnitId{99}), nullptr);
}

//===----------------------------------------------------------------------===//
// What is read
//===----------------------------------------------------------------------===//

class FilesReadTest : public ProjectTest {
protected:
  void SetUp() override {
    ProjectTest::SetUp();
    for (const char *File : {"a.cpp", "b.cpp", "c.cpp"})
      save(File);
    P.emplace(scan());
    read("a.cpp", {Src + "/a.cpp", Src + "/common.h"});
    read("b.cpp", {Src + "/b.cpp", Src + "/common.h", "/usr/include/stdio.h"});
  }
  void read(const char *File, const Names &Files) { P->setFilesRead(idOf(*P, File), Files); }
  Names reading(const Names &Paths) {
    Names Result;
    for (UnitId U : P->unitsReading(Paths))
      Result.push_back(P->find(U)->File);
    return Result;
  }
  std::optional<Project> P;
};

TEST_F(FilesReadTest, AHeaderReachesTheUnitsThatReadIt) {
  EXPECT_THAT(reading({Src + "/common.h"}), ElementsAre("a.cpp", "b.cpp"));
}

TEST_F(FilesReadTest, AHeaderOutsideOfTheFolderCounts) {
  EXPECT_THAT(reading({"/usr/include/stdio.h"}), ElementsAre("b.cpp"));
}

TEST_F(FilesReadTest, ASourceReachesItselfEvenBeforeItIsCompiled) {
  EXPECT_THAT(reading({Src + "/c.cpp"}), ElementsAre("c.cpp"));
}

TEST_F(FilesReadTest, EachUnitIsReachedOnce) {
  EXPECT_THAT(reading({Src + "/common.h", Src + "/b.cpp", Src + "/a.cpp"}),
              ElementsAre("a.cpp", "b.cpp"));
}

TEST_F(FilesReadTest, WhatNobodyReadsReachesNothing) {
  EXPECT_THAT(reading({Src + "/other.h"}), IsEmpty());
  EXPECT_THAT(reading({}), IsEmpty());
}

TEST_F(FilesReadTest, TheLastCompileCounts) {
  read("a.cpp", {Src + "/a.cpp"});
  EXPECT_THAT(reading({Src + "/common.h"}), ElementsAre("b.cpp"));
}

TEST_F(FilesReadTest, PathsAreShownFromTheSourceFolder) {
  EXPECT_EQ(P->displayPath(Src + "/dir/a.cpp"), "dir/a.cpp");
  EXPECT_EQ(P->displayPath("/usr/include/stdio.h"), "/usr/include/stdio.h");
  EXPECT_EQ(P->displayPath(Src + "-other/a.cpp"), Src + "-other/a.cpp");
  EXPECT_EQ(P->displayPath(""), "");
}

TEST_F(ProjectTest, WhatHasASourcesNameAndIsNoneIsToldOnce) {
  save("a.cpp");
  std::filesystem::create_directories(Src + "/folder.cpp");
  std::filesystem::create_symlink("nowhere.cpp", Src + "/link.cpp");
  ASSERT_EQ(mkfifo((Src + "/pipe.cpp").c_str(), 0600), 0);
  std::filesystem::create_directories(Src + "/plain");
  std::filesystem::create_symlink("nowhere.txt", Src + "/link.txt");
  Project P = scan();
  Names Told;
  for (const Project::LeftOut &L : P.takeLeftOut())
    Told.push_back(L.File + ": " + L.What);
  EXPECT_THAT(Told,
              UnorderedElementsAre("folder.cpp: a folder", "link.cpp: a link that leads nowhere",
                                   "pipe.cpp: a FIFO"));
  P.rescan();
  EXPECT_THAT(P.takeLeftOut(), IsEmpty());
  EXPECT_THAT(files(P.units()), ElementsAre("a.cpp"));
}

} // namespace
} // namespace nextframe::test
