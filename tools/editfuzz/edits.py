"""The edits: each a name and plain parameters, chosen at random once, applied any number of times.

An edit whose target is gone, or that would make a program that isn't one, does not
apply: so any part of a list of edits is a list of edits, which is what shrinking needs.
"""

import copy
import dataclasses

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


def edit_value(name, row, weight, group, attribute, *, of, value, fits=None):
    """Registers the kind of edit that gives an attribute of something another value.

    `of(model, entity)`: which of the group it may be; `value(gen, entity)`: a random one;
    `fits(model, entity, value)`: whether it may have that one."""
    class EditValue:
        def propose(gen, model):
            one = gen.pick(e for e in getattr(model, group).values() if of(model, e))
            return one and {"key": one.key, "value": value(gen, one)}

        def apply(model, key, value):
            one = getattr(model, group).get(key)
            if one is None or not of(model, one) or getattr(one, attribute) == value:
                return False
            if fits is not None and not fits(model, one, value):
                return False
            setattr(one, attribute, copy.deepcopy(value))
            return True

    EditValue.__name__ = name
    edit(row, weight)(EditValue)


def anything(model, entity):
    return True


def add_functions(model, functions):
    """Gives the model copies of functions; False where one can't be there."""
    added = [dataclasses.replace(f, terms=list(f.terms)) for f in functions]
    for f in added:
        taken = any(o.name == f.name and o.place == f.place and not o.owner and not f.owner
                    for o in model.functions.values())
        if f.place not in model.files or f.key in model.functions or taken:
            return False
        model.functions[f.key] = f
    return all(model.valid_term(f, t) for f in added for t in f.terms)


def forget_calls(model, key):
    for f in model.functions.values():
        f.terms[:] = [t for t in f.terms if t.ref != key]


def is_needed(model, key):
    return any(key in v.targets or v.computed == key for v in model.variables.values()
               ) or any(t.computed == key for t in model.tables.values())
