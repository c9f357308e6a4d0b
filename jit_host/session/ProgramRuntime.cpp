//===- ProgramRuntime.cpp - What a static link would have given the program ==//

#include "session/ProgramRuntime.h"
#include "link/Libraries.h"
#include "session/ProgramStatics.h"
#include "session/ProgramSymbols.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <iostream>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <threads.h>
#include <unistd.h>
#include <vector>

using namespace nextframe;

extern "C" int __cxa_atexit(void (*)(void *), void *, void *);
extern "C" int __cxa_at_quick_exit(void (*)(void *), void *);

/// In glibc these lie in the static part of libc, one copy an executable.
static int programAtExit(void (*Function)()) {
  return __cxa_atexit([](void *F) { reinterpret_cast<void (*)()>(F)(); },
                      reinterpret_cast<void *>(Function), nullptr);
}

/// glibc passes its quick_exit handlers no argument that could say which of the
/// program's functions is meant. But it runs them last first, so one handler that
/// takes the last function off this list, registered once a function, runs them
/// all in the right order.
static std::vector<void (*)()> QuickExitFunctions;
static std::mutex QuickExitMutex;

static void runLastQuickExitFunction(void *) {
  std::unique_lock Lock(QuickExitMutex);
  void (*Function)() = QuickExitFunctions.back();
  QuickExitFunctions.pop_back();
  Lock.unlock();
  Function();
}

static int programAtQuickExit(void (*Function)()) {
  std::lock_guard Lock(QuickExitMutex);
  QuickExitFunctions.push_back(Function);
  return __cxa_at_quick_exit(runLastQuickExitFunction, nullptr);
}

static MainArguments ProgramArguments;
static std::vector<void (*)()> FinaliserFunctions;
extern "C" char **environ;

void nextframe::setMainArguments(MainArguments Arguments) { ProgramArguments = Arguments; }

void nextframe::callInitialiser(void (*Function)(int, char **, char **)) {
  Function(ProgramArguments.Count, ProgramArguments.Values, environ);
}

void nextframe::runAtEnd(void (*Function)()) { FinaliserFunctions.push_back(Function); }

void nextframe::runFinalisers() {
  while (!FinaliserFunctions.empty()) {
    void (*Function)() = FinaliserFunctions.back();
    FinaliserFunctions.pop_back();
    Function();
  }
}

extern "C" int __register_atfork(void (*)(), void (*)(), void (*)(), void *);

/// The third of those that lie in the static part of libc.
static int programAtFork(void (*Prepare)(), void (*Parent)(), void (*Child)()) {
  return __register_atfork(Prepare, Parent, Child, nullptr);
}

//===----------------------------------------------------------------------===//
// What asks where it is called from
//===----------------------------------------------------------------------===//

static const Libraries *ProgramLibraries = nullptr;

/// For the dynamic linker, code that it has not loaded has no next library; for the
/// program, that is the first one. And the dynamic linker doesn't know the program.
static void *programDlsym(void *Handle, const char *Name) {
  static void *const Executable = dlopen(nullptr, RTLD_LAZY);
  if (Handle == RTLD_DEFAULT || Handle == Executable) {
    if (void *Address = programSymbol(Name))
      return Address;
    // (What a library has found in an older state is still there for the dynamic linker.)
    if (programHasRemoved(Name))
      return ProgramLibraries->libraryAddress(Name);
  }
  if (Handle == RTLD_NEXT)
    if (void *Address = ProgramLibraries->libraryAddress(Name))
      return Address;
  return dlsym(Handle == RTLD_NEXT ? RTLD_DEFAULT : Handle, Name);
}

/// Whether a thread of the program's own still runs: one that is neither the main
/// thread, which is leaving, nor the reload thread, nor the caller.
static bool hasOtherThreads() {
  std::error_code EC;
  for (llvm::sys::fs::directory_iterator It("/proc/self/task", EC), End; !EC && It != End;
       It.increment(EC)) {
    int Task = std::atoi(llvm::sys::path::filename(It->path()).str().c_str());
    if (Task == getpid() || Task == gettid())
      continue;
    auto Name = llvm::MemoryBuffer::getFileAsStream(It->path() + "/comm");
    if (Name && (*Name)->getBuffer().trim() != ReloadThreadName)
      return true;
  }
  return false;
}

/// A process ends when its last thread does. The host's own thread never does, so
/// where the main thread leaves alone, somebody has to wait for the program's others.
static void programPthreadExit(void *Result) {
  if (getpid() == gettid())
    std::thread([] {
      pthread_setname_np(pthread_self(), ReloadThreadName);
      while (hasOtherThreads())
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      std::exit(0);
    }).detach();
  pthread_exit(Result);
}

void nextframe::provideRuntime(Libraries &Libs) {
  Libs.interpose("atexit", reinterpret_cast<void *>(programAtExit));
  Libs.interpose("at_quick_exit", reinterpret_cast<void *>(programAtQuickExit));
  provideStatics(Libs);
  ProgramLibraries = &Libs;
  Libs.interpose("dlsym", reinterpret_cast<void *>(programDlsym));
  // The process's own: see HostThreadStart.cpp.
  Libs.interpose("pthread_create", reinterpret_cast<void *>(pthread_create));
  Libs.interpose("thrd_create", reinterpret_cast<void *>(thrd_create));
  Libs.interpose("pthread_exit", reinterpret_cast<void *>(programPthreadExit));
  Libs.interpose("pthread_atfork", reinterpret_cast<void *>(programAtFork));
}

void nextframe::flushProgramStreams() {
  std::cout.flush();
  std::cerr.flush();
  std::clog.flush();
  // fflush(nullptr) waits for every stream's lock, and a thread that is blocked in
  // a read holds that of stdin; glibc's own exit doesn't wait for it either.
  if (ftrylockfile(stdin) == 0) {
    funlockfile(stdin);
    std::fflush(nullptr);
    return;
  }
  for (FILE *Stream : {stdout, stderr})
    if (ftrylockfile(Stream) == 0) {
      fflush_unlocked(Stream);
      funlockfile(Stream);
    }
}

std::string nextframe::headerDir() {
  // Beside the program where it was built, or where it was installed.
  std::string Program = llvm::sys::fs::getMainExecutable(nullptr, nullptr);
  llvm::SmallString<256> Installed(llvm::sys::path::parent_path(Program));
  llvm::sys::path::append(Installed, "..", "include");
  llvm::SmallString<256> Header(Installed);
  llvm::sys::path::append(Header, "nextframe.h");
  return llvm::sys::fs::exists(Header) ? Installed.str().str() : NEXTFRAME_INCLUDE_DIR;
}
