"""Edits of whole files: comments, mistakes, flags, files and headers that come, go and move."""

import dataclasses

from editfuzz.data_edits import data_is_known
from editfuzz.edits import add_functions, edit, forget_calls
from editfuzz.model import File
from editfuzz.render import header

MISTAKES = ["int mistake(", "#error mistake", "int twice = 1; int twice = 2;", "}",
            "unsigned wrong() { return nothing; }", "#include \"nowhere.h\"",
            "static_assert(false, \"mistake\");"]


@edit("C18", 6)
class EditComment:
    def propose(gen, model):
        f = gen.pick(model.files.values())
        return {"file": f.stem, "comments": [gen.word() for _ in range(gen.rng.randrange(3))],
                "blank": gen.rng.randrange(3)}

    def apply(model, file, comments, blank):
        f = model.files.get(file)
        if f is None or (f.comments, f.blank) == (comments, blank):
            return False
        f.comments, f.blank = list(comments), blank
        return True


@edit("F4", 5)
class Mistake:
    """Text that doesn't compile, or its mend."""

    def propose(gen, model):
        f = gen.pick(model.files.values())
        return {"file": f.stem, "text": "" if f.broken else gen.rng.choice(MISTAKES)}

    def apply(model, file, text):
        f = model.files.get(file)
        if f is None or f.broken == text:
            return False
        f.broken = text
        return True


def edit_number(name, row, weight, attribute):
    """Registers the kind of edit that gives the program as a whole another number."""
    class EditNumber:
        def propose(gen, model):
            return {"value": gen.number()}

        def apply(model, value):
            if getattr(model, attribute) == value:
                return False
            setattr(model, attribute, value)
            return True

    EditNumber.__name__ = name
    edit(row, weight)(EditNumber)


edit_number("EditFlag", "F3", 4, "flag")
edit_number("EditMain", "C12", 2, "main_step")  # The body of main, which is running.


@edit("C13", 6)
class EditHammered:
    """The function that another thread calls all the time: a higher version each time."""

    def propose(gen, model):
        return {"by": gen.rng.randrange(1, 5)}

    def apply(model, by):
        model.hammer += by
        return True


@edit("F1", 4)
class AddFile:
    def propose(gen, model):
        stem = gen.name("file")
        f = File(stem, "cpp" if gen.chance(80) else "c")
        tried = model.copy()
        tried.files[stem] = f
        return {"file": f, "functions": [gen.function(tried, stem, pure=n == 0) for n in range(2)],
                "variable": gen.variable(tried, stem)}

    def apply(model, file, functions, variable):
        if file.stem in model.files:
            return False
        model.files[file.stem] = dataclasses.replace(file)
        if not data_is_known(model, variable):
            return False
        model.variables[variable.key] = dataclasses.replace(variable)
        return add_functions(model, functions)


@edit("F1", 3)
class RemoveFile:
    """With all that stands in it, and what uses that."""

    def propose(gen, model):
        f = gen.pick(model.sources())
        return {"file": f.stem}

    def apply(model, file):
        if file not in model.files or len([f for f in model.sources() if f.kind == "cpp"]) < 2:
            return False
        if any(h.home == file for h in model.hierarchies.values()):
            return False
        for group in (model.functions, model.variables, model.tables, model.structs):
            for key in [e.key for e in model.in_place(group, file)]:
                if any(key in v.targets or key == v.computed for v in model.variables.values()
                       if v.place != file):
                    return False
                forget_calls(model, key)
                del group[key]
        gone = model.files.pop(file)
        rest = next(f for f in model.sources() if f.kind == "cpp")
        rest.includes |= gone.includes
        return True


@edit("F1", 3)
class RenameFile:
    def propose(gen, model):
        f = gen.pick(model.sources())
        return {"file": f.stem, "name": gen.name("moved")}

    def apply(model, file, name):
        if file not in model.files or name in model.files:
            return False
        f = model.files.pop(file)
        f.born, f.stem = f.first_name, name
        model.files[name] = f
        model.move(file, name)
        for h in model.hierarchies.values():
            h.home = name if h.home == file else h.home
        return True


@edit("F2", 2)
class RenameHeader:
    def propose(gen, model):
        f = gen.pick(h for h in model.headers())
        return {"file": f.stem, "name": gen.name("other")}

    def apply(model, file, name):
        if file not in model.files or name in model.files:
            return False
        f = model.files.pop(file)
        f.stem, f.hidden = name, ""
        model.files[name] = f
        model.move(file, name)
        for f in model.files.values():
            if file in f.includes:
                f.includes = (f.includes - {file}) | {name}
        return True


@edit("F2", 4)
class AddHeader:
    """A new header, included by a file; sometimes a constant moves into it."""

    def propose(gen, model):
        stem = gen.name("part")
        user = gen.pick(f.stem for f in model.sources() if f.kind == "cpp")
        moved = gen.pick(c.key for c in model.constants.values())
        return {"stem": stem, "user": user, "moved": moved if gen.chance(60) else None,
                "constant": gen.constant(stem)}

    def apply(model, stem, user, moved, constant):
        if stem in model.files or user not in model.files:
            return False
        model.files[stem] = File(stem, "h", rank=1)
        for h in model.headers():
            if h.rank and h.stem != stem:
                h.rank += 1
        model.files[user].includes.add(stem)
        model.constants[constant.key] = dataclasses.replace(constant)
        if moved in model.constants:
            model.constants[moved].place = stem
        return all(model.sees(v.place, model.constants[v.constant])
                   for v in model.variables.values() if v.constant in model.constants)


@edit("F2", 3)
class MoveHeader:
    """To another folder."""

    def propose(gen, model):
        f = gen.pick(h for h in model.headers())
        return {"file": f.stem, "folder": gen.rng.choice(["", "inc/", "inc/deep/", "other/"])}

    def apply(model, file, folder):
        f = model.files.get(file)
        if f is None or f.folder == folder or f.kind != "h":
            return False
        f.folder, f.hidden = folder, ""
        return True


@edit("F2", 4)
class ShadowHeader:
    """A header is found in another folder from now on, where it is edited; the one that was read
    stays as it is. Or that other one is gone again."""

    def propose(gen, model):
        f = gen.pick(h for h in model.headers() if h.angle)
        return f and {"file": f.stem, "shadow": not f.hidden}

    def apply(model, file, shadow):
        f = model.files.get(file)
        if f is None or not f.angle or bool(f.hidden) == shadow:
            return False
        f.hidden = header(f, model) if shadow else ""
        return True


@edit("F2", 3)
class EditIncludes:
    """A header included by a file that doesn't need it, or no longer."""

    def propose(gen, model):
        f = gen.pick(f for f in model.sources() if f.kind == "cpp")
        return {"file": f.stem, "header": gen.pick(model.headers()).stem}

    def apply(model, file, header):
        if file not in model.files or header not in model.files:
            return False
        model.files[file].includes ^= {header}
        return True


# For shrinking alone: parts of the program that the case may do without.

def drop(model, key):
    """Removes something and what can't be without it."""
    forget_calls(model, key)
    for group in model.groups():
        group.pop(key, None)
    for v in list(model.variables.values()):
        v.computed = "" if v.computed == key else v.computed
        v.constant = "" if v.constant == key else v.constant
        if v.key in model.variables and (v.type == key or v.function == key or key in v.targets):
            drop(model, v.key)
    for t in model.tables.values():
        t.computed = "" if t.computed == key else t.computed
    for s in model.structs.values():
        s.fields = [f for f in s.fields if f[1] != key]
        s.base = "" if s.base == key else s.base
    for f in list(model.functions.values()):
        owner = f.owner and f.owner in model.structs or f.owner in model.boxes
        if f.owner and not owner and model.klass(f.owner)[0] is None:
            drop(model, f.key)


@edit("C1", 0)
class DropEntity:
    def propose(gen, model):
        return None

    def apply(model, key):
        f = model.functions.get(key)
        if model.find(key) is None or (f is not None and f.role == "virtual"):
            return False
        drop(model, key)
        return all(s.fields for s in model.structs.values())


@edit("C1", 0)
class DropField:
    def propose(gen, model):
        return None

    def apply(model, struct, name):
        s = model.structs.get(struct)
        if s is None or len(s.fields) < 2:
            return False
        s.fields = [f for f in s.fields if f[0] != name]
        return True


@edit("C1", 0)
class DropFile:
    def propose(gen, model):
        return None

    def apply(model, file):
        if file not in model.files or len(model.sources()) < 2 and not model.is_header(file):
            return False
        for h in list(model.hierarchies.values()):
            if h.home == file:
                drop(model, h.key)
        for group in model.groups():
            for e in model.in_place(group, file):
                drop(model, e.key)
        del model.files[file]
        return all(s.fields for s in model.structs.values())
