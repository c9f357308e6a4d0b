"""Plays a case: saves its steps into the running program and judges each."""

import collections
import pathlib
import shutil
import subprocess
import tempfile
import time

from editfuzz import ir
from editfuzz.build import BuildCrashed, Builder, is_unit, read_by
from editfuzz.functions import FunctionCheck
from editfuzz.live import Live
from editfuzz.oracle import (Finding, Told, Values, expectation, holders, refusals,
                             shapes_differ)
from editfuzz.render import fence, render
from editfuzz.states import differences, differences_of_lists, split_slot, words

CLOSURES = "make"


class Run:
    """One live program and its fresh counterparts, step by step."""

    def __init__(self, case, host, builder, folder, limit_s):
        self.case, self.builder = case, builder
        self.where = (host, folder, limit_s)
        self.live = None
        self.disk = case.program()
        self.first_texts = self.live_texts = render(self.disk)
        self.live_model = self.disk.copy()
        self.history = [self.live_model]  # Of the models that were live, the newest last.
        self.whole = True  # Whether disk and folder agree: all changed files are saved.
        self.pending = set()  # Files saved since the last reload that was applied.
        # What was saved in this step, and in the one before: a save in two steps may be seen as
        # two, and the second be reported as unchanged after the first.
        self.just_saved, self.recent = set(), set()
        self.unread = set()  # Saved while nothing read it: reported with a later save, or never.
        self.values = Values()
        self.ever_held = holders(self.disk)  # Structs of which there are or were variables.
        self.closures = {}  # Maker and slot → the closure's serial, its captures.
        self.counts = collections.Counter()
        self.transcript = []  # See littest.py.
        self.outcome = ""

    def start(self):
        self.reference = self.build(self.live_texts)  # Of what is live.
        if self.reference.errors:
            raise BuildCrashed(self.reference.errors)
        host, folder, limit_s = self.where
        self.live = Live(host, folder, self.live_texts, self.case.options, limit_s)
        self.live.start()
        self.state = words(self.live.ask("dump"))
        self.values.start(self.state)
        self.note_closures()
        self.compare(0, "at the start")
        if self.case.options.hammer:
            self.live.ask("hammer")

    def build(self, texts):
        build = self.builder.build(texts)
        build.first_names = {f.path: f"{f.folder}{f.born}.{f.kind}"
                             for f in self.disk.sources() if f.born}
        return build

    def stop(self):
        if self.live is not None:
            self.live.stop()

    # One step.

    def play(self, step):
        """Carries out a step; raises a Finding. Returns whether there was anything to do."""
        if step.act is not None:
            self.live.ask(f"act {step.act}")
            self.transcript.append(("ask", f"act {step.act}", None))
            self.state = words(self.live.ask("dump"))
            self.note_closures()
        if not self.edit(step):
            return False
        if step.then:
            return self.play_both(step)
        texts = self.texts_to_save(step)
        wanted = self.reported_files(texts)
        changed = self.live.write(texts, step.style)
        if not changed:
            return False
        self.pending |= changed
        self.recent, self.just_saved = self.just_saved, changed
        build = self.build(texts)
        self.note_save(changed, texts, step)
        self.unread |= changed - wanted
        if wanted:
            events = self.live.reloads(wanted)
            if step.style == "in two steps" and not build.errors and (
                    events[-1]["outcome"] == "failed"):
                # On a busy machine the file may have lain there empty for longer than a save takes.
                self.counts["half saves"] += 1
                events = self.live.reloads(wanted)
            self.transcript += [("reload", self.allowed_outcomes(build))] * len(events)
            self.judge(build, texts, events)
        else:
            self.counts["unread"] += 1
        self.compare(step.ask, f"after the reload was {self.outcome}" if wanted else "")
        return True

    def play_both(self, step):
        """Two saves, the second while the first one is being compiled, or soon after: the last
        text wins. Behind them comes a file of its own, whose report is behind all others."""
        before, first = dict(self.live.texts), self.disk.copy()
        build, changed = self.build(render(first)), self.live.write(render(first), step.style)
        self.transcript.append(("save", "save", {n: self.live.texts.get(n) for n in changed}))
        time.sleep(step.after_ms / 1000)
        for edit in step.then:
            edit.apply(self.disk)
        self.whole = True
        texts = render(self.disk)
        again = self.live.write(texts, step.style)
        self.note_save(again, texts, step)
        changed |= again
        events = self.live.reloads({n for n in self.reported_files(texts, before)
                                    if texts.get(n) != before.get(n)})
        self.disk.fence += 1
        texts = render(self.disk)
        again = self.live.write(texts, "in place")
        self.note_save(again, texts, step)
        events += self.live.reloads({fence(self.disk)})
        self.transcript += [("reload", {e["outcome"]}) for e in events]
        changed |= again
        self.recent, self.just_saved = self.just_saved | changed, changed
        self.pending |= changed
        self.judge_both(first, build, texts, events)
        self.compare(step.ask, f"after two saves, the last reload was {self.outcome}")
        return True

    def judge_both(self, first, build, texts, events):
        """Judges what came of two saves: of the first model and its build, and of the second."""
        self.counts["two saves"] += 1
        last = self.build(texts)
        self.note_events(events)
        self.check_files(events)
        allowed = self.allowed_outcomes(last)
        applied = [e["outcome"] == "applied" for e in events]
        if any(applied[:-1]) and not build.errors and not last.errors:
            allowed |= {"applied"} | ({"refused"} if shapes_differ(first, self.disk) else set())
        allowed -= {"unchanged"}  # The last file is new code.
        self.check_outcome(events[-1], allowed, last)
        second, live, reference = self.disk, self.live_model, self.reference
        if any(applied) and not build.errors and self.case.options.optimisation == "-O0":
            old, middle, new = reference.ir(), build.ir(), None if last.errors else last.ir()
            pairs = [(old, middle)] + ([(middle, new), (old, new)] if new else [])
            FunctionCheck(live, second).together(events, [ir.Difference(*p) for p in pairs])
        if applied[-1]:
            self.adopt(events[-1], last, texts, by_way_of=first)
        elif any(applied):
            self.disk = first
            self.adopt(events[-1], build, render(first), by_way_of=first)
            self.disk, self.pending = second, set(texts)

    def note_save(self, changed, texts, step):
        """For the lit test that a finding becomes."""
        command = "replace" if step.style == "renamed over" else "save"
        self.transcript.append(("save", command, {n: texts.get(n) for n in sorted(changed)}))

    def edit(self, step):
        if step.back is not None:
            hammer = max(self.disk.hammer, self.live_model.hammer)
            fence = self.disk.fence
            self.disk = self.history[-1 - min(step.back, len(self.history) - 1)].copy()
            self.disk.hammer, self.disk.fence = hammer, fence
            return True
        applied = [e for e in step.edits if e.apply(self.disk)]
        return bool(applied) or not self.whole

    def texts_to_save(self, step):
        texts = render(self.disk)
        if step.part is None:
            self.whole = True
            return texts
        saved = self.live.texts
        changed = sorted(n for n in texts.keys() | saved.keys() if texts.get(n) != saved.get(n))
        kept = changed[1 - step.part::2]
        self.whole = not kept
        mixed = dict(texts)
        for name in kept:
            mixed.pop(name, None)
            if name in saved:
                mixed[name] = saved[name]
        return mixed

    def reported_files(self, texts, old=None):
        """Those changed files that a reload has to report."""
        old = self.live.texts if old is None else old
        read = set()
        for some in (old, self.live_texts):
            # (A new file may be found where another was.)
            known = {**texts, **some}
            for unit in filter(is_unit, some):
                read |= read_by(unit, some) | read_by(unit, known)
        changed = {n for n in texts.keys() | old.keys() if texts.get(n) != old.get(n)}
        return {n for n in changed if is_unit(n) or n in read or n == "compile_flags.txt"}

    # Verdicts.

    def judge(self, build, texts, events):
        self.note_events(events)
        self.check_files(events)
        self.check_whole(events)
        outcome, allowed = events[-1]["outcome"], self.allowed_outcomes(build)
        self.check_outcome(events[-1], allowed, build)
        if outcome in ("failed", "refused"):
            return
        if outcome == "applied":
            difference = ir.Difference(self.reference.ir(), build.ir())
            check = FunctionCheck(self.live_model, self.disk)
            if self.case.options.optimisation == "-O0":
                check.exactly(events[-1], difference)
            else:
                check.at_most(events[-1], difference)
        self.adopt(events[-1], build, texts)

    def note_events(self, events):
        self.outcome = events[-1]["outcome"]
        self.counts[self.outcome] += 1
        self.counts.update("route " + e["route"] for e in events)

    def check_outcome(self, event, allowed, build):
        if event["outcome"] in allowed:
            return
        what = event["notes"] + [d["message"] for d in event["diagnostics"]]
        raise Finding("outcome", f"{event['outcome']} instead of {' or '.join(sorted(allowed))}: "
                                 f"{'; '.join(what)[:300]} {build.errors[:300]}")

    def allowed_outcomes(self, build):
        if build.errors:
            return {"failed"}
        may, must = refusals(self.live_model, self.disk, self.alive(), lambda struct: (
            self.case.options.hammer or struct in self.ever_held))
        if not self.whole or not self.was_whole():
            may, must = True, False
        if must:
            return {"refused"}
        difference = ir.Difference(self.reference.ir(), build.ir())
        allowed = {"refused"} if may else set()
        if difference.nothing():
            return allowed | {"unchanged"}
        code = difference.changed or difference.added or difference.removed
        if self.case.options.optimisation != "-O0":
            code = False  # What differs may be optimised away.
        return allowed | ({"applied"} if code else {"applied", "unchanged"})

    def was_whole(self):
        return render(self.live_model) == self.live_texts

    def alive(self):
        """The classes of which there are objects, by what the state says."""
        result = set()
        for h in self.live_model.hierarchies.values():
            kinds = {int(self.state.get(f"{h.name}.kind[{i}]", -1)) for i in range(4)}
            result |= {h.classes[k].key for k in kinds if k >= 0}
            if kinds - {-1}:
                result.add(h.classes[0].key)
        return result

    def check_whole(self, events):
        """Files saved together are one reload: nothing is applied before the last event."""
        self.counts["again"] += len(events) - 1
        if any(e["outcome"] == "applied" for e in events[:-1]):
            told = "; ".join(f"{e['outcome']} {e['files']}" for e in events)
            raise Finding("half applied", told)

    def check_files(self, events):
        reported = {f for e in events for f in e["files"]}
        told = reported - self.pending - self.recent - self.unread
        if told:
            raise Finding("files", f"{sorted(told)} reported, not saved")
        self.pending |= reported  # Until something is applied.

    def adopt(self, event, build, texts, by_way_of=None):
        """What was saved is live now: its state is checked, and it is what comes next is
        compared with. `by_way_of`: what perhaps was live in between."""
        after = words(self.live.ask("dump"))
        fresh = words(build.ask(["dump"])[0])
        known = self.whole and self.was_whole()
        told = Told(event) if known and by_way_of is None else None
        self.values.check(self.state, after, fresh, lambda group: self.expected(
            group, by_way_of) if known else "any", told)
        self.state, self.reference, self.live_texts = after, build, texts
        if self.whole:
            self.live_model = self.disk.copy()
            self.history.append(self.live_model)
        self.ever_held |= holders(self.disk)
        self.pending = set()

    def expected(self, group, by_way_of):
        """What becomes of a variable; see oracle.Values.check."""
        if by_way_of is None:
            return expectation(group, self.live_model, self.disk)
        ways = {expectation(group, *way) for way in (
            (self.live_model, self.disk), (self.live_model, by_way_of), (by_way_of, self.disk))}
        return "same" if ways == {"same"} else "any"

    # Answers.

    def note_closures(self):
        """Remembers of each new closure with which captures it was made."""
        for name, serial in self.state.items():
            maker, part, slot = split_slot(name)
            if part == "serial" and serial != self.closures.get((maker, slot), ("0",))[0]:
                self.closures[maker, slot] = (serial, self.captures(maker))

    def captures(self, maker):
        f = self.live_model.functions.get(maker)
        return f.captures if f else None

    def is_stale(self, answer):
        """Whether an answer comes from a closure whose captures were edited since."""
        name = answer.split("=")[0].split(".")[-1]
        if not name.startswith(CLOSURES):
            return False
        maker, _, slot = name.partition("[")
        made = self.closures.get((maker, slot.rstrip("]")))
        return made is None or made[1] != self.captures(maker) or not self.was_whole()

    def compare(self, n, when):
        """The live program and a fresh one of the sources that are live are asked the same,
        from the same state."""
        before = self.live.ask("dump")
        self.transcript += [("ask", "dump", before), ("ask", f"ask {n}", None)]
        if words(before) != self.state:
            raise Finding("state", f"{when}: {differences(self.state, words(before))}")
        live = [before, self.live.ask(f"ask {n}"), self.live.ask("dump")]
        fresh = self.reference.ask(["load " + before, "dump", f"ask {n}", "dump"])[1:]
        self.transcript[-1] = ("ask", f"ask {n}", " ".join(
            "{{[^ ]*}}" if self.is_stale(w) else w for w in fresh[1].split()))
        self.state = words(live[2])
        if self.has_old_constants(words(fresh[0]), words(before)):
            self.counts["not compared"] += 1
            return
        for what, mine, theirs in zip(("state", "answer", "state after the answers"), live, fresh):
            mine = [w for w in mine.split() if not self.is_stale(w)]
            theirs = [w for w in theirs.split() if not self.is_stale(w)]
            if mine != theirs:
                raise Finding(what, f"{when}, ask {n}: live, fresh: "
                                    f"{differences_of_lists(mine, theirs)}")
        self.counts["answers"] += len(live[1].split())
        if self.case.options.hammer and self.live.ask("torn") != "0":
            raise Finding("torn", "another thread has seen a function that was half replaced")

    def has_old_constants(self, fresh, live):
        """Optimised: whether a constant has a value that the function which computed it
        no longer gives. It is state, which a fresh build can't be given."""
        if self.case.options.optimisation == "-O0":
            return False
        constants = {v.name for v in self.live_model.variables.values() if v.linkage == "constant"}
        return any(value != live.get(name) for name, value in fresh.items()
                   if name.split("/")[0] in constants)

    def finish(self):
        unasked = self.live.unasked(self.recent | self.just_saved)
        if unasked:
            raise Finding("unasked", f"an event although nothing was saved: {str(unasked[0])[:300]}")
        self.counts["checked"] += self.live.checks
        status = self.live.finish()
        if status != 0:
            raise Finding("status", f"the program ended with status {status}")


class Player:
    """Runs cases one after the other, each in a folder of its own."""

    def __init__(self, host, keep, jobs):
        self.host, self.keep, self.jobs = host, pathlib.Path(keep), jobs

    def builder(self, options):
        return Builder(self.keep / "objects", options.optimisation, self.jobs)

    def forget(self):
        """Deletes the objects of the programs so far: the next one shares none with them."""
        shutil.rmtree(self.keep / "objects", ignore_errors=True)

    def play(self, case, choose=None, count=0, limit_s=60):
        """Plays the steps of a case, or lets `choose(run)` make up to `count` more.

        Returns the finding, or None, and what was counted."""
        folder = tempfile.mkdtemp(prefix="edit-fuzz-")
        run, step = Run(case, self.host, self.builder(case.options), folder + "/src", limit_s), 0
        try:
            run.start()
            while step < len(case.steps) or (choose and step < count):
                if step == len(case.steps):
                    case.steps.append(choose(run))
                step += 1
                run.play(case.steps[step - 1])
            run.finish()
            return None, run
        except Finding as finding:
            return finding, run
        except (BuildCrashed, subprocess.TimeoutExpired) as why:
            return Finding("fresh build", str(why)), run
        finally:
            run.stop()
            shutil.rmtree(folder, ignore_errors=True)
