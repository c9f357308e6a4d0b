//===- SourceFacts.cpp - What only the AST knows --------------------------===//

#include "compile/SourceFacts.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/Mangle.h"
#include "clang/AST/RecordLayout.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;
using namespace nextframe;

namespace {

class FactsVisitor : public RecursiveASTVisitor<FactsVisitor> {
public:
  FactsVisitor(ASTContext &Ctx, SourceFacts &Facts)
      : Ctx(Ctx), Policy(Ctx.getPrintingPolicy()), Names(Ctx), Facts(Facts) {
    Policy.FullyQualifiedName = true;
    Policy.SuppressTagKeyword = true;
  }

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return false; }

  bool VisitRecordDecl(RecordDecl *R);
  bool VisitVarDecl(VarDecl *V);

private:
  void describeClass(const CXXRecordDecl &C, const ASTRecordLayout &Layout, RecordFacts &Out);

  ASTContext &Ctx;
  PrintingPolicy Policy;
  ASTNameGenerator Names;
  SourceFacts &Facts;
};

} // namespace

void FactsVisitor::describeClass(const CXXRecordDecl &C, const ASTRecordLayout &Layout,
                                 RecordFacts &Out) {
  for (const CXXBaseSpecifier &B : C.bases()) {
    const auto *Base = B.getType()->getAsCXXRecordDecl();
    if (!Base)
      continue;
    CharUnits Offset = B.isVirtual() ? CharUnits::Zero() : Layout.getBaseClassOffset(Base);
    Out.Bases.push_back((B.isVirtual() ? "virtual " : "") + B.getType().getAsString(Policy) + "@" +
                        std::to_string(Offset.getQuantity()));
  }
  for (const CXXMethodDecl *M : C.methods())
    if (M->isVirtual())
      Out.Virtuals.push_back(M->getNameAsString() + " " + M->getType().getAsString(Policy));
}

bool FactsVisitor::VisitRecordDecl(RecordDecl *R) {
  if (!R->isThisDeclarationADefinition() || R->isInvalidDecl() || R->isDependentType() ||
      R->isLambda())
    return true;
  const ASTRecordLayout &Layout = Ctx.getASTRecordLayout(R);
  RecordFacts Out;
  Out.Name = QualType(Ctx.getCanonicalTagType(R)).getAsString(Policy);
  Out.Size = static_cast<uint64_t>(Layout.getSize().getQuantity());
  Out.Align = static_cast<uint64_t>(Layout.getAlignment().getQuantity());
  for (const FieldDecl *F : R->fields())
    Out.Fields.push_back({F->getNameAsString(), F->getType().getAsString(Policy),
                          Layout.getFieldOffset(F->getFieldIndex())});
  if (const auto *C = dyn_cast<CXXRecordDecl>(R))
    describeClass(*C, Layout, Out);
  PresumedLoc Where = Ctx.getSourceManager().getPresumedLoc(R->getLocation());
  if (Where.isValid()) {
    Out.File = Where.getFilename();
    Out.Line = Where.getLine();
  }
  Facts.Records.push_back(std::move(Out));
  return true;
}

bool FactsVisitor::VisitVarDecl(VarDecl *V) {
  if (!V->hasGlobalStorage() || V->getType()->isDependentType() ||
      V->getDeclContext()->isDependentContext() || isa<VarTemplatePartialSpecializationDecl>(V))
    return true;
  std::string Name = Names.getName(V);
  if (Name.empty())
    return true;
  Facts.Variables[Name] = {V->getType().getAsString(Policy),
                           V->getType().isTriviallyCopyableType(Ctx)};
  return true;
}

SourceFacts nextframe::readSourceFacts(ASTContext &Ctx) {
  SourceFacts Facts;
  FactsVisitor Visitor(Ctx, Facts);
  const SourceManager &SM = Ctx.getSourceManager();
  for (Decl *D : Ctx.getTranslationUnitDecl()->decls())
    if (!D->isImplicit() && !SM.isInSystemHeader(D->getLocation()))
      Visitor.TraverseDecl(D);
  return Facts;
}
