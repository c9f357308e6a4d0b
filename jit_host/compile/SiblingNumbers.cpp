//===- SiblingNumbers.cpp - Names that outlive an edit --------------------===//

#include "compile/SiblingNumbers.h"
#include "compile/SourceTokens.h"
#include "ir/Names.h"
#include "ir/Promote.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/Mangle.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

#include <set>

using namespace clang;
using namespace nextframe;

namespace {

/// Finds the siblings of one top-level declaration.
class SiblingVisitor : public RecursiveASTVisitor<SiblingVisitor> {
public:
  struct Lambda {
    LambdaExpr *Expr;
    const VarDecl *Variable; ///< Of namespace scope, in whose initialiser it is.
  };

  explicit SiblingVisitor(ASTContext &Ctx) : Ctx(Ctx) {}

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool TraverseVarDecl(VarDecl *V);
  bool VisitLambdaExpr(LambdaExpr *E);
  bool VisitVarDecl(VarDecl *V);

  /// Outer ones before inner ones.
  std::vector<Lambda> takeLambdas() { return std::exchange(Lambdas, {}); }
  std::vector<VarDecl *> takeStatics() { return std::exchange(Statics, {}); }

private:
  bool isNew(const Decl &D, SourceLocation Where);

  ASTContext &Ctx;
  llvm::DenseSet<const Decl *> Seen;
  const VarDecl *Variable = nullptr;
  std::vector<Lambda> Lambdas;
  std::vector<VarDecl *> Statics;
};

class SiblingNumbering : public ASTConsumer {
public:
  using RangeOfFunction = std::function<SourceRange(const FunctionDecl &)>;
  SiblingNumbering(const SiblingFamilies &Known, SiblingFamilies &Found, llvm::StringRef Tag,
                   RangeOfFunction RangeOf)
      : Known(Known), Found(Found), Tag(Tag), RangeOf(std::move(RangeOf)) {}

  void Initialize(ASTContext &Context) override {
    Ctx = &Context;
    Visitor = std::make_unique<SiblingVisitor>(Context);
    Tokens = std::make_unique<SourceTokens>(Context);
    Policy = std::make_unique<PrintingPolicy>(Context.getPrintingPolicy());
    Policy->FullyQualifiedName = true;
  }
  bool HandleTopLevelDecl(DeclGroupRef Group) override {
    for (Decl *D : Group)
      Visitor->TraverseDecl(D);
    number();
    return true;
  }
  void HandleInlineFunctionDefinition(FunctionDecl *F) override {
    Visitor->TraverseDecl(F);
    number();
  }
  void HandleTopLevelDeclInObjCContainer(DeclGroupRef) override {}

private:
  using Lambda = SiblingVisitor::Lambda;

  void number();
  std::string placeOf(const Lambda &L) const;
  std::string placeOf(const DeclContext &Where) const;
  std::string local(std::string Place, const NamedDecl &D) const;
  std::string captures(const LambdaExpr &E) const;
  Sibling describe(SourceRange Range, const DeclContext &Where, const Decl *Other);
  void numberLambdas(llvm::ArrayRef<Lambda> Lambdas);
  void nameLambda(const Lambda &L, llvm::StringRef Family, uint32_t Number);
  void nameStatics(llvm::ArrayRef<VarDecl *> Family, llvm::ArrayRef<Sibling> Numbered);
  std::string plainName(const VarDecl &V) const;
  llvm::ArrayRef<Sibling> number(const std::string &Name, std::vector<Sibling> Family);

  const SiblingFamilies &Known;
  SiblingFamilies &Found;
  std::string Tag;
  const RangeOfFunction RangeOf;
  ASTContext *Ctx = nullptr;
  std::unique_ptr<SiblingVisitor> Visitor;
  std::unique_ptr<SourceTokens> Tokens;
  std::unique_ptr<PrintingPolicy> Policy;
  /// The places of closure types, for what is inside of them.
  llvm::DenseMap<const CXXRecordDecl *, std::string> Places;
  /// The numbers of mangled names that are taken, by where they are mangled.
  std::set<std::tuple<const DeclContext *, const Decl *, unsigned>> Mangled;
};

} // namespace

//===----------------------------------------------------------------------===//
// Finding them
//===----------------------------------------------------------------------===//

bool SiblingVisitor::isNew(const Decl &D, SourceLocation Where) {
  return !D.getDeclContext()->isDependentContext() &&
         !Ctx.getSourceManager().isInSystemHeader(Where) && Seen.insert(&D).second;
}

bool SiblingVisitor::TraverseVarDecl(VarDecl *V) {
  const VarDecl *Outer = Variable;
  if (V->isFileVarDecl())
    Variable = V;
  bool GoesOn = RecursiveASTVisitor::TraverseVarDecl(V);
  Variable = Outer;
  return GoesOn;
}

bool SiblingVisitor::VisitLambdaExpr(LambdaExpr *E) {
  CXXRecordDecl *Class = E->getLambdaClass();
  if (!Class->isDependentContext() && isNew(*Class, E->getBeginLoc()))
    Lambdas.push_back({E, Variable});
  return true;
}

bool SiblingVisitor::VisitVarDecl(VarDecl *V) {
  if (V->isStaticLocal() && V->getIdentifier() && isNew(*V, V->getBeginLoc()))
    Statics.push_back(V);
  return true;
}

//===----------------------------------------------------------------------===//
// Families
//===----------------------------------------------------------------------===//

/// What other files can't see may be another thing under the same name there.
std::string SiblingNumbering::local(std::string Place, const NamedDecl &D) const {
  return D.isExternallyVisible() ? Place : localName(Place, Tag);
}

/// A name of the function or class that \p Where is.
std::string SiblingNumbering::placeOf(const DeclContext &Where) const {
  if (auto *Method = dyn_cast<CXXMethodDecl>(&Where); Method && Method->getParent()->isLambda())
    if (auto It = Places.find(Method->getParent()); It != Places.end())
      return It->second;
  auto *D = dyn_cast<NamedDecl>(&Where);
  if (!D)
    return Where.isFunctionOrMethod() ? placeOf(*Where.getParent()) : std::string();
  std::string Name;
  llvm::raw_string_ostream OS(Name);
  D->getNameForDiagnostic(OS, *Policy, /*Qualified=*/true);
  if (auto *F = dyn_cast<FunctionDecl>(D))
    OS << ' ' << F->getType().getCanonicalType().getAsString(*Policy);
  return local(std::move(Name), *D);
}

std::string SiblingNumbering::placeOf(const Lambda &L) const {
  CXXRecordDecl *Class = L.Expr->getLambdaClass();
  std::string Place = placeOf(*Class->getDeclContext());
  const Decl *In = Class->getLambdaContextDecl();
  if (!In && !Class->getDeclContext()->isFunctionOrMethod())
    In = L.Variable;
  if (auto *D = dyn_cast_or_null<NamedDecl>(In))
    Place += "/" + local(D->getQualifiedNameAsString(), *D);
  return Place;
}

/// All that decides how the closure object is laid out.
std::string SiblingNumbering::captures(const LambdaExpr &E) const {
  std::string Text;
  for (const LambdaCapture &C : E.captures()) {
    Text += C.getCaptureKind() == LCK_ByRef ? '&' : '=';
    if (C.capturesThis() || !C.capturesVariable()) {
      Text += "this;";
      continue;
    }
    const ValueDecl *V = C.getCapturedVar();
    Text += V->getNameAsString() + ':' + V->getType().getCanonicalType().getAsString() + ';';
  }
  return Text;
}

/// Its text, and what is around it: in the function that it is in, lambdas looked
/// through, else in \p Other.
Sibling SiblingNumbering::describe(SourceRange Range, const DeclContext &Where, const Decl *Other) {
  const FunctionDecl *F = nullptr;
  for (const DeclContext *C = &Where; C && !C->isFileContext(); C = C->getParent())
    if (auto *Outer = dyn_cast<FunctionDecl>(C))
      F = Outer;
  SourceRange Moved = F && RangeOf ? RangeOf(*F) : SourceRange();
  SourceRange Whole = Moved.isValid() ? Moved
                      : F             ? F->getSourceRange()
                      : Other ? Other->getSourceRange() : Range;
  SourceTokens::Piece P = Tokens->read(Range, Whole);
  if (P.Text.empty())
    P = Tokens->read(Range, Range);
  Sibling Result;
  Result.Text = std::move(P.Text);
  Result.Context = std::move(P.Context);
  return Result;
}

llvm::ArrayRef<Sibling> SiblingNumbering::number(const std::string &Name,
                                                 std::vector<Sibling> Family) {
  auto It = Known.find(Name);
  numberSiblings(It == Known.end() ? llvm::ArrayRef<Sibling>() : llvm::ArrayRef(It->second),
                 Family);
  return Found[Name] = std::move(Family);
}

void SiblingNumbering::number() {
  // Where a family is depends on the numbers of the lambdas around it.
  for (std::vector<Lambda> Lambdas = Visitor->takeLambdas(), Inner; !Lambdas.empty();
       Lambdas = std::exchange(Inner, {})) {
    llvm::DenseSet<const CXXRecordDecl *> Classes;
    for (const Lambda &L : Lambdas)
      Classes.insert(L.Expr->getLambdaClass());
    auto IsInner = [&](const Lambda &L) {
      auto *Method = dyn_cast<CXXMethodDecl>(L.Expr->getLambdaClass()->getDeclContext());
      return Method && Classes.contains(Method->getParent());
    };
    llvm::copy_if(Lambdas, std::back_inserter(Inner), IsInner);
    llvm::erase_if(Lambdas, IsInner);
    numberLambdas(Lambdas);
  }
  std::map<std::string, std::vector<VarDecl *>> Families;
  for (VarDecl *V : Visitor->takeStatics())
    Families["static " + placeOf(*V->getDeclContext()) + "::" + V->getNameAsString()].push_back(V);
  for (auto &[Name, Family] : Families) {
    std::vector<Sibling> Described;
    for (VarDecl *V : Family)
      Described.push_back(describe(V->getSourceRange(), *V->getDeclContext(), nullptr));
    nameStatics(Family, number(Name, std::move(Described)));
  }
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

void SiblingNumbering::numberLambdas(llvm::ArrayRef<Lambda> Lambdas) {
  std::map<std::string, std::vector<Lambda>> Families;
  for (const Lambda &L : Lambdas)
    Families["lambda " + placeOf(L) + " [" + captures(*L.Expr) + "]"].push_back(L);
  for (auto &[Name, Family] : Families) {
    std::vector<Sibling> Described;
    for (const Lambda &L : Family)
      Described.push_back(describe(L.Expr->getSourceRange(),
                                   *L.Expr->getLambdaClass()->getDeclContext(), L.Variable));
    llvm::ArrayRef<Sibling> Numbered = number(Name, std::move(Described));
    for (size_t I = 0; I != Family.size(); ++I)
      nameLambda(Family[I], Name, Numbered[I].Number);
  }
}

void SiblingNumbering::nameLambda(const Lambda &L, llvm::StringRef Family, uint32_t Number) {
  CXXRecordDecl *Class = L.Expr->getLambdaClass();
  Places[Class] = (Family + "#" + llvm::Twine(Number)).str();
  CXXRecordDecl::LambdaNumbering N = Class->getLambdaNumbering();
  if (N.ManglingNumber == 0)
    N.HasKnownInternalLinkage = true; // As it has without a number.
  // The name holds nothing of what it captures, and of the variable that it is in, but
  // this. The family's name is not fit for it: the number would depend on the file.
  std::string Signature = captures(*L.Expr);
  if (L.Variable && !N.ContextDecl)
    Signature += L.Variable->getQualifiedNameAsString();
  auto Hash = static_cast<uint32_t>(llvm::xxh3_64bits(Signature + "#" + llvm::utostr(Number)));
  N.ManglingNumber = (Hash & 0x3fffffff) + 1;
  while (!Mangled.insert({Class->getDeclContext(), N.ContextDecl, N.ManglingNumber}).second)
    ++N.ManglingNumber;
  Class->setLambdaNumbering(N);
}

/// The symbol of \p V as if there were no other of its name.
std::string SiblingNumbering::plainName(const VarDecl &V) const {
  if (!Ctx->getLangOpts().CPlusPlus) {
    auto *F = dyn_cast<FunctionDecl>(V.getDeclContext());
    return F ? F->getNameAsString() + "." + V.getNameAsString() : std::string();
  }
  std::string Name;
  llvm::raw_string_ostream OS(Name);
  // A fresh one counts from the start; what others may see is counted already.
  std::unique_ptr<MangleContext> Mangler(Ctx->createMangleContext());
  Mangler->mangleName(GlobalDecl(&V), OS);
  if (unsigned Counted = V.isExternallyVisible() ? Ctx->getManglingNumber(&V) : 1; Counted > 1) {
    std::string Text = llvm::utostr(Counted - 2);
    llvm::StringRef Plain = Name;
    if (!Plain.consume_back(Text.size() == 1 ? "_" + Text : "__" + Text + "_"))
      return "";
    Name = Plain.str();
  }
  return Name;
}

void SiblingNumbering::nameStatics(llvm::ArrayRef<VarDecl *> Family,
                                   llvm::ArrayRef<Sibling> Numbered) {
  // (clang goes on counting where a body is parsed once more.)
  if (Family.size() == 1 && Numbered[0].Number == 0 && Ctx->getManglingNumber(Family[0]) <= 1)
    return;
  for (size_t I = 0; I != Family.size(); ++I) {
    VarDecl &V = *Family[I];
    std::string Name = plainName(V);
    if (Name.empty())
      continue;
    if (uint32_t Number = Numbered[I].Number) {
      std::string Text = llvm::utostr(Number - 1);
      if (!Ctx->getLangOpts().CPlusPlus)
        Name += "." + llvm::utostr(Number);
      else
        Name += Text.size() == 1 ? "_" + Text : "__" + Text + "_";
    }
    V.addAttr(AnnotateAttr::CreateImplicit(*Ctx, (LocalStaticAnnotation + Name).str(), nullptr, 0));
  }
}

std::string nextframe::numberedName(const VarDecl &V) {
  for (const auto *A : V.specific_attrs<AnnotateAttr>())
    if (llvm::StringRef Name = A->getAnnotation(); Name.consume_front(LocalStaticAnnotation))
      return Name.str();
  return "";
}

std::unique_ptr<ASTConsumer> nextframe::makeSiblingNumbering(const SiblingFamilies &Known,
                                                             SiblingFamilies &Found,
                                                             llvm::StringRef Tag,
                                                             std::function<SourceRange(const FunctionDecl &)> RangeOf) {
  return std::make_unique<SiblingNumbering>(Known, Found, Tag, std::move(RangeOf));
}
