// typeAllocations(): marked allocation calls say what they are for.

#include "IrTest.h"
#include "support/BlockType.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

namespace nextframe::test {
namespace {

constexpr const char *Module = R"(
declare noalias ptr @malloc(i64)
declare noalias nonnull ptr @_Znwm(i64) nobuiltin
declare ptr @calloc(i64, i64)
declare i32 @__gxx_personality_v0(...)
define ptr @plain() sanitize_alloc_token {
  %p = call ptr @malloc(i64 8), !alloc_token !0
  ret ptr %p
}
define ptr @unmarked() {
  %p = call ptr @malloc(i64 8)
  ret ptr %p
}
define ptr @array() {
  %p = call ptr @calloc(i64 3, i64 8), !alloc_token !1
  ret ptr %p
}
define ptr @thrown() personality ptr @__gxx_personality_v0 {
  %p = invoke noalias nonnull ptr @_Znwm(i64 8) to label %ok unwind label %bad, !alloc_token !2
ok:
  ret ptr %p
bad:
  %x = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %x
}
define ptr @coroutine() presplitcoroutine {
  %p = call ptr @_Znwm(i64 100)
  ret ptr %p
}
!0 = !{!"Enemy", i1 false}
!1 = !{!"Enemy[3][4]", i1 false}
!2 = !{!"int", i1 false}
)";

class TypedAllocationsTest : public testing::Test {
protected:
  TypedAllocationsTest() : Unit(Module) {
    Source.BlockTypes["Enemy"] = Enemy.encode();
    Source.Functions["coroutine"] = {{"Enemy"}, true};
    typeAllocations(*Unit, Source);
    EXPECT_EQ(Unit.verify(), "");
  }
  llvm::CallBase &call(llvm::StringRef Function) {
    for (llvm::Instruction &I : llvm::instructions(*(*Unit).getFunction(Function)))
      if (auto *Call = llvm::dyn_cast<llvm::CallBase>(&I))
        return *Call;
    ADD_FAILURE() << "no call in " << Function.str();
    std::abort();
  }
  std::string callee(llvm::StringRef Function) {
    return call(Function).getCalledFunction()->getName().str();
  }
  BlockType typeOf(llvm::StringRef Function) {
    auto &Call = call(Function);
    auto *Text = llvm::cast<llvm::GlobalVariable>(Call.getArgOperand(Call.arg_size() - 1));
    return BlockType::decode(
        llvm::cast<llvm::ConstantDataArray>(Text->getInitializer())->getAsCString());
  }

  Ir Unit;
  SourceFacts Source;
  const BlockType Enemy{"Enemy", 8, {{"Enemy", 1}}};
};

TEST_F(TypedAllocationsTest, AMarkedCallTellsItsType) {
  EXPECT_EQ(callee("plain"), "nextframe.malloc");
  EXPECT_EQ(typeOf("plain"), Enemy);
  EXPECT_FALSE(call("plain").hasMetadata(llvm::LLVMContext::MD_alloc_token));
  EXPECT_FALSE((*Unit).getFunction("plain")->hasFnAttribute(llvm::Attribute::SanitizeAllocToken));
}

TEST_F(TypedAllocationsTest, AnUnmarkedCallStays) { EXPECT_EQ(callee("unmarked"), "malloc"); }

TEST_F(TypedAllocationsTest, AnArrayOfArraysIsOfItsElements) {
  EXPECT_EQ(callee("array"), "nextframe.calloc");
  EXPECT_EQ(typeOf("array"), Enemy);
}

TEST_F(TypedAllocationsTest, ATypeWithoutObjectsOfTheProgramsIsOne) {
  EXPECT_EQ(callee("thrown"), "nextframe._Znwm");
  EXPECT_EQ(typeOf("thrown"), BlockType());
  EXPECT_TRUE(llvm::isa<llvm::InvokeInst>(call("thrown")));
  EXPECT_TRUE(call("thrown").hasRetAttr(llvm::Attribute::NonNull));
}

TEST_F(TypedAllocationsTest, AFrameOfACoroutineHasAllTypesOfTheCoroutine) {
  EXPECT_EQ(callee("coroutine"), "nextframe._Znwm");
  EXPECT_EQ(typeOf("coroutine"), (BlockType{"", 0, {{"Enemy", 1}}}));
}

TEST_F(TypedAllocationsTest, TheOptimiserStillKnowsWhatTheyAre) {
  llvm::Function *Malloc = (*Unit).getFunction("nextframe.malloc");
  EXPECT_EQ(Malloc->getFnAttribute("alloc-family").getValueAsString(), "malloc");
  EXPECT_TRUE(Malloc->hasFnAttribute(llvm::Attribute::AllocKind));
}

} // namespace
} // namespace nextframe::test
