//===- CodeGenerator.cpp - A module in, an object file in memory out ------===//

#include "link/CodeGenerator.h"
#include "support/CrashGuard.h"
#include "support/Diagnostics.h"

#include "llvm/ExecutionEngine/Orc/CompileUtils.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;
using namespace nextframe;

/// Has calls begin where their displacement lies in eight aligned bytes: see DirectCalls.h.
/// (The assembler knows this as a mend for a processor's erratum, and only by these options.)
static void alignCalls() {
  auto &Options = cl::getRegisteredOptions();
  for (auto [Name, Value] : {std::pair<StringRef, StringRef>("x86-align-branch-boundary", "8"),
                             {"x86-align-branch", "call"}})
    if (cl::Option *O = Options.lookup(Name); O && O->getNumOccurrences() == 0)
      O->addOccurrence(0, Name, Value);
}

void CodeGenerator::initialiseTarget() {
  alignCalls();
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  InitializeNativeTargetAsmParser();
}

CodeGenerator::CodeGenerator(std::unique_ptr<TargetMachine> TM) : TM(std::move(TM)) {}
CodeGenerator::CodeGenerator(CodeGenerator &&) = default;
CodeGenerator::~CodeGenerator() = default;

Expected<CodeGenerator> CodeGenerator::create() {
  // Not detectHost(): which instructions may be used is in the functions'
  // attributes, as the flags (-march) say.
  orc::JITTargetMachineBuilder Builder((Triple(sys::getDefaultTargetTriple())));
  Builder.setRelocationModel(Reloc::PIC_).setCodeModel(CodeModel::Small);
  // The process has no room for the program in its static TLS block.
  Builder.getOptions().EmulatedTLS = true;
  // Debuggers are told of each function by itself: see DebugObject.h.
  Builder.getOptions().FunctionSections = true;
  auto TM = Builder.createTargetMachine();
  if (!TM)
    return TM.takeError();
  return CodeGenerator(std::move(*TM));
}

static CodeGenOptLevel levelOf(unsigned OptLevel) {
  switch (OptLevel) {
  case 0:
    return CodeGenOptLevel::None;
  case 1:
    return CodeGenOptLevel::Less;
  case 2:
    return CodeGenOptLevel::Default;
  default:
    return CodeGenOptLevel::Aggressive;
  }
}

namespace {

/// Keeps the back end's errors (of inline assembly, mostly). Without a handler
/// LLVM prints the first and ends the process.
class ErrorCollector : public DiagnosticHandler {
public:
  explicit ErrorCollector(std::string &Errors) : Errors(Errors) {}
  bool handleDiagnostics(const DiagnosticInfo &Info) override {
    if (Info.getSeverity() != DS_Error)
      return true;
    raw_string_ostream OS(Errors);
    DiagnosticPrinterRawOStream Printer(OS);
    OS << (Errors.empty() ? "" : "; ");
    Info.print(Printer);
    return true;
  }

private:
  std::string &Errors;
};

} // namespace

Expected<std::unique_ptr<MemoryBuffer>> CodeGenerator::generate(Module &M, unsigned OptLevel) {
  TimeTraceScope Trace("Generate", M.getModuleIdentifier());
  TM->setOptLevel(levelOf(OptLevel));
  M.setDataLayout(TM->createDataLayout());
  std::string Errors;
  M.getContext().setDiagnosticHandler(std::make_unique<ErrorCollector>(Errors));
  Expected<std::unique_ptr<MemoryBuffer>> Object = nullptr;
  bool Survived = survives([&] { Object = orc::SimpleCompiler(*TM)(M); });
  M.getContext().setDiagnosticHandler(nullptr);
  if (!Survived)
    return makeError(diag::err_compiler_crashed, M.getModuleIdentifier());
  if (Errors.empty())
    return Object;
  if (!Object)
    consumeError(Object.takeError()); // What was collected says why.
  return makeError(diag::err_codegen, M.getModuleIdentifier(), Errors);
}
