//===- ThreadReserve.h - Room that every thread has, at the same place ----===//
//
// Code that was compiled for an executable finds a thread-local variable at a fixed
// distance from the thread pointer, in a block that is laid out before the process
// starts. jit_host keeps some room in its own part of that block for what it links later.
//
// The C library gives each new thread that room as zeros; what its variables are to begin
// with is written by prepareThread(), which each thread of the process calls first
// (HostThreadStart.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SUPPORT_THREADRESERVE_H
#define NEXTFRAME_SUPPORT_THREADRESERVE_H

#include "llvm/ADT/ArrayRef.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace nextframe {

/// How much of it there is, in bytes.
inline constexpr size_t ThreadReserveSize = 16 * 1024;

/// Takes \p Size bytes of the reserve. Returns where they are from the thread pointer, or
/// nothing where there is no room left. \p Align is at most 64. Any thread.
std::optional<int64_t> takeThreadReserve(size_t Size, size_t Align);

/// Gives what is \p Offset from the thread pointer the value \p Bytes: of all threads that there
/// are, and as the first value of those to come. Any thread; nobody may use it yet.
void setThreadReserve(int64_t Offset, llvm::ArrayRef<char> Bytes);

/// Gives the calling thread the first values. Once a thread.
void prepareThread();

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_THREADRESERVE_H
