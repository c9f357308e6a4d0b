//===- Preamble.cpp - The #includes of a file, parsed beforehand ----------===//

#include "compile/Preamble.h"
#include "compile/ClangSetup.h"
#include "compile/EditableBodies.h"
#include "compile/SiblingNumbers.h"
#include "ir/Names.h"
#include "support/CrashGuard.h"

#include "clang/Basic/Stack.h"
#include "clang/Frontend/PrecompiledPreamble.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Serialization/PCHContainerOperations.h"
#include "llvm/Support/TimeProfiler.h"

using namespace llvm;
using namespace nextframe;

Preamble::Preamble() = default;
Preamble::~Preamble() = default;

bool Preamble::fits(StringRef Text) const {
  return !Precompiled || Text.starts_with(Precompiled->getContents());
}

size_t Preamble::size() const {
  constexpr size_t Overhead = 64 * 1024; // Of the invocation and the names of the files.
  return Overhead + (Precompiled ? Precompiled->getSize() : 0);
}

namespace {

/// Lambdas and local statics get their names, and the files that are read are noted, as in a whole
/// compile.
class Callbacks : public clang::PreambleCallbacks {
public:
  Callbacks(PathNames &Names, const SiblingFamilies &Known, StringRef Tag)
      : Names(Names), Numbering(makeSiblingNumbering(Known, Found, Tag)) {}

  std::vector<FileRead> FilesRead;
  std::vector<Preamble::Header> Headers;

  void BeforeExecute(clang::CompilerInstance &CI) override {
    Collector.attachToPreprocessor(CI.getPreprocessor());
    CI.getPreprocessor().addPPCallbacks(makeHeaderTextUses(CI, Uses));
    Numbering->Initialize(CI.getASTContext());
  }
  void HandleTopLevelDecl(clang::DeclGroupRef Group) override {
    Numbering->HandleTopLevelDecl(Group);
  }
  void AfterExecute(clang::CompilerInstance &CI) override {
    FilesRead = Collector.take(CI.getSourceManager(), Names);
    if (allowsSingleBodies(CI))
      readHeaders(CI);
  }
  bool shouldSkipFunctionBody(clang::Decl *) override { return false; }

private:
  void readHeaders(clang::CompilerInstance &CI);

  PathNames &Names;
  std::map<clang::FileID, SourceText> Uses; ///< What makeHeaderTextUses() has noted.
  FilesReadCollector Collector;
  SiblingFamilies Found; ///< The whole unit has them, too.
  std::unique_ptr<clang::ASTConsumer> Numbering;
};

} // namespace

void Callbacks::readHeaders(clang::CompilerInstance &CI) {
  clang::SourceManager &SM = CI.getSourceManager();
  StringMap<unsigned> Times;
  for (auto &[File, Bodies] : findHeaderBodies(CI.getASTContext())) {
    Preamble::Header H{Names.absolute(SM.getFileEntryRefForID(File)->getName()), Uses[File]};
    H.Source.Bodies = std::move(Bodies);
    H.Source.Text = SM.getBufferData(File).str();
    ++Times[H.Path];
    if (!H.Source.OnlyWhole && !hasPragmas(H.Source.Text))
      Headers.push_back(std::move(H));
  }
  erase_if(Headers, [&](const Preamble::Header &H) { return Times[H.Path] > 1; });
}

static std::unique_ptr<Preamble> build(const CompileJob &Job, const TextOverlay &Texts,
                                       const std::string &ResourceDir, const std::string &Main,
                                       const SiblingFamilies &Known) {
  clang::DiagnosticOptions DiagOpts;
  IntrusiveRefCntPtr<vfs::FileSystem> FS = fileSystem(Texts, Job.Command.Directory);
  auto Diags = clang::CompilerInstance::createDiagnostics(
      *FS, DiagOpts, new clang::IgnoringDiagConsumer, /*ShouldOwnClient=*/true);
  auto Result = std::make_unique<Preamble>();
  Result->Command = Job.Command;
  Result->Invocation = makeInvocation(Job, ResourceDir, *Diags, FS);
  if (!Result->Invocation)
    return nullptr;
  auto Buffer = MemoryBuffer::getMemBuffer(Main, Job.Command.File);
  clang::PreambleBounds Bounds = clang::ComputePreambleBounds(
      Result->Invocation->getLangOpts(), Buffer->getMemBufferRef(), /*MaxLines=*/0);
  if (Bounds.Size == 0)
    return Result;
  PathNames Names(Job.Command.Directory);
  Callbacks Watching(Names, Known, unitTag(Job.LocalTo));
  clang::CompilerInvocation Once(*Result->Invocation);
  // What the headers instantiate is in the preamble, not made at each use of it.
  Once.getLangOpts().PCHInstantiateTemplates = true;
  auto Built = clang::PrecompiledPreamble::Build(Once, Buffer.get(), Bounds, Diags, FS,
                                                 std::make_shared<clang::PCHContainerOperations>(),
                                                 /*StoreInMemory=*/true,
                                                 /*StoragePath=*/"", Watching);
  if (!Built || Diags->hasErrorOccurred())
    return nullptr;
  Result->Precompiled = std::make_unique<clang::PrecompiledPreamble>(std::move(*Built));
  Result->Headers = std::move(Watching.Headers);
  for (FileRead &F : Watching.FilesRead)
    if (F.Path != Job.Command.File)
      Result->FilesRead.push_back(std::move(F));
  return Result;
}

std::shared_ptr<const Preamble> Compiler::buildPreamble(const CompileJob &Job,
                                                        const TextOverlay &Texts,
                                                        const std::string &Main,
                                                        const SiblingFamilies &Known) const {
  TimeTraceScope Trace("Preamble", Job.File);
  std::unique_ptr<Preamble> Result;
  clang::noteBottomOfStack();
  if (!survives([&] { Result = build(Job, Texts, Opts.ResourceDir, Main, Known); }))
    return nullptr;
  return Result;
}
