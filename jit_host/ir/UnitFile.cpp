//===- UnitFile.cpp - A compiled unit as bytes ----------------------------===//

#include "ir/UnitFile.h"
#include "support/Bytes.h"

using namespace llvm;
using namespace nextframe;

namespace nextframe {

template <typename C, OneOf<ContainedRecord> T> static void code(C &Code, T &Value) {
  auto &[Type, Count] = Value;
  Code(Type, Count);
}

template <typename C, OneOf<FunctionFacts> T> static void code(C &Code, T &Value) {
  auto &[Name, Bind, Hash, References, File, Line, Lines, CallsInLoop, Signature, Types,
         TypesKnown] = Value;
  Code(Name, Bind, Hash, References, File, Line, Lines, CallsInLoop, Signature, Types, TypesKnown);
}

template <typename C, OneOf<ValueShape> T> static void code(C &Code, T &Value) {
  auto &[Kind, Bytes, Type, Dimensions, Fields, IsUnnamed] = Value;
  Code(Kind, Bytes, Type, Dimensions, Fields, IsUnnamed);
}

template <typename C, OneOf<ValuePart> T> static void code(C &Code, T &Value) {
  auto &[Why, Type] = Value;
  Code(Why, Type);
}

template <typename C, OneOf<VTablePart> T> static void code(C &Code, T &Value) {
  auto &[Before, After] = Value;
  Code(Before, After);
}

template <typename C, OneOf<VariableFacts> T> static void code(C &Code, T &Value) {
  auto &[Name, Bind, Kind, ThreadLocal, Size, Align, ContentHash, TypeHash, TypeName, Shape,
         Meaning, InitialiserText, TriviallyCopyable, NotPlain, References, Section, Contents,
         Class, Parts] = Value;
  Code(Name, Bind, Kind, ThreadLocal, Size, Align, ContentHash, TypeHash, TypeName, Shape, Meaning,
       InitialiserText, TriviallyCopyable, NotPlain, References, Section, Contents, Class, Parts);
}

template <typename C, OneOf<InitialiserFacts> T> static void code(C &Code, T &Value) {
  auto &[Function, Variable, Priority] = Value;
  Code(Function, Variable, Priority);
}

template <typename C, OneOf<FinaliserFacts> T> static void code(C &Code, T &Value) {
  auto &[Function, Priority] = Value;
  Code(Function, Priority);
}

template <typename C, OneOf<AliasFacts> T> static void code(C &Code, T &Value) {
  auto &[Name, Target, IsFunction, Bind] = Value;
  Code(Name, Target, IsFunction, Bind);
}

template <typename C, OneOf<FieldFacts> T> static void code(C &Code, T &Value) {
  auto &[Name, Type, Meaning, OffsetBits] = Value;
  Code(Name, Type, Meaning, OffsetBits);
}

template <typename C, OneOf<RecordFacts> T> static void code(C &Code, T &Value) {
  auto &[Name, Local, Size, Align, Fields, Dynamic, Virtuals, Bases, File, Line] = Value;
  Code(Name, Local, Size, Align, Fields, Dynamic, Virtuals, Bases, File, Line);
}

template <typename C, OneOf<HiddenObjects> T> static void code(C &Code, T &Value) {
  auto &[Type, How, File, Line] = Value;
  Code(Type, How, File, Line);
}

template <typename C, OneOf<AssemblyFacts> T> static void code(C &Code, T &Value) {
  auto &[Text, Defines] = Value;
  Code(Text, Defines);
}

template <typename C, OneOf<UnitFacts> T> static void code(C &Code, T &Value) {
  auto &[Symbols, Functions, Variables, Initialisers, Finalisers, Aliases, Records, Types, Hidden,
         Assembly] = Value;
  Code(Symbols, Functions, Variables, Initialisers, Finalisers, Aliases, Records, Types, Hidden,
       Assembly);
}

template <typename C, OneOf<Sibling> T> static void code(C &Code, T &Value) {
  auto &[Text, Context, Number, Present] = Value;
  Code(Text, Context, Number, Present);
}

template <typename C, OneOf<EditableBody> T> static void code(C &Code, T &Value) {
  auto &[Name, Begin, End, Symbols] = Value;
  Code(Name, Begin, End, Symbols);
}

template <typename C, OneOf<SourceText> T> static void code(C &Code, T &Value) {
  auto &[Text, Bodies, LineUses, OnlyWhole] = Value;
  Code(Text, Bodies, LineUses, OnlyWhole);
}

/// (Index is made of Facts; Base, Newer and Merged are for units that are not whole.)
template <typename C, OneOf<CompiledUnit> T> static void code(C &Code, T &Unit) {
  Code(Unit.Id, Unit.File, Unit.OptLevel, Unit.Facts, Unit.Siblings, Unit.Source,
       Unit.DescribedTypes);
}

} // namespace nextframe

SmallVector<char, 0> nextframe::writeUnit(const CompiledUnit &Unit) {
  SmallVector<char, 0> Bytes;
  ByteWriter Writer(Bytes);
  Writer(Unit);
  return Bytes;
}

std::shared_ptr<CompiledUnit> nextframe::readUnit(StringRef Bytes, StringRef Bitcode,
                                                  std::shared_ptr<const MemoryBuffer> Stored) {
  auto Unit = std::make_shared<CompiledUnit>();
  ByteReader Reader(Bytes);
  Reader(*Unit);
  if (!Reader.isThrough())
    return nullptr;
  Unit->Index = FactIndex(Unit->Facts);
  Unit->StoredBitcode = Bitcode;
  Unit->Stored = std::move(Stored);
  return Unit;
}
