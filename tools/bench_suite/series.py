"""Series of measurements, and the rows of the table that they make."""

import dataclasses
import math
import statistics


@dataclasses.dataclass
class Series:
    """Measured values in the order of their measurement, all of one unit."""
    values: list = dataclasses.field(default_factory=list)

    def __bool__(self):
        return bool(self.values)

    def percentile(self, part):
        """The smallest value that so large a part of the values does not exceed."""
        return sorted(self.values)[max(0, math.ceil(part * len(self.values)) - 1)]

    @property
    def median(self):
        return statistics.median(self.values)

    def summary(self):
        if not self.values:
            return {"count": 0}
        return {"count": len(self.values), "min": min(self.values), "median": self.median,
                "p95": self.percentile(0.95), "max": max(self.values)}


@dataclasses.dataclass
class Row:
    """A line of the table: what nextframe took, what the baseline took, what was aimed at."""
    key: str
    what: str
    unit: str = "ms"
    ours: Series = dataclasses.field(default_factory=Series)
    baseline: Series = dataclasses.field(default_factory=Series)
    wait: Series = dataclasses.field(default_factory=Series)
    target: str = ""
    limit: float | None = None  # What the figure may be at most.
    judged: str = "median"  # The figure that counts: "median" or "max".
    times: float | None = None  # How many times faster than the baseline at least…
    slower: float | None = None  # …or how many times slower at most.
    like: str = ""  # The row that it may take 1.5 times as long as.
    like_times: float = 1.5
    why: str = ""  # Why there is no number, or what should be known about it.
    edits: dict = dataclasses.field(default_factory=dict)  # Side → its edits, for picture and JSON.

    @property
    def ratio(self):
        """How many times as fast as the baseline; None where nothing took time."""
        if self.unit != "ms" or not (self.ours and self.baseline) or self.figure(self.ours) == 0:
            return None
        return self.figure(self.baseline) / self.figure(self.ours)

    def figure(self, series):
        return series.summary()[self.judged]

    def met(self, rows):
        """Whether the target is met; None where that can't be told."""
        if not self.ours:
            return False
        verdicts = []
        if self.limit is not None:
            verdicts.append(self.figure(self.ours) <= self.limit)
        if self.times and self.ratio:
            verdicts.append(self.ratio >= self.times)
        if self.slower and self.ratio:
            verdicts.append(1 / self.ratio <= self.slower)
        if self.like:
            other = rows.get(self.like)
            if not other or not other.ours:
                return None
            verdicts.append(self.figure(self.ours) <= self.like_times * other.figure(other.ours))
        return all(verdicts) if verdicts else None

    def json(self, rows):
        return {"key": self.key, "what": self.what, "unit": self.unit, "target": self.target,
                "met": self.met(rows), "ratio": self.ratio, "why": self.why,
                "nextframe": self.ours.summary() | {"values": self.ours.values},
                "baseline": self.baseline.summary() | {"values": self.baseline.values},
                "wait": self.wait.summary(),
                "edits": {side: [dataclasses.asdict(e) for e in edits]
                          for side, edits in self.edits.items()}}
