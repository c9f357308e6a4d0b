//===- Entries.h - The stable addresses that functions are called by ------===//
//
// An entry is a jump through a pointer. Pointing a function at a new body is one
// store of that pointer, which every thread sees whole; the function's address,
// wherever the program keeps it, stays the entry's.
//
// The entries are an ELF object of their own, with symbols and sizes, in a section
// called .plt: that is what debuggers expect of a jump that is to be stepped
// through. (Measured for LLVM 22's own redirectable stubs: neither gdb nor lldb
// steps through those.) All entries unwind alike, so they share one piece of unwind
// information: each that the unwinder knows of costs every throw.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_ENTRIES_H
#define NEXTFRAME_LINK_ENTRIES_H

#include "support/Ids.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <array>
#include <memory>
#include <string>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace nextframe {

/// An entry to make, and the symbol that it leads to from the start: a body, or, where
/// it is another name for a function, that one's entry.
struct NewEntry {
  std::string Symbol;
  std::string Target;
};

/// Returns a module of the assembly \p Text alone.
std::unique_ptr<llvm::Module> assemble(llvm::StringRef Name, llvm::StringRef Text,
                                       llvm::LLVMContext &Ctx);

/// Returns a module that defines \p Entries and their table of pointers, all of them null, which
/// is tableSymbol() of \p G.
std::unique_ptr<llvm::Module> makeEntries(llvm::ArrayRef<NewEntry> Entries, Generation G,
                                          llvm::LLVMContext &Ctx);

/// What the next two modules are called.
inline constexpr llvm::StringLiteral DsoHandleModule = "dso_handle";
inline constexpr llvm::StringLiteral OperatorFormsModule = "operator_forms";

/// Returns a module that defines __dso_handle, which the program's files refer
/// to as something of their own (so it must lie near them).
std::unique_ptr<llvm::Module> makeDsoHandle(llvm::LLVMContext &Ctx);

/// Returns a module with weak definitions of the forms of operator new and delete that
/// by default call another form. In an executable the library's own would call what
/// the program defines; here they would call the library's.
std::unique_ptr<llvm::Module> makeOperatorForms(llvm::LLVMContext &Ctx);

/// Returns the symbol of the pointers that makeEntries() makes for \p G, one a
/// function, in the order in which they were given.
std::string tableSymbol(Generation G);

/// Unwind information as __register_frame() takes it.
using UnwindTable = std::array<char, 64>;

/// Returns the unwind information of all entries, which lie within \p Size bytes
/// from \p Start.
UnwindTable makeUnwindTable(const void *Start, uint64_t Size);

/// Points an entry at another body: a store that other threads see whole, and
/// before anything that is published after it. Any thread.
inline void redirect(void **Slot, void *Body) { __atomic_store_n(Slot, Body, __ATOMIC_RELEASE); }

} // namespace nextframe

#endif // NEXTFRAME_LINK_ENTRIES_H
