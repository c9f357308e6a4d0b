"""The program that is edited, as a value: files and what stands in them.

Everything refers to everything else by key, so a model can be copied, edited and
written down. What may refer to what is decided here (`sees`, `valid_term`), so that
each edit can be checked on its own: an edit whose target is gone does not apply.

Functions have a rank, and call only what has a lower one: calls end.
"""

from dataclasses import dataclass, field

INTEGERS = ["int", "long", "short", "unsigned char", "unsigned"]
TYPES = INTEGERS + ["double"]
# Types of variables, members and parameters that own memory: see runtime/containers.h.
CONTAINERS = {"string": "std::string", "numbers": "Numbers", "texts": "Texts", "counts": "Counts"}
INSTANCES = ["int", "long"]  # What each class template is instantiated with for the state.
MOST_CALLS = 400  # How many calls one call may lead to.


@dataclass
class Term:
    """One line or so of a function's body. `kind` says how it is written."""
    kind: str
    ref: str = ""  # The key of what it uses.
    n: int = 0
    m: int = 0
    text: str = ""


@dataclass
class Function:
    key: str
    place: str  # The file or header that it stands in.
    name: str
    role: str = "free"  # free, template, method, virtual, boxmethod, lambda
    linkage: str = "extern"  # extern, static, anon, inline, c
    rank: float = 1.0
    owner: str = ""  # The struct, class or class template of a method.
    params: int = 1
    default: int | None = None  # Of the last parameter.
    terms: list = field(default_factory=list)
    pure: bool = False  # Reads and writes no state, throws nothing, and stays so.
    attribute: str = ""  # As written: "noexcept", "constexpr", "__attribute__((noinline))".
    specials: dict = field(default_factory=dict)  # A template's specialisations: type → number.
    captures: str = ""  # A lambda's: "a", "b", "ab" or none.
    result: str = "unsigned"  # "Steps": it is a coroutine.
    extra: str = ""  # One of CONTAINERS, of which it takes one more argument.
    mistake: str = ""  # A line of its body that doesn't compile.


@dataclass
class Variable:
    key: str
    place: str
    name: str
    # One of TYPES or CONTAINERS, "text", "hook", or the key of a struct or a named type.
    type: str = "unsigned"
    linkage: str = "extern"  # extern, static, anon, inline, thread, constant; local
    count: int = 0  # Elements, where it is an array.
    value: int = 0
    computed: str = ""  # The pure function that its initialiser calls, with `value`.
    constant: str = ""  # The named constant that is its initialiser.
    text: str = ""
    targets: tuple = ()  # A hook's: the functions that it may point at.
    function: str = ""  # A local static's.


@dataclass
class Table:
    key: str
    place: str
    name: str
    linkage: str  # static, constexpr, extern
    values: list = field(default_factory=list)
    computed: str = ""  # The constexpr function, of another file, that makes them of `values`.


@dataclass
class Constant:
    """A named number or type in a header."""
    key: str
    place: str
    name: str
    kind: str  # macro, constexpr, enum; types: alias, typedef, typed (an enumeration)
    value: int = 0


@dataclass
class Struct:
    key: str
    place: str
    name: str
    fields: list = field(default_factory=list)  # [name, type]
    factor: int = 3  # What its constructor multiplies with.
    align: int = 0
    base: str = ""
    has_virtual: bool = False
    union: bool = False


@dataclass
class Klass:
    """A class of a hierarchy; virtual methods are Functions whose owner is its key."""
    key: str
    name: str
    fields: list = field(default_factory=list)
    value: int = 1  # What its constructor starts from.


@dataclass
class Hierarchy:
    key: str
    place: str  # Where its classes stand.
    home: str  # The file that holds its objects.
    name: str
    methods: list = field(default_factory=list)  # Names, in the order of the table.
    classes: list = field(default_factory=list)  # Klass; the first is the base.


@dataclass
class Box:
    """A class template with a field, a static member and methods."""
    key: str
    place: str
    name: str
    value: int = 0


@dataclass
class File:
    stem: str
    kind: str  # cpp, c, h
    rank: int = 0  # A header includes headers of a lower rank; the one with 0 is C as well.
    includes: set = field(default_factory=set)  # Headers that it includes anyway.
    comments: list = field(default_factory=list)
    broken: str = ""  # Text that doesn't compile.
    blank: int = 0  # Empty lines between functions.
    folder: str = ""
    containers: bool = False  # What stands in it may use the containers of the library.
    angle: bool = False  # A header that is included as <part1.h>,
    hidden: str = ""  # and its text in this folder, where another one shadows it.
    born: str = ""  # What it was called first, where it was renamed.

    @property
    def first_name(self):
        return self.born or self.stem

    @property
    def path(self):
        return f"{'over/' if self.hidden else ''}{self.folder}{self.stem}.{self.kind}"


class Model:
    """A whole program."""

    def __init__(self):
        self.files, self.functions, self.variables = {}, {}, {}
        self.tables, self.constants, self.structs = {}, {}, {}
        self.hierarchies, self.boxes = {}, {}
        self.main_step = 1
        self.hammer = 1
        self.flag = 1  # -DFUZZ_FLAG
        self.standard = "c++20"
        self.fence = 0  # See run.Run.play_both.

    def copy(self):
        from copy import deepcopy
        return deepcopy(self)

    # What there is.

    def groups(self):
        """All entities, by kind: what is made of others comes first."""
        return (self.hierarchies, self.boxes, self.structs, self.functions, self.variables,
                self.tables, self.constants)

    def find(self, key):
        return next((group[key] for group in self.groups() if key in group), None)

    def move(self, place, other):
        """Lets all that stands in a file stand in another."""
        for group in self.groups():
            for e in self.in_place(group, place):
                e.place = other

    def in_place(self, group, place):
        return [e for e in group.values() if e.place == place]

    def sources(self):
        return [f for f in self.files.values() if f.kind != "h"]

    def headers(self):
        return [f for f in self.files.values() if f.kind == "h"]

    def is_c(self, place):
        return self.files[place].kind == "c"

    def has_containers(self, place):
        return self.files[place].containers

    def named_type(self, key):
        """The type that a name stands for, or none."""
        c = self.constants.get(key)
        return c if c is not None and c.kind in ("alias", "typedef", "typed") else None

    def is_known(self, place, keys):
        """Whether all of that is there to be used in a file; what isn't a key is known."""
        targets = [self.find(k) for k in keys if k]
        return all(t is None or self.sees(place, t) for t in targets) and not any(
            k and k[0] in "SKfmHB" and k[1:2].isdigit() and self.find(k) is None for k in keys)

    def is_header(self, place):
        return self.files[place].kind == "h"

    def locals_of(self, function):
        return [v for v in self.variables.values() if v.function == function]

    def methods_of(self, owner):
        return sorted((f for f in self.functions.values() if f.owner == owner),
                      key=lambda f: f.rank)

    def klass(self, key):
        for h in self.hierarchies.values():
            for k in h.classes:
                if k.key == key:
                    return h, k
        return None, None

    # Who may use what.

    def sees(self, place, entity):
        if entity.place == place:
            return True
        if self.is_header(entity.place):
            there = self.files[entity.place]
            if self.is_c(place):
                return there.rank == 0 and isinstance(entity, Constant)
            return not self.is_header(place) or there.rank < self.files[place].rank
        if self.is_header(place) or getattr(entity, "linkage", "") not in ("extern", "c"):
            return False
        if self.is_c(place):
            return self.is_c(entity.place) and isinstance(entity, Function)
        return not (self.is_c(entity.place) and not isinstance(entity, Function))

    def stage(self, entity):
        """Which part of its file an entity stands in; see render.entities."""
        if isinstance(entity, Function):
            if entity.role == "virtual":
                return 5 if entity.linkage == "inline" else 7
            if entity.role in ("method", "boxmethod"):
                return 3 if entity.role == "method" else 4
            if entity.role == "free" and not self.is_header(entity.place):
                return 8
            return 2 if entity.rank < 0.5 else 8
        return {Constant: 0, Table: 1, Struct: 3, Box: 4, Hierarchy: 5, Variable: 6}[type(entity)]

    def precedes(self, target, f):
        """Whether the target is declared before the function's body, where both are in one file."""
        if target.place != f.place or (self.stage(f) >= 7 and not self.is_header(f.place)):
            return True
        return self.stage(target) < self.stage(f) or (self.stage(f) == self.stage(target) == 8)

    def cost(self, f, seen=None):
        """How many calls one call of it leads to."""
        seen = {} if seen is None else seen
        if f.key in seen:
            return seen[f.key]
        total = 1
        for t in f.terms:
            if t.kind in ("call", "defaulted", "trycall", "method", "box", "template"):
                target = self.functions.get(t.ref)
                total += self.cost(target, seen) if target else 1
            elif t.kind == "virtual":
                h = self.hierarchies.get(t.ref)
                total += max((self.cost(m, seen) for k in h.classes
                              for m in self.methods_of(k.key)), default=1) if h else 1
        if any(t.kind == "recurse" for t in f.terms):
            total *= 8
        seen[f.key] = total
        return total

    def valid_term(self, f, t):
        """Whether that function's body may hold the term."""
        place, c = f.place, self.is_c(f.place)
        if f.attribute == "constexpr" and t.kind not in ("number", "param", "loop", "switch"):
            return False
        if t.kind in ("container", "sorted"):
            return self.has_containers(place) and f.role != "lambda"
        if t.kind in ("number", "param", "loop", "switch", "recurse", "flag", "line", "text"):
            return t.kind != "recurse" or f.role == "free" and f.result != "Steps"
        if t.kind in ("lambda", "throw"):
            return not c and not (t.kind == "throw" and (f.pure or f.role == "lambda"))
        target = self.find(t.ref)
        if target is None or not self.sees(place, target) or not self.precedes(target, f):
            return False
        if isinstance(target, Constant):
            return True
        if isinstance(target, Table):
            return not c or target.place == place
        if f.role == "lambda":
            return False
        if isinstance(target, Variable):
            if target.function and target.function != f.key:
                return False
            targets = [self.functions[k] for k in target.targets]
            return not f.pure and all(self.sees(place, x) and self.precedes(x, f) for x in targets)
        if isinstance(target, Struct):
            return not c
        if isinstance(target, Hierarchy):
            return not f.pure and f.rank > 1.9 and not self.is_header(place)
        if isinstance(target, Box):
            return not f.pure and not c
        if isinstance(target, Function):
            return self.may_call(f, target)
        return False

    def may_call(self, f, target):
        if target.role in ("virtual", "lambda") or target.rank >= f.rank:
            return False
        if f.pure and not target.pure or target.key == f.key:
            return False
        if target.extra and not self.has_containers(f.place):
            return False
        if target.result == "Steps" and self.is_c(f.place):
            return False
        if f.linkage == "c" and not (target.linkage in ("c", "static") or target.pure):
            return False
        if f.attribute == "noexcept" and not target.pure:
            return False
        return self.cost(f) + self.cost(target) < MOST_CALLS

    def consistent(self):
        """Whether each term still finds what it uses, and calls still end."""
        return all(self.valid_term_kept(f, t) for f in self.functions.values() for t in f.terms
                   ) and all(self.is_known(v.place, [v.type]) for v in self.variables.values()
                             ) and all(self.is_known(s.place, [t]) for s in self.structs.values()
                                       for _, t in s.fields)

    def valid_term_kept(self, f, t):
        if not t.ref:
            return True
        target = self.find(t.ref)
        if target is None or not self.sees(f.place, target):
            return False
        return not isinstance(target, Function) or target.rank < f.rank
