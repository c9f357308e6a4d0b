"""Makes a case that shows something small: fewer saves, fewer edits, less of a program."""

import dataclasses
import time

from editfuzz.edits import Edit


class Shrinker:
    """Tries smaller cases as long as they show the same kind of finding."""

    def __init__(self, player, kind, end):
        self.player, self.kind, self.end = player, kind, end
        self.tries = 0

    def shows(self, case):
        if time.monotonic() > self.end:
            return False
        self.tries += 1
        finding, _ = self.player.play(case, limit_s=20)
        return finding is not None and finding.kind == self.kind

    def shrink(self, case):
        """Returns the smallest case that was found, and how many were tried."""
        case = self.without(case, "steps", lambda c: c.steps)
        case = self.fewer_edits(case)
        case = self.plainer(case)
        while True:
            before = len(case.drops)
            case = self.smaller_program(case)
            case = self.without(case, "steps", lambda c: c.steps)
            case = self.fewer_edits(case)
            if len(case.drops) == before or time.monotonic() > self.end:
                return case, self.tries

    def without(self, case, name, items):
        """Delta debugging: leaves out parts of a list, halves first, then single ones."""
        size = max(1, len(items(case)) // 2)
        while True:
            at = 0
            while at < len(items(case)):
                rest = items(case)[:at] + items(case)[at + size:]
                smaller = dataclasses.replace(case, **{name: rest})
                if self.shows(smaller):
                    case = smaller
                else:
                    at += size
            if size == 1:
                return case
            size //= 2

    def fewer_edits(self, case):
        for at, step in enumerate(case.steps):
            for edit in list(step.edits) if len(step.edits) > 1 else []:
                rest = [e for e in case.steps[at].edits if e is not edit]
                case = self.if_shows(case, self.with_step(case, at, edits=rest))
        return case

    def plainer(self, case):
        """Without what is special about the saves and the options."""
        for at in range(len(case.steps)):
            for plain in ({"style": "in place"}, {"act": None}, {"part": None}, {"then": []},
                          {"after_ms": 0}, {"ask": 1}):
                step = dataclasses.replace(case.steps[at], **plain)
                if step != case.steps[at]:
                    case = self.if_shows(case, self.with_step(case, at, **plain))
        for plain in ({"hammer": False}, {"debug": False}, {"optimisation": "-O0"}):
            options = dataclasses.replace(case.options, **plain)
            if options != case.options:
                case = self.if_shows(case, dataclasses.replace(case, options=options))
        return case

    @staticmethod
    def with_step(case, at, **new):
        steps = list(case.steps)
        steps[at] = dataclasses.replace(steps[at], **new)
        return dataclasses.replace(case, steps=steps)

    def if_shows(self, case, smaller):
        return smaller if self.shows(smaller) else case

    def smaller_program(self, case):
        """Drops files, then what stands in them, then terms and fields."""
        for candidates in (self.files, self.entities, self.terms):
            drops = candidates(case.program())
            size = max(1, len(drops) // 2)
            while drops:
                kept = []
                for at in range(0, len(drops), size):
                    some = [d for d in drops[at:at + size] if self.changes(case, d)]
                    smaller = dataclasses.replace(case, drops=case.drops + some)
                    if some and self.shows(smaller):
                        case = smaller
                    else:
                        kept += some
                if size == 1:
                    break
                drops, size = kept, max(1, size // 2)
        return case

    @staticmethod
    def changes(case, drop):
        return drop.apply(case.program())

    @staticmethod
    def files(model):
        return [Edit("DropFile", {"file": f.stem}) for f in model.files.values()]

    @staticmethod
    def entities(model):
        return [Edit("DropEntity", {"key": key}) for group in model.groups() for key in group]

    @staticmethod
    def terms(model):
        terms = [Edit("RemoveTerm", {"function": f.key, "at": at, "row": "C1"})
                 for f in model.functions.values() for at in reversed(range(len(f.terms)))]
        fields = [Edit("DropField", {"struct": s.key, "name": name})
                  for s in model.structs.values() for name, _ in s.fields]
        return terms + fields
