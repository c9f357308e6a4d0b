//===- ValueShape.h - What the bytes of a variable mean -------------------===//
//
// Enough about a variable's type to tell whether a value of it can become one of
// another type, and to carry it over: numbers by value, whatever else as it is.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SUPPORT_VALUESHAPE_H
#define NEXTFRAME_SUPPORT_VALUESHAPE_H

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace nextframe {

enum class ElementKind : uint8_t {
  Unknown, ///< Nothing is known of it.
  Bool,
  Signed, ///< An integer, a character or an enumeration.
  Unsigned,
  Floating, ///< 4, 8 or 16 bytes: float, double, x86's long double.
  Pointer,  ///< To an object or a function.
  Object,   ///< Anything else.
};

/// What may keep a variable from being given another initial value.
enum class WhyNotPlain : uint8_t {
  Plain,      ///< Nothing: it is a value, and no more.
  Unknown,    ///< Nothing is known of its type.
  Opaque,     ///< A type that stands for something, or may hide something.
  Destructor, ///< A class that has a destructor of its own.
};

/// The part of a type that does.
struct ValuePart {
  WhyNotPlain Why = WhyNotPlain::Plain;
  std::string Type; ///< As the source spells it.
  bool isPlain() const { return Why == WhyNotPlain::Plain; }
};

struct ValueShape {
  ElementKind Kind = ElementKind::Unknown;
  uint64_t Bytes = 0; ///< Of one element.
  /// Which one, of a Pointer or an Object: the type without aliases and qualifiers.
  std::string Type;
  /// Of an array, the outer one first; empty for a single value.
  std::vector<uint64_t> Dimensions;
  /// Of a struct without bases and virtual functions: over its fields. 0 for others.
  uint64_t Fields = 0;
  bool IsUnnamed = false; ///< A struct that has no name of its own.

  bool operator==(const ValueShape &Other) const {
    return hasElementsOf(Other) && Dimensions == Other.Dimensions;
  }

  bool isNumber() const {
    return Kind == ElementKind::Bool || Kind == ElementKind::Signed ||
           Kind == ElementKind::Unsigned || Kind == ElementKind::Floating;
  }

  /// Returns whether an element of one is the same as an element of the other.
  /// (A struct that is given a name, or loses it, is what it was.)
  bool hasElementsOf(const ValueShape &Other) const {
    if (Kind != Other.Kind || Bytes != Other.Bytes)
      return false;
    return IsUnnamed || Other.IsUnnamed ? Fields && Fields == Other.Fields : Type == Other.Type;
  }

  /// Returns whether values of this shape may be converted to \p To, if each survives
  /// it: numbers to numbers, and what has the same type to what has it, singly or in
  /// arrays that differ in their first dimension alone. (Else elements would move.)
  bool mayBecome(const ValueShape &To) const {
    if (Kind == ElementKind::Unknown || !((isNumber() && To.isNumber()) || hasElementsOf(To)) ||
        Dimensions.size() != To.Dimensions.size())
      return false;
    return Dimensions.empty() ||
           std::equal(Dimensions.begin() + 1, Dimensions.end(), To.Dimensions.begin() + 1);
  }

  /// Returns how many elements there are, those of inner arrays one by one.
  uint64_t elements() const {
    uint64_t Count = 1;
    for (uint64_t D : Dimensions)
      Count *= D;
    return Count;
  }
};

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_VALUESHAPE_H
