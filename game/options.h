// The command line.
#pragma once

struct Options {
  unsigned seed = 1;
  int demoFrames = 0; // 0: no demo, a person plays.
  bool window = true;
  bool hidden = false;
};

/// What the program is to do after it has read its command line.
enum class Start { Run, ShowHelp, Refuse };

/// Says on stderr, in one line, why it refuses.
Start parseOptions(int argc, char **argv, Options &options);

void printHelp();
