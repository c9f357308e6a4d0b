//===- Preamble.h - The #includes of a file, parsed beforehand ------------===//

#ifndef NEXTFRAME_COMPILE_PREAMBLE_H
#define NEXTFRAME_COMPILE_PREAMBLE_H

#include "compile/Compiler.h"

#include <optional>

namespace clang {
class CompilerInvocation;
class PrecompiledPreamble;
} // namespace clang

namespace nextframe {

/// What stands before the first declaration of a unit's main file, parsed and kept in
/// memory, and what the unit's command asks of clang. A value that nobody changes; any
/// thread may compile with it.
class Preamble {
public:
  Preamble();
  ~Preamble();
  Preamble(const Preamble &) = delete;

  CompileCommand Command;
  /// The files that it was made from, without the main file.
  std::vector<FileRead> FilesRead;

  /// Whether it is that of \p Text, the main file; its headers are for others to judge.
  bool fits(llvm::StringRef Text) const;
  /// Bytes of memory.
  size_t size() const;

  // Inside the room only.
  std::shared_ptr<clang::CompilerInvocation> Invocation;
  /// A header of the program's that it has read once, and what an edit of its bodies has
  /// to know of it.
  struct Header {
    std::string Path; ///< Absolute.
    SourceText Source;
  };
  std::vector<Header> Headers;
  /// Null where the file begins with a declaration.
  std::unique_ptr<clang::PrecompiledPreamble> Precompiled;
};

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_PREAMBLE_H
