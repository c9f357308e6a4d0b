#!/usr/bin/env python3
"""Prints a Chrome trace as text: a line a phase at the outside of its thread,
with the names of the phases inside it, in order of time.

    trace.py FILE              Reload: Compile Frontend … Plan Link …
    trace.py --compiles FILE   the files that were compiled, a line each, in order
"""

import json
import sys


def spans(events):
    return sorted((e for e in events if e.get("ph") == "X" and not e["name"].startswith("Total ")),
                  key=lambda e: (e["ts"], -e["dur"]))


def encloses(outer, inner):
    return (outer is not inner and outer["tid"] == inner["tid"] and outer["ts"] <= inner["ts"] and
            inner["ts"] + inner["dur"] <= outer["ts"] + outer["dur"] and
            outer["dur"] > inner["dur"])


def main():
    with open(sys.argv[-1]) as f:
        events = spans(json.load(f)["traceEvents"])
    if "--compiles" in sys.argv:
        for event in events:
            if event["name"] == "Compile":
                print("Compile " + event["args"]["detail"])
        return
    for outer in events:
        if not any(encloses(other, outer) for other in events):
            inner = [e["name"] for e in events if encloses(outer, e)]
            print(f"{outer['name']}: {' '.join(inner)}")


if __name__ == "__main__":
    main()
