//===- Trace.h - A Chrome trace of every phase of every reload ------------===//
//
// LLVM's TimeProfiler keeps one recording a thread; a thread that is done hands
// its recording over. The file is written whole after the start and after each
// reload, so that it is complete whenever the program ends.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SUPPORT_TRACE_H
#define NEXTFRAME_SUPPORT_TRACE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace nextframe {

/// The --time-trace file; does nothing where none was asked for.
class TraceFile {
public:
  explicit TraceFile(llvm::StringRef Path) : Path(Path) {}

  /// Records on the calling thread from now on.
  void beginThread() const;
  /// Hands the calling thread's recording over; call at its end.
  void endThread() const;
  /// Writes all that was handed over and the calling thread's own recording.
  llvm::Error write() const;

private:
  std::string Path;
};

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_TRACE_H
