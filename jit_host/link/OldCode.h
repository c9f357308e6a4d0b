//===- OldCode.h - Which code nobody needs any more -----------------------===//
//
// A replaced body can't go at once: a thread may be in it, a stack or a coroutine
// may lead back into it, the next save may put it back. It goes when
//
//   1. no entry leads to any body of its code object, and no text that is put back
//      would bring one of them back (the plan's history);
//   2. nothing in the memory of the process points into the object, and no thread
//      runs in it, twice, with frames of the program in between.
//
// The body of a function that no source has any more stays, since its address may be
// held where it can't be seen (libc mangles those of exit handlers). When nobody is in
// it, what debuggers know of it goes.
//
// What the second is asked of (the candidates) is gathered first: looking through
// all memory takes its time, so it is done for many at once. Reload thread only.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_OLDCODE_H
#define NEXTFRAME_LINK_OLDCODE_H

#include "link/CodeMap.h"
#include "link/PointerScan.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace nextframe {

/// Who may call an entry.
enum class EntryUse {
  Live, ///< The program, as its sources say.
  Held, ///< Whoever holds its address: no source has its function any more.
  None, ///< Nobody.
};

/// What the program is doing while old code is looked for.
struct DropConditions {
  /// Whether the history of a function may lead back to one of its bodies.
  llvm::function_ref<bool(const BodyRange &)> MayComeBack;
  /// Who may still call an entry, by its symbol.
  llvm::function_ref<EntryUse(llvm::StringRef)> UseOf;
  uint64_t Boundaries = 0;         ///< How many the program has shown.
  bool ShowsNone = false;          ///< It has shown none for a while.
  llvm::function_ref<bool()> Stop; ///< There is something better to do.
};

class OldCode {
public:
  /// How many objects have to gather before memory is looked through for them.
  static constexpr size_t Enough = 32;
  /// So many, and looking through memory goes before the next reload.
  static constexpr size_t TooMany = 64;

  /// \p Map outlives this. The first \p Lead bytes of an object are no function's.
  OldCode(const CodeMap &Map, uint64_t Lead) : Map(Map), Lead(Lead) {}

  /// An object has been linked and kept.
  void noteNew() { ++NewObjects; }

  /// Whether looking is under way: step() is to be called again soon.
  bool isLooking() const { return !Quiet.empty(); }

  /// Does the next step, if it is time for one. \p LedTo are the bodies that the
  /// entries lead to that keep their object; \p Tables is memory of the host's own that holds
  /// addresses of code. Returns the starts of the objects that may go, oldest first. Errors when
  /// memory can't be read.
  llvm::Expected<std::vector<const void *>>
  step(const DropConditions &Now, llvm::function_ref<std::vector<const void *>()> LedTo,
       llvm::function_ref<std::vector<AddressRange>()> Tables);

private:
  using Starts = std::vector<const void *>;
  Starts candidates(const DropConditions &Now, Starts LedTo) const;
  llvm::Expected<std::optional<Starts>> unreferenced(const Starts &Objects,
                                                     const DropConditions &Now,
                                                     std::vector<AddressRange> Skipped) const;

  const CodeMap &Map;
  const uint64_t Lead;
  size_t NewObjects = 0; ///< Since memory was last looked through.
  /// What nothing pointed into when it was looked at, and when that was.
  Starts Quiet;
  uint64_t QuietSince = 0; ///< In boundaries.
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_OLDCODE_H
