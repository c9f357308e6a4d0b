//===- PrebuiltInitialisers.h - What objects want run at start and end ----===//

#ifndef NEXTFRAME_LINK_PREBUILTINITIALISERS_H
#define NEXTFRAME_LINK_PREBUILTINITIALISERS_H

#include "link/PassPlugin.h"
#include "link/Prebuilt.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"

#include <vector>

namespace nextframe {

/// Keeps the lists of each object that is linked, and remembers them. (The
/// program's own objects have none: the plan says what to run of those.) The
/// thread that links.
class PrebuiltInitialisers : public PassPlugin {
public:
  void modifyPassConfig(llvm::orc::MaterializationResponsibility &MR, llvm::jitlink::LinkGraph &G,
                        llvm::jitlink::PassConfiguration &Config) override;

  /// Says that the object of this name comes next on the link line. What nothing is
  /// said of (a member of an archive) comes behind, as it is linked.
  void comesNext(llvm::StringRef Object) { Places.try_emplace(Object, Places.size()); }

  /// Returns what has been linked and not been forgotten yet.
  PrebuiltFunctions functions() const;
  /// What functions() returned is about to be run.
  void forget() { Found.clear(); }

private:
  struct List {
    bool AtEnd;        ///< Finalisers.
    unsigned Priority; ///< Lower is earlier, for finalisers later.
    size_t Place;      ///< Of the object, on the link line.
    std::vector<void *> Functions;
  };
  llvm::Error collect(llvm::jitlink::LinkGraph &G);

  llvm::StringMap<size_t> Places;
  std::vector<List> Found;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_PREBUILTINITIALISERS_H
