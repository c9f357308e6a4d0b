//===- Slice.h - Take some functions or variables out of a unit -----------===//
//
// A reload generates only what changed. A slice is a module with the wanted
// definitions and declarations of all that they name; it is taken from bitcode
// lazily, so what isn't wanted is not even read.
//
// Code and data are sliced apart, because they live differently: an old body
// may be freed one day, data never.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_IR_SLICE_H
#define NEXTFRAME_IR_SLICE_H

#include "ir/CompiledUnit.h"
#include "ir/VTables.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace nextframe {

/// Where a variable's home or a function's entry is to be found when its symbol
/// isn't its name (any more).
using HomeSymbols = llvm::StringMap<std::string>;

/// Returns a module that defines the bodies of \p Functions under the names of
/// generation \p G, with every call going through the callee's entry. \p VTables has
/// the tables that the program defines. Errors when the bitcode can't be read. Any
/// thread, one context a thread.
llvm::Expected<std::unique_ptr<llvm::Module>>
sliceCode(const CompiledUnit &Unit, llvm::ArrayRef<std::string> Functions, Generation G,
          const HomeSymbols &Homes, const VTableHomes &VTables, llvm::LLVMContext &Ctx);

/// One variable to define, and under which symbol: a home that is its name, or
/// (for an initial value that a running program is to take) another.
struct DataDefinition {
  std::string Variable;
  std::string Symbol;
  bool IsSetFlag = false; ///< A number, and one that is to start as 1.
};

/// Returns a module that defines \p Definitions and no code. As sliceCode().
llvm::Expected<std::unique_ptr<llvm::Module>>
sliceData(const CompiledUnit &Unit, llvm::ArrayRef<DataDefinition> Definitions,
          const HomeSymbols &Homes, const VTableHomes &VTables, llvm::LLVMContext &Ctx);

} // namespace nextframe

#endif // NEXTFRAME_IR_SLICE_H
