//===- CodeGenerator.h - A module in, an object file in memory out --------===//

#ifndef NEXTFRAME_LINK_CODEGENERATOR_H
#define NEXTFRAME_LINK_CODEGENERATOR_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace nextframe {

/// LLVM's back end, set up for code that lives in this process. Not
/// thread-safe: use one a thread.
class CodeGenerator {
public:
  /// Initialises the host's target. Call once, before the first create().
  static void initialiseTarget();

  /// Errors when LLVM has no back end for this machine.
  static llvm::Expected<CodeGenerator> create();
  CodeGenerator(CodeGenerator &&);
  ~CodeGenerator();

  /// Returns \p M as an object file. \p OptLevel is that of the flags (0 to 3).
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> generate(llvm::Module &M, unsigned OptLevel);

private:
  explicit CodeGenerator(std::unique_ptr<llvm::TargetMachine> TM);
  std::unique_ptr<llvm::TargetMachine> TM;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_CODEGENERATOR_H
