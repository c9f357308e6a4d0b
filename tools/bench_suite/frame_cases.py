"""Saves that come in without a pause while a program draws 60 frames a second."""

import os
import signal
import time

from . import baseline, programs
from .edit_cases import Pair
from .series import Row
from .sides import SEEN, Stopped

RATE = 10  # Saves a second.
PATIENCE_S = 30  # How long after the last save it may take until it is live.


def save_all(side, app, seconds, first):
    """Saves at the rate; the lengths of the frames meanwhile, and which revisions were seen."""
    count = int(seconds * RATE)
    begin = time.monotonic()
    last = first + count - 1
    for n in range(first, first + count):
        # A rate needs a clock; nothing is waited for here.
        time.sleep(max(0, begin + (n - first) / RATE - time.monotonic()))
        side.write("app.cpp", app.version(n))
    end = time.monotonic_ns()
    lengths, seen, at = [], set(), 0
    # The lines have been queueing up meanwhile. The frames until the last save is live count too.
    while last not in seen or at < end:
        if at > end + PATIENCE_S * 1e9:
            raise Stopped(f"{side.name}: the last of {count} saves never became live")
        line = side.live.next("out")
        match = SEEN.match(line)
        if match:
            seen.add(int(match[1]))
        elif line.startswith("frames"):
            words = line.split()
            at = int(words[1])
            for us in words[2:]:
                if at >= begin * 1e9:
                    lengths.append(int(us) / 1000)
                at += int(us) * 1000
    if -1 in seen:
        raise Stopped(f"{side.name}: the program computed something wrong")
    return lengths, seen


def follow(bench, name, lines, suffix, targets):
    def make(folder):
        return programs.one_file(folder, lines)
    seconds = 5 if bench.quick else 60
    rows = {key: Row(f"{key}-{suffix}", f"{what}, {lines:,}-line file")
            for key, what in (("quiet", "worst frame in as long a time without a save"),
                              ("worst", f"worst frame at {RATE} saves a second"),
                              ("missed", f"saves at {RATE} a second that never ran"))}
    rows["missed"].unit = "saves"
    with Pair(bench, name, make, baseline.one_file, told=True) as pair:
        app = pair.programs["nextframe"].app
        # One side after the other: they would take each other's processor.
        for side in pair.sides:
            other = next(s for s in pair.sides if s is not side)
            with Stop(other):
                quiet = side.frames(seconds)
                busy, seen = save_all(side, app, seconds, 1)
            late = max(busy) - max(quiet)
            missed = int(seconds * RATE) - len(seen - {0})
            for row, values in ((rows["quiet"], [max(quiet)]), (rows["worst"], [max(busy)]),
                                (rows["missed"], [missed])):
                (row.ours if side.name == "nextframe" else row.baseline).values = values
            if side.name == "nextframe":
                rows["worst"].why = f"{late:+.1f} ms against no saves"
                rows["missed"].why = (f"{len(seen - {0})} of {int(seconds * RATE)} ran, the others "
                                      "were overtaken by a newer one; the last one ran")
    if targets:
        rows["worst"].target = "≤ 4 ms longer than without saves"
        rows["worst"].limit = max(rows["quiet"].ours.values) + 4
        rows["missed"].target, rows["missed"].limit = "none", 0
    for row in rows.values():
        ours, theirs = row.ours.values[0], row.baseline.values[0]
        bench.say(f"    {row.what}: nextframe {ours:.1f} {row.unit}, baseline {theirs:.1f} {row.unit}. {row.why}")
    yield from rows.values()


class Stop:
    """Keeps a side from running for a while."""

    def __init__(self, side):
        self.pid = side.live.process.pid

    def __enter__(self):
        os.kill(self.pid, signal.SIGSTOP)

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGCONT)


def saves_small(bench):
    """Saves of a file of 80 lines at ten a second."""
    return follow(bench, "saves-80", 80, "80", targets=False)


def saves(bench):
    """Saves of a file of 1,500 lines at ten a second."""
    return follow(bench, "saves-1500", 1500, "1500", targets=True)
