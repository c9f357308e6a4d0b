//===- LaterNames.cpp - What a file declares behind a function ------------===//

#include "compile/LaterNames.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclFriend.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;
using namespace nextframe;
using llvm::StringRef;

LaterNames::LaterNames(ASTContext &Ctx, llvm::ArrayRef<Decl *> TopLevel) : Ctx(Ctx) {
  for (const Decl *D : TopLevel)
    visit(*D);
}

/// What lies in another file, included in the midst of this one, counts from there.
unsigned LaterNames::offset(SourceLocation Where) const {
  const SourceManager &SM = Ctx.getSourceManager();
  auto [File, Offset] = SM.getDecomposedExpansionLoc(Where);
  while (File != SM.getMainFileID() && SM.getIncludeLoc(File).isValid())
    std::tie(File, Offset) = SM.getDecomposedExpansionLoc(SM.getIncludeLoc(File));
  return Offset;
}

void LaterNames::note(const NamedDecl &D) {
  unsigned &Where = Last[D.getDeclName()];
  Where = std::max(Where, offset(D.getLocation()));
  HasLiterals |= D.getDeclName().getNameKind() == DeclarationName::CXXLiteralOperatorName;
}

/// Whether a function that has been declared before is declared with nothing new.
static bool addsNothing(const FunctionDecl &F) {
  if (!F.getPreviousDecl() || (F.isInlineSpecified() && !F.getPreviousDecl()->isInlined()))
    return false;
  if (llvm::any_of(F.attrs(), [](const Attr *A) { return !A->isInherited() && !A->isImplicit(); }))
    return false;
  return llvm::none_of(F.parameters(), [](const ParmVarDecl *P) {
    return P->hasDefaultArg() && !P->hasInheritedDefaultArg();
  });
}

static bool addsNothing(const VarDecl &V) {
  const VarDecl *Before = V.getPreviousDecl();
  return Before && Before->getType().getCanonicalType() == V.getType().getCanonicalType() &&
         !V.getType().isConstQualified() && !V.isConstexpr();
}

/// Members of a type that nothing has named before it can't be meant by what stands
/// before it.
void LaterNames::record(const RecordDecl &R) {
  if (!R.getPreviousDecl())
    return note(R);
  if (!R.isThisDeclarationADefinition())
    return;
  note(R);
  Completed.push_back({&R, offset(R.getLocation())});
  visitMembers(R);
}

void LaterNames::visitMembers(const DeclContext &Context) {
  for (const Decl *D : Context.decls())
    if (!D->isImplicit())
      visit(*D);
}

void LaterNames::visit(const Decl &D) {
  if (isa<LinkageSpecDecl, ExportDecl>(D))
    return visitMembers(cast<DeclContext>(D));
  if (const auto *Namespace = dyn_cast<NamespaceDecl>(&D)) {
    if (!Namespace->getPreviousDecl())
      note(*Namespace);
    return visitMembers(*Namespace);
  }
  if (const auto *Friend = dyn_cast<FriendDecl>(&D)) {
    if (Friend->getFriendDecl())
      visit(*Friend->getFriendDecl());
    return;
  }
  bool IsSpecial =
      isa<UsingDirectiveDecl, ClassTemplateSpecializationDecl, VarTemplateSpecializationDecl>(D);
  const auto *F = dyn_cast<FunctionDecl>(&D);
  if (IsSpecial || (F && F->isTemplateInstantiation()) ||
      (F && F->getTemplateSpecializationKind() == TSK_ExplicitSpecialization))
    LastForAll = std::max(LastForAll, offset(D.getLocation()));
  if (const auto *Enum = dyn_cast<EnumDecl>(&D))
    visitMembers(*Enum);
  if (const auto *R = dyn_cast<RecordDecl>(&D))
    return record(*R);
  const auto *V = dyn_cast<VarDecl>(&D);
  bool Repeats = (F && addsNothing(*F)) || (V && addsNothing(*V)) ||
                 (isa<TypedefNameDecl>(D) && cast<TypedefNameDecl>(D).getPreviousDecl());
  if (const auto *Named = dyn_cast<NamedDecl>(&D); Named && !Repeats)
    note(*Named);
}

/// The bodies inside of a class see all of it.
unsigned LaterNames::limit(const FunctionDecl &F) const {
  SourceLocation End = F.getLocation();
  for (const DeclContext *C = F.getLexicalDeclContext(); C && C->isRecord();
       C = C->getLexicalParent())
    End = cast<RecordDecl>(C)->getBraceRange().getEnd();
  return offset(End);
}

bool LaterNames::isLater(DeclarationName Name, unsigned Limit) const {
  auto It = Last.find(Name);
  return It != Last.end() && It->second > Limit;
}

bool LaterNames::isLater(StringRef Name, unsigned Limit) const {
  auto It = Ctx.Idents.find(Name);
  return It != Ctx.Idents.end() && isLater(DeclarationName(It->second), Limit);
}

/// Whether \p T may be a call of an operator; one comparison may be made of another.
static bool mayCall(const Token &T, OverloadedOperatorKind Operator) {
  if (Operator == OO_EqualEqual && T.is(tok::exclaimequal))
    return true;
  if (Operator == OO_Spaceship)
    return T.isOneOf(tok::less, tok::lessequal, tok::greater, tok::greaterequal, tok::spaceship);
  const char *Text = tok::getPunctuatorSpelling(T.getKind());
  return Text && StringRef(getOperatorSpelling(Operator)).starts_with(Text);
}

std::string LaterNames::doubt(const FunctionDecl &F, llvm::ArrayRef<Token> Body) const {
  unsigned Limit = limit(F);
  if (LastForAll > Limit)
    return "a specialisation or using directive follows";
  auto Has = [&](tok::TokenKind Kind) {
    return llvm::any_of(Body, [&](const Token &T) { return T.is(Kind); });
  };
  for (const Token &T : Body) {
    if (T.getIdentifierInfo() && isLater(DeclarationName(T.getIdentifierInfo()), Limit))
      return T.getIdentifierInfo()->getName().str() + " is declared behind it";
    if (HasLiterals && T.isLiteral() && T.hasUDSuffix())
      return "a literal operator may follow";
  }
  // Names that nobody spells.
  if (Has(tok::kw_for) && (isLater("begin", Limit) || isLater("end", Limit)))
    return "begin or end is declared behind it";
  if (Has(tok::kw_auto) && isLater("get", Limit))
    return "get is declared behind it";
  for (auto &[Name, Where] : Last) {
    OverloadedOperatorKind Operator = Name.getCXXOverloadedOperator();
    if (Operator == OO_None || Where <= Limit)
      continue;
    if (Operator == OO_New || Operator == OO_Array_New || Operator == OO_Delete ||
        Operator == OO_Array_Delete)
      return "an allocation function follows";
    if (llvm::any_of(Body, [&](const Token &T) { return mayCall(T, Operator); }))
      return "an operator is declared behind it";
  }
  return "";
}

namespace {

/// Looks for expressions whose type is complete only behind a place.
class TypeLooker : public RecursiveASTVisitor<TypeLooker> {
public:
  explicit TypeLooker(llvm::function_ref<bool(const RecordDecl &)> IsLater) : IsLater(IsLater) {}

  bool Found = false;

  bool VisitExpr(Expr *E) {
    QualType T = E->getType();
    while (!T.isNull() && (T->isArrayType() || !T->getPointeeType().isNull()))
      T = T->isArrayType() ? T->getAsArrayTypeUnsafe()->getElementType() : T->getPointeeType();
    const auto *R = T.isNull() ? nullptr : T->getAsRecordDecl();
    Found |= R && IsLater(*R);
    return !Found;
  }

private:
  llvm::function_ref<bool(const RecordDecl &)> IsLater;
};

} // namespace

std::string LaterNames::doubtTypes(const FunctionDecl &F) const {
  unsigned Limit = limit(F);
  auto IsLater = [&](const RecordDecl &R) {
    return llvm::any_of(Completed, [&](const auto &C) {
      return C.second > Limit && C.first->getCanonicalDecl() == R.getCanonicalDecl();
    });
  };
  TypeLooker Looker(IsLater);
  if (!Completed.empty())
    Looker.TraverseStmt(F.getBody());
  return Looker.Found ? "a type is complete only behind it" : "";
}

//===----------------------------------------------------------------------===//
// Headers
//===----------------------------------------------------------------------===//

namespace {

/// Looks in a body of a header of the preamble for what is declared behind it, and for what
/// each file has one of. A name that is found there is one that was chosen: another
/// that hides it, or that fits better, would have been found.
class HeaderLooker : public RecursiveASTVisitor<HeaderLooker> {
public:
  HeaderLooker(const FunctionDecl &F, SourceLocation Place, FileID Text)
      : SM(F.getASTContext().getSourceManager()), F(F), Text(Text), Limit(Place) {
    for (const DeclContext *C = F.getLexicalDeclContext(); C && C->isRecord();
         C = C->getLexicalParent())
      Limit = cast<RecordDecl>(C)->getBraceRange().getEnd();
  }

  std::string Doubt;

  void lookForDirectives();
  bool VisitDeclRefExpr(DeclRefExpr *E) { return value(*E->getDecl()); }
  bool VisitMemberExpr(MemberExpr *E) { return value(*E->getMemberDecl()); }
  bool VisitCXXConstructExpr(CXXConstructExpr *E) { return declaration(*E->getConstructor()); }
  bool VisitCXXDefaultArgExpr(CXXDefaultArgExpr *E) {
    return place(E->getParam()->getDefaultArgRange().getBegin());
  }
  bool VisitTypeLoc(TypeLoc T) { return type(T.getType()); }
  bool VisitExpr(Expr *E) { return complete(E->getType()); }

private:
  bool place(SourceLocation Where);
  bool declaration(const Decl &D) { return place(D.getCanonicalDecl()->getLocation()); }
  bool value(const ValueDecl &D);
  bool type(QualType T);
  bool complete(QualType T);

  const SourceManager &SM;
  const FunctionDecl &F;
  const FileID Text;
  SourceLocation Limit;
};

} // namespace

/// The preamble is all before the main file; inside of it clang knows the order.
bool HeaderLooker::place(SourceLocation Where) {
  Where = SM.getExpansionLoc(Where);
  if (Where.isInvalid() || !Doubt.empty() || SM.getFileID(Where) == Text)
    return Doubt.empty();
  if (!SM.isLoadedSourceLocation(Where) || SM.isBeforeInTranslationUnit(Limit, Where))
    Doubt = "something that it names is declared behind it";
  return Doubt.empty();
}

bool HeaderLooker::value(const ValueDecl &D) {
  const auto *V = dyn_cast<VarDecl>(&D);
  bool IsConstant = V && V->getType().isConstQualified() && !V->getType()->isRecordType();
  bool IsGlobal = isa<FunctionDecl>(D) || (V && V->hasGlobalStorage() && !V->isStaticLocal());
  if (IsGlobal && !D.isExternallyVisible() && !IsConstant)
    Doubt = "it uses what is local to a file";
  return declaration(D);
}

bool HeaderLooker::type(QualType T) {
  if (const auto *Alias = T->getAs<TypedefType>())
    declaration(*Alias->getDecl());
  if (const auto *Special = T->getAs<TemplateSpecializationType>())
    if (const TemplateDecl *Template = Special->getTemplateName().getAsTemplateDecl())
      declaration(*Template);
  if (const TagDecl *Tag = T->getAsTagDecl())
    declaration(*Tag);
  return Doubt.empty();
}

bool HeaderLooker::complete(QualType T) {
  while (!T.isNull() && (T->isArrayType() || !T->getPointeeType().isNull()))
    T = T->isArrayType() ? T->getAsArrayTypeUnsafe()->getElementType() : T->getPointeeType();
  const auto *R = T.isNull() ? nullptr : T->getAsRecordDecl();
  const RecordDecl *Definition = R ? R->getDefinition() : nullptr;
  return !Definition || Definition->isLambda() || place(Definition->getLocation());
}

void HeaderLooker::lookForDirectives() {
  for (const DeclContext *C = F.getDeclContext(); C; C = C->getParent())
    if (C->isFileContext())
      for (const UsingDirectiveDecl *D : C->using_directives())
        place(D->getLocation());
}

std::string nextframe::doubtInHeader(const FunctionDecl &F, SourceLocation Place, FileID Text) {
  HeaderLooker Looker(F, Place, Text);
  Looker.lookForDirectives();
  if (Looker.Doubt.empty())
    Looker.TraverseStmt(F.getBody());
  return std::move(Looker.Doubt);
}
