"""Writes function bodies: each term of the model as C or C++."""

from editfuzz.model import CONTAINERS

PARAMS = ["a", "b", "c"]
# An argument for a container, made of a number.
MADE = {"string": "std::string({0} % 5u + 1u, 'x')", "numbers": "Numbers({0} % 3u, 7)",
        "texts": 'Texts{{"text", std::string({0} % 4u, \'y\')}}',
        "counts": "Counts{{{{1, {0}}}, {{3, 4u}}}}"}


def param_names(f):
    if f.role == "lambda":
        return ["q", *f.captures]
    return PARAMS[:f.params]


def arguments(f, first, count=None):
    """Arguments for a call of `f`, made from an expression."""
    rest = ["{} + {}u".format(first, 3 * i) for i in range(1, 3)]
    extra = [MADE[f.extra].format(f"({first})")] if f.extra else []
    return ", ".join(extra + [first, *rest][:f.params if count is None else count])


def called(f, call):
    """A call of a function as a number: a coroutine goes through all of its steps."""
    return f"fuzz_run({call})" if f.result == "Steps" else call


def initial(v, model):
    """A variable's initialiser, without the sign before it."""
    if v.type == "hook":
        return "&" + model.functions[v.targets[v.value % len(v.targets)]].name
    if v.type in CONTAINERS:
        n = v.value % 90
        return {"string": f'"{v.text}"', "numbers": f"{{{n}, 2, 3}}", "texts":
                f'{{"{v.text}", "text{n}"}}', "counts": f"{{{{1, {n}u}}, {{{n}, 5u}}}}"}[v.type]
    if v.type == "text":
        return f'"{v.text}"'
    if v.computed:
        f = model.functions[v.computed]
        call = f"{f.name}({arguments(f, f'{v.value}u')})"
        return call if v.type == "unsigned" else f"({v.type})({call} % 100u)"
    if v.constant:
        return f"({v.type})({model.constants[v.constant].name} + {v.value % 100})"
    if v.type == "double":
        return f"{v.value % 1000}.5"
    if model.named_type(v.type):
        return f"({v.type}){v.value % 100}"
    return f"{v.value % 200}" + ("u" if v.type == "unsigned" else "")


def read(v, model, a):
    """A variable's value as an unsigned number."""
    if v.type in CONTAINERS:
        return f"fuzz_sum({v.name})"
    if v.type == "text":
        return f"fuzz_hash({v.name})"
    if v.type == "hook":
        return f"{v.name}({a})"
    if v.type in model.structs:
        return f"{v.name}.sum()"
    name = f"{v.name}[{a} % {v.count}u]" if v.count else v.name
    return f"(unsigned)(int){name}" if v.type == "double" else f"(unsigned){name}"


def bump(v, model, t, a):
    """A line that changes a variable now and then."""
    name = f"{v.name}[{a} % {v.count}u]" if v.count else v.name
    if v.linkage == "constant":
        return ""
    if v.type in CONTAINERS:
        change = f"fuzz_grow({v.name}, {a} + {t.n}u);"
    elif v.type == "text":
        change = f'{name} = "{t.text or "changed"}";'
    elif v.type == "hook":
        change = f"{name} = &{model.functions[v.targets[t.n % len(v.targets)]].name};"
    elif v.type in model.structs:
        change = f"{name}.touch({t.n % 50}u);"
    elif v.type == "double":
        change = f"{name} += {t.n % 8}.25;"
    elif model.named_type(v.type):
        change = f"{name} = ({v.type})((long long){name} + {t.n % 50});"
    else:
        change = f"{name} = ({v.type})({name} + {t.n % 50});"
    return change if t.m % 3 == 0 else f"if ({a} % {t.m % 5 + 2}u == 0u) {change}"


def call(f, t, model):
    """A call of the function that the term names."""
    target = model.functions[t.ref]
    a = param_names(f)[t.m % len(param_names(f))]
    first = f"{a} + {t.n}u"
    count = target.params - 1 if t.kind == "defaulted" and target.default is not None else None
    given = arguments(target, first, count)
    if target.role == "template":
        return f"{target.name}<{t.text}>({given})"
    if target.role == "method":
        return f"{model.structs[target.owner].name}({a}).{target.name}({given})"
    if target.role == "boxmethod":
        return f"{model.boxes[target.owner].name}<{t.text}>({a}).{target.name}({given})"
    return called(target, f"{target.name}({given})")


def plain(f, t, a):
    """Terms that refer to nothing."""
    if t.kind == "number":
        return f"r = r * 31u + {t.n}u;"
    if t.kind == "param":
        return f"r ^= {a} * {t.n}u;"
    if t.kind == "loop":
        return f"for (unsigned i = 0; i < {t.n % 5 + 1}u; ++i) r = r * 5u + i + {a};"
    if t.kind == "switch":
        return (f"switch ({a} % 4u) {{ case 0u: r += {t.n}u; break; case 1u: r ^= {t.m}u; break; "
                f"case 2u: r += {a}; break; default: r *= 3u; }}")
    if t.kind == "recurse":
        first, *others = param_names(f)
        given = ", ".join(["x"] * bool(f.extra) + [f"{first} % 8u - 1u", *others])
        return f"if ({first} % 8u) r += {f.name}({given}) + {t.n}u;"
    if t.kind == "flag":
        return f"r += FUZZ_FLAG * {t.n}u;"
    if t.kind == "line":
        return "r += __LINE__;"
    if t.kind == "text":
        return f'r += fuzz_hash("{t.text}");'
    if t.kind == "throw":
        return f"if ({a} % 7u == {t.n % 7}u) throw r + {t.m}u;"
    if t.kind == "container":
        return (f"{{ Counts s{{{{(int)({a} % 5u), {t.n}u}}}}; s[{t.m}] += {a}; "
                "for (auto &[key, count] : s) r = r * 3u + (unsigned)key + count; }"
                if t.n % 3 == 0 else f'{{ std::string s("{t.n}"); s += std::to_string({a}); '
                f"s.insert({t.m % 2}, 1, 'z'); r += fuzz_hash(s.c_str()); }}" if t.n % 3 == 1 else
                f"{{ std::vector<unsigned> s({a} % 4u + 1u, {t.n}u); s.push_back({a}); "
                "for (unsigned x : s) r = r * 3u + x; }")
    if t.kind == "sorted":
        return (f"{{ Numbers s{{3, {t.n}, (int)({a} % 20u), {t.m}}}; "
                f"std::sort(s.begin(), s.end(), [&](int x, int y) {{ return (x ^ {t.n % 16}) "
                f"{'<>'[t.m % 2]} (y ^ {t.n % 16}); }}); r += fuzz_sum(s); }}")
    if t.kind == "lambda":
        how = ["&", "=", ""][t.m % 3]
        inner = f"q * {t.n}u" + (f" + {a}" if how else "")
        return f"r += [{how}](unsigned q) {{ return {inner}; }}(r + {a});"
    return None


def referring(f, t, model, a):
    """Terms that use something else of the program."""
    target = model.find(t.ref)
    if t.kind in ("call", "defaulted", "template", "method", "box"):
        return f"r += {call(f, t, model)};"
    if t.kind == "trycall":
        return f"try {{ r += {call(f, t, model)}; }} catch (unsigned e) {{ r ^= e + {t.n}u; }}"
    if t.kind == "constant":
        if target.kind in ("alias", "typedef"):
            cut = f"(unsigned)(({target.name})(r + {a}) & 0x7f)"
            return f"r += {cut} + (unsigned)sizeof({target.name});"
        if target.kind == "typed":
            return f"r += (unsigned){target.name}::one + (unsigned)sizeof({target.name});"
        return f"r += (unsigned){target.name} * {t.n}u;"
    if t.kind == "table":
        return f"r += {target.name}[{a} % {len(target.values)}u];"
    if t.kind == "read":
        return f"r += {read(target, model, a)};"
    if t.kind == "bump":
        return f"{bump(target, model, t, a)} r += {read(target, model, a)};"
    if t.kind == "struct":
        return f"{{ {target.name} s({a} + {t.n}u); r += s.sum(); }}"
    if t.kind == "field":
        name, type = target.fields[t.n % len(target.fields) if not target.union else 0]
        if type in model.structs or type in CONTAINERS or type.endswith("]"):
            return f"{{ {target.name} s({a}); r += (unsigned)sizeof s.{name}; }}"
        return f"{{ {target.name} s({a}); r += (unsigned)(int)s.{name}; }}"
    if t.kind == "virtual":
        slot = f"{target.name}_slot[{a} % 4u]"
        return f"if ({slot}) r += {slot}->{t.text}({a} + {t.n}u);"
    if t.kind == "cast":
        k = target.classes[t.n % len(target.classes)]
        return f"if (dynamic_cast<{k.name} *>({target.name}_slot[{a} % 4u])) r += {t.m}u;"
    if t.kind == "shared":
        shared = f"{target.name}<{t.text}>::shared"
        return f"{shared} += {t.n % 9}; r += (unsigned){shared};"
    raise AssertionError(t.kind)


def term(f, t, model):
    names = param_names(f)
    a = names[t.m % len(names)]
    line = plain(f, t, a)
    return line if line is not None else referring(f, t, model, a)


def statics(f, model):
    """A function's local statics, and how the state reaches them.

    They are part of the state once the function has been called."""
    held = model.locals_of(f.key)
    if not held:
        return []
    visits = " ".join(visit(v.name, v.name, v.type) for v in held)
    return [f"if (fuzz_mode && !{f.name}_reached) return 0;",
            f"if (!fuzz_mode) {f.name}_reached = 1;",
            *(f"static {CONTAINERS.get(v.type, v.type)} {v.name} = {initial(v, model)};"
              for v in held),
            f"if (fuzz_mode) {{ {visits} return 0; }}"]


def visited(value, name, type):
    """An expression that gives a number or text to the state, and is what the state has for it."""
    if not name.startswith("fuzz_at("):
        name = f'"{name}"'
    if type == "text":
        return f"fuzz_text({name}, {value})"
    if type == "double":
        return f"fuzz_real({name}, {value})"
    return f"({type})fuzz_integer({name}, (long long){value})"


def visit(lvalue, name, type):
    """A line that gives one value to the state and takes it back."""
    if type in CONTAINERS:
        return f'fuzz_hold("{name}", {lvalue});'
    return f"{lvalue} = {visited(lvalue, name, type)};"


def body(f, model, indent):
    """The lines between a function's braces."""
    pad = " " * indent
    start = "a" if f.role != "lambda" else "q"
    lines = [*statics(f, model), f"unsigned r = {start};"]
    if f.extra:
        lines += ["r += fuzz_sum(x);"]
    for t in f.terms:
        lines += [term(f, t, model)] + ["co_yield r;"] * (f.result == "Steps")
    lines += [f.mistake] * bool(f.mistake)
    lines += [{"unsigned": "return r;", "Steps": "co_return;"}.get(
        f.result, f"return ({f.result})r;")]
    return "".join(f"{pad}{line}\n" for line in lines)


def signature(f, name, defaults):
    given = [f"const {CONTAINERS[f.extra]} &x"] if f.extra else []
    for i, p in enumerate(PARAMS[:f.params]):
        last = i == f.params - 1 and f.default is not None and defaults
        given.append(f"unsigned {p}" + (f" = {f.default}u" if last else ""))
    return f"{f.result} {name}({', '.join(given)})"
