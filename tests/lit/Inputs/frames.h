/* A program without a window, for tests: it runs frames until it is asked
   something, and ends when the test has nothing more to ask.

       while (const char *question = next_question())
         puts(answer(question));                                             */

#ifndef FRAMES_H
#define FRAMES_H

#include <nextframe.h>
#include <poll.h>
#include <stdio.h>

/* Shows a frame boundary and rests for a moment. */
static inline void show_frame(void) {
  nextframe_safe_point();
  poll(0, 0, 1);
}

/* Shows frame boundaries until a line comes in; returns it without its newline,
   or null at the end of input. */
static inline const char *next_question(void) {
  static char line[256];
  struct pollfd in = {0, POLLIN, 0};
  fflush(stdout);
  do
    nextframe_safe_point();
  while (poll(&in, 1, 1) == 0);
  if (!fgets(line, sizeof line, stdin))
    return 0;
  for (char *c = line; *c; ++c)
    if (*c == '\n')
      *c = 0;
  return line;
}

#endif
