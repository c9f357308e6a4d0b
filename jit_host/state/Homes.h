//===- Homes.h - Where the program's variables lie ------------------------===//
//
// Every variable of the program has one home for the whole run. Homes remembers
// how the initialiser left each of them, so that an edited initialiser can be
// told apart from a value that the program has made its own (the three-way
// rule: old initial value, value now, new initial value).
//
// Only inside a commit, and before main: on the main thread at a frame boundary,
// or on the reload thread where the program shows none. Commits never overlap.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_STATE_HOMES_H
#define NEXTFRAME_STATE_HOMES_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <vector>

namespace nextframe {

class Homes {
public:
  /// Above this a variable's bytes are not remembered, and it counts as changed:
  /// reading it would touch memory that the program never has.
  static constexpr uint64_t LargestCompared = uint64_t(64) * 1024;

  /// Adds the home of \p Variable, or takes its present bytes as those that its
  /// initialiser gave.
  void remember(llvm::StringRef Variable, void *Address, uint64_t Size);

  /// As above, for one that is known.
  void rememberAgain(llvm::StringRef Variable);

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

  /// Returns whether \p Variable has a home here.
  bool isKnown(llvm::StringRef Variable) const { return Known.contains(Variable); }

  /// Returns whether \p Variable is too large for isUntouched() to tell.
  bool isTooLarge(llvm::StringRef Variable) const;

  /// Returns whether \p Variable still has the bytes that its initialiser gave.
  /// Allocates nothing.
  bool isUntouched(llvm::StringRef Variable) const;

  /// Returns the bytes that the initialiser of \p Variable gave, until the next change
  /// here; null where they are not known.
  const uint8_t *initialBytes(llvm::StringRef Variable) const;

  /// Gives \p Variable the bytes at \p Content as its initial value.
  void assign(llvm::StringRef Variable, const void *Content);

private:
  struct Home {
    void *Address = nullptr;
    uint64_t Size = 0;
    bool IsInitialKnown = false;
    std::vector<uint8_t> Initial; ///< Empty for nothing but zeros.
  };
  static void setInitial(Home &H, const void *Bytes);
  static const uint8_t *initialBytes(const Home &H);

  llvm::StringMap<Home> Known;
};

} // namespace nextframe

#endif // NEXTFRAME_STATE_HOMES_H
