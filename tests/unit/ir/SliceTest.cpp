// Slices: the wanted definitions, and declarations of all that they name.

#include "IrTest.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

namespace nextframe::test {
namespace {

class SliceTest : public testing::Test {
protected:
  void code(llvm::StringRef Text, const std::vector<std::string> &Functions, unsigned Gen = 3) {
    Unit = unitOf(Text);
    take(sliceCode(Unit, Functions, Generation{Gen}, Homes, VTables, Ctx));
  }
  void data(llvm::StringRef Text, const std::vector<DataDefinition> &Definitions) {
    Unit = unitOf(Text);
    take(sliceData(Unit, Definitions, Homes, VTables, Ctx));
  }

  /// What the slice defines: what a linker would see, or all.
  Names defined(bool Visible = true) {
    Names Result;
    for (llvm::GlobalValue &G : M->global_values())
      if (!G.isDeclaration() && !(Visible && G.hasLocalLinkage()))
        Result.push_back(G.getName().str());
    return Result;
  }
  Names locals() {
    Names Result;
    for (llvm::GlobalValue &G : M->global_values())
      if (!G.isDeclaration() && G.hasLocalLinkage())
        Result.push_back(G.getName().str());
    return Result;
  }
  Names callees(llvm::StringRef Function) {
    Names Result;
    for (llvm::Instruction &I : llvm::instructions(*M->getFunction(Function)))
      if (auto *Call = llvm::dyn_cast<llvm::CallBase>(&I))
        Result.push_back(Call->getCalledOperand()->getName().str());
    return Result;
  }

  CompiledUnit Unit;
  HomeSymbols Homes;
  VTableHomes VTables;
  llvm::LLVMContext Ctx;
  std::unique_ptr<llvm::Module> M;

private:
  void take(llvm::Expected<std::unique_ptr<llvm::Module>> Slice) {
    ASSERT_TRUE(bool(Slice)) << llvm::toString(Slice.takeError());
    M = std::move(*Slice);
    ASSERT_EQ(llvm::toString(M->materializeAll()), "");
    std::string Text;
    llvm::raw_string_ostream OS(Text);
    EXPECT_FALSE(llvm::verifyModule(*M, &OS)) << Text;
  }
};

constexpr const char *TwoFunctions =
    "@g = global i32 1\n"
    "define void @f() {\ncall void @h()\nstore i32 2, ptr @g\nret void\n}\n"
    "define void @h() {\ncall void @f()\nret void\n}";

TEST_F(SliceTest, TheWantedBodyAloneIsDefinedUnderItsGeneration) {
  code(TwoFunctions, {"f"});
  EXPECT_THAT(defined(), ElementsAre("f.v3"));
  EXPECT_TRUE(M->getFunction("f.v3")->hasExternalLinkage());
  EXPECT_TRUE(M->getGlobalVariable("g")->isDeclaration());
}

TEST_F(SliceTest, CallsGoToEntries) {
  code(TwoFunctions, {"f", "h"});
  EXPECT_THAT(defined(), UnorderedElementsAre("f.v3", "h.v3"));
  EXPECT_THAT(callees("f.v3"), ElementsAre("h"));
  EXPECT_THAT(callees("h.v3"), ElementsAre("f"));
}

TEST_F(SliceTest, ARecursiveFunctionCallsItsOwnEntry) {
  code("define void @f() {\ncall void @f()\nret void\n}", {"f"});
  EXPECT_THAT(callees("f.v3"), ElementsAre("f"));
}

TEST_F(SliceTest, TheAddressOfAFunctionIsItsEntry) {
  code("define ptr @f() { ret ptr @f }", {"f"});
  auto *Return = llvm::cast<llvm::ReturnInst>(M->getFunction("f.v3")->front().getTerminator());
  EXPECT_EQ(Return->getReturnValue(), M->getFunction("f"));
}

TEST_F(SliceTest, AnEntryIsDeclaredAsTheFunctionIs) {
  code("declare i32 @p(...)\n"
       "define fastcc void @f(ptr byval(i64) %a) section \"hot\" personality ptr @p {\n"
       "call fastcc void @f(ptr byval(i64) %a)\nret void\n}",
       {"f"});
  llvm::Function *Entry = M->getFunction("f"), *Body = M->getFunction("f.v3");
  EXPECT_EQ(Entry->getCallingConv(), llvm::CallingConv::Fast);
  EXPECT_TRUE(Entry->hasParamAttribute(0, llvm::Attribute::ByVal));
  EXPECT_FALSE(Entry->hasPersonalityFn());
  EXPECT_TRUE(Body->hasPersonalityFn());
  EXPECT_EQ(Body->getSection(), "hot");
}

TEST_F(SliceTest, LocalFunctionsAreSlicedByTheirProgramWideName) {
  code("define internal void @l() { ret void }\ndefine void @f() {\ncall void @l()\nret void\n}",
       {local("l")});
  EXPECT_THAT(defined(), ElementsAre(local("l") + ".v3"));
}

TEST_F(SliceTest, SharedDefinitionsBecomePlainOnes) {
  code("$f = comdat any\ndefine linkonce_odr void @f() comdat { ret void }", {"f"});
  EXPECT_TRUE(M->getFunction("f.v3")->hasExternalLinkage());
  EXPECT_FALSE(M->getFunction("f.v3")->hasComdat());
}

TEST_F(SliceTest, LiteralsAreDeclaredByTheirContentsName) {
  code("@.str = private unnamed_addr constant [2 x i8] c\"a\\00\"\ndefine ptr @f() { ret ptr @.str "
       "}",
       {"f"});
  EXPECT_THAT(defined(false), ElementsAre("f.v3"));
  EXPECT_TRUE(M->getGlobalVariable(Unit.Facts.Variables[0].Name)->isDeclaration());
}

TEST_F(SliceTest, SatellitesComeAlongAndStayLocal) {
  code("define internal void @__cxx_global_array_dtor(ptr %p) {\n"
       "call void @__cxx_global_array_dtor.1(ptr %p)\nret void\n}\n"
       "define internal void @__cxx_global_array_dtor.1(ptr %p) { ret void }\n"
       "define internal void @__cxx_global_array_dtor.2(ptr %p) { ret void }\n"
       "define ptr @f() { ret ptr @__cxx_global_array_dtor }\n"
       "define ptr @other() { ret ptr @__cxx_global_array_dtor.2 }",
       {"f"});
  EXPECT_THAT(locals(),
              UnorderedElementsAre("__cxx_global_array_dtor", "__cxx_global_array_dtor.1"));
}

TEST_F(SliceTest, ASatelliteCallsEntriesToo) {
  code("define internal void @__cxx_global_array_dtor(ptr %p) {\n%r = call ptr @f()\nret void\n}\n"
       "define ptr @f() { ret ptr @__cxx_global_array_dtor }",
       {"f"});
  EXPECT_THAT(callees("__cxx_global_array_dtor"), ElementsAre("f"));
}

TEST_F(SliceTest, LabelsStayWithTheirBody) {
  code("@t = internal constant [2 x ptr] [ptr blockaddress(@f, %a), ptr blockaddress(@f, %b)]\n"
       "define i32 @f(i64 %i) {\n%q = getelementptr ptr, ptr @t, i64 %i\n%l = load ptr, ptr %q\n"
       "indirectbr ptr %l, [label %a, label %b]\na:\nret i32 1\nb:\nret i32 2\n}",
       {"f"});
  EXPECT_THAT(defined(), ElementsAre("f.v3"));
  EXPECT_THAT(locals(), ElementsAre("t"));
  auto *Label = llvm::cast<llvm::BlockAddress>(
      M->getGlobalVariable("t", true)->getInitializer()->getAggregateElement(0u));
  EXPECT_EQ(Label->getFunction(), M->getFunction("f.v3"));
}

TEST_F(SliceTest, WhatAnAliasNamesIsCalledByTheAliasOfTheEntry) {
  code("define void @f() { ret void }\n@also_f = alias void (), ptr @f\n"
       "define void @user() {\ncall void @also_f()\nret void\n}",
       {"user"});
  EXPECT_THAT(defined(), ElementsAre("user.v3"));
  EXPECT_THAT(callees("user.v3"), ElementsAre("also_f"));
}

TEST_F(SliceTest, AnAliasOfTheWantedFunctionIsNotDefinedAgain) {
  code("define void @f() {\ncall void @also_f()\nret void\n}\n@also_f = alias void (), ptr @f",
       {"f"});
  EXPECT_THAT(defined(), ElementsAre("f.v3"));
}

TEST_F(SliceTest, AMovedConstantIsNamedByItsHome) {
  Homes["K"] = "K.v2";
  code("@K = constant i32 1\ndefine ptr @f() { ret ptr @K }", {"f"});
  EXPECT_TRUE(M->getGlobalVariable("K.v2"));
  EXPECT_FALSE(M->getGlobalVariable("K"));
}

TEST_F(SliceTest, ASliceHasNoListsOfStructors) {
  code("@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] "
       "[{ i32, ptr, ptr } { i32 65535, ptr @f, ptr null }]\ndefine void @f() { ret void }",
       {"f"});
  EXPECT_FALSE(M->getNamedMetadata(InitMetadata));
}

TEST_F(SliceTest, BrokenBitcodeIsAnError) {
  Unit.File = "a.cpp";
  Unit.Bitcode = {'n', 'o', 'n', 'e'};
  auto Slice = sliceCode(Unit, {}, Generation{0}, Homes, VTables, Ctx);
  ASSERT_FALSE(bool(Slice));
  EXPECT_NE(llvm::toString(Slice.takeError()), "");
}

//===----------------------------------------------------------------------===//
// Data
//===----------------------------------------------------------------------===//

TEST_F(SliceTest, TheWantedVariablesAloneAreDefined) {
  data("@a = global i32 1\n@b = internal global i32 2\n@c = global i32 3\ndefine ptr @f() { ret "
       "ptr @a }",
       {{"a", "a"}, {local("b"), local("b")}});
  EXPECT_THAT(defined(false), UnorderedElementsAre("a", local("b")));
}

TEST_F(SliceTest, DataNamesOtherDataAndEntries) {
  data("@K = constant i32 1\n@p = global [2 x ptr] [ptr @K, ptr @f]\ndefine void @f() { ret void }",
       {{"p", "p"}});
  EXPECT_THAT(defined(false), ElementsAre("p"));
  EXPECT_TRUE(M->getFunction("f")->isDeclaration());
  EXPECT_TRUE(M->getGlobalVariable("K")->isDeclaration());
}

TEST_F(SliceTest, InitialContentHasASymbolOfItsOwn) {
  data("@a = global i32 7\n@p = global ptr @a", {{"a", "initial.a.v3"}, {"p", "p"}});
  EXPECT_THAT(defined(false), UnorderedElementsAre("initial.a.v3", "p"));
  EXPECT_TRUE(M->getGlobalVariable("initial.a.v3")->hasExternalLinkage());
  EXPECT_EQ(M->getGlobalVariable("p")->getInitializer(), M->getGlobalVariable("a"))
      << "whoever names the variable means its home";
}

TEST_F(SliceTest, InitialContentThatPointsToItselfPointsIntoTheHome) {
  data("@s = global {ptr, i64} {ptr getelementptr inbounds (i8, ptr @s, i64 8), i64 5}",
       {{"s", "initial.s.v3"}});
  auto *First = M->getGlobalVariable("initial.s.v3")->getInitializer()->getAggregateElement(0u);
  EXPECT_EQ(First->stripInBoundsOffsets(), M->getGlobalVariable("s"));
}

TEST_F(SliceTest, InitialContentOfAThreadLocalVariableIsThreadLocal) {
  data("@t = thread_local global i32 7", {{"t", "initial.t.v3"}});
  EXPECT_TRUE(M->getGlobalVariable("initial.t.v3")->isThreadLocal());
}

TEST_F(SliceTest, AMovedConstantIsDefinedUnderItsNewHome) {
  Homes["K"] = "K.v3";
  data("@K = constant i32 2\n@Table = constant ptr @K", {{"K", "K.v3"}, {"Table", "Table"}});
  EXPECT_THAT(defined(false), UnorderedElementsAre("K.v3", "Table"));
  EXPECT_EQ(M->getGlobalVariable("Table")->getInitializer(), M->getGlobalVariable("K.v3"));
}

TEST_F(SliceTest, LiteralsAreDefinedByTheirContentsName) {
  const char *Text = "@.str = private unnamed_addr constant [2 x i8] c\"a\\00\"\ndefine ptr @f() { "
                     "ret ptr @.str }";
  std::string Name = unitOf(Text).Facts.Variables[0].Name;
  data(Text, {{Name, Name}});
  EXPECT_THAT(defined(), ElementsAre(Name));
}

} // namespace
} // namespace nextframe::test
