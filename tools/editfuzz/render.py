"""Writes the model's files: path → text."""

import pathlib

from editfuzz import bodies, records
from editfuzz.model import CONTAINERS, INTEGERS

RUNTIME = pathlib.Path(__file__).parent / "runtime"
HOOK_TYPE = "typedef unsigned (*Hook)(unsigned);\n"


def render(model):
    """All files of the program, relative to its folder."""
    texts = {name.name: name.read_text() for name in RUNTIME.iterdir()}
    if not any(f.containers for f in model.files.values()):
        del texts["containers.cpp"]
    for f in model.headers():
        texts[f.path] = header(f, model)
        if f.hidden:
            texts[f"{f.folder}{f.stem}.h"] = f.hidden
    for f in model.sources():
        texts[f.path] = source(f, model)
        texts[f"{f.stem}.h"] = declarations(f, model)
    texts["driver.cpp"] = driver(model)
    texts["hammered.cpp"] = ("struct Pair { unsigned a, b; };\nPair hammered() {\n"
                             f"  unsigned n = {model.hammer}u;\n  return {{n, n * n + 7u}};\n}}\n")
    texts["main.cpp"] = ("bool frame();\nunsigned rounds;\nint main() {\n  while (frame())\n"
                         f"    rounds += {model.main_step}u;\n  return 0;\n}}\n")
    if model.fence:
        texts[fence(model)] = f"unsigned fence{model.fence}() {{ return {model.fence}u; }}\n"
    texts["compile_flags.txt"] = (
        f"-DFUZZ_FLAG={model.flag}\n-std={model.standard}\n-Iover\n-I.\n")
    return texts


def fence(model):
    """A file of its own: a report that names it is behind all that was saved before."""
    return f"fence{model.fence}.cpp"


#===----------------------------------------------------------------------===#
# What a file includes
#===----------------------------------------------------------------------===#

def used_by(place, model):
    """The keys of what stands in a place refers to."""
    keys = set()
    for f in model.in_place(model.functions, place):
        keys |= {t.ref for t in f.terms if t.ref}
        keys |= {k for t in f.terms if t.ref in model.variables
                 for k in model.variables[t.ref].targets}
        if f.role in ("method", "boxmethod") and f.owner:
            keys.add(f.owner)
    for v in model.in_place(model.variables, place):
        keys |= {v.type, v.computed, v.constant, *v.targets}
    for s in model.in_place(model.structs, place):
        keys |= {s.base, *(t for _, t in s.fields)}
    keys |= {t.computed for t in model.in_place(model.tables, place)}
    for h in model.hierarchies.values():
        if place in (h.home, h.place):
            keys.add(h.key)
            for k in h.classes:
                keys |= {t for _, t in k.fields}
    return keys - {""}


def includes(f, model):
    """The include lines of a file: what it uses, and what it includes anyway."""
    wanted = {stem for stem in f.includes if stem in model.files}
    for key in used_by(f.stem, model):
        entity = model.find(key)
        if entity is None:
            continue
        place = entity.place
        if isinstance(entity, type(f)) or place == f.stem:
            continue
        wanted.add(place)
    if f.kind != "h":
        wanted.add(f.stem)
    wanted.discard(f.stem if f.kind == "h" else "")
    lines = ['#include "fuzz.h"'] + ['#include "containers.h"'] * f.containers
    lines += ['#include "steps.h"'] * calls_coroutines(f, model)
    lines += [include(stem, model) for stem in sorted(wanted)]
    if any(x.attribute == "function" for x in model.in_place(model.functions, f.stem)):
        lines.append("#include <functional>")
    return "\n".join(lines) + "\n"


def include(stem, model):
    """The line that includes a header, or the declarations of a source file."""
    f = model.files.get(stem)
    if f is None or f.kind != "h":
        return f'#include "{stem}.h"'
    name = f"{f.folder}{stem}.h"
    return f"#include <{name}>" if f.angle else f'#include "{name}"'


def calls_coroutines(f, model):
    """Whether there are coroutines in a file, or some that it asks or calls."""
    own = model.in_place(model.functions, f.stem)
    called = [model.functions.get(t.ref) for x in own for t in x.terms]
    asked = [x for h in model.headers() for x in model.in_place(model.functions, h.stem)]
    return f.kind != "c" and any(x is not None and x.result == "Steps"
                                 for x in own + called + (asked if f.kind == "cpp" else []))


def included_headers(f, model):
    text = includes(f, model)
    return [h for h in model.headers() if include(h.stem, model) in text]


#===----------------------------------------------------------------------===#
# Entities
#===----------------------------------------------------------------------===#

def constant(c):
    if c.kind == "macro":
        return f"#define {c.name} {c.value}\n"
    if c.kind == "constexpr":
        return f"constexpr int {c.name} = {c.value};\n"
    if c.kind == "alias":
        return f"using {c.name} = {underlying(c)};\n"
    if c.kind == "typedef":
        return f"typedef {underlying(c)} {c.name};\n"
    if c.kind == "typed":
        return f"enum class {c.name} : {underlying(c)} {{ one = {c.value} }};\n"
    before = "".join(f"{c.name}_{i}, " for i in range(c.value % 9))
    return f"enum {{ {before}{c.name} }};\n"


def underlying(c):
    """What a named type is."""
    return INTEGERS[c.value % len(INTEGERS)]


def table(t, model):
    values = ", ".join(f"{v}u" for v in t.values)
    if t.computed:
        f = model.functions[t.computed]
        values = ", ".join(f"{f.name}({bodies.arguments(f, f'{v}u')})" for v in t.values)
    word = {"static": "static const", "constexpr": "constexpr", "extern": "extern const"}
    return f"{word[t.linkage]} unsigned {t.name}[] = {{{values}}};\n"


def type_name(v, model):
    if v.type in model.structs:
        return model.structs[v.type].name
    return {"text": "const char *", "hook": "Hook", **CONTAINERS}.get(v.type, v.type)


def variable(v, model):
    word = {"static": "static ", "anon": "", "inline": "inline ", "thread": "static thread_local ",
            "constant": "static const "}.get(v.linkage, "")
    name = type_name(v, model)
    if v.type in model.structs:
        count = f"[{v.count}]" if v.count else ""
        one = f"{name}({v.value}u)"
        start = f"{{{', '.join([one] * v.count)}}}" if v.count else f"({v.value}u)"
        return f"{word}{name} {v.name}{count} {'= ' if v.count else ''}{start};\n"
    start = bodies.initial(v, model)
    if v.count:
        start = "{" + ", ".join(f"({name})({start})" if i == 0 else f"({name}){v.value % 90 + i}"
                                for i in range(v.count)) + "}"
    text = f"{word}{name} {v.name}{f'[{v.count}]' if v.count else ''} = {start};\n"
    return f"namespace {{ {text.rstrip()} }}\n" if v.linkage == "anon" else text


def lead(f):
    """What stands before a function's return type."""
    attribute = f.attribute + " " if f.attribute.startswith(("__", "constexpr")) else ""
    return attribute + {"static": "static ", "inline": "inline "}.get(f.linkage, "")


def tail(f):
    return " noexcept" if f.attribute == "noexcept" else ""


def prototype(f, defaults=True):
    text = f"{lead(f)}{bodies.signature(f, f.name, defaults)}{tail(f)};\n"
    return f"namespace {{ {text.rstrip()} }}\n" if f.linkage == "anon" else text


def function(f, model):
    """A function's definition; its default argument stands in its prototype, if it has one."""
    if f.role == "lambda":
        return closure(f, model)
    reached = (("inline" if f.linkage == "inline" else "static")
               + f" char {f.name}_reached;\n") if model.locals_of(f.key) else ""
    if f.role == "template":
        text = f"template <typename T> {bodies.signature(f, f.name, True)} {{\n"
        text += bodies.body(f, model, 2).replace("return r;", "return r + (unsigned)sizeof(T);")
        text += "}\n"
        for type, n in sorted(f.specials.items()):
            one = bodies.signature(f, f"{f.name}<{type}>", False)
            text += f"template <> inline {one} {{ return a * {n}u; }}\n"
        return text
    text = f"{lead(f)}{bodies.signature(f, f.name, f.linkage == 'inline')}{tail(f)} {{\n"
    text += bodies.body(f, model, 2) + "}\n"
    if f.linkage == "anon":
        text = f"namespace {{\n{text}}}\n"
    return reached + text


def closure(f, model):
    """A function that makes a closure, and the slots that hold some."""
    capture = ", ".join(f.captures)
    kind = "std::function<unsigned(unsigned)>" if f.attribute == "function" else "Stored"
    made = f"[{capture}](unsigned q) {{\n{bodies.body(f, model, 4)}  }}"
    if kind == "Stored":
        made = f"store({made})"
    return (f"static {kind} {f.name}(unsigned a, unsigned b) {{\n  (void)a, (void)b;\n"
            f"  return {made};\n}}\n"
            f"static {kind} {f.name}_slot[4];\nstatic unsigned {f.name}_held[4][3];\n")


#===----------------------------------------------------------------------===#
# Files
#===----------------------------------------------------------------------===#

def by_rank(functions):
    return sorted(functions, key=lambda f: (f.rank, f.key))


def held_variables(place, model):
    return [v for v in model.in_place(model.variables, place) if not v.function]


def entities(place, model):
    """The texts of what stands in a file: types, then data, then code."""
    parts = [constant(c) for c in model.in_place(model.constants, place)]
    parts += [table(t, model) for t in model.in_place(model.tables, place)]
    functions = [f for f in by_rank(model.in_place(model.functions, place))
                 if f.role in ("free", "template", "lambda")]
    early = [f for f in functions if f.rank < 0.5 and model.is_header(place)]
    parts += [function(f, model) for f in early]
    parts += [records.struct(s, model) for s in model.in_place(model.structs, place)]
    parts += [records.box(b, model) for b in model.in_place(model.boxes, place)]
    parts += [records.hierarchy(h, model) for h in model.in_place(model.hierarchies, place)]
    parts += [prototype(f) for f in functions
              if f.role == "free" and f.linkage in ("static", "anon")]
    parts += [variable(v, model) for v in held_variables(place, model)]
    parts += [records.objects(h, model) for h in model.hierarchies.values() if h.home == place]
    return parts + [function(f, model) for f in functions if f not in early]


def frame_text(f, parts):
    gap = "\n" * (1 + f.blank)
    comments = "".join(f"// {c}\n" for c in f.comments) if f.kind != "c" else "".join(
        f"/* {c} */\n" for c in f.comments)
    return comments + gap.join(parts) + (f.broken and f"\n{f.broken}\n")


def header(f, model):
    return "#pragma once\n" + includes(f, model) + frame_text(f, entities(f.stem, model))


def declarations(f, model):
    """The header of what a source file offers to others."""
    text = "#pragma once\n"
    offered = [x for x in model.in_place(model.functions, f.stem)
               if x.role == "free" and x.linkage in ("extern", "c")]
    extern = [v for v in held_variables(f.stem, model) if v.linkage == "extern"]
    types = {model.find(v.type).place for v in extern if model.find(v.type)}
    lines = [include(place, model) for place in sorted(types) if model.is_header(place)]
    if any(x.extra for x in offered) or any(v.type in CONTAINERS for v in extern):
        lines.append('#include "containers.h"')
    if any(x.result == "Steps" for x in offered):
        lines.append('#include "steps.h"')
    text += "".join(f"{line}\n" for line in lines) + HOOK_TYPE
    if f.kind == "c":
        text += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n"
    text += "".join(map(prototype, by_rank(offered)))
    if f.kind == "c":
        text += "#ifdef __cplusplus\n}\n#endif\n"
    for v in extern:
        count = f"[{v.count}]" if v.count else ""
        text += f"extern {type_name(v, model)} {v.name}{count};\n"
    for t in model.in_place(model.tables, f.stem):
        if t.linkage == "extern":
            text += f"extern const unsigned {t.name}[{len(t.values)}];\n"
    return text


def source(f, model):
    parts = entities(f.stem, model) + [asking(f, model), visiting(f, model), acting(f, model)]
    return includes(f, model) + frame_text(f, parts)


def asking(f, model):
    """A function that asks each function of the file, and of the headers that it includes."""
    lines = []
    for x in by_rank(model.in_place(model.functions, f.stem)):
        lines += ask(x, model, f.stem)
    for h in included_headers(f, model) if f.kind != "c" else []:
        for x in by_rank(model.in_place(model.functions, h.stem)):
            lines += ask(x, model, f.stem)
    for h in model.hierarchies.values():
        if h.home == f.stem:
            lines += records.ask_objects(h, model)
    return f"void ask_{f.stem}(unsigned n) {{\n  (void)n;\n" + "".join(
        f"  {line}\n" for line in lines) + "}\n"


def ask(f, model, asker):
    name = f"{asker}.{f.name}"
    given = [bodies.arguments(f, "n * 3u + 1u"), bodies.arguments(f, "n % 8u")]
    if f.role == "free":
        calls = [bodies.called(f, f"{f.name}({a})") for a in given]
    elif f.role == "template":
        calls = [f"{f.name}<int>({a})" for a in given]
    elif f.role == "method":
        calls = [f"{model.structs[f.owner].name}(n).{f.name}({a})" for a in given]
    elif f.role == "boxmethod":
        name = f"{asker}.{model.boxes[f.owner].name}.{f.name}"
        calls = [f"{model.boxes[f.owner].name}<int>(n).{f.name}({a})" for a in given]
    elif f.role == "lambda":
        has = f"{f.name}_slot[i]" + ("" if f.attribute == "function" else ".call")
        call = f"{f.name}_slot[i](n)" if f.attribute == "function" else (
            f"{f.name}_slot[i].call({f.name}_slot[i].closure, n)")
        return [f'for (unsigned i = 0; i < 4; ++i) if ({has}) '
                f'fuzz_answer(fuzz_at("{asker}.{f.name}", i), {call});']
    else:
        return []
    return [f'FUZZ_ASK("{name}", (unsigned){calls[0]});',
            f'FUZZ_ASK("{name}\'", (unsigned){calls[1]});']


def visiting(f, model):
    """A function that visits the state that the file holds."""
    lines = []
    places = [f.stem] + ([h.stem for h in included_headers(f, model)] if f.kind != "c" else [])
    for place in places:
        for v in held_variables(place, model):
            lines += visit_variable(v, model)
        for b in model.in_place(model.boxes, place):
            lines += [bodies.visit(f"{b.name}<{t}>::shared", f"{b.name}.{t}", t)
                      for t in ("int", "long")]
        for x in model.in_place(model.functions, place):
            lines += visit_function(x, model)
    for h in model.hierarchies.values():
        if h.home == f.stem:
            lines += records.visit_objects(h, model)
    return f"void visit_{f.stem}({'void' if f.kind == 'c' else ''}) {{\n" + "".join(
        f"  {line}\n" for line in lines) + "}\n"


def visit_variable(v, model):
    name = v.name
    if v.linkage == "constant":
        return visit_constant(v) if v.computed else []
    if v.type in model.structs:
        s = model.structs[v.type]
        fields = records.all_fields(s, model)
        if v.count:
            return [line for i in range(v.count)
                    for line in records.visits(f"{v.name}[{i}]", f"{name}/{i}", fields, model)]
        return records.visits(v.name, name, fields, model)
    if v.type == "hook":
        names = [model.functions[t].name for t in v.targets]
        known = " : ".join(f"{v.name} == &{n} ? {i}" for i, n in enumerate(names)) + " : -1"
        chosen = " : ".join(f"which == {i} ? &{n}" for i, n in enumerate(names)) + f" : {v.name}"
        return [f'{{ int which = (int)fuzz_integer("{name}", {known}); {v.name} = {chosen}; }}']
    if v.count:
        return [bodies.visit(f"{v.name}[{i}]", f"{name}/{i}", v.type) for i in range(v.count)]
    return [bodies.visit(v.name, name, v.type)]


def visit_constant(v):
    """One whose initialiser is computed: it keeps the value that this gave, whatever becomes of
    the function that was called."""
    elements = [(f"{v.name}[{i}]", f"{v.name}/{i}") for i in range(v.count)] or [(v.name, v.name)]
    return [f"FUZZ_SET({v.type}, {value}) {bodies.visited(value, name, v.type)};"
            for value, name in elements]


def visit_function(f, model):
    if f.role == "lambda":
        slot, held = f"{f.name}_slot[i]", f"{f.name}_held[i]"
        at = f'fuzz_at("{f.name}'
        made = f"{slot} = {f.name}({held}[0], {held}[1]);"
        return ["for (unsigned i = 0; i < 4; ++i) {",
                *(f'  {held}[{j}] = (unsigned)fuzz_integer({at}/{part}", i), {held}[{j}]);'
                  for j, part in enumerate(("a", "b", "serial"))),
                f"  if (fuzz_mode == FuzzLoads && {held}[2]) {made}",
                "}"]
    if not model.locals_of(f.key):
        return []
    call = f"{f.name}({bodies.arguments(f, '0u')});"
    reached = f"{f.name}_reached"
    return [bodies.visit(reached, reached, "char"), call]


def acting(f, model):
    """A function that makes and drops objects and closures."""
    lines = []
    for x in by_rank(model.in_place(model.functions, f.stem)):
        if x.role == "lambda":
            slot, held = f"{x.name}_slot[n % 4u]", f"{x.name}_held[n % 4u]"
            lines += [f"{slot} = {x.name}({held}[0] = n * 3u, {held}[1] = n + 5u);",
                      f"{held}[2] += 1u;"]
    for h in model.hierarchies.values():
        if h.home == f.stem:
            lines += records.act_objects(h, model)
    return f"void act_{f.stem}(unsigned n) {{\n  (void)n;\n" + "".join(
        f"  {line}\n" for line in lines) + "}\n"


def driver(model):
    """What calls the functions of the files; a test's driver would be such a file."""
    text = "struct Pair { unsigned a, b; };\nPair hammered();\n"
    pure = [f for f in by_rank(model.functions.values())
            if f.pure and f.role == "free" and f.linkage == "extern" and not f.extra][:2]
    text += "".join(f'#include "{place}.h"\n' for place in sorted({f.place for f in pure}))
    for f in sorted(model.sources(), key=lambda f: f.stem):
        language = 'extern "C" ' if f.kind == "c" else ""
        text += (f"{language}void ask_{f.stem}(unsigned);\n{language}void visit_{f.stem}();\n"
                 f"{language}void act_{f.stem}(unsigned);\n")
    stems = sorted(f.stem for f in model.sources())
    for name, given, passed in (("ask", "unsigned n", "n"), ("visit", "", ""),
                                ("act", "unsigned n", "n")):
        calls = "".join(f"  {name}_{stem}({passed});\n" for stem in stems)
        text += f"void {name}All({given}) {{\n{calls}}}\n"
    calls = "".join(f"  {f.name}({bodies.arguments(f, 'pair.a')});\n" for f in pure)
    return text + ("bool hammerAll(unsigned &seen) {\n  Pair pair = hammered();\n"
                   f"{calls}  bool right = pair.b == pair.a * pair.a + 7u && pair.a >= seen;\n"
                   "  seen = pair.a;\n  return right;\n}\n")
