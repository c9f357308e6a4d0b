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

class LiveUnit;
class Preamble;

struct CompileJob {
  UnitId Id{};
  std::string File; ///< Relative to the source folder; names the unit.
  /// By which name what is local to the file is told apart: see SourceUnit.
  std::string LocalTo;
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
  /// Whether it depends on more than that and the command: on the time, say.
  bool DependsOnMore = false;
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

  /// Parses what stands before the first declaration of \p Main, the text of the main
  /// file of \p Job. Returns null where it has errors or can't be parsed by itself.
  /// Thread-safe.
  std::shared_ptr<const Preamble> buildPreamble(const CompileJob &Job, const TextOverlay &Texts,
                                                const std::string &Main,
                                                const SiblingFamilies &Known) const;

  /// What compileBodies() comes to.
  struct BodiesResult {
    /// Null where the whole file has to be compiled.
    std::shared_ptr<const CompiledUnit> Unit;
    std::string Why;     ///< It has to be; for traces.
    unsigned Bodies = 0; ///< How many were parsed.
    /// What was compiled, and the symbols of the headers' functions in it: other units
    /// that have these can be given it, too (see mergeUnits()).
    std::shared_ptr<const CompiledUnit> Part;
    std::vector<std::string> HeaderSymbols;
  };
  /// A header that was saved since it was compiled.
  struct NewerHeader {
    std::string Path; ///< Absolute.
    std::shared_ptr<const std::string> Base, Text;
  };
  /// Compiles of \p Main, the newer text of the main file of \p Job, only the bodies that
  /// differ from what the whole unit \p Base was made of. All other files are as they
  /// were for \p Base and \p Begin, which fits \p Main. \p Known: see compile().
  /// Thread-safe.
  BodiesResult compileBodies(const CompileJob &Job, const TextOverlay &Texts,
                             const std::string &Main, std::shared_ptr<const CompiledUnit> Base,
                             const Preamble &Begin, const SiblingFamilies &Known) const;

  /// Parses the text of \p Of, a whole unit, to be given newer bodies by compileLive().
  /// Returns null where that can't be done. Thread-safe.
  std::shared_ptr<LiveUnit> buildLive(const CompileJob &Job, const TextOverlay &Texts,
                                      const CompiledUnit &Of, std::shared_ptr<const Preamble> Begin,
                                      const SiblingFamilies &Known) const;

  /// Does what compileBodies() does, in the tree \p Live, also for bodies of \p Headers.
  /// Thread-safe, but for \p Live.
  BodiesResult compileLive(const CompileJob &Job, const std::string &Main,
                           llvm::ArrayRef<NewerHeader> Headers,
                           std::shared_ptr<const CompiledUnit> Base, LiveUnit &Live,
                           const SiblingFamilies &Known) const;

private:
  CompileResult compileUnguarded(const CompileJob &Job, const TextOverlay &Texts,
                                 const SiblingFamilies &Known) const;

  Options Opts;
};

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_COMPILER_H
