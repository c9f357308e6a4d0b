"""Makes programs, and the pieces that edits add to them, from random numbers."""

from editfuzz.model import (CONTAINERS, INSTANCES, INTEGERS, TYPES, Box, Constant, File,
                            Function, Hierarchy, Klass, Model, Struct, Table, Term, Variable)

STEMS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
WORDS = ["red", "green", "blue", "north", "south", "one", "two", "three", "spring", "autumn"]
FIELD_TYPES = INTEGERS + ["double", "int[3]", "unsigned : 5"]
PLAIN_TERMS = ["number", "number", "param", "loop", "switch", "recurse", "flag", "text", "lambda",
               "throw"]
OPERATORS = ["operator()", "operator[]", "operator+", "operator<<"]


class Generator:
    """Chooses; each choice ends up as plain values in a model or an edit."""

    def __init__(self, rng):
        self.rng = rng
        self.count = 0
        self.burst_at = None  # The file of which only bodies are edited at the moment.

    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def number(self):
        return self.rng.choice([0, 1, 2, 3, 5, 7, 11, self.rng.randrange(1, 1000)])

    def word(self):
        return "".join(self.rng.choice(WORDS) for _ in range(self.rng.randrange(1, 3)))

    def chance(self, of_hundred):
        return self.rng.randrange(100) < of_hundred

    def pick(self, items):
        items = list(items)
        return self.rng.choice(items) if items else None

    # Terms

    def term(self, model, f):
        """A random term that the function may hold."""
        for _ in range(20):
            t = self.plain_term() if self.chance(35) else self.referring_term(model, f)
            if t and model.valid_term(f, t):
                return t
        return Term("number", n=self.number())

    def plain_term(self):
        kind = self.rng.choice(PLAIN_TERMS)
        if self.chance(8):
            kind = self.rng.choice(["container", "sorted"])
        if self.chance(2):
            kind = "line"
        return Term(kind, n=self.number(), m=self.rng.randrange(8),
                    text=self.word() if kind == "text" else "")

    def referring_term(self, model, f):
        group = self.rng.choice([model.functions, model.functions, model.variables,
                                 model.variables, model.constants, model.tables, model.structs,
                                 model.hierarchies, model.boxes])
        target = self.pick(group.values())
        if target is None:
            return None
        t = Term("", ref=target.key, n=self.number(), m=self.rng.randrange(8))
        if isinstance(target, Function):
            t.kind = {"free": self.rng.choice(["call", "call", "defaulted", "trycall"]),
                      "template": "template", "method": "method",
                      "boxmethod": "box"}.get(target.role, "")
            t.text = self.rng.choice(TYPES)
            if target.role == "free":
                t.text = ""
            if t.kind == "trycall" and (model.is_c(f.place) or f.pure):
                t.kind = "call"
        elif isinstance(target, Variable):
            t.kind = self.rng.choice(["read", "bump"])
            t.text = self.word() if target.type == "text" else ""
        elif isinstance(target, Constant):
            t.kind = "constant"
        elif isinstance(target, Table):
            t.kind = "table"
        elif isinstance(target, Struct):
            t.kind = self.rng.choice(["struct", "field"])
        elif isinstance(target, Hierarchy):
            t.kind = self.rng.choice(["virtual", "virtual", "cast"])
            t.text = self.rng.choice(target.methods) if t.kind == "virtual" else ""
        elif isinstance(target, Box):
            t.kind, t.text = "shared", self.rng.choice(INSTANCES)
        return t if t.kind else None

    def fill(self, model, f, count):
        """Gives a function of the model a body."""
        for _ in range(count):
            f.terms.append(self.term(model, f))

    # Entities. Each is made, and given to the model by the caller.

    def rank(self, model, place):
        return self.rng.uniform(0.5, 1) if model.is_header(place) else self.rng.uniform(1, 2)

    def function(self, model, place, pure=None):
        key = self.name("f")
        header, c = model.is_header(place), model.is_c(place)
        pure = self.chance(30) if pure is None else pure
        linkage = "inline" if header else self.rng.choice(
            ["c", "c", "static"] if c else ["extern", "extern", "static", "anon"])
        params = self.rng.randrange(1, 4)
        f = Function(key, place, key, linkage=linkage, rank=self.rank(model, place), params=params,
                     pure=pure)
        if model.has_containers(place) and self.chance(25):
            f.extra = self.rng.choice(list(CONTAINERS))
        if header and self.chance(35):
            f.role, f.linkage = "template", "extern"
        if linkage in ("static", "anon") and self.chance(20):
            f.name = f"helper_{self.rng.randrange(3)}"
            if any(o.name == f.name and o.place == place for o in model.functions.values()):
                f.name = key
        if f.role == "free" and not c and params > 1 and self.chance(35):
            f.default = self.number()
        if f.role == "free" and not c and self.chance(15):
            f.attribute = "noexcept" if pure and self.chance(50) else "__attribute__((noinline))"
        if f.role == "free" and not c and not pure and model.standard == "c++20" and (
                not f.default and self.chance(8)):
            f.result, f.attribute, f.extra = "Steps", "", ""
        self.fill(model, f, self.rng.randrange(1, 4))
        return f

    def method(self, model, owner, place, role, name=None, linkage="inline"):
        key = self.name("m")
        if role == "method" and self.chance(25):
            name = self.rng.choice(OPERATORS)
            if any(m.name == name for m in model.methods_of(owner)):
                name = None
        low = {"virtual": 1.8, "method": 0.6, "boxmethod": 0.6}[role]
        f = Function(key, place, name or key, role=role, linkage=linkage, owner=owner,
                     rank=self.rng.uniform(low, low + 0.1),
                     params=1 if role == "virtual" or name else self.rng.randrange(1, 3))
        self.fill(model, f, self.rng.randrange(1, 3))
        return f

    def closure(self, model, place):
        key = self.name("make")
        f = Function(key, place, key, role="lambda", linkage="static", rank=1.0, pure=True,
                     captures=self.rng.choice(["", "a", "b", "ab"]),
                     attribute="function" if self.chance(25) else "")
        self.fill(model, f, self.rng.randrange(1, 3))
        return f

    def variable(self, model, place, function=""):
        key = self.name("v")
        header, c = model.is_header(place), model.is_c(place)
        v = Variable(key, place, key, value=self.number(), function=function)
        v.linkage = "inline" if header else self.rng.choice(
            ["extern", "static"] if c else ["extern", "static", "anon", "thread", "constant"])
        if v.linkage == "thread" and self.chance(60):
            v.linkage = "static"
        v.type = self.rng.choice(TYPES)
        named = self.pick(k for k, e in model.constants.items()
                          if model.named_type(k) and model.sees(place, e))
        if named and self.chance(25):
            v.type = named
        if function:
            v.linkage = "local"
        if model.has_containers(place) and self.chance(50) and v.linkage not in (
                "thread", "constant"):
            v.type, v.text = self.rng.choice(list(CONTAINERS)), self.word()
        elif function or v.type == named:
            pass
        elif self.chance(15):
            v.count = self.rng.randrange(2, 5)
        elif not c and not header and self.chance(15):
            v.type, v.text = "text", self.word()
        elif not c and self.chance(25):
            seen = [s for s in model.structs.values() if model.sees(place, s)]
            s = self.pick([s for s in seen if model.is_header(s.place) or
                           v.linkage in ("static", "anon")])
            if s and v.linkage != "constant":
                v.type = s.key
        if v.type in TYPES and not c and self.chance(40):
            self.make_computed(model, v)
        if v.linkage == "constant" and v.type in model.structs:
            v.linkage = "static"
        return v

    def make_computed(self, model, v):
        """Lets a variable's initialiser use a function or a named constant."""
        if self.chance(50):
            f = self.pick(f for f in model.functions.values()
                          if f.pure and f.role == "free" and not f.extra
                          and model.sees(v.place, f)
                          and (not model.is_header(v.place) or f.rank < 0.5))
            v.computed = f.key if f and not (f.name.startswith("helper")) else ""
        else:
            c = self.pick(c for c in model.constants.values()
                          if not model.named_type(c.key) and model.sees(v.place, c))
            v.constant = c.key if c else ""

    def hook(self, model, place):
        targets = [f.key for f in model.functions.values()
                   if f.pure and f.role == "free" and f.params == 1 and f.attribute != "noexcept"
                   and f.linkage != "c" and not f.extra and model.sees(place, f)
                   and not f.name.startswith("helper")]
        if len(targets) < 2:
            return None
        key = self.name("hook")
        return Variable(key, place, key, type="hook", linkage=self.rng.choice(["extern", "static"]),
                        value=self.rng.randrange(2), targets=tuple(self.rng.sample(targets, 2)))

    def table(self, model, place):
        key = self.name("t")
        linkage = "static" if model.is_c(place) else (
            "constexpr" if model.is_header(place) else
            self.rng.choice(["static", "constexpr", "extern"]))
        t = Table(key, place, key, linkage,
                  [self.number() for _ in range(self.rng.randrange(2, 9))])
        if not model.is_c(place) and self.chance(35):
            t.computed = self.pick(f.key for f in model.functions.values()
                                   if f.attribute == "constexpr" and f.place != place
                                   and model.sees(place, f)) or ""
        return t

    def constant(self, place, plain=False):
        key = self.name("K")
        kind = self.rng.choice(["macro", "enum", "typedef"] if plain else
                               ["macro", "constexpr", "enum", "alias", "typed", "typedef"])
        return Constant(key, place, key, kind, self.rng.randrange(50))

    def field(self, model, place, but=""):
        type = self.rng.choice(FIELD_TYPES)
        if self.chance(15):
            s = self.pick(s for s in model.structs.values()
                          if model.sees(place, s) and s.key < but and not s.has_virtual)
            type = s.key if s and s.place != place and not s.union else type
        elif self.chance(15):
            named = self.pick(k for k, e in model.constants.items()
                              if model.named_type(k) and model.sees(place, e))
            type = named or type
        elif model.has_containers(place) and self.chance(40):
            type = self.rng.choice(list(CONTAINERS))
        return [self.name("x"), type]

    def struct(self, model, place):
        key = self.name("S")
        s = Struct(key, place, key, factor=self.number() + 1,
                   align=16 if self.chance(8) else 0, has_virtual=self.chance(10))
        s.fields = [self.field(model, place, key) for _ in range(self.rng.randrange(1, 4))]
        if self.chance(12) and all(t in TYPES or "[" in t for _, t in s.fields):
            s.union, s.align, s.has_virtual = True, 0, False
        elif self.chance(25):
            s.base = self.base(model, s)
        return s

    def base(self, model, s):
        """A struct that stands before another and can be its base."""
        known = list(model.structs)
        before = known[:known.index(s.key)] if s.key in known else known
        found = self.pick(k for k in before if model.sees(s.place, model.structs[k])
                          and not model.structs[k].union)
        return found or ""

    def hierarchy(self, model, place, home):
        key = self.name("H")
        h = Hierarchy(key, place, home, key, [self.name("turn") for _ in
                                              range(self.rng.randrange(1, 4))])
        for number in range(self.rng.randrange(2, 4)):
            k = Klass(f"{key}_{number}", f"{key}_{number}", value=self.number())
            k.fields = [[self.name("x"), self.rng.choice(TYPES)]
                        for _ in range(self.rng.randrange(0, 3))]
            h.classes.append(k)
        return h

    def virtuals(self, model, h):
        """Methods for a hierarchy that the model has: all of the base's, some of the others'."""
        for number, k in enumerate(h.classes):
            for name in h.methods:
                if not number or self.chance(60):
                    self.add_virtual(model, h, k, name)

    def add_virtual(self, model, h, k, name):
        inline = self.chance(50)
        f = self.method(model, k.key, h.place if inline else h.home, "virtual", name,
                        "inline" if inline else "extern")
        model.functions[f.key] = f
        return f

    # The whole

    def program(self):
        model = Model()
        model.standard = self.rng.choice(["gnu++17", "c++20", "c++20"])
        shared = File("shared", "h", rank=0)
        model.files["shared"] = shared
        for _ in range(self.rng.randrange(2, 5)):
            c = self.constant("shared", plain=True)
            model.constants[c.key] = c
        for number in range(1, self.rng.randrange(2, 4)):
            self.add_header(model, f"part{number}", number)
        heavy = self.chance(45)
        stems = self.rng.sample(STEMS, self.rng.randrange(2, 5))
        for stem in stems:
            model.files[stem] = File(stem, "cpp", containers=heavy and stem == stems[0])
        if self.chance(50):
            stem = self.rng.choice([s for s in STEMS if s not in stems])
            model.files[stem] = File(stem, "c")
        for f in model.sources():
            self.fill_source(model, f)
        for stem in ["shared", *(h.stem for h in model.headers())]:
            model.files[self.rng.choice(stems)].includes.add(stem)
        return model

    def add_header(self, model, stem, rank):
        model.files[stem] = File(stem, "h", rank=rank, containers=self.chance(8),
                                 angle=self.chance(50),
                                 folder=self.rng.choice(["", "", "inc/", "inc/deep/"]))
        for _ in range(self.rng.randrange(1, 4)):
            c = self.constant(stem)
            model.constants[c.key] = c
        if self.chance(60):
            f = self.function(model, stem, pure=True)
            f.rank, f.role, f.linkage = 0.4, "free", "inline"
            f.terms = [Term("number", n=self.number())]
            f.extra, f.attribute = "", "constexpr" if self.chance(60) else ""
            model.functions[f.key] = f
        for _ in range(self.rng.randrange(1, 3)):
            s = self.struct(model, stem)
            model.structs[s.key] = s
            if self.chance(60):
                m = self.method(model, s.key, stem, "method")
                model.functions[m.key] = m
        if self.chance(50):
            t = self.table(model, stem)
            model.tables[t.key] = t
        if self.chance(60):
            v = self.variable(model, stem)
            model.variables[v.key] = v
        if self.chance(50):
            b = Box(self.name("Box"), stem, f"Box{self.count}", self.number())
            model.boxes[b.key] = b
            m = self.method(model, b.key, stem, "boxmethod")
            model.functions[m.key] = m
        for _ in range(self.rng.randrange(1, 4)):
            f = self.function(model, stem)
            model.functions[f.key] = f

    def fill_source(self, model, file):
        stem = file.stem
        if self.chance(60):
            t = self.table(model, stem)
            model.tables[t.key] = t
        for _ in range(self.rng.randrange(1, 4)):
            f = self.function(model, stem, pure=True)
            model.functions[f.key] = f
        for _ in range(self.rng.randrange(1, 4)):
            v = self.variable(model, stem)
            model.variables[v.key] = v
        for _ in range(self.rng.randrange(2, 5)):
            f = self.function(model, stem)
            model.functions[f.key] = f
            if f.role == "free" and f.result == "unsigned" and not f.pure and self.chance(40):
                self.add_local(model, f)
        if file.kind == "c":
            return
        if self.chance(60):
            f = self.closure(model, stem)
            model.functions[f.key] = f
        v = self.hook(model, stem) if self.chance(50) else None
        if v:
            model.variables[v.key] = v
        place = self.pick(h.stem for h in model.headers() if h.rank)
        if self.chance(50) and place:
            h = self.hierarchy(model, place, stem)
            model.hierarchies[h.key] = h
            self.virtuals(model, h)

    def add_local(self, model, f):
        v = self.variable(model, f.place, function=f.key)
        if v.type not in TYPES and v.type not in CONTAINERS and not model.named_type(v.type):
            v.type = "int"
        if model.is_c(f.place):
            v.computed = v.constant = ""
        v.count = 0
        model.variables[v.key] = v
        f.terms.append(Term("bump", ref=v.key, n=self.number(), m=self.rng.randrange(8)))
        return v
