//===- VTables.h - Virtual tables in IR, and in homes with room -----------===//
//
// The compiler lays tables out without room, and its code names address points by
// their offset. Both are translated when a slice is taken, and only for tables that
// the program itself defines: a library's are as the library made them.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_IR_VTABLES_H
#define NEXTFRAME_IR_VTABLES_H

#include "ir/VTableParts.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>

namespace llvm {
class ConstantExpr;
class GlobalVariable;
class Module;
} // namespace llvm

namespace nextframe {

/// Whether \p Symbol is that of a table with address points, or of a VTT, which has
/// the address points of others.
bool isVTable(llvm::StringRef Symbol);
bool isVTT(llvm::StringRef Symbol);

/// Returns the parts of the table that \p G defines; none where they can't be told.
std::vector<VTablePart> partsOf(const llvm::GlobalVariable &G);

/// A place in a table.
struct VTablePlace {
  const llvm::GlobalVariable *Table;
  size_t Part;
  int64_t Offset; ///< In the part: bytes from its first slot.
};

/// Returns the place that \p E is the address of, if it is one in a table.
std::optional<VTablePlace> placeIn(const llvm::ConstantExpr &E);

/// The table of a class: as the source has it, and the room that its home has.
struct VTableHome {
  std::vector<VTablePart> Parts, Room;
};
using VTableHomes = llvm::StringMap<VTableHome>;

/// Lays out the tables of \p M that are in \p Homes, definitions and uses, as their
/// homes are.
void placeVTables(llvm::Module &M, const VTableHomes &Homes);

} // namespace nextframe

#endif // NEXTFRAME_IR_VTABLES_H
