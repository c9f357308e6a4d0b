//===- CompiledUnit.h - What the compiler hands to the linker -------------===//

#ifndef NEXTFRAME_IR_COMPILEDUNIT_H
#define NEXTFRAME_IR_COMPILEDUNIT_H

#include "ir/Facts.h"
#include "ir/Siblings.h"
#include "support/Ids.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MemoryBufferRef.h"

#include <string>

namespace nextframe {

/// One translation unit, compiled: its optimised module and the facts about it.
/// A value that nobody changes once it is made; any thread may read it.
///
/// The module is kept as bitcode, not as an llvm::Module: a later reload takes
/// single functions out of it lazily and in a context of its own, no context is
/// shared between threads, and a unit costs what its bitcode does.
struct CompiledUnit {
  UnitId Id{};
  /// The main file, relative to the source folder.
  std::string File;
  unsigned OptLevel = 0; ///< -O: 0 to 3.
  UnitFacts Facts;
  /// Its lambdas and local statics, and the numbers that they got.
  SiblingFamilies Siblings;
  llvm::SmallVector<char, 0> Bitcode;

  llvm::MemoryBufferRef bitcode() const {
    return {llvm::StringRef(Bitcode.data(), Bitcode.size()), File};
  }
};

} // namespace nextframe

#endif // NEXTFRAME_IR_COMPILEDUNIT_H
