"""The benchmarks of nextframe, each beside its baseline in the same run.

Without options: every case, with 20 edits each. It takes about forty minutes and wants a machine
with nothing else to do. The table goes to standard output; a run of all cases also writes the
measured parts of docs/performance.md and docs/images/latency.svg.
"""

import argparse
import os
import subprocess
import sys

from liveprogram import Stopped

from . import edit_cases, frame_cases, report, speed_cases, start_cases
from .picture import draw

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, "docs", "performance.md")
PICTURE = os.path.join(ROOT, "docs", "images", "latency.svg")
CASES = {case.__name__.replace("_", "-"): case for case in (
    edit_cases.small, edit_cases.medium, edit_cases.huge, edit_cases.files300, edit_cases.header,
    frame_cases.saves_small, frame_cases.saves, edit_cases.pause, start_cases.start,
    speed_cases.speed)}


def options():
    cases = "\n".join(f"  {name:12} {case.__doc__}" for name, case in CASES.items())
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__, epilog="cases:\n" + cases,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few edits, one start, short runs")
    parser.add_argument("--only", metavar="CASE", action="append", choices=CASES,
                        help="only this case; may be repeated")
    parser.add_argument("--edits", type=int, metavar="N", help="edits a case (20; --quick: 3)")
    parser.add_argument("--rest", type=float, default=0.2, metavar="S",
                        help="seconds between two edits (0.2)")
    parser.add_argument("--json", metavar="FILE", help="write everything that was measured")
    parser.add_argument("--svg", metavar="FILE", help="draw latency over time into FILE")
    parser.add_argument("--page", action="store_true",
                        help="write docs/performance.md and its picture, whatever was measured")
    return parser.parse_args()


def command(opts):
    """The command line as the page shows it: without where else its results go."""
    words = ["tools/bench"] + ["--quick"] * opts.quick
    words += [word for name in opts.only or () for word in ("--only", name)]
    return " ".join(words + [f"--edits {opts.edits}"] * bool(opts.edits))


def measure(bench, names):
    """All rows, and whether every case went through."""
    rows, fine = [], True
    for name in names:
        print(f"{name}: {CASES[name].__doc__}", flush=True)
        try:
            rows.extend(CASES[name](bench))
        except (Stopped, OSError, RuntimeError, subprocess.CalledProcessError) as why:
            print(f"tools/bench: {name}: {why}", file=sys.stderr, flush=True)
            fine = False
    return rows, fine


def main():
    opts = options()
    about = report.machine()
    build = os.path.join(ROOT, "build")
    bench = edit_cases.Bench(os.path.join(build, "release", "bin", "jit_host"),
                             os.path.join(build, "bench"), os.path.join(ROOT, "include"), opts.quick,
                             opts.edits or (3 if opts.quick else 20), opts.rest)
    try:
        rows, fine = measure(bench, opts.only or CASES)
    except KeyboardInterrupt:
        return 130
    print("\n" + report.as_text(rows))
    if opts.json:
        report.write_json(opts.json, rows, about)
    if opts.svg:
        draw(rows, opts.svg)
    if opts.page or (fine and not (opts.quick or opts.only)):
        draw(rows, PICTURE)
        report.write_page(PAGE, rows, about, command(opts))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
