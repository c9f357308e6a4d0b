#!/usr/bin/env python3
"""Finds the messages of Diagnostics.def that no test names.

    diagnostics.py DEF TESTS      prints each, and fails where there is one

A test names a message where one of its lines holds all of the message's fixed text
in order, or four words in a row of it that no other message has.
"""

import pathlib
import re
import sys

ENTRY = re.compile(r'^DIAG\((\w+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)', re.M)
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
WORDS = 4  # So many in a row tell one message from another.


def pieces(text):
    """The fixed parts of a format string, without what surrounds them."""
    parts = re.split(r"\{\d[^}]*\}", text.replace("{{", "\x01"))
    parts = [p.replace("\x01", "{").strip(" '()") for p in parts]
    return [p for p in parts if p]


def read_messages(path):
    return {name: "".join(LITERAL.findall(body))
            for name, body in ENTRY.findall(pathlib.Path(path).read_text())}


def windows(piece):
    words = piece.split(" ")
    return [" ".join(words[n:n + WORDS]) for n in range(len(words) - WORDS + 1)]


def is_named(text, others, tests):
    if re.search(".+".join(re.escape(p) for p in pieces(text)), tests):
        return True
    return any(window in tests for piece in pieces(text) for window in windows(piece)
               if not any(window in other for other in others))


def main():
    messages = read_messages(sys.argv[1])
    own = pathlib.Path(__file__).resolve().parent
    tests = "\n".join(p.read_text(errors="replace") for p in pathlib.Path(sys.argv[2]).rglob("*")
                      if p.suffix in (".test", ".cpp", ".h") and own not in p.resolve().parents)
    # A line break between two literals of a C++ test is no difference.
    tests = re.sub(r'"\s*"', "", tests)
    missing = [name for name, text in messages.items()
               if not is_named(text, [t for n, t in messages.items() if n != name], tests)]
    if missing:
        print("no test names: " + ", ".join(missing))
        sys.exit(1)
    print(f"every one of {len(messages)} messages is tested")


if __name__ == "__main__":
    main()
