// The driver's side of a generated program: one command a line, one line of answer.

#include "fuzz.h"

#include <nextframe.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// In the generated driver.cpp.
void askAll(unsigned n);
void visitAll();
void actAll(unsigned n);
bool hammerAll(unsigned &seen);

FuzzMode fuzz_mode = FuzzRuns;

namespace {

struct Loaded {
  char *name, *value;
};
Loaded *loaded;
size_t loadedCount;
const char *separator = "";
bool stopHammering, hammeredWrong, isHammering;
pthread_t hammerer;

const char *find(const char *name) {
  for (size_t i = 0; i < loadedCount; ++i)
    if (!strcmp(loaded[i].name, name))
      return loaded[i].value;
  printf("%s%s=missing", separator, name);
  separator = " ";
  return "0";
}

void begin(const char *name) {
  printf("%s%s=", separator, name);
  separator = " ";
}

/// Reads "name=value name=value ..." and gives the values to the variables.
void load(char *text) {
  free(loaded);
  loaded = nullptr;
  loadedCount = 0;
  for (char *word = strtok(text, " "); word; word = strtok(nullptr, " ")) {
    char *equals = strchr(word, '=');
    *equals = 0;
    loaded = static_cast<Loaded *>(realloc(loaded, (loadedCount + 1) * sizeof(Loaded)));
    loaded[loadedCount++] = {word, equals + 1};
  }
  fuzz_mode = FuzzLoads;
  visitAll();
  fuzz_mode = FuzzRuns;
}

void *hammer(void *) {
  unsigned seen = 0;
  while (!__atomic_load_n(&stopHammering, __ATOMIC_RELAXED)) {
    for (int i = 0; i < 500; ++i)
      if (!hammerAll(seen))
        __atomic_store_n(&hammeredWrong, true, __ATOMIC_RELAXED);
    poll(nullptr, 0, 1);
  }
  return nullptr;
}

void command(char *line) {
  separator = "";
  if (!strncmp(line, "ask ", 4)) {
    askAll(static_cast<unsigned>(atoi(line + 4)));
  } else if (!strncmp(line, "act ", 4)) {
    actAll(static_cast<unsigned>(atoi(line + 4)));
  } else if (!strcmp(line, "dump")) {
    fuzz_mode = FuzzDumps;
    visitAll();
    fuzz_mode = FuzzRuns;
  } else if (!strncmp(line, "load ", 5)) {
    load(line + 5);
  } else if (!strcmp(line, "hammer")) {
    isHammering = pthread_create(&hammerer, nullptr, hammer, nullptr) == 0;
  } else if (!strcmp(line, "torn")) {
    printf("%d", __atomic_load_n(&hammeredWrong, __ATOMIC_RELAXED));
  }
  printf("\n");
  fflush(stdout);
}

} // namespace

long long fuzz_integer(const char *name, long long value) {
  if (fuzz_mode == FuzzLoads)
    return atoll(find(name));
  begin(name);
  printf("%lld", value);
  return value;
}

double fuzz_real(const char *name, double value) {
  if (fuzz_mode == FuzzLoads)
    return atof(find(name));
  begin(name);
  printf("%.17g", value);
  return value;
}

const char *fuzz_text(const char *name, const char *value) {
  if (fuzz_mode == FuzzLoads)
    return strdup(find(name) + 1);
  begin(name);
  printf(":%s", value);
  return value;
}

const char *fuzz_at(const char *name, unsigned index) {
  static char names[8][96];
  static unsigned next;
  char *result = names[next++ % 8];
  snprintf(result, sizeof names[0], "%s[%u]", name, index);
  return result;
}

void fuzz_answer(const char *name, unsigned value) {
  begin(name);
  printf("%u", value);
}

unsigned fuzz_hash(const char *text) {
  unsigned hash = 2166136261u;
  for (; *text; ++text)
    hash = (hash ^ static_cast<unsigned char>(*text)) * 16777619u;
  return hash;
}

/// Shows frame boundaries until a line comes in, and obeys it.
bool frame() {
  static char *line;
  static size_t room;
  pollfd in = {0, POLLIN, 0};
  do
    nextframe::safe_point();
  while (poll(&in, 1, 1) == 0);
  ssize_t length = getline(&line, &room, stdin);
  if (length <= 0) {
    stopHammering = true;
    if (isHammering)
      pthread_join(hammerer, nullptr);
    return false;
  }
  line[length - 1] = 0;
  command(line);
  return true;
}
