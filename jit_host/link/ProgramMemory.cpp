//===- ProgramMemory.cpp - Where the program's code and data lie ----------===//

#include "link/ProgramMemory.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/Orc/Shared/AllocationActions.h"
#include "llvm/Support/MathExtras.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace llvm;
using namespace nextframe;

static constexpr uint64_t PageBytes = 4096;
/// Code that is written beside code that runs shares no cache line with it.
static constexpr uint64_t LineBytes = 64;

/// Pages get their protection a chunk at a time, so that it takes few calls.
static constexpr uint64_t ChunkBytes = uint64_t(1) << 20;

static void *pointer(uint64_t Address) { return reinterpret_cast<void *>(Address); }
static Error systemError() { return errorCodeToError({errno, std::generic_category()}); }

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

Error Region::commit(uint64_t End) {
  if (End <= Committed)
    return Error::success();
  End = alignTo(End, ChunkBytes);
  if (mprotect(pointer(Committed), End - Committed, Protection) != 0)
    return systemError();
  madvise(pointer(Committed), End - Committed, MADV_DODUMP);
  Committed = End;
  return Error::success();
}

Expected<uint64_t> Region::take(uint64_t Size, uint64_t Align) {
  Size = alignTo(Size, Granule);
  auto Address = Free.take(Size, std::max(Align, Granule));
  if (!Address)
    return makeError(diag::err_no_room, Size, What);
  if (Error Err = commit(*Address + Size)) {
    Free.give(*Address, Size);
    return std::move(Err);
  }
  return *Address;
}

/// Writes to a page of this process that is not writable, as a debugger does.
static Error writeThroughKernel(uint64_t Address, ArrayRef<char> Bytes) {
  // Opened each time: a descriptor that is kept could be closed by the program,
  // and be a file of its own by now.
  int File = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
  if (File < 0)
    return systemError();
  ssize_t Written = pwrite(File, Bytes.data(), Bytes.size(), static_cast<off_t>(Address));
  Error Result = Written == static_cast<ssize_t>(Bytes.size()) ? Error::success() : systemError();
  close(File);
  return Result;
}

Error Region::write(uint64_t Address, ArrayRef<char> Bytes) {
  if (Bytes.empty())
    return Error::success();
  if (How == Writing::ThroughKernel)
    return writeThroughKernel(Address, Bytes);
  uint64_t First = alignDown(Address, PageBytes);
  uint64_t Length = alignTo(Address + Bytes.size(), PageBytes) - First;
  if (How == Writing::Reprotect && mprotect(pointer(First), Length, PROT_READ | PROT_WRITE) != 0)
    return systemError();
  std::memcpy(pointer(Address), Bytes.data(), Bytes.size());
  if (How == Writing::Reprotect && mprotect(pointer(First), Length, Protection) != 0)
    return systemError();
  return Error::success();
}

/// Whole pages go back to the system, which gives zeros for them.
void Region::clear(uint64_t Address, uint64_t Size) {
  uint64_t First = alignTo(Address, PageBytes), End = alignDown(Address + Size, PageBytes);
  auto Zero = [&](uint64_t From, uint64_t To) {
    if (From < To)
      consumeError(write(From, std::vector<char>(To - From))); // Only for what take() promises.
  };
  if (First >= End)
    return Zero(Address, Address + Size);
  Zero(Address, First);
  madvise(pointer(First), End - First, MADV_DONTNEED);
  Zero(End, Address + Size);
}

void Region::give(uint64_t Address, uint64_t Size) {
  Size = alignTo(Size, Granule);
  clear(Address, Size);
  Free.give(Address, Size);
}

//===----------------------------------------------------------------------===//
// What JITLink asks for
//===----------------------------------------------------------------------===//

/// Serves one kind of object from the regions.
class ProgramMemory::Manager : public jitlink::JITLinkMemoryManager {
public:
  /// Executable memory has a lead in front where \p HasLead.
  Manager(Mutex &M, Region &Executable, bool HasLead, Region &ReadOnly, Region &Writable)
      : M(M), Executable(Executable), Lead(HasLead ? &Executable : nullptr), ReadOnly(ReadOnly),
        Writable(Writable) {}

  using JITLinkMemoryManager::allocate;
  using JITLinkMemoryManager::deallocate;
  void allocate(const jitlink::JITLinkDylib *, jitlink::LinkGraph &G,
                OnAllocatedFunction OnAllocated) override;
  void deallocate(std::vector<FinalizedAlloc> Allocs, OnDeallocatedFunction OnDeallocated) override;

private:
  class InFlight;

  struct Range {
    Region *Where;
    uint64_t Address;
    uint64_t Size;
  };
  /// What a finalised allocation is made of; FinalizedAlloc holds its address.
  struct Allocation {
    std::vector<Range> Ranges;
    std::vector<orc::shared::WrapperFunctionCall> Deallocate;
  };

  Region &regionFor(orc::MemProt Protection) {
    if ((Protection & orc::MemProt::Exec) != orc::MemProt::None)
      return Executable;
    return (Protection & orc::MemProt::Write) != orc::MemProt::None ? Writable : ReadOnly;
  }

  Mutex &M; ///< Of the regions.
  Region &Executable;
  const Region *Lead; ///< The region that has one.
  Region &ReadOnly, &Writable;
};

/// An object between its place in memory and its content there.
class ProgramMemory::Manager::InFlight : public JITLinkMemoryManager::InFlightAlloc {
public:
  InFlight(jitlink::LinkGraph &G, Mutex &M) : G(G), M(M) {}

  /// Finds a place for each segment of \p Layout.
  Error place(Manager &From, jitlink::BasicLayout &Layout);

  void abandon(OnAbandonedFunction OnAbandoned) override {
    releaseAll();
    OnAbandoned(Error::success());
  }
  void finalize(OnFinalizedFunction OnFinalized) override;

private:
  struct Content {
    Region *Where;
    uint64_t Address;
    std::vector<char> Bytes;
  };
  static void release(std::vector<Range> &Ranges) {
    for (const Range &R : Ranges)
      R.Where->give(R.Address, R.Size);
    Ranges.clear();
  }

  Error write();
  void releaseAll() {
    MutexLock Lock(M);
    release(Standard);
    release(Temporary);
  }

  jitlink::LinkGraph &G;
  Mutex &M; ///< Of the regions.
  std::vector<Range> Standard, Temporary;
  std::vector<Content> Contents; ///< Of memory that is not simply writable.
};

Error ProgramMemory::Manager::InFlight::place(Manager &From, jitlink::BasicLayout &Layout) {
  MutexLock Lock(M);
  for (auto &[Group, Segment] : Layout.segments()) {
    uint64_t Size = Segment.ContentSize + Segment.ZeroFillSize;
    if (Size == 0)
      continue;
    Region &Where = From.regionFor(Group.getMemProt());
    uint64_t Lead = &Where == From.Lead ? std::max(CodeLead, Segment.Alignment.value()) : 0;
    auto Address = Where.take(Lead + Size, Segment.Alignment.value());
    if (!Address) {
      release(Standard);
      release(Temporary);
      return Address.takeError();
    }
    Range Taken{&Where, *Address, Lead + Size};
    bool IsTemporary = Group.getMemLifetime() == orc::MemLifetime::Finalize;
    (IsTemporary ? Temporary : Standard).push_back(Taken);
    *Address += Lead;
    Segment.Addr = orc::ExecutorAddr(*Address);
    if (Where.isWritable()) {
      Segment.WorkingMem = static_cast<char *>(pointer(*Address));
      continue;
    }
    Contents.push_back({&Where, *Address, std::vector<char>(Segment.ContentSize)});
    Segment.WorkingMem = Contents.back().Bytes.data();
  }
  return Layout.apply();
}

Error ProgramMemory::Manager::InFlight::write() {
  MutexLock Lock(M);
  for (const Content &C : Contents)
    if (Error Err = C.Where->write(C.Address, C.Bytes))
      return Err;
  return Error::success();
}

void ProgramMemory::Manager::InFlight::finalize(OnFinalizedFunction OnFinalized) {
  auto Fail = [&](Error Err) {
    releaseAll();
    OnFinalized(std::move(Err));
  };
  if (Error Err = write())
    return Fail(std::move(Err));
  auto Deallocate = orc::shared::runFinalizeActions(G.allocActions());
  if (!Deallocate)
    return Fail(Deallocate.takeError());
  {
    MutexLock Lock(M);
    release(Temporary);
  }
  auto *Made = new Allocation{std::move(Standard), std::move(*Deallocate)};
  OnFinalized(FinalizedAlloc(orc::ExecutorAddr::fromPtr(Made)));
}

void ProgramMemory::Manager::allocate(const jitlink::JITLinkDylib *, jitlink::LinkGraph &G,
                                      OnAllocatedFunction OnAllocated) {
  jitlink::BasicLayout Layout(G);
  auto Alloc = std::make_unique<InFlight>(G, M);
  if (Error Err = Alloc->place(*this, Layout))
    return OnAllocated(std::move(Err));
  OnAllocated(std::move(Alloc));
}

void ProgramMemory::Manager::deallocate(std::vector<FinalizedAlloc> Allocs,
                                        OnDeallocatedFunction OnDeallocated) {
  Error Err = Error::success();
  for (FinalizedAlloc &A : reverse(Allocs)) {
    std::unique_ptr<Allocation> Gone(A.release().toPtr<Allocation *>());
    Err = joinErrors(std::move(Err), orc::shared::runDeallocActions(Gone->Deallocate));
    MutexLock Lock(M);
    for (const Range &R : Gone->Ranges)
      R.Where->give(R.Address, R.Size);
  }
  OnDeallocated(std::move(Err));
}

//===----------------------------------------------------------------------===//
// The reservation
//===----------------------------------------------------------------------===//

static constexpr uint64_t CodeSize = uint64_t(512) << 20;
static constexpr uint64_t ReadOnlySize = uint64_t(384) << 20;
static constexpr uint64_t WritableSize = uint64_t(1100) << 20;
static constexpr uint64_t ReservedSize =
    CodeSize + ProgramMemory::EntriesSize + ReadOnlySize + WritableSize;
/// A chunk more, for regions that begin at whole chunks.
static constexpr uint64_t MappedSize = ReservedSize + ChunkBytes;
static_assert(ReservedSize < uint64_t(1) << 31, "displacements have 32 bits");

ProgramMemory::ProgramMemory(void *Reserved, uint64_t Start)
    : Reserved(Reserved), Code("code", Start, CodeSize, PROT_READ | PROT_EXEC,
                               Region::Writing::ThroughKernel, LineBytes),
      Entries("entries", Start + CodeSize, EntriesSize, PROT_READ | PROT_EXEC,
              Region::Writing::ThroughKernel, 16),
      ReadOnly("constants", Start + CodeSize + EntriesSize, ReadOnlySize, PROT_READ,
               Region::Writing::Reprotect, 16),
      Writable("variables", Start + CodeSize + EntriesSize + ReadOnlySize, WritableSize,
               PROT_READ | PROT_WRITE, Region::Writing::Direct, 16),
      CodeManager(std::make_unique<Manager>(M, Code, true, ReadOnly, Writable)),
      DataManager(std::make_unique<Manager>(M, Entries, false, ReadOnly, Writable)) {}

Expected<std::unique_ptr<ProgramMemory>> ProgramMemory::create() {
  void *Reserved =
      mmap(nullptr, MappedSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (Reserved == MAP_FAILED)
    return systemError();
  madvise(Reserved, MappedSize, MADV_DONTDUMP); // What is in use is put into cores.
  uint64_t Start = alignTo(reinterpret_cast<uint64_t>(Reserved), ChunkBytes);
  std::unique_ptr<ProgramMemory> Memory(new ProgramMemory(Reserved, Start));
  // Tried once, on memory that nothing is in yet.
  auto Trial = Memory->Entries.take(1, 1);
  if (!Trial)
    return Trial.takeError();
  Error Forbidden = Memory->Entries.write(*Trial, {0});
  Memory->Entries.give(*Trial, 1);
  if (Forbidden) {
    consumeError(std::move(Forbidden)); // There is another way.
    for (Region *Executable : {&Memory->Code, &Memory->Entries}) {
      Executable->useWriting(Region::Writing::Reprotect);
      Executable->useGranule(PageBytes);
    }
  }
  return std::move(Memory);
}

ProgramMemory::~ProgramMemory() { munmap(Reserved, MappedSize); }
