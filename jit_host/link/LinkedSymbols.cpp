//===- LinkedSymbols.cpp - What was linked, by name -----------------------===//

#include "link/LinkedSymbols.h"
#include "link/Entries.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ExecutionEngine/JITLink/JITLink.h"

using namespace llvm;
using namespace nextframe;

/// Whether other files may know it by its name. (A body has an entry; what is a file's
/// own and literals have names of ours; a slot table is no variable.)
static bool isVisible(const jitlink::Symbol &S) {
  if (!S.hasName() || S.getScope() != jitlink::Scope::Default)
    return false;
  StringRef Name = *S.getName();
  return !Name.starts_with("lit.") && !Name.starts_with("initial.") &&
         !Name.starts_with("entries.") && !Name.contains(".in.");
}

void LinkedSymbols::modifyPassConfig(orc::MaterializationResponsibility &, jitlink::LinkGraph &G,
                                     jitlink::PassConfiguration &Config) {
  // What stands in for an executable's start files is not the program's.
  if (G.getName().starts_with(DsoHandleModule) || G.getName().starts_with(OperatorFormsModule))
    return;
  Config.PostFixupPasses.push_back([this](jitlink::LinkGraph &G) {
    for (jitlink::Symbol *S : G.defined_symbols())
      if (isVisible(*S))
        Found[*S->getName()] = {S->getAddress().toPtr<void *>(), S->isCallable()};
    return Error::success();
  });
}
