//===- FileStamp.h - what a regular file looked like ----------------------===//
//
// Enough of a file's metadata to tell, when no event did, that it has changed.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_WATCH_FILESTAMP_H
#define NEXTFRAME_WATCH_FILESTAMP_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>

namespace nextframe {

/// A file's metadata at one moment. Two equal stamps do not prove equal text
/// (two saves of one size within a tick of the file system's clock), so they
/// decide only where no write has been seen.
struct FileStamp {
  int64_t MtimeNs = 0; ///< Nanoseconds since the Unix epoch.
  uint64_t Size = 0;   ///< Bytes.
  uint64_t Device = 0;
  uint64_t Inode = 0;

  bool operator==(const FileStamp &) const = default;
};

/// The stamp of the regular file that \p Path leads to (links are followed), or
/// none: nothing there, not readable, a folder, FIFO, socket, dangling link.
/// Never opens the file, so that a FIFO cannot block. Thread-safe.
std::optional<FileStamp> readStamp(llvm::StringRef Path);

} // namespace nextframe

#endif // NEXTFRAME_WATCH_FILESTAMP_H
