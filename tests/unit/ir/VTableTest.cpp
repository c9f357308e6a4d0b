// Virtual tables: their parts, their homes with room, and who points into them.

#include "IrTest.h"
#include "ir/VTables.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Operator.h"

namespace nextframe::test {
namespace {

/// A class with two bases, the first of them virtual: its table has two parts.
const char *const Table =
    "target datalayout = \"e-m:e-i64:64\"\n"
    "@_ZTI1A = external constant ptr\n@_ZTT1A = external constant [1 x ptr]\n"
    "@_ZTV1A = linkonce_odr unnamed_addr constant { [4 x ptr], [3 x ptr] } {\n"
    "  [4 x ptr] [ptr inttoptr (i64 8 to ptr), ptr null, ptr @_ZTI1A, ptr @f],\n"
    "  [3 x ptr] [ptr inttoptr (i64 -8 to ptr), ptr @_ZTI1A, ptr @g] }\n"
    "declare void @f()\ndeclare void @g()\n"
    "define void @make(ptr %o) {\n"
    "  store ptr getelementptr inbounds inrange(-24, 8) ({ [4 x ptr], [3 x ptr] }, ptr @_ZTV1A, "
    "i32 0, i32 0, i32 3), ptr %o\n"
    "  store ptr getelementptr inbounds inrange(-16, 8) ({ [4 x ptr], [3 x ptr] }, ptr @_ZTV1A, "
    "i32 0, i32 1, i32 2), ptr %o\n"
    "  %x = load ptr, ptr @_ZTV1A\n"
    "  ret void\n}\n";

class VTableTest : public testing::Test {
protected:
  const std::vector<VTablePart> Parts{{3, 1}, {2, 1}}, Room{{5, 4}, {2, 9}};
  VTableHomes Homes;
  llvm::LLVMContext Ctx;

  std::unique_ptr<llvm::Module> take(llvm::Expected<std::unique_ptr<llvm::Module>> Slice) {
    llvm::cantFail((*Slice)->materializeAll());
    std::string Text;
    llvm::raw_string_ostream OS(Text);
    EXPECT_FALSE(llvm::verifyModule(**Slice, &OS)) << Text;
    return std::move(*Slice);
  }
  /// The offsets from the table's home that `make` uses.
  std::vector<int64_t> offsets(llvm::Module &M) {
    std::vector<int64_t> Result;
    for (llvm::Instruction &I : llvm::instructions(*M.getFunction("make.v0")))
      for (llvm::Value *Op : I.operands())
        if (auto *C = llvm::dyn_cast<llvm::Constant>(Op)) {
          llvm::APInt Offset(64, 0);
          const llvm::Value *Base = C->stripAndAccumulateConstantOffsets(
              M.getDataLayout(), Offset, /*AllowNonInbounds=*/true);
          if (Base->getName() == "_ZTV1A")
            Result.push_back(Offset.getSExtValue());
        }
    return Result;
  }
};

TEST_F(VTableTest, AddressPointsAreBehindTheTypeInfo) {
  UnitFacts Facts = Ir(Table).facts();
  EXPECT_EQ(variableOf(Facts, "_ZTV1A").Parts, Parts);
}

TEST_F(VTableTest, WithoutTypeInfoTheyAreKnownWhereNoBaseIsVirtual) {
  const char *Bare = "@_ZTV1B = constant { [3 x ptr] } { [3 x ptr] [ptr null, ptr null, ptr @f] }\n"
                     "declare void @f()\n";
  EXPECT_EQ(variableOf(Ir(Bare).facts(), "_ZTV1B").Parts, (std::vector<VTablePart>{{2, 1}}));
  std::string WithVTT = std::string(Bare) + "@_ZTT1B = constant [1 x ptr] [ptr @_ZTV1B]\n";
  EXPECT_THAT(variableOf(Ir(WithVTT).facts(), "_ZTV1B").Parts, IsEmpty());
}

TEST_F(VTableTest, ATableIsOfTheClassThatTheSourceNames) {
  SourceFacts Source;
  Source.VTables["_ZTV1A"] = {"A", {"A", "Base"}};
  UnitFacts Facts = Ir(Table).facts("a.cpp", Source);
  const VariableFacts &V = variableOf(Facts, "_ZTV1A");
  EXPECT_EQ(V.Class, "A");
  Names Keys;
  for (const ContainedRecord &C : V.Contents)
    Keys.push_back(Facts.Types[C.Type]);
  EXPECT_THAT(Keys, UnorderedElementsAre("A", "Base"));
}

TEST_F(VTableTest, AFileLocalTableIsAHomeOfItsOwnAndNoLiteral) {
  UnitFacts Facts = Ir("@_ZTVN12_GLOBAL__N_11AE = internal unnamed_addr constant { [3 x ptr] } { "
                       "[3 x ptr] [ptr null, ptr null, ptr @f] }\ndeclare void @f()")
                        .facts();
  EXPECT_EQ(variableOf(Facts, local("_ZTVN12_GLOBAL__N_11AE")).Kind, DataKind::VTable);
}

TEST_F(VTableTest, AHomeHasRoomAroundItsAddressPoints) {
  CompiledUnit Unit = unitOf(Table);
  Homes["_ZTV1A"] = {Parts, Room};
  auto M = take(sliceData(Unit, {{"_ZTV1A", "_ZTV1A"}}, {}, Homes, Ctx));
  llvm::GlobalVariable *V = M->getGlobalVariable("_ZTV1A");
  EXPECT_FALSE(V->isConstant());
  llvm::Constant *Slots = V->getInitializer();
  ASSERT_EQ(Slots->getType()->getArrayNumElements(), 20u);
  EXPECT_EQ(Slots->getAggregateElement(4u), M->getNamedValue("_ZTI1A"));
  EXPECT_EQ(Slots->getAggregateElement(5u), M->getNamedValue("f"));
  EXPECT_EQ(Slots->getAggregateElement(10u), M->getNamedValue("_ZTI1A"));
  EXPECT_EQ(Slots->getAggregateElement(11u), M->getNamedValue("g"));
  for (unsigned Spare : {0u, 1u, 6u, 7u, 8u, 12u, 19u})
    EXPECT_TRUE(Slots->getAggregateElement(Spare)->isNullValue()) << Spare;
}

TEST_F(VTableTest, CodeUsesTheAddressPointsOfTheHome) {
  CompiledUnit Unit = unitOf(Table);
  Homes["_ZTV1A"] = {Parts, Room};
  auto M = take(sliceCode(Unit, {"make"}, Generation{0}, {}, Homes, Ctx));
  // The last one is the first slot that the source's table has, an offset.
  EXPECT_THAT(offsets(*M), ElementsAre(5 * 8, 11 * 8, 2 * 8));
}

TEST_F(VTableTest, ALibrarysTableIsUsedAsItIs) {
  CompiledUnit Unit = unitOf(Table);
  auto M = take(sliceCode(Unit, {"make"}, Generation{0}, {}, Homes, Ctx));
  EXPECT_THAT(offsets(*M), ElementsAre(3 * 8, 6 * 8, 0));
}

TEST_F(VTableTest, InitialContentUnderAnotherSymbolIsLaidOutAlike) {
  CompiledUnit Unit = unitOf(Table);
  Homes["_ZTV1A"] = {Parts, Room};
  auto M = take(sliceData(Unit, {{"_ZTV1A", "initial._ZTV1A.v3"}}, {}, Homes, Ctx));
  llvm::GlobalVariable *V = M->getGlobalVariable("initial._ZTV1A.v3");
  ASSERT_TRUE(V && V->hasInitializer());
  EXPECT_EQ(V->getInitializer()->getAggregateElement(11u), M->getNamedValue("g"));
}

/// The hash of a constructor of a class whose table has \p Size slots.
uint64_t hashOfConstructor(const std::string &Size, const std::string &Point) {
  std::string Type = "{ [" + Size + " x ptr] }";
  return Ir("target datalayout = \"e-m:e-i64:64\"\n@_ZTV1B = external constant " + Type +
            "\ndefine void @f(ptr %o) {\nstore ptr getelementptr inbounds (" + Type +
            ", ptr @_ZTV1B, i32 0, i32 0, i32 " + Point + "), ptr %o\nret void\n}")
      .hash();
}

TEST_F(VTableTest, AConstructorIsTheSameWhenItsTableGrows) {
  EXPECT_EQ(hashOfConstructor("4", "2"), hashOfConstructor("5", "2"));
  EXPECT_NE(hashOfConstructor("4", "2"), hashOfConstructor("4", "3"));
}

} // namespace
} // namespace nextframe::test
