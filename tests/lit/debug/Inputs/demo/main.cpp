#include "game.h"
#include <nextframe.h>
#include <poll.h>

/// Returns behind the next reload.
static void awaitReload() {
  for (unsigned now = nextframe::generation(); nextframe::generation() == now;) {
    poll(nullptr, 0, 1);
    nextframe::safe_point();
  }
}

int main() {
  for (int frame = 1; frame < 5; ++frame) {
    update(frame);
    awaitReload();
  }
}
