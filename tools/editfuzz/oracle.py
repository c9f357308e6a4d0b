"""What a reload may answer, and what variables may hold after it."""

import dataclasses

from editfuzz.bodies import initial
from editfuzz.model import CONTAINERS
from editfuzz.records import all_fields
from editfuzz.render import underlying

# A virtual table has room for eight functions more than at first: with that many it is
# certain that there is some.
MOST_METHODS = 8


@dataclasses.dataclass
class Finding(Exception):
    """Something that must not happen."""
    kind: str
    detail: str

    def __str__(self):
        return f"{self.kind}: {self.detail}"


def layout(s, model):
    """All that decides how a struct lies in memory."""
    if s is None:
        return None
    base = layout(model.structs.get(s.base), model)
    return (s.align, s.has_virtual, s.union, s.base, base,
            tuple((n, layout(model.structs[t], model) if t in model.structs else
                   plain(t, model)) for n, t in s.fields))


def plain(type, model):
    """A type with what its name stands for."""
    named = model.named_type(type)
    return (named.kind == "typed", underlying(named)) if named else type


def class_layout(k):
    return tuple(map(tuple, k.fields))


def declared(v, model):
    """A variable's type, with all that its storage depends on."""
    type = layout(model.structs[v.type], model) if v.type in model.structs else (
        plain(v.type, model))
    return (type, v.count, v.linkage == "thread")


def holders(model):
    """The structs of which variables hold objects, those inside of them included."""
    todo = [v.type for v in model.variables.values() if v.type in model.structs]
    held = set()
    while todo:
        key = todo.pop()
        if key not in held and key in model.structs:
            held.add(key)
            s = model.structs[key]
            todo += [t for t in (s.base, *(t for _, t in s.fields)) if t in model.structs]
    return held


def refusals(old, new, alive, perhaps):
    """Whether a reload from one model to the other may be refused, and whether it must.

    `alive`: the classes of which there are objects. `perhaps(struct)`: whether some of it may
    be alive, or running code use it."""
    may = must = False
    held = holders(old)
    for key, s in new.structs.items():
        was = old.structs.get(key)
        if was is not None and layout(was, old) != layout(s, new):
            may |= perhaps(key)
            must |= key in held and key in holders(new)
    for key, h in new.hierarchies.items():
        was = old.hierarchies.get(key)
        if was is None:
            continue
        may |= len(h.methods) > MOST_METHODS
        for k, k_was in zip(h.classes, was.classes):
            if class_layout(k) != class_layout(k_was):
                may, must = may or k.key in alive, must or k.key in alive
    for key, v in new.variables.items():
        was = old.variables.get(key)
        if was is not None and was.name == v.name and declared(was, old) != declared(v, new):
            may = True
    return may, must


def shapes(model):
    """All that code may have been compiled with: layouts, and tables of virtual functions."""
    structs = {s.key: layout(s, model) for s in model.structs.values()}
    classes = {k.key: (class_layout(k), tuple(h.methods),
                       tuple(f.name for f in model.methods_of(k.key)))
               for h in model.hierarchies.values() for k in h.classes}
    return structs, classes


def shapes_differ(old, new):
    """Whether a type that both have is another in the second."""
    return any(key in after and after[key] != shape
               for before, after in zip(shapes(old), shapes(new)) for key, shape in before.items())


class Values:
    """The variables of the live program: what they hold, and what they were given.

    A variable whose initialiser was edited takes the new value where it still has the one
    that it was given, and keeps what it has otherwise."""

    def __init__(self):
        self.changed = set()  # Groups that were seen with another value than they were given.
        self.given = {}  # Group of state names → the value that an initialiser gave.
        self.gone = {}  # What removed ones held last.

    @staticmethod
    def groups(dump):
        """The parts of each variable together: "v3/x" and "v3/y" are v3's."""
        result = {}
        for name, value in dump.items():
            result.setdefault(name.split("/")[0], {})[name] = value
        return result

    def start(self, dump):
        self.given.update(self.groups(dump))

    def check(self, before, after, fresh, expectation, told=None):
        """Compares the state before a reload with that after it, and remembers the latter.

        `fresh`: that of a new start of the same sources. `expectation(group)`: "same"
        where the initialiser is as it was, "edited", "owner" where it was edited and makes
        something on the heap, "perhaps", "constant" or "any". `told`: what the report says, see `Told`."""
        before, after, fresh = map(self.groups, (before, after, fresh))
        self.changed |= {group for group, was in before.items() if was != self.given.get(group)}
        for group, now in after.items():
            expected = expectation(group)
            if expected == "owner":
                # (One that was put back as it was is another, where it took other memory.)
                expected = "perhaps" if group in self.changed else "edited"
            allowed = self.allowed(group, before, fresh, expected, now)
            if now not in allowed:
                wanted = " or ".join(map(describe, allowed))
                raise Finding("state", f"{describe(now)}: expected {wanted}; before "
                                       f"{describe(before.get(group))}, initialiser gives "
                                       f"{describe(fresh.get(group))}")
            if told is not None and group in before:
                told.check(group, expected, before[group], now, fresh.get(group),
                           before[group] == self.given.get(group))
            self.remember(group, before, now, fresh)
        for group in before.keys() - after.keys():
            self.gone[group] = before[group]

    def allowed(self, group, before, fresh, expected, now):
        was, new = before.get(group), fresh.get(group)
        if was is None:
            again = [self.gone[group]] if group in self.gone else []
            return [new, *again] if new is not None else [now]
        if expected == "any" or new is None and expected != "same":
            return [was, new, now]
        if expected == "same":
            return [was]
        if was != self.given.get(group):
            return [was]
        return [new] if expected == "edited" else [was, new]

    def remember(self, group, before, now, fresh):
        was = before.get(group)
        if was is None:
            if now == fresh.get(group) or group not in self.gone:
                self.given[group] = now
                self.changed.discard(group)
        elif now != was:
            self.given[group] = now
            self.changed.discard(group)


class Told:
    """What a report says has become of variables whose initialiser was edited."""

    def __init__(self, event):
        self.kept = {self.name(v) for v in event["kept"]}
        self.reset = {self.name(v) for v in event["reset"]}

    @staticmethod
    def name(variable):
        """As the state calls it: "f(int)::v7" is v7, "Box3<int>::shared" is Box3.int."""
        *_, scope, last = "", *variable["name"].split("::")
        if last == "shared":
            return scope.replace("<", ".").rstrip(">")
        return last.rpartition(".")[2]  # C's are called "f.v7".

    def check(self, group, expected, was, now, new, untouched):
        """By the three-way rule of edits.md, D2."""
        must = None
        if expected == "same":
            right = group not in self.kept | self.reset
            must = "neither"
        elif expected in ("any", "constant") or was == new:
            right = True  # Nobody can tell; a constant may have moved instead (D3).
        elif new is None:  # A local static: a fresh start has not been there yet.
            must = "reset"
            right = now == was or group in self.reset
        elif expected == "edited":
            must = "reset" if untouched else "kept"
            right = (group in self.reset, group in self.kept) == (untouched, not untouched)
        else:
            must = "reset if it was"
            right = (group in self.reset) == (now == new)
        if not right:
            raise Finding("kept or reset", f"{describe(was)} → {describe(now)}, initialiser gives "
                          f"{describe(new)}: must be {must}; reported are kept "
                          f"{sorted(self.kept)}, reset {sorted(self.reset)}")


def describe(parts):
    if parts is None:
        return "nothing"
    return " ".join(f"{n}={v}" for n, v in parts.items())


def variable_of(group, model):
    """The variable that a group of state names is about."""
    for v in model.variables.values():
        if v.name == group:
            return v
    return None


def identity(v, model):
    """What makes it the same variable for a linker: its name, and who sees it."""
    if not v.function:
        local = v.linkage in ("static", "thread", "anon")
        return (v.name, local, v.linkage == "anon", first_name(v, model) if local else "")
    f = model.functions[v.function]
    return (v.name, f.name, f.params, f.linkage,
            first_name(v, model) if f.linkage != "inline" else "")


def first_name(entity, model):
    """The file of something, under its first name: a renamed one keeps what is local to it."""
    return model.files[entity.place].first_name


def initial_meaning(v, model):
    """A variable's initialiser with named constants replaced by their values."""
    if v.constant:
        c = model.constants[v.constant]
        return (v.type, v.count, c.kind == "alias", c.value % 9 if c.kind == "enum" else c.value,
                v.value % 100)
    if v.type in model.structs:
        return (layout(model.structs[v.type], model), model.structs[v.type].factor, v.value)
    return (v.type, v.count, v.value % 90 if v.count else 0,
            initial(v, model))


def expectation(group, old, new):
    """What the edit of a variable's initialiser means for it; see Values.check."""
    was, v = variable_of(group, old), variable_of(group, new)
    if v is None:
        return local_state(group, old, new)
    if was is None:
        return "any"
    if identity(was, old) != identity(v, new) or was.linkage != v.linkage:
        return "any"
    if declared(was, old) != declared(v, new):
        return "any"
    if was.linkage == "constant" and not (v.computed and was.computed):
        return "any"
    if was.linkage == "constant":
        return "constant"
    if was.linkage == "thread" or (v.type in new.structs and has_virtual(v.type, new)):
        return "perhaps"
    if initial_meaning(was, old) == initial_meaning(v, new):
        return "perhaps" if v.computed or v.type in new.structs else "same"
    if v.type in CONTAINERS:
        return "owner"
    if v.function and (v.computed or was.computed):
        return "perhaps"
    return "edited"


def local_state(group, old, new):
    """Slots of closures, flags that a local static was reached, what a class template shares:
    the former are a file's own."""
    for f in new.functions.values():
        if group in (f.name, f"{f.name}_reached"):
            was = old.functions.get(f.key)
            same = was is not None and first_name(was, old) == first_name(f, new)
            return "same" if same else "any"
    for b in new.boxes.values():
        if group.split(".")[0] == b.name and b.key in old.boxes:
            return "same" if old.boxes[b.key].value == b.value else "edited"
    return "same"


def has_virtual(key, model):
    s = model.structs[key]
    return s.has_virtual or any(has_virtual(t, model) for _, t in all_fields(s, model)
                                if t in model.structs)
