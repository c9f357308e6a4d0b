"""Whether a report names the right functions as replaced, added and removed."""

import collections
import re

from editfuzz import ir
from editfuzz.oracle import Finding, declared


class FunctionCheck:
    """Compares reports with what differs between fresh builds of two models."""

    def __init__(self, old, new):
        # What is derived of such a mark is told apart from what is derived of bodies, for those
        # who call the function as well: a fresh build may come to the same.
        self.marked = {f.name for key, f in new.functions.items() if key in old.functions
                       and (f.attribute == "noexcept") != (
                           old.functions[key].attribute == "noexcept")}
        # A variable of another type lies elsewhere.
        self.marked |= {v.name for key, v in new.variables.items() if key in old.variables
                        and declared(v, new) != declared(old.variables[key], old)}
        self.inlined = [f.name for m in (old, new) for f in m.functions.values()
                        if "always_inline" in f.attribute]

    def exactly(self, event, difference):
        """Without optimisation a reload replaces exactly the functions whose code differs."""
        must = collections.Counter(difference.shown(difference.changed))
        may = must + collections.Counter(difference.shown(difference.perhaps))
        may += collections.Counter(difference.around(self.marked))
        self.compare_names("replaced", event, must, may)
        for key in ("added", "removed"):
            exact = collections.Counter(difference.shown(getattr(difference, key)))
            # (What only an edited body had use of is not known to be gone from bodies alone.)
            partly = key == "removed" and event["route"] in ("live", "bodies")
            self.compare_names(key, event, collections.Counter() if partly else exact, exact)

    def compare_names(self, key, event, must, may):
        told = collections.Counter(ir.shown(n) for n in event[key])
        several = {n for n in must | may | told if "lambda" in n or self.is_left_out(n)}
        for counter in (told, must, may):
            for name in several:
                del counter[name]
        if must - told:
            raise Finding(f"not {key}", f"{sorted(must - told)}")
        if told - may:
            raise Finding(f"{key} needlessly", f"{sorted(told - may)}")

    def is_left_out(self, name):
        """What a compiler adds of its own accord, or drops once it is inlined everywhere."""
        if name in ("__tls_init", "__clang_call_terminate") or name.startswith("thread-local "):
            return True
        if name == "Steps::promise_type::unhandled_exception()":
            return True  # Where there are coroutines, even without optimisation, if nothing throws.
        return any(re.search(rf"\b{f}(<|\(|$)", name) for f in self.inlined)

    def at_most(self, event, difference):
        """With optimisation, it replaces nothing that the edit can't have reached."""
        reached = set(difference.shown(difference.reached()))
        reached.update(difference.around(self.marked))
        told = {ir.shown(n) for n in event["replaced"]}
        needless = {n for n in told - reached
                    if "lambda" not in n and not self.is_left_out(n)}
        if needless:
            raise Finding("replaced needlessly", f"{sorted(needless)}")

    def together(self, events, differences):
        """Of several saves in a row, it is not known what became live in between."""
        may = {n for d in differences for n in d.shown(d.changed | d.perhaps | d.added | d.removed)
               + d.around(self.marked)}
        told = {ir.shown(n) for e in events for n in e["replaced"]}
        needless = {n for n in told - may if "lambda" not in n and not self.is_left_out(n)}
        if needless:
            raise Finding("replaced needlessly", f"{sorted(needless)}")
