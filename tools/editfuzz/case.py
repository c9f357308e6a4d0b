"""A case: a program, and the saves that are made while it runs. What is run, and shrunk."""

import dataclasses
import random

# These register their kinds of edit.
from editfuzz import code_edits, data_edits, file_edits, type_edits  # noqa: F401
from editfuzz.edits import Edit, propose
from editfuzz.generate import Generator

STYLES = ["in place", "renamed over", "in two steps", "with a backup"]


@dataclasses.dataclass
class Step:
    """One save: edits made to what is on disk, and how it is saved."""
    edits: list = dataclasses.field(default_factory=list)
    back: int | None = None  # Instead: what was live so many reloads ago; 0: what is live.
    style: str = "in place"
    part: int | None = None  # Only the changed files of even or odd position are saved.
    act: int | None = None  # Objects and closures that are made before.
    ask: int = 0  # What the functions are asked with afterwards.
    then: list = dataclasses.field(default_factory=list)  # Edits of a second save right after it,
    after_ms: int = 0  # so many milliseconds later.

    @property
    def rows(self):
        rows = [e.row for e in self.edits + self.then] or ["C19"]
        rows += ["F7"] * bool(self.then)
        return sorted(set(rows), key=lambda r: (r[0], int(r[1:])))

    def __str__(self):
        what = "; ".join(map(str, self.edits)) if self.back is None else (
            f"what was live {self.back} reloads ago is put back")
        extra = "" if self.part is None else f", only every other file ({self.part})"
        if self.then:
            extra += f", {self.after_ms} ms later {'; '.join(map(str, self.then))}"
        return f"{what} (saved {self.style}{extra})"


@dataclasses.dataclass
class Options:
    optimisation: str = "-O0"
    debug: bool = False
    hammer: bool = False


@dataclasses.dataclass
class Case:
    seed: int
    options: Options
    steps: list
    drops: list = dataclasses.field(default_factory=list)  # Edits that make the program smaller.

    def program(self):
        model = Generator(random.Random(self.seed)).program()
        for edit in self.drops:
            edit.apply(model)
        return model


class Chooser:
    """Makes the steps of a case one by one, each for the program as it is by then."""

    def __init__(self, seed):
        self.gen = Generator(random.Random(seed))
        self.model = self.gen.program()
        self.burst, self.left = None, 0  # The file of which bodies are edited, and how often still.

    def options(self, optimisation):
        rng = random.Random(f"{self.gen.rng.random()}")
        self.optimisation = optimisation or rng.choice(["-O0", "-O0", "-O0", "-O2"])
        return Options(self.optimisation, rng.randrange(2) == 0, rng.randrange(3) == 0)

    def step(self, disk, pending, history, partial):
        """The next one: `pending` where the last was not applied, `partial` where files of
        the last have not been saved yet."""
        gen = self.gen
        step = Step(style=gen.rng.choice(["in place"] * 4 + STYLES), ask=gen.rng.randrange(1000))
        if gen.chance(20):
            step.act = gen.rng.randrange(64)
        if partial:
            return step
        if pending and gen.chance(50):
            step.edits = self.mend(disk)
        if step.edits:
            pass
        elif pending and gen.chance(55):
            step.back = 0
        elif history > 1 and gen.chance(5):
            step.back = gen.rng.randrange(1, min(history, 5))
        else:
            step.edits = self.edits(disk)
        if gen.chance(8):
            step.part = gen.rng.randrange(2)
        elif step.edits and gen.chance(5):
            self.hurry(step, disk)
        return step

    @staticmethod
    def mend(disk):
        """The edit that takes a mistake out again, where there is one."""
        mends = [Edit("Mistake", {"file": f.stem, "text": ""})
                 for f in disk.files.values() if f.broken]
        mends += [Edit("MistakeInBody", {"key": f.key, "value": ""})
                  for f in disk.functions.values() if f.mistake]
        return mends[:1]

    def edits(self, disk):
        gen = self.gen
        if not self.left and gen.chance(12 if self.optimisation == "-O0" else 3):
            self.burst = gen.pick(f.stem for f in disk.sources())
            self.left = gen.rng.randrange(4, 14)
        if self.left:
            self.left -= 1
            made = self.body_edits(disk)
            if made:
                return made
        count = gen.rng.choice([1] * 15 + [2, 2, 3, 6, 20])
        return self.propose(disk.copy(), count)

    def body_edits(self, disk):
        """Edits of bodies of one file, the same for a while: see docs/decisions/0027, 0031."""
        gen = self.gen
        gen.burst_at = self.burst
        count = gen.rng.choice([1, 1, 1, 1, 2])
        names = code_edits.BODY_EDITS
        made = self.propose(disk.copy(), count, names)
        gen.burst_at = None
        return made

    def propose(self, tried, count, names=None):
        """So many edits, each for what the others made of the model."""
        made = []
        for _ in range(count):
            edit = propose(self.gen, tried, names)
            if edit and edit.apply(tried):
                made.append(edit)
        return made

    def hurry(self, step, disk):
        """A second save, while the first one is still being compiled, or soon after."""
        tried = disk.copy()
        for edit in step.edits:
            edit.apply(tried)
        step.then = self.propose(tried, self.gen.rng.choice([1, 1, 2]))
        step.after_ms = self.gen.rng.choice([0, 0, 3, 20, 100, 300])
