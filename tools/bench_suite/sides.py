"""The two sides of a comparison: the program under jit_host, and in the baseline's host.

Both write the same event stream and the same lines, so both are driven alike. The time of an
edit is from the close of the file after the write, taken here, to the new code being callable:
the event's live_ns without the wait for the boundary between two frames, which is kept apart.
All times are CLOCK_MONOTONIC.
"""

import dataclasses
import json
import os
import re
import time

from liveprogram import LiveProgram, Stopped

FRAME_US = 16667
LIMIT_S = 1200  # For the start of a large program on a slow machine.
SEEN = re.compile(r"seen (-?\d+) at (\d+)")


@dataclasses.dataclass
class Edit:
    """What became of one edit."""
    at_s: float = 0.0  # Since the case began.
    outcome: str = ""
    ms: float | None = None  # From the close of the file to callable.
    wait_ms: float = 0.0
    pause_ms: float = 0.0
    phases: dict = dataclasses.field(default_factory=dict)
    replaced: int = 0
    added: int = 0
    why: str = ""


class Side:
    """A program that runs and is edited."""

    def __init__(self, name, folder, command):
        self.name, self.folder = name, folder
        self.begun = time.monotonic()
        self.live = LiveProgram(command, limit_s=LIMIT_S)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.live.__exit__(*error)

    def ready(self):
        """Waits until the program runs; the milliseconds since it was started."""
        event = self.live.event("ready")
        return event["time_ns"] / 1e6 - self.begun * 1e3

    def await_prepared(self, longest_s=20):
        """Waits, as who looks at a program before editing it does, until files are ready for their
        first save; not for ever, since it may be that none will be."""
        end = time.monotonic() + longest_s
        events = []
        while time.monotonic() < end and not any(e["event"] == "prepared" for e in events):
            time.sleep(0.1)
            events += [json.loads(line) for line in self.live.arrived("event")]
        time.sleep(2)  # There may be more than one.

    def write(self, name, text):
        """Saves a file in place; the moment after its close."""
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)
        return time.monotonic_ns()

    def seen(self):
        """The next number that the program shows, and when."""
        while True:
            match = SEEN.match(self.live.next("out"))
            if match:
                return int(match[1]), int(match[2])

    def see(self, number):
        while True:
            shown, when = self.seen()
            if shown == number:
                return when
            if shown < 0:
                raise Stopped(f"{self.name}: the program computed something wrong")

    def reload(self, name, closed_ns):
        """The event that answers a save of that file."""
        while True:
            event = self.live.event("reload")
            saves = event.get("files")
            if saves is not None and name not in saves:
                continue
            if "live_ns" not in event or event["live_ns"] > closed_ns:
                return event

    def edit(self, name, text, shows):
        """Saves, waits until the program shows the number, and says how long it took."""
        closed = self.write(name, text)
        event = self.reload(name, closed)
        edit = Edit(outcome=event["outcome"], phases=event.get("phases_ms", {}),
                    replaced=len(event.get("replaced", [])), added=len(event.get("added", [])))
        if edit.outcome != "applied":
            edit.why = "; ".join(event["notes"] + [d["message"] for d in event["diagnostics"]])
            return edit
        # Callable is not enough: it must be what was saved.
        if self.see(shows) + 1_000_000 < event["live_ns"]:
            raise Stopped(f"{self.name}: new code ran a millisecond before it was reported live")
        edit.wait_ms = edit.phases.get("wait", 0.0)
        edit.pause_ms = event["pause_ns"] / 1e6
        edit.ms = (event["live_ns"] - closed) / 1e6 - edit.wait_ms
        return edit

    def frames(self, seconds):
        """The lengths, in milliseconds, of the frames of so many seconds from now on."""
        begin = time.monotonic_ns()
        lengths, at = [], 0
        while at < begin + seconds * 1e9:
            words = self.live.next("out").split()
            if words[0] != "frames":
                continue
            at = int(words[1])
            for us in words[2:]:
                if at >= begin:
                    lengths.append(int(us) / 1000)
                at += int(us) * 1000
        return lengths

    def memory(self):
        """Resident memory now and at its highest, in MB."""
        with open(f"/proc/{self.live.process.pid}/status", encoding="utf-8") as file:
            fields = dict(line.split(":", 1) for line in file if ":" in line)
        return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))


def nextframe(host, program, period_us=FRAME_US, told=False, extra=()):
    return Side("nextframe", program.folder,
                [host, "--source-dir", program.folder, *extra, "--", str(period_us)]
                + ["told"] * told)


def dlopen_host(host, program, recipe, period_us=FRAME_US, told=False):
    return Side("baseline", program.folder,
                [host, "--source-dir", program.folder, "--recipe", recipe, str(period_us)]
                + ["told"] * told)
