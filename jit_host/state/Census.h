//===- Census.h - How many objects of a type are on the heap --------------===//

#ifndef NEXTFRAME_STATE_CENSUS_H
#define NEXTFRAME_STATE_CENSUS_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>
#include <vector>

namespace nextframe {

class ProgramHeap;

/// Counts the objects of some types on the program's heap. Made before other threads
/// are stopped, and taken while they are: take() neither allocates nor locks.
class Census {
public:
  /// Of types by their RecordFacts::key().
  explicit Census(std::vector<std::string> Keys);

  /// Counts what is alive in \p Heap now. Main thread, or any while the count may be
  /// a little off.
  void take(const ProgramHeap &Heap);

  /// What take() found of type number \p I: the objects, those that are part of
  /// larger ones and elements included.
  uint64_t objects(size_t I) const { return Found[I].Objects; }
  /// In what the largest number of them lies, as the source spells it: the type
  /// itself, a larger one, a container's node; empty where it has no name.
  std::string place(size_t I) const;

  /// Blocks of which nobody said what they are for, and the size of the largest.
  uint64_t untypedBlocks() const { return Untyped; }
  uint64_t largestUntyped() const { return LargestUntyped; }

private:
  /// What a block's type says, read once a type.
  struct Reading {
    const char *Type = nullptr;
    uint64_t ElementSize = 0;
    uint64_t Objects = 0; ///< In all blocks, by row of PerElement.
  };
  Reading &readingOf(const char *Type);

  std::vector<std::string> Keys;
  struct Row {
    uint64_t Objects = 0;
    const char *Place = nullptr;
    uint64_t InPlace = 0;
  };
  std::vector<Row> Found;
  std::vector<Reading> Readings;    ///< An open hash table.
  std::vector<uint64_t> PerElement; ///< A row of Keys.size() a reading.
  size_t Filled = 0;
  uint64_t Untyped = 0, LargestUntyped = 0;
};

} // namespace nextframe

#endif // NEXTFRAME_STATE_CENSUS_H
