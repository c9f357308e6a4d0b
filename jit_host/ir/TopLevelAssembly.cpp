//===- TopLevelAssembly.cpp - Assembly outside of functions ---------------===//

#include "ir/TopLevelAssembly.h"

#include "llvm/IR/Module.h"
#include "llvm/Object/ModuleSymbolTable.h"
#include "llvm/Object/SymbolicFile.h"

using namespace llvm;
using namespace nextframe;
using object::BasicSymbolRef;

AssemblyFacts nextframe::takeAssembly(Module &M) {
  AssemblyFacts Result;
  if (M.getModuleInlineAsm().empty())
    return Result;
  Result.Text = M.getModuleInlineAsm();
  std::string Shown;
  ModuleSymbolTable::CollectAsmSymbols(M, [&](StringRef Name, BasicSymbolRef::Flags Flags) {
    if (Flags & BasicSymbolRef::SF_Undefined)
      return;
    bool IsGlobal = Flags & (BasicSymbolRef::SF_Global | BasicSymbolRef::SF_Weak);
    if (!IsGlobal && !M.getNamedValue(Name))
      return;
    if (!IsGlobal)
      Shown += (".globl \"" + Name + "\"\n").str();
    Result.Defines.push_back(Name.str());
  });
  Result.Text += Shown;
  M.setModuleInlineAsm("");
  return Result;
}
