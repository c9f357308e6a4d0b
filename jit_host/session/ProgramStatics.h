//===- ProgramStatics.h - What the program does to its static objects -----===//
//
// Two things that compiled code asks of its run time are the host's to know, and so
// are answered by it before they reach the C++ library:
//
// - *Run this destructor at exit* (__cxa_atexit). A variable that is initialised once
//   more lies where it lay, and its destructor is registered already.
// - *This local static has its first value* (__cxa_guard_release). Later, nobody could
//   tell that value from one that the program has made of it.
//
// Any thread may ask. One mutex, under which none of the program's code runs.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SESSION_PROGRAMSTATICS_H
#define NEXTFRAME_SESSION_PROGRAMSTATICS_H

#include "state/Homes.h"

#include <string>
#include <vector>

namespace nextframe {

class Libraries;

/// Puts the host's answers before the library's. Before the program is linked.
void provideStatics(Libraries &Libs);

/// Says that the objects in the \p Size bytes at \p Address may be made once more: those
/// that are registered to be destroyed at exit are not registered again. Any thread.
void destroyOnce(const void *Address, uint64_t Size);

/// Says that \p Guard belongs to \p Variable, whose home is \p Address. Any thread.
void watchGuard(const void *Guard, std::string Variable, const void *Address, uint64_t Size);

/// A local static that was given its first value.
struct FirstUse {
  std::string Variable;
  const void *Address;
  InitialValue Value;
};

/// Returns those of which it has not said so before, the oldest first. Any thread.
std::vector<FirstUse> takeFirstUses();

/// Returns whether the variable of \p Guard has been initialised. (Not while a thread is
/// about to.)
bool isInitialised(const void *Guard);

/// Makes the next use of the variable of \p Guard initialise it.
void initialiseAgain(void *Guard);

} // namespace nextframe

#endif // NEXTFRAME_SESSION_PROGRAMSTATICS_H
