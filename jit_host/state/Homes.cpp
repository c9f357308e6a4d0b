//===- Homes.cpp - Where the program's variables lie ----------------------===//

#include "state/Homes.h"

#include "llvm/Support/xxhash.h"

#include <cassert>
#include <cstring>

using namespace llvm;
using namespace nextframe;

uint64_t Homes::fingerprint(const Home &H) {
  if (H.Size > LargestCompared)
    return 0;
  return xxh3_64bits(ArrayRef(static_cast<const uint8_t *>(H.Address), H.Size));
}

void Homes::remember(StringRef Variable, void *Address, uint64_t Size) {
  Home &H = Known[Variable];
  H = {Address, Size, 0};
  H.InitialBytes = fingerprint(H);
}

void Homes::rememberAgain(StringRef Variable) {
  auto It = Known.find(Variable);
  assert(It != Known.end() && "a variable without a home");
  It->second.InitialBytes = fingerprint(It->second);
}

bool Homes::isTooLarge(StringRef Variable) const {
  auto It = Known.find(Variable);
  return It != Known.end() && It->second.Size > LargestCompared;
}

bool Homes::isUntouched(StringRef Variable) const {
  auto It = Known.find(Variable);
  return It != Known.end() && It->second.Size <= LargestCompared &&
         It->second.InitialBytes == fingerprint(It->second);
}

void Homes::assign(StringRef Variable, const void *Content) {
  auto It = Known.find(Variable);
  assert(It != Known.end() && "a variable without a home");
  std::memcpy(It->second.Address, Content, It->second.Size);
  rememberAgain(Variable);
}
