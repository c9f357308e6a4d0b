//===- LinkLine.h - What a program links beside its own sources -----------===//

#ifndef NEXTFRAME_PROJECT_LINKLINE_H
#define NEXTFRAME_PROJECT_LINKLINE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace nextframe {

/// One thing that a link line names.
struct LinkInput {
  enum Kind {
    Library,      ///< -l NAME: shared, or an archive where there is only that.
    SharedFile,   ///< A shared library by its path.
    Archive,      ///< A .a: what is needed of it.
    WholeArchive, ///< A .a: all of it.
    Object,       ///< A .o.
  };
  Kind What;
  std::string Name; ///< Of a library; else an absolute path.

  bool operator==(const LinkInput &) const = default;
};

struct LinkLine {
  std::vector<LinkInput> Inputs; ///< In the order of the line, each once.
  std::vector<std::string> Dirs; ///< -L, absolute.
  bool ExportsSymbols = false;   ///< -rdynamic, in any of its forms.
};

/// Reads the arguments of a link: libraries, archives, objects and -L; paths are
/// relative to \p Directory. What only tells the linker how to go about it
/// (-Wl,-rpath and its like) is left out. Any thread.
LinkLine parseLinkLine(llvm::ArrayRef<std::string> Args, llvm::StringRef Directory);

/// Returns what the path \p File (absolute) is to a linker, by its ending.
LinkInput linkedFile(llvm::StringRef File);

} // namespace nextframe

#endif // NEXTFRAME_PROJECT_LINKLINE_H
