//===- CodeMap.h - Which body of which function an address lies in --------===//
//
// A table of all code of the program that is in memory: which code objects there
// are, and which function's body, of which generation, lies where in each. It is
// filled when an object is linked, before anything of it can run, and cleared of
// it when its memory is given back.
//
// The reload thread alone writes. It reads, too, and so does the main thread
// inside a commit, where the reload thread waits for it. Reading takes no lock and
// no memory, so that it is safe while other threads are stopped wherever they are.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_CODEMAP_H
#define NEXTFRAME_LINK_CODEMAP_H

#include "support/Ids.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstddef>
#include <string>
#include <vector>

namespace nextframe {

/// One body of a function in memory.
struct BodyRange {
  std::string Function; ///< The program's name for it, as in a plan.
  Generation Gen{};     ///< Which generation made the body.
  const void *Start = nullptr;
  size_t Size = 0; ///< Bytes; its satellites lie elsewhere in the object.
};

/// Code that was linked as one and goes as one. Entries are objects without
/// bodies.
struct CodeObject {
  const void *Start = nullptr;
  size_t Size = 0;               ///< Bytes of code, padding and satellites included.
  std::vector<BodyRange> Bodies; ///< By address.
};

class CodeMap {
public:
  /// Adds \p Object, whose bodies may come in any order. Objects don't overlap.
  void add(CodeObject Object);

  /// Forgets the object that starts at \p Start, if there is one.
  void remove(const void *Start);

  /// Returns the body that contains \p Address, or null: padding, a satellite, an
  /// entry, or none of the program's code. (A return address may lie right behind
  /// the call that its body ends with: look up the byte before it.)
  const BodyRange *find(const void *Address) const;

  /// Returns the object that contains \p Address, or null.
  const CodeObject *findObject(const void *Address) const;

  /// Returns whether \p Address lies in code of the program: a body, a satellite
  /// or an entry.
  bool isProgramCode(const void *Address) const { return findObject(Address) != nullptr; }

  /// All objects, by address.
  llvm::ArrayRef<CodeObject> objects() const { return Objects; }

private:
  std::vector<CodeObject> Objects;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_CODEMAP_H
