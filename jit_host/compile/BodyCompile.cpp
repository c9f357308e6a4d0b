//===- BodyCompile.cpp - The bodies that an edit touches, and no others ---===//
//
// The file is parsed behind its preamble with every body skipped that isn't edited
// (and isn't needed for others' sake). What clang makes of the edited ones, and of what
// they need anew, is merged into the last whole unit. The whole compile that follows
// has the last word: see session/BodyRoute.h.
//
//===----------------------------------------------------------------------===//

#include "compile/ClangSetup.h"
#include "compile/Compiler.h"
#include "compile/DerivedNoThrow.h"
#include "compile/DiagnosticCapture.h"
#include "compile/EditableBodies.h"
#include "compile/HeldInstances.h"
#include "compile/Preamble.h"
#include "compile/SiblingNumbers.h"
#include "compile/SourceFacts.h"
#include "ir/CollectFacts.h"
#include "ir/MergeUnits.h"
#include "ir/Names.h"
#include "ir/Promote.h"
#include "ir/TypedAllocations.h"
#include "support/CrashGuard.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/Stack.h"
#include "clang/CodeGen/CodeGenAction.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Frontend/PrecompiledPreamble.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

namespace {

/// Says which bodies are parsed, and has those that are edited emitted, also where
/// nothing calls them.
class BodySelector : public clang::ASTConsumer {
public:
  BodySelector(ArrayRef<EditedBody> Edited, clang::SourceManager &SM) : Edited(Edited), SM(SM) {}

  bool shouldSkipFunctionBody(clang::Decl *D) override;
  void HandleTranslationUnit(clang::ASTContext &) override;

  /// How many of the edited bodies were found where the text has them.
  unsigned Found = 0;
  /// How many bodies were parsed, those that others may need included.
  unsigned Parsed = 0;

private:
  const EditedBody *edited(uint32_t Offset) const;

  ArrayRef<EditedBody> Edited;
  clang::SourceManager &SM;
  std::vector<std::pair<clang::FunctionDecl *, const EditedBody *>> Chosen;
};

/// Reads the facts of what stands in the main file.
class PartFacts : public clang::ASTConsumer {
public:
  explicit PartFacts(SourceFacts &Facts) : Facts(Facts) {}
  bool HandleTopLevelDecl(clang::DeclGroupRef Group) override {
    Decls.append(Group.begin(), Group.end());
    return true;
  }
  void HandleTranslationUnit(clang::ASTContext &Ctx) override {
    if (!Ctx.getDiagnostics().hasErrorOccurred())
      Facts = readSourceFacts(Ctx, Decls);
  }

private:
  SourceFacts &Facts;
  SmallVector<clang::Decl *, 64> Decls;
};

class BodiesAction : public clang::EmitLLVMOnlyAction {
public:
  BodiesAction(LLVMContext &Ctx, ArrayRef<EditedBody> Edited, const SiblingFamilies &Known,
               StringRef Tag, SourceFacts &Source, DerivedNoThrow &NoThrow)
      : EmitLLVMOnlyAction(&Ctx), Edited(Edited), Known(Known), Tag(Tag), Source(Source),
        NoThrow(NoThrow) {}

  /// Those of the bodies that were parsed.
  SiblingFamilies Siblings;

  /// See BodySelector, which goes with the AST.
  unsigned Found = 0, Parsed = 0;

protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &CI,
                                                        StringRef File) override;
  void EndSourceFileAction() override {
    Found = Selector->Found;
    Parsed = Selector->Parsed;
    EmitLLVMOnlyAction::EndSourceFileAction();
  }

private:
  ArrayRef<EditedBody> Edited;
  const SiblingFamilies &Known;
  std::string Tag;
  SourceFacts &Source;
  DerivedNoThrow &NoThrow;
  BodySelector *Selector = nullptr;
};

} // namespace

const EditedBody *BodySelector::edited(uint32_t Offset) const {
  for (const EditedBody &E : Edited)
    if (Offset >= E.Name && Offset < E.End)
      return &E;
  return nullptr;
}

bool BodySelector::shouldSkipFunctionBody(clang::Decl *D) {
  auto *F = D->getAsFunction();
  ++Parsed;
  // Another function may come to need an instance of a template, or to be inlined.
  if (!F || F->isTemplated() || F->isDependentContext() || F->hasAttr<clang::AlwaysInlineAttr>())
    return false;
  auto [File, Offset] = SM.getDecomposedLoc(F->getLocation());
  const EditedBody *E = File == SM.getMainFileID() ? edited(Offset) : nullptr;
  if (!E) {
    --Parsed;
    return true;
  }
  if (Offset == E->Name) {
    F->addAttr(clang::UsedAttr::CreateImplicit(F->getASTContext()));
    Chosen.push_back({F, E});
  }
  return false;
}

/// A macro may have braces of its own, so the parser is asked where the bodies ended.
void BodySelector::HandleTranslationUnit(clang::ASTContext &) {
  for (auto &[F, E] : Chosen) {
    const clang::Stmt *Body = F->getBody();
    if (Body && isa<clang::CompoundStmt>(Body) && Body->getEndLoc().isFileID() &&
        SM.getFileOffset(Body->getBeginLoc()) == E->Begin &&
        SM.getFileOffset(Body->getEndLoc()) + 1 == E->End)
      ++Found;
  }
}

std::unique_ptr<clang::ASTConsumer> BodiesAction::CreateASTConsumer(clang::CompilerInstance &CI,
                                                                    StringRef File) {
  auto CodeGen = EmitLLVMOnlyAction::CreateASTConsumer(CI, File);
  if (!CodeGen)
    return nullptr;
  auto Selecting = std::make_unique<BodySelector>(Edited, CI.getSourceManager());
  Selector = Selecting.get();
  std::vector<std::unique_ptr<clang::ASTConsumer>> Consumers;
  Consumers.push_back(std::move(Selecting));
  Consumers.push_back(makeSiblingNumbering(Known, Siblings, Tag));
  Consumers.push_back(std::make_unique<PartFacts>(Source));
  Consumers.push_back(makeNoThrowEraser(NoThrow, *this));
  Consumers.push_back(holdInstances(std::move(CodeGen)));
  return std::make_unique<clang::MultiplexConsumer>(std::move(Consumers));
}

/// Returns the part of the unit that clang makes of \p Main, or null; and in \p Parsed
/// how many bodies that took.
static std::unique_ptr<CompiledUnit> compilePart(const CompileJob &Job, const TextOverlay &Texts,
                                                 const std::string &Main, const Preamble &Begin,
                                                 const CompiledUnit &Base,
                                                 ArrayRef<EditedBody> Edited,
                                                 const SiblingFamilies &Known, unsigned &Parsed,
                                                 std::string &Why) {
  auto Invocation = std::make_shared<clang::CompilerInvocation>(*Begin.Invocation);
  std::string Tag = unitTag(Job.LocalTo);
  SourceFacts Source;
  DerivedNoThrow NoThrow;
  runFirst(*Invocation, [&](Module &M) {
    NoThrow.erase(M);
    typeAllocations(M, Source);
    promote(M, Tag);
    nameLocalDeclarations(M, Tag, Base.Index);
  });
  Invocation->getFrontendOpts().SkipFunctionBodies = true;
  IntrusiveRefCntPtr<vfs::FileSystem> FS = fileSystem(Texts, Job.Command.Directory);
  auto Buffer = MemoryBuffer::getMemBuffer(Main, Job.Command.File);
  if (Begin.Precompiled)
    Begin.Precompiled->AddImplicitPreamble(*Invocation, FS, Buffer.get());
  Invocation->getPreprocessorOpts().RetainRemappedFileBuffers = true;

  clang::CompilerInstance CI(std::move(Invocation));
  CI.setVirtualFileSystem(FS);
  clang::DiagnosticOptions DiagOpts;
  DiagnosticCapture Capture(DiagOpts);
  CI.createDiagnostics(&Capture, /*ShouldOwnClient=*/false);
  CI.setVerboseOutputStream(nulls());
  CI.createFileManager();
  CI.setSourceManager(makeIntrusiveRefCnt<clang::SourceManager>(
      CI.getDiagnostics(), CI.getFileManager(), /*UserFilesAreVolatile=*/true));
  LLVMContext Ctx;
  Ctx.setDiscardValueNames(true);
  BodiesAction Action(Ctx, Edited, Known, Tag, Source, NoThrow);
  bool Compiled = CI.ExecuteAction(Action);
  Parsed = Action.Parsed;
  for (const SourceDiagnostic &D : Capture.take())
    if (Why.empty() && StringRef(D.Severity).contains("error"))
      Why = D.Message;
  std::unique_ptr<Module> M = Compiled ? Action.takeModule() : nullptr;
  if (!M || CI.getDiagnostics().hasErrorOccurred() || Action.Found != Edited.size())
    return nullptr;
  TimeTraceScope Trace("Facts", Job.File);
  auto Part = std::make_unique<CompiledUnit>();
  Part->Facts = collectFacts(*M, Tag, std::move(Source));
  Part->Siblings = std::move(Action.Siblings);
  raw_svector_ostream OS(Part->Bitcode);
  WriteBitcodeToFile(*M, OS);
  return Part;
}

Compiler::BodiesResult Compiler::compileBodies(const CompileJob &Job, const TextOverlay &Texts,
                                               const std::string &Main,
                                               std::shared_ptr<const CompiledUnit> Base,
                                               const Preamble &Begin,
                                               const SiblingFamilies &Known) const {
  TimeTraceScope Trace("Compile bodies", Job.File);
  BodiesResult Result;
  const SourceText &Old = Base->Source;
  auto Edited = Old.OnlyWhole ? std::nullopt
                              : compareBodies(Old, Main, Begin.Invocation->getLangOpts());
  if (!Edited || Edited->empty()) {
    Result.Why = "more than bodies differ";
    return Result;
  }
  std::vector<std::string> Symbols;
  for (const EditedBody &E : *Edited)
    append_range(Symbols, Old.Bodies[E.Index].Symbols);
  std::unique_ptr<CompiledUnit> Part;
  clang::noteBottomOfStack();
  auto Compile = [&] {
    Part = compilePart(Job, Texts, Main, Begin, *Base, *Edited, Known, Result.Bodies, Result.Why);
  };
  if (!survives(Compile) || !Part) {
    if (Result.Why.empty())
      Result.Why = "a body ends where the text doesn't say so, or the compiler crashed";
    return Result;
  }
  TimeTraceScope Merging("Merge");
  Result.Unit = mergeUnits(std::move(Base), std::move(*Part), Symbols, Result.Why);
  return Result;
}
