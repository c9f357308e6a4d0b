"""How long a program of 100 files takes to start, the first time and again, and its memory."""

import os
import shutil
import subprocess
import time

from . import baseline, programs, sides
from .series import Row


def start_live(bench, program, cache):
    """Starts it under jit_host; milliseconds to main and to its first frame, memory."""
    with sides.nextframe(bench.jit_host, program, extra=["--cache-dir", cache]) as side:
        ready = side.ready()
        frame = side.seen()[1] / 1e6 - side.begun * 1e3
        return ready, frame, *side.memory()


def start_built(folder):
    """Builds it and runs it; milliseconds to its first frame, and the program's memory."""
    begin = time.monotonic()
    subprocess.run(["ninja", "-C", folder], check=True, stdout=subprocess.DEVNULL)
    with subprocess.Popen([os.path.join(folder, "program"), str(sides.FRAME_US)],
                          stdout=subprocess.PIPE, text=True) as process:
        shown = sides.SEEN.match(process.stdout.readline())
        with open(f"/proc/{process.pid}/statm", encoding="utf-8") as file:
            resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        process.kill()
    return int(shown[2]) / 1e6 - begin * 1e3, resident


def start(bench):
    """A program of 100 files and 50,000 lines: cold start, second start, memory."""
    folder = bench.place("start")
    program = programs.many_files(os.path.join(folder, "program"), 100, 500, 500)
    bench.say(f"  start: {len(program.sources)} files, {program.lines():,} lines")
    cold = Row("start-cold", "cold start of a 100-file, 50,000-line program, to its first frame",
               target="≤ 1.1 × ninja", slower=1.1)
    to_main = Row("start-main", "the same, until main is called")
    second = Row("start-second", "second start, nothing changed, until main is called",
                 target="≤ 300 ms", limit=300)
    again = Row("start-again", "the same, to its first frame")
    memory = Row("memory", "memory of the host after the start of that program", unit="MB",
                 target="≤ 1,500 MB", limit=1500)
    peak = Row("memory-peak", "the same, at its highest", unit="MB")
    memory.why = "baseline: the ahead-of-time program"
    for _ in range(1 if bench.quick else 3):
        forget(program)
        cache = os.path.join(folder, "cache")
        shutil.rmtree(cache, ignore_errors=True)
        ready, frame, resident, highest = start_live(bench, program, cache)
        cold.ours.values.append(frame)
        to_main.ours.values.append(ready)
        memory.ours.values.append(resident)
        peak.ours.values.append(highest)
        for _ in range(1 if bench.quick else 5):
            ready, frame, *_ = start_live(bench, program, cache)
            second.ours.values.append(ready)
            again.ours.values.append(frame)
        built = os.path.join(folder, "built")
        shutil.rmtree(built, ignore_errors=True)
        baseline.ahead_of_time(program, built, bench.include)
        frame, resident = start_built(built)
        cold.baseline.values.append(frame)
        memory.baseline.values.append(resident)
        again.baseline.values.append(start_built(built)[0])
    for row in (cold, to_main, second, again, memory, peak):
        of = f", baseline {row.baseline.median:,.0f} {row.unit}" if row.baseline else ""
        bench.say(f"    {row.what}: {row.ours.median:,.0f} {row.unit}{of}")
        yield row


def forget(program):
    """Gives each source a text of its own for this run, so that no cache of any kind knows it."""
    for name in program.sources:
        path = os.path.join(program.folder, name)
        with open(path, encoding="utf-8") as file:
            text = file.read().split("// Run ")[0].rstrip("\n")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"{text}\n// Run {time.time_ns()}\n")
