//===- CrashGuard.cpp - A crash of the compiler is not one of the program -===//

#include "support/CrashGuard.h"
#include "support/SignalStack.h"

#include "llvm/Support/CrashRecoveryContext.h"

#include <csignal>

using namespace llvm;

/// LLVM's handler, the same for all signals.
static void (*Recover)(int);

void nextframe::installCrashGuard() {
  CrashRecoveryContext::Enable();
  struct sigaction Installed;
  sigaction(SIGSEGV, nullptr, &Installed);
  Recover = Installed.sa_handler;
  // LLVM's handler would be called on the stack that has just overflowed.
  for (int Fault : {SIGSEGV, SIGBUS}) {
    struct sigaction Action;
    if (sigaction(Fault, nullptr, &Action) != 0)
      continue;
    Action.sa_flags |= SA_ONSTACK;
    sigaction(Fault, &Action, nullptr);
  }
}

void nextframe::recoverIfGuarded(int Signal) {
  if (CrashRecoveryContext::GetCurrent())
    Recover(Signal);
}

bool nextframe::survives(function_ref<void()> Work) {
  provideSignalStack();
  CrashRecoveryContext Recovery;
  return Recovery.RunSafely(Work);
}
