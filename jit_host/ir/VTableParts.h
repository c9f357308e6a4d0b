//===- VTableParts.h - How a class's virtual table is divided -------------===//
//
// A class has one table a base that brings its own pointer to one, all in one
// variable, one behind the other. Each such part has an *address point*, which is
// what objects point to: before it stand offsets and the typeinfo, from it on the
// functions. Objects keep these pointers for life. So the home of a table leaves
// room around the address points, and they stay where they are when virtual
// functions come and go.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_IR_VTABLEPARTS_H
#define NEXTFRAME_IR_VTABLEPARTS_H

#include <cstddef>
#include <vector>

namespace nextframe {

/// One part, or the room that a home has for one, in slots of a pointer's size.
struct VTablePart {
  size_t Before = 0; ///< The address point.
  size_t After = 0;  ///< From the address point on: the functions.
  bool operator==(const VTablePart &) const = default;
};

/// Returns the room that a new home gives to \p Parts.
std::vector<VTablePart> roomFor(const std::vector<VTablePart> &Parts);

/// Whether a home with \p Room can take \p Parts, each address point where it is.
bool fits(const std::vector<VTablePart> &Parts, const std::vector<VTablePart> &Room);

/// Returns the slot of the address point of \p Part in a table of \p Parts.
size_t addressPoint(const std::vector<VTablePart> &Parts, size_t Part);

/// Returns how many slots a table of \p Parts has.
size_t slotsIn(const std::vector<VTablePart> &Parts);

} // namespace nextframe

#endif // NEXTFRAME_IR_VTABLEPARTS_H
