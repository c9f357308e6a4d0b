//===- VTableParts.cpp - How a class's virtual table is divided -----------===//

#include "ir/VTableParts.h"

#include <algorithm>
#include <cassert>

using namespace nextframe;

/// So many virtual functions can be added to a class of which objects are alive.
static constexpr size_t SpareSlots = 8;

/// The offset to the top and the typeinfo. Offsets of virtual bases, and of their
/// functions, go before them.
static constexpr size_t FixedSlots = 2;

std::vector<VTablePart> nextframe::roomFor(const std::vector<VTablePart> &Parts) {
  std::vector<VTablePart> Room = Parts;
  for (VTablePart &P : Room) {
    P.Before += P.Before > FixedSlots ? SpareSlots : 0;
    P.After += SpareSlots;
  }
  return Room;
}

bool nextframe::fits(const std::vector<VTablePart> &Parts, const std::vector<VTablePart> &Room) {
  auto Fits = [](const VTablePart &Part, const VTablePart &Room) {
    return Part.Before <= Room.Before && Part.After <= Room.After;
  };
  return !Parts.empty() && std::equal(Parts.begin(), Parts.end(), Room.begin(), Room.end(), Fits);
}

size_t nextframe::addressPoint(const std::vector<VTablePart> &Parts, size_t Part) {
  assert(Part < Parts.size() && "no such part");
  size_t Slot = Parts[Part].Before;
  for (size_t I = 0; I != Part; ++I)
    Slot += Parts[I].Before + Parts[I].After;
  return Slot;
}

size_t nextframe::slotsIn(const std::vector<VTablePart> &Parts) {
  size_t Slots = 0;
  for (const VTablePart &P : Parts)
    Slots += P.Before + P.After;
  return Slots;
}
