//===- ValueShapes.cpp - What the bytes of a variable mean, off the AST ---===//

#include "compile/ValueShapes.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/Expr.h"
#include "clang/AST/RecordLayout.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace clang;
using namespace nextframe;

/// Returns \p Type without qualifiers, its own and those of what it leads to.
static QualType withoutQualifiers(QualType Type, const ASTContext &Ctx) {
  Qualifiers Ignored;
  Type = Ctx.getUnqualifiedArrayType(Type.getCanonicalType(), Ignored);
  if (const auto *P = Type->getAs<PointerType>())
    return Ctx.getPointerType(withoutQualifiers(P->getPointeeType(), Ctx));
  return Type;
}

/// Returns the type that \p Type holds as std::atomic or _Atomic, or \p Type itself.
static QualType withoutAtomic(QualType Type, const ASTContext &Ctx) {
  QualType Held;
  if (const auto *A = Type->getAs<AtomicType>())
    Held = A->getValueType();
  const auto *Template =
      dyn_cast_or_null<ClassTemplateSpecializationDecl>(Type->getAsCXXRecordDecl());
  if (Template && Template->isInStdNamespace() && Template->getIdentifier() &&
      Template->getName() == "atomic" && Template->hasDefinition() &&
      Template->getTemplateArgs()[0].getKind() == TemplateArgument::Type)
    Held = Template->getTemplateArgs()[0].getAsType();
  if (Held.isNull() || !Held->isScalarType() || Ctx.getTypeSize(Held) != Ctx.getTypeSize(Type))
    return Type;
  return Held.getCanonicalType();
}

/// Returns what a number of \p Type is; Object for those that nobody converts.
static ElementKind numberKind(QualType Type, const ASTContext &Ctx) {
  uint64_t Bits = Ctx.getTypeSize(Type);
  if (Type->isBooleanType())
    return ElementKind::Bool;
  if (Type->isIntegralOrEnumerationType() && !Type->isBitIntType() && Bits <= 64)
    return Type->isSignedIntegerOrEnumerationType() ? ElementKind::Signed : ElementKind::Unsigned;
  if (!Type->isRealFloatingType())
    return ElementKind::Object;
  const llvm::fltSemantics &Format = Ctx.getFloatTypeSemantics(Type);
  bool IsKnown = &Format == &llvm::APFloat::IEEEsingle() ||
                 &Format == &llvm::APFloat::IEEEdouble() ||
                 &Format == &llvm::APFloat::x87DoubleExtended();
  return IsKnown ? ElementKind::Floating : ElementKind::Object;
}

static bool isUnnamed(QualType Type) {
  const RecordDecl *R = Type->getAsRecordDecl();
  return R && !R->getIdentifier() && !R->isLambda();
}

/// Appends what the fields of \p Type are, where it is a plain struct; those of unnamed
/// structs in it too. Returns false for others.
static bool describeFields(QualType Type, const ASTContext &Ctx, const PrintingPolicy &Policy,
                           llvm::raw_ostream &OS) {
  const RecordDecl *R = Type->getAsRecordDecl();
  R = R ? R->getDefinition() : nullptr;
  if (!R || R->isInvalidDecl() || R->isDependentType() || R->isLambda())
    return false;
  if (const auto *C = dyn_cast<CXXRecordDecl>(R); C && (C->getNumBases() || C->isDynamicClass()))
    return false;
  const ASTRecordLayout &Layout = Ctx.getASTRecordLayout(R);
  OS << R->getKindName() << Layout.getSize().getQuantity() << '{';
  for (const FieldDecl *F : R->fields()) {
    OS << F->getName() << ':' << Layout.getFieldOffset(F->getFieldIndex()) << ':';
    if (F->isBitField())
      OS << F->getBitWidthValue() << ':';
    QualType Field = F->getType().getCanonicalType();
    QualType Element = Ctx.getBaseElementType(Field);
    if (!isUnnamed(Element)) // (Else its text would name what it stands in.)
      OS << Field.getAsString(Policy) << ';';
    else if (!describeFields(Element, Ctx, Policy, OS))
      return false;
  }
  OS << '}';
  return true;
}

ValueShape nextframe::shapeOf(QualType Type, const ASTContext &Ctx) {
  ValueShape Result;
  if (Type->isIncompleteType() || Type->isDependentType())
    return Result;
  Type = withoutQualifiers(Type, Ctx);
  while (const auto *Array = Ctx.getAsConstantArrayType(Type)) {
    Result.Dimensions.push_back(Array->getZExtSize());
    Type = withoutQualifiers(Array->getElementType(), Ctx);
  }
  Type = withoutQualifiers(withoutAtomic(Type, Ctx), Ctx);
  Result.Bytes = static_cast<uint64_t>(Ctx.getTypeSizeInChars(Type).getQuantity());
  Result.Kind = Type->isPointerType() ? ElementKind::Pointer : numberKind(Type, Ctx);
  if (Result.isNumber())
    return Result;
  PrintingPolicy Policy = Ctx.getPrintingPolicy();
  Policy.FullyQualifiedName = true;
  Policy.SuppressTagKeyword = true;
  Policy.AnonymousTagLocations = false; // Other lines' edits change them.
  Result.Type = Type.getAsString(Policy);
  Result.IsUnnamed = isUnnamed(Type);
  std::string Fields;
  llvm::raw_string_ostream OS(Fields);
  if (describeFields(Type, Ctx, Policy, OS))
    Result.Fields = llvm::xxh3_64bits(Fields);
  return Result;
}

uint64_t nextframe::initialiserTextOf(const VarDecl &V, const ASTContext &Ctx) {
  const Expr *Init = V.getAnyInitializer();
  if (!Init || V.isInvalidDecl() || Init->isValueDependent() || Init->isTypeDependent() ||
      V.hasConstantInitialization())
    return 0;
  std::string Text;
  llvm::raw_string_ostream OS(Text);
  PrintingPolicy Policy = Ctx.getPrintingPolicy();
  Policy.AnonymousTagLocations = false; // Other lines' edits change them.
  Init->printPretty(OS, nullptr, Policy);
  return llvm::xxh3_64bits(Text);
}
