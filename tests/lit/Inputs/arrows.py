#!/usr/bin/env python3
"""Checks that the rooms of jit_host include only what the design lets them need.

    arrows.py FOLDER      prints each wrong include, and fails where there is one
"""

import pathlib
import re
import sys

# Room: the other rooms whose headers it may include.
NEEDS = {
    "support": set(),
    "ir": {"support"},
    "watch": {"support"},
    "project": {"support"},
    "state": {"support"},
    "compile": {"ir", "support"},
    "plan": {"ir", "support"},
    "link": {"ir", "support"},
    "crash": {"ir", "support"},
    "session": {"support", "ir", "watch", "project", "state", "compile", "plan", "link", "crash"},
    "main": {"session", "crash", "support"},
}
# What lies outside, by the beginning of its path: the only room for it.
ONLY = {"clang/": "compile", "clang-c/": "compile", "llvm/ExecutionEngine/": "link"}

INCLUDE = re.compile(r'\s*#\s*include\s*["<]([^">]+)[">]')


def objection(room, header):
    """Returns what is wrong with the include, or None."""
    for beginning, only in ONLY.items():
        if header.startswith(beginning) and room != only:
            return f"only {only} may include {header}"
    target = header.split("/")[0]
    if target in NEEDS and target not in NEEDS[room] | {room}:
        return f"{room} may not include {header}"
    return None


def check(root, path):
    """Yields what is wrong in one file."""
    place = path.relative_to(root)
    room = place.parts[0] if len(place.parts) > 1 else place.stem
    if room not in NEEDS:
        yield f"{place}: no such room in the design"
        return
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if found := INCLUDE.match(line):
            if wrong := objection(room, found[1]):
                yield f"{place}:{number}: {wrong}"


def main():
    root = pathlib.Path(sys.argv[1])
    files = [p for p in sorted(root.rglob("*")) if p.suffix in (".cpp", ".h", ".def")]
    problems = [problem for path in files for problem in check(root, path)]
    if problems:
        print("\n".join(problems))
        sys.exit(1)
    print(f"{len(files)} files keep the arrows")


if __name__ == "__main__":
    main()
