//===- CommandFlags.h - A build's flags, as this clang takes them ---------===//

#ifndef NEXTFRAME_COMPILE_COMMANDFLAGS_H
#define NEXTFRAME_COMPILE_COMMANDFLAGS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace clang::tooling {
struct CompileCommand;
} // namespace clang::tooling

namespace nextframe {

/// The headers that a build precompiles, by the file that it makes of each. A
/// precompiled header is of use to the very compiler and flags that made it, so
/// what is included here is the header itself.
class PrecompiledHeaders {
public:
  /// Learns from every command of a build.
  void learn(llvm::ArrayRef<clang::tooling::CompileCommand> Commands);

  /// Returns the header that \p Precompiled (absolute) is made of: the one whose
  /// compile makes it, or the file beside it that it is named after; "" where
  /// neither is there.
  std::string headerOf(llvm::StringRef Precompiled) const;

private:
  llvm::StringMap<std::string> Made;
};

/// A command's arguments, and what had to go.
struct AdaptedFlags {
  std::vector<std::string> Arguments;
  std::vector<std::string> LeftOut; ///< Flags that clang doesn't know.
};

/// Returns the whole command \p Args (for \p File, run in \p Directory) without
/// what this clang can't take: flags of other compilers, precompiled headers, and
/// files other than \p File. Where another compiler was meant, its warnings aren't
/// clang's, so none is made an error. Any thread.
AdaptedFlags adaptFlags(llvm::ArrayRef<std::string> Args, llvm::StringRef File,
                        llvm::StringRef Directory, const PrecompiledHeaders &Headers);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_COMMANDFLAGS_H
