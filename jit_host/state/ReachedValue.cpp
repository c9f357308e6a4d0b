//===- ReachedValue.cpp - The value of a variable, with all that it leads to //

#include "state/ReachedValue.h"
#include "state/ProgramHeap.h"
#include "support/MemoryWords.h"
#include "support/UntouchedPages.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/xxhash.h"

#include <algorithm>
#include <unistd.h>

using namespace llvm;
using namespace nextframe;

extern "C" char end; // Where the executable's data ends, and the system's "break" begins.

static constexpr size_t WordBytes = sizeof(uintptr_t);

namespace nextframe {

/// Finds what a variable leads to.
class ValueReader {
public:
  explicit ValueReader(uint64_t Most)
      : Most(Most), BreakStart(reinterpret_cast<uintptr_t>(&end)),
        BreakEnd(reinterpret_cast<uintptr_t>(sbrk(0))) {}

  using Part = ReachedValue::Part;
  using Hash = ReachedValue::Hash;
  using WordVisitor = function_ref<void(uint64_t)>;

  /// Adds the content of \p P to \p Into, and calls \p Visit with each word of it. Returns
  /// false where it can't be read.
  static bool read(const Part &P, Hash &Into, WordVisitor Visit);

  std::optional<ReachedValue> run(Part Variable);

private:
  void follow(uint64_t Word);
  std::optional<Part> blockAt(uintptr_t Address) const;
  std::optional<Part> libraryBlockAt(uintptr_t Address) const;

  uint64_t Most;
  uintptr_t BreakStart, BreakEnd;
  DenseSet<uintptr_t> Known; ///< The parts' starts.
  ReachedValue Value;
};

} // namespace nextframe

bool ValueReader::read(const Part &P, Hash &Into, WordVisitor Visit) {
  constexpr size_t ChunkWords = 2048, StateWords = 2;
  constexpr uint64_t LargeBytes = uint64_t(1) << 20;
  uint64_t Words[StateWords + ChunkWords]; // The hash so far goes before what is added.
  std::optional<UntouchedPages> Untouched;
  if (P.Size >= LargeBytes)
    Untouched.emplace();
  for (uint64_t At = 0; At < P.Size;) {
    size_t Bytes = std::min<uint64_t>(ChunkWords * WordBytes, P.Size - At);
    Words[0] = Into.Low;
    Words[1] = Into.High;
    uint64_t *Content = Words + StateWords;
    if (Untouched && Untouched->cover(P.Start + At, Bytes))
      std::fill_n(Content, ChunkWords, 0);
    else if (!readMemory(Content, reinterpret_cast<void *>(P.Start + At), Bytes))
      return false;
    for (size_t I = 0; I != Bytes / WordBytes; ++I)
      Visit(Content[I]);
    XXH128_hash_t Sum = xxh3_128bits(
        ArrayRef(reinterpret_cast<const uint8_t *>(Words), StateWords * WordBytes + Bytes));
    Into = {Sum.low64, Sum.high64};
    At += Bytes;
  }
  return true;
}

/// glibc keeps the size of a block in the word before it, with three flags, and in the
/// next block's the flag that this one is in use. What only looks like a block makes
/// more count than has to.
std::optional<ValueReader::Part> ValueReader::libraryBlockAt(uintptr_t Address) const {
  constexpr uint64_t InUse = 1, IsMapped = 2, Flags = 7, Smallest = 32, Largest = uint64_t(1) << 40;
  constexpr uintptr_t PageBytes = 4096, BlockAlign = 16;
  // Blocks lie between the break's bounds; large ones have pages of their own.
  bool IsInBreak = Address > BreakStart && Address < BreakEnd;
  if (Address % BlockAlign != 0 || (!IsInBreak && Address % PageBytes != BlockAlign))
    return std::nullopt;
  uint64_t Head = 0, Next = 0;
  if (!readMemory(&Head, reinterpret_cast<void *>(Address - WordBytes), sizeof Head))
    return std::nullopt;
  uint64_t Size = Head & ~Flags;
  if (Size < Smallest || Size > Largest || Size % BlockAlign != 0)
    return std::nullopt;
  if (!IsInBreak)
    return (Head & Flags) == IsMapped && Size % PageBytes == 0
               ? std::optional(Part{Address, Size - 2 * WordBytes})
               : std::nullopt;
  uintptr_t NextHead = Address + Size - WordBytes;
  if (NextHead >= BreakEnd || !readMemory(&Next, reinterpret_cast<void *>(NextHead), sizeof Next) ||
      !(Next & InUse))
    return std::nullopt;
  return Part{Address, Size - WordBytes};
}

std::optional<ValueReader::Part> ValueReader::blockAt(uintptr_t Address) const {
  auto *At = reinterpret_cast<void *>(Address);
  if (!ProgramHeap::owns(At))
    return libraryBlockAt(Address);
  ProgramHeap::Block B = ProgramHeap::get().blockAt(At);
  if (!B.Start)
    return std::nullopt;
  return Part{reinterpret_cast<uintptr_t>(B.Start), B.Size};
}

/// Notes the block that \p Word leads to, if it does.
void ValueReader::follow(uint64_t Word) {
  constexpr uint64_t LowestAddress = uint64_t(1) << 16, HighestAddress = uint64_t(1) << 47;
  if (Word < LowestAddress || Word >= HighestAddress)
    return;
  std::optional<Part> P = blockAt(Word);
  if (P && Known.insert(P->Start).second)
    Value.Parts.push_back(*P);
}

std::optional<ReachedValue> ValueReader::run(Part Variable) {
  Value.Parts.push_back(Variable);
  Known.insert(Variable.Start);
  for (size_t I = 0; I != Value.Parts.size(); ++I) {
    Part P = Value.Parts[I];
    if (I != 0 && P.Size > Most)
      return std::nullopt;
    Most -= I != 0 ? P.Size : 0;
    // What libraries are asked to make is the characters of strings; what stands behind
    // those is left over from whoever had the memory before.
    bool IsLeaf = I != 0 && !ProgramHeap::owns(reinterpret_cast<void *>(P.Start));
    if (!read(P, Value.Content, [&](uint64_t Word) {
          if (!IsLeaf)
            follow(Word);
        }))
      return std::nullopt;
  }
  return std::move(Value);
}

std::optional<ReachedValue> ReachedValue::of(const void *Address, uint64_t Size, uint64_t Most) {
  return ValueReader(Most).run({reinterpret_cast<uintptr_t>(Address), Size});
}

bool ReachedValue::isStillThere() const {
  Hash Now;
  for (const Part &P : Parts)
    if (!ValueReader::read(P, Now, [](uint64_t) {}))
      return false;
  return Now == Content;
}
