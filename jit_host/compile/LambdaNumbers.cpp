//===- LambdaNumbers.cpp - Names for lambdas that outlive an edit ---------===//

#include "compile/LambdaNumbers.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/xxhash.h"

#include <map>

using namespace clang;

namespace {

class LambdaVisitor : public RecursiveASTVisitor<LambdaVisitor> {
public:
  LambdaVisitor(ASTContext &Ctx, bool *SharesNumbers) : Ctx(Ctx), SharesNumbers(SharesNumbers) {}

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool VisitLambdaExpr(LambdaExpr *E);

private:
  uint32_t signatureOf(const LambdaExpr &E) const;

  ASTContext &Ctx;
  bool *SharesNumbers;
  llvm::DenseSet<const CXXRecordDecl *> Seen;
  using Scope = std::tuple<const DeclContext *, const Decl *, uint32_t>;
  std::map<Scope, unsigned> Counts;
};

class LambdaNumbering : public ASTConsumer {
public:
  explicit LambdaNumbering(bool *SharesNumbers) : SharesNumbers(SharesNumbers) {}

  void Initialize(ASTContext &Ctx) override {
    Visitor = std::make_unique<LambdaVisitor>(Ctx, SharesNumbers);
  }
  bool HandleTopLevelDecl(DeclGroupRef Group) override {
    for (Decl *D : Group)
      Visitor->TraverseDecl(D);
    return true;
  }
  void HandleInlineFunctionDefinition(FunctionDecl *F) override { Visitor->TraverseDecl(F); }
  void HandleTopLevelDeclInObjCContainer(DeclGroupRef) override {}

private:
  bool *SharesNumbers;
  std::unique_ptr<LambdaVisitor> Visitor;
};

} // namespace

/// Over all that decides how the closure object is laid out.
uint32_t LambdaVisitor::signatureOf(const LambdaExpr &E) const {
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
  return static_cast<uint32_t>(llvm::xxh3_64bits(Text));
}

bool LambdaVisitor::VisitLambdaExpr(LambdaExpr *E) {
  CXXRecordDecl *Class = E->getLambdaClass();
  if (Class->isDependentContext() || !Seen.insert(Class).second ||
      Ctx.getSourceManager().isInSystemHeader(E->getBeginLoc()))
    return true;
  CXXRecordDecl::LambdaNumbering N = Class->getLambdaNumbering();
  if (N.ManglingNumber == 0)
    N.HasKnownInternalLinkage = true; // As it has without a number.
  if (SharesNumbers && !N.ContextDecl && Class->getDeclContext()->isFileContext() &&
      !Ctx.getSourceManager().isInMainFile(Ctx.getSourceManager().getExpansionLoc(E->getBeginLoc())))
    *SharesNumbers = true;
  uint32_t Signature = signatureOf(*E);
  unsigned Ordinal = Counts[{Class->getDeclContext(), N.ContextDecl, Signature}]++;
  // Six bits for lambdas alike; more of them in one place still get names of
  // their own, only no longer apart from every other signature's.
  N.ManglingNumber = ((Signature & 0xffffff) << 6) + Ordinal + 1;
  Class->setLambdaNumbering(N);
  return true;
}

std::unique_ptr<ASTConsumer> nextframe::makeLambdaNumbering(bool *SharesNumbers) {
  return std::make_unique<LambdaNumbering>(SharesNumbers);
}
