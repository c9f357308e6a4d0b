//===- UnitFile.h - A compiled unit as bytes ------------------------------===//
//
// For the cache on disk: written by one start, read by the next one of the same build
// of the host, on the same machine. So the form is as plain as can be; nothing else
// ever reads it.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_IR_UNITFILE_H
#define NEXTFRAME_IR_UNITFILE_H

#include "ir/CompiledUnit.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>

namespace nextframe {

/// Returns all of \p Unit, which is whole, but its bitcode. Any thread.
llvm::SmallVector<char, 0> writeUnit(const CompiledUnit &Unit);

/// Returns what writeUnit() has made \p Bytes of, and takes the bitcode from \p Bitcode,
/// a part of \p Stored, which it keeps. Null where \p Bytes can't be that. Any thread.
std::shared_ptr<CompiledUnit> readUnit(llvm::StringRef Bytes, llvm::StringRef Bitcode,
                                       std::shared_ptr<const llvm::MemoryBuffer> Stored);

} // namespace nextframe

#endif // NEXTFRAME_IR_UNITFILE_H
