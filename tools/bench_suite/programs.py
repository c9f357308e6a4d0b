"""Programs to measure with: generated from pieces (snippets/), the same ones for the same seed.

A program is a folder. Everything in it but main.cpp is what the baseline builds into a shared
library; main.cpp and frame_loop.h are the loop that calls it, which the baseline's host has too.
"""

import os
import random
import re
import shutil

HERE = os.path.dirname(os.path.abspath(__file__))

USUAL_HEADERS = ("algorithm array cctype cmath cstdint cstring deque functional iomanip iostream "
                 "list map memory numeric optional set sstream string unordered_map utility "
                 "vector").split()

NOUNS = ("arrow badge bolt brick cloud coin comet crate door dragon ember engine falcon flame "
         "gate gem ghost hammer harbor island jewel kite lamp lantern magnet marble meteor "
         "mirror needle nut orbit paddle pearl pilot planet quarry raft ribbon rocket rover sail "
         "shield spark spring statue tower turret urchin valley vessel wagon whale wheel").split()


def read_pieces(name):
    """Name of each piece of a snippet file → its headers and its text."""
    with open(os.path.join(HERE, "snippets", name), encoding="utf-8") as file:
        parts = re.split(r"^//--- (\w+):(.*)\n", file.read(), flags=re.M)
    return [(parts[i], parts[i + 1].split(), parts[i + 2].strip() + "\n")
            for i in range(1, len(parts), 3)]


class Pieces:
    """Writes pieces, each filled in anew. The seed decides about everything."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.plain, self.containers = read_pieces("plain.in"), read_pieces("containers.in")
        self.used = 0

    def expression(self, names):
        """A sum of the names, each with a factor or a divisor."""
        return " + ".join(f"{name} {self.random.choice('*/')} {self.random.randint(2, 9)}"
                          for name in names)

    def write(self, kinds):
        """One piece of these kinds: its namespace, its headers, its text."""
        name, headers, text = self.random.choice(kinds)
        noun = self.random.choice(NOUNS)
        self.used += 1
        space = f"{noun}_{name}_{self.used}"
        fills = {"word": noun, "Word": noun.capitalize()}
        fills |= {letter: str(self.random.randint(2, 97)) for letter in "ABCDEF"}

        def fill(match):
            return self.expression(match[1].split(",")) if match[1] else fills[match[2]]
        text = re.sub(r"@(?:expr:([\w.,]+)|(\w+))@", fill, text)
        return space, headers, f"namespace {space} {{\n\n{text}\n}} // namespace {space}\n"

    def source(self, name, lines, head="", tail="", kinds=None, headers=()):
        """A source of about that many lines whose `long NAME(long tick)` uses all of its pieces.
        `head` and `tail` stand around the pieces; headers: those that it includes anyway."""
        included, spaces, body = set(headers), [], []
        length = head.count("\n") + tail.count("\n") + len(included) + 6
        shortest = min(self.plain, key=lambda piece: len(piece[2].splitlines()))
        while length < lines - 15 or not spaces:
            fitting = [piece for piece in kinds or self.plain + self.containers
                       if length + piece[2].count("\n") < lines + 5]
            space, needs, text = self.write(fitting or [shortest])
            included.update(needs)
            spaces.append(space)
            body.append(text)
            length += text.count("\n") + 1
        calls = "".join(f"    &{space}::run,\n" for space in spaces)
        table = (f"long {name}(long tick) {{ return {spaces[0]}::run(tick); }}\n"
                 if len(spaces) == 1 else
                 f"long {name}(long tick) {{\n  using Step = long (*)(long);\n"
                 f"  static const Step steps[] = {{\n{calls}  }};\n"
                 f"  return steps[tick % {len(spaces)}](tick);\n}}\n")
        includes = "".join(f"#include <{header}>\n" for header in sorted(included))
        return "\n".join(part for part in (includes, head, *body, table, tail) if part)


# What is edited. REVISION is the number of the edit; the program shows it once the edit is live.

WORLD = '''struct Body {
  std::string name;
  float x, y, speed;
  int kind;
};

class World {
public:
  World();
  long revision() const;

private:
  std::vector<Body> bodies;
  std::vector<float> heights;
};

World::World() {
  for (int i = 0; i < 24; ++i) {
    bodies.push_back({"body " + std::to_string(i), float(i * 7 % 11), float(i * 5 % 13), i * 0.5f, i % 3});
    heights.push_back(bodies[i].y - bodies[i].x / 2);
  }
}
'''

PLAIN_BODY = '''long World::revision() const {
  long result = REVISION;
  float highest = 0;
  for (float h : heights)
    if (h > highest)
      highest = h;
EXTRA  return highest > 1000 ? -1 : result;
}
'''

# A new lambda each time, with other captures and another key; what they compute is checked.
SORT_BODIES = ['''long World::revision() const {
  std::vector<Body> order = bodies;
  float bias = REVISION;
  std::sort(order.begin(), order.end(), [bias](const Body &a, const Body &b) { return a.x * bias + a.y < b.x * bias + b.y; });
  std::unordered_map<std::string, int> seen;
  for (const Body &b : order)
    ++seen[b.name];
  return REVISION + long(seen.size()) - long(bodies.size());
}
''', '''long World::revision() const {
  std::vector<const Body *> order;
  for (const Body &b : bodies)
    order.push_back(&b);
  std::sort(order.begin(), order.end(), [](const Body *a, const Body *b) { return a->speed - REVISION > b->speed - REVISION; });
  std::map<int, std::vector<const Body *>> kinds;
  for (const Body *b : order)
    kinds[b->kind].push_back(b);
  long sum = REVISION - long(bodies.size());
  for (const auto &[kind, all] : kinds)
    sum += long(all.size());
  return sum;
}
''', '''long World::revision() const {
  std::vector<std::pair<float, int>> order;
  for (const Body &b : bodies)
    order.emplace_back(b.y, b.kind);
  int swaps = 0;
  std::sort(order.begin(), order.end(), [&swaps, this](const auto &a, const auto &b) {
    ++swaps;
    return a.first + heights[0] * REVISION < b.first + heights[0] * REVISION;
  });
  std::unordered_map<int, float> best;
  for (const auto &[y, kind] : order)
    best[kind] = y;
  return swaps > 0 && best.size() == 3 ? REVISION : -1;
}
''']

APP = '''static World &world() {
  static World all;
  return all;
}

extern "C" __attribute__((visibility("default"))) long app_frame(long tick) {
  REST
  return world().revision();
}
'''

WORLD_HEADERS = ["algorithm", "cmath", "string", "vector"]


def plain_body(revision):
    """The edited function: another number, and up to two more lines, so that what follows moves."""
    extra = "".join(f"  if (heights.size() > {1000 * n + revision + 999})\n    result += {n};\n"
                    for n in range(1, 1 + revision % 3))
    return PLAIN_BODY.replace("REVISION", str(revision)).replace("EXTRA", extra)


def sort_body(revision):
    return SORT_BODIES[revision % len(SORT_BODIES)].replace("REVISION", str(revision))


class Program:
    """A generated program on disk."""

    def __init__(self, folder, headers):
        """`headers`: what a careful user would put into the precompiled header."""
        self.folder, self.headers = folder, headers
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        shutil.copy(os.path.join(HERE, "frame_loop.h"), folder)
        shutil.copy(os.path.join(HERE, "live_main.cpp"), os.path.join(folder, "main.cpp"))
        self.sources = []

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)
        if name.endswith(".cpp"):
            self.sources.append(name)

    def lines(self):
        """How long the sources and headers are in all, without the loop."""
        total = 0
        for name in os.listdir(self.folder):
            if name not in ("main.cpp", "frame_loop.h"):
                with open(os.path.join(self.folder, name), encoding="utf-8") as file:
                    total += sum(1 for _ in file)
        return total


class WorldFile:
    """app.cpp, the file that is edited: a World, and pieces around it up to the wanted length."""

    def __init__(self, pieces, lines, headers, parts=(), kinds=None):
        calls = ["app_rest(tick);"]
        head = ""
        if parts:
            head = ('#include "parts.h"\n\nstatic long (*const parts[])(long) = {\n' +
                    "".join(f"    {p},\n" for p in parts) + "};\n\n")
            calls.append(f"parts[tick % {len(parts)}](tick);")
        self.text = pieces.source("app_rest", lines, head + WORLD + "\nBODY",
                                  APP.replace("REST", "\n  ".join(calls)), kinds, headers)

    def version(self, revision, body=plain_body):
        return self.text.replace("BODY", body(revision), 1)


def one_file(folder, lines, seed=1):
    """A program of one file; above 100 lines it has all of the usual headers."""
    headers = WORLD_HEADERS if lines <= 100 else USUAL_HEADERS
    pieces = Pieces(seed)
    program = Program(folder, headers)
    program.app = WorldFile(pieces, lines, headers, kinds=pieces.plain if lines <= 100 else None)
    program.write("app.cpp", program.app.version(0))
    return program


def many_files(folder, files, lines, app_lines, small=False, seed=2):
    """A program of that many files of `lines` lines, app.cpp among them. `small`: the others
    include two standard headers instead of what their pieces need."""
    pieces = Pieces(seed)
    program = Program(folder, USUAL_HEADERS)
    parts = [f"part_{n}" for n in range(1, files)]
    program.write("parts.h", "#pragma once\n" + "".join(f"long {p}(long tick);\n" for p in parts))
    for part in parts:
        program.write(part + ".cpp", pieces.source(
            part, lines, '#include "parts.h"\n', kinds=pieces.plain if small else None,
            headers=["string", "vector"]))
    program.app = WorldFile(pieces, app_lines, USUAL_HEADERS, parts)
    program.write("app.cpp", program.app.version(0))
    return program


SHARED_HEADER = '''#pragma once
#include <string>
#include <vector>

constexpr long Limit = LIMIT;

struct Effect {
  float strength = 1;
  long revision = 0;
FIELD};

inline long shared_revision(long scale) {
  long sum = 0;
  for (long i = 0; i < scale; ++i)
    sum += i % 2 ? scale : -scale;
  return INLINE + sum * 0;
}

inline long effect_revision(long wanted) {
  Effect effect;
  effect.strength += float(wanted);
  effect.revision = FIELDS;
  return effect.revision;
}
'''


def shared_header(limit=0, inline=0, fields=0):
    field = f"  long added_{fields} = {fields};\n" if fields else ""
    return (SHARED_HEADER.replace("LIMIT", str(limit)).replace("INLINE", str(inline))
            .replace("FIELDS", str(fields)).replace("FIELD", field))


def header_users(folder, users=20, readers=5, seed=3):
    """Twenty files that include one header and use its inline function; five use its constant."""
    pieces = Pieces(seed)
    program = Program(folder, USUAL_HEADERS)
    program.write("shared.h", shared_header())
    names = [f"user_{n}" for n in range(users)]
    for n, name in enumerate(names):
        tail = f"long {name}_inline(long scale) {{ return shared_revision(scale); }}\n"
        if n < readers:
            tail += f"long {name}_limit() {{ return Limit; }}\n"
        program.write(name + ".cpp",
                      pieces.source(name + "_rest", 120, '#include "shared.h"\n', tail))
    declared = "".join(f"long {n}_inline(long), {n}_rest(long);\n" for n in names)
    declared += "".join(f"long {n}_limit();\n" for n in names[:readers])
    inlines = " + ".join(f"{n}_inline(4)" for n in names)
    limits = " + ".join(f"{n}_limit()" for n in names[:readers])
    # Each of them must be new for the sum to show the revision.
    program.write("app.cpp", f'#include "shared.h"\n{declared}\n' + f'''
extern "C" __attribute__((visibility("default"))) long app_frame(long tick) {{
  long inlines = {inlines};
  long limits = {limits};
  {names[0]}_rest(tick);
  if (inlines % {users} || limits % {readers})
    return -1;
  return inlines / {users} + limits / {readers} + effect_revision(tick);
}}
''')
    return program


def thousand_functions(folder, count=1000):
    """One file with that many functions, all of which use one constant, and one that doesn't."""
    program = Program(folder, ["cmath"])

    def text(step, single):
        body = "".join(f"long task_{n}(long tick) {{\n  long done = tick % {n + 2};\n"
                       f"  return done * {n % 7} + Step - done * {n % 7};\n}}\n"
                       for n in range(count))
        table = ",\n".join(f"    task_{n}" for n in range(count))
        return (f"#include <cmath>\n\nconstexpr long Step = {step};\n\n{body}\n"
                f"long single(long tick) {{\n  return {single} + tick * 0;\n}}\n\n"
                f"static long (*const tasks[])(long) = {{\n{table}}};\n" + '''
extern "C" __attribute__((visibility("default"))) long app_frame(long tick) {
  long first = tasks[0](tick);
  for (long (*task)(long) : tasks)
    if (task(tick) != first)
      return -1;
  return first + single(tick);
}
''')
    program.text = text
    program.write("app.cpp", text(0, 0))
    return program
