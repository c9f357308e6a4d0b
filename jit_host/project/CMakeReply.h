//===- CMakeReply.h - What CMake's file API says of a build ---------------===//
//
// CMake writes it into the build folder whenever it generates, for whoever has
// left a query there: see "cmake-file-api(7)", object kind "codemodel" version 2.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_PROJECT_CMAKEREPLY_H
#define NEXTFRAME_PROJECT_CMAKEREPLY_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace nextframe {

struct CMakeSource {
  std::string Path;     ///< Absolute.
  std::string Language; ///< As "CXX"; empty where it is not compiled.
};

struct CMakeTarget {
  std::string Name;
  std::string Id;                     ///< What others' Dependencies say.
  std::string Type;                   ///< As "EXECUTABLE", "STATIC_LIBRARY", "OBJECT_LIBRARY".
  std::string ObjectFolder;           ///< Where its objects lie, absolute.
  std::vector<CMakeSource> Sources;   ///< In link order.
  std::vector<std::string> Artifacts; ///< What the build makes, absolute.
  std::vector<std::string> Link;      ///< The arguments of its link line.
};

struct CMakeReply {
  std::string SourceDir, BuildDir; ///< The top ones, absolute.
  std::vector<CMakeTarget> Targets;

  /// Returns the target of that name, or null.
  const CMakeTarget *find(llvm::StringRef Name) const;
};

/// Returns the newest index file of the reply in \p BuildDir, or "" where CMake
/// has left none. It has another name whenever CMake has run. Any thread.
std::string findCMakeReply(llvm::StringRef BuildDir);

/// Reads the reply that \p IndexFile stands for; of several configurations, the
/// first. Errors where a file of it is missing (CMake is just writing) or is not
/// what it should be. Any thread.
llvm::Expected<CMakeReply> readCMakeReply(llvm::StringRef IndexFile);

} // namespace nextframe

#endif // NEXTFRAME_PROJECT_CMAKEREPLY_H
