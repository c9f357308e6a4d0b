//===- LineRefresh.h - What debuggers are to be told of moved lines -------===//

#ifndef NEXTFRAME_LINK_LINEREFRESH_H
#define NEXTFRAME_LINK_LINEREFRESH_H

#include "ir/CompiledUnit.h"
#include "ir/Slice.h"
#include "support/Ids.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <memory>

namespace nextframe {

/// A unit whose text is newer than what debuggers were told of its functions.
struct LineRefresh {
  std::shared_ptr<const CompiledUnit> Unit;
  /// Whether the live body of a function of the unit is the one of that generation,
  /// and is what the unit would make of it now.
  llvm::function_ref<bool(const FunctionFacts &, Generation)> IsUnchanged;
  HomeSymbols Homes;
  VTableHomes VTables;
  llvm::function_ref<bool()> Stop; ///< There is something better to do.
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_LINEREFRESH_H
