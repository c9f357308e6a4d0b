//===- BlockType.h - What a block of the heap was allocated for -----------===//
//
// Each allocation of the program's code says what it is for. It says so by the
// address of a constant text of the program, which never goes; blocks that are for
// the same have the same text, so the address stands for the type.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SUPPORT_BLOCKTYPE_H
#define NEXTFRAME_SUPPORT_BLOCKTYPE_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nextframe {

struct BlockType {
  /// Of one element, as the source spells it; empty where no name would outlive an
  /// edit (a closure's has its place in the file).
  std::string Name;
  uint64_t ElementSize = 0; ///< Bytes.
  /// How many objects of each of the program's types an element is made of, by
  /// RecordFacts::key(). Empty: objects of the program's types are not in it.
  std::vector<std::pair<std::string, uint64_t>> Contents;

  bool operator==(const BlockType &) const = default;

  /// Returns it as a text without NUL characters.
  std::string encode() const;
  /// Returns what encode() made \p Text of; an empty BlockType for another text.
  static BlockType decode(llvm::StringRef Text);

  // Parts of what encode() made \p Text of, without allocating anything.
  static uint64_t elementSize(llvm::StringRef Text);
  /// How many objects of the type with \p Key an element is made of.
  static uint64_t countIn(llvm::StringRef Text, llvm::StringRef Key);
};

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_BLOCKTYPE_H
