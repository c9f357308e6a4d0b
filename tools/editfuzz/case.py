"""A case: a program, and the saves that are made while it runs. What is run, and shrunk."""

import dataclasses
import random

from editfuzz import data_edits, file_edits  # noqa: F401  They register their kinds of edit.
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

    @property
    def rows(self):
        rows = [e.row for e in self.edits] or ["C19"]
        return sorted(set(rows), key=lambda r: (r[0], int(r[1:])))

    def __str__(self):
        what = "; ".join(map(str, self.edits)) if self.back is None else (
            f"what was live {self.back} reloads ago is put back")
        extra = "" if self.part is None else f", only every other file ({self.part})"
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

    def options(self, optimisation):
        rng = random.Random(f"{self.gen.rng.random()}")
        return Options(optimisation or rng.choice(["-O0", "-O0", "-O0", "-O2"]),
                       rng.randrange(2) == 0, rng.randrange(3) == 0)

    def step(self, disk, pending, history, partial):
        """The next one: `pending` where the last was not applied, `partial` where files of
        the last have not been saved yet."""
        gen = self.gen
        step = Step(style=gen.rng.choice(["in place"] * 4 + STYLES), ask=gen.rng.randrange(1000))
        if gen.chance(20):
            step.act = gen.rng.randrange(64)
        if partial:
            return step
        broken = [f for f in disk.files.values() if f.broken]
        if pending and broken and gen.chance(50):
            step.edits = [Edit("Mistake", {"file": broken[0].stem, "text": ""})]
        elif pending and gen.chance(55):
            step.back = 0
        elif history > 1 and gen.chance(5):
            step.back = gen.rng.randrange(1, min(history, 5))
        else:
            step.edits = self.edits(disk)
        if gen.chance(8):
            step.part = gen.rng.randrange(2)
        return step

    def edits(self, disk):
        count = self.gen.rng.choice([1] * 12 + [2, 2, 3, 6])
        tried, made = disk.copy(), []
        for _ in range(count):
            edit = propose(self.gen, tried)
            if edit and edit.apply(tried):
                made.append(edit)
        return made
