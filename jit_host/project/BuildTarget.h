//===- BuildTarget.h - One program of a build: its sources, what it links -===//
//
// A build folder describes more than one program. CMake's file API tells which
// sources a target has and what it links; a compile database alone tells the
// sources by where their objects go (CMake, Meson), or nothing (Bear).
//
// Static and object libraries of the same build whose sources lie in the source
// folder are part of the program: their sources are live like its own. Whatever
// else the program links is linked as it was built (decision 0021).
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_PROJECT_BUILDTARGET_H
#define NEXTFRAME_PROJECT_BUILDTARGET_H

#include "project/LinkLine.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace nextframe {

/// Where to look for a target, and which.
struct TargetQuery {
  std::string SourceDir; ///< Absolute.
  std::string BuildDir;  ///< Absolute; compile_commands.json lies there.
  std::string Name;
};

struct BuildTarget {
  /// Absolute, in link order; those in the source folder are spelled as it was.
  std::vector<std::string> Sources;
  /// Every source that the build knows, of this target or another, likewise.
  std::vector<std::string> AllSources;
  /// The names of this target and of the libraries that are live with it: an
  /// entry of the database that makes an object for one of them is meant where a
  /// file has several.
  std::vector<std::string> Names;
  LinkLine Link;
  std::string Program; ///< The executable that the build makes, absolute; "" where unknown.
  std::string Note;    ///< For the user; may be empty.
};

/// Returns the target that \p Query names. Errors where the build has none of that
/// name, or its description can't be read. Any thread.
llvm::Expected<BuildTarget> readBuildTarget(const TargetQuery &Query);

/// Returns something that differs whenever the description may have changed.
std::string buildStamp(llvm::StringRef BuildDir);

/// Returns the top source folder of the CMake build in \p BuildDir, or "" where
/// there is no reply that tells it.
std::string sourceDirOfBuild(llvm::StringRef BuildDir);

} // namespace nextframe

#endif // NEXTFRAME_PROJECT_BUILDTARGET_H
