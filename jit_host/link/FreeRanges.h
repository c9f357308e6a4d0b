//===- FreeRanges.h - Which parts of a stretch of addresses are free ------===//

#ifndef NEXTFRAME_LINK_FREERANGES_H
#define NEXTFRAME_LINK_FREERANGES_H

#include <cstdint>
#include <map>
#include <optional>

namespace nextframe {

/// Hands out ranges of a stretch of addresses, lowest first, and takes them back.
/// Touches no memory. Not thread-safe.
class FreeRanges {
public:
  /// All of [\p Start, \p Start + \p Size) is free.
  FreeRanges(uint64_t Start, uint64_t Size);

  /// Takes \p Size bytes at the lowest free address that is a multiple of
  /// \p Align, a power of two. Returns it, or nothing where there is no room.
  std::optional<uint64_t> take(uint64_t Size, uint64_t Align);

  /// Gives back [\p Start, \p Start + \p Size), which has been taken.
  void give(uint64_t Start, uint64_t Size);

  /// Returns how many bytes are free.
  uint64_t freeBytes() const;

private:
  std::map<uint64_t, uint64_t> Ranges; ///< Start to end; no two touch.
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_FREERANGES_H
