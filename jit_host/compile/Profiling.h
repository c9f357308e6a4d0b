//===- Profiling.h - Flags that have a program count what it runs ---------===//

#ifndef NEXTFRAME_COMPILE_PROFILING_H
#define NEXTFRAME_COMPILE_PROFILING_H

#include <string>
#include <vector>

namespace nextframe {

/// Takes the flags for coverage and profiles out of \p Args, and returns them. Their counters
/// are laid out and written by start files and a library of an executable's; in a live program,
/// whose functions come and go, there is nothing to count for. Any thread.
std::vector<std::string> takeProfilingFlags(std::vector<std::string> &Args);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_PROFILING_H
