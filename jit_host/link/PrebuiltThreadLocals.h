//===- PrebuiltThreadLocals.h - Thread-local variables of objects ---------===//
//
// Objects reach thread-local variables in four ways (general and local dynamic, initial
// and local exec: "ELF Handling For Thread-Local Storage", Drepper), of which JITLink
// knows but one, and that needs a run time. A static linker makes all of them into the
// last, where a variable has a fixed distance from the thread pointer. So it is done here, in the
// objects themselves, before they are linked: their variables are given places in the
// room that every thread has (see ThreadReserve.h), their code is rewritten with the
// sequences that the x86-64 ABI gives for it, and what is left for JITLink is a section of data,
// which holds the first values.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_PREBUILTTHREADLOCALS_H
#define NEXTFRAME_LINK_PREBUILTTHREADLOCALS_H

#include "link/PassPlugin.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/Support/Error.h"

#include <string>

namespace nextframe {

class Libraries;

/// One thread at a time.
class PrebuiltThreadLocals {
public:
  /// Gives the thread-local variables of \p Object (an ELF object for this machine) their
  /// places, as far as there is room. Returns whether it has or uses any.
  bool place(llvm::StringRef Object);

  /// Rewrites \p Object, once all are placed. Errors where it can't be, naming \p Name.
  llvm::Error rewrite(llvm::MutableArrayRef<char> Object, llvm::StringRef Name,
                      const Libraries &Libs);

  /// Returns where \p Variable is from the thread pointer, or null.
  const int64_t *offsetOf(llvm::StringRef Variable) const;

private:
  /// By the start of the object and the section.
  llvm::DenseMap<std::pair<const char *, unsigned>, int64_t> Places;
  llvm::StringMap<int64_t> Variables; ///< Those that other files may name.
};

/// Gives all threads the first values of thread-local variables, once what those are is
/// known. The thread that links.
class ThreadLocalValues : public PassPlugin {
public:
  void modifyPassConfig(llvm::orc::MaterializationResponsibility &MR, llvm::jitlink::LinkGraph &G,
                        llvm::jitlink::PassConfiguration &Config) override;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_PREBUILTTHREADLOCALS_H
