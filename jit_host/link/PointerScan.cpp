//===- PointerScan.cpp - Does anything in memory point into a range? ------===//

#include "link/PointerScan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cerrno>
#include <fcntl.h>
#include <pthread.h>
#include <sys/uio.h>
#include <unistd.h>

using namespace llvm;
using namespace nextframe;

static constexpr uint64_t PageBytes = 4096;

/// In an entry of /proc/self/pagemap: in memory, or swapped out.
static constexpr uint64_t InUse = uint64_t(3) << 62;

static Error systemError() { return errorCodeToError({errno, std::generic_category()}); }

namespace {

/// One scan: the mappings, their pages in use, the words on them.
class Scan {
public:
  Scan(const ScanRequest &Request, function_ref<bool()> Stop)
      : Request(Request), Stop(Stop), Found(Request.Targets.size()) {}
  ~Scan() {
    if (PageMap >= 0)
      close(PageMap);
  }
  Expected<std::optional<BitVector>> run();

private:
  bool readMapping(StringRef Line);
  bool readRange(uint64_t Start, uint64_t End);
  bool readPages(uint64_t Start, uint64_t End);
  void look(ArrayRef<uint64_t> Words);
  bool knowsPagesInUse() const;
  bool fail() {
    Failed = {errno, std::generic_category()};
    return false;
  }

  const ScanRequest &Request;
  function_ref<bool()> Stop;
  BitVector Found;
  std::vector<AddressRange> Skipped;
  int PageMap = -1;
  std::error_code Failed; ///< Why memory can't be read.
};

/// The calling thread's stack, where the scan itself has what it reads.
AddressRange ownStack() {
  pthread_attr_t Attributes;
  void *Start = nullptr;
  size_t Size = 0;
  if (pthread_getattr_np(pthread_self(), &Attributes) != 0)
    return {};
  pthread_attr_getstack(&Attributes, &Start, &Size);
  pthread_attr_destroy(&Attributes);
  uint64_t Address = reinterpret_cast<uint64_t>(Start);
  return {Address, Address + Size};
}

} // namespace

Expected<std::optional<BitVector>> Scan::run() {
  Skipped = Request.Skipped;
  Skipped.push_back(ownStack());
  sort(Skipped);
  auto Maps = MemoryBuffer::getFileAsStream("/proc/self/maps");
  if (!Maps)
    return errorCodeToError(Maps.getError());
  PageMap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (PageMap < 0)
    return systemError();
  if (!knowsPagesInUse())
    return createStringError("/proc/self/pagemap doesn't tell which pages are in use");
  for (line_iterator Line(**Maps); !Line.is_at_eof(); ++Line)
    if (!readMapping(*Line))
      return Failed ? Expected<std::optional<BitVector>>(errorCodeToError(Failed)) : std::nullopt;
  return std::move(Found);
}

/// Whether the page map shows a page that is certainly in use. (A sandbox may have a
/// page map that is all zeros; taken at its word, no memory would be read.)
bool Scan::knowsPagesInUse() const {
  volatile uint64_t OnStack = 0;
  uint64_t Entry = 0;
  auto Page = static_cast<off_t>(reinterpret_cast<uint64_t>(&OnStack) / PageBytes);
  return pread(PageMap, &Entry, sizeof Entry, Page * static_cast<off_t>(sizeof Entry)) ==
             sizeof Entry &&
         (Entry & InUse);
}

/// Reads what a line of /proc/self/maps is about. Returns false to stop.
bool Scan::readMapping(StringRef Line) {
  SmallVector<StringRef, 6> Fields;
  Line.split(Fields, ' ', /*MaxSplit=*/5, /*KeepEmpty=*/false);
  if (Fields.size() < 5 || Fields[1].size() < 2 || Fields[1][1] != 'w')
    return true;
  StringRef Path = Fields.size() > 5 ? Fields[5].ltrim() : "";
  // A device's memory is no place for pointers, and reading it can have effects.
  if (Path.starts_with("/dev/") && !Path.starts_with("/dev/shm/") && !Path.starts_with("/dev/zero"))
    return true;
  uint64_t Start, End;
  auto [From, To] = Fields[0].split('-');
  if (From.getAsInteger(16, Start) || To.getAsInteger(16, End))
    return true;
  for (const AddressRange &S : Skipped) {
    if (S.End <= Start || S.Start >= End)
      continue;
    if (S.Start > Start && !readRange(Start, S.Start))
      return false;
    Start = std::min(End, S.End);
  }
  return readRange(Start, End);
}

/// Reads the pages of the range that are in use.
bool Scan::readRange(uint64_t Start, uint64_t End) {
  constexpr size_t Window = 512;
  for (uint64_t At = Start; At < End;) {
    uint64_t First = At / PageBytes, Count = std::min(Window, (End - 1) / PageBytes - First + 1);
    uint64_t Entries[Window];
    ssize_t Got = pread(PageMap, Entries, Count * sizeof(uint64_t),
                        static_cast<off_t>(First * sizeof(uint64_t)));
    if (Got <= 0)
      return fail();
    Count = static_cast<uint64_t>(Got) / sizeof(uint64_t);
    for (uint64_t I = 0; I < Count;) {
      uint64_t Run = I;
      while (Run < Count && (Entries[Run] & InUse))
        ++Run;
      if (Run != I && !readPages(std::max(Start, (First + I) * PageBytes),
                                 std::min(End, (First + Run) * PageBytes)))
        return false;
      I = Run == I ? I + 1 : Run;
    }
    At = (First + Count) * PageBytes;
  }
  return true;
}

bool Scan::readPages(uint64_t Start, uint64_t End) {
  constexpr size_t ChunkWords = 8192;
  uint64_t Words[ChunkWords]; // On this stack, which is not scanned.
  for (uint64_t At = alignTo(Start, sizeof(uint64_t)); At < End;) {
    if (Stop())
      return false;
    size_t Bytes = std::min<uint64_t>(sizeof Words, End - At);
    iovec To{Words, Bytes}, From{reinterpret_cast<void *>(At), Bytes};
    ssize_t Got = process_vm_readv(getpid(), &To, 1, &From, 1, 0);
    if (Got <= 0 && errno != EFAULT)
      return fail(); // What isn't read can't be said to point nowhere.
    if (Got <= 0) {
      // It is gone. One page that can't be read doesn't hide the next.
      At = alignDown(At, PageBytes) + PageBytes;
      continue;
    }
    look(ArrayRef(Words, static_cast<size_t>(Got) / sizeof(uint64_t)));
    At += static_cast<uint64_t>(Got);
  }
  return true;
}

void Scan::look(ArrayRef<uint64_t> Words) {
  uint64_t Lowest = Request.Targets.front().Start, Span = Request.Targets.back().End - Lowest;
  for (uint64_t Word : Words) {
    if (Word - Lowest >= Span)
      continue;
    auto It = upper_bound(Request.Targets, AddressRange{Word, 0});
    size_t Index = static_cast<size_t>(It - Request.Targets.begin()) - 1;
    const AddressRange &Target = Request.Targets[Index];
    if (Word < Target.End && Word - Target.Start >= Request.Lead &&
        !std::binary_search(Request.Ignored.begin(), Request.Ignored.end(), Word))
      Found.set(Index);
  }
}

Expected<std::optional<BitVector>> nextframe::findPointedAt(const ScanRequest &Request,
                                                            function_ref<bool()> Stop) {
  if (Request.Targets.empty())
    return BitVector();
  return Scan(Request, Stop).run();
}
