//===- BodyHash.h - The identity of a function's body ---------------------===//
//
// Two bodies with the same hash do the same. The hash is over the optimised IR
// with what can't alter behaviour left out (debug locations and records, value
// names and their numbers, attribute and metadata numbering) and everything
// that can left in: types by structure, constants, callees by name, flags,
// attributes, alignments, and the *content* of file-local constants.
//
// llvm::StructuralHash is not it: its detailed mode skips attributes, flags and
// alignment, and hashes local constants by name.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_IR_BODYHASH_H
#define NEXTFRAME_IR_BODYHASH_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace llvm {
class Constant;
class Function;
class GlobalValue;
class GlobalVariable;
class LLVMContext;
class Type;
} // namespace llvm

namespace nextframe {

/// Returns true for what belongs to the body that uses it and is made anew with
/// it: functions that the optimiser or clang made local (coroutine parts, array
/// destructors), and local data that is writable or refers to such functions or
/// to labels.
bool isSatellite(const llvm::GlobalValue &G);

/// Hashes the functions and variables of one module. Not thread-safe: use one a
/// thread.
class BodyHasher {
public:
  using References = llvm::SetVector<const llvm::GlobalValue *>;

  /// Returns the hash of \p F and adds to \p Refs what its body names, with the
  /// references of its satellites in place of the satellites.
  uint64_t hashFunction(const llvm::Function &F, References &Refs);

  /// Returns the hash of the initial content of \p G, as hashFunction().
  uint64_t hashContent(const llvm::GlobalVariable &G, References &Refs);

  /// Returns the hash of \p T's layout; names of structs do not count.
  uint64_t hashType(llvm::Type *T);

private:
  class Stream;
  uint64_t hashLocal(const llvm::GlobalValue &G, References &Refs);
  llvm::StringRef metadataKind(const llvm::LLVMContext &Ctx, unsigned Kind);

  llvm::DenseMap<llvm::Type *, uint64_t> Types;
  llvm::DenseMap<const void *, uint64_t> AttributeLists;
  struct LocalHash {
    uint64_t Hash = 0;
    bool InProgress = true;
    References Refs;
  };
  llvm::DenseMap<const llvm::GlobalValue *, LocalHash> Locals;
  unsigned Depth = 0;        ///< Of hashLocal().
  unsigned CyclesClosed = 0; ///< Seen so far.
  llvm::SmallVector<llvm::StringRef, 64> MetadataKinds;
};

} // namespace nextframe

#endif // NEXTFRAME_IR_BODYHASH_H
