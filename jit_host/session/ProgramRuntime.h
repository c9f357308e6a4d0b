//===- ProgramRuntime.h - What a static link would have given the program -===//

#ifndef NEXTFRAME_SESSION_PROGRAMRUNTIME_H
#define NEXTFRAME_SESSION_PROGRAMRUNTIME_H

#include <string>

namespace nextframe {

class Libraries;

/// Gives the program what no shared library has and every executable gets from
/// its start files: atexit and its like.
void provideRuntime(Libraries &Libs);

/// Writes out what the program's C and C++ streams still hold.
void flushProgramStreams();

/// Returns the folder of nextframe.h.
std::string headerDir();

} // namespace nextframe

#endif // NEXTFRAME_SESSION_PROGRAMRUNTIME_H
