"""The command line of tools/edit-fuzz."""

import argparse
import collections
import os
import random
import sys
import time

from editfuzz import littest
from editfuzz.case import Case, Chooser
from editfuzz.run import Player
from editfuzz.shrink import Shrinker

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def parse(arguments):
    parser = argparse.ArgumentParser(prog="edit-fuzz", description="""
        Makes a random program, runs it live, saves random edits, and compares what it answers
        after each with a fresh build of the same sources that starts from the same state.
        Exit status 1: something was found.""")
    parser.add_argument("--seed", type=int, help="of the first program (always printed)")
    parser.add_argument("--edits", type=int, default=100, help="edits of each program")
    parser.add_argument("--minutes", type=float, help="go on with new seeds for so long")
    parser.add_argument("--jobs", type=int, default=2, help="compilers of fresh builds at once")
    parser.add_argument("--opt", choices=["-O0", "-O1", "-O2", "-O3"],
                        help="optimisation; else the seed chooses (write --opt=-O2)")
    parser.add_argument("--host", default=os.path.join(ROOT, "build/release/bin/jit_host"))
    parser.add_argument("--keep", default=os.path.join(ROOT, "build/edit-fuzz"),
                        help="folder for objects and for what was found")
    parser.add_argument("--shrink-minutes", type=float, default=5,
                        help="how long a finding is made smaller, at most")
    parser.add_argument("--no-shrink", action="store_true", help="leave a finding as it is")
    return parser.parse_args(arguments)


def choose_from(chooser):
    def choose(run):
        return chooser.step(run.disk, bool(run.pending), len(run.history), not run.whole)
    return choose


def fuzz_one(seed, options, player):
    """One program. Returns the case and what was found, or None, and what was counted."""
    chooser = Chooser(seed)
    case = Case(seed, chooser.options(options.opt), [])
    print(f"seed {seed}: {case.options.optimisation}{' -g' if case.options.debug else ''}"
          f"{', with another thread' if case.options.hammer else ''}", flush=True)
    finding, run = player.play(case, choose_from(chooser), options.edits)
    return case, finding, run


def report(case, finding, run, player, options):
    """Shrinks what was found, and leaves it as a test."""
    if not options.no_shrink:
        end = time.monotonic() + options.shrink_minutes * 60
        smaller, tries = Shrinker(player, finding.kind, end).shrink(case)
        print(f"  shrunk in {tries} runs to {len(smaller.steps)} saves", flush=True)
        again, smaller_run = player.play(smaller)
        if again:
            case, finding, run = smaller, again, smaller_run
    for step in case.steps if len(case.steps) < 12 else []:
        print(f"    {step}")
    folder = player.keep / "found"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"seed-{case.seed}.test"
    path.write_text(littest.write(case, finding, run))
    print(f"  {finding}\n  as a test: {path}", flush=True)


def main(arguments=None):
    options = parse(arguments)
    player = Player(options.host, options.keep, options.jobs)
    seed = options.seed if options.seed is not None else random.randrange(10**9)
    end = time.monotonic() + (options.minutes or 0) * 60
    counts, found = collections.Counter(), 0
    while True:
        case, finding, run = fuzz_one(seed, options, player)
        counts.update(run.counts)
        if finding:
            found += 1
            print(f"FOUND after {len(case.steps)} saves: {finding}")
            if case.steps:
                print(f"  the last: {case.steps[-1]}")
            print(f"  again with: tools/edit-fuzz --seed {seed} --edits {len(case.steps)}"
                  + (f" --opt={options.opt}" if options.opt else ""), flush=True)
            report(case, finding, run, player, options)
        player.forget()
        if time.monotonic() >= end:
            break
        seed += 1
    told = ", ".join(f"{counts[k]} {k}" for k in ("applied", "unchanged", "failed", "refused"))
    routes = ", ".join(f"{counts['route ' + r]} by {r}"
                       for r in ("whole", "live", "bodies", "remembered", "check"))
    print(f"{told}; reloads {routes}; {counts['checked']} bodies checked; "
          f"{counts['two saves']} times two saves at once; "
          f"{counts['answers']} answers compared; {found} found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
