//===- CodeMap.cpp - Which body of which function an address lies in ------===//

#include "link/CodeMap.h"

#include "llvm/ADT/STLExtras.h"

#include <cassert>

using namespace llvm;
using namespace nextframe;

static uintptr_t number(const void *Address) { return reinterpret_cast<uintptr_t>(Address); }

/// Returns the range of \p Sorted that contains \p Address, or null.
template <typename RangeT>
static const RangeT *containing(const std::vector<RangeT> &Sorted, const void *Address) {
  auto Behind = upper_bound(Sorted, number(Address), [](uintptr_t Where, const RangeT &R) {
    return Where < number(R.Start);
  });
  if (Behind == Sorted.begin())
    return nullptr;
  const RangeT &R = *std::prev(Behind);
  return number(Address) - number(R.Start) < R.Size ? &R : nullptr;
}

template <typename RangeT> static bool startsBefore(const RangeT &A, const RangeT &B) {
  return number(A.Start) < number(B.Start);
}

void CodeMap::add(CodeObject Object) {
  assert(!findObject(Object.Start) && "code where there is code");
  sort(Object.Bodies, startsBefore<BodyRange>);
  Objects.insert(upper_bound(Objects, Object, startsBefore<CodeObject>), std::move(Object));
}

void CodeMap::remove(const void *Start) {
  std::erase_if(Objects, [&](const CodeObject &O) { return O.Start == Start; });
}

const CodeObject *CodeMap::findObject(const void *Address) const {
  return containing(Objects, Address);
}

const BodyRange *CodeMap::find(const void *Address) const {
  const CodeObject *Object = findObject(Address);
  return Object ? containing(Object->Bodies, Address) : nullptr;
}
