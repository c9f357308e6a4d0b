//===- RenamedFiles.h - Which new file is a gone one under another name ---===//
//
// What is local to a file (static functions and variables, lambdas) is told apart
// by the file's name. A file that is renamed must keep them, with their values and
// with the closures that the program has stored. A rename is seen as a file that
// goes and one that comes, at once or in two saves, and mostly the text is edited a
// little on the way; so the texts are compared.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_PROJECT_RENAMEDFILES_H
#define NEXTFRAME_PROJECT_RENAMEDFILES_H

#include "support/Ids.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <set>
#include <string>
#include <vector>

namespace nextframe {

/// Returns how much of two texts is the same, from 0 to 1: the lines that both have,
/// whatever their order and indentation, as a part of those of the longer text. Empty
/// lines don't count; two texts of nothing else have nothing in common.
double likeness(llvm::StringRef A, llvm::StringRef B);

/// The files that have gone or come since the last reload that became live. Reload
/// thread only.
class RenamedFiles {
public:
  /// A file that is live has gone. \p LocalTo: see SourceUnit; \p Text: its last.
  void gone(llvm::StringRef LocalTo, llvm::StringRef Text);
  /// A file has come, as a new unit.
  void come(UnitId Unit) { New.insert(Unit); }
  /// A unit has gone. Returns whether it had come since the last reload.
  bool forget(UnitId Unit) { return New.erase(Unit) != 0; }
  /// What has gone or come is live.
  void settle();

  const std::set<UnitId> &newUnits() const { return New; }

  struct NewFile {
    std::string File; ///< Relative to the source folder.
    std::string Text;
  };
  /// Returns for each of \p Files the LocalTo of the gone file that it was, or nothing.
  /// Each gone file is one file at most: that of its own name, else the one most alike;
  /// half of the lines at least must be the same.
  std::vector<std::string> match(llvm::ArrayRef<NewFile> Files) const;

private:
  struct GoneFile {
    std::string LocalTo, Text;
  };
  std::vector<GoneFile> Gone;
  std::set<UnitId> New;
};

} // namespace nextframe

#endif // NEXTFRAME_PROJECT_RENAMEDFILES_H
