//===- Homes.h - Where the program's variables lie ------------------------===//
//
// Every variable of the program has one home for the whole run. Homes remembers
// how the initialiser left each of them, so that an edited initialiser can be
// told apart from a value that the program has made its own (the three-way
// rule: old initial value, value now, new initial value). The value is the variable's
// bytes and what they lead to on the heap: see ReachedValue.h.
//
// Only inside a commit, and before main: on the main thread at a frame boundary,
// or on the reload thread where the program shows none. Commits never overlap.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_STATE_HOMES_H
#define NEXTFRAME_STATE_HOMES_H

#include "state/ReachedValue.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace nextframe {

/// What a variable's initialiser has left there.
struct InitialValue {
  /// Up to this the bytes themselves are remembered, above it a hash.
  static constexpr uint64_t LargestCopied = uint64_t(64) * 1024;

  bool KnowsBytes = false;
  std::vector<uint8_t> Bytes; ///< Empty for nothing but zeros.
  /// With what the bytes lead to; nothing where that is too much.
  std::optional<ReachedValue> Reached;
  bool IsOnlyBytes = false; ///< It leads nowhere, or where to is not known.

  /// Returns the value that lies at \p Address, \p Size bytes.
  static InitialValue at(const void *Address, uint64_t Size);
  /// Returns one whose bytes are those at \p Content; where that is null, one of which
  /// nothing is known.
  static InitialValue ofBytes(const void *Content, uint64_t Size);
  /// Returns the bytes; null where they are not known.
  const uint8_t *bytes() const;
};

class Homes {
public:
  static constexpr uint64_t LargestCompared = InitialValue::LargestCopied;

  /// Adds the home of \p Variable, or takes its present bytes as those that its
  /// initialiser gave.
  void remember(llvm::StringRef Variable, void *Address, uint64_t Size);

  /// As above, for one that is known.
  void rememberAgain(llvm::StringRef Variable);

  /// Takes \p Value as what the initialiser of \p Variable gave, which lies at \p Address; not
  /// where its home is another, or none.
  void rememberValue(llvm::StringRef Variable, const void *Address, InitialValue Value);

  /// Gives \p Variable another home, whose present bytes don't count: an initialiser
  /// would have left \p Initial there, \p Size bytes; where that is null, nobody knows.
  void move(llvm::StringRef Variable, void *Address, uint64_t Size, const void *Initial);

  /// Calls the variable \p Old \p New from now on, if it is known.
  void rename(llvm::StringRef Old, llvm::StringRef New);

  /// Takes back what remember() added: a commit that comes to nothing.
  void forget(llvm::StringRef Variable) { Known.erase(Variable); }

  /// Calls \p Visit with the place and size of each home. Allocates nothing.
  void forEach(llvm::function_ref<void(const void *, uint64_t)> Visit) const {
    for (const auto &Entry : Known)
      Visit(Entry.second.Address, Entry.second.Size);
  }

  /// Returns where \p Variable lies, and its size; null where it has no home here.
  std::pair<void *, uint64_t> homeOf(llvm::StringRef Variable) const {
    auto It = Known.find(Variable);
    return It == Known.end() ? std::pair<void *, uint64_t>()
                             : std::pair(It->second.Address, It->second.Size);
  }

  /// Returns whether \p Variable has a home here.
  bool isKnown(llvm::StringRef Variable) const { return Known.contains(Variable); }

  /// What the program has done to a variable since its initialiser.
  enum class Change {
    None,
    Value,   ///< It has other bytes.
    Reached, ///< Something that it leads to differs.
    Unknown, ///< It has no home here, or leads to more than is read.
  };
  /// Allocates nothing.
  Change changeOf(llvm::StringRef Variable) const;

  /// Returns whether \p Variable still has the value that its initialiser gave.
  bool isUntouched(llvm::StringRef Variable) const { return changeOf(Variable) == Change::None; }

  /// Returns whether \p Variable still has the bytes that its initialiser gave, and no
  /// more than LargestCompared of them. Allocates nothing.
  bool hasInitialBytes(llvm::StringRef Variable) const;

  /// Returns the bytes that the initialiser of \p Variable gave, until the next change
  /// here; null where they are not known, as of one above LargestCompared.
  const uint8_t *initialBytes(llvm::StringRef Variable) const;

  /// Gives \p Variable the bytes at \p Content as its initial value.
  void assign(llvm::StringRef Variable, const void *Content);

private:
  struct Home {
    void *Address = nullptr;
    uint64_t Size = 0;
    InitialValue Initial;
  };

  llvm::StringMap<Home> Known;
};

} // namespace nextframe

#endif // NEXTFRAME_STATE_HOMES_H
