//===- StoppedThreadsLinux.cpp - Stop threads with a signal ---------------===//
//
// Linux on x86-64. All of it is written with system calls on buffers of its own: a
// stopped thread may hold any lock of the C library.
//
//===----------------------------------------------------------------------===//

#include "session/StoppedThreads.h"
#include "support/HostThreads.h"
#include "support/MemoryWords.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

using namespace llvm;
using namespace nextframe;

namespace {

constexpr size_t MostThreads = 4096;

/// One thread, as it stands.
struct ThreadSlot {
  std::atomic<pid_t> Id{0};
  std::atomic<bool> Stopped{false};
  bool Signalled = false;
  uintptr_t StackPointer = 0; ///< 0: not known, so there is nothing to look through.
  uintptr_t Pc = 0;
  uintptr_t ThreadPointer = 0; ///< 0: not known.
};

ThreadSlot Slots[MostThreads];
std::atomic<size_t> SlotCount{0};
/// Odd while threads are to stand still; what stopped threads wait on.
std::atomic<uint32_t> Epoch{0};
/// Counts threads as they stop and go on; what the stopping thread waits on.
std::atomic<uint32_t> Arrivals{0};

int stopSignal() { return SIGRTMAX - 2; }

void futexWait(std::atomic<uint32_t> &Word, uint32_t Value, const timespec *Timeout) {
  syscall(SYS_futex, &Word, FUTEX_WAIT_PRIVATE, Value, Timeout, nullptr, 0);
}

void futexWake(std::atomic<uint32_t> &Word) {
  syscall(SYS_futex, &Word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

/// Runs on each thread that is stopped.
void onStop(int, siginfo_t *, void *Context) {
  uint32_t Now = Epoch.load(std::memory_order_acquire);
  if (Now % 2 == 0)
    return; // Too late: they go on already.
  int Errno = errno;
  pid_t Me = static_cast<pid_t>(syscall(SYS_gettid));
  const auto &Registers = static_cast<ucontext_t *>(Context)->uc_mcontext.gregs;
  for (size_t I = 0, E = SlotCount.load(std::memory_order_acquire); I != E; ++I)
    if (Slots[I].Id.load(std::memory_order_relaxed) == Me) {
      // Below the stack pointer a leaf function may keep things, but calls nothing.
      Slots[I].StackPointer = static_cast<uintptr_t>(Registers[REG_RSP]);
      Slots[I].Pc = static_cast<uintptr_t>(Registers[REG_RIP]);
      Slots[I].ThreadPointer = reinterpret_cast<uintptr_t>(__builtin_thread_pointer());
      Slots[I].Stopped.store(true, std::memory_order_release);
      Arrivals.fetch_add(1, std::memory_order_acq_rel);
      futexWake(Arrivals);
      while (Epoch.load(std::memory_order_acquire) == Now)
        futexWait(Epoch, Now, nullptr);
      Slots[I].Stopped.store(false, std::memory_order_release);
      Arrivals.fetch_add(1, std::memory_order_acq_rel);
      futexWake(Arrivals);
      break;
    }
  errno = Errno;
}

/// A small file of /proc, read into a buffer.
class ProcFile {
public:
  ProcFile(pid_t Thread, const char *Name) {
    char Path[64] = "/proc/self/task/";
    char *End = Path + std::strlen(Path);
    char Digits[16];
    size_t N = 0;
    for (unsigned Id = static_cast<unsigned>(Thread); Id; Id /= 10)
      Digits[N++] = static_cast<char>('0' + Id % 10);
    while (N)
      *End++ = Digits[--N];
    *End++ = '/';
    std::strcpy(End, Name);
    int File = open(Path, O_RDONLY | O_CLOEXEC);
    if (File < 0)
      return;
    ssize_t Read = read(File, Buffer, sizeof Buffer);
    close(File);
    Text = StringRef(Buffer, Read > 0 ? static_cast<size_t>(Read) : 0);
  }
  StringRef text() const { return Text; }

private:
  char Buffer[4096];
  StringRef Text;
};

uint64_t number(StringRef Word, unsigned Base) {
  uint64_t Result = 0;
  Word.consume_front("0x");
  return Word.getAsInteger(Base, Result) ? 0 : Result;
}

/// Whether the thread can't be reached by the signal.
bool blocksStop(pid_t Thread) {
  ProcFile Status(Thread, "status");
  auto [Before, After] = Status.text().split("SigBlk:");
  uint64_t Mask = number(After.ltrim().take_while(isHexDigit), 16);
  return Status.text().empty() || (Mask >> (stopSignal() - 1) & 1);
}

/// Finds where a thread sleeps in the kernel. Returns whether it does.
bool findSleeper(ThreadSlot &Slot) {
  ProcFile Call(Slot.Id.load(std::memory_order_relaxed), "syscall");
  // "… <stack pointer> <pc>", or "running".
  auto [Others, Pc] = Call.text().trim().rsplit(' ');
  Slot.StackPointer = number(Others.rsplit(' ').second, 16);
  Slot.Pc = number(Pc, 16);
  return Slot.StackPointer != 0;
}

/// Calls \p Visit for each thread of the process.
void forEachThread(function_ref<void(pid_t)> Visit) {
  int Folder = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (Folder < 0)
    return;
  alignas(dirent64) char Buffer[4096];
  while (true) {
    long Read = syscall(SYS_getdents64, Folder, Buffer, sizeof Buffer);
    if (Read <= 0)
      break;
    for (long At = 0; At < Read;) {
      auto *Entry = reinterpret_cast<dirent64 *>(Buffer + At);
      if (Entry->d_name[0] != '.')
        Visit(static_cast<pid_t>(number(Entry->d_name, 10)));
      At += Entry->d_reclen;
    }
  }
  close(Folder);
}

/// Waits for a thread to stop or go on, but not for long.
void awaitArrival(uint32_t Seen) {
  constexpr timespec Step{0, 1'000'000};
  futexWait(Arrivals, Seen, &Step);
}

/// Waits until a thread has stopped, is gone, or can't be stopped.
void awaitStopped(ThreadSlot &Slot) {
  pid_t Id = Slot.Id.load(std::memory_order_relaxed);
  while (true) {
    uint32_t Seen = Arrivals.load(std::memory_order_acquire);
    if (Slot.Stopped.load(std::memory_order_acquire) ||
        syscall(SYS_tgkill, getpid(), Id, 0) != 0)
      return;
    bool Blocks = blocksStop(Id);
    if (!Blocks && !Slot.Signalled) {
      // (One that has just gone on from the last stop blocked it until now.)
      Slot.Signalled = true;
      syscall(SYS_tgkill, getpid(), Id, stopSignal());
    }
    // One that is on its way into onStop() blocks it, too, but doesn't sleep.
    if (Blocks && findSleeper(Slot) && !Slot.Stopped.load(std::memory_order_acquire))
      return;
    awaitArrival(Seen);
  }
}

} // namespace

void StoppedThreads::install() {
  struct sigaction Action = {};
  Action.sa_sigaction = onStop;
  Action.sa_flags = SA_RESTART | SA_SIGINFO;
  sigfillset(&Action.sa_mask);
  sigaction(stopSignal(), &Action, nullptr);
}

StoppedThreads::StoppedThreads(ArrayRef<pid_t> NotThese) {
  pid_t Me = static_cast<pid_t>(syscall(SYS_gettid));
  SlotCount.store(0, std::memory_order_release);
  Epoch.fetch_add(1, std::memory_order_acq_rel);
  // A thread that isn't stopped yet may make another: until no new one is seen.
  for (bool Found = true; Found;) {
    Found = false;
    size_t First = SlotCount.load(std::memory_order_relaxed);
    forEachThread([&](pid_t Thread) {
      size_t Used = SlotCount.load(std::memory_order_relaxed);
      bool Known = any_of(ArrayRef(Slots, Used), [&](const ThreadSlot &S) {
        return S.Id.load(std::memory_order_relaxed) == Thread;
      });
      if (Thread == Me || Known || is_contained(NotThese, Thread) || isHostThread(Thread) ||
          Used == MostThreads)
        return;
      ThreadSlot &Slot = Slots[Used];
      Slot.Id.store(Thread, std::memory_order_relaxed);
      Slot.Stopped.store(false, std::memory_order_relaxed);
      Slot.Signalled = false;
      Slot.StackPointer = Slot.Pc = Slot.ThreadPointer = 0;
      SlotCount.store(Used + 1, std::memory_order_release);
      Found = true;
    });
    for (size_t I = First; I != SlotCount.load(std::memory_order_relaxed); ++I)
      awaitStopped(Slots[I]);
  }
  Count = SlotCount.load(std::memory_order_relaxed);
}

StoppedThreads::~StoppedThreads() {
  Epoch.fetch_add(1, std::memory_order_acq_rel);
  futexWake(Epoch);
  // Their slots are used again by the next stop, which may come soon.
  for (const ThreadSlot &Slot : ArrayRef(Slots, Count))
    while (true) {
      uint32_t Seen = Arrivals.load(std::memory_order_acquire);
      if (!Slot.Stopped.load(std::memory_order_acquire))
        break;
      awaitArrival(Seen);
    }
}

void StoppedThreads::forEachWord(function_ref<void(uintptr_t)> Visit) const {
  for (const ThreadSlot &Slot : ArrayRef(Slots, Count)) {
    if (!Slot.StackPointer)
      continue;
    Visit(Slot.Pc + 1); // As a call that returns to the next instruction.
    // The C library keeps what it knows of a thread above its stack. A stack that the
    // program has made itself (for a fiber, say) has its end somewhere.
    constexpr uintptr_t Farthest = uintptr_t(64) << 20;
    uintptr_t End = Slot.ThreadPointer > Slot.StackPointer ? Slot.ThreadPointer : ~uintptr_t(0);
    nextframe::forEachWord(Slot.StackPointer, std::min(End, Slot.StackPointer + Farthest), Visit);
  }
}
