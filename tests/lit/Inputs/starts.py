#!/usr/bin/env python3
"""Starts a program twice with one cache, and says after each what it printed and how much the
start compiled and generated.

    starts.py JIT_HOST DIR CACHE [jit_host options]
"""

import json
import os
import subprocess
import sys
import tempfile


def start(host, folder, cache, options):
    """One start: the program's output, and its event "ready"."""
    with tempfile.TemporaryDirectory() as scratch:
        events = os.path.join(scratch, "events")
        done = subprocess.run([host, "--source-dir", folder, "--cache-dir", cache, "--events",
                               events, *options], stdout=subprocess.PIPE, text=True, check=True)
        with open(events, encoding="utf-8") as file:
            return done.stdout.strip(), json.loads(file.readline())


def main():
    host, folder, cache, *options = sys.argv[1:]
    for _ in range(2):
        out, ready = start(host, folder, cache, options)
        print(out, f"compiled={ready['compiled']} generated={ready['generated']}", flush=True)


if __name__ == "__main__":
    main()
