//===- SourceFacts.cpp - What only the AST knows --------------------------===//

#include "compile/SourceFacts.h"
#include "compile/SiblingNumbers.h"

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
  bool VisitFunctionDecl(FunctionDecl *F);

private:
  std::string symbolOf(const VarDecl &V);
  std::string meaningOf(const FieldDecl &F) const;
  void describeClass(const CXXRecordDecl &C, const ASTRecordLayout &Layout, RecordFacts &Out);

  ASTContext &Ctx;
  PrintingPolicy Policy;
  ASTNameGenerator Names;
  SourceFacts &Facts;
  /// Where each record stands in Facts.
  llvm::DenseMap<const Decl *, size_t> Index;
  llvm::DenseMap<const Decl *, std::vector<std::string>> Users;

public:
  /// Adds to each record who shares it: functions may be declared before it is defined.
  void addSharing() {
    for (auto &[Record, Functions] : Users)
      if (auto It = Index.find(Record); It != Index.end()) {
        llvm::sort(Functions);
        Functions.erase(llvm::unique(Functions), Functions.end());
        Facts.Records[It->second].SharedWith = std::move(Functions);
      }
  }
};

/// Finds the records that a type names: as it is, and through pointers, references,
/// arrays, function types and template arguments.
class MentionedRecords : public RecursiveASTVisitor<MentionedRecords> {
public:
  llvm::DenseSet<const Decl *> Found;

  void add(QualType Type) { TraverseType(Type.getCanonicalType()); }
  bool VisitTagType(TagType *T) {
    const auto *R = dyn_cast<RecordDecl>(T->getDecl());
    if (!R || !Found.insert(R->getCanonicalDecl()).second)
      return true;
    if (const auto *S = dyn_cast<ClassTemplateSpecializationDecl>(R))
      for (const TemplateArgument &A : S->getTemplateArgs().asArray())
        if (A.getKind() == TemplateArgument::Type)
          add(A.getAsType());
    return true;
  }
};

} // namespace

/// Only what the file itself can't define is of interest: a call into a template or an
/// inline function of a library's header is compiled here.
bool FactsVisitor::VisitFunctionDecl(FunctionDecl *F) {
  if ((!F->isReferenced() && !F->isUsed()) || F->isDefined() || F->isDependentContext() ||
      F->isDeleted() || F->isDefaulted() || F->getBuiltinID() || !F->isExternallyVisible() ||
      F->isTemplateInstantiation())
    return true;
  MentionedRecords Mentioned;
  Mentioned.add(F->getReturnType());
  for (const ParmVarDecl *P : F->parameters())
    Mentioned.add(P->getType());
  if (const auto *Method = dyn_cast<CXXMethodDecl>(F))
    Mentioned.add(QualType(Ctx.getCanonicalTagType(Method->getParent())));
  for (const Decl *Record : Mentioned.Found)
    Users[Record].push_back(Names.getName(F));
  return true;
}

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

std::string FactsVisitor::meaningOf(const FieldDecl &F) const {
  QualType Type = F.getType().getCanonicalType();
  std::string Text = Type.getAsString(Policy);
  QualType Element = Ctx.getBaseElementType(Type);
  if (const auto *Enum = Element->getAsEnumDecl(); Enum && !Enum->getIntegerType().isNull())
    Text += " : " + Enum->getIntegerType().getCanonicalType().getAsString(Policy);
  if (F.isBitField())
    Text += " : " + std::to_string(F.getBitWidthValue());
  return Text;
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
    Out.Fields.push_back({F->getNameAsString(), F->getType().getAsString(Policy), meaningOf(*F),
                          Layout.getFieldOffset(F->getFieldIndex())});
  Out.Local = !Ctx.getLangOpts().CPlusPlus || !R->hasExternalFormalLinkage();
  if (const auto *C = dyn_cast<CXXRecordDecl>(R))
    describeClass(*C, Layout, Out);
  const SourceManager &SM = Ctx.getSourceManager();
  SourceLocation Where = SM.getExpansionLoc(R->getLocation());
  if (auto File = SM.getFileEntryRefForID(SM.getFileID(Where))) {
    // Not as the #include spells it, which may differ from user to user.
    Out.File = File->getFileEntry().tryGetRealPathName().str();
    Out.Line = SM.getExpansionLineNumber(Where);
  }
  Index[R->getCanonicalDecl()] = Facts.Records.size();
  Facts.Records.push_back(std::move(Out));
  return true;
}

/// The symbol of \p V, as promote() finds or makes it.
std::string FactsVisitor::symbolOf(const VarDecl &V) {
  if (std::string Name = numberedName(V); !Name.empty())
    return Name;
  if (auto *F = dyn_cast<FunctionDecl>(V.getDeclContext());
      F && V.isStaticLocal() && !Ctx.getLangOpts().CPlusPlus)
    return F->getNameAsString() + "." + V.getNameAsString();
  return Names.getName(&V);
}

bool FactsVisitor::VisitVarDecl(VarDecl *V) {
  if (!V->hasGlobalStorage() || V->getType()->isDependentType() ||
      V->getDeclContext()->isDependentContext() || isa<VarTemplatePartialSpecializationDecl>(V))
    return true;
  std::string Name = symbolOf(*V);
  if (Name.empty())
    return true;
  Facts.Variables[Name] = {V->getType().getAsString(Policy),
                           V->getType().isTriviallyCopyableType(Ctx)};
  return true;
}

/// The system's own headers don't change under a running program. Those of a
/// library that the flags only call one (-isystem) may.
static bool isOfTheSystem(const Decl &D, const SourceManager &SM) {
  if (!SM.isInSystemHeader(D.getLocation()))
    return false;
  auto File = SM.getFileEntryRefForID(SM.getFileID(SM.getExpansionLoc(D.getLocation())));
  return !File || File->getFileEntry().tryGetRealPathName().starts_with("/usr/");
}

SourceFacts nextframe::readSourceFacts(ASTContext &Ctx) {
  SourceFacts Facts;
  FactsVisitor Visitor(Ctx, Facts);
  const SourceManager &SM = Ctx.getSourceManager();
  for (Decl *D : Ctx.getTranslationUnitDecl()->decls())
    if (!D->isImplicit() && !isOfTheSystem(*D, SM))
      Visitor.TraverseDecl(D);
  Visitor.addSharing();
  return Facts;
}
