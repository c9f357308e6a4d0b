//===- Census.cpp - How many objects of a type are on the heap ------------===//

#include "state/Census.h"
#include "state/ProgramHeap.h"
#include "support/BlockType.h"

#include "llvm/ADT/Hashing.h"

using namespace llvm;
using namespace nextframe;

/// More types than any program allocates; beyond them a type is read again for each
/// of its blocks.
static constexpr size_t TableSize = size_t(1) << 15;

Census::Census(std::vector<std::string> Keys)
    : Keys(std::move(Keys)), Found(this->Keys.size()), Readings(TableSize),
      PerElement(TableSize * this->Keys.size()) {}

Census::Reading &Census::readingOf(const char *Type) {
  size_t At = hash_value(Type) % TableSize;
  bool IsFull = Filled > TableSize / 2;
  for (; Readings[At].Type && Readings[At].Type != Type; At = (At + 1) % TableSize)
    if (IsFull)
      break; // Takes another's place, as a slow cache.
  Reading &R = Readings[At];
  if (R.Type == Type)
    return R;
  Filled += R.Type == nullptr;
  R = {Type, BlockType::elementSize(Type), 0};
  for (size_t I = 0; I != Keys.size(); ++I)
    PerElement[At * Keys.size() + I] = BlockType::countIn(Type, Keys[I]);
  return R;
}

void Census::take(const ProgramHeap &Heap) {
  Found.assign(Keys.size(), Row());
  Untyped = LargestUntyped = 0;
  Heap.forEachBlock([&](const ProgramHeap::Block &B) {
    if (!B.Type) {
      ++Untyped;
      LargestUntyped = std::max<uint64_t>(LargestUntyped, B.Size);
      return;
    }
    Reading &R = readingOf(B.Type);
    const uint64_t *Row = &PerElement[static_cast<size_t>(&R - Readings.data()) * Keys.size()];
    // (A frame of a coroutine is one element, whatever its size.)
    uint64_t Elements = R.ElementSize ? std::max<uint64_t>(B.Size / R.ElementSize, 1) : 1;
    for (size_t I = 0; I != Keys.size(); ++I) {
      if (!Row[I])
        continue;
      uint64_t Here = Row[I] * Elements;
      Found[I].Objects += Here;
      R.Objects += Here;
      if (R.Objects > Found[I].InPlace || Found[I].Place == B.Type)
        Found[I].Place = B.Type, Found[I].InPlace = R.Objects;
    }
  });
}

std::string Census::place(size_t I) const {
  return Found[I].Place ? BlockType::decode(Found[I].Place).Name : "";
}
