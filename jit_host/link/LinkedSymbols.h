//===- LinkedSymbols.h - What was linked, by name -------------------------===//

#ifndef NEXTFRAME_LINK_LINKEDSYMBOLS_H
#define NEXTFRAME_LINK_LINKEDSYMBOLS_H

#include "link/PassPlugin.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"

namespace nextframe {

/// Where a symbol of the program's is, and whether it is a function's.
struct LinkedSymbol {
  void *Address = nullptr;
  bool IsFunction = false;
};

using SymbolMap = llvm::StringMap<LinkedSymbol>;

/// Notes the entries and variables of the program and of what was built before, as far as other
/// files may name them. The thread that links.
class LinkedSymbols : public PassPlugin {
public:
  void modifyPassConfig(llvm::orc::MaterializationResponsibility &MR, llvm::jitlink::LinkGraph &G,
                        llvm::jitlink::PassConfiguration &Config) override;

  /// Returns what was noted since it was called last.
  SymbolMap take() { return std::exchange(Found, {}); }

private:
  SymbolMap Found;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_LINKEDSYMBOLS_H
