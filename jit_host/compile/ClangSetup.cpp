//===- ClangSetup.cpp - clang, set up for one unit of a live program ------===//

#include "compile/ClangSetup.h"

#include "clang/Basic/SourceManager.h"
#include "clang/Driver/CreateInvocationFromArgs.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace nextframe;

std::string PathNames::absolute(StringRef File) {
  SmallString<256> Path(File);
  sys::path::make_absolute(Directory, Path);
  SmallString<256> Result(folder(sys::path::parent_path(Path)));
  sys::path::append(Result, sys::path::filename(Path));
  return Result.str().str();
}

/// "a/../b" is "b" only where "a" is no link to somewhere else (/lib often is).
StringRef PathNames::folder(StringRef Dir) {
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

std::vector<FileRead> FilesReadCollector::take(clang::SourceManager &SM, PathNames &Names) {
  std::vector<FileRead> Result;
  for (const std::string &File : getDependencies()) {
    uint64_t Hash = AbsentFile;
    if (auto Entry = SM.getFileManager().getOptionalFileRef(File))
      if (auto Buffer = SM.getMemoryBufferForFileOrNone(*Entry))
        Hash = hashText(Buffer->getBuffer());
    Result.push_back({Names.absolute(File), Hash});
  }
  return Result;
}

IntrusiveRefCntPtr<vfs::FileSystem> nextframe::fileSystem(const TextOverlay &Texts,
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

static void adaptOptions(clang::CompilerInvocation &Invocation) {
  clang::CodeGenOptions &CodeGen = Invocation.getCodeGenOpts();
  // An alias would let one body stand behind two entries (C1 and C2 of a
  // constructor) and hide which of them changed.
  CodeGen.CXXCtorDtorAliases = false;
  // For the marks on allocations alone: typeAllocations() takes them off again.
  Invocation.getLangOpts().Sanitize.set(clang::SanitizerKind::AllocToken, true);
  Invocation.getPreprocessorOpts().addMacroUndef("__SANITIZE_ALLOC_TOKEN__");
  // No function is taken to be bound to the definition in this file (but see
  // DerivedNoThrow.h); promote() takes the mark off again before the optimiser.
  Invocation.getLangOpts().SemanticInterposition = true;
  // The driver's default is made for a compiler that ends after one compile.
  Invocation.getFrontendOpts().DisableFree = false;
  CodeGen.DisableFree = false;
}

std::shared_ptr<clang::CompilerInvocation>
nextframe::makeInvocation(const CompileJob &Job, StringRef ResourceDir,
                          clang::DiagnosticsEngine &Diags, IntrusiveRefCntPtr<vfs::FileSystem> FS,
                          std::vector<std::string> *Settings) {
  std::vector<std::string> Args = Job.Command.Arguments;
  Args.insert(Args.begin() + 1, ("-resource-dir=" + ResourceDir).str());
  SmallVector<const char *, 32> ArgPointers;
  for (const std::string &A : Args)
    ArgPointers.push_back(A.c_str());
  clang::CreateInvocationOptions Opts;
  Opts.Diags = &Diags;
  Opts.VFS = std::move(FS);
  Opts.CC1Args = Settings;
  std::shared_ptr<clang::CompilerInvocation> Invocation =
      clang::createInvocation(ArgPointers, Opts);
  if (Invocation)
    adaptOptions(*Invocation);
  return Invocation;
}

namespace {

class FirstPass : public PassInfoMixin<FirstPass> {
public:
  explicit FirstPass(std::function<void(Module &)> Work) : Work(std::move(Work)) {}
  PreservedAnalyses run(Module &M, ModuleAnalysisManager &) {
    Work(M);
    return PreservedAnalyses::none();
  }
  static bool isRequired() { return true; } // Also at -O0.

private:
  std::function<void(Module &)> Work;
};

} // namespace

void nextframe::runFirst(clang::CompilerInvocation &Invocation,
                         std::function<void(Module &)> Work) {
  Invocation.getCodeGenOpts().PassBuilderCallbacks.push_back([Work](PassBuilder &PB) {
    PB.registerPipelineStartEPCallback(
        [Work](ModulePassManager &MPM, OptimizationLevel) { MPM.addPass(FirstPass(Work)); });
  });
}
