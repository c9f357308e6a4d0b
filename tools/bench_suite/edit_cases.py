"""Cases that edit a running program and time the edits, on both sides in turn."""

import os
import time

from . import baseline, programs, sides
from .series import Row


class Bench:
    """What the cases share: the two hosts, where to work, how much to measure."""

    def __init__(self, jit_host, folder, include, quick, edits, rest_s):
        self.jit_host, self.folder, self.include = jit_host, folder, include
        self.quick, self.edits, self.rest_s = quick, edits, rest_s
        os.makedirs(folder, exist_ok=True)
        self.baseline_host = baseline.build_host(folder)

    def place(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(path, exist_ok=True)
        return path

    def say(self, text):
        print(text, flush=True)


class Pair:
    """One program, live on both sides; each has a copy of its sources."""

    def __init__(self, bench, name, make, recipe, **loop):
        self.bench = bench
        bench.say(f"  {name}: generating, building and starting both sides")
        self.programs = {side: make(os.path.join(bench.place(name), side))
                         for side in ("nextframe", "baseline")}
        built = bench.place(os.path.join(name, "built"))
        recipe = recipe(self.programs["baseline"], built)
        self.sides = [
            sides.nextframe(bench.jit_host, self.programs["nextframe"], **loop),
            sides.dlopen_host(bench.baseline_host, self.programs["baseline"], recipe, **loop)]

    def __enter__(self):
        for side in self.sides:
            side.ready()
            side.see(0)
        self.sides[0].await_prepared()
        return self

    def __exit__(self, *error):
        for side in self.sides:
            side.__exit__(*error)

    def measure(self, row, file, versions, budget_s=120):
        """Saves the versions, (text, what the program shows then, whether it counts), first on
        one side, then on the other. The baseline stops after its budget, not before five edits;
        a side that doesn't apply an edit is out."""
        began = time.monotonic()
        spent = {side.name: 0.0 for side in self.sides}
        out = set()
        row.edits = {side.name: [] for side in self.sides}
        for text, shows, counts in versions:
            for side in self.sides:
                done = row.edits[side.name]
                if side.name in out or (side.name == "baseline" and len(done) >= 5
                                        and spent["baseline"] > budget_s):
                    continue
                start = time.monotonic()
                edit = side.edit(file, text, shows)
                spent[side.name] += time.monotonic() - start
                edit.at_s = start - began
                if edit.ms is None:
                    out.add(side.name)
                    row.why = f"{side.name}: {edit.outcome}: {edit.why}"
                    continue
                if counts:
                    done.append(edit)
                time.sleep(self.bench.rest_s)
        for name, series in (("nextframe", row.ours), ("baseline", row.baseline)):
            series.values = [edit.ms for edit in row.edits[name]]
        row.wait.values = [edit.wait_ms for edit in row.edits["nextframe"]]
        self.bench.say(f"    {row.what}: " + summary(row))
        return row


def summary(row):
    parts = [f"{name} {series.median:.2f} {row.unit}" for name, series in
             (("nextframe", row.ours), ("baseline", row.baseline)) if series]
    if row.ratio:
        parts.append(f"{row.ratio:.2f} times as fast")
    return ", ".join(parts + [row.why] * bool(row.why))


def counted(texts):
    return [(text, shows, True) for shows, text in texts]


def plain_edits(app, count, first=1):
    return counted((n, app.version(n)) for n in range(first, first + count))


def small(bench):
    """A file of 80 lines."""
    with Pair(bench, "small", lambda f: programs.one_file(f, 80), baseline.one_file) as pair:
        app = pair.programs["nextframe"].app
        yield pair.measure(Row("body-80", "body edit, 80-line file", target="≤ 3 ms, 25×", limit=3,
                               times=25), "app.cpp", plain_edits(app, bench.edits))


def medium(bench):
    """A file of 1,500 lines with the usual standard headers."""
    with Pair(bench, "medium", lambda f: programs.one_file(f, 1500), baseline.one_file) as pair:
        app, count = pair.programs["nextframe"].app, bench.edits
        yield pair.measure(Row("body-1500", "plain body edit, 1,500-line file", target="≤ 5 ms, 200×",
                               limit=5, times=200), "app.cpp", plain_edits(app, count))
        yield pair.measure(Row("sort-1500", "edit with a new sort and maps, same file",
                               target="≤ 16.7 ms, 50×", limit=16.7, times=50), "app.cpp",
                           counted((n, app.version(n, programs.sort_body))
                                   for n in range(1000, 1000 + count)))
        # Back and forth: only the way back counts.
        versions = [((app.version(n), n, False), (app.version(0), 0, True))
                    for n in range(2000, 2000 + count)]
        yield pair.measure(Row("put-back", "edit put back as it was, same file", target="≤ 2 ms",
                               limit=2), "app.cpp", [(app.version(0), 0, False)] +
                           [version for both in versions for version in both])


def huge(bench):
    """A file of 20,000 lines."""
    with Pair(bench, "huge", lambda f: programs.one_file(f, 20000), baseline.one_file) as pair:
        app = pair.programs["nextframe"].app
        yield pair.measure(Row("body-20000", "plain body edit, 20,000-line file",
                               target="≤ 1.5 × the 1,500-line file", like="body-1500"),
                           "app.cpp", plain_edits(app, bench.edits))


def files300(bench):
    """A program of 300 files; the file of 1,500 lines is one of them."""
    def make(folder):
        return programs.many_files(folder, 300, 100, 1500, small=True)
    with Pair(bench, "files300", make, baseline.many_files) as pair:
        app = pair.programs["nextframe"].app
        yield pair.measure(Row("body-300-files", "plain body edit, 1,500-line file, one of 300",
                               target="≤ 1.5 × the 1,500-line file", like="body-1500"),
                           "app.cpp", plain_edits(app, bench.edits))


def header(bench):
    """A header that twenty files include."""
    shared = programs.shared_header
    with Pair(bench, "header", programs.header_users, baseline.many_files) as pair:
        count = bench.edits
        yield pair.measure(Row("header-inline", "inline body in a header of 20 files",
                               target="≤ 50 ms", limit=50), "shared.h",
                           counted((n, shared(inline=n)) for n in range(1, 1 + count)))
        yield pair.measure(Row("header-constant", "constant in that header, used by 5 functions",
                               target="≤ 150 ms", limit=150), "shared.h",
                           counted((n + count, shared(inline=count, limit=n))
                                   for n in range(1, 1 + count)))
        yield pair.measure(Row("header-field", "new field, no live objects, same header",
                               target="≤ 500 ms", limit=500), "shared.h",
                           counted((n + 2 * count, shared(inline=count, limit=count, fields=n))
                                   for n in range(1, 1 + count)))


def pause(bench):
    """How long the program stands still, for 1 and for 1,000 replaced functions."""
    with Pair(bench, "pause", programs.thousand_functions, baseline.one_file) as pair:
        text, count = pair.programs["nextframe"].text, bench.edits
        for key, what, versions, limit in (
                ("pause-1", "1 function replaced",
                 ((n, text(0, n)) for n in range(1, 1 + count)), 0.1),
                ("pause-1000", "1,000 functions replaced",
                 ((n + count, text(n, count)) for n in range(1, 1 + count)), 1)):
            times = pair.measure(Row(key + "-edit", f"file of 5,000 lines, {what}"), "app.cpp",
                                 counted(versions))
            yield times
            what = f"pause at the frame boundary, {what}"
            row = Row(key, what, target=f"≤ {limit} ms", limit=limit)
            row.ours.values = [edit.pause_ms for edit in times.edits["nextframe"]]
            row.baseline.values = [edit.pause_ms for edit in times.edits["baseline"]]
            counts = sorted({edit.replaced for edit in times.edits["nextframe"]})
            if counts != [1 if key == "pause-1" else 1000]:
                row.why = f"replaced were {', '.join(map(str, counts))}"
            bench.say(f"    {what}: {summary(row)}")
            yield row
