//===- Prebuilt.h - Objects and archives that the program links -----------===//
//
// What a build has compiled already is linked into the program as it is, once:
// objects and whole archives at the start, the members of other archives when
// something first needs them, be it a reload. Nothing of it is ever replaced.
//
// Such files have initialisers of their own (.init_array), which an executable's
// start files would run. They are collected while a file is linked, and run by
// the commit of the reload that linked it.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_PREBUILT_H
#define NEXTFRAME_LINK_PREBUILT_H

#include "link/PrebuiltThreadLocals.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>
#include <vector>

namespace nextframe {

/// What an object's .init_array and .fini_array hold.
using InitialiserFunction = void (*)(int, char **, char **);
using FinaliserFunction = void (*)();

/// In the order in which an executable would run them: by priority, then as they
/// were linked (finalisers are run from the back).
struct PrebuiltFunctions {
  std::vector<InitialiserFunction> Early; ///< Those with a priority.
  std::vector<InitialiserFunction> Initialisers;
  std::vector<FinaliserFunction> Finalisers;

  bool empty() const { return Early.empty() && Initialisers.empty() && Finalisers.empty(); }
};

/// The files to link, read but not linked yet. One thread at a time.
class Prebuilt {
public:
  struct Archive {
    std::unique_ptr<llvm::MemoryBuffer> Content;
    bool Whole = false;
    bool Last = false; ///< Asked after the shared libraries.
  };

  /// Reads the object file \p Path. Errors where it is no object file for this
  /// machine.
  llvm::Error addObject(llvm::StringRef Path);

  /// Reads the archive \p Path, of which all is linked where \p Whole, else what is
  /// needed. Errors where it is no archive for this machine.
  llvm::Error addArchive(llvm::StringRef Path, bool Whole);

  /// Reads the archive \p Path like addArchive(), to be asked for what nothing else
  /// has: the compiler's own library.
  llvm::Error addLast(llvm::StringRef Path);

  /// Whether any of the files defines \p Symbol.
  bool defines(llvm::StringRef Symbol) const { return Defined.contains(Symbol); }
  /// Returns a file that has a section \p Name, of which a linker defines the bounds, or "".
  std::string fileWithSection(llvm::StringRef Name) const;
  /// The thread-local variables of the files.
  const PrebuiltThreadLocals &threadLocals() const { return ThreadLocals; }

  /// Makes the files ready to be linked, when all have been added. What can't be, of which
  /// maybe nothing is needed, is for check() to say.
  void prepare(const Libraries &Libs);

  /// Errors, naming it, where \p Object, one of the files or a member of one, can't be linked into
  /// a running process. The thread that links.
  llvm::Error check(llvm::MemoryBufferRef Object) const;

  /// Whether there is nothing but what addLast() has read, before it is taken over.
  bool isEmpty() const {
    return Objects.empty() && llvm::all_of(Archives, [](const Archive &A) { return A.Last; });
  }

  /// What the linker takes over.
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> takeObjects() { return std::move(Objects); }
  std::vector<Archive> takeArchives() { return std::move(Archives); }

private:
  llvm::Error add(llvm::StringRef Path, Archive A);
  llvm::Error noteObject(llvm::MemoryBufferRef Object, llvm::StringRef Name);
  void refuse(llvm::StringRef Object, llvm::Error Why);

  std::vector<std::unique_ptr<llvm::MemoryBuffer>> Objects;
  std::vector<Archive> Archives;
  llvm::StringSet<> Defined;
  /// The objects with a section whose bounds a linker defines, and what they are called; the
  /// sections whose bounds some object asks for.
  llvm::StringMap<std::vector<std::pair<llvm::StringRef, std::string>>> Sections;
  llvm::StringSet<> Bounded;
  PrebuiltThreadLocals ThreadLocals;
  /// Objects with thread-local variables, and what they are called.
  std::vector<std::pair<llvm::MutableArrayRef<char>, std::string>> WithThreadLocals;
  /// By its start, why an object can't be linked.
  llvm::DenseMap<const char *, std::string> Refused;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_PREBUILT_H
