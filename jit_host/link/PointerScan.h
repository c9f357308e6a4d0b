//===- PointerScan.h - Does anything in memory point into a range? --------===//
//
// Reads all writable memory of this process word by word, as a conservative garbage
// collector does: stacks of threads and of fibers, the heap with its coroutine
// frames and jump buffers, variables. Whatever looks like an address counts as one.
//
// The memory is read through the kernel, so that a mapping that another thread
// takes away meanwhile is an error and no fault. Pages that were never touched
// hold nothing, and are not read.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_POINTERSCAN_H
#define NEXTFRAME_LINK_POINTERSCAN_H

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace nextframe {

struct AddressRange {
  uint64_t Start = 0, End = 0;
  bool operator<(const AddressRange &Other) const { return Start < Other.Start; }
};

struct ScanRequest {
  /// What is asked about, by address, without overlaps.
  std::vector<AddressRange> Targets;
  /// So many bytes at the beginning of each don't count. (Not left out of the target:
  /// the request itself would then hold an address that does.)
  uint64_t Lead = 0;
  /// Addresses that don't count as pointers into their target, by address.
  std::vector<uint64_t> Ignored;
  /// Memory not to read, by address, without overlaps.
  std::vector<AddressRange> Skipped;
};

/// Returns, for each target, whether something points at it or into it; nothing
/// where \p Stop said so before all was read. The calling thread's own stack is not
/// read. Errors when the system doesn't let memory be read.
llvm::Expected<std::optional<llvm::BitVector>> findPointedAt(const ScanRequest &Request,
                                                             llvm::function_ref<bool()> Stop);

/// Calls \p Found with where each other thread of the process runs. Returns false
/// where that can't be told of every one. A thread that is running now gets a signal
/// (SIGURG, which by itself does nothing); one that waits is left alone. Keeps none
/// of the addresses, so that a scan doesn't find them.
bool findProgramCounters(llvm::function_ref<void(uint64_t)> Found);

} // namespace nextframe

#endif // NEXTFRAME_LINK_POINTERSCAN_H
