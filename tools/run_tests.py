#!/usr/bin/env python3
"""Runs the unit tests and the lit tests of a build, and adds up what they say.

    run_tests.py BUILD [SUBSTRING...]

With substrings, only the tests whose name contains one of them. A failed test
shows its output. The last line is "N passed, N failed, N skipped".
"""

import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

UNIT_LIMIT_S = 300  # For one program; they take moments.


class Count:
    """How many tests passed, failed and were skipped."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def show_failure(name, output):
    print(f"FAIL: {name}\n{output.rstrip()}\n", flush=True)


def count_unit(report):
    """The tests that a GoogleTest report names."""
    count = Count()
    for suite in report["testsuites"]:
        for test in suite["testsuite"]:
            if test.get("failures"):
                count.failed += 1
            elif test["status"] == "NOTRUN" or test["result"] == "SKIPPED":
                count.skipped += 1
            else:
                count.passed += 1
    return count


def unit_filter(program, substrings):
    """GoogleTest's filter for the substrings; everything where the program's name has one."""
    if not substrings or any(s in os.path.basename(program) for s in substrings):
        return "*"
    return ":".join(f"*{s}*" for s in substrings)


def run_unit(program, substrings):
    """Runs one GoogleTest program."""
    with tempfile.TemporaryDirectory() as scratch:
        report = os.path.join(scratch, "report.json")
        command = [program, "--gtest_brief=1", "--gtest_output=json:" + report,
                   "--gtest_filter=" + unit_filter(program, substrings)]
        try:
            done = subprocess.run(command, cwd=scratch, stdin=subprocess.DEVNULL, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  errors="replace", timeout=UNIT_LIMIT_S)
            status, output = done.returncode, done.stdout
        except subprocess.TimeoutExpired as late:
            status = f"still running after {UNIT_LIMIT_S} s"
            output = (late.stdout or b"").decode(errors="replace")
        count = Count()
        if os.path.exists(report):
            with open(report, encoding="utf-8") as file:
                count = count_unit(json.load(file))
        if status != 0:
            # A crash leaves no report, and is a failure all the same.
            count.failed = max(count.failed, 1)
            show_failure(f"{os.path.basename(program)} (status {status})", output)
        return count


def run_units(build, substrings):
    folder = os.path.join(build, "tests", "unit")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    programs = [os.path.join(folder, name) for name in names if name.endswith("_test")]
    total = Count()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for count in pool.map(lambda program: run_unit(program, substrings), programs):
            total.add(count)
    return total


def count_lit(report):
    """The tests that a report of lit's names; left out are those that a filter excludes."""
    count = Count()
    for test in report["tests"]:
        if test["code"] in ("PASS", "FLAKYPASS"):
            count.passed += 1
        # An expected failure is a promise that isn't kept yet: no pass.
        elif test["code"] in ("UNSUPPORTED", "SKIPPED", "XFAIL"):
            count.skipped += 1
        elif test["code"] != "EXCLUDED":
            count.failed += 1
    return count


def run_lit(build, substrings):
    """Runs lit, which shows the failures by itself."""
    with tempfile.TemporaryDirectory() as scratch:
        report = os.path.join(scratch, "report.json")
        command = ["lit-22", "-sv", "--allow-empty-runs", "-j", str(os.cpu_count()), "-o", report]
        if not sys.stdout.isatty():
            command.append("--no-progress-bar")
        if substrings:
            command += ["--filter", "|".join(re.escape(s) for s in substrings)]
        done = subprocess.run(command + [os.path.join(build, "tests", "lit")],
                              stdin=subprocess.DEVNULL, check=False)
        count = Count()
        if os.path.exists(report):  # It is not, where the filter leaves nothing.
            with open(report, encoding="utf-8") as file:
                count = count_lit(json.load(file))
        if done.returncode != 0:
            count.failed = max(count.failed, 1)
        return count


def main():
    build, *substrings = sys.argv[1:]
    units = run_units(build, substrings)
    print(f"unit: {units}", flush=True)
    lit = run_lit(build, substrings)
    print(f"lit: {lit}", flush=True)
    total = Count()
    total.add(units)
    total.add(lit)
    if substrings and not (total.passed or total.failed or total.skipped):
        print(f"no test's name contains {' or '.join(substrings)}", file=sys.stderr)
        total.failed = 1
    print(total, flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
