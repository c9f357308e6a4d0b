//===- Entries.cpp - The stable addresses that functions are called by ----===//
//
// x86-64. Another machine needs its own text for one entry and for the table,
// and nothing else here.
//
//===----------------------------------------------------------------------===//

#include "link/Entries.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;
using namespace nextframe;

std::string nextframe::tableSymbol(Generation G) { return "entries.v" + std::to_string(number(G)); }

static std::unique_ptr<Module> assemble(StringRef Name, StringRef Text, LLVMContext &Ctx) {
  auto M = std::make_unique<Module>(Name, Ctx);
  M->setTargetTriple(Triple(sys::getDefaultTargetTriple()));
  M->setModuleInlineAsm(Text);
  return M;
}

std::unique_ptr<Module> nextframe::makeDsoHandle(LLVMContext &Ctx) {
  // Null, as in an executable: its handlers run at exit and never before.
  return assemble("dso_handle", ".data\n.p2align 3\n.globl __dso_handle\n__dso_handle:\n.quad 0\n",
                  Ctx);
}

static void writeEntry(raw_ostream &OS, StringRef Symbol, StringRef Table, size_t Index) {
  OS << ".globl \"" << Symbol << "\"\n"
     << ".type \"" << Symbol << "\",@function\n"
     << ".p2align 3\n"
     << '"' << Symbol << "\":\n"
     << ".cfi_startproc\n"
     << "jmpq *\"" << Table << "\"+" << Index * sizeof(void *) << "(%rip)\n"
     << ".cfi_endproc\n"
     << ".size \"" << Symbol << "\", .-\"" << Symbol << "\"\n";
}

std::unique_ptr<Module> nextframe::makeEntries(ArrayRef<NewEntry> Entries, Generation G,
                                               LLVMContext &Ctx) {
  std::string Table = tableSymbol(G);
  std::string Text;
  raw_string_ostream OS(Text);
  OS << ".section .plt,\"ax\",@progbits\n";
  for (size_t I = 0; I != Entries.size(); ++I)
    writeEntry(OS, Entries[I].Symbol, Table, I);
  OS << ".data\n.p2align 3\n.globl \"" << Table << "\"\n\"" << Table << "\":\n";
  for (const NewEntry &E : Entries)
    OS << ".quad \"" << E.Target << "\"\n";
  return assemble("entries", Text, Ctx);
}
