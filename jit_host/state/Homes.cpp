//===- Homes.cpp - Where the program's variables lie ----------------------===//

#include "state/Homes.h"

#include <cassert>
#include <cstring>

using namespace llvm;
using namespace nextframe;

//===----------------------------------------------------------------------===//
// The value that an initialiser gave
//===----------------------------------------------------------------------===//

static constexpr uint8_t Zeros[InitialValue::LargestCopied] = {};

InitialValue InitialValue::ofBytes(const void *Content, uint64_t Size) {
  InitialValue V;
  V.IsOnlyBytes = true;
  V.KnowsBytes = Content && Size <= LargestCopied;
  if (!V.KnowsBytes || Size == 0 || std::memcmp(Content, Zeros, Size) == 0)
    return V;
  auto *First = static_cast<const uint8_t *>(Content);
  V.Bytes.assign(First, First + Size);
  return V;
}

InitialValue InitialValue::at(const void *Address, uint64_t Size) {
  InitialValue V = ofBytes(Address, Size);
  // (Most variables are too small for a pointer, or null.)
  V.IsOnlyBytes = V.KnowsBytes && (Size < sizeof(void *) || V.Bytes.empty());
  if (!V.IsOnlyBytes)
    V.Reached = ReachedValue::of(Address, Size);
  return V;
}

const uint8_t *InitialValue::bytes() const {
  if (!KnowsBytes)
    return nullptr;
  return Bytes.empty() ? Zeros : Bytes.data();
}

//===----------------------------------------------------------------------===//
// Homes
//===----------------------------------------------------------------------===//

void Homes::remember(StringRef Variable, void *Address, uint64_t Size) {
  Known[Variable] = {Address, Size, InitialValue::at(Address, Size)};
}

void Homes::move(StringRef Variable, void *Address, uint64_t Size, const void *Initial) {
  Known[Variable] = {Address, Size,
                     Initial == Address ? InitialValue::at(Address, Size)
                                        : InitialValue::ofBytes(Initial, Size)};
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
  Home &H = It->second;
  H.Initial = InitialValue::at(H.Address, H.Size);
}

void Homes::rememberValue(StringRef Variable, const void *Address, InitialValue Value) {
  auto It = Known.find(Variable);
  if (It != Known.end() && It->second.Address == Address)
    It->second.Initial = std::move(Value);
}

const uint8_t *Homes::initialBytes(StringRef Variable) const {
  auto It = Known.find(Variable);
  return It == Known.end() ? nullptr : It->second.Initial.bytes();
}

bool Homes::hasInitialBytes(StringRef Variable) const {
  auto It = Known.find(Variable);
  if (It == Known.end())
    return false;
  const uint8_t *Initial = It->second.Initial.bytes();
  return Initial && std::memcmp(Initial, It->second.Address, It->second.Size) == 0;
}

Homes::Change Homes::changeOf(StringRef Variable) const {
  auto It = Known.find(Variable);
  if (It == Known.end())
    return Change::Unknown;
  const Home &H = It->second;
  const InitialValue &Was = H.Initial;
  bool HasBytes = hasInitialBytes(Variable);
  if (Was.KnowsBytes && !HasBytes && !Was.Reached)
    return Change::Value;
  if (!Was.Reached)
    return Was.IsOnlyBytes && Was.KnowsBytes ? Change::None : Change::Unknown;
  if (Was.Reached->isStillThere())
    return Change::None;
  return HasBytes ? Change::Reached : Change::Value;
}

void Homes::assign(StringRef Variable, const void *Content) {
  auto It = Known.find(Variable);
  assert(It != Known.end() && "a variable without a home");
  std::memcpy(It->second.Address, Content, It->second.Size);
  rememberAgain(Variable);
}
