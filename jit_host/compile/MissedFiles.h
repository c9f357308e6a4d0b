//===- MissedFiles.h - The files that a compile looked for in vain --------===//
//
// A header that appears where the compiler looked first changes the program as
// much as an edit of the one that it found there. So the look-ups that fail are
// part of what a unit depends on.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_MISSEDFILES_H
#define NEXTFRAME_COMPILE_MISSEDFILES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <memory>
#include <string>
#include <vector>

namespace clang {
class PPCallbacks;
} // namespace clang

namespace nextframe {

/// A file system that remembers which paths were asked for and aren't there, in the
/// system's own folders, too: that is where a library's headers appear when it is installed.
class MissedFiles : public llvm::vfs::ProxyFileSystem {
public:
  using ProxyFileSystem::ProxyFileSystem;

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine &Path) override {
    return noting(Path, ProxyFileSystem::status(Path));
  }
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>>
  openFileForRead(const llvm::Twine &Path) override {
    auto File = noting(Path, ProxyFileSystem::openFileForRead(Path));
    if (File)
      Opened.insert(Path.str());
    return File;
  }

  /// Returns the files that were there and were opened, as they were asked for.
  const llvm::StringSet<> &opened() const { return Opened; }

  /// Returns the files that would have been read. Where a folder isn't there clang doesn't
  /// ask for the file in it: those come from \p Included, the names that includes have, and
  /// \p SearchPath, the folders that they are looked for in.
  std::vector<std::string> missed(const llvm::StringSet<> &Included,
                                  llvm::ArrayRef<std::string> SearchPath) const;

private:
  template <typename ResultT> ResultT noting(const llvm::Twine &Path, ResultT Result) {
    if (!Result)
      Missed.insert(Path.str());
    return Result;
  }

  llvm::StringSet<> Missed, Opened;
};

/// Returns callbacks that put the names that are included, or asked for with __has_include,
/// into \p Names, which outlives the preprocessor.
std::unique_ptr<clang::PPCallbacks> noteIncluded(llvm::StringSet<> &Names);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_MISSEDFILES_H
