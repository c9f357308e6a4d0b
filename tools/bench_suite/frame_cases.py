"""Saves that come in without a pause while a program draws 60 frames a second."""

import os
import signal
import time

from liveprogram import save_by_rename

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
        # The baseline's compiler reads the file while it is saved again: saved in place, it would
        # see halves of two versions. (nextframe compiles what it has read at once.)
        save_by_rename(os.path.join(side.folder, "app.cpp"), app.version(n))
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


def rows_for(lines):
    """Frames without saves, frames with them, saves that never ran."""
    what = f"{RATE} saves a second, {lines:,}-line file"
    return (Row(f"quiet-{lines}", f"frames before {what}", judged="max"),
            Row(f"frames-{lines}", f"frames during {what}", judged="max"),
            Row(f"missed-{lines}", f"saves that never ran: {what}", unit="saves"))


def follow(bench, name, lines, targets):
    """The three rows for a file of so many lines."""
    seconds = 5 if bench.quick else 60
    quiet, busy, missed = rows_for(lines)
    count = int(seconds * RATE)
    with Pair(bench, name, lambda folder: programs.one_file(folder, lines), baseline.one_file,
              told=True) as pair:
        app = pair.programs["nextframe"].app
        # One side after the other: they would take each other's processor.
        for side, other in (pair.sides, pair.sides[::-1]):
            of = "ours" if side.name == "nextframe" else "baseline"
            with Stop(other):
                getattr(quiet, of).values = side.frames(seconds)
                lengths, seen = save_all(side, app, seconds, 1)
            ran = len(seen - {0})
            getattr(busy, of).values = lengths
            getattr(missed, of).values = [count - ran]
            if of == "ours":
                missed.why = (f"{ran} of {count} ran, the others were overtaken by a newer one; "
                              "the last one ran")
    longest = max(quiet.ours.values)
    busy.why = f"the worst frame is {max(busy.ours.values) - longest:+.1f} ms longer than before"
    if targets:
        busy.target, busy.limit = "worst ≤ 4 ms longer than before", longest + 4
        missed.target, missed.limit = "none", 0
    for row in (quiet, busy, missed):
        bench.say(f"    {row.what}: nextframe {row.figure(row.ours):.1f} {row.unit} at worst, baseline "
                  f"{row.figure(row.baseline):.1f} {row.unit}")
        yield row


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
    return follow(bench, "saves-80", 80, targets=False)


def saves(bench):
    """Saves of a file of 1,500 lines at ten a second."""
    return follow(bench, "saves-1500", 1500, targets=True)
