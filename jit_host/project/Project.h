//===- Project.h - Which translation units there are, and what each reads -===//

#ifndef NEXTFRAME_PROJECT_PROJECT_H
#define NEXTFRAME_PROJECT_PROJECT_H

#include "support/Ids.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace nextframe {

/// One source file that is compiled on its own.
struct SourceUnit {
  UnitId Id{};
  std::string Path; ///< Absolute, as the source folder was spelled.
  std::string File; ///< Relative to the source folder, with '/'.
};

/// The program's source files and which files each of them reads. Holds no
/// thread or lock; used by one thread at a time.
class Project {
public:
  /// Finds every .c .cc .cpp .cxx below \p SourceDir (absolute), build and
  /// hidden folders left out. Errors when there is no such folder, or no source
  /// file in it.
  static llvm::Expected<Project> scan(llvm::StringRef SourceDir);

  llvm::StringRef sourceDir() const { return SourceDir; }

  /// The units, ordered by file name: this is the program's link order.
  llvm::ArrayRef<SourceUnit> units() const { return Units; }

  /// Returns the unit with \p Id, or null where its file is gone.
  const SourceUnit *find(UnitId Id) const;

  struct Changes {
    std::vector<SourceUnit> Added;
    std::vector<SourceUnit> Removed;
  };

  /// Looks at the folder again and returns what came and went. A file that went
  /// and comes back is a new unit.
  Changes rescan();

  /// What has a source file's name and is none: a folder, a link that leads nowhere, a
  /// FIFO.
  struct LeftOut {
    std::string File; ///< As SourceUnit's.
    std::string What; ///< In words.
  };
  /// Returns what scan() and rescan() have left out since this was last asked; each once.
  std::vector<LeftOut> takeLeftOut() { return std::exchange(NewLeftOut, {}); }

  /// Remembers what \p Unit read, and looked for, when it was compiled last
  /// (absolute paths).
  void setFilesRead(UnitId Unit, llvm::ArrayRef<std::string> Files);

  /// Returns what setFilesRead() was told last.
  const llvm::StringSet<> &filesReadBy(UnitId Unit) const;

  /// Returns the units that read any of \p Paths, in link order.
  std::vector<UnitId> unitsReading(llvm::ArrayRef<std::string> Paths) const;

  /// Returns whether \p Path (absolute) lies below the source folder.
  bool contains(llvm::StringRef Path) const;

  /// Returns \p Path relative to the source folder where it lies in it.
  std::string displayPath(llvm::StringRef Path) const;

private:
  explicit Project(llvm::StringRef SourceDir) : SourceDir(SourceDir) {}

  std::string SourceDir;
  void leaveOut(llvm::StringRef Path, llvm::StringRef What);

  std::vector<SourceUnit> Units;
  std::vector<LeftOut> NewLeftOut;
  llvm::StringSet<> ToldLeftOut;
  std::map<UnitId, llvm::StringSet<>> FilesRead;
  uint32_t NextId = 0;
};

/// Returns true for the endings of C and C++ source files.
bool isSourceFile(llvm::StringRef Path);

} // namespace nextframe

#endif // NEXTFRAME_PROJECT_PROJECT_H
