//===- LiveAst.cpp - A parsed file that new bodies are parsed into --------===//

#include "compile/LiveAst.h"
#include "compile/ClangSetup.h"
#include "compile/SiblingNumbers.h"
#include "ir/Names.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/SourceManagerInternals.h"
#include "clang/Frontend/PrecompiledPreamble.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Sema/EnterExpressionEvaluationContext.h"
#include "clang/Sema/MultiplexExternalSemaSource.h"
#include "clang/Sema/Sema.h"
#include "clang/Serialization/ASTReader.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/TimeProfiler.h"

using namespace clang;
using namespace nextframe;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

void LiveConsumer::made(Decl &D) {
  Made.push_back(&D);
  if (OnMade)
    OnMade(D);
}

bool LiveConsumer::HandleTopLevelDecl(DeclGroupRef Group) {
  for (Decl *D : Group)
    made(*D);
  return true;
}

bool LiveConsumer::shouldSkipFunctionBody(Decl *D) {
  FunctionDecl *F = D->getAsFunction();
  // Another function may come to need an instance of a template, or to be inlined.
  if (!F || F->isTemplated() || F->isDependentContext() || F->hasAttr<AlwaysInlineAttr>())
    return false;
  auto [File, Offset] = SM.getDecomposedLoc(F->getLocation());
  if (File == SM.getMainFileID())
    Skipped[Offset] = F;
  return true;
}

namespace {

/// Tells clang which functions are defined elsewhere (in the program, so far), and which
/// classes are described elsewhere.
class DefinedElsewhere : public MultiplexExternalSemaSource {
public:
  DefinedElsewhere(const LiveConsumer &Consumer,
                   llvm::IntrusiveRefCntPtr<ExternalSemaSource> Preamble)
      : MultiplexExternalSemaSource(llvm::makeIntrusiveRefCnt<ExternalSemaSource>(),
                                    std::move(Preamble)),
        Consumer(Consumer) {}

  // (Not by a source among the others: clang's own takes EK_Always, which is 0, for none.)
  ExtKind hasExternalDefinitions(const Decl *D) override {
    const auto *F = dyn_cast<FunctionDecl>(D);
    const auto *R = dyn_cast<RecordDecl>(D);
    bool IsElsewhere = (F && Consumer.IsThere && Consumer.IsThere(*F)) ||
                       (R && Consumer.IsDescribed && Consumer.IsDescribed(*R));
    return IsElsewhere ? EK_Always : MultiplexExternalSemaSource::hasExternalDefinitions(D);
  }

private:
  const LiveConsumer &Consumer;
};

} // namespace

/// Parses, and keeps everything.
class LiveAst::Action : public ASTFrontendAction {
public:
  explicit Action(LiveAst &Live, const SiblingFamilies &Known, StringRef Tag)
      : Live(Live), Numbering(makeSiblingNumbering(Known, Found, Tag)) {}

  /// So that instances wait until somebody needs them.
  TranslationUnitKind getTranslationUnitKind() override { return TU_Prefix; }

protected:
  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &CI, StringRef) override {
    auto Result = std::make_unique<LiveConsumer>(CI.getSourceManager());
    Live.Consumer = Result.get();
    return Result;
  }
  void ExecuteAction() override;

private:
  LiveAst &Live;
  SiblingFamilies Found; ///< The whole unit has them, too.
  std::unique_ptr<ASTConsumer> Numbering;
};

void LiveAst::Action::ExecuteAction() {
  CompilerInstance &CI = getCompilerInstance();
  CI.createSema(getTranslationUnitKind(), nullptr);
  Sema &S = CI.getSema();
  Numbering->Initialize(CI.getASTContext());
  Live.Parse = std::make_unique<Parser>(CI.getPreprocessor(), S, /*SkipFunctionBodies=*/true);
  Parser &P = *Live.Parse;
  CI.getPreprocessor().EnterMainSourceFile();
  if (ExternalASTSource *Source = CI.getASTContext().getExternalSource())
    Source->StartTranslationUnit(Live.Consumer);
  P.Initialize();
  EnterExpressionEvaluationContext Evaluated(
      S, Sema::ExpressionEvaluationContext::PotentiallyEvaluated);
  Parser::DeclGroupPtrTy Group;
  Sema::ModuleImportState Imports;
  for (bool AtEnd = P.ParseFirstTopLevelDecl(Group, Imports); !AtEnd;
       AtEnd = P.ParseTopLevelDecl(Group, Imports)) {
    if (!Group)
      continue;
    Numbering->HandleTopLevelDecl(Group.get());
    for (Decl *D : Group.get())
      Live.Consumer->TopLevel.push_back(D);
  }
  // What the program has been made of was made with all of these.
  S.PendingInstantiations.clear();
  S.VTableUses.clear();
  S.TUScope = P.getCurScope(); // Gone at the end of the file, but for its parser.
}

LiveAst::LiveAst(TextOverlay Texts, std::string Main, std::shared_ptr<const Preamble> Begin)
    : Texts(std::move(Texts)), Main(std::move(Main)), Begin(std::move(Begin)), Capture(DiagOpts) {}

std::unique_ptr<LiveAst> LiveAst::create(const CompileJob &Job, TextOverlay Texts, std::string Main,
                                         std::shared_ptr<const Preamble> Begin,
                                         const SiblingFamilies &Known) {
  std::unique_ptr<LiveAst> Result(new LiveAst(std::move(Texts), std::move(Main), std::move(Begin)));
  return Result->parseFile(Job, Known) ? std::move(Result) : nullptr;
}

bool LiveAst::parseFile(const CompileJob &Job, const SiblingFamilies &Known) {
  auto Invocation = std::make_shared<CompilerInvocation>(*Begin->Invocation);
  Invocation->getFrontendOpts().SkipFunctionBodies = true;
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> FS = fileSystem(Texts, Job.Command.Directory);
  auto Buffer = llvm::MemoryBuffer::getMemBuffer(Main, Job.Command.File);
  if (Begin->Precompiled)
    Begin->Precompiled->AddImplicitPreamble(*Invocation, FS, Buffer.get());
  Invocation->getPreprocessorOpts().RetainRemappedFileBuffers = true;
  // The file is compiled as it was when this began, whatever the texts say.
  Invocation->getPreprocessorOpts().addRemappedFile(Job.Command.File, Buffer.release());

  CI = std::make_unique<CompilerInstance>(std::move(Invocation));
  CI->setVirtualFileSystem(FS);
  CI->createDiagnostics(&Capture, /*ShouldOwnClient=*/false);
  CI->setVerboseOutputStream(llvm::nulls());
  CI->createFileManager();
  CI->setSourceManager(llvm::makeIntrusiveRefCnt<SourceManager>(
      CI->getDiagnostics(), CI->getFileManager(), /*UserFilesAreVolatile=*/true));
  if (!CI->createTarget())
    return false;
  Front = std::make_unique<Action>(*this, Known, unitTag(Job.LocalTo));
  if (!Front->BeginSourceFile(*CI, CI->getFrontendOpts().Inputs[0]))
    return false;
  llvm::consumeError(Front->Execute()); // Ours never fails but by what clang says.
  if (CI->getDiagnostics().hasErrorOccurred() || !CI->hasSema())
    return false;
  llvm::IntrusiveRefCntPtr<ExternalSemaSource> Preamble = CI->getASTReader();
  if (!Preamble)
    Preamble = llvm::makeIntrusiveRefCnt<ExternalSemaSource>();
  context().setExternalSource(
      llvm::makeIntrusiveRefCnt<DefinedElsewhere>(*Consumer, std::move(Preamble)));
  Later = std::make_unique<LaterNames>(context(), Consumer->TopLevel);
  Tokens = std::make_unique<BodyTokens>(CI->getPreprocessor());
  findHeaders(Job.Command.Directory);
  Types = std::make_unique<TypeReader>(context());
  Types->update();
  FirstHidden = Types->hidden().size();
  return true;
}

LiveAst::~LiveAst() {
  Parse.reset();
  if (Front && CI && CI->hasASTContext()) {
    CI->setSema(nullptr);
    Front->EndSourceFile();
  }
}

size_t LiveAst::size() const {
  const ASTContext &Ctx = CI->getASTContext();
  SourceManager::MemoryBufferSizes Texts = CI->getSourceManager().getMemoryBufferSizes();
  return Ctx.getASTAllocatedMemory() + Ctx.getSideTableAllocatedMemory() + Texts.malloc_bytes +
         CI->getPreprocessor().getTotalMemory() + CI->getSourceManager().getDataStructureSizes();
}

//===----------------------------------------------------------------------===//
// Its new text
//===----------------------------------------------------------------------===//

LiveAst::File LiveAst::setText(FileID F, const std::string &New) {
  SourceManager &SM = CI->getSourceManager();
  StringRef Name = SM.getPresumedLoc(SM.getLocForStartOfFile(F)).getFilename();
  return {F, SM.createFileID(llvm::MemoryBuffer::getMemBufferCopy(New, Name))};
}

/// Finds the headers of the preamble that bodies may be edited in.
void LiveAst::findHeaders(StringRef Directory) {
  SourceManager &SM = CI->getSourceManager();
  llvm::StringSet<> Wanted;
  for (const Preamble::Header &H : Begin->Headers)
    Wanted.insert(H.Path);
  PathNames Names(Directory);
  for (unsigned I = 0; !Wanted.empty() && I != SM.loaded_sloc_entry_size(); ++I) {
    const SrcMgr::SLocEntry &Entry = SM.getLoadedSLocEntry(I);
    if (!Entry.isFile() || !Entry.getFile().getContentCache().OrigEntry)
      continue;
    FileEntryRef File = *Entry.getFile().getContentCache().OrigEntry;
    std::string Path = Names.absolute(File.getName());
    if (Wanted.contains(Path))
      Headers[Path] = SM.translateFile(File);
  }
}

void LiveAst::setLines(FileID Main, const SourceText &Old, const std::string &New,
                       llvm::ArrayRef<EditedBody> Placed) {
  SourceManager &SM = CI->getSourceManager();
  std::vector<LineEntry> Entries;
  StringRef NewText(New);
  size_t NewLine = 1, NewAt = 0;
  for (const EditedBody &E : Placed) {
    uint32_t End = Old.Bodies[E.Index].End;
    NewLine += NewText.slice(NewAt, E.End).count('\n');
    NewAt = E.End;
    // The entry says which line the next one is.
    if (E.Differs)
      Entries.push_back(
          LineEntry::get(End, static_cast<unsigned>(NewLine + 1), -1, SrcMgr::C_User, 0));
  }
  if (!SM.hasLineTable() && Entries.empty())
    return;
  // (Makes the file known as one that has any.)
  if (!SM.getSLocEntry(Main).getFile().hasLineDirectives())
    SM.AddLineNote(SM.getLocForStartOfFile(Main), 2, -1, false, false, SrcMgr::C_User);
  Entries.insert(Entries.begin(), LineEntry::get(0, 2, -1, SrcMgr::C_User, 0));
  SM.getLineTable().AddEntry(Main, Entries);
}

/// Returns where the initialisers of a constructor begin, or where its body does; nothing
/// where that can't be told.
static std::optional<unsigned> bodyBegin(const FunctionDecl &F, FileID File, unsigned Begin,
                                         const SourceManager &SM, const LangOptions &Lang) {
  if (!isa<CXXConstructorDecl>(F))
    return Begin;
  FunctionTypeLoc Type = F.getFunctionTypeLoc();
  if (!Type || !Type.getRParenLoc().isFileID() || SM.getFileID(Type.getRParenLoc()) != File)
    return std::nullopt;
  StringRef Text = SM.getBufferData(File);
  Lexer Raw(SourceLocation(), Lang, Text.begin(),
            Text.begin() + SM.getFileOffset(Type.getRParenLoc()) + 1, Text.end());
  int Depth = 0;
  for (Token T; !Raw.LexFromRawLexer(T);) {
    unsigned At = Raw.getCurrentBufferOffset() - T.getLength();
    if (At >= Begin)
      break;
    Depth += T.isOneOf(tok::l_paren, tok::l_square) - T.isOneOf(tok::r_paren, tok::r_square);
    if (Depth == 0 && T.is(tok::colon))
      return At;
  }
  return Begin;
}

/// Returns the function whose name stands at \p Place, if it is one of \p Decls or inside
/// of them.
template <typename DeclsT>
static FunctionDecl *findFunction(const DeclsT &Decls, SourceLocation Place) {
  for (Decl *D : Decls) {
    if (auto *F = dyn_cast<FunctionDecl>(D); F && F->getLocation() == Place && !F->isImplicit())
      return F;
    if (isa<CXXRecordDecl, NamespaceDecl, LinkageSpecDecl>(D))
      if (FunctionDecl *F = findFunction(cast<DeclContext>(D)->decls(), Place))
        return F;
  }
  return nullptr;
}

/// Only those declarations are read from the preamble that stand around the function.
FunctionDecl *LiveAst::functionAt(FileID File, unsigned Offset) const {
  if (File == mainFile())
    return Consumer->Skipped.lookup(Offset);
  SmallVector<Decl *, 8> Decls;
  if (llvm::IntrusiveRefCntPtr<ASTReader> Reader = CI->getASTReader())
    Reader->FindFileRegionDecls(File, Offset, 1, Decls);
  SourceLocation Start = CI->getSourceManager().getLocForStartOfFile(File);
  return findFunction(Decls, Start.getLocWithOffset(static_cast<int>(Offset)));
}

std::string LiveAst::read(const File &In, const EditableBody &Old, const EditedBody &E, Body &Out) {
  const SourceManager &SM = CI->getSourceManager();
  Out.F = functionAt(In.Parsed, Old.Name);
  if (!Out.F)
    return "no function is known there";
  Out.Text = In.Newest;
  Out.IsOfHeader = In.Parsed != mainFile();
  std::optional<unsigned> From = bodyBegin(*Out.F, In.Parsed, Old.Begin, SM, CI->getLangOpts());
  if (!From)
    return "a constructor's initialisers can't be found";
  SourceLocation Place =
      SM.getLocForStartOfFile(In.Parsed).getLocWithOffset(static_cast<int>(Old.Begin));
  std::string Why;
  Out.Place = Place;
  Out.End = E.End;
  Out.Tokens = Tokens->lex(In.Newest, E.Begin - (Old.Begin - *From), E.End, Place, Why);
  if (Why.empty() && !Out.IsOfHeader)
    Why = Later->doubt(*Out.F, Out.Tokens);
  // What the function's own text is, its declarator included, is for its lambdas to know.
  auto [File, Start] = SM.getDecomposedLoc(Out.F->getBeginLoc());
  SourceLocation New = SM.getLocForStartOfFile(In.Newest);
  if (File == In.Parsed && Old.Begin >= Start && E.Begin >= Old.Begin - Start)
    Ranges[Out.F] = {New.getLocWithOffset(static_cast<int>(E.Begin - (Old.Begin - Start))),
                     New.getLocWithOffset(static_cast<int>(E.End - 1))};
  return Why;
}

//===----------------------------------------------------------------------===//
// Its new code
//===----------------------------------------------------------------------===//

/// Takes the body from \p F, so that it can get another. What it holds goes: the parameters
/// come again.
static void undefine(FunctionDecl &F) {
  SmallVector<Decl *, 16> Locals(F.decls());
  for (Decl *D : Locals)
    F.removeDecl(D);
  F.setBody(nullptr);
  F.setHasSkippedBody(false);
}

bool LiveAst::parse(Body &B) {
  llvm::TimeTraceScope Trace("ParseFunctionDefinition");
  Sema &S = CI->getSema();
  const SourceManager &SM = CI->getSourceManager();
  undefine(*B.F);
  if (!B.F->hasAttr<UsedAttr>()) // Made into code, also where nothing calls it.
    B.F->addAttr(UsedAttr::CreateImplicit(context()));
  LateParsedTemplate Late;
  Late.D = B.F;
  Late.Toks.append(B.Tokens.begin(), B.Tokens.end());
  Late.FPO = S.getCurFPFeatures();
  {
    EnterExpressionEvaluationContext Evaluated(
        S, Sema::ExpressionEvaluationContext::PotentiallyEvaluated);
    S.LateTemplateParser(S.OpaqueParser, Late);
  }
  const Stmt *Body = B.F->getBody();
  // A macro may have braces of its own, so the parser is asked where the body ended.
  return !CI->getDiagnostics().hasErrorOccurred() && isa_and_nonnull<CompoundStmt>(Body) &&
         Body->getEndLoc().isFileID() && SM.getFileID(Body->getEndLoc()) == B.Text &&
         SM.getFileOffset(Body->getEndLoc()) + 1 == B.End;
}

void LiveAst::instantiate(llvm::function_ref<bool(const Decl &)> IsThere) {
  llvm::TimeTraceScope Trace("PerformPendingInstantiations");
  Sema &S = CI->getSema();
  for (auto &Known : std::exchange(Elsewhere, {}))
    S.PendingInstantiations.push_back(Known);
  for (bool Again = true; Again; Again = S.DefineUsedVTables()) {
    while (!S.PendingInstantiations.empty()) {
      auto [D, Where] = S.PendingInstantiations.front();
      S.PendingInstantiations.pop_front();
      if (IsThere(*D)) {
        Elsewhere.push_back({D, Where});
        continue;
      }
      if (auto *F = dyn_cast<FunctionDecl>(D)) {
        S.InstantiateFunctionDefinition(Where, F, /*Recursive=*/false,
                                        /*DefinitionRequired=*/false, /*AtEndOfTU=*/true);
        F->setInstantiationIsPending(false);
      } else {
        S.InstantiateVariableDefinition(Where, cast<VarDecl>(D), /*Recursive=*/false,
                                        /*DefinitionRequired=*/false, /*AtEndOfTU=*/true);
      }
    }
  }
}
