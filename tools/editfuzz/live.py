"""The program under jit_host: its folder, its answers, its events."""

import json
import os
import signal
import subprocess

import liveprogram
from editfuzz.oracle import Finding

WRITERS = {"in place": liveprogram.save, "renamed over": liveprogram.save_by_rename,
           "in two steps": liveprogram.save_in_two_steps,
           "with a backup": liveprogram.save_with_backup}


class Live:
    """A running jit_host on a folder of its own."""

    def __init__(self, host, folder, texts, options, limit_s):
        self.folder, self.texts, self.checks = folder, {}, 0
        os.makedirs(folder)
        self.write(texts, "in place")
        command = [host, "--source-dir", folder, f"--extra-arg={options.optimisation}",
                   "--extra-arg=-w", *(["--extra-arg=-g"] if options.debug else [])]
        environment = dict(os.environ, NEXTFRAME_TEST="1")
        self.program = liveprogram.LiveProgram(command, environment, subprocess.PIPE, limit_s)

    def start(self):
        """Waits until main is called."""
        try:
            self.program.event("ready")
        except liveprogram.Stopped as why:
            raise Finding("start", str(why)) from None

    def write(self, texts, style):
        """Makes the folder hold these texts; returns what it wrote and deleted.

        The program stands still while several files are saved, so that it is one save on a
        busy machine too."""
        changed = {n for n in texts if self.texts.get(n) != texts[n]}
        gone = self.texts.keys() - texts.keys()
        if len(changed | gone) > 1 and self.texts:
            self.program.process.send_signal(signal.SIGSTOP)
            self.put(texts, changed, gone, style)
            self.program.process.send_signal(signal.SIGCONT)
        else:
            self.put(texts, changed, gone, style)
        self.texts = dict(texts)
        return changed | gone

    def put(self, texts, changed, gone, style):
        for name in sorted(changed):
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            writer = WRITERS[style] if name in self.texts else liveprogram.save
            writer(path, texts[name])
        for name in sorted(gone):
            os.remove(os.path.join(self.folder, name))

    def say(self, command):
        try:
            self.program.process.stdin.write((command + "\n").encode())
            self.program.process.stdin.flush()
        except BrokenPipeError:
            pass  # The answer that doesn't come tells it.

    def ask(self, command):
        """One command, one line of answer."""
        self.say(command)
        try:
            return self.program.next("out")
        except liveprogram.Stopped as why:
            raise Finding(self.how_it_ended("no answer"), f"{command}: {why}") from None

    def how_it_ended(self, otherwise):
        status = self.program.process.poll()
        return otherwise if status is None else "crash"

    def reloads(self, wanted):
        """The events up to the one by which all of the wanted files are reported."""
        events, seen = [], set()
        while not events or not wanted <= seen:
            try:
                event = json.loads(self.program.next("event"))
            except liveprogram.Stopped as why:
                raise Finding(self.how_it_ended("no event"),
                              f"{sorted(wanted - seen)} not reported: {why}") from None
            if event["event"] == "checked":
                self.note_check(event)
            if event["event"] != "reload":
                continue
            events.append(event)
            seen |= set(event["files"])
        return events

    def note_check(self, event):
        """The whole compile that follows one of bodies alone must come to the same."""
        self.checks += 1
        if not event["agrees"]:
            then = self.program.event("reload")
            told = {key: then[key] for key in ("replaced", "added", "removed") if then[key]}
            raise Finding("routes", f"bodies of {event['file']} alone came to something else "
                                    f"than the whole file: {told}")

    def unasked(self, saved):
        """Reloads that have come although nothing was saved. What was saved last in two steps
        may have been found unchanged after the first."""
        events = [json.loads(line) for line in self.program.arrived("event")]
        for event in events:
            if event["event"] == "checked":
                self.note_check(event)
        return [e for e in events if e["event"] == "reload" and not (
            e["outcome"] == "unchanged" and saved.issuperset(e["files"]))]

    def finish(self):
        """Ends the program as a user would; returns its status."""
        self.program.process.stdin.close()
        try:
            return self.program.process.wait(timeout=self.program.limit_s)
        except subprocess.TimeoutExpired:
            raise Finding("no end", "the program has not ended at the end of its input") from None

    def stop(self):
        if self.program.process.poll() is None:
            self.program.process.kill()
        self.program.process.wait()
