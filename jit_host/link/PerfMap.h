//===- PerfMap.h - Tells perf the names of the program's functions --------===//
//
// perf looks for the names of code in memory in /tmp/perf-PID.map, when it makes its
// report: a line a function, with address, size and name. A function has a line for
// each body; the addresses of one are not used again while there is a map.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_PERFMAP_H
#define NEXTFRAME_LINK_PERFMAP_H

#include "link/PassPlugin.h"

#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <string>

namespace nextframe {

/// One thread at a time: the one that links.
class PerfMap : public PassPlugin {
public:
  /// Makes the file of this process. Errors when it can't be written.
  static llvm::Expected<std::shared_ptr<PerfMap>> create();

  void modifyPassConfig(llvm::orc::MaterializationResponsibility &MR, llvm::jitlink::LinkGraph &G,
                        llvm::jitlink::PassConfiguration &Config) override;

private:
  explicit PerfMap(int File) : Stream(File, /*shouldClose=*/true) {}

  llvm::raw_fd_ostream Stream;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_PERFMAP_H
