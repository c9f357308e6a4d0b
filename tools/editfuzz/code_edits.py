"""Edits of code: bodies, signatures, names, what is new and what goes."""

import dataclasses

from editfuzz.edits import add_functions, anything, edit, edit_value, forget_calls, is_needed
from editfuzz.model import CONTAINERS, Term

ROWS = {"free": "C1", "template": "C3", "method": "C1", "virtual": "C2", "boxmethod": "C3",
        "lambda": "C6"}


#===----------------------------------------------------------------------===#
# Bodies
#===----------------------------------------------------------------------===#

def some_body(gen, model, least=1):
    """A function with that many terms at least, and what an edit of its body is told:
    in a burst, one of the file that is being edited."""
    f = gen.pick(f for f in model.functions.values()
                 if len(f.terms) >= least and gen.burst_at in (None, f.place))
    if f is None:
        return None, None
    row = "C4" if f.linkage == "inline" and f.role == "free" else ROWS[f.role]
    return f, {"function": f.key, "row": row}


@edit("C1", 40)
class EditTerm:
    """Another number in a term, or another term in its place."""

    def propose(gen, model):
        f, args = some_body(gen, model)
        if f is None:
            return None
        at = gen.rng.randrange(len(f.terms))
        term = dataclasses.replace(f.terms[at], n=gen.number()) if gen.chance(60) else (
            gen.term(model, f))
        return {**args, "at": at, "term": term}

    def apply(model, function, at, term, row):
        f = model.functions.get(function)
        if f is None or at >= len(f.terms) or f.terms[at] == term or not model.valid_term(f, term):
            return False
        f.terms[at] = term
        return True


@edit("C1", 25)
class AddTerm:
    def propose(gen, model):
        f, args = some_body(gen, model, 0)
        if f is None or len(f.terms) > 7:
            return None
        return {**args, "at": gen.rng.randrange(len(f.terms) + 1), "term": gen.term(model, f)}

    def apply(model, function, at, term, row):
        f = model.functions.get(function)
        if f is None or not model.valid_term(f, term):
            return False
        f.terms.insert(at, term)
        return True


@edit("C1", 15)
class RemoveTerm:
    def propose(gen, model):
        f, args = some_body(gen, model)
        return f and {**args, "at": gen.rng.randrange(len(f.terms))}

    def apply(model, function, at, row):
        f = model.functions.get(function)
        if f is None or at >= len(f.terms):
            return False
        del f.terms[at]
        return True


@edit("C1", 6)
class SwapTerms:
    def propose(gen, model):
        f, args = some_body(gen, model, 2)
        return f and {**args, "at": gen.rng.randrange(len(f.terms) - 1)}

    def apply(model, function, at, row):
        f = model.functions.get(function)
        if f is None or at + 1 >= len(f.terms):
            return False
        f.terms[at:at + 2] = f.terms[at + 1], f.terms[at]
        return True


MISTAKES = ["return nothing;", "int a;", "r = \"text\";", "}",
            "static_assert(sizeof(r) == 1, \"\");"]
edit_value("MistakeInBody", "F4", 2, "functions", "mistake",
           of=anything,
           value=lambda gen, f: "" if f.mistake else gen.rng.choice(MISTAKES))

BODY_EDITS = ("EditTerm", "AddTerm", "RemoveTerm", "SwapTerms", "MistakeInBody")


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


edit_value("EditCaptures", "C7", 6, "functions", "captures",
           of=lambda model, f: f.role == "lambda",
           value=lambda gen, f: gen.rng.choice(["", "a", "b", "ab"]))


#===----------------------------------------------------------------------===#
# New functions
#===----------------------------------------------------------------------===#

@edit("C9", 12)
class AddFunction:
    """A new function, and sometimes a call of it."""

    def propose(gen, model):
        place = gen.pick(f.stem for f in model.files.values() if f.rank or f.kind != "h")
        f = gen.function(model, place)
        return {"function": f, "user": None, "term": None, **call_of(gen, model, f)}

    def apply(model, function, user, term):
        if not add_functions(model, [function]):
            return False
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
        return method.owner in model.structs and add_functions(model, [method])


@edit("C9", 5)
class AddClosure:
    def propose(gen, model):
        place = gen.pick(f.stem for f in model.sources() if f.kind == "cpp")
        return {"closure": gen.closure(model, place)}

    def apply(model, closure):
        return add_functions(model, [closure])


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


#===----------------------------------------------------------------------===#
# Functions that go, or are declared otherwise
#===----------------------------------------------------------------------===#

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


@edit("C10", 8)
class EditSignature:
    """One parameter more or less; calls give what is asked for."""

    def propose(gen, model):
        f = gen.pick(f for f in model.functions.values()
                     if f.role in ("free", "template", "method", "boxmethod"))
        return f and {"function": f.key, "params": gen.rng.randrange(1, 4)}

    def apply(model, function, params):
        f = model.functions.get(function)
        if f is None or f.params == params or f.name.startswith("operator") or any(
                function in v.targets for v in model.variables.values()):
            return False
        if any(o.name == f.name and o.place == f.place and o.params == params
               for o in model.functions.values()):
            return False
        f.params = params
        if params == 1:
            f.default = None
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


def is_free(model, f):
    return f.role == "free"


def may_have_linkage(model, f, linkage):
    return not (f.name.startswith("helper") or is_needed(model, f.key))


def may_have_attribute(model, f, attribute):
    if is_needed(model, f.key) or attribute == "noexcept" and not f.pure or f.result == "Steps":
        return False
    return "always_inline" not in attribute or not any(t.kind == "recurse" for t in f.terms)


edit_value("EditLinkage", "C9", 5, "functions", "linkage",
           of=lambda model, f: f.role == "free" and f.linkage in ("extern", "static", "anon")
           and not model.is_c(f.place),
           value=lambda gen, f: gen.rng.choice(["extern", "static", "anon"]),
           fits=may_have_linkage)

edit_value("RenameFunction", "C10", 6, "functions", "name",
           of=lambda model, f: f.role in ("free", "template"),
           value=lambda gen, f: gen.name("g"))

edit_value("EditDefault", "C5", 6, "functions", "default",
           of=lambda model, f: f.default is not None,
           value=lambda gen, f: gen.number())

edit_value("EditResult", "C10", 5, "functions", "result", of=is_free,
           value=lambda gen, f: gen.rng.choice(["unsigned", "unsigned long", "int",
                                                "unsigned char"]),
           fits=lambda model, f, result: f.result != "Steps" and not is_needed(model, f.key))

edit_value("EditAttribute", "C16", 4, "functions", "attribute",
           of=lambda model, f: f.role == "free" and not model.is_c(f.place)
           and f.attribute != "constexpr", value=lambda gen, f: gen.rng.choice(
               ["", "noexcept", "__attribute__((noinline))", "__attribute__((always_inline))",
                "__attribute__((cold))"]),
           fits=may_have_attribute)

# Whether a function takes a string or a container, too.
edit_value("EditExtra", "C10", 3, "functions", "extra",
           of=lambda model, f: f.role in ("free", "template") and f.result != "Steps"
           and model.has_containers(f.place),
           value=lambda gen, f: gen.rng.choice(["", *CONTAINERS]),
           fits=lambda model, f, extra: not is_needed(model, f.key) and all(
               not extra or model.has_containers(u.place) for u in model.functions.values()
               if any(t.ref == f.key for t in u.terms)))
