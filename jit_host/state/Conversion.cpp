//===- Conversion.cpp - A value of one type as one of another -------------===//

#include "state/Conversion.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

using namespace nextframe;

// Every integer of 64 bits and every floating value is one of x86's long double too.
static_assert(std::numeric_limits<long double>::digits >= 64);

namespace {

/// The value of a number of any kind.
using Number = long double;

template <typename T> Number readAs(const void *Place) {
  T Value;
  std::memcpy(&Value, Place, sizeof Value);
  return static_cast<Number>(Value);
}

/// Whether \p Value is one of \p T's, which are all between \p T's limits.
template <typename T> bool writeInteger(Number Value, void *Place) {
  constexpr Number Below = static_cast<Number>(std::numeric_limits<T>::min());
  constexpr Number Above = static_cast<Number>(std::numeric_limits<T>::max());
  // (False for what is not a number.)
  if (!(Value >= Below && Value <= Above) || std::truncl(Value) != Value)
    return false;
  T Result = static_cast<T>(Value);
  std::memcpy(Place, &Result, sizeof Result);
  return true;
}

template <typename T> bool writeFloating(Number Value, void *Place) {
  T Result = static_cast<T>(Value);
  if (static_cast<Number>(Result) != Value && !std::isnan(Value))
    return false;
  // (A long double has bytes that are no part of its value.)
  constexpr size_t ValueBytes = sizeof(T) == 16 ? 10 : sizeof(T);
  std::memcpy(Place, &Result, ValueBytes);
  return true;
}

} // namespace

static Number read(const ValueShape &Shape, const void *Place) {
  switch (Shape.Kind) {
  case ElementKind::Bool:
    return readAs<uint8_t>(Place);
  case ElementKind::Signed:
    return Shape.Bytes == 1   ? readAs<int8_t>(Place)
           : Shape.Bytes == 2 ? readAs<int16_t>(Place)
           : Shape.Bytes == 4 ? readAs<int32_t>(Place)
                              : readAs<int64_t>(Place);
  case ElementKind::Unsigned:
    return Shape.Bytes == 1   ? readAs<uint8_t>(Place)
           : Shape.Bytes == 2 ? readAs<uint16_t>(Place)
           : Shape.Bytes == 4 ? readAs<uint32_t>(Place)
                              : readAs<uint64_t>(Place);
  default:
    return Shape.Bytes == 4   ? readAs<float>(Place)
           : Shape.Bytes == 8 ? readAs<double>(Place)
                              : readAs<long double>(Place);
  }
}

/// Returns whether \p Value is one that \p Shape has; it is not written if not.
static bool write(const ValueShape &Shape, Number Value, void *Place) {
  switch (Shape.Kind) {
  case ElementKind::Bool:
    return (Value == 0 || Value == 1) && writeInteger<uint8_t>(Value, Place);
  case ElementKind::Signed:
    return Shape.Bytes == 1   ? writeInteger<int8_t>(Value, Place)
           : Shape.Bytes == 2 ? writeInteger<int16_t>(Value, Place)
           : Shape.Bytes == 4 ? writeInteger<int32_t>(Value, Place)
                              : writeInteger<int64_t>(Value, Place);
  case ElementKind::Unsigned:
    return Shape.Bytes == 1   ? writeInteger<uint8_t>(Value, Place)
           : Shape.Bytes == 2 ? writeInteger<uint16_t>(Value, Place)
           : Shape.Bytes == 4 ? writeInteger<uint32_t>(Value, Place)
                              : writeInteger<uint64_t>(Value, Place);
  default:
    return Shape.Bytes == 4   ? writeFloating<float>(Value, Place)
           : Shape.Bytes == 8 ? writeFloating<double>(Value, Place)
                              : writeFloating<long double>(Value, Place);
  }
}

std::optional<uint64_t> nextframe::convert(const ValueShape &From, const void *Old,
                                           const ValueShape &To, void *New) {
  uint64_t Count = std::min(From.elements(), To.elements());
  if (From.hasElementsOf(To)) {
    std::memcpy(New, Old, Count * To.Bytes);
    return std::nullopt;
  }
  auto *Source = static_cast<const uint8_t *>(Old);
  auto *Target = static_cast<uint8_t *>(New);
  for (uint64_t I = 0; I != Count; ++I)
    if (!write(To, read(From, Source + I * From.Bytes), Target + I * To.Bytes))
      return I;
  return std::nullopt;
}

std::optional<uint64_t> nextframe::firstDifference(const ValueShape &Shape, const void *Now,
                                                   const void *Initial, uint64_t Start) {
  auto *A = static_cast<const uint8_t *>(Now), *B = static_cast<const uint8_t *>(Initial);
  for (uint64_t I = Start, Count = Shape.elements(); I < Count; ++I)
    if (std::memcmp(A + I * Shape.Bytes, B + I * Shape.Bytes, Shape.Bytes))
      return I;
  return std::nullopt;
}

std::string nextframe::elementText(const ValueShape &Shape, const void *Value, uint64_t Index) {
  if (!Shape.isNumber())
    return Shape.Type;
  Number N = read(Shape, static_cast<const uint8_t *>(Value) + Index * Shape.Bytes);
  // As many digits as tell two values of the type apart.
  int Digits = Shape.Kind != ElementKind::Floating ? 20
               : Shape.Bytes == 4                  ? 9
               : Shape.Bytes == 8                  ? 17
                                                   : 21;
  char Text[64];
  for (int Fewer = 1; Fewer <= Digits; ++Fewer) {
    std::snprintf(Text, sizeof Text, "%.*Lg", Fewer, N);
    Number Back = std::strtold(Text, nullptr);
    bool IsSame = Shape.Kind == ElementKind::Floating && Shape.Bytes == 4
                      ? static_cast<float>(Back) == static_cast<float>(N)
                  : Shape.Kind == ElementKind::Floating && Shape.Bytes == 8
                      ? static_cast<double>(Back) == static_cast<double>(N)
                      : Back == N;
    if (IsSame && (Shape.Kind == ElementKind::Floating || !std::strchr(Text, 'e')))
      break;
  }
  return Text;
}
