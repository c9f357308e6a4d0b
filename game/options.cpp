// The command line: what there is, and one clear line about what there is not.
#include "options.h"

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr const char *helpText =
    "breakout: break all the bricks; it plays itself when nobody else does\n"
    "\n"
    "  --seed N      another course of events for another N (default: 1)\n"
    "  --demo N      play itself for N frames of 1/60 s, the same on every run,\n"
    "                and print the state once every 60 frames\n"
    "  --no-window   with --demo: show nothing, need no display\n"
    "  --hidden      draw into a window that is not shown\n"
    "  --help        show this text\n"
    "\n"
    "keys: left, right, A, D move; space goes on; R restarts; escape quits\n";

bool is(const char *argument, const char *option) { return std::strcmp(argument, option) == 0; }

/// A whole number from `low` up, or -1.
long parseNumber(const char *text, long low) {
  char *end = nullptr;
  const long number = text ? std::strtol(text, &end, 10) : -1;
  const bool whole = text && end != text && *end == '\0';
  return whole && number >= low && number <= INT_MAX ? number : -1;
}

Start refuse(const char *argument, const char *reason) {
  std::fprintf(stderr, "breakout: %s %s; see --help\n", argument, reason);
  return Start::Refuse;
}

} // namespace

Start parseOptions(int argc, char **argv, Options &options) {
  for (int i = 1; i < argc; ++i) {
    const char *argument = argv[i];
    if (is(argument, "--help"))
      return Start::ShowHelp;
    if (is(argument, "--no-window")) {
      options.window = false;
    } else if (is(argument, "--hidden")) {
      options.hidden = true;
    } else if (is(argument, "--seed")) {
      const long seed = parseNumber(argv[++i], 0);
      if (seed < 0)
        return refuse(argument, "needs a whole number from 0 up");
      options.seed = static_cast<unsigned>(seed);
    } else if (is(argument, "--demo")) {
      const long frames = parseNumber(argv[++i], 1);
      if (frames < 0)
        return refuse(argument, "needs a number of frames from 1 up");
      options.demoFrames = static_cast<int>(frames);
    } else {
      return refuse(argument, "is no option");
    }
  }
  if (!options.window && options.demoFrames == 0)
    return refuse("--no-window", "needs --demo N");
  return Start::Run;
}

void printHelp() { std::fputs(helpText, stdout); }
