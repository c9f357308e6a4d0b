// promote() and collectFacts(): names of the whole program, and what is known
// about them.

#include "IrTest.h"

#include "llvm/IR/Constants.h"

namespace nextframe::test {
namespace {

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

TEST(PromoteTest, LocalFunctionsCarryTheirFile) {
  UnitFacts Facts = Ir("define internal void @helper() { ret void }\n"
                       "define void @f() {\ncall void @helper()\nret void\n}")
                        .facts();
  EXPECT_THAT(functionNames(Facts), UnorderedElementsAre(local("helper"), "f"));
  const FunctionFacts &F = functionOf(Facts, "f");
  EXPECT_THAT(referencesOf(Facts, F.References), ElementsAre(local("helper")));
}

TEST(PromoteTest, TheSameLocalNameInTwoFilesIsTwoFunctions) {
  const char *Text = "define internal void @helper() { ret void }";
  EXPECT_NE(Ir(Text).facts("a.cpp").Functions[0].Name, Ir(Text).facts("b.cpp").Functions[0].Name);
}

TEST(PromoteTest, ADefinitionOfTheFileIsStrongAndASharedOneWeak) {
  UnitFacts Facts = Ir("define void @f() { ret void }\ndefine internal void @l() { ret void }\n"
                       "define linkonce_odr void @inline() { ret void }\n"
                       "define weak void @weak() { ret void }")
                        .facts();
  EXPECT_EQ(functionOf(Facts, "f").Bind, Binding::Strong);
  EXPECT_EQ(functionOf(Facts, local("l")).Bind, Binding::Strong);
  EXPECT_EQ(functionOf(Facts, "inline").Bind, Binding::Weak);
  EXPECT_EQ(functionOf(Facts, "weak").Bind, Binding::Weak);
}

TEST(PromoteTest, NothingThatTheNextVersionMayBreakIsDerivedAboutAFunction) {
  Ir M("define void @f() { ret void }\ndefine weak void @w() { ret void }");
  promote(*M, "tag");
  EXPECT_EQ(M->getFunction("f")->getLinkage(), llvm::GlobalValue::WeakODRLinkage);
  EXPECT_EQ(M->getFunction("w")->getLinkage(), llvm::GlobalValue::WeakAnyLinkage);
}

TEST(PromoteTest, DeclarationsAndCopiesForInliningAreNotFacts) {
  UnitFacts Facts = Ir("declare void @d()\ndefine available_externally void @copy() { ret void }\n"
                       "define void @f() {\ncall void @d()\ncall void @copy()\nret void\n}")
                        .facts();
  EXPECT_THAT(functionNames(Facts), ElementsAre("f"));
}

TEST(PromoteTest, AnnotatedLocalStaticsGetTheirNamesAndGuardsGoWithThem) {
  // As clang writes __attribute__((annotate)); the two exchange names.
  Ir M("@_ZZ1fvE1n = internal global i32 1\n@_ZZ1fvE1n_0 = internal global i32 2\n"
       "@_ZGVZ1fvE1n = internal global i64 0\n@_ZGVZ1fvE1n_0 = internal global i64 1\n"
       "@a = private constant [29 x i8] c\"nextframe.static:_ZZ1fvE1n_0\\00\"\n"
       "@b = private constant [27 x i8] c\"nextframe.static:_ZZ1fvE1n\\00\"\n"
       "@u = private constant [5 x i8] c\"mine\\00\"\n@v = global i32 3\n"
       "@llvm.global.annotations = appending global [3 x { ptr, ptr, ptr, i32, ptr }] [\n"
       "{ ptr, ptr, ptr, i32, ptr } { ptr @_ZZ1fvE1n, ptr @a, ptr null, i32 1, ptr null },\n"
       "{ ptr, ptr, ptr, i32, ptr } { ptr @_ZZ1fvE1n_0, ptr @b, ptr null, i32 1, ptr null },\n"
       "{ ptr, ptr, ptr, i32, ptr } { ptr @v, ptr @u, ptr null, i32 1, ptr null }],\n"
       "section \"llvm.metadata\"");
  promote(*M, "tag");
  EXPECT_EQ(M.verify(), "");
  auto Value = [&](llvm::StringRef Name) -> int64_t {
    llvm::GlobalVariable *V = M->getGlobalVariable(localName(Name, "tag"));
    return V ? llvm::cast<llvm::ConstantInt>(V->getInitializer())->getSExtValue() : -1;
  };
  EXPECT_EQ(Value("_ZZ1fvE1n"), 2);
  EXPECT_EQ(Value("_ZZ1fvE1n_0"), 1);
  EXPECT_EQ(Value("_ZGVZ1fvE1n"), 1);
  EXPECT_EQ(Value("_ZGVZ1fvE1n_0"), 0);
  EXPECT_FALSE(M->getGlobalVariable("llvm.global.annotations"));
}

TEST(PromoteTest, ComdatsAndVisibilityGo) {
  Ir M("$f = comdat any\ndefine linkonce_odr hidden void @f() comdat { ret void }\n"
       "@g = linkonce_odr hidden global i32 1, comdat($f)");
  promote(*M, "tag");
  EXPECT_FALSE(M->getFunction("f")->hasComdat());
  EXPECT_TRUE(M->getFunction("f")->hasDefaultVisibility());
  EXPECT_FALSE(M->getGlobalVariable("g")->hasComdat());
  EXPECT_TRUE(M->getGlobalVariable("g")->hasDefaultVisibility());
}

TEST(PromoteTest, NumberedHelpersStayWithTheirUser) {
  UnitFacts Facts = Ir("define internal void @__cxx_global_array_dtor(ptr %p) { ret void }\n"
                       "define ptr @f() { ret ptr @__cxx_global_array_dtor }")
                        .facts();
  EXPECT_THAT(functionNames(Facts), ElementsAre("f"));
}

TEST(PromoteTest, AWeakReferenceAsksNothingOfTheProgram) {
  UnitFacts Facts =
      Ir("declare extern_weak void @maybe()\ndefine ptr @f() { ret ptr @maybe }").facts();
  EXPECT_THAT(referencesOf(Facts, functionOf(Facts, "f").References), IsEmpty());
}

TEST(PromoteTest, AFunctionKnowsItsPlace) {
  UnitFacts Facts = Ir(R"(
define void @f() !dbg !4 { ret void }
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!9}
!9 = !{i32 2, !"Debug Info Version", i32 3}
!0 = distinct !DICompileUnit(language: DW_LANG_C99, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "dir/a.c", directory: "/")
!2 = !DISubroutineType(types: !{null})
!4 = distinct !DISubprogram(name: "f", file: !1, line: 42, type: !2, unit: !0, spFlags: DISPFlagDefinition)
)")
                        .facts();
  EXPECT_EQ(functionOf(Facts, "f").File, "dir/a.c");
  EXPECT_EQ(functionOf(Facts, "f").Line, 42u);
}

bool callsInLoop(const char *Body) {
  UnitFacts Facts = Ir(std::string("declare void @c()\ndeclare void @llvm.donothing()\n"
                                   "define void @f(i1 %b) {\n") +
                       Body + "\n}")
                        .facts();
  return functionOf(Facts, "f").CallsInLoop;
}

TEST(PromoteTest, ACallInALoopIsKnown) {
  EXPECT_TRUE(
      callsInLoop("br label %l\nl:\ncall void @c()\nbr i1 %b, label %l, label %e\ne:\nret void"));
}

TEST(PromoteTest, ALoopThatNoLoopStatementMadeIsALoop) {
  // Two entries into the cycle, as by goto.
  EXPECT_TRUE(callsInLoop("br i1 %b, label %x, label %y\nx:\ncall void @c()\nbr label %y\n"
                          "y:\nbr i1 %b, label %x, label %e\ne:\nret void"));
}

TEST(PromoteTest, ACallBesideALoopIsNotInIt) {
  EXPECT_FALSE(callsInLoop("call void @c()\nbr label %l\nl:\ncall void @llvm.donothing()\n"
                           "br i1 %b, label %l, label %e\ne:\ncall void @c()\nret void"));
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

TEST(PromoteTest, LocalVariablesCarryTheirFile) {
  UnitFacts Facts = Ir("@count = internal global i32 7").facts();
  EXPECT_THAT(variableNames(Facts), ElementsAre(local("count")));
  EXPECT_EQ(Facts.Variables[0].Kind, DataKind::Variable);
}

TEST(PromoteTest, AVariableIsDescribed) {
  UnitFacts Facts = Ir("target datalayout = \"e-m:e-i64:64\"\n"
                       "@g = thread_local global [3 x i64] zeroinitializer, align 32")
                        .facts();
  const VariableFacts &G = variableOf(Facts, "g");
  EXPECT_EQ(G.Size, 24u);
  EXPECT_EQ(G.Align, 32u);
  EXPECT_TRUE(G.ThreadLocal);
  EXPECT_EQ(G.Bind, Binding::Strong);
}

TEST(PromoteTest, KindsAreToldByNameAndWritability) {
  UnitFacts Facts =
      Ir("@g = global i32 1\n@K = constant i32 1\n@_ZTV1A = constant [1 x ptr] zeroinitializer\n"
         "@_ZTI1A = constant [2 x ptr] zeroinitializer\n@_ZTS1A = constant [2 x i8] c\"A\\00\"\n"
         "@_ZGVZ1fvE1x = internal global i64 0\n"
         "@.str = private unnamed_addr constant [2 x i8] c\"a\\00\"")
          .facts();
  EXPECT_EQ(variableOf(Facts, "g").Kind, DataKind::Variable);
  EXPECT_EQ(variableOf(Facts, "K").Kind, DataKind::Constant);
  EXPECT_EQ(variableOf(Facts, "_ZTV1A").Kind, DataKind::VTable);
  EXPECT_EQ(variableOf(Facts, "_ZTI1A").Kind, DataKind::TypeInfo);
  EXPECT_EQ(variableOf(Facts, "_ZTS1A").Kind, DataKind::TypeInfo);
  EXPECT_EQ(variableOf(Facts, local("_ZGVZ1fvE1x")).Kind, DataKind::Guard);
  unsigned Literals = 0;
  for (const VariableFacts &V : Facts.Variables)
    Literals += V.Kind == DataKind::Literal;
  EXPECT_EQ(Literals, 1u);
}

TEST(PromoteTest, WhatOnlyTheSourceKnowsIsAddedByLinkerName) {
  SourceFacts Source;
  SourceVariable &G = Source.Variables["g"];
  G.TypeName = "Vec";
  G.TriviallyCopyable = true;
  G.Contents = {{"Vec", 2}};
  Source.Variables["count"].TypeName = "int";
  UnitFacts Facts = Ir("@g = global i64 1\n@count = internal global i32 1").facts("a.cpp", Source);
  EXPECT_EQ(variableOf(Facts, "g").TypeName, "Vec");
  EXPECT_TRUE(variableOf(Facts, "g").TriviallyCopyable);
  EXPECT_EQ(variableOf(Facts, local("count")).TypeName, "int");
  EXPECT_EQ(variableOf(Facts, "g").Contents, (std::vector<ContainedRecord>{{0, 2}}));
  EXPECT_THAT(Facts.Types, ElementsAre("Vec"));
}

TEST(PromoteTest, AVariableNamesWhatItPointsTo) {
  UnitFacts Facts = Ir("@K = external constant i32\n@p = global ptr @K").facts();
  EXPECT_THAT(referencesOf(Facts, variableOf(Facts, "p").References), ElementsAre("K"));
}

TEST(PromoteTest, TheCompilersListsAreNoVariables) {
  UnitFacts Facts =
      Ir("@g = global i32 1\n"
         "@llvm.used = appending global [1 x ptr] [ptr @g], section \"llvm.metadata\"\n"
         "@llvm.global_ctors = appending global [0 x {i32, ptr, ptr}] zeroinitializer")
          .facts();
  EXPECT_THAT(variableNames(Facts), ElementsAre("g"));
}

//===----------------------------------------------------------------------===//
// Literals
//===----------------------------------------------------------------------===//

constexpr const char *OneLiteral = "@.str = private unnamed_addr constant [3 x i8] c\"hi\\00\"\n"
                                   "define ptr @f() { ret ptr @.str }";

TEST(LiteralTest, ALiteralIsNamedByItsContent) {
  UnitFacts Facts = Ir(OneLiteral).facts();
  EXPECT_THAT(variableNames(Facts), ElementsAre(testing::MatchesRegex("lit\\.[0-9a-f]{16}")));
  EXPECT_EQ(Facts.Variables[0].Bind, Binding::Weak);
}

TEST(LiteralTest, FilesShareEqualLiterals) {
  EXPECT_EQ(variableNames(Ir(OneLiteral).facts("a.cpp")),
            variableNames(Ir(OneLiteral).facts("b.cpp")));
}

TEST(LiteralTest, ALiteralBeforeItChangesNothingElse) {
  UnitFacts Before = Ir(OneLiteral).facts();
  UnitFacts After = Ir("@.str = private unnamed_addr constant [3 x i8] c\"ho\\00\"\n"
                       "@.str.1 = private unnamed_addr constant [3 x i8] c\"hi\\00\"\n"
                       "define ptr @new() { ret ptr @.str }\ndefine ptr @f() { ret ptr @.str.1 }")
                        .facts();
  EXPECT_EQ(functionOf(Before, "f").Hash, functionOf(After, "f").Hash);
  EXPECT_THAT(variableNames(After), Contains(Before.Variables[0].Name));
}

TEST(LiteralTest, EqualOnesInAModuleBecomeOne) {
  Ir M("@.str = private unnamed_addr constant [3 x i8] c\"hi\\00\"\n"
       "@.str.1 = private unnamed_addr constant [3 x i8] c\"hi\\00\"\n"
       "define ptr @f() { ret ptr @.str }\ndefine ptr @g() { ret ptr @.str.1 }");
  UnitFacts Facts = M.facts();
  EXPECT_EQ(Facts.Variables.size(), 1u);
  EXPECT_EQ(functionOf(Facts, "f").Hash, functionOf(Facts, "g").Hash);
}

TEST(LiteralTest, EqualTablesOfEqualLiteralsBecomeOne) {
  UnitFacts Facts = Ir("@.s = private unnamed_addr constant [2 x i8] c\"a\\00\"\n"
                       "@.t = private unnamed_addr constant [1 x ptr] [ptr @.s]\n"
                       "@.s.1 = private unnamed_addr constant [2 x i8] c\"a\\00\"\n"
                       "@.t.1 = private unnamed_addr constant [1 x ptr] [ptr @.s.1]\n"
                       "define ptr @f() { ret ptr @.t }\ndefine ptr @g() { ret ptr @.t.1 }")
                        .facts();
  EXPECT_EQ(Facts.Variables.size(), 2u);
}

TEST(LiteralTest, ALiteralWhoseEqualIsDroppedIsNotForgottenByHelpers) {
  // The helper is hashed while literals are named: what it remembers may go.
  UnitFacts Facts = Ir("@.s = private unnamed_addr constant [2 x i8] c\"a\\00\"\n"
                       "@.s.1 = private unnamed_addr constant [2 x i8] c\"a\\00\"\n"
                       "@.w = private global ptr @.s.1\n"
                       "@.t = private unnamed_addr constant [1 x ptr] [ptr @.w]\n"
                       "define ptr @f() { ret ptr @.t }\ndefine ptr @g() { ret ptr @.w }\n"
                       "define ptr @h() { ret ptr @.s }")
                        .facts();
  for (const FunctionFacts &F : Facts.Functions)
    for (const std::string &R : referencesOf(Facts, F.References))
      EXPECT_THAT(variableNames(Facts), Contains(R)) << F.Name;
}

TEST(LiteralTest, AConstantWhoseAddressCountsKeepsItsNameAndFile) {
  UnitFacts Facts =
      Ir("@_ZL5Speed = internal constant i32 3\ndefine ptr @f() { ret ptr @_ZL5Speed }").facts();
  ASSERT_EQ(Facts.Variables.size(), 1u);
  EXPECT_THAT(Facts.Variables[0].Name, AllOf(testing::StartsWith("_ZL5Speed.c"),
                                             testing::EndsWith(".in." + unitTag("a.cpp"))));
  EXPECT_EQ(Facts.Variables[0].Kind, DataKind::Literal);
}

TEST(LiteralTest, AnEditedLocalConstantChangesItsUsersOnly) {
  auto Facts = [](const char *N) {
    return Ir(std::string("@K = internal constant i32 ") + N +
              "\ndefine ptr @user() { ret ptr @K }\ndefine i32 @bystander() { ret i32 1 }")
        .facts();
  };
  UnitFacts Before = Facts("1"), After = Facts("2");
  EXPECT_NE(functionOf(Before, "user").Hash, functionOf(After, "user").Hash);
  EXPECT_EQ(functionOf(Before, "bystander").Hash, functionOf(After, "bystander").Hash);
}

//===----------------------------------------------------------------------===//
// Aliases
//===----------------------------------------------------------------------===//

TEST(PromoteTest, AliasesNameTheirTarget) {
  UnitFacts Facts = Ir("define internal void @f() { ret void }\n@g = global i32 1\n"
                       "@also_f = alias void (), ptr @f\n@also_g = weak alias i32, ptr @g")
                        .facts();
  ASSERT_EQ(Facts.Aliases.size(), 2u);
  EXPECT_EQ(Facts.Aliases[0].Name, "also_f");
  EXPECT_EQ(Facts.Aliases[0].Target, local("f"));
  EXPECT_TRUE(Facts.Aliases[0].IsFunction);
  EXPECT_EQ(Facts.Aliases[1].Target, "g");
  EXPECT_FALSE(Facts.Aliases[1].IsFunction);
  EXPECT_EQ(Facts.Aliases[1].Bind, Binding::Weak);
}

//===----------------------------------------------------------------------===//
// RecordFacts
//===----------------------------------------------------------------------===//

RecordFacts record() {
  RecordFacts R;
  R.Name = "A";
  R.Size = 8;
  R.Align = 4;
  R.Fields = {{"x", "int", "int", 0}, {"y", "int", "int", 32}};
  R.Virtuals = {"f"};
  R.Bases = {"B"};
  R.File = "a.h";
  R.Line = 1;
  return R;
}

TEST(RecordFactsTest, ThePlaceIsNotPartOfTheLayout) {
  RecordFacts R = record();
  R.File = "b.h";
  R.Line = 99;
  EXPECT_EQ(R.layoutHash(), record().layoutHash());
}

TEST(RecordFactsTest, EachPartOfTheLayoutCounts) {
  std::vector<RecordFacts> Edited(11, record());
  Edited[0].Size = 12;
  Edited[1].Align = 8;
  Edited[2].Fields[0].Name = "z";
  Edited[3].Fields[0].Meaning = "float";
  Edited[4].Fields[1].OffsetBits = 64;
  Edited[5].Fields.pop_back();
  std::swap(Edited[6].Fields[0], Edited[6].Fields[1]);
  Edited[7].Virtuals.clear();
  Edited[8].Bases.clear();
  Edited[9].Name = "C";
  // What moves from one list to another is another layout.
  Edited[10].Virtuals = {"f", "B"};
  Edited[10].Bases.clear();
  for (size_t I = 0; I != Edited.size(); ++I)
    EXPECT_NE(Edited[I].layoutHash(), record().layoutHash()) << I;
}

} // namespace
} // namespace nextframe::test
