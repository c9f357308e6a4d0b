//===- Project.h - Which translation units there are, and what each reads -===//

#ifndef NEXTFRAME_PROJECT_PROJECT_H
#define NEXTFRAME_PROJECT_PROJECT_H

#include "project/BuildTarget.h"
#include "support/Ids.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nextframe {

/// One source file that is compiled on its own.
struct SourceUnit {
  UnitId Id{};
  std::string Path; ///< Absolute, as the source folder was spelled.
  std::string File; ///< Relative to the source folder, with '/'.
  /// The name by which what is local to the file is told apart from what is in others:
  /// that which it had when it came, whatever it is called now.
  std::string LocalTo;
};

/// The program's source files and which files each of them reads. Holds no
/// thread or lock; used by one thread at a time.
class Project {
public:
  /// Finds every .c .cc .cpp .cxx below \p SourceDir (absolute), build and
  /// hidden folders left out. Errors when there is no such folder, or no source
  /// file in it.
  static llvm::Expected<Project> scan(llvm::StringRef SourceDir);

  /// Takes the source files of one target of a build, wherever they lie. A file
  /// that appears in the source folder later joins them, unless the build knows it
  /// as another target's. Errors where the build can't be read or has no such
  /// target, and where one of its files is not there (generated, and not built yet).
  static llvm::Expected<Project> scanTarget(TargetQuery Query);

  /// The target that scanTarget() found, as it was when it was last read; null for
  /// scan().
  const BuildTarget *target() const { return Target ? &*Target : nullptr; }

  llvm::StringRef sourceDir() const { return SourceDir; }

  /// The units in the program's link order: that of the target, else by file name.
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

  /// Tells by which name what is local to \p Unit is told apart; empty: by one that no
  /// other unit has. Returns whether that is another than before.
  bool setLocalTo(UnitId Unit, llvm::StringRef Name);

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
  llvm::Error readTarget();
  std::vector<std::string> sources();
  std::vector<std::string> findSources();
  std::string freeLocalTo(const SourceUnit &Unit) const;
  void leaveOut(llvm::StringRef Path, llvm::StringRef What);

  std::string SourceDir;
  TargetQuery Query;
  std::optional<BuildTarget> Target;
  std::string TargetStamp; ///< Of the description that Target was read from.
  /// Sources in the folder that were not the target's when the program started.
  llvm::StringSet<> NotTargets;
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
