//===- Entries.cpp - The stable addresses that functions are called by ----===//
//
// x86-64. Another machine needs its own text for one entry and for the table, and
// its own unwind table, and nothing else here.
//
//===----------------------------------------------------------------------===//

#include "link/Entries.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

#include <cstring>

using namespace llvm;
using namespace nextframe;

std::string nextframe::tableSymbol(Generation G) { return "entries.v" + std::to_string(number(G)); }

std::unique_ptr<Module> nextframe::assemble(StringRef Name, StringRef Text, LLVMContext &Ctx) {
  auto M = std::make_unique<Module>(Name, Ctx);
  M->setTargetTriple(Triple(sys::getDefaultTargetTriple()));
  M->setModuleInlineAsm(Text);
  return M;
}

std::unique_ptr<Module> nextframe::makeDsoHandle(LLVMContext &Ctx) {
  // Null, as in an executable: its handlers run at exit and never before.
  return assemble(DsoHandleModule,
                  ".data\n.p2align 3\n.globl __dso_handle\n__dso_handle:\n.quad 0\n", Ctx);
}

/// A form of operator new or delete that by default calls another one.
struct OperatorForm {
  StringLiteral Symbol, Calls;
  bool AlignmentIsThird = false; ///< It drops its second argument.
};

/// [new.delete.single] and [new.delete.array] of the C++ standard.
static constexpr OperatorForm OperatorForms[] = {
    {"_Znam", "_Znwm"},
    {"_ZdaPv", "_ZdlPv"},
    {"_ZdlPvm", "_ZdlPv"},
    {"_ZdaPvm", "_ZdaPv"},
    {"_ZdlPvRKSt9nothrow_t", "_ZdlPv"},
    {"_ZdaPvRKSt9nothrow_t", "_ZdaPv"},
    {"_ZnamSt11align_val_t", "_ZnwmSt11align_val_t"},
    {"_ZdaPvSt11align_val_t", "_ZdlPvSt11align_val_t"},
    {"_ZdlPvmSt11align_val_t", "_ZdlPvSt11align_val_t", true},
    {"_ZdaPvmSt11align_val_t", "_ZdaPvSt11align_val_t", true},
};

std::unique_ptr<Module> nextframe::makeOperatorForms(LLVMContext &Ctx) {
  std::string Text = ".text\n";
  raw_string_ostream OS(Text);
  for (const OperatorForm &F : OperatorForms)
    OS << ".weak " << F.Symbol << "\n.type " << F.Symbol << ",@function\n"
       << F.Symbol << ":\n"
       << ".cfi_startproc\n"
       << (F.AlignmentIsThird ? "movq %rdx, %rsi\n" : "") << "jmp " << F.Calls << "@PLT\n"
       << ".cfi_endproc\n"
       << ".size " << F.Symbol << ", .-" << F.Symbol << "\n";
  return assemble(OperatorFormsModule, Text, Ctx);
}

UnwindTable nextframe::makeUnwindTable(const void *Start, uint64_t Size) {
  UnwindTable Table{};
  auto Put = [&, At = Table.begin()](uint64_t Value, size_t Bytes) mutable {
    std::memcpy(At, &Value, Bytes);
    At += Bytes;
  };
  Put(20, 4);         // The common entry: its length behind this,
  Put(0, 4);          //   that it is one,
  Put(0x00'01, 2);    //   version 1 without augmentation,
  Put(0x10'78'01, 3); //   factors 1 and -8, return address in column 16.
  Put(0x08'07'0c, 3); // The frame is found 8 above register 7, rsp,
  Put(0x01'90, 2);    //   with the return address right below it.
  Put(0, 6);          // (Padding.)
  Put(28, 4);         // The one entry for all addresses: its length behind this,
  Put(28, 4);         //   how far before this the common one lies,
  Put(reinterpret_cast<uint64_t>(Start), 8);
  Put(Size, 8);
  Put(0, 8); // (Padding.)
  Put(0, 4); // The end.
  return Table;
}

static void writeEntry(raw_ostream &OS, StringRef Symbol, StringRef Table, size_t Index) {
  OS << ".globl \"" << Symbol << "\"\n"
     << ".type \"" << Symbol << "\",@function\n"
     << ".p2align 3\n"
     << '"' << Symbol << "\":\n"
     << "jmpq *\"" << Table << "\"+" << Index * sizeof(void *) << "(%rip)\n"
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
  // Filled in when all is linked: ORC would have to work out which of thousands of functions
  // waits for which others, all of them for one another by way of the table. Measured: a
  // program of a JSON library's templates took minutes to link.
  OS << ".skip " << Entries.size() * sizeof(void *) << "\n";
  return assemble("entries", Text, Ctx);
}
