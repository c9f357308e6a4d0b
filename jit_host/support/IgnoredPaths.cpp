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
  // vim asks whether it may create files by making one called 4913; where that
  // is taken, it counts on by 123.
  if (all_of(Name, [](char C) { return isDigit(C); }))
    return true;
  constexpr StringLiteral Endings[] = {
      "___jb_tmp___", "___jb_old___", ".tmp", ".swp", ".log",
      ".o",           ".obj",         ".a",   ".so",
  };
  return any_of(Endings, [&](StringRef End) { return Name.ends_with(End); });
}

} // namespace nextframe
