"""A program that runs live, for scripts: start it, save its sources as editors do, wait for
what happens. It relies on what the documentation of jit_host promises and on nothing else.
"""

import json
import os
import queue
import subprocess
import threading
import time

LIMIT_S = 60  # How long anything is waited for.


class Stopped(Exception):
    """Something that was waited for didn't come."""


class LiveProgram:
    """jit_host on a folder of sources; its events and its two streams of lines."""

    def __init__(self, command, environment=None, stdin=subprocess.DEVNULL, limit_s=LIMIT_S,
                 stdout=subprocess.PIPE):
        """`command`: jit_host and its arguments; --events is added. `limit_s`: how long anything
        is waited for. `stdout`: where its output goes, if not to the stream "out". Nothing is kept
        in the user's cache, or taken from there, unless the environment or the command says so."""
        environment = {"NEXTFRAME_CACHE_DIR": "", **(environment or os.environ)}
        self.limit_s = limit_s
        reader, writer = os.pipe()
        self.process = subprocess.Popen(
            [command[0], "--events", f"/dev/fd/{writer}", *command[1:]], pass_fds=[writer],
            env=environment, stdin=stdin, stdout=stdout,
            stderr=subprocess.PIPE)
        os.close(writer)
        self.streams = {}
        for name, stream in (("event", os.fdopen(reader, "rb")), ("out", self.process.stdout),
                             ("err", self.process.stderr)):
            if stream is None:
                continue
            self.streams[name] = queue.Queue()
            threading.Thread(target=self.read, args=(name, stream), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def read(self, name, stream):
        with stream:
            for line in stream:
                self.streams[name].put(line.decode(errors="replace").rstrip("\n"))
        self.streams[name].put(None)

    def next(self, name):
        """The next line of a stream: "out" or "err"."""
        try:
            line = self.streams[name].get(timeout=self.limit_s)
        except queue.Empty:
            raise Stopped(f"waited {self.limit_s} s for a line of '{name}'") from None
        if line is None:
            self.streams[name].put(None)
            raise Stopped(self.ended(f"a line of '{name}'"))
        return line

    def ended(self, wanted):
        """What there is to say where the program ends while something is waited for."""
        status = self.process.wait()
        return "\n    ".join([f"the program ended with status {status} while {wanted} was waited for",
                             *self.arrived("err")[:20]])

    def arrived(self, name):
        """The lines of a stream that have come and were not asked for, without waiting."""
        lines = []
        while not self.streams[name].empty():
            line = self.streams[name].get()
            if line is None:
                self.streams[name].put(None)
                break
            lines.append(line)
        return lines

    def event(self, kind):
        """The next event of that kind; those of other kinds are left out."""
        while True:
            event = json.loads(self.next("event"))
            if event["event"] == kind:
                return event

    def err(self, text):
        """The next line of standard error that contains the text."""
        while True:
            line = self.next("err")
            if text in line:
                return line

    def see(self, display, shows):
        """The first picture of the display that has what is looked for."""
        end = time.monotonic() + self.limit_s
        while time.monotonic() < end:
            picture = display.picture()
            if shows(picture):
                return picture
            if self.process.poll() is not None:
                raise Stopped(self.ended("a picture"))
        raise Stopped(f"{self.limit_s} s have not shown what was looked for")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def replaced(path, old, new):
    """The text of a file with one piece of it replaced."""
    text = read(path)
    if old not in text:
        raise Stopped(f"{path} does not contain '{old}'")
    return text.replace(old, new, 1)


# The ways in which editors save.

def save(path, text):
    """In place, as nano and VS Code do."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def save_in_two_steps(path, text):
    """Empties the file, then writes it piece by piece, as slow editors and scripts do."""
    save(path, "")
    with open(path, "a", encoding="utf-8") as file:
        for piece in (text[:len(text) // 2], text[len(text) // 2:]):
            file.write(piece)
            file.flush()
            os.fsync(file.fileno())


def save_by_rename(path, text):
    """Writes a file beside and renames it over, as JetBrains, GNOME and KDE do."""
    beside = path + ".kate-swp"
    save(beside, text)
    os.rename(beside, path)


def save_with_backup(path, text):
    """Moves the old file away, writes the new one, removes the old one, as vim does."""
    backup = path + "~"
    os.rename(path, backup)
    save(path, text)
    os.remove(backup)
