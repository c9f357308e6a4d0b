#!/usr/bin/env python3
"""Prints a Chrome trace as text: a line a phase at the outside of its thread,
with the names of the phases inside it, in order of time.

    trace.py FILE              Reload: Compile Frontend … Plan Link …
    trace.py --compiles FILE   the files that were compiled, a line each, in order
    trace.py --work FILE       for each reload how much was done: units compiled, files read,
                               function bodies parsed and made into IR, functions made into
                               machine code
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


# (A unit of which bodies alone are compiled may be compiled whole after that.)
COMPILES = ("Compile", "Compile bodies", "Compile live")
WORK = {"files": ("b", "Source"), "parsed": ("X", "ParseFunctionDefinition"),
        "ir": ("X", "CodeGen Function"), "generated": ("X", "OptFunction")}


def reloads(events):
    """The spans of reloads. One that was tried at once and put off plans nothing."""
    plans = [e for e in events if e["name"] == "Plan"]
    return [e for e in events if e["name"] == "Reload" or
            (e["name"] == "Reload at once" and any(encloses(e, plan) for plan in plans))]


def units(events):
    """The files of compiles one after the other, each once."""
    names = [e["args"]["detail"] for e in events]
    return [name for name, last in zip(names, [None, *names]) if name != last]


def print_work(events):
    for reload in reloads(spans(events)):
        # (Several units are compiled on several threads.)
        parts = [e for e in events if e["ph"] in "Xb" and
                 reload["ts"] <= e["ts"] <= reload["ts"] + reload["dur"]]
        inside = [(e["ph"], e["name"]) for e in parts]
        compiled = units(sorted((e for e in parts if e["name"] in COMPILES), key=lambda e: e["ts"]))
        print(f"Reload: units={len(compiled)} " + " ".join(f"{what}={inside.count(of)}" for what, of in WORK.items()))


def main():
    with open(sys.argv[-1]) as f:
        events = json.load(f)["traceEvents"]
    if "--work" in sys.argv:
        print_work(events)
        return
    events = spans(events)
    if "--compiles" in sys.argv:
        last = None  # A unit of which bodies alone were compiled.
        for event in events:
            if event["name"].startswith("Reload"):
                last = None
            elif event["name"] in COMPILES:
                name = event["args"]["detail"]
                if name != last:
                    print("Compile " + name)
                last = name if event["name"] != "Compile" else None
        return
    wanted = reloads(events)
    for outer in events:
        if outer["name"] == "Reload at once" and outer not in wanted:
            continue
        if not any(encloses(other, outer) for other in events):
            inner = [e["name"] for e in events if encloses(outer, e)]
            print(f"{outer['name'].removesuffix(' at once')}: {' '.join(inner)}")


if __name__ == "__main__":
    main()
