//===- MissedFiles.cpp - The files that a compile looked for in vain ------===//

#include "compile/MissedFiles.h"

#include "clang/Lex/PPCallbacks.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace nextframe;

/// Whether \p Path, which isn't there, is the folder that \p Name is looked for in, where
/// that has a folder of its own in front.
static bool isFolderOf(StringRef Path, StringRef Name) {
  StringRef Folder = sys::path::parent_path(Name);
  return !Folder.empty() && Path.consume_back(Folder) && Path.ends_with("/");
}

std::vector<std::string> MissedFiles::missed(const StringSet<> &Included,
                                             ArrayRef<std::string> SearchPath) const {
  std::vector<std::string> Result;
  for (const auto &Path : Missed) {
    Result.push_back(Path.first().str());
    for (const auto &Name : Included)
      if (isFolderOf(Path.first(), Name.first()))
        Result.push_back((Path.first() + "/" + sys::path::filename(Name.first())).str());
  }
  for (const std::string &Folder : SearchPath)
    if (Missed.contains(Folder))
      for (const auto &Name : Included)
        Result.push_back(Folder + "/" + Name.first().str());
  return Result;
}

namespace {

class IncludedNames : public clang::PPCallbacks {
public:
  explicit IncludedNames(StringSet<> &Names) : Names(Names) {}

  void InclusionDirective(clang::SourceLocation, const clang::Token &, StringRef Name, bool,
                          clang::CharSourceRange, clang::OptionalFileEntryRef, StringRef, StringRef,
                          const clang::Module *, bool,
                          clang::SrcMgr::CharacteristicKind) override {
    Names.insert(Name);
  }

  void HasInclude(clang::SourceLocation, StringRef Name, bool, clang::OptionalFileEntryRef,
                  clang::SrcMgr::CharacteristicKind) override {
    Names.insert(Name);
  }

private:
  StringSet<> &Names;
};

} // namespace

std::unique_ptr<clang::PPCallbacks> nextframe::noteIncluded(StringSet<> &Names) {
  return std::make_unique<IncludedNames>(Names);
}
