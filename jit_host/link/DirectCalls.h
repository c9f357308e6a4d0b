//===- DirectCalls.h - Calls of functions that nobody has replaced yet ----===//
//
// An entry costs each call a jump, which is a quarter of the time of code that does little
// but call. So the calls that the first link of a program makes, and its virtual tables,
// lead past the entries to the bodies. Before an entry is pointed elsewhere, all that
// leads past it is led to it again: that changes nothing for the program, so it can be
// done while the program runs, and whether or not anything comes of the reload.
//
// A call is rewritten while threads may be executing it. Its displacement lies in eight
// bytes that are aligned (see CodeGenerator), and a store to such is seen whole by
// whoever fetches from them: AMD's manual says so (24593, 7.6.1), Intel's of every store
// within a cache line. A call that lies otherwise keeps to the entry.
//
// One thread at a time: the one that links.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_DIRECTCALLS_H
#define NEXTFRAME_LINK_DIRECTCALLS_H

#include "link/PassPlugin.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace nextframe {

class DirectCalls : public PassPlugin {
public:
  /// Notes the calls and virtual tables of what is linked, until makeDirect().
  void modifyPassConfig(llvm::orc::MaterializationResponsibility &MR, llvm::jitlink::LinkGraph &G,
                        llvm::jitlink::PassConfiguration &Config) override;

  /// Leads what was noted past the entries to \p BodyOf an entry's symbol, where that isn't
  /// null. Nothing of it runs yet. Where the system doesn't let code be written, nothing
  /// is done.
  void makeDirect(llvm::function_ref<const void *(llvm::StringRef)> BodyOf);

  /// Leads what was led past one of \p Entries to it again, for good. On an error some of
  /// it may not be: the entry must lead where it did.
  llvm::Error useEntries(llvm::ArrayRef<llvm::StringRef> Entries);

  /// Forgets the calls in \p Size bytes of code from \p Start, which are about to go.
  void forget(const void *Start, size_t Size);

  /// How many calls and slots of tables lead past \p Entry.
  size_t count(llvm::StringRef Entry) const;

private:
  /// What calls one function.
  struct Callers {
    std::vector<int32_t *> Calls; ///< Their displacements.
    std::vector<const void **> Slots;
    const void *Entry = nullptr;
    const void *Body = nullptr; ///< Null where they lead to the entry.
  };
  void note(llvm::jitlink::LinkGraph &G);

  bool IsNoting = true;
  llvm::StringMap<Callers> ByEntry;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_DIRECTCALLS_H
