#!/usr/bin/env python3
"""Plays a scenario against a program that runs live, and prints a transcript.

    live.py SCENARIO DIR [--keep-events FILE] [jit_host options] [-- program arguments]

It knows nothing but the interface: it starts jit_host on DIR, saves files, reads
the event stream and the program's output. The transcript on standard output is
what FileCheck reads; --keep-events writes the stream itself to a file:

    out: …          a line of the program's standard output
    err: …          a line of standard error
    reload: …       an event, in a fixed order of keys, times left out
    ready / exit N  the other events, and the status the process ended with

A scenario is a file of one command a line:

    save FILE FROM       copy FROM (relative to the scenario) over DIR/FILE, in place
    replace FILE FROM    the same the way most editors do it: write beside, rename over
    edit FILE /OLD/NEW/  replace text in DIR/FILE, which must contain it, in place; more
                         pairs may follow in one save, as in /OLD/NEW/OLD/NEW/; any
                         character may separate, and \\n is a newline
    remove FILE          delete DIR/FILE
    rename OLD NEW       rename within DIR, or out of it (../aside/x.cpp) and back
    reload               wait for the next reload event
    checked              wait until the whole compile that follows a reload of bodies has been
                         compared with it (elsewhere this event is passed over)
    prepared FILE        wait until FILE has a syntax tree to put new bodies into (as above)
    bodies FILE /OLD/NEW/  as edit and reload, until the edit has been compiled by bodies: that
                         needs what is made in the background after a first save. NEW has a
                         # for the number of the try; nothing is printed but the last event
    live FILE /OLD/NEW/  the same until it has been compiled in a syntax tree that was kept
    ask [TEXT]           write a line to the program and wait for a line of output
    tell [TEXT]          write a line to the program
    out                  wait for a line of output
    err TEXT             wait for a line of standard error that contains TEXT
    signal NAME          send a signal, as in "signal USR1"
    touch FILE           save it with the text that it has
    exit                 wait for the program to end by itself
    # …                  a comment

At the end of the scenario the program is told to end by end of input, and killed
where it doesn't listen. Nothing sleeps: every wait is for something to happen,
with one generous limit.
"""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

LIMIT_S = float(os.environ.get("NEXTFRAME_TEST_LIMIT_S", 60))

# The host's reload thread lowers its priority to this. Where only it did, the starting hosts of
# the tests beside this one would starve it: measured, a compile of one second took thirty-eight.
HOST_NICENESS = 10


# How an edit of bodies may be compiled: see `bodies` and `live` above.
UNASKED = {"checked", "prepared"}  # Events that are passed over where nobody waits for them.
ROUTES = {"bodies": ("live", "bodies"), "live": ("live",)}


class Stopped(Exception):
    """Something that the scenario waits for didn't come."""


def render(event):
    """An event as one line: names sorted, times and the generation's cost left out."""
    if event["event"] == "ready":
        return f"ready units={event['units']}"
    if event["event"] == "exit":
        return f"exit {event['status']}"
    if event["event"] == "prepared":
        return f"prepared: {event['file']}"
    if event["event"] == "checked":
        return f"checked: {event['file']} agrees={event['agrees']}"
    parts = [event["outcome"], f"generation={event['generation']}"]
    for key in ("files", "replaced", "added", "removed", "notes"):
        if event[key]:
            parts.append(f"{key}=[{'; '.join(sorted(event[key]))}]")
    for kept in event["kept"]:
        parts.append(f"kept={kept['name']} ({kept['reason']})")
    for reset in event["reset"]:
        parts.append(f"reset={reset['name']}")
    for d in event["diagnostics"]:
        parts.append(f"{d['severity']}={d['file']}:{d['line']}:{d['column']}: {d['message']}")
    return "reload: " + " ".join(parts)


class Tee:
    """A stream of lines that writes what is read from it to another."""

    def __init__(self, stream, copy):
        self.stream, self.copy = stream, copy

    def readline(self):
        line = self.stream.readline()
        self.copy.write(line)
        return line


class Program:
    """A running jit_host, its three streams of lines, and the transcript."""

    def __init__(self, host, directory, options, keep_events):
        self.directory = directory
        self.keep_events = keep_events
        # Not below DIR: the event stream is no source of the program's.
        self.scratch = tempfile.mkdtemp(prefix="live-")
        fifo = os.path.join(self.scratch, "events")
        os.mkfifo(fifo)
        self.process = subprocess.Popen(
            [host, "--source-dir", directory, "--events", fifo, *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=lambda: os.nice(HOST_NICENESS))
        self.lines = {"out": queue.Queue(), "err": queue.Queue(), "event": queue.Queue()}
        self.threads = [
            threading.Thread(target=self.read, args=("out", self.process.stdout), daemon=True),
            threading.Thread(target=self.read, args=("err", self.process.stderr), daemon=True),
            threading.Thread(target=self.read_events, args=(fifo,), daemon=True)]
        for thread in self.threads:
            thread.start()

    def read(self, name, stream):
        for line in iter(stream.readline, b""):
            self.lines[name].put(line.decode(errors="replace").rstrip("\n"))
        self.lines[name].put(None)

    def read_events(self, fifo):
        # Opening it waits for the host, which may end without ever opening it.
        with open(fifo, "rb") as stream, open(self.keep_events, "wb", buffering=0) as kept:
            self.read("event", Tee(stream, kept))

    def say(self, text):
        print(text, flush=True)

    def next(self, name):
        try:
            line = self.lines[name].get(timeout=LIMIT_S)
        except queue.Empty:
            raise Stopped(f"waited {LIMIT_S} s for a line of '{name}'") from None
        if line is None:
            raise Stopped(f"the program ended while a line of '{name}' was waited for")
        return line

    def out(self):
        self.say("out: " + self.next("out"))

    def event(self, kind):
        while True:
            event = json.loads(self.next("event"))
            if event["event"] in UNASKED and event["event"] != kind:
                continue
            self.say(render(event))
            if event["event"] == kind:
                return event

    def err(self, text):
        while True:
            line = self.next("err")
            if text in line:
                self.say("err: " + line)
                return

    def await_compiling(self):
        """Waits until the host's reload thread has used the processor for a while."""
        busy_ns = 20_000_000
        tasks = f"/proc/{self.process.pid}/task"
        used = lambda: sum(int(read(f"{tasks}/{t}/schedstat").split()[0])
                           for t in os.listdir(tasks) if read(f"{tasks}/{t}/comm") == b"nextframe\n")
        start, deadline = used(), time.monotonic() + LIMIT_S
        while used() - start < busy_ns:
            time.sleep(0.001)  # Between two looks; spinning would take the processor away.
            if time.monotonic() > deadline:
                raise Stopped("the host does not work on the last save")

    def finish(self, by_itself):
        if not by_itself:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass
        try:
            status = self.process.wait(timeout=LIMIT_S if by_itself else 5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
            if by_itself:
                raise Stopped("the program did not end by itself") from None
        # Whoever never opened the event stream leaves its reader waiting.
        try:
            os.close(os.open(os.path.join(self.scratch, "events"), os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            pass
        for thread in self.threads:
            thread.join(timeout=LIMIT_S)
        for name in ("out", "event", "err"):
            while not self.lines[name].empty():
                line = self.lines[name].get()
                if line is None or (name == "event" and json.loads(line)["event"] in UNASKED):
                    continue
                self.say(render(json.loads(line)) if name == "event" else f"{name}: {line}")
        self.say(f"status {status}")
        shutil.rmtree(self.scratch, ignore_errors=True)


def write_in_place(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def write_and_rename(path, data):
    beside = path + ".new~"
    with open(beside, "wb") as f:
        f.write(data)
    os.rename(beside, path)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def edit(path, rule):
    separator = rule[0]
    words = rule[1:].rstrip().removesuffix(separator).replace("\\n", "\n").split(separator)
    text = read(path)
    for old, new in zip(words[::2], words[1::2], strict=True):
        if old.encode() not in text:
            raise Stopped(f"{path} does not contain '{old}'")
        text = text.replace(old.encode(), new.encode())
    write_in_place(path, text)


def edit_until(routes, program, path, rule):
    old, new = rule[1:].split(rule[0])[:2]
    for n in range(1, 200):
        this = new.replace("#", str(n))
        edit(path, f"{rule[0]}{old}{rule[0]}{this}{rule[0]}")
        while True:
            event = json.loads(program.next("event"))
            if event["event"] == "reload":
                break
        if event["route"] in routes:
            return program.say(render(event))
        old = this
    raise Stopped(f"no edit was compiled by {' or '.join(routes)}")


def play(program, command, rest, sources):
    """Carries out one command; returns whether the program has ended by it."""
    path = lambda name: os.path.join(program.directory, name)
    words = rest.split()
    if command == "save":
        write_in_place(path(words[0]), read(os.path.join(sources, words[1])))
    elif command == "replace":
        write_and_rename(path(words[0]), read(os.path.join(sources, words[1])))
    elif command == "edit":
        name, rule = rest.split(maxsplit=1)
        edit(path(name), rule)
    elif command == "touch":
        write_in_place(path(words[0]), read(path(words[0])))
    elif command == "remove":
        os.remove(path(words[0]))
    elif command == "rename":
        os.rename(path(words[0]), path(words[1]))
    elif command == "reload":
        program.event("reload")
    elif command == "checked":
        program.event("checked")
    elif command == "prepared":
        while program.event("prepared")["file"] != words[0]:
            pass
    elif command in ("bodies", "live"):
        name, rule = rest.split(maxsplit=1)
        edit_until(ROUTES[command], program, path(name), rule)
    elif command == "compiling":
        program.await_compiling()
    elif command in ("ask", "tell"):
        program.process.stdin.write((rest + "\n").encode())
        program.process.stdin.flush()
        if command == "ask":
            program.out()
    elif command == "out":
        program.out()
    elif command == "err":
        program.err(rest)
    elif command == "signal":
        program.process.send_signal(getattr(signal, "SIG" + words[0]))
    elif command == "exit":
        program.finish(by_itself=True)
        return True
    else:
        raise Stopped(f"no such command: {command}")
    return False


def main():
    scenario, directory, *options = sys.argv[1:]
    keep_events = os.devnull
    if options[:1] == ["--keep-events"]:
        keep_events, options = options[1], options[2:]
    with open(scenario) as f:
        commands = [line.strip() for line in f if line.strip() and not line.startswith("#")]
    program = Program(os.environ.get("JIT_HOST", "jit_host"), directory, options, keep_events)
    try:
        # A program that doesn't start is a scenario of one command: exit.
        if commands[0] != "exit":
            program.event("ready")
        for line in commands:
            command, _, rest = line.partition(" ")
            if play(program, command, rest, os.path.dirname(scenario)):
                return 0
        program.finish(by_itself=False)
        return 0
    except (Stopped, BrokenPipeError) as why:
        program.say(f"STOPPED: {why}")
        program.process.kill()
        program.finish(by_itself=False)
        return 1


if __name__ == "__main__":
    sys.exit(main())
