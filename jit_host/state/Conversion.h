//===- Conversion.h - A value of one type as one of another ---------------===//

#ifndef NEXTFRAME_STATE_CONVERSION_H
#define NEXTFRAME_STATE_CONVERSION_H

#include "support/ValueShape.h"

#include <cstdint>
#include <optional>
#include <string>

namespace nextframe {

/// Converts the elements of \p Old, as many as \p New has too, and leaves the rest of
/// \p New as it is. A value survives if converting it back gives it again. Returns the
/// index of the first that doesn't; the elements before it have been converted then.
/// Allocates nothing. \p From may become \p To.
std::optional<uint64_t> convert(const ValueShape &From, const void *Old, const ValueShape &To,
                                void *New);

/// Returns the first element from \p Start on in which the bytes of \p Now and
/// \p Initial, both of \p Shape, differ. Allocates nothing.
std::optional<uint64_t> firstDifference(const ValueShape &Shape, const void *Now,
                                        const void *Initial, uint64_t Start);

/// Returns the value of a number as a user would write it.
std::string elementText(const ValueShape &Shape, const void *Value, uint64_t Index);

} // namespace nextframe

#endif // NEXTFRAME_STATE_CONVERSION_H
