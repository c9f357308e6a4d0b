//===- ProgramRuntime.h - What a static link would have given the program -===//

#ifndef NEXTFRAME_SESSION_PROGRAMRUNTIME_H
#define NEXTFRAME_SESSION_PROGRAMRUNTIME_H

#include <string>

namespace nextframe {

class Libraries;

/// The name of the host's own thread, by which it is told from the program's.
inline constexpr char ReloadThreadName[] = "nextframe";

/// Gives the program what no shared library has and every executable gets from
/// its start files: atexit and its like.
void provideRuntime(Libraries &Libs);

/// What main is called with; set before anything of the program runs.
struct MainArguments {
  int Count = 0;
  char **Values = nullptr; ///< Ends with a null.
};
void setMainArguments(MainArguments Arguments);

/// Calls what an executable's start files would call before main: with main's
/// arguments and the environment. Main thread.
void callInitialiser(void (*Function)(int, char **, char **));

/// Remembers a finaliser (of .fini_array) for runFinalisers(). Main thread.
void runAtEnd(void (*Function)());

/// Runs the finalisers, the last one first: after all exit handlers, as the dynamic
/// linker does for an executable.
void runFinalisers();

/// Writes out what the program's C and C++ streams still hold.
void flushProgramStreams();

/// Returns the folder of nextframe.h.
std::string headerDir();

} // namespace nextframe

#endif // NEXTFRAME_SESSION_PROGRAMRUNTIME_H
