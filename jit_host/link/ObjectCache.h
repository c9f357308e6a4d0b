//===- ObjectCache.h - Object files that an earlier start has made --------===//

#ifndef NEXTFRAME_LINK_OBJECTCACHE_H
#define NEXTFRAME_LINK_OBJECTCACHE_H

#include "link/LinkRequest.h"
#include "support/DiskCache.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>

namespace nextframe {

/// Objects by all that they are made of: the unit's bitcode, what is taken out of it, and
/// what the names in it are translated by. Thread-safe.
class ObjectCache {
public:
  /// \p Disk outlives this.
  explicit ObjectCache(DiskCache &Disk) : Disk(Disk), Host(DiskCache::identityOfHost()) {}

  /// Which part of a slice an object is of.
  enum class Part : uint8_t { Code, Data, InitialContents };

  /// Returns the key of everything of \p Request that more than one object depends on.
  std::string keyOf(const LinkRequest &Request) const;
  /// Returns the key of an object; \p Entries are those of its request, \p Shared is its key.
  std::string keyOf(const LinkSlice &Slice, Part What, const llvm::StringSet<> &Entries,
                    llvm::StringRef Shared) const;
  /// Returns the key of the object that has the new entries of a request.
  std::string keyOfEntries(const LinkRequest &Request) const;

  /// Returns the object \p Key, or null.
  std::unique_ptr<llvm::MemoryBuffer> find(llvm::StringRef Key) const { return Disk.load(Key); }
  void keep(llvm::StringRef Key, const llvm::MemoryBuffer &Object) {
    Disk.store(Key, Object.getBuffer());
  }

private:
  DiskCache &Disk;
  const uint64_t Host; ///< DiskCache::identityOfHost().
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_OBJECTCACHE_H
