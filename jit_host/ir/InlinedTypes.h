//===- InlinedTypes.h - Which layouts optimised code depends on -----------===//
//
// An optimiser moves code from a function into those that lead to it. So what a
// function's optimised code was compiled with is what it, and all in its unit that
// it leads to, were compiled with.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_IR_INLINEDTYPES_H
#define NEXTFRAME_IR_INLINEDTYPES_H

#include "ir/CollectFacts.h"

namespace nextframe {

/// Gives each function the types of all that it leads to: what it names, what the
/// constants and variables that it names hold, and so on. What leads to more than
/// \p MostFunctions, or to one of which nothing is known, is not known either
/// (SourceFunction::TypesComplete). \p M is what promote() has gone over, and no
/// optimiser yet.
void spreadTypes(const llvm::Module &M, SourceFacts &Source, size_t MostFunctions = 256);

} // namespace nextframe

#endif // NEXTFRAME_IR_INLINEDTYPES_H
