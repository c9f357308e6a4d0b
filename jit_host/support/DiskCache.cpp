//===- DiskCache.cpp - What a start leaves behind for the next one --------===//

#include "support/DiskCache.h"
#include "support/Diagnostics.h"
#include "support/Log.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

#include <array>
#include <cstring>
#include <link.h>

using namespace llvm;
using namespace nextframe;

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

CacheKey &CacheKey::operator<<(StringRef Text) {
  *this << uint64_t(Text.size());
  Bytes.append(Text.begin(), Text.end());
  return *this;
}

CacheKey &CacheKey::operator<<(uint64_t Number) {
  char Coded[sizeof(Number)];
  support::endian::write64le(Coded, Number);
  Bytes.append(Coded, sizeof(Coded));
  return *this;
}

std::string CacheKey::str() const {
  XXH128_hash_t Hash = xxh3_128bits(arrayRefFromStringRef(Bytes));
  return utohexstr(Hash.high64, /*LowerCase=*/true, 16) +
         utohexstr(Hash.low64, /*LowerCase=*/true, 16);
}

/// Takes in the notes of a loaded file, of which one is its build's id, its size and time.
static int addIdentity(dl_phdr_info *Info, size_t, void *Data) {
  StringRef Name = sys::path::filename(Info->dlpi_name);
  if (!Name.empty() && !Name.starts_with("libLLVM") && !Name.starts_with("libclang"))
    return 0;
  auto &Key = *static_cast<CacheKey *>(Data);
  for (const ElfW(Phdr) &Header : ArrayRef(Info->dlpi_phdr, Info->dlpi_phnum)) {
    if (Header.p_type == PT_NOTE)
      Key << StringRef(reinterpret_cast<const char *>(Info->dlpi_addr + Header.p_vaddr),
                       Header.p_memsz);
  }
  sys::fs::file_status Status;
  if (!sys::fs::status(Name.empty() ? "/proc/self/exe" : Info->dlpi_name, Status))
    Key << Status.getSize()
        << uint64_t(Status.getLastModificationTime().time_since_epoch().count());
  return 0;
}

uint64_t DiskCache::identityOfHost() {
  CacheKey Key;
  dl_iterate_phdr(addIdentity, &Key);
  return xxh3_64bits(Key.str());
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

namespace {

/// What an entry begins with; then comes its content.
struct Header {
  std::array<char, 8> Magic = {'n', 'e', 'x', 't', 'f', 'r', 'm', '1'};
  support::ulittle64_t Size{0}, Checksum{0};
  std::array<char, 40> Rest = {}; ///< Content begins at a multiple of 64.
};
static_assert(sizeof(Header) == 64);

/// The content of an entry.
class Content : public MemoryBuffer {
public:
  explicit Content(std::unique_ptr<MemoryBuffer> Entry) : Entry(std::move(Entry)) {
    init(this->Entry->getBufferStart() + sizeof(Header), this->Entry->getBufferEnd(),
         /*RequiresNullTerminator=*/false);
  }
  StringRef getBufferIdentifier() const override { return Entry->getBufferIdentifier(); }
  BufferKind getBufferKind() const override { return Entry->getBufferKind(); }

private:
  std::unique_ptr<MemoryBuffer> Entry;
};

} // namespace

std::string DiskCache::pathOf(StringRef Key) const {
  SmallString<256> Path(Opts.Folder);
  sys::path::append(Path, "llvmcache-" + Key); // As pruneCache() knows its entries.
  return Path.str().str();
}

std::unique_ptr<MemoryBuffer> DiskCache::load(StringRef Key) const {
  auto Read = MemoryBuffer::getFile(pathOf(Key), /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!Read || (*Read)->getBufferSize() < sizeof(Header))
    return nullptr;
  Header Found;
  std::memcpy(&Found, (*Read)->getBufferStart(), sizeof(Found));
  auto Result = std::make_unique<Content>(std::move(*Read));
  if (Found.Magic != Header().Magic || Found.Size != Result->getBufferSize() ||
      Found.Checksum != xxh3_64bits(Result->getBuffer()))
    return nullptr;
  return Result;
}

Error DiskCache::write(StringRef Key, ArrayRef<StringRef> Parts) const {
  if (std::error_code EC =
          sys::fs::create_directories(Opts.Folder, /*IgnoreExisting=*/true, sys::fs::owner_all))
    return errorCodeToError(EC);
  std::string Path = pathOf(Key);
  SmallString<256> Beside;
  int File;
  // (One that a killed host leaves behind is pruned like an entry.)
  if (std::error_code EC = sys::fs::createUniqueFile(Path + ".%%%%%%%%", File, Beside))
    return errorCodeToError(EC);
  Header Begin;
  std::string Whole;
  for (StringRef Part : Parts)
    Whole += Part;
  Begin.Size = Whole.size();
  Begin.Checksum = xxh3_64bits(Whole);
  raw_fd_ostream OS(File, /*shouldClose=*/true, /*unbuffered=*/true);
  OS.write(reinterpret_cast<const char *>(&Begin), sizeof(Begin)) << Whole;
  OS.close();
  std::error_code EC = OS.error();
  OS.clear_error();
  if (!EC)
    EC = sys::fs::rename(Beside, Path);
  if (EC)
    (void)sys::fs::remove(Beside); // The error that counts is the first.
  return errorCodeToError(EC);
}

void DiskCache::store(StringRef Key, ArrayRef<StringRef> Parts) {
  if (IsReadOnly)
    return;
  Error Err = write(Key, Parts);
  if (!Err)
    return;
  std::string Why = toString(std::move(Err));
  if (!IsReadOnly.exchange(true))
    say(Tone::Note, message(diag::note_cache_not_written, Opts.Folder, Why));
}

void DiskCache::prune() const {
  if (!IsReadOnly)
    pruneCache(Opts.Folder, Opts.Policy);
}
