//===- TypeUses.cpp - Where a function depends on the layout of a type ----===//

#include "compile/TypeUses.h"

#include "clang/AST/Mangle.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/Builtins.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;
using namespace nextframe;

namespace {

/// Visits the body of one function.
class UsesVisitor : public RecursiveASTVisitor<UsesVisitor> {
public:
  UsesVisitor(ASTContext &Ctx, TypeContents &Contents, std::vector<HiddenType> &Hidden)
      : Ctx(Ctx), Contents(Contents), Hidden(Hidden) {}

  TypeUses Uses;

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return true; }

  void use(QualType Type) {
    for (auto &[Key, Count] : Contents.of(Type))
      Uses.Keys.insert(Key);
  }

  bool VisitExpr(Expr *E) {
    // A value or an object of the type, be it only to name one of its fields.
    use(E->getType());
    return true;
  }
  bool VisitVarDecl(VarDecl *V) {
    use(V->getType());
    return true;
  }
  bool VisitMemberExpr(MemberExpr *E);
  bool VisitCallExpr(CallExpr *E);
  bool VisitCastExpr(CastExpr *E);
  bool VisitCXXNewExpr(CXXNewExpr *E);
  bool VisitCXXDeleteExpr(CXXDeleteExpr *E) {
    use(E->getDestroyedType());
    return true;
  }
  bool VisitUnaryExprOrTypeTraitExpr(UnaryExprOrTypeTraitExpr *E) {
    use(E->getTypeOfArgument());
    return true;
  }
  bool VisitOffsetOfExpr(OffsetOfExpr *E) {
    use(E->getTypeSourceInfo()->getType());
    return true;
  }
  bool VisitDeclRefExpr(DeclRefExpr *E);
  bool VisitBinaryOperator(BinaryOperator *E) {
    if (E->isAdditiveOp() || E->isCompoundAssignmentOp())
      for (Expr *Side : {E->getLHS(), E->getRHS()})
        usePointee(Side->getType());
    return true;
  }
  bool VisitUnaryOperator(UnaryOperator *E) {
    if (E->isIncrementDecrementOp())
      usePointee(E->getType());
    else if (E->getOpcode() == UO_AddrOf)
      useSlot(*E);
    return true;
  }
  bool VisitCXXCatchStmt(CXXCatchStmt *S) {
    if (!S->getCaughtType().isNull())
      use(S->getCaughtType().getNonReferenceType());
    return true;
  }

private:
  void usePointee(QualType Pointer) {
    if (!Pointer->getPointeeType().isNull())
      use(Pointer->getPointeeType());
  }
  void useRecordOf(const Decl *Member) {
    if (const auto *R = dyn_cast<RecordDecl>(Member->getDeclContext()))
      use(Ctx.getCanonicalTagType(R));
  }
  void useSlot(const UnaryOperator &AddressOf);
  void hide(QualType Type, Hiding How, SourceLocation Where);
  void shareWith(const FunctionDecl &F);

  ASTContext &Ctx;
  TypeContents &Contents;
  std::vector<HiddenType> &Hidden;
};

} // namespace

void UsesVisitor::hide(QualType Type, Hiding How, SourceLocation Where) {
  PresumedLoc Place = Ctx.getSourceManager().getPresumedLoc(
      Ctx.getSourceManager().getExpansionLoc(Where));
  for (auto &[Key, Count] : Contents.of(Type))
    Hidden.push_back({Key, How, Place.isValid() ? Place.getFilename() : "",
                      Place.isValid() ? Place.getLine() : 0});
}

/// A pointer to a virtual function is the number of its slot, wherever it is kept.
void UsesVisitor::useSlot(const UnaryOperator &AddressOf) {
  const auto *Ref = dyn_cast<DeclRefExpr>(AddressOf.getSubExpr()->IgnoreParens());
  const auto *Method = Ref ? dyn_cast<CXXMethodDecl>(Ref->getDecl()) : nullptr;
  if (!Method || !Method->isVirtual())
    return;
  useRecordOf(Method);
  hide(Ctx.getCanonicalTagType(Method->getParent()), Hiding::MemberPointer,
       AddressOf.getOperatorLoc());
}

/// A field's place, and the slot of a virtual function, depend on the layout. That
/// of another function does not.
bool UsesVisitor::VisitMemberExpr(MemberExpr *E) {
  const ValueDecl *Member = E->getMemberDecl();
  const auto *Method = dyn_cast<CXXMethodDecl>(Member);
  if (Method && !Method->isDefined() && !Method->isImplicit())
    shareWith(*Method);
  if (isa<FieldDecl>(Member) || isa<IndirectFieldDecl>(Member) || (Method && Method->isVirtual()))
    useRecordOf(Member);
  return true;
}

/// Adds the program's types that \p Type leads to: those that it is made of, behind
/// pointers and references, and those that a template is made for.
static void addTypesOf(QualType Type, TypeContents &Contents, std::set<std::string> &Keys,
                       unsigned Depth = 0) {
  constexpr unsigned Deepest = 4;
  while (!Type->getPointeeType().isNull())
    Type = Type->getPointeeType();
  for (auto &[Key, Count] : Contents.of(Type))
    Keys.insert(Key);
  const auto *Template =
      dyn_cast_or_null<ClassTemplateSpecializationDecl>(Type->getAsCXXRecordDecl());
  if (!Template || Depth == Deepest)
    return;
  for (const TemplateArgument &Arg : Template->getTemplateArgs().asArray())
    if (Arg.getKind() == TemplateArgument::Type)
      addTypesOf(Arg.getAsType(), Contents, Keys, Depth + 1);
}

/// Whether the function is a library's is for those to say who know all of the program.
void UsesVisitor::shareWith(const FunctionDecl &F) {
  std::set<std::string> Keys;
  addTypesOf(F.getReturnType(), Contents, Keys);
  for (const ParmVarDecl *P : F.parameters())
    addTypesOf(P->getType(), Contents, Keys);
  if (const auto *M = dyn_cast<CXXMethodDecl>(&F))
    addTypesOf(Ctx.getCanonicalTagType(M->getParent()), Contents, Keys);
  if (Keys.empty())
    return;
  std::string Symbol = ASTNameGenerator(Ctx).getName(&F);
  for (const std::string &Key : Keys)
    Hidden.push_back({Key, Hiding::Library, Symbol, 0});
}

bool UsesVisitor::VisitDeclRefExpr(DeclRefExpr *E) {
  if (const auto *F = dyn_cast<FunctionDecl>(E->getDecl());
      F && !F->isDefined() && !F->getBuiltinID() && !F->isImplicit())
    shareWith(*F);
  if (isa<FieldDecl>(E->getDecl()) || isa<IndirectFieldDecl>(E->getDecl()))
    useRecordOf(E->getDecl());
  return true;
}

bool UsesVisitor::VisitCallExpr(CallExpr *E) {
  const FunctionDecl *Callee = E->getDirectCallee();
  if (Callee && Callee->hasAttr<AlwaysInlineAttr>())
    Uses.Complete = Uses.Complete && isOfTheSystem(*Callee, Ctx.getSourceManager());
  return true;
}

/// What malloc() and its like return is known by the allocation.
static bool isAllocation(const Expr &E) {
  const auto *Call = dyn_cast<CallExpr>(E.IgnoreParenImpCasts());
  const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
  return Callee && (Callee->hasAttr<AllocSizeAttr>() || Callee->hasAttr<RestrictAttr>() ||
                    Callee->getBuiltinID() == Builtin::BIrealloc);
}

bool UsesVisitor::VisitCastExpr(CastExpr *E) {
  QualType To = E->getType()->getPointeeType(), From = E->getSubExpr()->getType()->getPointeeType();
  switch (E->getCastKind()) {
  case CK_DerivedToBase:
  case CK_UncheckedDerivedToBase:
  case CK_BaseToDerived:
  case CK_Dynamic:
    use(To.isNull() ? E->getType() : To);
    use(From.isNull() ? E->getSubExpr()->getType() : From);
    break;
  case CK_BitCast:
  case CK_LValueBitCast:
  case CK_IntegralToPointer: {
    if (E->getCastKind() == CK_LValueBitCast)
      To = E->getType(), From = E->getSubExpr()->getType();
    // (To what it is made of already, as in C's "a struct begins with its base".)
    if (To.isNull() || Contents.of(To).empty() || isAllocation(*E->getSubExpr()))
      break;
    bool Untyped = !From.isNull() && From->isVoidType();
    hide(To, Untyped ? Hiding::FromUntyped : Hiding::Reinterpreted, E->getExprLoc());
    break;
  }
  default:
    break;
  }
  return true;
}

bool UsesVisitor::VisitCXXNewExpr(CXXNewExpr *E) {
  use(E->getAllocatedType());
  const FunctionDecl *New = E->getOperatorNew();
  if (!New)
    return true;
  if (isa<CXXMethodDecl>(New))
    hide(E->getAllocatedType(), Hiding::OwnAllocation, E->getExprLoc());
  else if (New->isReservedGlobalPlacementOperator() ||
           (E->getNumPlacementArgs() > 0 && !New->isReplaceableGlobalAllocationFunction()))
    hide(E->getAllocatedType(), Hiding::Placed, E->getExprLoc());
  return true;
}

TypeUses nextframe::findTypeUses(const FunctionDecl &F, ASTContext &Ctx, TypeContents &Contents,
                                 std::vector<HiddenType> &Hidden) {
  UsesVisitor Visitor(Ctx, Contents, Hidden);
  Visitor.use(F.getReturnType());
  for (const ParmVarDecl *P : F.parameters())
    Visitor.use(P->getType());
  if (const auto *C = dyn_cast<CXXConstructorDecl>(&F)) {
    Visitor.use(Ctx.getCanonicalTagType(C->getParent()));
    for (const CXXCtorInitializer *I : C->inits())
      if (I->getInit())
        Visitor.TraverseStmt(I->getInit());
  }
  if (const auto *D = dyn_cast<CXXDestructorDecl>(&F))
    Visitor.use(Ctx.getCanonicalTagType(D->getParent()));
  Visitor.TraverseStmt(F.getBody());
  return std::move(Visitor.Uses);
}

void nextframe::findHiddenTypes(Expr &Value, ASTContext &Ctx, TypeContents &Contents,
                                std::vector<HiddenType> &Hidden) {
  UsesVisitor(Ctx, Contents, Hidden).TraverseStmt(&Value);
}

/// How a library's template of that name keeps an object of its argument's type.
static std::optional<Hiding> hidingOf(const ClassTemplateSpecializationDecl &T) {
  const IdentifierInfo *Name = T.getIdentifier();
  if (!Name)
    return std::nullopt;
  if (Name->isStr("_Base_manager") || Name->isStr("_Manager_internal"))
    return Hiding::SmallBuffer;
  if (Name->isStr("polymorphic_allocator"))
    return Hiding::Resource;
  return std::nullopt;
}

void nextframe::findTypeHiddenByLibrary(const RecordType &Record, ASTContext &Ctx,
                                        TypeContents &Contents,
                                        std::vector<HiddenType> &Hidden) {
  constexpr uint64_t SmallBufferBytes = 16; // libstdc++'s _Any_data; std::any has 8.
  const auto *Special = dyn_cast<ClassTemplateSpecializationDecl>(Record.getDecl());
  std::optional<Hiding> How = Special ? hidingOf(*Special) : std::nullopt;
  if (!How || Special->getTemplateArgs().size() == 0 ||
      Special->getTemplateArgs()[0].getKind() != TemplateArgument::Type ||
      !isOfTheSystem(*Special->getSpecializedTemplate(), Ctx.getSourceManager()))
    return;
  QualType Kept = Special->getTemplateArgs()[0].getAsType();
  if (Kept->isDependentType() || Contents.of(Kept).empty())
    return;
  if (*How == Hiding::SmallBuffer &&
      Ctx.getTypeSizeInChars(Kept).getQuantity() > int64_t(SmallBufferBytes))
    return;
  for (auto &[Key, Count] : Contents.of(Kept))
    Hidden.push_back({Key, *How, "", 0});
}
