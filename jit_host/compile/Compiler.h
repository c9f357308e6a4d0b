//===- Compiler.h - One translation unit: source in, IR and facts out -----===//

#ifndef NEXTFRAME_COMPILE_COMPILER_H
#define NEXTFRAME_COMPILE_COMPILER_H

#include "compile/CompileCommands.h"
#include "ir/CompiledUnit.h"
#include "support/FileText.h"
#include "support/SourceDiagnostic.h"

#include <memory>
#include <string>
#include <vector>

namespace nextframe {

struct CompileJob {
  UnitId Id{};
  std::string File; ///< Relative to the source folder; names the unit.
  CompileCommand Command;
};

struct CompileResult {
  /// Null where the unit does not compile.
  std::shared_ptr<const CompiledUnit> Unit;
  std::vector<SourceDiagnostic> Diagnostics;
  /// The diagnostics as clang prints them, with caret and (for a terminal) colour.
  std::string Rendered;
  /// Every file that the compile read, the main file first, and what it saw;
  /// then those that it looked for in vain.
  std::vector<FileRead> FilesRead;
};

class Compiler {
public:
  struct Options {
    /// clang's own headers (stddef.h and so on).
    std::string ResourceDir;
    bool Colors = false;
  };

  explicit Compiler(Options Opts) : Opts(std::move(Opts)) {}

  /// Compiles \p Job. That a source has errors is a result, not an error, and
  /// so is that the compiler crashes on it (see CrashGuard.h).
  /// Thread-safe: each call has a compiler instance and a context of its own.
  /// Files in \p Texts are read from there rather than from the disk. \p Known are
  /// the lambdas and local statics that are live: they keep their names.
  CompileResult compile(const CompileJob &Job, const TextOverlay &Texts,
                        const SiblingFamilies &Known) const;

private:
  CompileResult compileUnguarded(const CompileJob &Job, const TextOverlay &Texts,
                                 const SiblingFamilies &Known) const;

  Options Opts;
};

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_COMPILER_H
