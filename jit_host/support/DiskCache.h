//===- DiskCache.h - What a start leaves behind for the next one ----------===//
//
// A folder of entries, each a file that is named by its key and never changed:
// written beside and renamed into place, so that a host which is killed half-way, and
// two that write the same, leave whole entries or none. An entry carries a checksum;
// one that is damaged counts as missing. What is used least recently goes first
// (llvm/Support/CachePruning.h).
//
// (LLVM's own localCache() is not used: it ends the process where the disk is full,
// and registers its files with LLVM's signal handlers, which a process that runs
// somebody else's program can't have.)
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SUPPORT_DISKCACHE_H
#define NEXTFRAME_SUPPORT_DISKCACHE_H

#include "support/Mutex.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CachePruning.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace nextframe {

/// Takes values into a key of 128 bits, one after the other; where each ends counts.
class CacheKey {
public:
  CacheKey &operator<<(llvm::StringRef Text);
  CacheKey &operator<<(uint64_t Number);

  /// Returns the key in hexadecimal.
  std::string str() const;

private:
  std::string Bytes;
};

/// Thread-safe, but for prune(), which one thread calls at a time.
class DiskCache {
public:
  struct Options {
    std::string Folder; ///< Absolute; made at the first need.
    llvm::CachePruningPolicy Policy;
  };

  /// Makes nothing on the disk.
  explicit DiskCache(Options Opts) : Opts(std::move(Opts)) {}

  /// Returns the content of the entry \p Key, aligned to 16 bytes, or null where there
  /// is none that is whole. It stays as it is, whatever becomes of the file.
  std::unique_ptr<llvm::MemoryBuffer> load(llvm::StringRef Key) const;

  /// Writes the entry \p Key: \p Parts, one behind the other. Where that fails, for want
  /// of room or of permission, says so once, and writes nothing from then on.
  void store(llvm::StringRef Key, llvm::ArrayRef<llvm::StringRef> Parts);

  /// Removes entries as the policy says, if it is time to: see llvm::pruneCache().
  void prune() const;

  /// Returns a hash over what this process is made of: the executable, and the shared
  /// libraries of LLVM and clang. Another build may compile the same source to other code.
  static uint64_t identityOfHost();

private:
  std::string pathOf(llvm::StringRef Key) const;
  llvm::Error write(llvm::StringRef Key, llvm::ArrayRef<llvm::StringRef> Parts) const;

  Options Opts;
  std::atomic<bool> IsReadOnly = false;
};

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_DISKCACHE_H
