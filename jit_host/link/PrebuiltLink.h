//===- PrebuiltLink.h - Links what a build has compiled already -----------===//

#ifndef NEXTFRAME_LINK_PREBUILTLINK_H
#define NEXTFRAME_LINK_PREBUILTLINK_H

#include "link/LinkSession.h"
#include "link/Prebuilt.h"
#include "link/PrebuiltInitialisers.h"

#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <vector>

namespace nextframe {

class Libraries;

/// What the program is linked with and doesn't define itself: objects, archives and
/// shared libraries. The thread that links.
class PrebuiltLink {
public:
  /// \p Session and \p Libs outlive this.
  PrebuiltLink(LinkSession &Session, const Libraries &Libs, Prebuilt Files)
      : Session(Session), Libs(Libs), Files(std::move(Files)) {}

  /// Makes it known to the session, once. Errors where a file can't be linked.
  llvm::Error add();

  /// Adds \p Object, assembly of the program's, to go with \p Tracker. Returns a symbol that is
  /// to be looked up for it to be linked; null where it has none.
  llvm::Expected<llvm::orc::SymbolStringPtr> addAssembly(std::unique_ptr<llvm::MemoryBuffer> Object,
                                                         llvm::orc::ResourceTrackerSP Tracker);

  const Prebuilt &files() const { return Files; }
  /// Whether there are objects or archives, the compiler's own library left out.
  bool hasFiles() const { return HasFiles; }
  /// Returns whether a file or a library has \p Symbol.
  bool defines(llvm::StringRef Symbol) const;

  /// A symbol of each object that the next link is to link whether something needs it
  /// or not.
  llvm::ArrayRef<llvm::orc::SymbolStringPtr> roots() const { return Roots; }
  /// Returns the initialisers of what has been linked and was not kept yet.
  PrebuiltFunctions functions() const { return Initialisers->functions(); }
  /// What was linked stays, and what functions() returned is about to be run.
  void keep();

private:
  llvm::Error addArchive(Prebuilt::Archive A);
  llvm::Expected<llvm::orc::MaterializationUnit::Interface>
  interfaceOf(llvm::MemoryBufferRef Object);
  llvm::Error addWhole(std::unique_ptr<llvm::MemoryBuffer> Object);

  LinkSession &Session;
  const Libraries &Libs;
  Prebuilt Files;
  bool HasFiles = false;
  std::vector<llvm::orc::SymbolStringPtr> Roots;
  std::shared_ptr<PrebuiltInitialisers> Initialisers = std::make_shared<PrebuiltInitialisers>();
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_PREBUILTLINK_H
