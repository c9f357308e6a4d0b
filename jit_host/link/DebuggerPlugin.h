//===- DebuggerPlugin.h - Tells debuggers what JITLink links --------------===//

#ifndef NEXTFRAME_LINK_DEBUGGERPLUGIN_H
#define NEXTFRAME_LINK_DEBUGGERPLUGIN_H

#include "link/DebugObject.h"

#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"

#include <map>
#include <memory>
#include <vector>

namespace nextframe {

/// Keeps a debug object for each linked object, for as long as that stays. All
/// calls come from the one thread that links and removes.
class DebuggerPlugin : public llvm::orc::ObjectLinkingLayer::Plugin {
public:
  void notifyMaterializing(llvm::orc::MaterializationResponsibility &MR,
                           llvm::jitlink::LinkGraph &G, llvm::jitlink::JITLinkContext &Ctx,
                           llvm::MemoryBufferRef File) override;
  void modifyPassConfig(llvm::orc::MaterializationResponsibility &MR, llvm::jitlink::LinkGraph &G,
                        llvm::jitlink::PassConfiguration &Config) override;
  llvm::Error notifyEmitted(llvm::orc::MaterializationResponsibility &MR) override;
  llvm::Error notifyFailed(llvm::orc::MaterializationResponsibility &MR) override;
  llvm::Error notifyRemovingResources(llvm::orc::JITDylib &JD, llvm::orc::ResourceKey Key) override;
  void notifyTransferringResources(llvm::orc::JITDylib &JD, llvm::orc::ResourceKey To,
                                   llvm::orc::ResourceKey From) override;

  /// Makes \p File, made from newer text than the object that \p Key alone stands for,
  /// tell of the functions that have the same code in both; null for none, which
  /// takes back what was told of newer text before. Where it is no such file nothing
  /// changes.
  void refresh(llvm::orc::ResourceKey Key, const llvm::MemoryBuffer *File);

  /// Takes what \p Key stands for out of the debuggers' list.
  void forget(llvm::orc::ResourceKey Key) { Linked.erase(Key); }

  /// Where the debug objects lie in memory.
  std::vector<std::pair<const char *, const char *>> memory() const;

private:
  struct Told {
    std::unique_ptr<DebugObject> Linked;
    std::unique_ptr<DebugObject> Newer; ///< Of functions whose lines have moved.
  };
  using Objects = std::vector<Told>;
  std::map<llvm::orc::MaterializationResponsibility *, std::unique_ptr<DebugObject>> InProgress;
  std::map<llvm::orc::ResourceKey, Objects> Linked;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_DEBUGGERPLUGIN_H
