//===- Log.cpp - What the host says on standard error ---------------------===//

#include "support/Log.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Process.h"

#include <cerrno>
#include <unistd.h>

using namespace llvm;

/// Writes all of \p Text with as few writes as the kernel allows: one, for any
/// message of usual size, which keeps lines of several threads whole without a
/// lock of ours. (raw_ostream's errs() is not safe to share between threads.)
static void writeAll(StringRef Text) {
  while (!Text.empty()) {
    ssize_t N = ::write(STDERR_FILENO, Text.data(), Text.size());
    if (N < 0 && errno == EINTR)
      continue;
    if (N <= 0)
      return; // Nobody reads what we say; that is no reason to disturb the program.
    Text = Text.drop_front(static_cast<size_t>(N));
  }
}

bool nextframe::logHasColors() {
  static const bool Colors = sys::Process::StandardErrHasColors();
  return Colors;
}

static StringRef colorOf(nextframe::Tone T) {
  switch (T) {
  case nextframe::Tone::Plain:
    return "";
  case nextframe::Tone::Good:
    return "\033[32m";
  case nextframe::Tone::Note:
    return "\033[36m";
  case nextframe::Tone::Warning:
    return "\033[33m";
  case nextframe::Tone::Error:
    return "\033[31m";
  }
  return "";
}

void nextframe::say(Tone T, const Twine &Message) {
  SmallString<256> Line;
  bool Colors = logHasColors() && T != Tone::Plain;
  if (Colors)
    Line += colorOf(T);
  Line += "nextframe: ";
  if (Colors)
    Line += "\033[0m";
  Message.toVector(Line);
  Line += '\n';
  writeAll(Line);
}

void nextframe::sayRaw(StringRef Text) { writeAll(Text); }
