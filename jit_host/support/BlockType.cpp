//===- BlockType.cpp - What a block of the heap was allocated for ---------===//

#include "support/BlockType.h"

#include "llvm/ADT/SmallVector.h"

using namespace llvm;
using namespace nextframe;

// Characters that no name has.
static constexpr char Between = '\x1f';

std::string BlockType::encode() const {
  std::string Text = Name + Between + std::to_string(ElementSize);
  for (auto &[Key, Count] : Contents)
    Text += Between + Key + Between + std::to_string(Count);
  return Text;
}

BlockType BlockType::decode(StringRef Text) {
  SmallVector<StringRef, 8> Parts;
  Text.split(Parts, Between);
  BlockType Result;
  if (Parts.size() < 2 || Parts.size() % 2 != 0 || Parts[1].getAsInteger(10, Result.ElementSize))
    return {};
  Result.Name = Parts[0].str();
  for (size_t I = 2; I != Parts.size(); I += 2) {
    uint64_t Count = 0;
    if (Parts[I + 1].getAsInteger(10, Count))
      return {};
    Result.Contents.push_back({Parts[I].str(), Count});
  }
  return Result;
}

/// Returns \p Text's next part, and takes it off.
static StringRef nextPart(StringRef &Text) {
  auto [Part, Rest] = Text.split(Between);
  Text = Rest;
  return Part;
}

static uint64_t number(StringRef Part) {
  uint64_t Result = 0;
  return Part.getAsInteger(10, Result) ? 0 : Result;
}

uint64_t BlockType::elementSize(StringRef Text) {
  nextPart(Text);
  return number(nextPart(Text));
}

uint64_t BlockType::countIn(StringRef Text, StringRef Key) {
  nextPart(Text);
  nextPart(Text);
  while (!Text.empty()) {
    StringRef Known = nextPart(Text), Count = nextPart(Text);
    if (Known == Key)
      return number(Count);
  }
  return 0;
}
