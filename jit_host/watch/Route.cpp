//===- Route.cpp - the names that decide what a path means ----------------===//

#include "watch/Route.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <filesystem>
#include <system_error>

using namespace llvm;

namespace nextframe {

/// As many links as Linux follows in one path (path_resolution(7)).
static constexpr unsigned MaxLinks = 40;

/// Puts the components of \p Path on the stack \p Names, the first on top.
static void pushComponents(StringRef Path, SmallVectorImpl<std::string> &Names) {
  SmallVector<StringRef, 16> Parts;
  Path.split(Parts, '/', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef Part : reverse(Parts))
    Names.push_back(Part.str());
}

SmallVector<Hop, 2> routeOf(StringRef Path) {
  SmallVector<Hop, 2> Hops;
  SmallVector<std::string, 16> Names;
  pushComponents(Path, Names);
  std::string Folder = "/";
  unsigned Links = 0;
  while (!Names.empty()) {
    const std::string Name = Names.pop_back_val();
    if (Name == ".")
      continue;
    if (Name == "..") {
      const StringRef Parent = sys::path::parent_path(Folder);
      Folder = Parent.empty() ? "/" : Parent.str();
      continue;
    }
    std::string Next = (Folder == "/" ? "" : Folder) + "/" + Name;
    sys::fs::file_status Status;
    const bool Missing = bool(sys::fs::status(Next, Status, /*follow=*/false));
    const bool IsLink = !Missing && Status.type() == sys::fs::file_type::symlink_file;
    const bool IsFolder = !Missing && Status.type() == sys::fs::file_type::directory_file;
    if (!IsFolder || Names.empty())
      Hops.push_back({Folder, Name});
    if (!IsFolder && !IsLink)
      break;
    if (!IsLink) {
      Folder = std::move(Next);
      continue;
    }
    std::error_code Unreadable;
    const std::string Target = std::filesystem::read_symlink(Next, Unreadable).string();
    if (Unreadable || ++Links > MaxLinks)
      break;
    if (sys::path::is_absolute(Target))
      Folder = "/";
    pushComponents(Target, Names);
  }
  return Hops;
}

} // namespace nextframe
