//===- Siblings.h - What shares its place and name with others ------------===//
//
// The lambdas of one function that capture the same, and its local statics of
// one name, have nothing but their order to tell them apart, and an edit changes
// the order. So each sibling of a family gets a number that it keeps: it is found
// again, in the text after an edit, by its own text and by what stands around it.
//
// Pure: the compile side reads the families off the AST, the session keeps those
// that are live.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_IR_SIBLINGS_H
#define NEXTFRAME_IR_SIBLINGS_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace nextframe {

/// One lambda or local static.
struct Sibling {
  /// Hashes of the tokens that it is written with, and of some around it.
  std::vector<uint32_t> Text, Context;
  /// Its own among all that its family ever had.
  uint32_t Number = 0;
  /// False in what is remembered: no source has it any more.
  bool Present = true;

  bool operator==(const Sibling &) const = default;
};

/// Families by a name that says where they are and what they have in common; each
/// in the order of the text.
using SiblingFamilies = std::map<std::string, std::vector<Sibling>>;

/// Gives each of \p Family, in the order of the new text, its number: that of the
/// one of \p Known that it was before the edit, or a fresh one. The same texts and
/// the same \p Known give the same numbers, in whichever unit.
void numberSiblings(llvm::ArrayRef<Sibling> Known, llvm::MutableArrayRef<Sibling> Family);

/// Makes \p Known what the next compiles are to start from: the families of all
/// units, the first in link order where several have one. What is gone from a
/// family is remembered as not present, so that its number stays its own.
void rememberSiblings(SiblingFamilies &Known, llvm::ArrayRef<const SiblingFamilies *> Units);

} // namespace nextframe

#endif // NEXTFRAME_IR_SIBLINGS_H
