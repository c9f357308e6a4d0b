"""The bundled game, live in a virtual display, for the tests of this folder.

    script.py JIT_HOST GAME SCRATCH

It plays its demo, whose course is the same in every run, and prints its state every 60
frames. The demo runs as fast as it can; the scripts end long before it does.
"""

import contextlib
import os
import re
import shutil
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), *[".."] * 4, "tools"))

import liveprogram
import xdisplay
from xdisplay import read_png

HOST, SOURCES, SCRATCH = sys.argv[1:4]
STATE = re.compile(r"frame (\d+) score (\d+) lives (\d+) level (\d+)")

# The demo takes all the time that it gets; at the lowest priority it keeps neither the thread
# that compiles nor the other tests from getting theirs.
os.nice(19)


def say(text):
    print(text, flush=True)


class LiveGame:
    """A copy of the game that runs, and what it has printed so far."""

    def __init__(self, *options):
        self.folder = os.path.join(SCRATCH, "game")
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(SOURCES, self.folder)
        self.command = [HOST, "--source-dir", self.folder, "-l", "glfw", "-l", "epoxy", *options,
                        "--", "--demo", "1000000"]
        self.lines = []

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.display = stack.enter_context(xdisplay.Display(960, 600))
            self.program = stack.enter_context(
                liveprogram.LiveProgram(self.command, self.display.environment()))
            self.program.event("ready")
            self.opened = stack.pop_all()
        return self

    def __exit__(self, kind, error, trace):
        self.opened.close()
        if kind:
            say("standard error:\n" + "\n".join(self.program.arrived("err")))

    def path(self, file):
        return os.path.join(self.folder, file)

    def line(self):
        """Waits for the next line of state."""
        self.lines.append(self.program.next("out"))
        return self.lines[-1]

    def sees(self, *colors):
        """Waits for a picture with those colours, which it returns."""
        return self.program.see(self.display,
                                lambda picture: all(picture.count(c) >= 10 for c in colors))

    def edit(self, file, old, new, save=liveprogram.save):
        """Saves a file with one piece of text replaced, and waits for the reload."""
        save(self.path(file), liveprogram.replaced(self.path(file), old, new))
        event = self.program.event("reload")
        for diagnostic in event["diagnostics"]:
            say("{file}:{line}:{column}: {severity}: {message}".format(**diagnostic))
        say(f"{file}: {event['outcome']}, generation {event['generation']}")
        return event

    def goes_on(self):
        """Waits for a state that is later than now."""
        self.lines += self.program.arrived("out")
        self.line()
        say("goes on")

    def states(self):
        """Frame, score, lives and level, of every line so far and one more."""
        self.line()
        self.lines += self.program.arrived("out")
        return [tuple(map(int, STATE.match(line).groups())) for line in self.lines]
