//===- HostThreads.cpp - The threads that the program knows nothing of ----===//

#include "support/HostThreads.h"

#include <array>
#include <atomic>
#include <cassert>
#include <unistd.h>

using namespace nextframe;

static std::array<std::atomic<pid_t>, 8> Threads;

void nextframe::noteHostThread() {
  for (std::atomic<pid_t> &T : Threads) {
    pid_t None = 0;
    if (T.compare_exchange_strong(None, gettid()))
      return;
  }
  assert(false && "more threads of the host than there is room for");
}

bool nextframe::isHostThread(pid_t Thread) {
  for (const std::atomic<pid_t> &T : Threads)
    if (T.load(std::memory_order_acquire) == Thread)
      return true;
  return false;
}
