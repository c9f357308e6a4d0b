//===- CrashHandler.h - A crash of the program is told before it ends -----===//
//
// Handlers for the signals by which programs crash. They change nothing about how
// the process ends: its status, its core, the place that a debugger shows are
// those of the crash itself. A handler that the program installs takes the place
// of ours.
//
// In the process that crashed nothing is done but to make another one, by a plain
// clone(): no lock is taken, no memory allocated. The copy may look at everything,
// and only it suffers where that hangs or crashes. It unwinds the stack, writes a
// CrashRecord, and becomes a fresh `jit_host --crash-report` that reads it (see
// CrashReport.h). Meanwhile the crashed process waits, at most for some seconds.
//
// Where a debugger is attached, it has seen the crash, and nothing is told.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_CRASH_CRASHHANDLER_H
#define NEXTFRAME_CRASH_CRASHHANDLER_H

#include <cstddef>
#include <string>

namespace nextframe {

struct CrashOptions {
  std::string SourceDir;  ///< Absolute: paths are told relative to it.
  std::string HostThread; ///< The name of threads that run nothing of the program.
  /// Calls its argument with each file of debug information, and with \p Context. It
  /// is called in the copy of the process, while the list may be in any state that
  /// it goes through.
  void (*EachDebugFile)(void (*Take)(const char *File, size_t Size, void *Context), void *Context);
};

/// Installs the handlers, and gives the calling thread (the main one) a stack for
/// them. Call once, behind installCrashGuard(), before the program runs.
void installCrashHandler(CrashOptions Options);

} // namespace nextframe

#endif // NEXTFRAME_CRASH_CRASHHANDLER_H
