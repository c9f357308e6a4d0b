//===- KeptCode.h - The objects of code that are in memory ----------------===//
//
// What was linked and has become live, until nothing needs it any more, and what
// debuggers are told of it meanwhile. The reload thread.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_KEPTCODE_H
#define NEXTFRAME_LINK_KEPTCODE_H

#include "link/LineRefresh.h"
#include "link/LinkSession.h"
#include "link/OldCode.h"
#include "support/Ids.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ExecutionEngine/Orc/Core.h"

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace nextframe {

/// What is needed to take an object of code out of memory again.
struct KeptObject {
  llvm::orc::ResourceTrackerSP Tracker;
  UnitId Unit;
  Generation Gen{};
  /// The functions that it has a body of, and where the source had their code when
  /// it was compiled.
  llvm::StringMap<uint64_t> Lines;
  /// Of what debuggers were told since: a hash of the lines; 0 for nothing.
  uint64_t ToldLines = 0;
  bool IsUntold = false; ///< Debuggers know nothing of it any more.
  /// What useNearEntries() was given for its code, for the same code to be made again.
  std::shared_ptr<const llvm::StringSet<>> Near;
};

class KeptCode {
public:
  /// The pointer behind each function's entry, by the entry's symbol.
  using Slots = llvm::StringMap<void **>;

  /// \p Session and \p Entries outlive this.
  KeptCode(LinkSession &Session, const Slots &Entries)
      : Session(Session), Entries(Entries), Old(Session.codeMap(), ProgramMemory::CodeLead) {}

  /// Takes over what was linked for \p Gen.
  void add(std::vector<KeptObject> Made, Generation Gen);

  /// Linker::refreshLines().
  bool refreshLines(const LineRefresh &Request);

  /// Linker::dropOldCode().
  std::vector<BodyRange> drop(const DropConditions &Now);

  bool isDropping() const { return Old.isLooking(); }
  size_t size() const { return Objects.size(); }

private:
  void refreshLines(KeptObject &Object, const LineRefresh &Request);
  std::vector<const void *> ledTo(const DropConditions &Now, bool Untold) const;
  std::set<const void *> held(const DropConditions &Now) const;
  std::vector<AddressRange> tables() const;

  LinkSession &Session;
  const Slots &Entries;
  OldCode Old;
  std::map<const void *, KeptObject> Objects; ///< By where each begins.
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_KEPTCODE_H
