"""What the benchmarks say: the table, the JSON, and the tables of docs/performance.md."""

import datetime
import json
import os
import platform
import re
import statistics
import subprocess

COLUMNS = ("case", "target", "met", "min", "median", "p95", "worst", "n", "baseline", "p95", "ratio",
           "wait")


def machine():
    """What the numbers depend on."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")),
                     platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    clang = subprocess.run(["clang++-22", "--version"], stdout=subprocess.PIPE, text=True, check=True)
    mold = subprocess.run(["mold", "--version"], stdout=subprocess.PIPE, text=True, check=True)
    return {"processor": f"{model}, {os.cpu_count()} cores", "memory_gib": round(memory),
            "kernel": platform.release(),
            "clang": re.search(r"version ([\d.]+)", clang.stdout)[1],
            "mold": re.search(r"mold ([\d.]+)", mold.stdout)[1],
            "load_before": round(os.getloadavg()[0], 2),
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")}


def figure(value, unit):
    """A number with as many digits as it deserves."""
    if unit != "ms":
        return f"{value:,.0f} {unit}"
    if value < 0.01:
        return f"{value * 1000:.1f} µs"
    return f"{value:.3f} ms" if value < 1 else f"{value:.1f} ms" if value < 1000 else f"{value:,.0f} ms"


def cells(row, rows):
    """The cells of a row of the table, as COLUMNS."""
    met = {True: "yes", False: "no", None: "–"}[row.met(rows) if row.target else None]
    ours = row.ours.summary()
    theirs = row.baseline.summary()
    result = [row.what, row.target or "–", met]
    if ours["count"]:
        result += [figure(ours[name], row.unit) for name in ("min", "median", "p95", "max")]
    else:
        result += ["–"] * 4
    result.append(f"{ours['count']}/{theirs['count']}")
    result += ([figure(theirs[name], row.unit) for name in ("median", "p95")] if theirs["count"]
               else ["–", "–"])
    result.append(f"{row.ratio:.3g}×" if row.ratio else "–")
    result.append(figure(row.wait.median, "ms") if row.wait else "–")
    return result


def as_text(rows):
    """The table for a terminal."""
    by_key = {row.key: row for row in rows}
    table = [list(COLUMNS)] + [cells(row, by_key) for row in rows]
    widths = [max(len(line[i]) for line in table) for i in range(len(COLUMNS))]
    text = ""
    for line in table:
        text += "  ".join(cell.ljust(width) if i < 3 else cell.rjust(width)
                          for i, (cell, width) in enumerate(zip(line, widths))).rstrip() + "\n"
    notes = [f"{row.what}: {row.why}" for row in rows if row.why]
    return text + "".join(f"  {note}\n" for note in notes)


def as_markdown(rows):
    """The same for the page, with the notes below."""
    by_key = {row.key: row for row in rows}
    lines = ["| " + " | ".join(COLUMNS) + " |",
             "|---|---|---|" + "--:|" * (len(COLUMNS) - 3)]
    lines += ["| " + " | ".join(cells(row, by_key)) + " |" for row in rows]
    notes = [f"- {row.what}: {row.why}." for row in rows if row.why]
    return "\n".join(lines + [""] * bool(notes) + notes) + "\n"


PHASES = ("detect", "compile", "codegen", "link", "wait", "commit")


def phases_markdown(rows):
    """Where the time of an edit goes: medians of what the events tell. `other` is what lies in
    none of the phases: from the close of the file until the first event is read, the plan,
    and what is between the phases."""
    lines = ["| case | " + " | ".join(PHASES[:4] + ("commit", "other", "functions")) + " |",
             "|---|" + "--:|" * 7]
    for row in rows:
        edits = row.edits.get("nextframe")
        if not edits:
            continue
        median = {p: statistics.median(e.phases.get(p, 0) for e in edits) for p in PHASES}
        other = statistics.median(
            e.ms - sum(e.phases.get(p, 0) for p in PHASES if p != "wait") for e in edits)
        made = statistics.median(e.replaced + e.added for e in edits)
        values = [median[p] for p in PHASES[:4]] + [median["commit"], other]
        lines.append(f"| {row.what} | " + " | ".join(f"{v:.2f}" for v in values) + f" | {made:g} |")
    return "\n".join(lines) + "\n"


def write_json(path, rows, about):
    by_key = {row.key: row for row in rows}
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"machine": about, "rows": [row.json(by_key) for row in rows]}, file, indent=1)
        file.write("\n")


def fill(text, name, content):
    """Replaces what stands between the two marks of that name."""
    begin, end = f"<!-- {name}: written by tools/bench -->", f"<!-- end of {name} -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.S)
    if not pattern.search(text):
        raise ValueError(f"the page has no marks for '{name}'")
    return pattern.sub(lambda _: f"{begin}\n{content.strip()}\n{end}", text)


def write_page(path, rows, about, command):
    """Writes the page's parts that are measured; its text stays."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = fill(text, "run", f"`{command}`, {about['date']}: {about['processor']}, "
                f"{about['memory_gib']} GiB, Linux {about['kernel']}, clang {about['clang']}, "
                f"mold {about['mold']}; load before it {about['load_before']}.")
    text = fill(text, "table", as_markdown(rows))
    text = fill(text, "phases", phases_markdown(rows))
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
