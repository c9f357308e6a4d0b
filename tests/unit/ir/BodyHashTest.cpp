// The identity of a body: all that can alter what it does, and nothing else.

#include "IrTest.h"

#include <ostream>

namespace nextframe::test {
namespace {

//===----------------------------------------------------------------------===//
// What counts: two texts that differ in one thing
//===----------------------------------------------------------------------===//

struct Pair {
  const char *Name;
  const char *Left, *Right;
  friend void PrintTo(const Pair &P, std::ostream *OS) {
    *OS << "\n" << P.Left << "\nagainst\n" << P.Right << "\n";
  }
};

class BodyHashSeesTest : public testing::TestWithParam<Pair> {};

/// Instructions stand for a body; a text with "define" is a whole module.
std::string whole(llvm::StringRef Text) {
  if (Text.contains("define"))
    return Text.str();
  return (R"(
@g = external global i32
@h = external global i32
@_ZTI1A = external constant ptr
@_ZTI1B = external constant ptr
declare i32 @one(i32)
declare i32 @two(i32)
declare i32 @__gxx_personality_v0(...)
define i32 @f(i32 %a, i32 %b, ptr %p, float %x, <2 x i32> %v, {i32, i32} %s) personality ptr @__gxx_personality_v0 {
)" + Text +
          "\n}\n")
      .str();
}

TEST_P(BodyHashSeesTest, TheDifference) {
  Ir Left(whole(GetParam().Left)), Right(whole(GetParam().Right));
  EXPECT_EQ(Left.verify() + Right.verify(), "");
  EXPECT_NE(Left.hash(), Right.hash());
  EXPECT_EQ(Left.hash(), Ir(whole(GetParam().Left)).hash()) << "the same text is the same body";
}

const Pair Differences[] = {
    {"Constant", "ret i32 1", "ret i32 2"},
    {"ConstantWidth", "%r = zext i8 1 to i32\nret i32 %r", "%r = zext i16 1 to i32\nret i32 %r"},
    {"FloatConstant", "%r = fptosi float 1.0 to i32\nret i32 %r",
     "%r = fptosi float 2.0 to i32\nret i32 %r"},
    {"NegativeZero", "%r = fptosi float 0.0 to i32\nret i32 %r",
     "%r = fptosi float -0.0 to i32\nret i32 %r"},
    {"UndefAgainstPoison", "ret i32 undef", "ret i32 poison"},
    {"Operand", "ret i32 %a", "ret i32 %b"},
    {"OperandOrder", "%r = sub i32 %a, %b\nret i32 %r", "%r = sub i32 %b, %a\nret i32 %r"},
    {"Opcode", "%r = add i32 %a, %b\nret i32 %r", "%r = sub i32 %a, %b\nret i32 %r"},
    {"Callee", "%r = call i32 @one(i32 1)\nret i32 %r", "%r = call i32 @two(i32 1)\nret i32 %r"},
    {"Global", "%r = load i32, ptr @g\nret i32 %r", "%r = load i32, ptr @h\nret i32 %r"},
    {"OffsetIntoGlobal", "%r = load i32, ptr getelementptr (i8, ptr @g, i64 4)\nret i32 %r",
     "%r = load i32, ptr getelementptr (i8, ptr @g, i64 8)\nret i32 %r"},
    {"OrderOfInstructions", "store i32 1, ptr @g\nstore i32 2, ptr @h\nret i32 0",
     "store i32 2, ptr @h\nstore i32 1, ptr @g\nret i32 0"},
    {"NoSignedWrap", "%r = add i32 %a, %b\nret i32 %r", "%r = add nsw i32 %a, %b\nret i32 %r"},
    {"Exact", "%r = sdiv i32 %a, %b\nret i32 %r", "%r = sdiv exact i32 %a, %b\nret i32 %r"},
    {"Disjoint", "%r = or i32 %a, %b\nret i32 %r", "%r = or disjoint i32 %a, %b\nret i32 %r"},
    {"FastMath", "%y = fadd float %x, %x\n%r = fptosi float %y to i32\nret i32 %r",
     "%y = fadd fast float %x, %x\n%r = fptosi float %y to i32\nret i32 %r"},
    {"NoNaNs", "%y = fadd nnan float %x, %x\n%r = fptosi float %y to i32\nret i32 %r",
     "%y = fadd ninf float %x, %x\n%r = fptosi float %y to i32\nret i32 %r"},
    {"Predicate", "%c = icmp slt i32 %a, %b\n%r = zext i1 %c to i32\nret i32 %r",
     "%c = icmp sle i32 %a, %b\n%r = zext i1 %c to i32\nret i32 %r"},
    {"FloatPredicate", "%c = fcmp olt float %x, 1.0\n%r = zext i1 %c to i32\nret i32 %r",
     "%c = fcmp ult float %x, 1.0\n%r = zext i1 %c to i32\nret i32 %r"},
    {"LoadAlignment", "%r = load i32, ptr %p, align 4\nret i32 %r",
     "%r = load i32, ptr %p, align 1\nret i32 %r"},
    {"StoreAlignment", "store i32 1, ptr %p, align 4\nret i32 0",
     "store i32 1, ptr %p, align 1\nret i32 0"},
    {"VolatileLoad", "%r = load i32, ptr %p\nret i32 %r",
     "%r = load volatile i32, ptr %p\nret i32 %r"},
    {"VolatileStore", "store i32 1, ptr %p\nret i32 0", "store volatile i32 1, ptr %p\nret i32 0"},
    {"AtomicLoad", "%r = load i32, ptr %p, align 4\nret i32 %r",
     "%r = load atomic i32, ptr %p monotonic, align 4\nret i32 %r"},
    {"LoadOrdering", "%r = load atomic i32, ptr %p monotonic, align 4\nret i32 %r",
     "%r = load atomic i32, ptr %p seq_cst, align 4\nret i32 %r"},
    {"StoreOrdering", "store atomic i32 1, ptr %p release, align 4\nret i32 0",
     "store atomic i32 1, ptr %p seq_cst, align 4\nret i32 0"},
    {"SyncScope", "fence acquire\nret i32 0",
     "fence syncscope(\"singlethread\") acquire\nret i32 0"},
    {"FenceOrdering", "fence acquire\nret i32 0", "fence seq_cst\nret i32 0"},
    {"ExchangeSuccessOrdering", "%r = cmpxchg ptr %p, i32 0, i32 1 acquire monotonic\nret i32 0",
     "%r = cmpxchg ptr %p, i32 0, i32 1 seq_cst monotonic\nret i32 0"},
    {"ExchangeFailureOrdering", "%r = cmpxchg ptr %p, i32 0, i32 1 seq_cst monotonic\nret i32 0",
     "%r = cmpxchg ptr %p, i32 0, i32 1 seq_cst acquire\nret i32 0"},
    {"WeakExchange", "%r = cmpxchg ptr %p, i32 0, i32 1 seq_cst seq_cst\nret i32 0",
     "%r = cmpxchg weak ptr %p, i32 0, i32 1 seq_cst seq_cst\nret i32 0"},
    {"AtomicOperation", "%r = atomicrmw add ptr %p, i32 1 seq_cst\nret i32 %r",
     "%r = atomicrmw sub ptr %p, i32 1 seq_cst\nret i32 %r"},
    {"AtomicOperationOrdering", "%r = atomicrmw add ptr %p, i32 1 seq_cst\nret i32 %r",
     "%r = atomicrmw add ptr %p, i32 1 monotonic\nret i32 %r"},
    {"AllocatedType", "%l = alloca i32\nret i32 0", "%l = alloca i64\nret i32 0"},
    {"AllocaAlignment", "%l = alloca i32, align 4\nret i32 0",
     "%l = alloca i32, align 64\nret i32 0"},
    {"GepType", "%q = getelementptr i32, ptr %p, i64 1\n%r = load i32, ptr %q\nret i32 %r",
     "%q = getelementptr i64, ptr %p, i64 1\n%r = load i32, ptr %q\nret i32 %r"},
    {"GepStruct",
     "%q = getelementptr {i8, i32}, ptr %p, i64 0, i32 1\n%r = load i32, ptr %q\nret i32 %r",
     "%q = getelementptr <{i8, i32}>, ptr %p, i64 0, i32 1\n%r = load i32, ptr %q\nret i32 %r"},
    {"InBounds", "%q = getelementptr i32, ptr %p, i64 1\n%r = load i32, ptr %q\nret i32 %r",
     "%q = getelementptr inbounds i32, ptr %p, i64 1\n%r = load i32, ptr %q\nret i32 %r"},
    {"ExtractedField", "%r = extractvalue {i32, i32} %s, 0\nret i32 %r",
     "%r = extractvalue {i32, i32} %s, 1\nret i32 %r"},
    {"InsertedField", "%t = insertvalue {i32, i32} %s, i32 1, 0\nret i32 0",
     "%t = insertvalue {i32, i32} %s, i32 1, 1\nret i32 0"},
    {"ShuffleMask",
     "%w = shufflevector <2 x i32> %v, <2 x i32> %v, <2 x i32> <i32 0, i32 1>\nret i32 0",
     "%w = shufflevector <2 x i32> %v, <2 x i32> %v, <2 x i32> <i32 1, i32 0>\nret i32 0"},
    {"CaseValue", "switch i32 %a, label %d [i32 1, label %e]\nd:\nret i32 0\ne:\nret i32 1",
     "switch i32 %a, label %d [i32 2, label %e]\nd:\nret i32 0\ne:\nret i32 1"},
    {"CaseTarget",
     "switch i32 %a, label %d [i32 1, label %d\ni32 2, label %e]\nd:\nret i32 0\ne:\nret i32 1",
     "switch i32 %a, label %d [i32 1, label %e\ni32 2, label %d]\nd:\nret i32 0\ne:\nret i32 1"},
    {"BranchTargets",
     "%c = icmp eq i32 %a, 0\nbr i1 %c, label %d, label %e\nd:\nret i32 0\ne:\nret i32 1",
     "%c = icmp eq i32 %a, 0\nbr i1 %c, label %e, label %d\nd:\nret i32 0\ne:\nret i32 1"},
    {"IncomingBlocks",
     "%c = icmp eq i32 %a, 0\nbr i1 %c, label %d, label %e\nd:\nbr label %j\ne:\nbr label %j\n"
     "j:\n%r = phi i32 [1, %d], [2, %e]\nret i32 %r",
     "%c = icmp eq i32 %a, 0\nbr i1 %c, label %d, label %e\nd:\nbr label %j\ne:\nbr label %j\n"
     "j:\n%r = phi i32 [2, %d], [1, %e]\nret i32 %r"},
    {"TailCall", "%r = call i32 @one(i32 1)\nret i32 %r",
     "%r = tail call i32 @one(i32 1)\nret i32 %r"},
    {"CallingConvention", "%r = call i32 @one(i32 1)\nret i32 %r",
     "%r = call fastcc i32 @one(i32 1)\nret i32 %r"},
    {"AttributeOfCall", "%r = call i32 @one(i32 1)\nret i32 %r",
     "%r = call i32 @one(i32 1) nounwind\nret i32 %r"},
    {"AttributeOfArgument", "%r = call i32 @one(i32 1)\nret i32 %r",
     "%r = call i32 @one(i32 signext 1)\nret i32 %r"},
    {"OperandBundle", "%r = call i32 @one(i32 1) [ \"deopt\"(i32 1) ]\nret i32 %r",
     "%r = call i32 @one(i32 1) [ \"other\"(i32 1) ]\nret i32 %r"},
    {"InvokeAgainstCall", "%r = call i32 @one(i32 1)\nret i32 %r",
     "%r = invoke i32 @one(i32 1) to label %n unwind label %u\nn:\nret i32 %r\n"
     "u:\n%l = landingpad {ptr, i32} cleanup\nresume {ptr, i32} %l"},
    {"CaughtType",
     "%r = invoke i32 @one(i32 1) to label %n unwind label %u\nn:\nret i32 %r\n"
     "u:\n%l = landingpad {ptr, i32} catch ptr @_ZTI1A\nret i32 0",
     "%r = invoke i32 @one(i32 1) to label %n unwind label %u\nn:\nret i32 %r\n"
     "u:\n%l = landingpad {ptr, i32} catch ptr @_ZTI1B\nret i32 0"},
    {"Cleanup",
     "%r = invoke i32 @one(i32 1) to label %n unwind label %u\nn:\nret i32 %r\n"
     "u:\n%l = landingpad {ptr, i32} catch ptr @_ZTI1A\nret i32 0",
     "%r = invoke i32 @one(i32 1) to label %n unwind label %u\nn:\nret i32 %r\n"
     "u:\n%l = landingpad {ptr, i32} cleanup catch ptr @_ZTI1A\nret i32 0"},
    {"FilterAgainstCatch",
     "%r = invoke i32 @one(i32 1) to label %n unwind label %u\nn:\nret i32 %r\n"
     "u:\n%l = landingpad {ptr, i32} filter [1 x ptr] [ptr @_ZTI1A]\nret i32 0",
     "%r = invoke i32 @one(i32 1) to label %n unwind label %u\nn:\nret i32 %r\n"
     "u:\n%l = landingpad {ptr, i32} filter [1 x ptr] [ptr @_ZTI1B]\nret i32 0"},
    {"AssemblyText", "call void asm sideeffect \"nop\", \"\"()\nret i32 0",
     "call void asm sideeffect \"pause\", \"\"()\nret i32 0"},
    {"AssemblyConstraints", "call void asm sideeffect \"nop\", \"\"()\nret i32 0",
     "call void asm sideeffect \"nop\", \"~{memory}\"()\nret i32 0"},
    {"AssemblySideEffect", "call void asm \"nop\", \"\"()\nret i32 0",
     "call void asm sideeffect \"nop\", \"\"()\nret i32 0"},
    {"Freeze", "ret i32 %a", "%r = freeze i32 %a\nret i32 %r"},

    {"FunctionAttribute", "define void @f() { ret void }",
     "define void @f() nounwind { ret void }"},
    {"StringAttribute", "define void @f() \"frame-pointer\"=\"all\" { ret void }",
     "define void @f() \"frame-pointer\"=\"none\" { ret void }"},
    {"ParameterAttribute", "define void @f(ptr %p) { ret void }",
     "define void @f(ptr noalias %p) { ret void }"},
    {"TypeOfAttribute", "define void @f(ptr byval(i32) %p) { ret void }",
     "define void @f(ptr byval(i64) %p) { ret void }"},
    {"ReturnType", "define i32 @f() { ret i32 0 }", "define i64 @f() { ret i64 0 }"},
    {"Variadic", "define void @f(i32 %a) { ret void }", "define void @f(i32 %a, ...) { ret void }"},
    {"FunctionCallingConvention", "define void @f() { ret void }",
     "define fastcc void @f() { ret void }"},
    {"Section", "define void @f() { ret void }", "define void @f() section \"hot\" { ret void }"},
    {"FunctionAlignment", "define void @f() { ret void }",
     "define void @f() align 64 { ret void }"},
    {"Personality",
     "declare void @one()\ndeclare void @two()\ndefine void @f() personality ptr @one { ret void }",
     "declare void @one()\ndeclare void @two()\ndefine void @f() personality ptr @two { ret void "
     "}"},
    {"ExtraBlock", "define void @f() { ret void }",
     "define void @f() {\nbr label %n\nn:\nret void\n}"},

    {"RangeMetadata",
     "define i32 @f(ptr %p) {\n%r = load i32, ptr %p, !range !0\nret i32 %r\n}\n!0 = !{i32 0, i32 "
     "2}",
     "define i32 @f(ptr %p) {\n%r = load i32, ptr %p, !range !0\nret i32 %r\n}\n!0 = !{i32 0, i32 "
     "3}"},
    {"AliasMetadata",
     "define i32 @f(ptr %p) {\n%r = load i32, ptr %p, !tbaa !0\nret i32 %r\n}\n"
     "!0 = !{!1, !1, i64 0}\n!1 = !{!\"int\", !2}\n!2 = !{!\"root\"}",
     "define i32 @f(ptr %p) {\n%r = load i32, ptr %p, !tbaa !0\nret i32 %r\n}\n"
     "!0 = !{!1, !1, i64 0}\n!1 = !{!\"long\", !2}\n!2 = !{!\"root\"}"},
    {"PresenceOfMetadata", "define i32 @f(ptr %p) {\n%r = load i32, ptr %p\nret i32 %r\n}",
     "define i32 @f(ptr %p) {\n%r = load i32, ptr %p, !invariant.load !0\nret i32 %r\n}\n!0 = !{}"},
    {"KindOfMetadata",
     "define i32 @f(ptr %p) {\n%r = load i32, ptr %p, !nontemporal !0\nret i32 %r\n}\n!0 = !{i32 "
     "1}",
     "define i32 @f(ptr %p) {\n%r = load i32, ptr %p, !noundef !1\nret i32 %r\n}\n!1 = !{}"},
    {"LoopMetadata",
     "define void @f() {\nbr label %l\nl:\nbr label %l, !llvm.loop !0\n}\n"
     "!0 = distinct !{!0, !1}\n!1 = !{!\"llvm.loop.mustprogress\"}",
     "define void @f() {\nbr label %l\nl:\nbr label %l, !llvm.loop !0\n}\n"
     "!0 = distinct !{!0, !1}\n!1 = !{!\"llvm.loop.unroll.disable\"}"},

    {"LiteralContent",
     "@.str = private unnamed_addr constant [3 x i8] c\"hi\\00\"\ndefine ptr @f() { ret ptr @.str "
     "}",
     "@.str = private unnamed_addr constant [3 x i8] c\"ho\\00\"\ndefine ptr @f() { ret ptr @.str "
     "}"},
    {"ContentOfZeros",
     "@.c = private unnamed_addr constant [3 x i8] zeroinitializer\ndefine ptr @f() { ret ptr @.c "
     "}",
     "@.c = private unnamed_addr constant [4 x i8] zeroinitializer\ndefine ptr @f() { ret ptr @.c "
     "}"},
    {"ContentOfATableOfLiterals",
     "@.s = private unnamed_addr constant [2 x i8] c\"a\\00\"\n"
     "@.t = private unnamed_addr constant [1 x ptr] [ptr @.s]\ndefine ptr @f() { ret ptr @.t }",
     "@.s = private unnamed_addr constant [2 x i8] c\"b\\00\"\n"
     "@.t = private unnamed_addr constant [1 x ptr] [ptr @.s]\ndefine ptr @f() { ret ptr @.t }"},
    {"LocalConstantsOfOneContentWhoseAddressCounts",
     "@one = internal constant i32 1\n@two = internal constant i32 1\ndefine ptr @f() { ret ptr "
     "@one }",
     "@one = internal constant i32 1\n@two = internal constant i32 1\ndefine ptr @f() { ret ptr "
     "@two }"},
    {"LiteralAlignment",
     "@.c = private unnamed_addr constant i32 1, align 4\ndefine ptr @f() { ret ptr @.c }",
     "@.c = private unnamed_addr constant i32 1, align 16\ndefine ptr @f() { ret ptr @.c }"},
    {"LocalHelper",
     "define internal i32 @helper() { ret i32 1 }\ndefine i32 @f() {\n%r = call i32 @helper()\nret "
     "i32 %r\n}",
     "define internal i32 @helper() { ret i32 2 }\ndefine i32 @f() {\n%r = call i32 @helper()\nret "
     "i32 %r\n}"},
    {"HelperOfAHelper",
     "define internal i32 @deep() { ret i32 1 }\n"
     "define internal i32 @helper() {\n%r = call i32 @deep()\nret i32 %r\n}\n"
     "define i32 @f() {\n%r = call i32 @helper()\nret i32 %r\n}",
     "define internal i32 @deep() { ret i32 2 }\n"
     "define internal i32 @helper() {\n%r = call i32 @deep()\nret i32 %r\n}\n"
     "define i32 @f() {\n%r = call i32 @helper()\nret i32 %r\n}"},
    {"OrderInATableOfLabels",
     "@t = internal constant [2 x ptr] [ptr blockaddress(@f, %a), ptr blockaddress(@f, %b)]\n"
     "define i32 @f(i64 %i) {\n%q = getelementptr ptr, ptr @t, i64 %i\n%l = load ptr, ptr %q\n"
     "indirectbr ptr %l, [label %a, label %b]\na:\nret i32 1\nb:\nret i32 2\n}",
     "@t = internal constant [2 x ptr] [ptr blockaddress(@f, %b), ptr blockaddress(@f, %a)]\n"
     "define i32 @f(i64 %i) {\n%q = getelementptr ptr, ptr @t, i64 %i\n%l = load ptr, ptr %q\n"
     "indirectbr ptr %l, [label %a, label %b]\na:\nret i32 1\nb:\nret i32 2\n}"},
    {"LabelInABody",
     "define ptr @f(i64 %i) {\nindirectbr ptr blockaddress(@f, %a), [label %a, label %b]\n"
     "a:\nret ptr null\nb:\nret ptr null\n}",
     "define ptr @f(i64 %i) {\nindirectbr ptr blockaddress(@f, %b), [label %a, label %b]\n"
     "a:\nret ptr null\nb:\nret ptr null\n}"},
};

INSTANTIATE_TEST_SUITE_P(All, BodyHashSeesTest, testing::ValuesIn(Differences),
                         [](const auto &Info) { return Info.param.Name; });

//===----------------------------------------------------------------------===//
// What doesn't count
//===----------------------------------------------------------------------===//

class BodyHashOverlooksTest : public testing::TestWithParam<Pair> {};

TEST_P(BodyHashOverlooksTest, TheDifference) {
  Ir Left(GetParam().Left), Right(GetParam().Right);
  EXPECT_EQ(Left.verify() + Right.verify(), "");
  EXPECT_EQ(Left.hash(), Right.hash());
}

constexpr const char *DebugInfo = R"(
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!9}
!9 = !{i32 2, !"Debug Info Version", i32 3}
!0 = distinct !DICompileUnit(language: DW_LANG_C99, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "a.c", directory: "/")
!2 = !DISubroutineType(types: !{null})
!3 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
)";

std::string withDebugInfo(int Line) {
  std::string L = std::to_string(Line);
  return "define i32 @f(i32 %a) !dbg !4 {\n#dbg_value(i32 %a, !6, !DIExpression(), !5)\n"
         "%r = add i32 %a, 1, !dbg !5\nbr label %l, !dbg !5\nl:\n"
         "br i1 false, label %l, label %e, !llvm.loop !7\ne:\nret i32 %r, !dbg !5\n}\n"
         "!4 = distinct !DISubprogram(name: \"f\", file: !1, line: " +
         L + ", type: !2, unit: !0, spFlags: DISPFlagDefinition)\n!5 = !DILocation(line: " + L +
         ", scope: !4)\n!6 = !DILocalVariable(name: \"a\", scope: !4, line: " + L +
         ", type: !3)\n!7 = distinct !{!7, !5, !8}\n!8 = !{!\"llvm.loop.mustprogress\"}\n" +
         DebugInfo;
}

TEST(BodyHashTest, ALineShiftIsNoChange) {
  EXPECT_EQ(Ir(withDebugInfo(3)).hash(), Ir(withDebugInfo(300)).hash());
}

const Pair Likes[] = {
    {"NamesOfValues", "define i32 @f(i32 %a) {\n%b = add i32 %a, 1\nret i32 %b\n}",
     "define i32 @f(i32 %0) {\nentry:\n%sum = add i32 %0, 1\nret i32 %sum\n}"},
    {"NumbersOfAttributes", "define void @f() #0 { ret void }\nattributes #0 = { nounwind }",
     "define void @g() #0 { ret void }\ndefine void @f() #5 { ret void }\n"
     "attributes #0 = { noreturn }\nattributes #5 = { nounwind }"},
    {"OrderOfAttributes",
     "define void @f() #0 { ret void }\nattributes #0 = { nounwind \"a\"=\"1\" }",
     "define void @f() #0 { ret void }\nattributes #0 = { \"a\"=\"1\" nounwind }"},
    {"NumbersOfMetadata",
     "define i32 @f(ptr %p) {\n%r = load i32, ptr %p, !range !0\nret i32 %r\n}\n!0 = !{i32 0, i32 "
     "2}",
     "define i32 @f(ptr %p) {\n%r = load i32, ptr %p, !range !7\nret i32 %r\n}\n!named = !{!3}\n"
     "!3 = !{!\"other\"}\n!7 = !{i32 0, i32 2}"},
    {"NumbersOfOwnMetadataKinds",
     "define i32 @f(ptr %p) {\n%r = load i32, ptr %p, !mine !0\nret i32 %r\n}\n!0 = !{i32 1}",
     "define i32 @g(ptr %p) {\n%r = load i32, ptr %p, !others !0\nret i32 %r\n}\n"
     "define i32 @f(ptr %p) {\n%r = load i32, ptr %p, !mine !0\nret i32 %r\n}\n!0 = !{i32 1}"},
    {"NumbersOfLiterals",
     "@.str = private unnamed_addr constant [2 x i8] c\"a\\00\"\ndefine ptr @f() { ret ptr @.str }",
     "@.str = private unnamed_addr constant [2 x i8] c\"b\\00\"\n"
     "@.str.1 = private unnamed_addr constant [2 x i8] c\"a\\00\"\n"
     "define ptr @g() { ret ptr @.str }\ndefine ptr @f() { ret ptr @.str.1 }"},
    {"NamesOfStructs",
     "%struct.A = type { i32, ptr }\ndefine ptr @f(ptr %p) {\n"
     "%q = getelementptr %struct.A, ptr %p, i64 1\nret ptr %q\n}",
     "%struct.A.12 = type { i32, ptr }\ndefine ptr @f(ptr %p) {\n"
     "%q = getelementptr %struct.A.12, ptr %p, i64 1\nret ptr %q\n}"},
    {"NamesOfStructsInAttributes",
     "%struct.A = type { i32, ptr }\ndefine void @f(ptr byval(%struct.A) %p) { ret void }",
     "%struct.A.12 = type { i32, ptr }\ndefine void @f(ptr byval(%struct.A.12) %p) { ret void }"},
    {"NumbersOfHelpers",
     "define internal void @__cxx_global_array_dtor(ptr %p) { ret void }\n"
     "define ptr @f() { ret ptr @__cxx_global_array_dtor }",
     "define internal void @__cxx_global_array_dtor.7(ptr %p) { ret void }\n"
     "define ptr @f() { ret ptr @__cxx_global_array_dtor.7 }"},
    {"PlaceOfAssembly",
     "define void @f() {\ncall void asm \"nop\", \"\"(), !srcloc !0\nret void\n}\n!0 = !{i64 10}",
     "define void @f() {\ncall void asm \"nop\", \"\"(), !srcloc !0\nret void\n}\n!0 = !{i64 99}"},
    {"TheRestOfTheModule", "define i32 @f() { ret i32 1 }",
     "@g = global i32 7\ndeclare void @other()\ndefine void @g2() {\ncall void @other()\nret "
     "void\n}\n"
     "define i32 @f() { ret i32 1 }"},
};

INSTANTIATE_TEST_SUITE_P(All, BodyHashOverlooksTest, testing::ValuesIn(Likes),
                         [](const auto &Info) { return Info.param.Name; });

//===----------------------------------------------------------------------===//
// Cycles
//===----------------------------------------------------------------------===//

TEST(BodyHashTest, ARecursiveFunctionHasAHash) {
  const char *Text = "define i32 @f(i32 %n) {\n%r = call i32 @f(i32 %n)\nret i32 %r\n}";
  EXPECT_EQ(Ir(Text).hash(), Ir(Text).hash());
  EXPECT_THAT(Ir(Text).references(), IsEmpty());
}

TEST(BodyHashTest, HelpersThatCallEachOtherAreBothSeen) {
  auto Text = [](int Even, int Odd) {
    return "define internal i32 @even(i32 %n) {\n%r = call i32 @odd(i32 " + std::to_string(Even) +
           ")\nret i32 %r\n}\ndefine internal i32 @odd(i32 %n) {\n%r = call i32 @even(i32 " +
           std::to_string(Odd) +
           ")\nret i32 %r\n}\ndefine i32 @f() {\n%r = call i32 @even(i32 1)\nret i32 %r\n}";
  };
  EXPECT_NE(Ir(Text(1, 1)).hash(), Ir(Text(2, 1)).hash());
  EXPECT_NE(Ir(Text(1, 1)).hash(), Ir(Text(1, 2)).hash());
  EXPECT_EQ(Ir(Text(1, 2)).hash(), Ir(Text(1, 2)).hash());
}

TEST(BodyHashTest, DataThatPointsToItselfHasAHash) {
  auto Text = [](int N) {
    return "@node = internal constant {ptr, i32} {ptr @node, i32 " + std::to_string(N) +
           "}\ndefine ptr @f() { ret ptr @node }";
  };
  EXPECT_EQ(Ir(Text(1)).hash(), Ir(Text(1)).hash());
  EXPECT_NE(Ir(Text(1)).hash(), Ir(Text(2)).hash());
}

/// A ring of three constants; each user names another of them. One hasher goes
/// over all of them, as in a compile.
std::vector<uint64_t> ringHashes(int A, int B, int C) {
  auto Node = [](const char *Name, const char *Next, int N) {
    return std::string("@") + Name + " = internal constant {ptr, i32} {ptr @" + Next + ", i32 " +
           std::to_string(N) + "}\n";
  };
  Ir M(Node("a", "b", A) + Node("b", "c", B) + Node("c", "a", C) +
       "define ptr @f() { ret ptr @a }\ndefine ptr @g() { ret ptr @b }\n"
       "define ptr @h() { ret ptr @c }");
  BodyHasher Hasher;
  std::vector<uint64_t> Result;
  for (const char *F : {"f", "g", "h"}) {
    BodyHasher::References Refs;
    Result.push_back(Hasher.hashFunction(*M->getFunction(F), Refs));
  }
  return Result;
}

TEST(BodyHashTest, EachUserOfARingOfConstantsSeesEachOfThem) {
  std::vector<uint64_t> Before = ringHashes(1, 1, 1);
  for (auto &After : {ringHashes(2, 1, 1), ringHashes(1, 2, 1), ringHashes(1, 1, 2)})
    for (size_t User = 0; User != 3; ++User)
      EXPECT_NE(Before[User], After[User]) << "user " << User;
}

//===----------------------------------------------------------------------===//
// References and satellites
//===----------------------------------------------------------------------===//

TEST(BodyHashTest, ReferencesAreWhatTheBodyNames) {
  Ir M("@g = external global i32\ndeclare void @callee()\ndeclare void @unused()\n"
       "declare void @llvm.donothing()\n"
       "define void @f() {\ncall void @callee()\ncall void @llvm.donothing()\n"
       "store i32 1, ptr @g\nret void\n}");
  EXPECT_THAT(M.references(), UnorderedElementsAre("callee", "g"));
}

TEST(BodyHashTest, ThePersonalityIsAReference) {
  Ir M("declare i32 @p(...)\ndefine void @f() personality ptr @p { ret void }");
  EXPECT_THAT(M.references(), ElementsAre("p"));
}

TEST(BodyHashTest, ASatellitesReferencesAreItsUsers) {
  Ir M("@K = external constant i32\ndefine internal i32 @helper() {\n"
       "%r = load i32, ptr @K\nret i32 %r\n}\n"
       "define i32 @f() {\n%r = call i32 @helper()\nret i32 %r\n}\n"
       "define i32 @g() {\n%r = call i32 @helper()\nret i32 %r\n}");
  EXPECT_THAT(M.references("f"), ElementsAre("K"));
  EXPECT_THAT(M.references("g"), ElementsAre("K"));
}

TEST(BodyHashTest, SatellitesAreLocalCodeAndWhatRefersToIt) {
  Ir M("@visible = global i32 1\n@written = internal global i32 1\n"
       "@table = internal constant [1 x ptr] [ptr @helper]\n"
       "@text = private unnamed_addr constant [2 x i8] c\"a\\00\"\n"
       "@texts = internal constant [1 x ptr] [ptr @text]\n"
       "@labels = internal constant [1 x ptr] [ptr blockaddress(@f, %l)]\n"
       "define internal void @helper() { ret void }\n"
       "define void @f() {\nbr label %l\nl:\nret void\n}");
  auto Is = [&](const char *Name) { return isSatellite(*M->getNamedValue(Name)); };
  EXPECT_TRUE(Is("helper"));
  EXPECT_TRUE(Is("written"));
  EXPECT_TRUE(Is("table"));
  EXPECT_TRUE(Is("labels"));
  EXPECT_FALSE(Is("f"));
  EXPECT_FALSE(Is("visible"));
  EXPECT_FALSE(Is("text"));
  EXPECT_FALSE(Is("texts"));
}

//===----------------------------------------------------------------------===//
// Content of variables, types
//===----------------------------------------------------------------------===//

TEST(BodyHashTest, TheContentOfAVariableCounts) {
  auto Of = [](const char *Text) { return Ir(Text).content("g"); };
  EXPECT_NE(Of("@g = global i32 1"), Of("@g = global i32 2"));
  EXPECT_NE(Of("@g = global i32 1"), Of("@g = constant i32 1"));
  EXPECT_NE(Of("@g = global i32 1"), Of("@g = thread_local global i32 1"));
  EXPECT_NE(Of("@g = global i32 1"), Of("@g = global i64 1"));
  EXPECT_EQ(Of("@g = global i32 1"), Of("@other = global i32 3\n@g = global i32 1"));
}

TEST(BodyHashTest, AVariableThatPointsToALiteralChangesWithItsContent) {
  auto Of = [](const char *Literal) {
    return Ir(std::string("@.str = private unnamed_addr constant [2 x i8] c\"") + Literal +
              "\\00\"\n@g = global ptr @.str")
        .content("g");
  };
  EXPECT_EQ(Of("a"), Of("a"));
  EXPECT_NE(Of("a"), Of("b"));
}

TEST(BodyHashTest, ATypeIsItsLayout) {
  Ir M("%A = type { i32, [4 x float] }\n%B = type { i32, [4 x float] }\n%C = type <{ i32, [4 x "
       "float] }>\n"
       "%D = type { i32, [5 x float] }\n"
       "@a = external global %A\n@b = external global %B\n@c = external global %C\n@d = external "
       "global %D");
  auto Of = [&](const char *Name) {
    return BodyHasher().hashType(M->getGlobalVariable(Name)->getValueType());
  };
  EXPECT_EQ(Of("a"), Of("b"));
  EXPECT_NE(Of("a"), Of("c"));
  EXPECT_NE(Of("a"), Of("d"));
}

} // namespace
} // namespace nextframe::test
