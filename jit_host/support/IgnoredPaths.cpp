//===- IgnoredPaths.cpp - which names in a source tree never count --------===//

#include "support/IgnoredPaths.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace nextframe {

bool isIgnoredDirectory(StringRef Path) {
  const StringRef Name = sys::path::filename(Path);
  if (Name.starts_with(".") || Name.starts_with("cmake-build-"))
    return true;
  if (is_contained({"build", "out", "node_modules", "CMakeFiles"}, Name))
    return true;
  SmallString<128> Cache(Path);
  sys::path::append(Cache, "CMakeCache.txt");
  return sys::fs::exists(Cache);
}

bool isIgnoredFile(StringRef Name) {
  if (Name.empty() || Name.starts_with(".") || Name.ends_with("~"))
    return true;
  if (Name.size() > 1 && Name.starts_with("#") && Name.ends_with("#"))
    return true;
  if (is_contained({"compile_commands.json", "compile_flags.txt"}, Name))
    return false;
  constexpr StringLiteral Endings[] = {".c",   ".cc",  ".cpp", ".cxx", ".h",
                                       ".hh",  ".hpp", ".hxx", ".inc", ".inl",
                                       ".ipp", ".tpp", ".txx", ".def", ".tcc"};
  return none_of(Endings, [&](StringRef End) { return Name.ends_with(End); });
}

} // namespace nextframe
