//===- FileText.h - Texts of files, and which of them were read -----------===//

#ifndef NEXTFRAME_SUPPORT_FILETEXT_H
#define NEXTFRAME_SUPPORT_FILETEXT_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/xxhash.h"

#include <cstdint>
#include <memory>
#include <string>

namespace nextframe {

/// The hash of a file that isn't there.
inline constexpr uint64_t AbsentFile = 0;

/// A file that a compile has asked for, and the hash of the text it saw.
struct FileRead {
  std::string Path; ///< Absolute.
  uint64_t Hash = AbsentFile;

  bool operator==(const FileRead &) const = default;
};

/// Texts that stand in for what is on disk, by absolute path.
using TextOverlay = llvm::StringMap<std::shared_ptr<const std::string>>;

/// Returns the hash by which texts are compared.
inline uint64_t hashText(llvm::StringRef Text) { return llvm::xxh3_64bits(Text); }

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_FILETEXT_H
