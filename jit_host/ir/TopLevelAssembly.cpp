//===- TopLevelAssembly.cpp - Assembly outside of functions ---------------===//

#include "ir/TopLevelAssembly.h"

#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Object/ModuleSymbolTable.h"
#include "llvm/Object/SymbolicFile.h"

using namespace llvm;
using namespace nextframe;
using object::BasicSymbolRef;

namespace {

/// What is wrong with the text is told when it is assembled. (Without a handler, LLVM ends
/// the process at an error.)
class Silent : public DiagnosticHandler {
public:
  bool handleDiagnostics(const DiagnosticInfo &) override { return true; }
};

} // namespace

AssemblyFacts nextframe::takeAssembly(Module &M) {
  AssemblyFacts Result;
  if (M.getModuleInlineAsm().empty())
    return Result;
  Result.Text = M.getModuleInlineAsm();
  std::string Shown;
  std::unique_ptr<DiagnosticHandler> Before = M.getContext().getDiagnosticHandler();
  M.getContext().setDiagnosticHandler(std::make_unique<Silent>());
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
  M.getContext().setDiagnosticHandler(std::move(Before));
  Result.Text += Shown;
  M.setModuleInlineAsm("");
  return Result;
}
