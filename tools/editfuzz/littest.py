"""A finding as a lit test: a scenario for tests/lit/live.py."""

from editfuzz.render import RUNTIME

HEAD = """\
# {rows}: say here what must happen.
# Found by tools/edit-fuzz: {finding}
# RUN: rm -rf %t && split-file %s %t && cp %root/tools/editfuzz/runtime/* %t/src
# RUN: %live %t/scenario %t/src --extra-arg={optimisation} --extra-arg=-w{debug} | FileCheck %s

"""


def write(case, finding, run):
    """The text of a test that plays what the run has played; the answers expected are those
    of fresh builds, as far as it came."""
    rows = sorted({row for step in case.steps for row in step.rows},
                  key=lambda row: (row[0], int(row[1:])))
    text = HEAD.format(rows=", ".join(rows), finding=str(finding)[:200],
                       optimisation=case.options.optimisation,
                       debug=" --extra-arg=-g" if case.options.debug else "")
    checks, scenario, saved, number = [], [], [], 0
    if case.options.hammer:
        scenario.append("ask hammer")
    for what, *rest in run.transcript:
        if what == "save":
            number += 1
            scenario += save(number, rest[1], rest[0], saved)
        elif what == "reload":
            scenario.append("reload")
            checks.append(f"# CHECK: reload: {{{{{'|'.join(sorted(rest[0]))}}}}}")
        else:
            scenario.append(f"ask {rest[0]}")
            if rest[1] is not None:
                checks.append("# CHECK: out: " + rest[1] + ("{{$}}" if rest[1] else ""))
    text += "\n".join(checks) + "\n# CHECK: status 0\n\n#--- scenario\n" + "\n".join(scenario)
    own = {name for name in run.first_texts if not (RUNTIME / name).exists()}
    text += "\n" + "".join(section(f"src/{n}", run.first_texts[n]) for n in sorted(own))
    return text + "".join(saved)


def save(number, texts, command, saved):
    """The scenario's lines for one save; its texts are added to `saved`."""
    lines = []
    for name, content in texts.items():
        if content is None:
            lines.append(f"remove {name}")
            continue
        lines.append(f"{command} {name} save{number}/{name}")
        saved.append(section(f"save{number}/{name}", content))
    return lines


def section(name, content):
    return f"\n#--- {name}\n{content}"
