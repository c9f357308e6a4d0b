//===- Libraries.h - Symbols that the program doesn't define itself -------===//

#ifndef NEXTFRAME_LINK_LIBRARIES_H
#define NEXTFRAME_LINK_LIBRARIES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace nextframe {

/// The C and C++ run-time libraries and those named with -l, searched in that
/// order reversed: what the user names wins. Only these are searched, not all
/// that the host happens to have loaded, so that a symbol of LLVM's never
/// stands in for one that the program lacks. One thread at
/// a time.
class Libraries {
public:
  /// Errors when a run-time library can't be opened.
  static llvm::Expected<std::unique_ptr<Libraries>> create();

  /// Opens lib\p Name.so (or, where only a versioned one is installed, that),
  /// from \p Dirs first; where it is a linker script, what that names. Where a folder has nothing
  /// but the archive lib\p Name.a, or \p Name is ":FILE" and that an archive, opens nothing and
  /// returns its path; else "". Errors naming the library and what the loader said.
  llvm::Expected<std::string> load(llvm::StringRef Name, llvm::ArrayRef<std::string> Dirs);

  /// Opens the shared library \p Path. Errors naming it and what the loader said.
  llvm::Error loadFile(llvm::StringRef Path);

  /// Makes \p Name mean \p Address for the program, whatever the libraries say.
  /// libraryAddress() still finds the library's own.
  void interpose(llvm::StringRef Name, void *Address) { Interposed[Name] = Address; }

  /// Returns what the program shall get for \p Name, or null.
  void *find(llvm::StringRef Name) const;

  /// Returns what the libraries have for \p Name, or null.
  void *libraryAddress(llvm::StringRef Name) const;

private:
  Libraries() = default;
  llvm::Expected<std::string> loadNamed(llvm::ArrayRef<std::string> Names,
                                        llvm::ArrayRef<std::string> Dirs);
  void *threadLocalControl(llvm::StringRef Variable) const;

  std::vector<void *> Handles; ///< Never closed: the program points into them.
  llvm::StringMap<void *> Interposed;
  /// Made when first asked for.
  mutable llvm::StringMap<void *> Controls;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_LIBRARIES_H
