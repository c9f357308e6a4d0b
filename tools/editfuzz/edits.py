"""The edits: each a name and plain parameters, chosen at random once, applied any number of times.

An edit whose target is gone, or that would make a program that isn't one, does not
apply: so any part of a list of edits is a list of edits, which is what shrinking needs.
"""

import dataclasses

from editfuzz.model import Term

KINDS = {}


@dataclasses.dataclass
class Edit:
    kind: str
    args: dict

    @property
    def row(self):
        return KINDS[self.kind].row(self.args)

    def apply(self, model):
        """Edits the model; False, and nothing done, where that is not possible."""
        tried = model.copy()
        if not self.spoils_or_applies(tried):
            return False
        model.__dict__ = tried.__dict__
        return True

    def spoils_or_applies(self, model):
        """As `apply`; where it returns False, the model is good for nothing any more."""
        return KINDS[self.kind].apply(model, **self.args) and model.consistent()

    def __str__(self):
        return f"{self.row} {self.kind} " + " ".join(
            f"{k}={v if isinstance(v, (str, int)) else '…'}" for k, v in self.args.items())


class Kind:
    """A kind of edit: how parameters are chosen, and what it does to a model."""

    def __init__(self, row, weight, propose, apply):
        self.rows, self.weight, self.propose, self.apply = row, weight, propose, apply

    def row(self, args):
        return args["row"] if "row" in args else self.rows


def edit(row, weight=10):
    """Registers a class with `propose(gen, model)` and `apply(model, …)`."""
    def register(cls):
        KINDS[cls.__name__] = Kind(row, weight, cls.propose, cls.apply)
        return cls
    return register


def propose(gen, model, names=None):
    """A random edit that the model takes; None where none was found."""
    kinds = [k for k in KINDS if names is None or k in names]
    weights = [KINDS[k].weight for k in kinds]
    for _ in range(40):
        name = gen.rng.choices(kinds, weights)[0]
        args = KINDS[name].propose(gen, model)
        if args is not None and Edit(name, args).spoils_or_applies(model.copy()):
            return Edit(name, args)
    return None


#===----------------------------------------------------------------------===#
# Code
#===----------------------------------------------------------------------===#

ROWS = {"free": "C1", "template": "C3", "method": "C1", "virtual": "C2", "boxmethod": "C3",
        "lambda": "C6"}


def body_row(model, key):
    f = model.functions[key]
    return "C4" if f.linkage == "inline" and f.role == "free" else ROWS[f.role]


@edit("C1", 40)
class EditTerm:
    """Another number in a term, or another term in its place."""

    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values() if f.terms)
        if f is None:
            return None
        at = gen.rng.randrange(len(f.terms))
        term = dataclasses.replace(f.terms[at], n=gen.number()) if gen.chance(60) else (
            gen.term(model, f))
        return {"function": f.key, "at": at, "term": term, "row": body_row(model, f.key)}

    def apply(model, function, at, term, row):
        f = model.functions.get(function)
        if f is None or at >= len(f.terms) or f.terms[at] == term or not model.valid_term(f, term):
            return False
        f.terms[at] = term
        return True


@edit("C1", 25)
class AddTerm:
    def propose(gen, model):
        f = gen.pick(model.functions.values())
        if f is None or len(f.terms) > 7:
            return None
        return {"function": f.key, "at": gen.rng.randrange(len(f.terms) + 1),
                "term": gen.term(model, f), "row": body_row(model, f.key)}

    def apply(model, function, at, term, row):
        f = model.functions.get(function)
        if f is None or not model.valid_term(f, term):
            return False
        f.terms.insert(at, term)
        return True


@edit("C1", 15)
class RemoveTerm:
    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values() if f.terms)
        return f and {"function": f.key, "at": gen.rng.randrange(len(f.terms)),
                      "row": body_row(model, f.key)}

    def apply(model, function, at, row):
        f = model.functions.get(function)
        if f is None or at >= len(f.terms):
            return False
        del f.terms[at]
        return True


@edit("C1", 6)
class SwapTerms:
    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values() if len(f.terms) > 1)
        return f and {"function": f.key, "at": gen.rng.randrange(len(f.terms) - 1),
                      "row": body_row(model, f.key)}

    def apply(model, function, at, row):
        f = model.functions.get(function)
        if f is None or at + 1 >= len(f.terms):
            return False
        f.terms[at:at + 2] = f.terms[at + 1], f.terms[at]
        return True


@edit("C3", 6)
class Specialise:
    """A specialisation of a function template, added, edited or removed."""

    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values() if f.role == "template")
        return f and {"function": f.key, "type": gen.rng.choice(["int", "long", "short"]),
                      "n": None if gen.chance(30) else gen.number()}

    def apply(model, function, type, n):
        f = model.functions.get(function)
        if f is None or f.specials.get(type) == n:
            return False
        f.specials.pop(type, None)
        if n is not None:
            f.specials[type] = n
        return True


@edit("C5", 15)
class EditConstant:
    def propose(gen, model):
        c = gen.pick(model.constants.values())
        return c and {"constant": c.key, "value": gen.rng.randrange(50)}

    def apply(model, constant, value):
        c = model.constants.get(constant)
        if c is None or c.value == value:
            return False
        c.value = value
        return True


@edit("C5", 6)
class EditDefault:
    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values() if f.default is not None)
        return f and {"function": f.key, "value": gen.number()}

    def apply(model, function, value):
        f = model.functions.get(function)
        if f is None or f.default in (None, value):
            return False
        f.default = value
        return True


@edit("C7", 6)
class EditCaptures:
    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values() if f.role == "lambda")
        return f and {"function": f.key, "captures": gen.rng.choice(["", "a", "b", "ab"])}

    def apply(model, function, captures):
        f = model.functions.get(function)
        if f is None or f.captures == captures:
            return False
        f.captures = captures
        return True


@edit("C9", 12)
class AddFunction:
    """A new function, and sometimes a call of it."""

    def propose(gen, model):
        place = gen.pick(f.stem for f in model.files.values() if f.rank or f.kind != "h")
        f = gen.function(model, place)
        return {"function": f, "user": None, "term": None, **call_of(gen, model, f)}

    def apply(model, function, user, term):
        if function.place not in model.files or function.key in model.functions:
            return False
        if any(f.name == function.name and f.place == function.place
               for f in model.functions.values()):
            return False
        function = dataclasses.replace(function, terms=list(function.terms))
        if not all(model.valid_term(function, t) for t in function.terms):
            return False
        model.functions[function.key] = function
        caller = model.functions.get(user)
        if caller is not None and model.valid_term(caller, term):
            caller.terms.append(term)
        return True


def call_of(gen, model, f):
    tried = model.copy()
    tried.functions[f.key] = f
    kind = "template" if f.role == "template" else "call"
    term = Term(kind, ref=f.key, n=gen.number(), text="int" if f.role == "template" else "")
    user = gen.pick(u for u in tried.functions.values() if tried.valid_term(u, term))
    return {"user": user.key, "term": term} if user else {}


@edit("C9", 6)
class AddMethod:
    def propose(gen, model):
        s = gen.pick(model.structs.values())
        return s and {"method": gen.method(model, s.key, s.place, "method")}

    def apply(model, method):
        method = dataclasses.replace(method, terms=list(method.terms))
        if method.owner not in model.structs or method.key in model.functions or not all(
                model.valid_term(method, t) for t in method.terms):
            return False
        model.functions[method.key] = method
        return True


@edit("C9", 5)
class AddClosure:
    def propose(gen, model):
        place = gen.pick(f.stem for f in model.sources() if f.kind == "cpp")
        return {"closure": gen.closure(model, place)}

    def apply(model, closure):
        if closure.place not in model.files or closure.key in model.functions:
            return False
        closure = dataclasses.replace(closure, terms=list(closure.terms))
        if not all(model.valid_term(closure, t) for t in closure.terms):
            return False
        model.functions[closure.key] = closure
        return True


@edit("C9", 5)
class EditLinkage:
    """A function of a file becomes its own, or everybody's."""

    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values()
                     if f.role == "free" and f.linkage in ("extern", "static", "anon"))
        return f and {"function": f.key, "linkage": gen.rng.choice(["extern", "static", "anon"])}

    def apply(model, function, linkage):
        f = model.functions.get(function)
        if f is None or f.linkage == linkage or f.name.startswith("helper"):
            return False
        if model.is_c(f.place):
            return False
        if any(function in v.targets or v.computed == function for v in model.variables.values()):
            return False
        f.linkage = linkage
        return True


def forget_calls(model, key):
    for f in model.functions.values():
        f.terms[:] = [t for t in f.terms if t.ref != key]


def is_needed(model, key):
    return any(key in v.targets or v.computed == key for v in model.variables.values())


@edit("C10", 10)
class RemoveFunction:
    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values() if f.role != "virtual")
        return f and {"function": f.key}

    def apply(model, function):
        f = model.functions.get(function)
        if f is None or f.role == "virtual" or is_needed(model, function):
            return False
        forget_calls(model, function)
        for v in model.locals_of(function):
            forget_calls(model, v.key)
            del model.variables[v.key]
        del model.functions[function]
        return True


@edit("C10", 6)
class RenameFunction:
    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values() if f.role in ("free", "template"))
        return f and {"function": f.key, "name": gen.name("g")}

    def apply(model, function, name):
        f = model.functions.get(function)
        if f is None:
            return False
        f.name = name
        return True


@edit("C10", 8)
class EditSignature:
    """One parameter more or less; calls give what is asked for."""

    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values()
                     if f.role in ("free", "template", "method", "boxmethod"))
        return f and {"function": f.key, "params": gen.rng.randrange(1, 4)}

    def apply(model, function, params):
        f = model.functions.get(function)
        if f is None or f.params == params or any(function in v.targets
                                                  for v in model.variables.values()):
            return False
        if any(o.name == f.name and o.place == f.place and o.params == params
               for o in model.functions.values()):
            return False
        f.params = params
        if params == 1:
            f.default = None
        return True


@edit("C9", 5)
class Overload:
    """A function takes the name of another one with other parameters."""

    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values() if f.role == "free")
        like = f and gen.pick(o for o in model.in_place(model.functions, f.place)
                              if o.role == "free" and o.params != f.params)
        return like and {"function": f.key, "like": like.key}

    def apply(model, function, like):
        f, other = model.functions.get(function), model.functions.get(like)
        if f is None or other is None or f.place != other.place or f.name == other.name:
            return False
        if model.is_c(f.place) or f.default is not None or any(
                o.name == other.name and (o.params == f.params or o.default is not None)
                for o in model.functions.values()):
            return False
        if any(is_needed(model, k) or model.locals_of(k) for k in (function, like)):
            return False
        f.name = other.name
        return True


@edit("C10", 5)
class EditResult:
    """Another return type."""

    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values() if f.role == "free")
        return f and {"function": f.key,
                      "result": gen.rng.choice(["unsigned", "unsigned long", "int",
                                                "unsigned char"])}

    def apply(model, function, result):
        f = model.functions.get(function)
        if f is None or f.role != "free" or f.result == result or is_needed(model, function):
            return False
        f.result = result
        return True


@edit("C10", 5)
class MoveFunction:
    """To another file."""

    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values()
                     if f.role == "free" and f.linkage == "extern")
        place = gen.pick(s.stem for s in model.sources() if s.kind == "cpp")
        return f and {"function": f.key, "place": place}

    def apply(model, function, place):
        f = model.functions.get(function)
        if f is None or place not in model.files or f.place == place or model.locals_of(function):
            return False
        f.place = place
        return all(model.valid_term(f, t) for t in f.terms)


@edit("C14", 4)
class EditAttribute:
    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values()
                     if f.role == "free" and not model.is_c(f.place))
        return f and {"row": "C16", "function": f.key, "attribute": gen.rng.choice(
            ["", "noexcept", "__attribute__((noinline))", "__attribute__((always_inline))",
             "__attribute__((cold))"])}

    def apply(model, row, function, attribute):
        f = model.functions.get(function)
        if f is None or f.attribute == attribute or is_needed(model, function):
            return False
        if attribute == "noexcept" and not f.pure:
            return False
        if "always_inline" in attribute and any(t.kind == "recurse" for t in f.terms):
            return False
        f.attribute = attribute
        return True


@edit("C15", 5)
class EditVirtuals:
    """A virtual function added, removed or moved, or overridden in one class more or less."""

    def propose(gen, model):
        h = gen.pick(model.hierarchies.values())
        if h is None:
            return None
        how = gen.rng.choice(["add", "remove", "move", "override", "inherit"])
        added = None
        if how == "add":
            added = [gen.method(model, h.classes[0].key, h.place, "virtual", gen.name("turn"))]
        elif how == "override":
            k = gen.rng.choice(h.classes[1:])
            added = [gen.method(model, k.key, h.place, "virtual", gen.rng.choice(h.methods))]
        return {"hierarchy": h.key, "how": how, "at": gen.rng.randrange(8), "added": added}

    def apply(model, hierarchy, how, at, added):
        h = model.hierarchies.get(hierarchy)
        if h is None:
            return False
        at %= len(h.methods)
        for f in added or []:
            f = dataclasses.replace(f, terms=list(f.terms))
            taken = any(o.name == f.name for o in model.methods_of(f.owner))
            if taken or model.klass(f.owner)[0] is None or (how == "override" and
                                                            f.name not in h.methods):
                return False
            model.functions[f.key] = f
            if how == "add":
                h.methods.insert(at, f.name)
            return all(model.valid_term(f, t) for t in f.terms)
        if how == "move":
            h.methods.insert(0, h.methods.pop(at))
            return at > 0
        if how == "remove" and len(h.methods) > 1:
            name = h.methods.pop(at)
            for f in model.functions.values():
                f.terms[:] = [t for t in f.terms if not (t.ref == h.key and t.text == name)]
            gone = [f for k in h.classes for f in model.methods_of(k.key) if f.name == name]
        else:
            gone = [f for k in h.classes[1:] for f in model.methods_of(k.key)
                    if f.name == h.methods[at]][:1]
        for f in gone:
            del model.functions[f.key]
        return bool(gone)
