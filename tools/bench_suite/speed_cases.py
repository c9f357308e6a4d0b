"""How fast the running code is: five programs, live and built ahead of time, at -O2 and -O0.

Each program (kernels/NAME/) has two files, so that calls between files are measured too. It runs
its work again and again and prints, for each round, its nanoseconds of processor time and a
checksum.
"""

import glob
import os
import shutil
import subprocess

from . import baseline
from .series import Row

HERE = os.path.dirname(os.path.abspath(__file__))
KERNELS = (("bodies", "n-body gravitation"), ("words", "counting words: strings, hash map, sort"),
           ("zoo", "a simulation by virtual calls"), ("stencil", "stencil over a grid of floats"),
           ("trees", "building and walking trees: allocation"))
LEVELS = (("-O2", 1.03, "within 3%"), ("-O0", 1.05, "within 5%"))


def rounds(command):
    """The milliseconds of each round, and the checksums."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          stdin=subprocess.DEVNULL, text=True)
    lines = [line.split() for line in done.stdout.splitlines()]
    return [int(ns) / 1e6 for ns, _ in lines], {checksum for _, checksum in lines}


def measure(bench, name, level):
    """Two lists, live and ahead of time: the fastest round of each run, run in turn."""
    folder = os.path.join(bench.place("speed"), name + level)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(os.path.join(HERE, "kernels", name), os.path.join(folder, name))
    shutil.copy(os.path.join(HERE, "kernels", "rounds.h"), folder)
    sources = sorted(glob.glob(os.path.join(folder, name, "*.cpp")))
    program = os.path.join(folder, "program")
    objects = []
    for source in sources:
        objects.append(os.path.join(folder, os.path.basename(source) + ".o"))
        baseline.run(baseline.CLANG, "-std=c++20", level, "-g", "-c", source, "-o", objects[-1])
    baseline.run(baseline.CLANG, *objects, "-o", program)
    live = [bench.jit_host, "--source-dir", os.path.join(folder, name), "--no-cache"]
    baseline.write(os.path.join(folder, "compile_flags.txt"), f"-std=c++20\n{level}\n-g\n")
    ours, theirs = [], []
    for _ in range(1 if bench.quick else 5):
        here, checksum = rounds(live)
        there, expected = rounds([program])
        if checksum != expected or len(checksum) != 1:
            raise RuntimeError(f"{name} {level}: live {checksum}, ahead of time {expected}")
        ours.append(min(here))
        theirs.append(min(there))
    return ours, theirs


def speed(bench):
    """Five programs at -O2 and -O0 against the ahead-of-time build."""
    for level, slower, promise in LEVELS:
        for name, what in KERNELS:
            row = Row(f"speed{level}-{name}", f"one round of {what}, {level}", target=promise,
                      slower=slower)
            row.ours.values, row.baseline.values = measure(bench, name, level)
            bench.say(f"    {row.what}: nextframe {row.ours.median:.1f} ms, ahead of time "
                      f"{row.baseline.median:.1f} ms")
            yield row
