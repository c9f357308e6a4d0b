"""States and answers as the program writes them: "name=value name=value ..."."""

from editfuzz.oracle import Finding


def words(line):
    """A line "name=value name=value ..." as a dictionary; no name may have two values."""
    result = {}
    for word in line.split():
        name, _, value = word.partition("=")
        if result.setdefault(name, value) != value:
            raise Finding("two values", f"{name} is {result[name]} and {value}")
    return result


def split_slot(name):
    """"make7/serial[2]" → ("make7", "serial", "2")."""
    maker, _, rest = name.partition("/")
    part, _, slot = rest.partition("[")
    return maker, part, slot.rstrip("]")


def differences(old, new):
    names = [n for n in sorted(old.keys() | new.keys()) if old.get(n) != new.get(n)]
    return " ".join(f"{n}: {old.get(n)} → {new.get(n)}" for n in names[:6])


def differences_of_lists(mine, theirs):
    if len(mine) != len(theirs):
        return f"{sorted(set(mine) ^ set(theirs))[:8]}"
    return ", ".join(f"{a} ({b.split('=')[-1]})" for a, b in zip(mine, theirs) if a != b)[:300]
