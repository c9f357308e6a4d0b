"""Edits of types: fields, bases, virtual functions, class templates."""

import copy
import dataclasses

from editfuzz.edits import add_functions, anything, edit, edit_value
from editfuzz.model import INTEGERS, TYPES


#===----------------------------------------------------------------------===#
# Structs
#===----------------------------------------------------------------------===#

@edit("D7", 8)
class EditFields:
    """A field added, removed, moved or given another type."""

    def propose(gen, model):
        s = gen.pick(model.structs.values())
        if s is None:
            return None
        fields = [list(f) for f in s.fields]
        how = gen.rng.choice(["add", "remove", "move", "retype"])
        if how == "add":
            fields.insert(gen.rng.randrange(len(fields) + 1), gen.field(model, s.place, s.key))
        elif how == "remove" and len(fields) > 1:
            fields.pop(gen.rng.randrange(len(fields)))
        elif how == "move":
            fields.append(fields.pop(0))
        else:
            gen.rng.choice(fields)[1] = gen.rng.choice(INTEGERS + ["double"])
        if s.union:
            fields = [[n, t if t in TYPES or "[" in t else "long"] for n, t in fields]
        return {"struct": s.key, "fields": fields}

    def apply(model, struct, fields):
        s = model.structs.get(struct)
        if s is None or s.fields == fields:
            return False
        if not model.is_known(s.place, [type for _, type in fields]):
            return False
        s.fields = [list(f) for f in fields]
        return True


@edit("D9", 4)
class EditStruct:
    """Alignment, a virtual function, a constructor's number."""

    def propose(gen, model):
        s = gen.pick(model.structs.values())
        if s is None:
            return None
        if s.union:
            return {"struct": s.key, "factor": gen.number() + 1, "row": "C1"}
        new = gen.rng.choice([{"align": gen.rng.choice([0, 16, 32])},
                              {"base": "" if s.base else gen.base(model, s)},
                              {"has_virtual": not s.has_virtual},
                              {"factor": gen.number() + 1, "row": "C1"}])
        return {"struct": s.key, **new}

    def apply(model, struct, row="D9", **new):
        s = model.structs.get(struct)
        if s is None or dataclasses.replace(s, **new) == s:
            return False
        if any(s.key == t for o in model.structs.values() for _, t in o.fields) and (
                "has_virtual" in new):
            return False
        base = new.get("base")
        if base and (base not in model.structs
                     or not model.sees(s.place, model.structs[base])
                     or list(model.structs).index(base) > list(model.structs).index(struct)):
            return False
        model.structs[struct] = dataclasses.replace(s, **new)
        return True


@edit("C9", 5)
class AddStruct:
    """A new type, with a method."""

    def propose(gen, model):
        place = gen.pick(f.stem for f in model.files.values()
                         if f.kind == "cpp" or f.kind == "h" and f.rank)
        s = gen.struct(model, place)
        tried = model.copy()
        tried.structs[s.key] = s
        return {"struct": s, "method": gen.method(tried, s.key, place, "method")}

    def apply(model, struct, method):
        if struct.place not in model.files or struct.key in model.structs:
            return False
        if not model.is_known(struct.place, [struct.base, *(t for _, t in struct.fields)]):
            return False
        model.structs[struct.key] = dataclasses.replace(
            struct, fields=[list(f) for f in struct.fields])
        return add_functions(model, [method])


#===----------------------------------------------------------------------===#
# Classes with virtual functions
#===----------------------------------------------------------------------===#

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
            added = gen.method(model, h.classes[0].key, h.place, "virtual", gen.name("turn"))
        elif how == "override":
            k = gen.rng.choice(h.classes[1:])
            added = gen.method(model, k.key, h.place, "virtual", gen.rng.choice(h.methods))
        return {"hierarchy": h.key, "how": how, "at": gen.rng.randrange(8), "added": added}

    def apply(model, hierarchy, how, at, added):
        h = model.hierarchies.get(hierarchy)
        if h is None:
            return False
        at %= len(h.methods)
        if added is not None:
            return add_virtual(model, h, how, at, added)
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


def add_virtual(model, h, how, at, added):
    """A new virtual function, or one that overrides."""
    taken = any(o.name == added.name for o in model.methods_of(added.owner))
    if taken or model.klass(added.owner)[0] is None or (how == "override" and
                                                        added.name not in h.methods):
        return False
    if how == "add":
        h.methods.insert(at, added.name)
    return add_functions(model, [added])


@edit("C9", 2)
class AddHierarchy:
    """New classes with virtual functions, and a place for their objects."""

    def propose(gen, model):
        place = gen.pick(h.stem for h in model.headers() if h.rank)
        home = gen.pick(f.stem for f in model.sources() if f.kind == "cpp")
        if place is None:
            return None
        tried = model.copy()
        h = gen.hierarchy(tried, place, home)
        tried.hierarchies[h.key] = h
        known = set(tried.functions)
        gen.virtuals(tried, h)
        return {"hierarchy": h, "methods": [f for k, f in tried.functions.items()
                                            if k not in known]}

    def apply(model, hierarchy, methods):
        h = copy.deepcopy(hierarchy)
        if h.key in model.hierarchies or h.place not in model.files or h.home not in model.files:
            return False
        model.hierarchies[h.key] = h
        return add_functions(model, methods)


@edit("D9", 3)
class EditClassFields:
    """Fields of a class in a hierarchy, or what its constructor starts from."""

    def propose(gen, model):
        h = gen.pick(model.hierarchies.values())
        if h is None:
            return None
        k = gen.rng.choice(h.classes)
        if gen.chance(50):
            return {"row": "C1", "klass": k.key, "value": gen.number(), "fields": k.fields}
        fields = [list(f) for f in k.fields]
        if fields and gen.chance(50):
            fields.pop()
        else:
            fields.append([gen.name("x"), gen.rng.choice(TYPES)])
        return {"row": "D8", "klass": k.key, "value": k.value, "fields": fields}

    def apply(model, row, klass, value, fields):
        _, k = model.klass(klass)
        if k is None or (k.value, k.fields) == (value, fields):
            return False
        k.value, k.fields = value, [list(f) for f in fields]
        return True


#===----------------------------------------------------------------------===#
# Class templates
#===----------------------------------------------------------------------===#

# The initial value of a class template's static member.
edit_value("EditShared", "D2", 4, "boxes", "value", of=anything,
           value=lambda gen, b: gen.rng.randrange(100))
