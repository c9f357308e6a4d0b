"""The program that tools/endurance runs, and the edits that it saves into it.

A Model knows the text of every file and what the program must answer; an edit changes
the model, and so both.
"""

import random

FILES = ("a", "b", "c", "d")
NAMES = range(1, 41)  # Numbers that names have, where names come back.

MAIN = """\
#include "shared.h"
#include <nextframe.h>
#include <stdio.h>
#include <unistd.h>

// What the state holds from the first generation on must stay valid for good.
static const char *first_text = text();
static const int *first_table = table();
static int (*first_function)() = body_a;
static int (*first_lambda)(int) = lambda();
static Shape *first_shape = new Shape;
static int counted = 0;

static int first_table_sum() { return first_table[0] + first_table[1] + first_table[2]; }

static void answer() {
  ++counted;
  printf("%d %d %d %d %d %s %d %d %d %d | %s %d %d %d %d\\n", body_a(), body_b(), body_c(),
         body_d(), extras_a() + extras_b() + extras_c() + extras_d(), text(), table_sum(),
         first_shape->area(), lambda()(1), speed, first_text, first_table_sum(),
         first_function == body_a && first_function() == body_a(), first_lambda(1), counted);
  fflush(stdout);
}

int main() {
  nextframe::on_reload(answer);
  for (;;) {
    usleep(500);
    nextframe::safe_point();
  }
}
"""


class Model:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.number = 0  # Of edits; also what makes values new.
        self.fresh = False  # Whether every new name is one that there never was.
        self.names = 0  # How many such names there have been.
        self.body = dict.fromkeys(FILES, 0)
        self.extras = {name: [] for name in FILES}  # Numbers of functions that come and go.
        self.globals = {name: [] for name in FILES}
        self.shifts = dict.fromkeys(FILES, 0)
        self.constant = self.inline = self.template = self.lam = self.virtual = 0
        self.text = self.speed = self.fields = 0
        self.table = [1, 2, 3]
        self.broken = False
        self.back = None  # What putting back would undo.

    # The files.

    def files(self):
        texts = {"main.cpp": MAIN, "shared.h": self.shared(), "things.cpp": self.things()}
        for name in FILES:
            texts[f"{name}.cpp"] = self.unit(name)
        return texts

    def shared(self):
        declared = " ".join(f"int body_{f}(); int extras_{f}();" for f in FILES)
        fields = "".join(f" int field_{n};" for n in range(self.fields))
        return f"""\
#pragma once
constexpr int Constant = {self.constant};
inline int inlined(int x) {{ return x + {self.inline}; }}
template <typename T> T templated(T x) {{ return x + {self.template}; }}
struct Shape {{
  virtual int area();
  int side = 3;
}};
struct Loose {{ int first = 1;{fields} }};
{declared}
const char *text();
const int *table();
int table_sum();
int (*lambda())(int);
extern int speed;
"""

    def things(self):
        table = ", ".join(map(str, self.table))
        return f"""\
#include "shared.h"
const char *text() {{ return "text_{self.text}"; }}
static const int values[] = {{{table}}};
const int *table() {{ return values; }}
int table_sum() {{
  int sum = 0;
  for (int value : values)
    sum += value;
  return sum;
}}
int Shape::area() {{ return side * side + {self.virtual}; }}
int (*lambda())(int) {{
  return [](int x) {{ return x + {self.lam}; }};
}}
int speed = {self.speed};
"""

    def unit(self, name):
        mistake = "this does not compile\n" if self.broken and name == "a" else ""
        extras = "".join(f"static int extra_{n}(int x) {{ return x + {n}; }}\n"
                         for n in self.extras[name])
        extra_sum = "".join(f" + extra_{n}(1)" for n in self.extras[name])
        held = "".join(f"static int global_{n} = templated({n});\n" for n in self.globals[name])
        global_sum = "".join(f" + global_{n}" for n in self.globals[name])
        return f"""\
#include "shared.h"
{"// a line more" + chr(10) if self.shifts[name] % 2 else ""}\
int body_{name}() {{
  Loose loose;
  return inlined({self.body[name]}) + templated(Constant) + loose.first;
}}
{mistake}{extras}{held}int extras_{name}() {{ return 0{extra_sum}{global_sum}; }}
"""

    # What the program answers. A global keeps the value that its initialiser gave when
    # it was new, so that has to be remembered.

    def answers(self, values, counted):
        bodies = [self.body[f] + self.inline + self.constant + self.template + 1 for f in FILES]
        extras = sum(1 + n for f in FILES for n in self.extras[f])
        extras += sum(values[f, n] for f in FILES for n in self.globals[f])
        now = [*bodies, extras, f"text_{self.text}", sum(self.table), 9 + self.virtual,
               1 + self.lam, self.speed]
        held = ["text_0", 6, 1, 1 + self.lam, counted]
        return " ".join(map(str, now)) + " | " + " ".join(map(str, held))

    # The edits. Each returns the outcomes that are right for it.

    def edit(self):
        """Makes the next edit; returns its kind and the outcomes that may come of it."""
        self.number += 1
        if self.broken:
            self.broken = False
            return "mistake mended", ("unchanged",)
        kind = self.random.choice(list(self.EDITS))
        return kind, self.EDITS[kind](self)

    def change(self, attribute, value):
        """A change that the next "put back" may undo."""
        self.back = (attribute, getattr(self, attribute))
        setattr(self, attribute, value)
        return ("applied",)

    def one(self):
        return self.random.choice(FILES)

    def body_of_one(self):
        return self.change("body", {**self.body, self.one(): self.number})

    def put_back(self):
        if self.back is None:
            return self.literal()
        attribute, value = self.back
        return self.change(attribute, value)

    def name(self, used):
        """The number of a new name, which is none of `used`."""
        if not self.fresh:
            return self.random.choice([n for n in NAMES if n not in used])
        self.names += 1
        return len(NAMES) + self.number

    def literal(self):
        return self.change("text", self.name([self.text]))

    def function_added(self):
        name = self.one()
        held = self.extras[name]
        if len(held) == len(NAMES) // 2:
            held = held[1:]
        return self.change("extras", {**self.extras, name: held + [self.name(held)]})

    def function_removed(self):
        return self.take_away("extras") or self.function_added()

    def global_added(self):
        name = self.one()
        self.back = None
        held = self.globals[name]
        if len(held) == len(NAMES) // 2:
            held = held[1:]
        self.globals[name] = held + [self.name(held)]
        return ("applied",)

    def global_removed(self):
        return self.take_away("globals") or self.global_added()

    def take_away(self, attribute):
        held = getattr(self, attribute)
        full = [name for name in FILES if held[name]]
        if not full:
            return None
        name = self.random.choice(full)
        self.back = None
        setattr(self, attribute, {**held, name: held[name][1:]})
        return ("applied",)

    def line_shift(self):
        self.shifts[self.one()] += 1
        return ("unchanged",)

    def mistake(self):
        self.broken = True
        return ("failed",)

    def layout(self):
        """No object of the type is alive at a frame boundary; where that can't be told,
        the edit is refused and has to be put back."""
        self.back = None
        self.fields = 1 - self.fields
        return ("applied", "refused")

    def value(attribute):
        return lambda self: self.change(attribute, self.number)

    EDITS = {
        "body of a function": body_of_one,
        "inline function in a header": value("inline"),
        "constant in a header": value("constant"),
        "template in a header": value("template"),
        "body of a lambda": value("lam"),
        "body of a virtual function": value("virtual"),
        "string literal": literal,
        "constant table": lambda self: self.change("table", [1, 2, 1000 + self.number]),
        "initial value of a global": value("speed"),
        "function added": function_added,
        "function removed": function_removed,
        "global added": global_added,
        "global removed": global_removed,
        "layout of a struct": layout,
        "line shift": line_shift,
        "mistake": mistake,
        "put back": put_back,
    }
