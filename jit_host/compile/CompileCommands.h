//===- CompileCommands.h - With which flags a file is compiled ------------===//

#ifndef NEXTFRAME_COMPILE_COMPILECOMMANDS_H
#define NEXTFRAME_COMPILE_COMPILECOMMANDS_H

#include "compile/Sanitizers.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace nextframe {

/// A compiler command for one file, as a compile database gives it.
struct CompileCommand {
  std::string Directory;
  std::string File; ///< Absolute.
  std::vector<std::string> Arguments;
  std::vector<std::string> LeftOut;   ///< Flags of the build that clang doesn't know.
  std::vector<std::string> Profiling; ///< Flags for coverage and profiles, left out.
  SanitizerUse Sanitizers;

  bool operator==(const CompileCommand &Other) const {
    return Directory == Other.Directory && File == Other.File && Arguments == Other.Arguments;
  }
};

/// Finds the compile command of each source file. Reload thread only.
class CompileCommands {
public:
  struct Options {
    std::string SourceDir; ///< Absolute.
    /// Where compile_commands.json lies (-p); empty: the nearest
    /// compile_commands.json or compile_flags.txt in the source folder or above
    /// it, else the default flags.
    std::string BuildDir;
    std::vector<std::string> ExtraArgs;       ///< Behind the others.
    std::vector<std::string> ExtraArgsBefore; ///< Before the others.
    std::string HeaderDir;                    ///< Where nextframe.h lies.
    /// The build's targets that are meant: of a file's several entries, the one that
    /// makes an object for one of them counts.
    std::vector<std::string> Targets;
  };

  /// Errors when -p names a folder without a compile_commands.json, or the file
  /// found can't be read as one.
  static llvm::Expected<CompileCommands> create(Options Opts);
  CompileCommands(CompileCommands &&);
  CompileCommands &operator=(CompileCommands &&);
  ~CompileCommands();

  /// Returns the command for \p File (absolute): the database's own; for a file
  /// that it doesn't know, that of the file it holds most like it.
  CompileCommand commandFor(llvm::StringRef File) const;

  /// The database file that the commands come from; empty for default flags.
  llvm::StringRef databaseFile() const { return DatabaseFile; }

private:
  class Database;
  CompileCommands(Options Opts);

  Options Opts;
  std::string DatabaseFile;
  std::unique_ptr<Database> DB;
};

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_COMPILECOMMANDS_H
