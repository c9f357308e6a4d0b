//===- Ids.h - The identifiers that every room shares ---------------------===//

#ifndef NEXTFRAME_SUPPORT_IDS_H
#define NEXTFRAME_SUPPORT_IDS_H

#include <cstdint>

namespace nextframe {

/// One translation unit of the program. Ids follow the link order (the sorted
/// order of the source files) within one version of the program's file list,
/// and an id is never used again for another file.
enum class UnitId : uint32_t {};

/// Counts the reloads that were applied: 0 is the program as it started. A
/// function's body carries the generation that made it in its symbol.
enum class Generation : uint32_t {};

constexpr uint32_t number(UnitId U) { return static_cast<uint32_t>(U); }
constexpr uint32_t number(Generation G) { return static_cast<uint32_t>(G); }

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_IDS_H
