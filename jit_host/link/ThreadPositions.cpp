//===- ThreadPositions.cpp - Where the other threads run ------------------===//
//
// x86-64, Linux. A function that calls nothing keeps its place in a register and
// nowhere in memory, so a scan of memory doesn't find it. Of a thread that waits in
// the kernel, the kernel tells the place (/proc/self/task/N/syscall); one that runs
// is asked by a signal.
//
//===----------------------------------------------------------------------===//

#include "link/PointerScan.h"
#include "support/HostThreads.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <semaphore.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

using namespace llvm;
using namespace nextframe;

/// Ignored unless somebody handles it, so one that comes late does no harm.
static constexpr int AskingSignal = SIGURG;

// What the handler and the thread that asks share.
static std::atomic<pid_t> AnsweringThread{0};
static std::atomic<uint64_t> Answer{0};
static sem_t Answered;

static void answer(int, siginfo_t *, void *Context) {
  int Saved = errno;
  auto *Interrupted = static_cast<ucontext_t *>(Context);
  Answer.store(static_cast<uint64_t>(Interrupted->uc_mcontext.gregs[REG_RIP]));
  AnsweringThread.store(gettid());
  sem_post(&Answered);
  errno = Saved;
}

/// Makes the signal ours, unless the program has a use for it. Returns whether it
/// is.
static bool takeSignal() {
  struct sigaction Present;
  if (sigaction(AskingSignal, nullptr, &Present) != 0)
    return false;
  if (Present.sa_flags & SA_SIGINFO)
    return Present.sa_sigaction == answer;
  if (Present.sa_handler != SIG_DFL)
    return false;
  sem_init(&Answered, 0, 0);
  struct sigaction Ours = {};
  Ours.sa_sigaction = answer;
  // (Not deferred: a thread that is still in the handler doesn't count as one that
  // takes no signals.)
  Ours.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK | SA_NODEFER;
  return sigaction(AskingSignal, &Ours, nullptr) == 0;
}

static std::string readTaskFile(StringRef Task, StringRef Name) {
  auto File = MemoryBuffer::getFileAsStream("/proc/self/task/" + Task + "/" + Name);
  return File ? (*File)->getBuffer().str() : std::string();
}

static bool blocksSignal(StringRef Task) {
  std::string Status = readTaskFile(Task, "status");
  StringRef Mask = StringRef(Status).split("SigBlk:").second.split('\n').first.trim();
  uint64_t Blocked;
  return Mask.getAsInteger(16, Blocked) || (Blocked >> (AskingSignal - 1) & 1);
}

static bool askBySignal(StringRef Task, pid_t Thread, uint64_t &Counter) {
  if (!takeSignal() || blocksSignal(Task))
    return false;
  AnsweringThread.store(0);
  if (syscall(SYS_tgkill, getpid(), Thread, AskingSignal) != 0)
    return false;
  timespec Until;
  clock_gettime(CLOCK_REALTIME, &Until);
  Until.tv_sec += 1; // On a busy machine a thread may wait for its turn.
  while (AnsweringThread.load() != Thread)
    if (sem_timedwait(&Answered, &Until) != 0 && errno != EINTR)
      return false;
  Counter = Answer.exchange(0);
  return true;
}

enum class Place { Known, Unknown, Gone };

static Place findCounter(StringRef Task, pid_t Thread, uint64_t &Counter) {
  // "running", or the system call (-1: another wait), its arguments, then the
  // stack pointer and the program counter.
  std::string State = readTaskFile(Task, "syscall");
  if (State.empty())
    return sys::fs::exists("/proc/self/task/" + Task) ? Place::Unknown : Place::Gone;
  if (StringRef(State).starts_with("running"))
    return askBySignal(Task, Thread, Counter) ? Place::Known : Place::Unknown;
  StringRef Last = StringRef(State).trim().rsplit(' ').second;
  return Last.getAsInteger(0, Counter) ? Place::Unknown : Place::Known;
}

bool nextframe::findProgramCounters(function_ref<void(uint64_t)> Found) {
  std::error_code EC;
  bool AllKnown = true;
  for (sys::fs::directory_iterator It("/proc/self/task", EC), End; !EC && It != End;
       It.increment(EC)) {
    std::string Task = sys::path::filename(It->path()).str();
    pid_t Thread;
    if (StringRef(Task).getAsInteger(10, Thread) || Thread == gettid() ||
        isHostThread(Thread))
      continue;
    uint64_t Counter = 0;
    // One that was running may be waiting by now, and the other way round.
    Place Result = Place::Unknown;
    for (int Try = 0; Try != 3 && Result == Place::Unknown; ++Try)
      Result = findCounter(Task, Thread, Counter);
    if (Result == Place::Known)
      Found(Counter);
    AllKnown &= Result != Place::Unknown;
  }
  return AllKnown && !EC;
}
