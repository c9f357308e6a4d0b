//===- MergeUnits.h - A unit with some of its bodies compiled anew --------===//

#ifndef NEXTFRAME_IR_MERGEUNITS_H
#define NEXTFRAME_IR_MERGEUNITS_H

#include "ir/CompiledUnit.h"

#include "llvm/ADT/ArrayRef.h"

#include <memory>
#include <string>

namespace nextframe {

/// Returns \p Base, a whole unit, with what \p Part brings: the facts and the module of
/// a compile that left out every body but those of \p Edited (symbols). Nothing of
/// \p Base is removed. Returns null, and says in \p Why, where the edit reaches further
/// than into the code of the edited functions, so that only a whole compile can tell.
/// Any thread.
std::shared_ptr<const CompiledUnit> mergeUnits(std::shared_ptr<const CompiledUnit> Base,
                                               CompiledUnit Part,
                                               llvm::ArrayRef<std::string> Edited,
                                               std::string &Why);

/// Returns the facts of \p Base, a whole unit, with those of \p Part in place of its own.
UnitFacts mergeFacts(const CompiledUnit &Base, const UnitFacts &Part);

} // namespace nextframe

#endif // NEXTFRAME_IR_MERGEUNITS_H
