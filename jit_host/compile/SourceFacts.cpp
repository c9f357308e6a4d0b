//===- SourceFacts.cpp - What only the AST knows --------------------------===//

#include "compile/SourceFacts.h"
#include "compile/PlainValues.h"
#include "compile/SiblingNumbers.h"
#include "compile/TypeContents.h"
#include "compile/TypeUses.h"
#include "compile/ValueShapes.h"
#include "support/BlockType.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/InferAlloc.h"
#include "clang/AST/Mangle.h"
#include "clang/AST/RecordLayout.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;
using namespace nextframe;
using llvm::StringRef;

namespace {

class FactsVisitor : public RecursiveASTVisitor<FactsVisitor> {
public:
  FactsVisitor(ASTContext &Ctx, SourceFacts &Facts)
      : Ctx(Ctx), Contents(Ctx), Policy(Contents.policy()), Names(Ctx),
        Mangler(ItaniumMangleContext::create(Ctx, Ctx.getDiagnostics())), Facts(Facts) {}

  /// What all of them come to.
  void finish();

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return false; }

  bool VisitRecordDecl(RecordDecl *R);
  bool VisitVarDecl(VarDecl *V);
  bool VisitFieldDecl(FieldDecl *F);
  bool VisitFunctionDecl(FunctionDecl *F);
  bool VisitLambdaExpr(LambdaExpr *E);

private:
  std::string symbolOf(const VarDecl &V);
  std::string meaningOf(QualType Type) const;
  void describeClass(const CXXRecordDecl &C, const ASTRecordLayout &Layout, RecordFacts &Out);
  void describeVTable(const CXXRecordDecl &C);

  ASTContext &Ctx;
  TypeContents Contents;
  const PrintingPolicy &Policy;
  ASTNameGenerator Names;
  std::unique_ptr<MangleContext> Mangler;
  std::vector<HiddenType> Hidden;
  SourceFacts &Facts;
};

} // namespace

/// A function that overrides others takes their slots; only one with another return type
/// may get a further one.
static bool mayHaveOwnSlot(const CXXMethodDecl &M) {
  auto HasOtherType = [&](const CXXMethodDecl *Overridden) {
    return Overridden->getReturnType().getCanonicalType() != M.getReturnType().getCanonicalType();
  };
  return M.size_overridden_methods() == 0 || llvm::any_of(M.overridden_methods(), HasOtherType);
}

void FactsVisitor::describeVTable(const CXXRecordDecl &C) {
  std::string Symbol;
  llvm::raw_string_ostream OS(Symbol);
  cast<ItaniumMangleContext>(*Mangler).mangleCXXVTable(&C, OS);
  SourceVTable &Table = Facts.VTables[Symbol];
  Table.Class = Contents.keyOf(C);
  Table.ClassAndBases.insert(Table.Class);
  C.forallBases([&](const CXXRecordDecl *Base) {
    if (Contents.isOwn(*Base))
      Table.ClassAndBases.insert(Contents.keyOf(*Base));
    return true;
  });
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
  Out.Dynamic = C.isDynamicClass();
  for (const CXXMethodDecl *M : C.methods())
    if (M->isVirtual() && mayHaveOwnSlot(*M))
      Out.Virtuals.push_back(M->getNameAsString() + " " + M->getType().getAsString(Policy));
  if (C.isDynamicClass())
    describeVTable(C);
}

std::string FactsVisitor::meaningOf(QualType Type) const {
  Type = Type.getCanonicalType();
  std::string Text = Type.getAsString(Policy);
  QualType Element = Ctx.getBaseElementType(Type);
  if (const auto *Enum = Element->getAsEnumDecl(); Enum && !Enum->getIntegerType().isNull())
    Text += " : " + Enum->getIntegerType().getCanonicalType().getAsString(Policy);
  return Text;
}

bool FactsVisitor::VisitRecordDecl(RecordDecl *R) {
  if (!R->isThisDeclarationADefinition() || R->isInvalidDecl() || R->isDependentType() ||
      R->isLambda())
    return true;
  const ASTRecordLayout &Layout = Ctx.getASTRecordLayout(R);
  RecordFacts Out;
  Out.Name = Contents.nameOf(*R);
  Out.Size = static_cast<uint64_t>(Layout.getSize().getQuantity());
  Out.Align = static_cast<uint64_t>(Layout.getAlignment().getQuantity());
  for (const FieldDecl *F : R->fields()) {
    std::string Width = F->isBitField() ? " : " + std::to_string(F->getBitWidthValue()) : "";
    Out.Fields.push_back({F->getNameAsString(), F->getType().getAsString(Policy),
                          meaningOf(F->getType()) + Width,
                          Layout.getFieldOffset(F->getFieldIndex())});
  }
  Out.Local = !Ctx.getLangOpts().CPlusPlus || !R->hasExternalFormalLinkage();
  if (const auto *C = dyn_cast<CXXRecordDecl>(R))
    describeClass(*C, Layout, Out);
  const SourceManager &SM = Ctx.getSourceManager();
  SourceLocation Where = SM.getExpansionLoc(R->getLocation());
  if (auto File = SM.getFileEntryRefForID(SM.getFileID(Where))) {
    // Not as the #include spells it, which may differ from user to user.
    Out.File = pathOf(*File, SM);
    Out.Line = SM.getExpansionLineNumber(Where);
  }
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

/// A field's initialiser is part of constructors that nobody wrote.
bool FactsVisitor::VisitFieldDecl(FieldDecl *F) {
  Expr *Value = F->hasInClassInitializer() ? F->getInClassInitializer() : nullptr;
  if (Value && !F->getDeclContext()->isDependentContext())
    findHiddenTypes(*Value, Ctx, Contents, Hidden);
  return true;
}

/// Returns the value that \p V is given outside of any function, if there is one.
static Expr *valueOutsideFunctions(VarDecl &V) {
  if (auto *P = dyn_cast<ParmVarDecl>(&V)) {
    bool IsThere =
        P->hasDefaultArg() && !P->hasUnparsedDefaultArg() && !P->hasUninstantiatedDefaultArg();
    return IsThere ? P->getDefaultArg() : nullptr;
  }
  return V.hasGlobalStorage() && !V.isLocalVarDecl() ? V.getInit() : nullptr;
}

bool FactsVisitor::VisitVarDecl(VarDecl *V) {
  Expr *Value = valueOutsideFunctions(*V);
  if (Value && !V->getDeclContext()->isDependentContext() && !V->getType()->isDependentType() &&
      !isa<VarTemplatePartialSpecializationDecl>(V))
    findHiddenTypes(*Value, Ctx, Contents, Hidden);
  if (!V->hasGlobalStorage() || V->getType()->isDependentType() ||
      V->getDeclContext()->isDependentContext() || isa<VarTemplatePartialSpecializationDecl>(V))
    return true;
  std::string Name = symbolOf(*V);
  if (Name.empty())
    return true;
  SourceVariable &Out = Facts.Variables[Name];
  // A variable whose `const` comes or goes stays the same variable.
  Qualifiers Ignored;
  Out.TypeName = Ctx.getUnqualifiedArrayType(V->getType(), Ignored).getAsString(Policy);
  Out.Meaning = meaningOf(V->getType());
  Out.Shape = shapeOf(V->getType(), Ctx);
  Out.InitialiserText = initialiserTextOf(*V, Ctx);
  Out.TriviallyCopyable = V->getType().isTriviallyCopyableType(Ctx);
  Out.NotPlain = notPlainPart(V->getType(), Ctx, Policy);
  Out.Contents = Contents.of(V->getType());
  return true;
}

bool FactsVisitor::VisitFunctionDecl(FunctionDecl *F) {
  if (!F->doesThisDeclarationHaveABody() || F->isInvalidDecl() || F->isDependentContext())
    return true;
  TypeUses Uses = findTypeUses(*F, Ctx, Contents, Hidden);
  auto Add = [&](const std::string &Name) {
    if (!Name.empty())
      Facts.Functions[Name] = {Uses.Keys, Uses.Complete};
  };
  if (isa<CXXConstructorDecl>(F) || isa<CXXDestructorDecl>(F))
    for (const std::string &Name : Names.getAllManglings(F))
      Add(Name);
  else
    Add(Names.getName(F));
  return true;
}

/// Its functions are no part of what the visitor comes to by itself.
bool FactsVisitor::VisitLambdaExpr(LambdaExpr *E) {
  if (FunctionTemplateDecl *Template = E->getLambdaClass()->getDependentLambdaCallOperator())
    for (FunctionDecl *F : Template->specializations())
      VisitFunctionDecl(F);
  else
    VisitFunctionDecl(E->getCallOperator());
  return true;
}

/// The text of a closure's or an unnamed type's name says where it stands, which an
/// edit of other lines changes.
static bool isLastingName(StringRef Name) {
  return !Name.contains("(lambda") && !Name.contains("(unnamed") && !Name.contains("(anonymous ");
}

/// Adds to \p Blocks what allocations of \p T, a class by itself, are for.
static void addBlockType(const Type *T, ASTContext &Ctx, TypeContents &Contents,
                         llvm::StringMap<std::string> &Blocks) {
  if (Contents.of(QualType(T, 0)).empty())
    return;
  auto Mark = infer_alloc::getAllocTokenMetadata(QualType(T, 0), Ctx);
  if (!Mark)
    return;
  BlockType Block;
  Block.Name = isLastingName(Mark->TypeName) ? Mark->TypeName.str().str() : "";
  Block.ElementSize = static_cast<uint64_t>(Ctx.getTypeSizeInChars(QualType(T, 0)).getQuantity());
  for (auto &[Key, Count] : Contents.of(QualType(T, 0)))
    Block.Contents.push_back({Key, Count});
  Blocks[Mark->TypeName] = Block.encode();
}

static const RecordType *asRecord(const Type *T) {
  const auto *Record = dyn_cast<RecordType>(T);
  return Record && Record->isCanonicalUnqualified() ? Record : nullptr;
}

struct TypeReader::State {
  explicit State(ASTContext &Ctx) : Ctx(Ctx), Contents(Ctx) {}

  ASTContext &Ctx;
  TypeContents Contents;
  size_t Read = 0;                            ///< Of the context's types.
  std::vector<const RecordType *> Incomplete; ///< Of those.
};

TypeReader::TypeReader(ASTContext &Ctx) : S(std::make_unique<State>(Ctx)) {}
TypeReader::~TypeReader() = default;

void TypeReader::update() {
  std::vector<const RecordType *> Open = std::exchange(S->Incomplete, {});
  std::vector<HiddenType> Found;
  // What is read from a preamble on the way makes the list longer.
  for (; S->Read != S->Ctx.getTypes().size(); ++S->Read)
    if (const RecordType *R = asRecord(S->Ctx.getTypes()[S->Read]))
      Open.push_back(R);
  for (const RecordType *R : Open) {
    if (!R->getDecl()->getDefinitionOrSelf()->isCompleteDefinition()) {
      if (!R->isDependentType())
        S->Incomplete.push_back(R);
      continue;
    }
    addBlockType(R, S->Ctx, S->Contents, Blocks);
    findTypeHiddenByLibrary(*R, S->Ctx, S->Contents, Found);
  }
  for (HiddenType &H : Found)
    Hidden.push_back({std::move(H.Key), H.How, std::move(H.File), H.Line});
}

void FactsVisitor::finish() {
  for (HiddenType &H : Hidden)
    Facts.Hidden.push_back({std::move(H.Key), H.How, std::move(H.File), H.Line});
}

SourceFacts nextframe::readDeclFacts(ASTContext &Ctx, llvm::ArrayRef<Decl *> Decls) {
  SourceFacts Facts;
  FactsVisitor Visitor(Ctx, Facts);
  const SourceManager &SM = Ctx.getSourceManager();
  for (Decl *D : Decls)
    if (!D->isImplicit() && !isOfTheSystem(*D, SM))
      Visitor.TraverseDecl(D);
  Visitor.finish();
  return Facts;
}

SourceFacts nextframe::readSourceFacts(ASTContext &Ctx, llvm::ArrayRef<Decl *> Decls) {
  SourceFacts Facts = readDeclFacts(Ctx, Decls);
  TypeReader Types(Ctx);
  Types.update();
  Facts.BlockTypes = Types.blockTypes();
  llvm::append_range(Facts.Hidden, Types.hidden());
  return Facts;
}

SourceFacts nextframe::readSourceFacts(ASTContext &Ctx) {
  auto Decls = Ctx.getTranslationUnitDecl()->decls();
  return readSourceFacts(Ctx, std::vector<Decl *>(Decls.begin(), Decls.end()));
}
