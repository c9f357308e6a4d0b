"""What a program consists of, by symbol, read off the IR of its units.

It tells which functions two builds of a program have in common, without the hashes
of jit_host: texts are compared, once numbers that mean nothing (of metadata, of
lambdas, of private constants) are taken out of them and what they stand for is put
in their place.
"""

import functools
import re
import subprocess

DEFINE = re.compile(r"^define [^@]*?@(\"[^\"]+\"|[\w.$]+)\(.*?^}$", re.M | re.S)
GLOBAL = re.compile(r"^@(\"[^\"]+\"|[\w.$]+) = (.*)$", re.M)
ATTRIBUTES = re.compile(r"^attributes #(\d+) = (.*)$", re.M)
NAME = re.compile(r"@(\"[^\"]+\"|[\w.$]+)")
METADATA = re.compile(r",? ![\w.]+ !\d+")
TYPE = re.compile(r"^%(\"[^\"]+\"|[\w.$]+) = type (.*)$", re.M)
TYPE_NAME = re.compile(r"%(\"(?:class|struct|union)\.[^\"]+\"|(?:class|struct|union)\.[\w.$]+)")
# Where an object gets its table: the numbers say how long that is, not what is taken of it.
VTABLE_USE = re.compile(r"inrange\([^)]*\) \(\{[^}]*\}, (?=ptr @_ZTV)")
LAMBDA = re.compile(r"\$_\d+|'lambda\d*'\([^()]*\)")
LAMBDA_SYMBOL = re.compile(r"\d\$_\d+|Ul([a-zA-Z]*?)E\d*_")
# What nobody edits: it only differs in what a compiler has seen of callees that don't throw.
LIBRARY = ("_ZSt", "_ZNSt", "_ZNKSt", "_ZN9__gnu_cxx", "_ZNK9__gnu_cxx")
LINKAGE = re.compile(r"^(?:dso_local |internal |private |linkonce_odr |weak_odr |external |"
                     r"unnamed_addr |local_unnamed_addr |hidden |comdat )*")


def is_compilers(symbol):
    """Whether it is nothing that a reload names: initialisers, the run time's own."""
    return symbol.startswith(("__cxx_global_", "_GLOBAL__", "__clang_call_terminate",
                              "__tls_init", "llvm.", "_ZTW", "_ZTH"))


class Unit:
    """The definitions of one unit; those that only it sees are named with it."""

    def __init__(self, path, text):
        self.path = path
        attributes = dict(ATTRIBUTES.findall(text))
        self.functions, self.variables, self.constants = {}, {}, {}
        self.weak, self.internal = set(), set()
        self.types = dict(TYPE.findall(text))
        text = self.with_types(METADATA.sub("", TYPE.sub("", text)), 0)
        text = re.sub(r" #(\d+)", lambda m: " [" + attributes.get(m[1], "") + "]", text)
        for match in GLOBAL.finditer(text):
            name, rest = match[1].strip('"'), match[2]
            if " = " in rest.split("(")[0] or name.startswith("llvm."):
                continue
            rest = re.sub(r", (?:comdat(?:\([^)]*\))?|align \d+)", "", rest)
            self.note_linkage(name, rest)
            is_constant = re.search(r"\bconstant\b", LINKAGE.sub("", rest)[:40]) is not None
            if " external " in " " + rest[:30] or rest.startswith("available_externally"):
                continue
            if is_constant and ("internal" in rest[:30] or "private" in rest[:20]):
                self.constants[name] = rest
            else:
                self.variables[name] = (rest, is_constant)
        for match in DEFINE.finditer(text):
            name = match[1].strip('"')
            head, _, rest = match[0].partition("@")
            if head.startswith("define available_externally"):
                continue
            self.note_linkage(name, head.removeprefix("define "))
            rest = re.sub(r" comdat(?:\([^)]*\))?| personality ptr @\w+", "", rest)
            rest = VTABLE_USE.sub("vtable ", rest)
            rest = re.sub(r"\bdso_local |\blocal_unnamed_addr |\bunnamed_addr ", "", rest)
            self.functions[name] = LINKAGE.sub("", head.removeprefix("define ")) + rest
        self.join_coroutines()

    def join_coroutines(self):
        """The parts of a coroutine are one function: nobody else names them."""
        for name in [n for n in self.functions if n.endswith((".resume", ".destroy", ".cleanup"))]:
            self.functions[name.rpartition(".")[0]] += self.functions.pop(name)

    def note_linkage(self, name, rest):
        if re.match(r"(?:dso_local )?(?:internal|private)\b", rest):
            self.internal.add(name)
        if "linkonce" in rest[:40] or "weak" in rest[:40]:
            self.weak.add(name)

    def with_types(self, text, depth):
        """A text with types in place of their names: both a number and a layout may differ."""
        def content(match):
            known = self.types.get(match[1])
            return match[0] if known is None or depth > 8 else self.with_types(known, depth + 1)
        return TYPE_NAME.sub(content, text)

    def meaning(self, text):
        """A definition's text with the content of the constants that only this unit has."""
        return LAMBDA_SYMBOL.sub(r"lambda\1", self.with_constants(text, 0))

    def with_constants(self, text, depth):
        def content(match):
            name = match[1].strip('"')
            if name in self.constants and depth < 8:
                return "{" + self.with_constants(self.constants[name], depth + 1) + "}"
            return match[0]
        return NAME.sub(content, text)

    def names_in(self, text):
        return {n.strip('"') for n in NAME.findall(self.with_constants(text, 0))}


@functools.lru_cache(maxsize=256)
def read_unit(path, text):
    return Unit(path, text)


class Program:
    """All units together, as a static linker would choose between their definitions.

    Keys are symbols; those that only one unit sees are (symbol, unit): a renamed unit under
    the name that it had first."""

    def __init__(self, units, first_names):
        self.first_names = first_names
        self.functions, self.variables, self.refers, self.homes = {}, {}, {}, {}
        strong = set()
        for path, text in units.items():
            unit = read_unit(path, text)
            for name, body in unit.functions.items():
                key = self.key(unit, name)
                if key in self.functions and (name in unit.weak or key in strong):
                    continue
                if name not in unit.weak:
                    strong.add(key)
                self.functions[key] = unit.meaning(body)
                self.homes[key] = first_names.get(path, path)
                self.refers[key] = {self.key(unit, n) for n in unit.names_in(body)} - {key}
            for name, (content, is_constant) in unit.variables.items():
                key = self.key(unit, name)
                if key not in self.variables or name not in unit.weak:
                    self.variables[key] = (unit.meaning(content), is_constant)
                    self.refers[key] = {self.key(unit, n) for n in unit.names_in(content)}

    def key(self, unit, name):
        path = self.first_names.get(unit.path, unit.path)
        return (name, path) if name in unit.internal else name


def symbol(key):
    return key if isinstance(key, str) else key[0]


def demangle(symbols):
    """Symbol → name as jit_host shows it: without lambda numbers."""
    symbols = sorted(symbols)
    if not symbols:
        return {}
    done = subprocess.run(["llvm-cxxfilt-22"], input="\n".join(symbols), capture_output=True,
                          text=True, check=True)
    return {s: shown(name) for s, name in zip(symbols, done.stdout.split("\n"))}


def shown(name):
    """A demangled name with what two compilers may number differently taken out."""
    name = re.sub(r"\[abi:[^\]]*\]", "", name)
    return LAMBDA.sub("lambda", name)


def is_nothrow(text):
    """Whether a function is marked as one that doesn't throw."""
    return "nounwind" in text.split("\n", 1)[0]


def without_throws(text):
    return re.sub(r"\bnounwind ?", "", text)


class Difference:
    """What differs between two programs, as names that a reload would list."""

    def __init__(self, old, new):
        def names(program):
            return {k for k in program.functions if not is_compilers(symbol(k))}
        self.old, self.new = old, new
        both = names(old) & names(new)
        differ = {k for k in both if old.functions[k] != new.functions[k]}
        # What a compiler derives of a body that doesn't throw, for it and for its callers, is
        # forgotten by jit_host: see docs/decisions/0030.
        throws = {k for k in differ if is_nothrow(old.functions[k]) != is_nothrow(new.functions[k])}
        self.changed = {k for k in differ if not new.refers[k] & throws and
                        not symbol(k).startswith(LIBRARY) and
                        without_throws(old.functions[k]) != without_throws(new.functions[k])}
        moved = {k for k in new.variables
                 if k in old.variables and old.variables[k] != new.variables[k]
                 and (old.variables[k][1] or new.variables[k][1])}
        self.data = {k for k in new.variables if old.variables.get(k) != new.variables[k]} | (
            old.variables.keys() - new.variables.keys())
        # Constants that hold the address of one that moved move as well.
        grown = True
        while grown:
            more = {k for k, (_, constant) in new.variables.items()
                    if k not in moved and constant and new.refers[k] & moved}
            moved |= more
            grown = bool(more)
        # What has moved to another file uses that file's own copies of constants.
        self.perhaps = {k for k in both - self.changed if new.refers[k] & moved
                        or k in differ or old.homes[k] != new.homes[k]
                        or old.refers[k] != new.refers[k]}
        self.added, self.removed = names(new) - names(old), names(old) - names(new)
        self.known = demangle({symbol(k) for k in self.changed | self.perhaps | self.added
                               | self.removed})

    def shown(self, keys):
        return sorted(self.known[symbol(k)] for k in keys)

    def around(self, names):
        """The functions of these plain names, and those that use functions or variables of
        these names, as a reload shows them."""
        mangled = [f"{len(n)}{n}" for n in names]
        def is_one(key):
            return symbol(key) in names or any(m in symbol(key) for m in mangled)
        keys = {k for k, used in self.new.refers.items()
                if k in self.old.functions and (is_one(k) or any(map(is_one, used)))}
        return sorted(demangle({symbol(k) for k in keys}).values()) if mangled else []

    def initialisers_differ(self):
        def those(program):
            return sorted(v for k, v in program.functions.items()
                          if symbol(k).startswith("__cxx_global_var_init"))
        return those(self.old) != those(self.new)

    def nothing(self):
        return not (self.changed or self.perhaps or self.added or self.removed or self.data
                    or self.initialisers_differ())

    def reached(self):
        """With optimisation: what the change may have been propagated into."""
        both = self.old.functions.keys() & self.new.functions.keys()
        # What a compiler makes leads on, too. (By an alias from the wrapper of a thread_local
        # to the initialisers of all that the file has.)
        either = self.old.functions.keys() | self.new.functions.keys()
        start = self.changed | self.perhaps | self.added | self.removed | self.data | {
            k for k in either if self.old.functions.get(k) != self.new.functions.get(k)}
        if any(symbol(k).startswith("__cxx_global_var_init") for k in start):
            start |= {k for k in either if symbol(k).startswith("_ZTW")}
        touched, grown = set(start), True
        while grown:
            more = {k for k in either - touched
                    if (self.new.refers.get(k, set()) | self.old.refers.get(k, set())) & touched}
            touched |= more
            grown = bool(more)
        self.known = demangle({symbol(k) for k in touched})
        return touched & both
