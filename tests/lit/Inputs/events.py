#!/usr/bin/env python3
"""Checks an event stream against the interface: every line one JSON object, every
key there with its type, none that the interface doesn't name, times in order.

    events.py FILE      prints "N events, as promised", or what is wrong
"""

import json
import sys

TEXTS = ("files", "replaced", "added", "removed", "notes")
PHASES = {"detect", "compile", "codegen", "link", "wait", "commit"}
OUTCOMES = ("applied", "unchanged", "failed", "refused", "ready")
ROUTES = {"remembered", "live", "bodies", "whole", "check"}


class Wrong(Exception):
    pass


def demand(condition, what):
    if not condition:
        raise Wrong(what)


def keys(thing, required, optional=()):
    demand(isinstance(thing, dict), f"not an object: {thing}")
    demand(set(required) <= set(thing), f"missing: {set(required) - set(thing)}")
    demand(set(thing) <= set(required) | set(optional), f"unknown: {set(thing) - set(required)}")


def whole(value, least=0):
    demand(type(value) is int and value >= least, f"not a whole number from {least}: {value}")


def texts(values):
    demand(isinstance(values, list) and all(isinstance(v, str) for v in values),
           f"not a list of strings: {values}")


def check_ready(event):
    keys(event, {"event", "time_ns", "units", "functions", "compiled", "generated", "startup_ms"})
    for key in ("time_ns", "units", "functions"):
        whole(event[key], 1)
    whole(event["compiled"])
    whole(event["generated"])
    demand(type(event["startup_ms"]) in (int, float) and event["startup_ms"] > 0, "startup_ms")


def check_exit(event):
    keys(event, {"event", "time_ns", "status"})
    whole(event["time_ns"], 1)
    whole(event["status"])


def check_diagnostic(d):
    keys(d, {"severity", "file", "line", "column", "message"})
    demand(d["severity"] in ("error", "warning", "note", "fatal error", "remark"), f"severity: {d}")
    whole(d["line"])
    whole(d["column"])
    texts([d["file"], d["message"]])


def check_reload(event, generation):
    keys(event, {"event", "generation", "outcome", "kept", "reset", "diagnostics", "saved_ns",
                 "code_objects", "route", "phases_ms", *TEXTS},
         {"live_ns", "pause_ns", "bodies_parsed"})
    demand(event["route"] in ROUTES, f"route: {event['route']}")
    demand((event["route"] in ("live", "bodies")) == ("bodies_parsed" in event),
           "bodies_parsed belongs to the route of bodies")
    demand(event["outcome"] in OUTCOMES, f"outcome: {event['outcome']}")
    applied = event["outcome"] == "applied"
    demand(event["generation"] == generation + applied, f"generation: {event['generation']}")
    for key in TEXTS:
        texts(event[key])
    demand(event["files"], "no files")
    for kept in event["kept"]:
        keys(kept, {"name", "reason"})
    for reset in event["reset"]:
        keys(reset, {"name"})
    for d in event["diagnostics"]:
        check_diagnostic(d)
    whole(event["saved_ns"], 1)
    whole(event["code_objects"])
    demand(applied == ("live_ns" in event) == ("pause_ns" in event),
           "live_ns and pause_ns belong to what became live")
    if applied:
        demand(event["saved_ns"] <= event["live_ns"], "live before it was saved")
        demand(0 <= event["pause_ns"] <= event["live_ns"] - event["saved_ns"], "pause_ns")
    keys(event["phases_ms"], PHASES)
    demand(all(type(v) in (int, float) and v >= 0 for v in event["phases_ms"].values()),
           f"phases_ms: {event['phases_ms']}")


def check_checked(event):
    keys(event, {"event", "time_ns", "file", "agrees", "diagnostics"})
    demand(isinstance(event["agrees"], bool), f"agrees: {event['agrees']}")
    for d in event["diagnostics"]:
        check_diagnostic(d)


def check_prepared(event):
    keys(event, {"event", "time_ns", "file"})


def check(lines):
    """Returns how many events there are, those left out that come when the machine has time."""
    time, generation, last, count = 0, 0, None, 0
    for line in lines:
        event = json.loads(line)
        kind = event["event"]
        demand((last is None) == (kind == "ready"), "ready comes first, and once")
        demand(last != "exit", "something after exit")
        if kind == "reload":
            check_reload(event, generation)
            generation = event["generation"]
            now = event.get("live_ns", event["saved_ns"])
        else:
            {"ready": check_ready, "exit": check_exit, "checked": check_checked,
             "prepared": check_prepared}[kind](event)
            now = event["time_ns"]
        demand(now >= time, f"time goes back at {line}")
        time, last = now, kind
        count += kind != "prepared"
    return count


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        text = f.read()
    try:
        demand(text.endswith("\n"), "the last line is not whole")
        print(f"{check(text.splitlines())} events, as promised")
    except (Wrong, KeyError, json.JSONDecodeError) as why:
        sys.exit(f"{sys.argv[1]}: {why!r}")


if __name__ == "__main__":
    main()
