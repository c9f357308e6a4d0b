//===- UnitCache.h - Compiles that an earlier start has made --------------===//
//
// What a compile comes to depends on the flags, on what clang makes of them on this
// machine, and on every file that it reads or looks for in vain. The cache has, by
// flags, a list of the last few states of those files, and for each what the compile
// came to. A hit is what the compile would return: whoever asks can't tell.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_UNITCACHE_H
#define NEXTFRAME_COMPILE_UNITCACHE_H

#include "compile/Compiler.h"
#include "support/DiskCache.h"
#include "support/Mutex.h"

#include "llvm/ADT/StringMap.h"

#include <optional>
#include <string>

namespace nextframe {

/// The texts of files as they are now: each is read once. Thread-safe.
class FilesNow {
public:
  /// Files in \p Texts, which outlives this, are read from there.
  explicit FilesNow(const TextOverlay &Texts) : Texts(Texts) {}

  /// Returns whether \p File has the text that it was read with; of one that was looked
  /// for in vain, whether nothing at all has its name.
  bool isAsRead(const FileRead &File);

private:
  uint64_t hashOf(llvm::StringRef Path);

  const TextOverlay &Texts;
  Mutex M;
  llvm::StringMap<uint64_t> Hashes NF_GUARDED_BY(M);
};

/// Thread-safe.
class UnitCache {
public:
  /// \p Disk outlives this. \p How: what the compiler was made with.
  UnitCache(DiskCache &Disk, Compiler::Options How)
      : Disk(Disk), How(std::move(How)), Host(DiskCache::identityOfHost()) {}

  /// Returns what compiling \p Job comes to with no siblings known and the files as they
  /// are \p Now, if that is known.
  std::optional<CompileResult> find(const CompileJob &Job, FilesNow &Now);

  /// Keeps \p Result, to be found again.
  void keep(const CompileJob &Job, const CompileResult &Result);

private:
  std::string keyOf(const CompileJob &Job);
  std::string settingsOf(const CompileJob &Job);

  DiskCache &Disk;
  const Compiler::Options How;
  const uint64_t Host; ///< DiskCache::identityOfHost().
  Mutex M;
  /// What the driver makes of flags, by flags.
  llvm::StringMap<std::string> Settings NF_GUARDED_BY(M);
};

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_UNITCACHE_H
