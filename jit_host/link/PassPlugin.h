//===- PassPlugin.h - A plug-in that only adds passes ---------------------===//

#ifndef NEXTFRAME_LINK_PASSPLUGIN_H
#define NEXTFRAME_LINK_PASSPLUGIN_H

#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/Support/Error.h"

namespace nextframe {

/// For plug-ins that look at what is linked, and needn't know when it fails or goes.
class PassPlugin : public llvm::orc::ObjectLinkingLayer::Plugin {
public:
  llvm::Error notifyFailed(llvm::orc::MaterializationResponsibility &) override {
    return llvm::Error::success();
  }
  llvm::Error notifyRemovingResources(llvm::orc::JITDylib &, llvm::orc::ResourceKey) override {
    return llvm::Error::success();
  }
  void notifyTransferringResources(llvm::orc::JITDylib &, llvm::orc::ResourceKey,
                                   llvm::orc::ResourceKey) override {}
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_PASSPLUGIN_H
