//===- FreeRanges.cpp - Which parts of a stretch of addresses are free ----===//

#include "link/FreeRanges.h"

#include "llvm/Support/MathExtras.h"

#include <cassert>

using namespace nextframe;

FreeRanges::FreeRanges(uint64_t Start, uint64_t Size) { Ranges[Start] = Start + Size; }

std::optional<uint64_t> FreeRanges::take(uint64_t Size, uint64_t Align) {
  assert(Size && llvm::isPowerOf2_64(Align) && "no such range");
  for (auto It = Ranges.begin(); It != Ranges.end(); ++It) {
    auto [Start, End] = *It;
    uint64_t Taken = llvm::alignTo(Start, Align);
    if (Taken >= End || End - Taken < Size)
      continue;
    Ranges.erase(It);
    if (Start < Taken)
      Ranges[Start] = Taken;
    if (Taken + Size < End)
      Ranges[Taken + Size] = End;
    return Taken;
  }
  return std::nullopt;
}

void FreeRanges::give(uint64_t Start, uint64_t Size) {
  uint64_t End = Start + Size;
  auto Behind = Ranges.lower_bound(Start);
  assert((Behind == Ranges.end() || End <= Behind->first) && "given back twice");
  if (Behind != Ranges.end() && Behind->first == End) {
    End = Behind->second;
    Behind = Ranges.erase(Behind);
  }
  if (Behind != Ranges.begin()) {
    auto Before = std::prev(Behind);
    assert(Before->second <= Start && "given back twice");
    if (Before->second == Start) {
      Before->second = End;
      return;
    }
  }
  Ranges[Start] = End;
}

uint64_t FreeRanges::freeBytes() const {
  uint64_t Bytes = 0;
  for (auto &[Start, End] : Ranges)
    Bytes += End - Start;
  return Bytes;
}
