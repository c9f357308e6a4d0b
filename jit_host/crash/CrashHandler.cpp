//===- CrashHandler.cpp - A crash of the program is told before it ends ---===//

#include "crash/CrashHandler.h"
#include "crash/StackWalk.h"
#include "support/CrashGuard.h"
#include "support/HostThreads.h"

#include "llvm/Object/ELF.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace nextframe;

namespace {

constexpr std::array Crashes = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};

/// Set before the program runs.
CrashOptions Options;

/// One crash of a process is told of: the first. (A child of vfork() has its parent's memory.)
std::atomic<pid_t> TellingProcess{0}, TellingThread{0};

extern "C" char **environ;

//===----------------------------------------------------------------------===//
// In the copy of the process
//===----------------------------------------------------------------------===//

constexpr unsigned UnwindLimitS = 3, ReportLimitS = 20;

StackWalk Walk;
sigjmp_buf AfterWalk;

void stopWalk(int) { siglongjmp(AfterWalk, 1); }

/// Takes all signals as a fresh process does, but those that end the walk.
void setSignals(void (*OnCrash)(int)) {
  struct sigaction Action = {};
  Action.sa_flags = SA_ONSTACK | SA_NODEFER;
  Action.sa_handler = OnCrash;
  for (int Signal : Crashes)
    sigaction(Signal, &Action, nullptr);
  sigaction(SIGALRM, &Action, nullptr);
  sigset_t None;
  sigemptyset(&None);
  sigprocmask(SIG_SETMASK, &None, nullptr);
}

/// Writes what there is, or as much of it as can be written.
void put(int File, const void *Bytes, size_t Size) {
  auto *From = static_cast<const char *>(Bytes);
  while (Size > 0) {
    ssize_t N = write(File, From, Size);
    if (N <= 0)
      return;
    From += N;
    Size -= static_cast<size_t>(N);
  }
}

struct FilesTaken {
  int To;
  size_t Count = 0;
};

/// Whether one of the frames lies in code that the ELF file \p File is about.
bool isOfFrames(const char *File, size_t Size) {
  using Elf = llvm::object::ELF64LE;
  auto *Head = reinterpret_cast<const Elf::Ehdr *>(File);
  uint64_t End = Head->e_shoff + uint64_t(Head->e_shnum) * sizeof(Elf::Shdr);
  if (Size < sizeof(Elf::Ehdr) || End > Size)
    return false;
  auto *Sections = reinterpret_cast<const Elf::Shdr *>(File + Head->e_shoff);
  size_t Kept = CrashHead{.Frames = Walk.Count}.keptFrames();
  for (size_t I = 0; I != Head->e_shnum; ++I)
    if (Sections[I].sh_flags & llvm::ELF::SHF_EXECINSTR)
      for (size_t N = 0; N != Kept; ++N)
        if (Walk.frame(N).lookUp() - Sections[I].sh_addr < Sections[I].sh_size)
          return true;
  return false;
}

void takeFile(const char *File, size_t Size, void *Context) {
  auto &Taken = *static_cast<FilesTaken *>(Context);
  if (!isOfFrames(File, Size))
    return;
  put(Taken.To, &Size, sizeof Size);
  put(Taken.To, File, Size);
  ++Taken.Count;
}

void putMappings(int To) {
  int From = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  char Buffer[4096];
  for (ssize_t N; (N = read(From, Buffer, sizeof Buffer)) > 0;)
    put(To, Buffer, static_cast<size_t>(N));
}

/// Writes the record into a file without a name, and returns its descriptor.
int writeRecord(CrashHead Head) {
  int To = static_cast<int>(syscall(SYS_memfd_create, "nextframe-crash", 0));
  Head.Frames = Walk.Count;
  put(To, &Head, sizeof Head);
  for (size_t N = 0; N != Head.keptFrames(); ++N)
    put(To, &Walk.frame(N), sizeof(CrashFrame));
  FilesTaken Taken{To};
  Options.EachDebugFile(takeFile, &Taken);
  putMappings(To);
  Head.Files = Taken.Count;
  pwrite(To, &Head, sizeof Head, 0);
  lseek(To, 0, SEEK_SET);
  return To;
}

[[noreturn]] void tell(const CrashHead &Head, void *Context) {
  setSignals(stopWalk);
  alarm(UnwindLimitS);
  if (sigsetjmp(AfterWalk, 1) == 0)
    Walk.walk(Context);
  // What hangs or crashes from here on ends this process alone.
  setSignals(SIG_DFL);
  alarm(ReportLimitS);
  int Record = writeRecord(Head);
  dup2(Record, STDIN_FILENO);
  const char *Arguments[] = {"nextframe-crash", "--crash-report", Options.SourceDir.c_str(),
                             nullptr};
  // The environment may have been overwritten with the stack that it lies on.
  char *Nothing[] = {nullptr};
  for (char **Environment : {environ, Nothing})
    execve("/proc/self/exe", const_cast<char **>(Arguments), Environment);
  _exit(1);
}

//===----------------------------------------------------------------------===//
// In the process that crashed
//===----------------------------------------------------------------------===//

bool isTracedNow() {
  char Status[1024];
  int File = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  ssize_t N = read(File, Status, sizeof Status - 1);
  close(File);
  Status[std::max<ssize_t>(N, 0)] = 0;
  const char *Tracer = strstr(Status, "TracerPid:\t");
  return Tracer && Tracer[strlen("TracerPid:\t")] != '0';
}

CrashHead describe(int Signal, const siginfo_t &Info) {
  CrashHead Head;
  Head.Signal = Signal;
  // The kernel's own faults, of which SI_KERNEL has no address.
  bool IsFault = Signal == SIGSEGV || Signal == SIGBUS;
  Head.HasAddress = IsFault && Info.si_code > 0 && Info.si_code != SI_KERNEL;
  Head.FaultAddress = reinterpret_cast<uint64_t>(Info.si_addr);
  prctl(PR_GET_NAME, Head.Thread);
  Head.IsHostThread = isHostThread(gettid()) || Options.HostThread == Head.Thread;
  Head.IsMainThread = getpid() == gettid();
  return Head;
}

/// Waits until the copy and what it became are gone. The pipe ends with them; SIGCHLD
/// and wait() are the program's.
void awaitEnd(int Pipe, pid_t Copy) {
  pollfd End = {Pipe, POLLIN, 0};
  int Left = static_cast<int>(UnwindLimitS + ReportLimitS + 1) * 1000;
  if (poll(&End, 1, Left) == 0)
    kill(Copy, SIGKILL);
  while (waitpid(Copy, nullptr, __WALL) < 0 && errno == EINTR)
    ;
}

void tellInCopy(int Signal, const siginfo_t &Info, void *Context) {
  int Pipe[2];
  if (isTracedNow() || pipe(Pipe) != 0)
    return;
  CrashHead Head = describe(Signal, Info);
  // As fork() does, but that it locks nothing and gives no SIGCHLD.
  auto Copy = static_cast<pid_t>(syscall(SYS_clone, 0, 0, 0, 0, 0));
  if (Copy == 0)
    tell(Head, Context);
  close(Pipe[1]);
  if (Copy > 0)
    awaitEnd(Pipe[0], Copy);
  close(Pipe[0]);
}

void onCrash(int Signal, siginfo_t *Info, void *Context) {
  int Error = errno;
  recoverIfGuarded(Signal);
  if (TellingProcess.exchange(getpid()) != getpid()) {
    TellingThread = gettid();
    tellInCopy(Signal, *Info, Context);
  } else if (TellingThread != gettid()) {
    for (;;)
      pause(); // Another thread's crash is ending the process.
  }
  // On return the instruction faults once more, and nobody handles it. What somebody
  // sent has to be sent again; it arrives on return.
  signal(Signal, SIG_DFL);
  if (Info->si_code <= 0)
    syscall(SYS_tgkill, getpid(), gettid(), Signal);
  errno = Error;
}

} // namespace

void nextframe::installCrashHandler(CrashOptions Opts) {
  Options = std::move(Opts);
  // (Other threads get theirs as they begin, see HostThreadStart.cpp. This one needs it
  // to the end of the process.)
  alignas(16) static char Memory[128 * 1024];
  stack_t Stack = {};
  Stack.ss_sp = Memory;
  Stack.ss_size = sizeof Memory;
  sigaltstack(&Stack, nullptr);
  struct sigaction Action = {};
  Action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  Action.sa_sigaction = onCrash;
  for (int Signal : Crashes)
    sigaction(Signal, &Action, nullptr);
}
