//===- CrashReport.h - Names and lines of a crash -------------------------===//

#ifndef NEXTFRAME_CRASH_CRASHREPORT_H
#define NEXTFRAME_CRASH_CRASHREPORT_H

#include "llvm/ADT/StringRef.h"

namespace nextframe {

/// Reads a CrashRecord from the descriptor \p File and says on standard error what
/// crashed and where; paths below \p SourceDir are shown relative to it. Returns the
/// status to leave with. For a process of its own, which has run nothing else.
int reportCrash(int File, llvm::StringRef SourceDir);

} // namespace nextframe

#endif // NEXTFRAME_CRASH_CRASHREPORT_H
