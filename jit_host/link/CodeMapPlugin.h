//===- CodeMapPlugin.h - Tells the code map what JITLink links ------------===//

#ifndef NEXTFRAME_LINK_CODEMAPPLUGIN_H
#define NEXTFRAME_LINK_CODEMAPPLUGIN_H

#include "link/CodeMap.h"

#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"

#include <map>
#include <vector>

namespace nextframe {

/// Keeps a CodeMap true to what is linked. All calls come from the one thread
/// that links and removes.
class CodeMapPlugin : public llvm::orc::ObjectLinkingLayer::Plugin {
public:
  /// \p Map outlives the plug-in. \p Lead bytes in front belong to each object.
  CodeMapPlugin(CodeMap &Map, uint64_t Lead) : Map(Map), Lead(Lead) {}

  void modifyPassConfig(llvm::orc::MaterializationResponsibility &MR, llvm::jitlink::LinkGraph &G,
                        llvm::jitlink::PassConfiguration &Config) override;
  llvm::Error notifyEmitted(llvm::orc::MaterializationResponsibility &MR) override;
  llvm::Error notifyFailed(llvm::orc::MaterializationResponsibility &MR) override;
  llvm::Error notifyRemovingResources(llvm::orc::JITDylib &JD, llvm::orc::ResourceKey Key) override;
  void notifyTransferringResources(llvm::orc::JITDylib &JD, llvm::orc::ResourceKey To,
                                   llvm::orc::ResourceKey From) override;

private:
  CodeMap &Map;
  const uint64_t Lead;
  /// Starts of the objects that are being linked, and of those that are there.
  std::map<llvm::orc::MaterializationResponsibility *, const void *> InProgress;
  std::map<llvm::orc::ResourceKey, std::vector<const void *>> Linked;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_CODEMAPPLUGIN_H
