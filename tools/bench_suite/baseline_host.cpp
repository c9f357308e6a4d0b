//===- baseline_host.cpp - Hot reload as a careful user would build it ----===//
//
// What nextframe is compared with: the program is a shared library. A thread waits with inotify
// for saves, runs the commands that build the library, and opens the result under a name that
// was not used before; between two frames the loop takes the new functions. Old libraries stay
// open. It writes the event stream of jit_host, so that the same script drives both.
//
//   baseline_host --events FILE --source-dir DIR --recipe FILE PERIOD_US [told]
//
// The recipe is a command a line, its words separated by tabs, run one after the other. {out} in a
// word is the fresh name. A line "rename", FROM, TO renames a file.
//
//===----------------------------------------------------------------------===//

#include "frame_loop.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <poll.h>
#include <spawn.h>
#include <sstream>
#include <string>
#include <string_view>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

extern char **environ;

namespace {

using FrameFn = long (*)(long);
using Command = std::vector<std::string>;

struct Options {
  std::string events, source_dir, recipe;
  long period_us = 0;
  bool told = false;
};

/// What the build thread has made and the loop is to take.
struct Handover {
  std::atomic<FrameFn> fresh = nullptr;
  std::atomic<long long> begun_ns = 0, taken_ns = 0; // Written by the loop.
  std::atomic<int> taken = 0;
};

Handover handover;
FILE *events;

[[noreturn]] void fail(const std::string &what) {
  fprintf(stderr, "baseline_host: %s: %s\n", what.c_str(), strerror(errno));
  exit(1);
}

std::vector<Command> read_recipe(const std::string &path) {
  std::ifstream in(path);
  if (!in)
    fail(path);
  std::vector<Command> commands;
  for (std::string line; std::getline(in, line);) {
    Command words;
    std::istringstream rest(line);
    for (std::string word; std::getline(rest, word, '\t');)
      words.push_back(word);
    commands.push_back(words);
  }
  return commands;
}

/// Runs one command and waits for it; whether it succeeded.
bool run(Command words, const std::string &out) {
  for (std::string &word : words)
    if (size_t at = word.find("{out}"); at != std::string::npos)
      word.replace(at, 5, out);
  if (words[0] == "rename")
    return rename(words[1].c_str(), words[2].c_str()) == 0;
  std::vector<char *> argv;
  for (std::string &word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t child;
  int status = 0;
  if (int error = posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ)) {
    errno = error;
    fail(words[0]);
  }
  while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

struct Build {
  FrameFn frame = nullptr;
  long long begun = 0, built = 0, loaded = 0;
};

/// Builds the library and opens it; without a frame where that failed.
Build build(const std::vector<Command> &recipe, const std::string &prefix) {
  static int number = 0;
  std::string out = prefix + "." + std::to_string(number++) + ".so";
  Build result;
  result.begun = now_ns();
  for (const Command &command : recipe)
    if (!run(command, out))
      return result;
  result.built = now_ns();
  void *library = dlopen(out.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (!library) {
    fprintf(stderr, "baseline_host: %s\n", dlerror());
    return result;
  }
  result.frame = reinterpret_cast<FrameFn>(dlsym(library, "app_frame"));
  result.loaded = now_ns();
  unlink(out.c_str());
  return result;
}

double ms(long long from, long long to) { return double(to - from) / 1e6; }

/// Hands a build to the loop, waits until it is taken, and reports.
void deliver(const Build &b, long long saved) {
  if (!b.frame) {
    fprintf(events,
            "{\"event\":\"reload\",\"outcome\":\"failed\",\"diagnostics\":[],\"notes\":[]}\n");
    fflush(events);
    return;
  }
  int before = handover.taken;
  handover.fresh = b.frame;
  handover.taken.wait(before);
  fprintf(events,
          "{\"event\":\"reload\",\"outcome\":\"applied\",\"replaced\":[],\"added\":[],\"saved_ns\":"
          "%lld,"
          "\"live_ns\":%lld,\"pause_ns\":%lld,\"phases_ms\":{\"build\":%.3f,\"load\":%.3f,\"wait\":"
          "%.3f}}\n",
          saved, handover.taken_ns.load(), handover.taken_ns - handover.begun_ns,
          ms(b.begun, b.built), ms(b.built, b.loaded), ms(b.loaded, handover.begun_ns));
  fflush(events);
}

/// Whether a name is that of a source or a header.
bool is_source(std::string_view name) {
  for (std::string_view ending : {".cpp", ".h"})
    if (name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending)
      return true;
  return false;
}

/// Takes all events that there are; whether one of them is about a source.
bool read_saves(int watch) {
  alignas(inotify_event) char buffer[16384];
  bool any = false;
  for (pollfd ready{watch, POLLIN, 0}; poll(&ready, 1, 0) > 0;) {
    ssize_t size = read(watch, buffer, sizeof buffer);
    for (char *at = buffer; at < buffer + size;) {
      auto *event = reinterpret_cast<inotify_event *>(at);
      any |= event->len && is_source(event->name);
      at += sizeof(inotify_event) + event->len;
    }
  }
  return any;
}

void follow_saves(int watch, const std::vector<Command> &recipe, const std::string &prefix) {
  // As nextframe's thread: the program's frames come first.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10);
  for (pollfd ready{watch, POLLIN, 0};;) {
    if (poll(&ready, 1, -1) < 0 && errno != EINTR)
      fail("poll");
    long long saved = now_ns();
    if (read_saves(watch))
      deliver(build(recipe, prefix), saved);
  }
}

Options parse(int argc, char **argv) {
  Options o;
  std::vector<std::string> rest;
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    std::string *value = word == "--events"       ? &o.events
                         : word == "--source-dir" ? &o.source_dir
                         : word == "--recipe"     ? &o.recipe
                                                  : nullptr;
    if (value && i + 1 < argc)
      *value = argv[++i];
    else
      rest.emplace_back(word);
  }
  o.period_us = rest.empty() ? 0 : atol(rest[0].c_str());
  o.told = rest.size() > 1;
  return o;
}

} // namespace

int main(int argc, char **argv) {
  long long start = now_ns();
  Options o = parse(argc, argv);
  events = fopen(o.events.c_str(), "w");
  if (!events)
    fail(o.events);
  int watch = inotify_init1(IN_CLOEXEC);
  if (inotify_add_watch(watch, o.source_dir.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO) < 0)
    fail(o.source_dir);
  std::vector<Command> recipe = read_recipe(o.recipe);
  Build first = build(recipe, o.recipe);
  if (!first.frame)
    return 1;
  FrameFn frame = first.frame;
  fprintf(events, "{\"event\":\"ready\",\"time_ns\":%lld,\"startup_ms\":%.3f}\n", now_ns(),
          ms(start, now_ns()));
  fflush(events);
  std::thread(follow_saves, watch, recipe, o.recipe).detach();
  run_frames(
      o.period_us, o.told, [&](long tick) { return frame(tick); },
      [&] {
        long long begun = now_ns();
        if (FrameFn fresh = handover.fresh.exchange(nullptr)) {
          frame = fresh;
          handover.begun_ns = begun;
          handover.taken_ns = now_ns();
          ++handover.taken;
          handover.taken.notify_one();
        }
      });
}
