//===- ProgramAllocations.h - The program allocates on its own heap -------===//

#ifndef NEXTFRAME_SESSION_PROGRAMALLOCATIONS_H
#define NEXTFRAME_SESSION_PROGRAMALLOCATIONS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

namespace nextframe {

class Libraries;

/// Gives the program allocation functions that allocate on its ProgramHeap, with a
/// type (see ir/TypedAllocations.h) and without. Before the first link.
void provideAllocations(Libraries &Libs);

/// Returns the names of the functions that a program may define in place of the C and
/// C++ libraries' own. Any thread.
llvm::ArrayRef<llvm::StringLiteral> replaceableAllocators();

/// Where the program defines an allocation function of its own, the typed form of it
/// leads there. \p AddressOf returns the entry of a function of the program, or null.
/// Before new code can run.
void useProgramAllocators(llvm::function_ref<void *(llvm::StringRef)> AddressOf);

/// Returns whether it ever has: then nobody knows what is on its heap. Any thread.
bool programAllocatesByItself();

} // namespace nextframe

#endif // NEXTFRAME_SESSION_PROGRAMALLOCATIONS_H
