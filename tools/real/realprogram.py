"""A program from a Debian source package: fetched, built by its own build, run live, edited.

A script of this folder says what is special about one; run() does the rest, and keeps what was
measured in build/real/results. Nothing of the programs is part of this repository.
"""

import argparse
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PLACE = ROOT / "build" / "real"
sys.path.insert(0, str(ROOT / "tools"))

from liveprogram import LiveProgram, Stopped, read, replaced, save  # noqa: E402
from xdisplay import Display  # noqa: E402

ORIGINALS = {}  # The texts of edited files, for the next run.
LIMIT_S = float(os.environ.get("NEXTFRAME_TEST_LIMIT_S", 300))  # For anything that is waited for.


def sh(command, folder, log):
    """Runs a command of the program's own build; what it says goes to a file."""
    with open(log, "ab") as out:
        done = subprocess.run(command, cwd=folder, shell=True, stdin=subprocess.DEVNULL, stdout=out,
                              stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise Stopped(f"'{command}' failed; see {log}")


# ---------------------------------------------------------------------------
# The sources
# ---------------------------------------------------------------------------

def apt_options(etc=pathlib.Path("/etc/apt"), beside=PLACE):
    """Options for an apt that knows the machine's sources as sources, and no other state of it."""
    place = beside / "apt"
    parts = place / "sources"
    shutil.rmtree(parts, ignore_errors=True)
    for folder in (parts, place / "lists" / "partial", place / "cache" / "archives" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(sorted([etc / "sources.list", *etc.glob("sources.list.d/*")])):
        if not path.is_file() or path.suffix not in (".list", ".sources"):
            continue
        text = re.sub(r"^Types:.*$", "Types: deb-src", read(path), flags=re.M)
        text = re.sub(r"^deb\s", "deb-src ", text, flags=re.M)
        save(parts / f"{number}{path.suffix}", text)
    settings = {"Dir::Etc::sourcelist": "/dev/null", "Dir::Etc::sourceparts": parts,
                "Dir::State::lists": place / "lists", "Dir::Cache": place / "cache",
                "APT::Sandbox::User": "root", "Acquire::Retries": 3}
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def archive_of(package):
    """The package's upstream sources, as they were fetched."""
    return next(p for p in (PLACE / "archives" / package).glob("*.orig.tar.*") if p.suffix != ".asc")


def version_of(package):
    return re.search(r"_(.+)\.orig\.tar", archive_of(package).name)[1]


def fetch(package, folder):
    """Unpacks the package's upstream sources into a folder, anew. Debian's patches are left out:
    they are about Debian's builds."""
    options, log = apt_options(), PLACE / f"{package}.apt.log"
    archives = PLACE / "archives" / package
    archives.mkdir(parents=True, exist_ok=True)
    if not list(archives.glob("*.orig.tar.*")):
        sh(" ".join(["apt-get", *options, "-q", "update"]), archives, log)
        sh(" ".join(["apt-get", *options, "-q", "source", "--tar-only", package]), archives, log)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sh(f"tar xf '{archive_of(package)}' --strip-components=1 -C '{folder}'", archives, log)


# ---------------------------------------------------------------------------
# The run
# ---------------------------------------------------------------------------

class Terminal:
    """A pseudo-terminal for a program that draws on one; everything it wrote, as text."""

    def __init__(self):
        self.own, self.program = pty.openpty()
        self.text, self.seen, self.changed = "", 0, threading.Condition()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                data = os.read(self.own, 4096)
            except OSError:
                return  # The program has ended.
            with self.changed:
                self.text += data.decode(errors="replace")
                self.changed.notify_all()

    def press(self, keys):
        os.write(self.own, keys.encode())

    def resize(self, rows, columns):
        """As somebody does who draws at the window's corner; the program hears of it by SIGWINCH."""
        fcntl.ioctl(self.program, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))

    def shows(self, text):
        """Waits until the text is written, behind what was waited for before."""
        with self.changed:
            if not self.changed.wait_for(lambda: text in self.text[self.seen:], LIMIT_S):
                raise Stopped(f"the terminal has not shown '{text}'")
            self.seen = self.text.index(text, self.seen) + len(text)


class Live:
    """The program, running; what was measured of it."""

    def __init__(self, folder, options, environment=None, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE):
        host = str(ROOT / "build" / "release" / "bin" / "jit_host")
        # It starts where its data lies.
        os.chdir(folder)
        self.folder, self.edits = folder, []
        self.program = LiveProgram([host, *options], environment, stdin, LIMIT_S, stdout)
        try:
            self.ready = self.program.event("ready")
        except Stopped:
            self.program.__exit__()
            raise

    def edit(self, what, file, old, new):
        """Saves an edit, waits until it is live, and notes how long that took."""
        path = os.path.join(self.folder, file)
        text = replaced(path, old, new)
        ORIGINALS.setdefault(path, read(path))
        time_ns = time.monotonic_ns()
        save(path, text)
        event = self.program.event("reload")
        if event["outcome"] != "applied":
            why = [d["message"] for d in event["diagnostics"]] + event["notes"]
            raise Stopped(f"{what}: '{event['outcome']}': {'; '.join(why)}")
        self.edits.append({"what": what, "route": event["route"],
                           "ms": (event["live_ns"] - time_ns) / 1e6})


def parse_arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--keep", action="store_true", help="use the build that there is")
    return parser.parse_args()


def run(name, kind, needs, build, play, package=None):
    """Does all of it for one program. `build(folder, sh)` builds; `play(folder)` runs it live and
    returns a Live that has been edited, having seen each edit. Leaves with status 1 where
    something goes otherwise."""
    arguments = parse_arguments(f"{name}: {kind}")
    folder, log = PLACE / name, PLACE / f"{name}.log"
    result = {"name": name, "kind": kind, "problem": None}
    start = time.monotonic()
    try:
        PLACE.mkdir(parents=True, exist_ok=True)
        subprocess.run([ROOT / "tools" / "setup", *needs], check=True)
        subprocess.run([ROOT / "tools" / "build", "jit_host"], check=True)
        if not arguments.keep:
            log.unlink(missing_ok=True)
            fetch(package or name, folder)
            build(folder, lambda command, where=".": sh(command, folder / where, log))
        result["version"] = version_of(package or name)
        live = play(folder)
        result |= {"units": live.ready["units"], "functions": live.ready["functions"],
                   "startup_ms": live.ready["startup_ms"], "edits": live.edits}
    except (Stopped, subprocess.CalledProcessError) as why:
        result["problem"] = str(why)
    finally:
        for path, text in ORIGINALS.items():
            save(path, text)
    results = PLACE / "results"
    results.mkdir(exist_ok=True)
    save(results / f"{name}.json", json.dumps(result, indent=1) + "\n")
    if result["problem"]:
        print(f"{name}: {result['problem']}")
        sys.exit(1)
    for edit in result["edits"]:
        print(f"{name}: {edit['what']}: live in {edit['ms']:.0f} ms, and seen")
    print(f"{name}: done in {time.monotonic() - start:.0f} s")
