#!/usr/bin/env python3
"""Compares docs/edits.md, the table of every kind of edit, with the tests.

    edits_page.py PAGE TESTS      prints what doesn't agree, and fails where there is something

A row is `| C6 | the edit | today | [name](path), … |`; its tests are those whose first
line carries its number, as `# C6: …` or `# C1, D2 in C: …`. A link is followed by
"(not yet)" exactly where the test is expected to fail. A row without any test says
"no test yet" in their place.
"""

import pathlib
import re
import sys

ROWS = [f"{letter}{n}" for letter, count in (("C", 19), ("D", 10), ("F", 10))
        for n in range(1, count + 1)]
ROW = re.compile(r"^\| ([A-Z]\d+) \|(?: .*? \|){2} (.*) \|$", re.M)
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)( \(not yet\))?")
NUMBERS = re.compile(r"# ([CDF]\d+(?:, [CDF]\d+)*)\b")
NO_TEST = "no test yet"


def read_tests(folder):
    """Path of each test → its row numbers, and whether it is expected to fail."""
    tests = {}
    for path in sorted(folder.resolve().rglob("*.test")):
        text = path.read_text(errors="replace")
        found = NUMBERS.match(text)
        tests[path] = (found[1].split(", ") if found else [],
                       re.search(r"^# XFAIL:", text, re.M) is not None)
    return tests


def check_row(number, cell, tests, page):
    """The problems of one row, and the tests that it names."""
    if cell == NO_TEST:
        return [], []
    problems, named = [], []
    for name, target, not_yet in LINK.findall(cell):
        path = (page.parent / target).resolve()
        named.append(path)
        numbers, fails = tests.get(path, (None, False))
        if numbers is None:
            problems.append(f"{number}: there is no test {target}")
        elif number not in numbers:
            problems.append(f"{number}: the first line of {target} doesn't carry {number}")
        if name != path.stem:
            problems.append(f"{number}: the link to {target} is called '{name}'")
        if numbers is not None and fails != bool(not_yet):
            problems.append(f"{number}: {target} is {'' if fails else 'not '}expected to fail; "
                            f"{'add' if fails else 'drop'} '(not yet)'")
    if not named:
        problems.append(f"{number}: names no test, and doesn't say '{NO_TEST}'")
    return problems, named


def check(page, folder):
    tests = read_tests(folder)
    rows = ROW.findall(page.read_text())
    numbers = [number for number, _ in rows]
    problems = [] if numbers == ROWS else [
        f"the rows are not C1–C19, D1–D10, F1–F10 in order, each once: {' '.join(numbers)}"]
    named = {}
    for number, cell in rows:
        found, named[number] = check_row(number, cell, tests, page)
        problems += found
    for path, (carried, _) in tests.items():
        problems += [f"{number}: {path.relative_to(folder.resolve())} carries it and is not named"
                     for number in carried if path not in named.get(number, [])]
    return problems, len(rows)


def main():
    problems, count = check(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    if problems:
        print("\n".join(problems))
        sys.exit(1)
    print(f"the page and the tests agree on {count} rows")


if __name__ == "__main__":
    main()
