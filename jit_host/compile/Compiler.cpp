//===- Compiler.cpp - One translation unit: source in, IR and facts out ---===//
//
// The compile is clang's own, with its own pass pipeline; only a few things are
// put in: names that outlive edits for lambdas and local statics, calls that may throw,
// promote() at the start of the pipeline, and a reader of the AST. So
// what runs is what clang would make of the file with the user's flags.
//
//===----------------------------------------------------------------------===//

#include "compile/Compiler.h"
#include "compile/ClangSetup.h"
#include "compile/ClockUses.h"
#include "compile/DerivedNoThrow.h"
#include "compile/DiagnosticCapture.h"
#include "compile/EditableBodies.h"
#include "compile/HeldInstances.h"
#include "compile/MissedFiles.h"
#include "compile/SiblingNumbers.h"
#include "compile/SourceFacts.h"
#include "ir/CollectFacts.h"
#include "ir/InlinedTypes.h"
#include "ir/Names.h"
#include "ir/Promote.h"
#include "ir/TopLevelAssembly.h"
#include "ir/TypedAllocations.h"
#include "support/CrashGuard.h"
#include "support/Diagnostics.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/Basic/Stack.h"
#include "clang/CodeGen/CodeGenAction.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

namespace {

/// Reads the facts off the AST when the file is through.
class SourceFactsConsumer : public clang::ASTConsumer {
public:
  SourceFactsConsumer(SourceFacts &Facts, SourceText &Text) : Facts(Facts), Text(Text) {}
  void HandleTranslationUnit(clang::ASTContext &Ctx) override {
    if (Ctx.getDiagnostics().hasErrorOccurred())
      return;
    Facts = readSourceFacts(Ctx);
    Text.Bodies = findEditableBodies(Ctx);
    clang::SourceManager &SM = Ctx.getSourceManager();
    Text.Text = SM.getBufferData(SM.getMainFileID()).str();
  }

private:
  SourceFacts &Facts;
  SourceText &Text;
};

/// clang's "emit LLVM" with readers of the AST before it.
class LiveAction : public clang::EmitLLVMOnlyAction {
public:
  /// Fills in \p Source and \p Text before code is generated.
  LiveAction(LLVMContext &Ctx, StringRef Directory, const SiblingFamilies &Known, StringRef Tag,
             SourceFacts &Source, SourceText &Text, DerivedNoThrow &NoThrow)
      : EmitLLVMOnlyAction(&Ctx), Names(Directory), Source(Source), Text(Text), NoThrow(NoThrow),
        Known(Known), Tag(Tag) {}

  SiblingFamilies Siblings;
  std::vector<FileRead> FilesRead;
  StringSet<> Included;
  bool ReadsClock = false;
  PathNames Names;

protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &CI,
                                                        StringRef File) override;
  bool BeginSourceFileAction(clang::CompilerInstance &CI) override;
  void EndSourceFileAction() override;

private:
  SourceFacts &Source;
  SourceText &Text;
  DerivedNoThrow &NoThrow;
  const SiblingFamilies &Known;
  std::string Tag;
  FilesReadCollector Collector;
};

} // namespace

std::unique_ptr<clang::ASTConsumer> LiveAction::CreateASTConsumer(clang::CompilerInstance &CI,
                                                                  StringRef File) {
  std::vector<std::unique_ptr<clang::ASTConsumer>> Consumers;
  Consumers.push_back(makeSiblingNumbering(Known, Siblings, Tag));
  Consumers.push_back(std::make_unique<SourceFactsConsumer>(Source, Text));
  Consumers.push_back(makeNoThrowEraser(NoThrow, *this));
  auto CodeGen = EmitLLVMOnlyAction::CreateASTConsumer(CI, File);
  if (!CodeGen)
    return nullptr;
  Consumers.push_back(holdInstances(std::move(CodeGen)));
  return std::make_unique<clang::MultiplexConsumer>(std::move(Consumers));
}

bool LiveAction::BeginSourceFileAction(clang::CompilerInstance &CI) {
  Collector.attachToPreprocessor(CI.getPreprocessor());
  CI.getPreprocessor().addPPCallbacks(makeTextUses(CI, Text));
  CI.getPreprocessor().addPPCallbacks(noteIncluded(Included));
  CI.getPreprocessor().addPPCallbacks(noteClock(ReadsClock));
  Text.OnlyWhole = !allowsSingleBodies(CI);
  return EmitLLVMOnlyAction::BeginSourceFileAction(CI);
}

void LiveAction::EndSourceFileAction() {
  FilesRead = Collector.take(getCompilerInstance().getSourceManager(), Names);
  EmitLLVMOnlyAction::EndSourceFileAction();
}

/// Gives the bodies the symbols that their functions have in \p Facts. What has no
/// code there can't be replaced by itself.
static void nameBodies(SourceText &Text, const UnitFacts &Facts, StringRef Tag) {
  StringSet<> Functions;
  for (const FunctionFacts &F : Facts.Functions)
    Functions.insert(F.Name);
  for (EditableBody &B : Text.Bodies) {
    std::vector<std::string> Symbols;
    for (const std::string &Name : B.Symbols)
      for (const std::string &Symbol : {Name, localName(Name, Tag)})
        if (Functions.contains(Symbol))
          Symbols.push_back(Symbol);
    B.Symbols = std::move(Symbols);
  }
  erase_if(Text.Bodies, [](const EditableBody &B) { return B.Symbols.empty(); });
}

static std::shared_ptr<const CompiledUnit> finish(const CompileJob &Job, Module &M,
                                                  const std::string &Tag, unsigned OptLevel,
                                                  SourceFacts Source, SourceText Text,
                                                  SiblingFamilies Siblings) {
  TimeTraceScope Trace("Facts", Job.File);
  auto Unit = std::make_shared<CompiledUnit>();
  Unit->Id = Job.Id;
  Unit->File = Job.File;
  Unit->OptLevel = OptLevel;
  AssemblyFacts Assembly = takeAssembly(M);
  Unit->Facts = collectFacts(M, Tag, std::move(Source));
  Unit->Facts.Assembly = std::move(Assembly);
  Unit->Index = FactIndex(Unit->Facts);
  Unit->Siblings = std::move(Siblings);
  Unit->Source = std::move(Text);
  nameBodies(Unit->Source, Unit->Facts, Tag);
  if (!Unit->Source.OnlyWhole)
    Unit->DescribedTypes = describedTypes(M);
  assert(!verifyModule(M, &errs()) && "promote() or collectFacts() broke the module");
  raw_svector_ostream OS(Unit->Bitcode);
  WriteBitcodeToFile(M, OS);
  return Unit;
}

/// The folders that the command itself says to look for headers in. (The driver adds some
/// that mostly aren't there.)
static std::vector<std::string> givenSearchPath(const CompileJob &Job,
                                                const clang::HeaderSearchOptions &Options) {
  std::vector<std::string> Result;
  for (const clang::HeaderSearchOptions::Entry &E : Options.UserEntries)
    if (any_of(Job.Command.Arguments,
               [&](StringRef A) { return A.consume_back(E.Path) && !A.contains('/'); }))
      Result.push_back(E.Path);
  return Result;
}

/// Whether a file was opened that is not in \p FilesRead: not by the preprocessor, that is.
static bool readsMore(const StringSet<> &Opened, PathNames &Names, ArrayRef<FileRead> FilesRead) {
  StringSet<> Read;
  for (const FileRead &F : FilesRead)
    Read.insert(F.Path);
  return any_of(Opened,
                [&](const auto &File) { return !Read.contains(Names.absolute(File.first())); });
}

/// What is said of a unit that was not compiled to the end.
static CompileResult notCompiled(const CompileJob &Job, std::string Why) {
  CompileResult Result;
  Result.Rendered = Job.File + ": error: " + Why + "\n";
  Result.Diagnostics.push_back({"error", Job.Command.File, 0, 0, std::move(Why)});
  Result.FilesRead.push_back({Job.Command.File, AbsentFile});
  return Result;
}

CompileResult Compiler::compile(const CompileJob &Job, const TextOverlay &Texts,
                                const SiblingFamilies &Known) const {
  TimeTraceScope Trace("Compile", Job.File);
  if (const std::string &Refused = Job.Command.Sanitizers.Refused; !Refused.empty())
    return notCompiled(Job, message(diag::err_sanitizer, Refused));
  CompileResult Result;
  // clang goes on in a new thread where this one's stack runs low.
  clang::noteBottomOfStack();
  if (survives([&] { Result = compileUnguarded(Job, Texts, Known); }))
    return Result;
  return notCompiled(Job, message(diag::err_compiler_crashed, Job.File));
}

CompileResult Compiler::compileUnguarded(const CompileJob &Job, const TextOverlay &Texts,
                                         const SiblingFamilies &Known) const {
  CompileResult Result;
  clang::DiagnosticOptions DiagOpts;
  DiagOpts.ShowColors = Opts.Colors;
  DiagnosticCapture Capture(DiagOpts);
  auto Finish = [&] {
    Result.Rendered = Capture.rendered();
    Result.Diagnostics = Capture.take();
    if (Result.FilesRead.empty())
      Result.FilesRead.push_back({Job.Command.File, AbsentFile});
    return std::move(Result);
  };

  IntrusiveRefCntPtr<vfs::FileSystem> SharedFS = fileSystem(Texts, Job.Command.Directory);
  auto Diags = clang::CompilerInstance::createDiagnostics(*SharedFS, DiagOpts, &Capture,
                                                          /*ShouldOwnClient=*/false);
  std::shared_ptr<clang::CompilerInvocation> Invocation =
      makeInvocation(Job, Opts.ResourceDir, *Diags, SharedFS);
  if (!Invocation)
    return Finish();
  std::string Tag = unitTag(Job.LocalTo);
  SourceFacts Source;
  SourceText Text;
  DerivedNoThrow NoThrow;
  unsigned OptLevel = Invocation->getCodeGenOpts().OptimizationLevel;
  runFirst(*Invocation, [&](Module &M) {
    NoThrow.erase(M);
    typeAllocations(M, Source);
    promote(M, Tag);
    if (OptLevel > 0)
      spreadTypes(M, Source);
  });

  clang::CompilerInstance CI(std::move(Invocation));
  auto Recorder = makeIntrusiveRefCnt<MissedFiles>(SharedFS);
  CI.setVirtualFileSystem(Recorder);
  CI.createDiagnostics(&Capture, /*ShouldOwnClient=*/false);
  CI.setVerboseOutputStream(nulls()); // "1 warning generated."
  CI.createFileManager();
  // Read, not mapped: a file that is cut short while it is mapped is a fault.
  CI.setSourceManager(makeIntrusiveRefCnt<clang::SourceManager>(
      CI.getDiagnostics(), CI.getFileManager(), /*UserFilesAreVolatile=*/true));

  LLVMContext Ctx;
  Ctx.setDiscardValueNames(true);
  LiveAction Action(Ctx, Job.Command.Directory, Known, Tag, Source, Text, NoThrow);
  bool Compiled = CI.ExecuteAction(Action);
  Result.FilesRead = std::move(Action.FilesRead);
  Result.DependsOnMore =
      Action.ReadsClock || readsMore(Recorder->opened(), Action.Names, Result.FilesRead);
  std::vector<std::string> Searched = givenSearchPath(Job, CI.getHeaderSearchOpts());
  for (const std::string &Missed : Recorder->missed(Action.Included, Searched))
    Result.FilesRead.push_back({Action.Names.absolute(Missed), AbsentFile});
  if (std::unique_ptr<Module> M = Compiled ? Action.takeModule() : nullptr)
    Result.Unit = finish(Job, *M, Tag, OptLevel, std::move(Source), std::move(Text),
                         std::move(Action.Siblings));
  return Finish();
}
