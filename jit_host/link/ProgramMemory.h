//===- ProgramMemory.h - Where the program's code and data lie ------------===//
//
// One reservation of address space, so that 32-bit displacements reach between any
// two things of the program, and in it a region for each kind of memory:
//
//   code       executable; cache lines to an object, which can be dropped
//   entries    executable; packed, since entries stay
//   read-only  constants, unwind tables; packed
//   writable   variables; packed
//
// Neighbours in a region have the same protection, so the kernel sees a handful of
// mappings however many objects there are (it allows 65,530), and what stays for
// good costs its bytes and no page of its own.
//
// No page is mapped writable and executable, but for moments (DirectCalls). A page that already
// holds code which threads may be running gets more of it through /proc/self/mem, which writes to
// it without opening it to anybody; where the system forbids that, each object of code
// takes whole pages.
//
// Several threads may link at once.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_LINK_PROGRAMMEMORY_H
#define NEXTFRAME_LINK_PROGRAMMEMORY_H

#include "link/FreeRanges.h"
#include "support/Mutex.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace nextframe {

/// A stretch of addresses whose pages in use all have one protection.
class Region {
public:
  /// How content gets into it.
  enum class Writing { Direct, Reprotect, ThroughKernel };

  /// \p Start is where its reservation begins, \p Protection as mprotect() has it;
  /// ranges are multiples of \p Granule bytes. \p What names it in messages.
  Region(llvm::StringRef What, uint64_t Start, uint64_t Size, int Protection, Writing How,
         uint64_t Granule)
      : What(What), Free(Start, Size), Committed(Start), Protection(Protection), How(How),
        Granule(Granule), Start(Start) {}

  /// Returns the address of \p Size zero bytes. Errors when there is no room, or
  /// no memory.
  llvm::Expected<uint64_t> take(uint64_t Size, uint64_t Align);

  /// Fills part of what take() gave.
  llvm::Error write(uint64_t Address, llvm::ArrayRef<char> Bytes);

  /// Takes back what take() gave; the bytes are zero again.
  void give(uint64_t Address, uint64_t Size);

  bool isWritable() const { return How == Writing::Direct; }
  uint64_t start() const { return Start; }

  void useGranule(uint64_t Bytes) { Granule = Bytes; }
  void useWriting(Writing Now) { How = Now; }

private:
  llvm::Error commit(uint64_t End);
  void clear(uint64_t Address, uint64_t Size);

  llvm::StringRef What;
  FreeRanges Free;
  uint64_t Committed; ///< Pages below this have the protection.
  int Protection;
  Writing How;
  uint64_t Granule;
  uint64_t Start;
};

class ProgramMemory {
public:
  /// Reserves the address space. Errors when the system refuses.
  static llvm::Expected<std::unique_ptr<ProgramMemory>> create();
  ~ProgramMemory();

  /// So many bytes before its first function belong to a code object. Where an object
  /// begins is told in the host's tables, but then no function of the program does.
  static constexpr uint64_t CodeLead = 16;

  /// For code objects: executable memory that can be given back, with the lead in front.
  llvm::jitlink::JITLinkMemoryManager &forCode() { return *CodeManager; }
  /// For what stays: executable memory of it is entries.
  llvm::jitlink::JITLinkMemoryManager &forData() { return *DataManager; }

  /// Where all entries lie.
  static constexpr uint64_t EntriesSize = uint64_t(32) << 20;
  uint64_t entriesStart() const { return Entries.start(); }

private:
  class Manager;
  ProgramMemory(void *Reserved, uint64_t Start);

  void *Reserved;
  Mutex M; ///< Of the regions.
  Region Code, Entries, ReadOnly, Writable;
  std::unique_ptr<llvm::jitlink::JITLinkMemoryManager> CodeManager, DataManager;
};

} // namespace nextframe

#endif // NEXTFRAME_LINK_PROGRAMMEMORY_H
