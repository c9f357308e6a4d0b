#!/usr/bin/env python3
"""Replays a session that a page of the documentation shows.

    replay.py PAGE NAME FOLDER    works in FOLDER, and fails where the session goes otherwise

A session is the indented block behind a line `<!-- session: NAME -->`. In it, a line
behind a prompt is a command, and the others are what it answers:

    $ command           of the shell; "$ gdb …" and "$ lldb …" take the commands that follow
    (gdb) command       of gdb, which runs without anybody's settings
    (lldb) command      of lldb

"…" stands for anything, a line of nothing but that for any lines, and so do lines that are
not shown: what is shown must come, in that order. Blanks in a row count as one.
"""

import pathlib
import re
import resource
import subprocess
import sys

PROMPT = re.compile(r"(\$|\(gdb\)|\(lldb\)) (.*)")
MARK = "=== command {} ==="
LIMIT_S = 300
LARGEST_FILE = 1 << 32  # Bytes: of a core. What is reserved for the program is a thousand times as much.


def read_session(page, name):
    """The lines of the session."""
    lines = pathlib.Path(page).read_text().split("\n")
    start = lines.index(f"<!-- session: {name} -->") + 1
    block = []
    for line in lines[start:]:
        if line.startswith("    "):
            block.append(line[4:])
        elif line.strip():
            break
    return block


def steps(block):
    """[prompt, command, expected lines] of each command."""
    result = []
    for line in block:
        if found := PROMPT.fullmatch(line):
            result.append([found[1], found[2], []])
        elif line.strip() not in ("", "…"):
            result[-1][2].append(line)
    return result


def plain(line):
    return " ".join(re.sub(r"\x1b\[\d*m", "", line).split())


def missing(expected, output):
    """The first expected line that doesn't come, or None."""
    lines = iter([plain(line) for line in output.split("\n")])
    for want in expected:
        pattern = ".*".join(re.escape(part) for part in plain(want).split("…"))
        if not any(re.fullmatch(pattern, line) for line in lines):
            return want
    return None


def run(command, folder):
    done = subprocess.run(command, cwd=folder, shell=isinstance(command, str), text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=LIMIT_S, errors="replace", check=False,
                          preexec_fn=lambda: resource.setrlimit(
                              resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE)))
    return done.stdout


def run_debugger(start, commands, folder):
    """What each of the commands answers; first, what the debugger says by itself."""
    is_gdb = start.startswith("gdb ")
    say = "echo {}\\n" if is_gdb else "script print('{}')"
    script = []
    for number, command in enumerate(commands):
        script += [say.format(MARK.format(number)), command]
    (folder / "commands").write_text("\n".join(script) + "\n")
    options = ["gdb", "-nx", "-batch", "-ex", "set pagination off", "-ex", "set confirm off",
               "-x", "commands"] if is_gdb else ["lldb-22", "--no-lldbinit", "-b", "-s", "commands"]
    output = run(options + start.split()[1:], folder)
    answers = []
    for number in range(len(commands)):
        before, found, output = output.partition(MARK.format(number) + "\n")
        answers.append(before)
        if not found:
            raise SystemExit(f"'{commands[number]}' was not reached; this came last:\n{before}")
    return answers + [output]


def main():
    page, name, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    todo = steps(read_session(page, name))
    done = 0
    while done < len(todo):
        count = 1
        while done + count < len(todo) and todo[done + count][0] != "$":
            count += 1
        part = todo[done:done + count]
        if count > 1:
            answers = run_debugger(part[0][1], [step[1] for step in part[1:]], folder)
        else:
            answers = [run(part[0][1], folder)]
        for (_, command, expected), answer in zip(part, answers, strict=True):
            if (line := missing(expected, answer)) is not None:
                raise SystemExit(f"'{command}' does not answer: {line}\nbut:\n{answer}")
        done += count
    print(f"{len(todo)} commands of session {name} answer as the page says")


if __name__ == "__main__":
    main()
