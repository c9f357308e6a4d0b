//===- Compiler.cpp - One translation unit: source in, IR and facts out ---===//
//
// The compile is clang's own, with its own pass pipeline; only three things are
// put in: names that outlive edits for lambdas and local statics, promote() at the
// start of the pipeline, and a reader of the AST. So
// what runs is what clang would make of the file with the user's flags.
//
//===----------------------------------------------------------------------===//

#include "compile/Compiler.h"
#include "compile/DiagnosticCapture.h"
#include "compile/MissedFiles.h"
#include "compile/SiblingNumbers.h"
#include "compile/SourceFacts.h"
#include "ir/CollectFacts.h"
#include "ir/Names.h"
#include "ir/Promote.h"
#include "ir/TypedAllocations.h"
#include "support/CrashGuard.h"
#include "support/Diagnostics.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/Basic/Stack.h"
#include "clang/CodeGen/CodeGenAction.h"
#include "clang/Driver/CreateInvocationFromArgs.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Frontend/Utils.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Support/VirtualFileSystem.h"

using namespace llvm;
using namespace nextframe;

namespace {

/// Reads the facts off the AST when the file is through.
class SourceFactsConsumer : public clang::ASTConsumer {
public:
  explicit SourceFactsConsumer(SourceFacts &Facts) : Facts(Facts) {}
  void HandleTranslationUnit(clang::ASTContext &Ctx) override {
    if (!Ctx.getDiagnostics().hasErrorOccurred())
      Facts = readSourceFacts(Ctx);
  }

private:
  SourceFacts &Facts;
};

/// Runs typeAllocations() and promote() before anything else looks at the module.
class PromotePass : public PassInfoMixin<PromotePass> {
public:
  PromotePass(std::string Tag, const SourceFacts &Source) : Tag(std::move(Tag)), Source(Source) {}
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    typeAllocations(M, Source);
    promote(M, Tag);
    return PreservedAnalyses::none();
  }
  static bool isRequired() { return true; } // Also at -O0.

private:
  std::string Tag;
  const SourceFacts &Source;
};

/// Makes the paths that clang asks for absolute and free of dots, so that one file
/// has one name.
class PathNames {
public:
  explicit PathNames(StringRef Directory) : Directory(Directory) {}

  std::string absolute(StringRef File) {
    SmallString<256> Path(File);
    sys::path::make_absolute(Directory, Path);
    SmallString<256> Result(folder(sys::path::parent_path(Path)));
    sys::path::append(Result, sys::path::filename(Path));
    return Result.str().str();
  }

private:
  /// "a/../b" is "b" only where "a" is no link to somewhere else (/lib often is).
  StringRef folder(StringRef Dir) {
    auto [It, New] = Folders.try_emplace(Dir);
    if (!New)
      return It->second;
    SmallString<256> Plain(Dir), Real;
    sys::path::remove_dots(Plain, /*remove_dot_dot=*/true);
    bool Same = !Dir.contains("..") || sys::fs::equivalent(Dir, Plain);
    if (!Same && !sys::fs::real_path(Dir, Real))
      Plain = Real;
    return It->second = Plain.str().str();
  }

  std::string Directory;
  StringMap<std::string> Folders;
};

/// Every file read counts, system headers included: an edit of one is followed.
class FilesReadCollector : public clang::DependencyCollector {
public:
  bool needSystemDependencies() override { return true; }
  bool sawDependency(StringRef Filename, bool, bool, bool, bool IsMissing) override {
    return !IsMissing && !Filename.empty() && !Filename.starts_with("<");
  }
};

/// clang's "emit LLVM" with readers of the AST before it.
class LiveAction : public clang::EmitLLVMOnlyAction {
public:
  /// Fills in \p Source before code is generated.
  LiveAction(LLVMContext &Ctx, StringRef Directory, const SiblingFamilies &Known, StringRef Tag,
             SourceFacts &Source)
      : EmitLLVMOnlyAction(&Ctx), Names(Directory), Source(Source), Known(Known), Tag(Tag) {}

  SiblingFamilies Siblings;
  std::vector<FileRead> FilesRead;
  PathNames Names;

protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &CI,
                                                        StringRef File) override;
  bool BeginSourceFileAction(clang::CompilerInstance &CI) override;
  void EndSourceFileAction() override;

private:
  SourceFacts &Source;
  const SiblingFamilies &Known;
  std::string Tag;
  FilesReadCollector Collector;
};

} // namespace

std::unique_ptr<clang::ASTConsumer> LiveAction::CreateASTConsumer(clang::CompilerInstance &CI,
                                                                  StringRef File) {
  std::vector<std::unique_ptr<clang::ASTConsumer>> Consumers;
  Consumers.push_back(makeSiblingNumbering(Known, Siblings, Tag));
  Consumers.push_back(std::make_unique<SourceFactsConsumer>(Source));
  auto CodeGen = EmitLLVMOnlyAction::CreateASTConsumer(CI, File);
  if (!CodeGen)
    return nullptr;
  Consumers.push_back(std::move(CodeGen));
  return std::make_unique<clang::MultiplexConsumer>(std::move(Consumers));
}

bool LiveAction::BeginSourceFileAction(clang::CompilerInstance &CI) {
  Collector.attachToPreprocessor(CI.getPreprocessor());
  return EmitLLVMOnlyAction::BeginSourceFileAction(CI);
}

/// The texts are hashed as the compile saw them, whatever the disk says by now.
void LiveAction::EndSourceFileAction() {
  clang::SourceManager &SM = getCompilerInstance().getSourceManager();
  for (const std::string &File : Collector.getDependencies()) {
    uint64_t Hash = AbsentFile;
    if (auto Entry = SM.getFileManager().getOptionalFileRef(File))
      if (auto Buffer = SM.getMemoryBufferForFileOrNone(*Entry))
        Hash = hashText(Buffer->getBuffer());
    FilesRead.push_back({Names.absolute(File), Hash});
  }
  EmitLLVMOnlyAction::EndSourceFileAction();
}

/// Settings that a live program depends on, whatever the flags say.
static void adaptOptions(clang::CompilerInvocation &Invocation, const std::string &Tag,
                         const SourceFacts &Source) {
  clang::CodeGenOptions &CodeGen = Invocation.getCodeGenOpts();
  // An alias would let one body stand behind two entries (C1 and C2 of a
  // constructor) and hide which of them changed.
  CodeGen.CXXCtorDtorAliases = false;
  CodeGen.PassBuilderCallbacks.push_back([Tag, &Source](PassBuilder &PB) {
    PB.registerPipelineStartEPCallback([Tag, &Source](ModulePassManager &MPM, OptimizationLevel) {
      MPM.addPass(PromotePass(Tag, Source));
    });
  });
  // For the marks on allocations alone: typeAllocations() takes them off again.
  Invocation.getLangOpts().Sanitize.set(clang::SanitizerKind::AllocToken, true);
  Invocation.getPreprocessorOpts().addMacroUndef("__SANITIZE_ALLOC_TOKEN__");
  // Keeps clang from deriving "does not throw" from the bodies that it happens
  // to have seen; promote() takes the mark off again before the optimiser.
  Invocation.getLangOpts().SemanticInterposition = true;
  // The driver's default is made for a compiler that ends after one compile.
  Invocation.getFrontendOpts().DisableFree = false;
  CodeGen.DisableFree = false;
}

/// The disk, with \p Texts in place of what it has for those files.
static IntrusiveRefCntPtr<vfs::FileSystem> fileSystem(const TextOverlay &Texts,
                                                      StringRef Directory) {
  auto Overlay = makeIntrusiveRefCnt<vfs::OverlayFileSystem>(vfs::createPhysicalFileSystem());
  auto Memory = makeIntrusiveRefCnt<vfs::InMemoryFileSystem>();
  for (const auto &Text : Texts)
    Memory->addFileNoOwn(Text.first(), /*ModificationTime=*/0,
                         MemoryBufferRef(*Text.second, Text.first()));
  Overlay->pushOverlay(std::move(Memory));
  Overlay->setCurrentWorkingDirectory(Directory);
  return Overlay;
}

static std::shared_ptr<const CompiledUnit> finish(const CompileJob &Job, Module &M,
                                                  const std::string &Tag, unsigned OptLevel,
                                                  SourceFacts Source, SiblingFamilies Siblings) {
  TimeTraceScope Trace("Facts", Job.File);
  auto Unit = std::make_shared<CompiledUnit>();
  Unit->Id = Job.Id;
  Unit->File = Job.File;
  Unit->OptLevel = OptLevel;
  Source.Optimised = OptLevel > 0;
  Unit->Facts = collectFacts(M, Tag, std::move(Source));
  Unit->Siblings = std::move(Siblings);
  assert(!verifyModule(M, &errs()) && "promote() or collectFacts() broke the module");
  raw_svector_ostream OS(Unit->Bitcode);
  WriteBitcodeToFile(M, OS);
  return Unit;
}

CompileResult Compiler::compile(const CompileJob &Job, const TextOverlay &Texts,
                                const SiblingFamilies &Known) const {
  TimeTraceScope Trace("Compile", Job.File);
  CompileResult Result;
  // clang goes on in a new thread where this one's stack runs low.
  clang::noteBottomOfStack();
  if (survives([&] { Result = compileUnguarded(Job, Texts, Known); }))
    return Result;
  Result = CompileResult();
  std::string Why = message(diag::err_compiler_crashed, Job.File);
  Result.Rendered = Job.File + ": error: " + Why + "\n";
  Result.Diagnostics.push_back({"error", Job.Command.File, 0, 0, Why});
  Result.FilesRead.push_back({Job.Command.File, AbsentFile});
  return Result;
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
  std::vector<std::string> Args = Job.Command.Arguments;
  Args.insert(Args.begin() + 1, "-resource-dir=" + Opts.ResourceDir);
  SmallVector<const char *, 32> ArgPointers;
  for (const std::string &A : Args)
    ArgPointers.push_back(A.c_str());
  clang::CreateInvocationOptions InvocationOpts;
  InvocationOpts.Diags = Diags;
  InvocationOpts.VFS = SharedFS;
  std::shared_ptr<clang::CompilerInvocation> Invocation =
      clang::createInvocation(ArgPointers, InvocationOpts);
  if (!Invocation)
    return Finish();
  std::string Tag = unitTag(Job.File);
  SourceFacts Source;
  adaptOptions(*Invocation, Tag, Source);
  unsigned OptLevel = Invocation->getCodeGenOpts().OptimizationLevel;

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
  LiveAction Action(Ctx, Job.Command.Directory, Known, Tag, Source);
  bool Compiled = CI.ExecuteAction(Action);
  Result.FilesRead = std::move(Action.FilesRead);
  for (const auto &Missed : Recorder->missed())
    Result.FilesRead.push_back({Action.Names.absolute(Missed.first()), AbsentFile});
  if (std::unique_ptr<Module> M = Compiled ? Action.takeModule() : nullptr)
    Result.Unit =
        finish(Job, *M, Tag, OptLevel, std::move(Source), std::move(Action.Siblings));
  return Finish();
}
