//===- MissedFiles.h - The files that a compile looked for in vain --------===//
//
// A header that appears where the compiler looked first changes the program as
// much as an edit of the one that it found there. So the look-ups that fail are
// part of what a unit depends on.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_MISSEDFILES_H
#define NEXTFRAME_COMPILE_MISSEDFILES_H

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/VirtualFileSystem.h"

namespace nextframe {

/// A file system that remembers which files were asked for and aren't there.
/// Those of the system's own folders are left out: there are thousands, and no
/// header of a program ever appears in front of them.
class MissedFiles : public llvm::vfs::ProxyFileSystem {
public:
  using ProxyFileSystem::ProxyFileSystem;

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine &Path) override {
    return noting(Path, ProxyFileSystem::status(Path));
  }
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>>
  openFileForRead(const llvm::Twine &Path) override {
    return noting(Path, ProxyFileSystem::openFileForRead(Path));
  }

  const llvm::StringSet<> &missed() const { return Missed; }

private:
  template <typename ResultT> ResultT noting(const llvm::Twine &Path, ResultT Result) {
    if (!Result && !llvm::StringRef(Path.str()).starts_with("/usr/"))
      Missed.insert(Path.str());
    return Result;
  }

  llvm::StringSet<> Missed;
};

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_MISSEDFILES_H
