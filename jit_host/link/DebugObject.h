//===- DebugObject.h - What a debugger is told about a linked object ------===//
//
// Debuggers learn of code in memory through the GDB JIT interface: a list of ELF
// files in memory, and a function that the debugger has a breakpoint on, called
// whenever the list changes. The list is the process's; LLVM's library defines it
// and nothing of LLVM's writes to it here (LLVM 22's own plug-in never takes an
// entry out again, so that what is dropped would stay in the list).
//
// The file of an object is the very one that was linked, with the addresses of its
// sections filled in; so it also tells what the object's code was made of. Where lines
// have moved in functions that are otherwise as they were, a file that was made from
// the newer text takes their place: each function has a section of its own, so that
// one file can stand for some of them and another for the rest.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_DEBUGOBJECT_H
#define NEXTFRAME_LINK_DEBUGOBJECT_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <utility>
#include <vector>

struct jit_code_entry;

namespace nextframe {

/// Who looks on this process now.
enum class Tracer {
  None,
  Gdb,   ///< Which lets a program have its SIGURG unseen.
  Other, ///< Also where it can't be told.
};

/// Returns which debugger is attached now. Any thread.
Tracer currentTracer();
inline bool isTraced() { return currentTracer() != Tracer::None; }

/// Calls \p Take with each file in the debuggers' list, and with \p Context. Takes no lock and
/// no memory: for a copy of the process that was made at any moment.
void eachDebugFile(void (*Take)(const char *File, size_t Size, void *Context), void *Context);

/// An ELF file (64 bits, little-endian) in memory, known to debuggers from enlist()
/// until it is destroyed. One thread at a time for all of them.
class DebugObject {
public:
  /// Copies \p File. Errors when it is no such ELF file.
  static llvm::Expected<std::unique_ptr<DebugObject>> create(llvm::MemoryBufferRef File);
  ~DebugObject();
  DebugObject(const DebugObject &) = delete;

  /// Fills in where the sections lie that take memory in the program. Before
  /// enlist().
  void setAddresses(llvm::function_ref<uint64_t(llvm::StringRef Section)> AddressOf);

  /// Makes this file, made from newer text than \p Linked, stand for each function
  /// that has the same code in both, and \p Linked for the others. Returns whether
  /// there is such a function; else nothing changes. Neither may be in the list.
  bool takeOver(DebugObject &Linked);

  /// Makes the file stand for all of its functions again. Not in the list.
  void takeBack();

  /// Puts it in the list, and tells debuggers.
  void enlist();

  /// Takes it out of the list, and tells debuggers.
  void unlist();

  /// Whether it has more to tell than the symbols of data.
  bool isUseful() const;

  /// Where the file lies in memory.
  std::pair<const char *, const char *> bounds() const {
    return {File->getBufferStart(), File->getBufferEnd()};
  }

private:
  struct HiddenSection {
    size_t Index;
    uint64_t Address;
    std::vector<void *> Symbols; ///< In the file.
  };
  void hide(size_t Section);

  explicit DebugObject(std::unique_ptr<llvm::WritableMemoryBuffer> File);

  std::unique_ptr<llvm::WritableMemoryBuffer> File;
  std::vector<HiddenSection> Hidden;     ///< What another file stands for.
  std::unique_ptr<jit_code_entry> Entry; ///< While it is in the list.
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_DEBUGOBJECT_H
