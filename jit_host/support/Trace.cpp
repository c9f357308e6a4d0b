//===- Trace.cpp - A Chrome trace of every phase of every reload ----------===//

#include "support/Trace.h"
#include "support/Diagnostics.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace nextframe;

void TraceFile::beginThread() const {
  // Every phase is shown, and a plan takes microseconds.
  constexpr unsigned GranularityUs = 0;
  if (!Path.empty())
    timeTraceProfilerInitialize(GranularityUs, "jit_host");
}

void TraceFile::endThread() const {
  if (!Path.empty())
    timeTraceProfilerFinishThread();
}

Error TraceFile::write() const {
  if (Path.empty())
    return Error::success();
  // The process may end at any moment: the file that is there is replaced at once.
  std::string Target = sys::fs::is_regular_file(Path) ? Path + ".new" : Path;
  std::error_code EC;
  {
    raw_fd_ostream OS(Target, EC);
    if (!EC)
      timeTraceProfilerWrite(OS);
  }
  if (!EC && Target != Path)
    EC = sys::fs::rename(Target, Path);
  if (EC)
    return makeError(diag::err_cannot_write, "--time-trace", Path, EC.message());
  return Error::success();
}
