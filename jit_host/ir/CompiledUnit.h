//===- CompiledUnit.h - What the compiler hands to the linker -------------===//

#ifndef NEXTFRAME_IR_COMPILEDUNIT_H
#define NEXTFRAME_IR_COMPILEDUNIT_H

#include "ir/Facts.h"
#include "ir/Siblings.h"
#include "support/Ids.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace nextframe {

/// The body of a function of the main file that can be compiled anew by itself. All
/// places are offsets into the text.
struct EditableBody {
  uint32_t Name = 0;  ///< Where its declarator's name stands.
  uint32_t Begin = 0; ///< Of the opening brace.
  uint32_t End = 0;   ///< Behind the closing brace.
  /// Its symbols: more than one for a constructor or destructor.
  std::vector<std::string> Symbols;
};

/// The main file's text, and what an edit of single bodies has to know of it.
struct SourceText {
  std::string Text;
  /// By place, none inside another.
  std::vector<EditableBody> Bodies;
  /// Where a line's number becomes part of the program (__LINE__).
  std::vector<uint32_t> LineUses;
  /// Whether code that stays as it is may come to differ after an edit elsewhere, or
  /// the flags ask for more than plain code.
  bool OnlyWhole = false;
};

/// Where the facts of each function and variable are, by name.
struct FactIndex {
  FactIndex() = default;
  explicit FactIndex(const UnitFacts &Facts);

  llvm::StringMap<uint32_t> Functions, Variables;
  llvm::StringMap<uint32_t> Records; ///< By RecordFacts::key().
  /// Over all that is neither a function nor a literal.
  uint64_t Rest = 0;
};

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
  /// Of a unit of which only some bodies were compiled: what differs from Base.
  UnitFacts Facts;
  FactIndex Index; ///< Of a whole unit.
  /// Its lambdas and local statics, and the numbers that they got.
  SiblingFamilies Siblings;
  llvm::SmallVector<char, 0> Bitcode;
  /// Of a unit from the cache: what stands in for Bitcode, and the file that it is in.
  llvm::StringRef StoredBitcode;
  std::shared_ptr<const llvm::MemoryBuffer> Stored;
  SourceText Source;
  /// Hashes of the identifiers of the types that its debug information describes, sorted.
  std::vector<uint64_t> DescribedTypes;

  /// Where only some bodies were compiled: the unit that has the rest, itself whole.
  std::shared_ptr<const CompiledUnit> Base;
  /// The functions and variables that are to be taken from Bitcode, not from Base.
  llvm::StringSet<> Newer;

  /// Returns the facts of all of it, Base's included. Reload thread only.
  const UnitFacts &facts() const;

  llvm::MemoryBufferRef bitcode() const {
    return {Stored ? StoredBitcode : llvm::StringRef(Bitcode.data(), Bitcode.size()), File};
  }

private:
  mutable std::shared_ptr<const UnitFacts> Merged; ///< Once it was asked for.
};

} // namespace nextframe

#endif // NEXTFRAME_IR_COMPILEDUNIT_H
