"""Edits of data: variables, tables, literals, and the layouts of types."""

import copy
import dataclasses

from editfuzz.edits import edit, forget_calls
from editfuzz.model import INTEGERS, TYPES, Term


@edit("D1", 12)
class AddVariable:
    """A new global or local static, and sometimes a use of it."""

    def propose(gen, model):
        place = gen.pick(f.stem for f in model.files.values() if f.rank or f.kind != "h")
        owner = gen.pick(f for f in model.functions.values()
                         if f.place == place and f.role == "free" and not f.pure
                         and f.result == "unsigned")
        local = owner is not None and gen.chance(40)
        v = gen.variable(model, place, function=owner.key if local else "")
        if local:
            v.type, v.count = ("int", 0) if v.type not in TYPES else (v.type, 0)
            if model.is_c(place):
                v.computed = v.constant = ""
        term = Term(gen.rng.choice(["read", "bump"]), ref=v.key, n=gen.number(),
                    m=gen.rng.randrange(8), text="x")
        return {"variable": v, "user": owner.key if owner else None, "term": term}

    def apply(model, variable, user, term):
        v = dataclasses.replace(variable)
        if v.place not in model.files or v.key in model.variables:
            return False
        if v.function and v.function not in model.functions:
            return False
        if not data_is_known(model, v):
            return False
        model.variables[v.key] = v
        owner = model.functions.get(user)
        if owner is not None and model.valid_term(owner, term):
            owner.terms.append(term)
        return True


def data_is_known(model, v):
    """Whether all that the variable's declaration names is there."""
    named = [v.computed, v.constant, *v.targets] + ([v.type] if v.type[:1] == "S" else [])
    return all(model.find(k) is not None and model.sees(v.place, model.find(k))
               for k in named if k)


@edit("D1", 3)
class AddHook:
    def propose(gen, model):
        place = gen.pick(f.stem for f in model.sources() if f.kind == "cpp")
        v = gen.hook(model, place)
        return v and {"row": "C11", "hook": v}

    def apply(model, row, hook):
        if hook.place not in model.files or hook.key in model.variables or not data_is_known(
                model, hook):
            return False
        for t in hook.targets:
            f = model.functions[t]
            if f.params != 1 or f.result != "unsigned" or f.attribute == "noexcept":
                return False
        model.variables[hook.key] = dataclasses.replace(hook)
        return True


@edit("D2", 18)
class EditInitialiser:
    def propose(gen, model):
        v = gen.pick(model.variables.values())
        if v is None:
            return None
        new = dataclasses.replace(v, value=gen.number(), text=gen.word() if v.text else "")
        if v.type in TYPES and not model.is_c(v.place) and gen.chance(30):
            new.computed = new.constant = ""
            if gen.chance(60):
                gen.make_computed(model, new)
        return {"variable": v.key, "value": new.value, "text": new.text,
                "computed": new.computed, "constant": new.constant}

    def apply(model, variable, **new):
        v = model.variables.get(variable)
        if v is None:
            return False
        changed = dataclasses.replace(v, **new)
        if changed == v or not data_is_known(model, changed):
            return False
        model.variables[variable] = changed
        return True


@edit("D3", 10)
class EditTable:
    def propose(gen, model):
        t = gen.pick(model.tables.values())
        if t is None:
            return None
        values = list(t.values)
        if gen.chance(60):
            values[gen.rng.randrange(len(values))] = gen.number()
        elif gen.chance(60):
            values.append(gen.number())
        else:
            values.pop()
        return {"table": t.key, "values": values}

    def apply(model, table, values):
        t = model.tables.get(table)
        if t is None or not values or t.values == values:
            return False
        t.values = list(values)
        return True


@edit("D3", 4)
class AddTable:
    def propose(gen, model):
        place = gen.pick(f.stem for f in model.files.values() if f.rank or f.kind != "h")
        return {"table": gen.table(model, place)}

    def apply(model, table):
        if table.place not in model.files or table.key in model.tables:
            return False
        model.tables[table.key] = dataclasses.replace(table, values=list(table.values))
        return True


@edit("D3", 5)
class EditVariableLinkage:
    """A variable becomes static, nameless, constant, and back."""

    def propose(gen, model):
        v = gen.pick(v for v in model.variables.values()
                     if v.linkage in ("extern", "static", "anon", "constant"))
        return v and {"variable": v.key,
                      "linkage": gen.rng.choice(["extern", "static", "anon", "constant"])}

    def apply(model, variable, linkage):
        v = model.variables.get(variable)
        if v is None or v.linkage == linkage or v.function:
            return False
        if model.is_c(v.place) and linkage == "anon":
            return False
        if linkage == "constant" and (v.type in model.structs or v.type in ("text", "hook")):
            return False
        if v.type in model.structs and linkage == "extern" and not model.is_header(
                model.structs[v.type].place):
            return False
        v.linkage = linkage
        return True


@edit("D5", 8)
class RemoveVariable:
    def propose(gen, model):
        v = gen.pick(model.variables.values())
        return v and {"variable": v.key}

    def apply(model, variable):
        if variable not in model.variables:
            return False
        forget_calls(model, variable)
        del model.variables[variable]
        return True


@edit("D5", 3)
class RenameVariable:
    def propose(gen, model):
        v = gen.pick(model.variables.values())
        return v and {"variable": v.key, "name": gen.name("w")}

    def apply(model, variable, name):
        v = model.variables.get(variable)
        if v is None:
            return False
        v.name = name
        return True


@edit("D6", 5)
class EditVariableType:
    def propose(gen, model):
        v = gen.pick(v for v in model.variables.values() if v.type in TYPES)
        return v and {"variable": v.key, "type": gen.rng.choice(TYPES)}

    def apply(model, variable, type):
        v = model.variables.get(variable)
        if v is None or v.type == type:
            return False
        v.type = type
        return True


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
        return {"struct": s.key, "fields": fields}

    def apply(model, struct, fields):
        s = model.structs.get(struct)
        if s is None or s.fields == fields:
            return False
        for _, type in fields:
            if type[0] == "S" and type not in model.structs:
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
        needed = [struct.base, *(t for _, t in struct.fields if t[0] == "S")]
        if any(k and (k not in model.structs or not model.sees(struct.place, model.structs[k]))
               for k in needed):
            return False
        model.structs[struct.key] = dataclasses.replace(
            struct, fields=[list(f) for f in struct.fields])
        model.functions[method.key] = dataclasses.replace(method, terms=list(method.terms))
        return all(model.valid_term(method, t) for t in method.terms)


@edit("C15", 2)
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
        return {"row": "C9", "hierarchy": h,
                "methods": [f for k, f in tried.functions.items() if k not in known]}

    def apply(model, row, hierarchy, methods):
        h = copy.deepcopy(hierarchy)
        if h.key in model.hierarchies or h.place not in model.files or h.home not in model.files:
            return False
        model.hierarchies[h.key] = h
        for f in methods:
            model.functions[f.key] = dataclasses.replace(f, terms=list(f.terms))
        return all(model.valid_term(f, t) for f in methods for t in f.terms)


@edit("D2", 4)
class EditShared:
    """The initial value of a class template's static member."""

    def propose(gen, model):
        b = gen.pick(model.boxes.values())
        return b and {"box": b.key, "value": gen.rng.randrange(100)}

    def apply(model, box, value):
        b = model.boxes.get(box)
        if b is None or b.value == value:
            return False
        b.value = value
        return True


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
