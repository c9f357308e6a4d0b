"""Edits of data: variables, tables, named constants."""

import dataclasses

from editfuzz.edits import anything, edit, edit_value, forget_calls
from editfuzz.model import CONTAINERS, TYPES, Term


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
            v.count = 0
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
    if v.type in CONTAINERS and not model.has_containers(v.place):
        return False
    return model.is_known(v.place, [v.computed, v.constant, v.type]) and all(
        model.find(k) is not None and model.sees(v.place, model.find(k)) for k in v.targets)


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


def other_values(gen, table):
    values = list(table.values)
    if gen.chance(60):
        values[gen.rng.randrange(len(values))] = gen.number()
    elif gen.chance(60):
        values.append(gen.number())
    else:
        values.pop()
    return values


edit_value("EditTable", "D3", 10, "tables", "values", of=anything, value=other_values,
           fits=lambda model, table, values: values != [])


@edit("D3", 4)
class AddTable:
    def propose(gen, model):
        place = gen.pick(f.stem for f in model.files.values() if f.rank or f.kind != "h")
        return {"table": gen.table(model, place)}

    def apply(model, table):
        if table.place not in model.files or table.key in model.tables:
            return False
        f = model.functions.get(table.computed)
        if table.computed and (f is None or f.place == table.place or f.attribute != "constexpr"
                               or not model.sees(table.place, f)):
            return False
        model.tables[table.key] = dataclasses.replace(table, values=list(table.values))
        return True


def may_be_linked(model, v, linkage):
    if model.is_c(v.place) and linkage == "anon":
        return False
    if linkage == "constant" and (v.type in model.structs or v.type in ("text", "hook")
                                  or v.type in CONTAINERS):
        return False
    return not (v.type in model.structs and linkage == "extern"
                and not model.is_header(model.structs[v.type].place))


LINKAGES = ["extern", "static", "anon", "constant"]
edit_value("EditVariableLinkage", "D3", 5, "variables", "linkage",
           of=lambda model, v: v.linkage in LINKAGES and not v.function,
           value=lambda gen, v: gen.rng.choice(LINKAGES), fits=may_be_linked)


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


edit_value("RenameVariable", "D5", 3, "variables", "name", of=anything,
           value=lambda gen, v: gen.name("w"))

edit_value("EditVariableType", "D6", 5, "variables", "type",
           of=lambda model, v: v.type in TYPES or v.type in CONTAINERS,
           value=lambda gen, v: gen.rng.choice(
               list(CONTAINERS) if v.type in CONTAINERS else TYPES))

edit_value("EditConstant", "C5", 15, "constants", "value", of=anything,
           value=lambda gen, c: gen.rng.randrange(50))
