//===- Texts.h - The text of files as it was when a save had settled ------===//
//
// A file may be saved again while the last save is being compiled; a compile
// that reads the disk could then see half of it. So the text of what was saved
// is read once, when the save has settled, and compiled from memory. Its hash
// also tells a save that changed something from one that didn't.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_PROJECT_TEXTS_H
#define NEXTFRAME_PROJECT_TEXTS_H

#include "support/FileText.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nextframe {

/// Which texts a compile was made from. A value that is cheap to copy.
class SeenTexts {
public:
  SeenTexts() = default;
  explicit SeenTexts(llvm::ArrayRef<FileRead> Files);

  /// Returns the hash of the text of \p Path that was seen, AbsentFile for one that was
  /// looked for in vain; nothing where nobody asked for it.
  std::optional<uint64_t> hash(llvm::StringRef Path) const;

  /// Whether both are made from the same list of files, copied from one another.
  bool sharesFiles(const SeenTexts &Other) const { return All == Other.All; }
  /// Returns the files, those included that were looked for in vain.
  std::vector<std::string> paths() const;

  /// Notes another text of a file that was seen.
  void set(llvm::StringRef Path, uint64_t Hash);

private:
  std::shared_ptr<const llvm::StringMap<uint64_t>> All;
  llvm::StringMap<uint64_t> Newer; ///< Those that set() has changed since.
};

/// The newest known text of each file. One thread at a time.
class Texts {
public:
  enum class Status {
    Changed,      ///< Another text than the one known, or the first.
    Same,         ///< The text that is known already, or still none.
    Gone,         ///< No regular file that can be read any more.
    BeingWritten, ///< It changed while it was read: another save is on its way.
  };

  /// Reads \p Path (absolute) and remembers its text.
  Status read(llvm::StringRef Path);

  /// Remembers the hash of a text that a compile has read from the disk.
  void note(const FileRead &File);

  /// Returns the hash of the newest known text; AbsentFile where there is none.
  uint64_t hash(llvm::StringRef Path) const;

  /// Returns whether \p Seen are the newest known texts, but for files of which \p MayDiffer
  /// says that they needn't be. Takes as long as there are files that changed since the
  /// start, however many were seen.
  bool isNewest(const SeenTexts &Seen,
                llvm::function_ref<bool(llvm::StringRef)> MayDiffer = nullptr) const;

  /// The files whose text has changed since it was first known.
  const llvm::StringSet<> &changed() const { return Changed; }

  /// Returns whether the disk has another text for \p Path than hash() knows. The
  /// system's own headers are taken on trust: there are hundreds.
  bool differsFromDisk(llvm::StringRef Path) const;

  /// The texts that were read here, for compiling from memory.
  const TextOverlay &overlay() const { return Overlay; }

private:
  llvm::StringMap<uint64_t> Hashes;
  llvm::StringSet<> Changed;
  llvm::StringSet<> Missed; ///< That a compile has looked for in vain.
  TextOverlay Overlay;
};

} // namespace nextframe

#endif // NEXTFRAME_PROJECT_TEXTS_H
