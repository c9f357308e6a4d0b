"""Writes structs, class hierarchies and class templates, and visits their fields."""

from editfuzz import bodies
from editfuzz.model import CONTAINERS


def plain_type(type):
    """A field's type without the number of elements or bits: "int[3]" → "int"."""
    return type.split("[")[0].split(":")[0].strip()


def declare(name, type, model):
    if type in model.structs:
        return f"{model.structs[type].name} {name};"
    if "[" in type:
        return f"{plain_type(type)} {name}[{type.split('[')[1]};"
    if ":" in type:
        return f"{plain_type(type)} {name} : {type.split(':')[1].strip()};"
    return f"{CONTAINERS.get(type, type)} {name};"


def start(name, type, value, model):
    """A member's initialiser, from an unsigned expression."""
    if type in model.structs:
        return f"{name}({value})"
    if type in CONTAINERS:
        return f"{name}({bodies.MADE[type].format(value)})"
    if "[" in type:
        return f"{name}{{({plain_type(type)})({value} % 100u)}}"
    return f"{name}(({plain_type(type)})({value} % {'16u' if ':' in type else '100u'}))"


def summand(name, type, model):
    if type in model.structs:
        return f"{name}.sum()"
    if type in CONTAINERS:
        return f"fuzz_sum({name})"
    if "[" in type:
        name += "[0]"
    return f"(unsigned)(int){name}" if plain_type(type) == "double" else f"(unsigned){name}"


def visits(lvalue, name, fields, model):
    """The lines that visit each field of an object."""
    lines = []
    for field, type in fields:
        if type in model.structs:
            s = model.structs[type]
            lines += visits(f"{lvalue}.{field}", f"{name}/{field}", all_fields(s, model), model)
        elif "[" in type:
            count = int(type.split("[")[1][:-1])
            lines += [bodies.visit(f"{lvalue}.{field}[{i}]", f"{name}/{field}[{i}]",
                                   plain_type(type)) for i in range(count)]
        else:
            lines.append(bodies.visit(f"{lvalue}.{field}", f"{name}/{field}", plain_type(type)))
    return lines


def all_fields(s, model):
    """A struct's fields, those of its base first."""
    inherited = all_fields(model.structs[s.base], model) if s.base in model.structs else []
    return inherited + (s.fields[:1] if s.union else s.fields)


def owns_memory(s, model):
    """Whether a container is somewhere in it."""
    inside = [s.base, *(t for _, t in s.fields)]
    return any(t in CONTAINERS for t in inside) or any(
        owns_memory(model.structs[t], model) for t in inside if t in model.structs)


def change(name, type):
    if type in CONTAINERS:
        return f"fuzz_grow({name}, n);"
    return f"{name} = ({plain_type(type)})({'(long long)' * (type[0] == 'K')}{name} + n);"


def method(f, model, prefix=""):
    return (f"  {prefix}{bodies.signature(f, f.name, True)} {{\n"
            + bodies.body(f, model, 4) + "  }\n")


def struct(s, model):
    base = model.structs[s.base].name if s.base in model.structs else ""
    lines = [f"{'union' if s.union else 'struct'} {f'alignas({s.align}) ' if s.align else ''}{s.name}"
             f"{f' : {base}' if base else ''} {{\n"]
    lines += [f"  {declare(n, t, model)}\n" for n, t in s.fields]
    used = s.fields[:1] if s.union else s.fields
    starts = ([f"{base}(seed + 1u)"] if base else []) + [
        start(n, t, f"(seed * {s.factor}u + {i}u)", model) for i, (n, t) in enumerate(used)]
    constant = "" if owns_memory(s, model) else "constexpr "
    lines.append(f"  {constant}explicit {s.name}(unsigned seed) : {', '.join(starts)} {{}}\n")
    total = " + ".join([f"{base}::sum()"] * bool(base)
                       + [f"{summand(n, t, model)} * {2 * i + 1}u"
                          for i, (n, t) in enumerate(used)])
    lines.append(f"  unsigned sum() const {{ return {total}; }}\n")
    changes = [change(n, t) for n, t in used if t not in model.structs and "[" not in t][:2]
    lines.append(f"  void touch(unsigned n) {{ {' '.join(changes) or '(void)n;'} }}\n")
    if s.has_virtual:
        lines.append("  virtual unsigned turn(unsigned a) { return a + sum(); }\n")
    lines += [method(f, model) for f in model.methods_of(s.key)]
    return "".join(lines) + "};\n"


def hierarchy(h, model):
    """The classes of a hierarchy, its slots, and what makes an object."""
    text, base = "", h.classes[0]
    for number, k in enumerate(h.classes):
        text += f"struct {k.name}" + (f" : {base.name} {{\n" if number else " {\n")
        if not number:
            text += "  int kind;\n"
        text += "".join(f"  {declare(n, t, model)}\n" for n, t in k.fields)
        starts = [start(n, t, f"{k.value + i}u", model) for i, (n, t) in enumerate(k.fields)]
        if number:
            text += f"  {k.name}() : {', '.join([f'{base.name}({number})', *starts])} {{}}\n"
        else:
            text += (f"  explicit {k.name}(int kind) : {', '.join(['kind(kind)', *starts])} {{}}\n"
                     f"  virtual ~{k.name}() {{}}\n")
        own = {f.name: f for f in model.methods_of(k.key)}
        for name in h.methods:
            f = own.get(name)
            if f and f.linkage == "inline":
                text += method(f, model, "" if number else "virtual ")
            elif f:
                text += f"  {'' if number else 'virtual '}{bodies.signature(f, name, True)};\n"
        text += "};\n"
    return text + f"extern {base.name} *{h.name}_slot[4];\n"


def objects(h, model):
    """In the file that holds the objects: slots, what makes and what visits them."""
    base = h.classes[0].name
    cases = "".join(f"  case {i}: return new {k.name}{'' if i else '(0)'};\n"
                    for i, k in enumerate(h.classes))
    text = (f"{base} *{h.name}_slot[4];\n{base} *{h.name}_new(int kind) {{\n  switch (kind) {{\n"
            f"{cases}  }}\n  return nullptr;\n}}\n")
    for k in h.classes:
        text += "".join(f"{bodies.signature(f, f'{k.name}::{f.name}', False)} {{\n"
                        + bodies.body(f, model, 2) + "}\n"
                        for f in model.methods_of(k.key) if f.linkage != "inline")
    return text


def visit_objects(h, model):
    slot, at = f"{h.name}_slot[i]", f'fuzz_at("{h.name}.kind", i)'
    lines = ["for (unsigned i = 0; i < 4; ++i) {",
             f"  int kind = (int)fuzz_integer({at}, {slot} ? {slot}->kind : -1);",
             f"  if (fuzz_mode == FuzzLoads) {slot} = {h.name}_new(kind);"]
    for number, k in enumerate(h.classes):
        condition = f"kind == {number}" if number else "kind >= 0"
        lines.append(f"  if ({condition}) {{")
        lines.append(f"    {k.name} &o = *static_cast<{k.name} *>({slot});")
        lines.append("    (void)o;")
        for n, t in k.fields:
            name = f'fuzz_at("{h.name}.{k.name}/{n}", i)'
            if "[" not in t and t not in model.structs:
                lines.append("    " + bodies.visit(f"o.{n}", name, plain_type(t)))
        lines.append("  }")
    return lines + ["}"]


def ask_objects(h, model):
    slot = f"{h.name}_slot[i]"
    lines = [f"for (unsigned i = 0; i < 4; ++i) if ({slot}) {{"]
    for name in h.methods:
        at = f'fuzz_at("{h.name}.{name}", i)'
        lines.append(f"  try {{ fuzz_answer({at}, {slot}->{name}(n + i)); }} "
                     f"catch (unsigned thrown) {{ fuzz_answer({at}, ~thrown); }}")
    return lines + ["}"]


def act_objects(h, model):
    slot = f"{h.name}_slot[n % 4u]"
    return [f"delete {slot};", f"{slot} = {h.name}_new((int)(n / 4u % {len(h.classes) + 1}u) - 1);"]


def box(b, model):
    text = (f"template <typename T> struct {b.name} {{\n  T value;\n  static T shared;\n"
            f"  explicit {b.name}(unsigned seed) : value((T)(seed % 100u)) {{}}\n")
    for f in model.methods_of(b.key):
        own = "r += (unsigned)(int)value * (unsigned)sizeof(T);\n"
        inner = bodies.body(f, model, 4).replace("    return r;", f"    {own}    return r;")
        text += f"  {bodies.signature(f, f.name, True)} {{\n{inner}  }}\n"
    return text + (f"}};\ntemplate <typename T> T {b.name}<T>::shared = (T){b.value % 100};\n")
