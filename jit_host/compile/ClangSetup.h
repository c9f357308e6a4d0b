//===- ClangSetup.h - clang, set up for one unit of a live program --------===//
//
// Inside the room only: what a whole compile, a preamble and a compile of single
// bodies have in common.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_CLANGSETUP_H
#define NEXTFRAME_COMPILE_CLANGSETUP_H

#include "compile/Compiler.h"

#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Frontend/Utils.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <functional>
#include <memory>
#include <string>

namespace llvm {
class Module;
} // namespace llvm

namespace nextframe {

/// Makes the paths that clang asks for absolute and free of dots, so that one file
/// has one name.
class PathNames {
public:
  explicit PathNames(llvm::StringRef Directory) : Directory(Directory) {}

  std::string absolute(llvm::StringRef File);

private:
  llvm::StringRef folder(llvm::StringRef Dir);

  std::string Directory;
  llvm::StringMap<std::string> Folders;
};

/// Every file read counts, system headers included: an edit of one is followed.
class FilesReadCollector : public clang::DependencyCollector {
public:
  bool needSystemDependencies() override { return true; }
  bool sawDependency(llvm::StringRef Filename, bool, bool, bool, bool IsMissing) override {
    return !IsMissing && !Filename.empty() && !Filename.starts_with("<");
  }

  /// Returns the files with the hashes of their texts as the compile saw them, whatever
  /// the disk says by now.
  std::vector<FileRead> take(clang::SourceManager &SM, PathNames &Names);
};

/// The disk, with \p Texts in place of what it has for those files.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> fileSystem(const TextOverlay &Texts,
                                                           llvm::StringRef Directory);

/// Returns what the command of \p Job asks of clang, with the settings that a live
/// program depends on, whatever the flags say. Null where the command is wrong.
/// \p Settings is given all that the driver has made of the command, where it isn't null.
std::shared_ptr<clang::CompilerInvocation>
makeInvocation(const CompileJob &Job, llvm::StringRef ResourceDir, clang::DiagnosticsEngine &Diags,
               llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> FS,
               std::vector<std::string> *Settings = nullptr);

/// Makes \p Work run over the module before any optimisation.
void runFirst(clang::CompilerInvocation &Invocation, std::function<void(llvm::Module &)> Work);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_CLANGSETUP_H
