//===- Homes.cpp - Where the program's variables lie ----------------------===//

#include "state/Homes.h"

#include <cassert>
#include <cstring>

using namespace llvm;
using namespace nextframe;

static constexpr uint8_t Zeros[Homes::LargestCompared] = {};

void Homes::setInitial(Home &H, const void *Bytes) {
  H.IsInitialKnown = Bytes && H.Size <= LargestCompared;
  H.Initial.clear();
  if (!H.IsInitialKnown || H.Size == 0 || std::memcmp(Bytes, Zeros, H.Size) == 0)
    return;
  auto *First = static_cast<const uint8_t *>(Bytes);
  H.Initial.assign(First, First + H.Size);
}

const uint8_t *Homes::initialBytes(const Home &H) {
  if (!H.IsInitialKnown)
    return nullptr;
  return H.Initial.empty() ? Zeros : H.Initial.data();
}

void Homes::remember(StringRef Variable, void *Address, uint64_t Size) {
  move(Variable, Address, Size, Address);
}

void Homes::move(StringRef Variable, void *Address, uint64_t Size, const void *Initial) {
  Home &H = Known[Variable];
  H.Address = Address;
  H.Size = Size;
  setInitial(H, Initial);
}

void Homes::rename(StringRef Old, StringRef New) {
  auto It = Known.find(Old);
  if (It == Known.end())
    return;
  Home H = std::move(It->second);
  Known.erase(It);
  Known[New] = std::move(H);
}

void Homes::rememberAgain(StringRef Variable) {
  auto It = Known.find(Variable);
  assert(It != Known.end() && "a variable without a home");
  setInitial(It->second, It->second.Address);
}

bool Homes::isTooLarge(StringRef Variable) const {
  auto It = Known.find(Variable);
  return It != Known.end() && It->second.Size > LargestCompared;
}

const uint8_t *Homes::initialBytes(StringRef Variable) const {
  auto It = Known.find(Variable);
  return It == Known.end() ? nullptr : initialBytes(It->second);
}

bool Homes::isUntouched(StringRef Variable) const {
  auto It = Known.find(Variable);
  if (It == Known.end())
    return false;
  const uint8_t *Initial = initialBytes(It->second);
  return Initial && std::memcmp(Initial, It->second.Address, It->second.Size) == 0;
}

void Homes::assign(StringRef Variable, const void *Content) {
  auto It = Known.find(Variable);
  assert(It != Known.end() && "a variable without a home");
  std::memcpy(It->second.Address, Content, It->second.Size);
  rememberAgain(Variable);
}
