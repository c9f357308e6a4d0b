//===- SignalStack.cpp - Where a thread handles signals when its stack is full

#include "support/SignalStack.h"

#include <csignal>
#include <cstddef>
#include <sys/mman.h>

namespace {

/// The stack of one thread.
class SignalStack {
public:
  SignalStack();
  ~SignalStack();

private:
  /// A crash unwinds the thread's stack on it, and reads debug information.
  static constexpr size_t Bytes = 128 * 1024;
  void *Memory;
};

} // namespace

SignalStack::SignalStack()
    : Memory(mmap(nullptr, Bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0)) {
  if (Memory == MAP_FAILED)
    return;
  stack_t Stack = {};
  Stack.ss_sp = Memory;
  Stack.ss_size = Bytes;
  sigaltstack(&Stack, nullptr);
}

SignalStack::~SignalStack() {
  stack_t Present;
  if (Memory == MAP_FAILED || sigaltstack(nullptr, &Present) != 0)
    return;
  if (Present.ss_sp == Memory) {
    // A thread that is ended by a handler is still on it.
    if (Present.ss_flags & SS_ONSTACK)
      return;
    stack_t None = {};
    None.ss_flags = SS_DISABLE;
    sigaltstack(&None, nullptr);
  }
  munmap(Memory, Bytes);
}

void nextframe::provideSignalStack() {
  stack_t Present;
  if (sigaltstack(nullptr, &Present) == 0 && !(Present.ss_flags & SS_DISABLE))
    return;
  static thread_local SignalStack Stack;
}
