//===- CollectFacts.h - Read the facts off an optimised module ------------===//

#ifndef NEXTFRAME_IR_COLLECTFACTS_H
#define NEXTFRAME_IR_COLLECTFACTS_H

#include "ir/Facts.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace llvm {
class Module;
} // namespace llvm

namespace nextframe {

/// What only the source knows about a variable.
struct SourceVariable {
  std::string TypeName;
  ValueShape Shape;
  std::string Meaning;
  uint64_t InitialiserText = 0; ///< As VariableFacts'.
  bool TriviallyCopyable = false;
  ValuePart NotPlain;
  /// How many objects of the program's types it holds, by RecordFacts::key().
  std::map<std::string, uint64_t> Contents;
};

/// What only the source knows about a function; see also ir/InlinedTypes.h.
struct SourceFunction {
  /// The types whose layout its code may depend on, by RecordFacts::key().
  std::set<std::string> Types;
  bool TypesComplete = false;
};

/// What only the source knows about a virtual table; types by RecordFacts::key().
struct SourceVTable {
  std::string Class;
  std::set<std::string> ClassAndBases;
};

/// HiddenObjects, with the type by its key.
struct SourceHiding {
  std::string Type;
  Hiding How;
  std::string File;
  unsigned Line;
};

/// All that only the source knows.
struct SourceFacts {
  /// Layouts of the program's own classes. Those of system headers are left out:
  /// they don't change under a running program.
  std::vector<RecordFacts> Records;
  /// By linker name.
  llvm::StringMap<SourceVariable> Variables;
  llvm::StringMap<SourceFunction> Functions;
  /// By the linker name of the class's table ("_ZTV…").
  std::map<std::string, SourceVTable> VTables;
  /// What an allocation of a type is for, as BlockType::encode(), by the name that
  /// clang marks the allocation with. Only types that hold objects of the program's.
  llvm::StringMap<std::string> BlockTypes;
  std::vector<SourceHiding> Hidden;
};

/// Returns the facts about \p M, which promote() and then the optimiser have
/// gone over. Names file-local constants by their content (`lit.<hash>`, or with
/// the file's \p Tag where their address counts) on the way, and does settleInlined().
UnitFacts collectFacts(llvm::Module &M, llvm::StringRef Tag, SourceFacts Source);

/// Returns CompiledUnit::DescribedTypes of \p M.
std::vector<uint64_t> describedTypes(const llvm::Module &M);

/// Returns the hash of a type's identifier in debug information.
uint64_t hashIdentifier(llvm::StringRef Identifier);

} // namespace nextframe

#endif // NEXTFRAME_IR_COLLECTFACTS_H
