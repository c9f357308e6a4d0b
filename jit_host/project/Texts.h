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

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

namespace nextframe {

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

  /// Returns whether the disk has another text for \p Path than hash() knows. The
  /// system's own headers are taken on trust: there are hundreds.
  bool differsFromDisk(llvm::StringRef Path) const;

  /// The texts that were read here, for compiling from memory.
  const TextOverlay &overlay() const { return Overlay; }

private:
  llvm::StringMap<uint64_t> Hashes;
  TextOverlay Overlay;
};

} // namespace nextframe

#endif // NEXTFRAME_PROJECT_TEXTS_H
