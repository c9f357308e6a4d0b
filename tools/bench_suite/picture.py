"""Draws latency over time: a panel for each case, a point for each edit, as SVG."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT, COLUMNS = 320, 190, 3
LEFT, TOP, RIGHT, BOTTOM = 56, 34, 12, 26
HEAD = 58
COLORS = {"nextframe": "#1668c4", "baseline": "#b3661b"}
FRAME_MS = 1000 / 60
STYLE = ("text{font:11px system-ui,sans-serif;fill:#333}.title{font-weight:600;font-size:12px}"
         ".head{font-weight:600;font-size:15px}.grid{stroke:#e3e3e3}.axis{stroke:#999}"
         ".frame{stroke:#c22f4b;stroke-dasharray:4 3}.frametext{fill:#c22f4b}")


class Scale:
    """Milliseconds → height, logarithmic, the same in all panels."""

    def __init__(self, values):
        self.low = math.floor(math.log10(min([1, *values])))
        self.high = math.ceil(math.log10(max([100, *values])))

    def y(self, ms):
        part = (math.log10(max(ms, 10 ** self.low)) - self.low) / (self.high - self.low)
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - part)

    def ticks(self):
        return [10 ** n for n in range(self.low, self.high + 1)]


def number(ms):
    return f"{ms / 1000:g} s" if ms >= 1000 else f"{ms:g} ms"


def panel(row, scale, left, top):
    count = max(len(edits) for edits in row.edits.values())
    longest = 40
    title = row.what if len(row.what) <= longest else row.what[:longest - 1] + "…"
    parts = [f'<g transform="translate({left},{top})">',
             f'<text class="title" x="14" y="20">{escape(title)}</text>']
    right = WIDTH - RIGHT
    for ms in scale.ticks():
        y = scale.y(ms)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
                     f'<text x="{LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{number(ms)}</text>')
    y = scale.y(FRAME_MS)
    parts.append(f'<line class="frame" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
    bottom = HEIGHT - BOTTOM
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{right}" y1="{bottom}" y2="{bottom}"/>')
    step = (right - LEFT - 12) / max(1, count - 1)
    for label, at in ((1, LEFT + 6), (count, LEFT + 6 + step * (count - 1))):
        parts.append(f'<text x="{at:.1f}" y="{bottom + 15}" text-anchor="middle">{label}</text>')
    for side, edits in row.edits.items():
        points = [(LEFT + 6 + step * n, scale.y(edit.ms)) for n, edit in enumerate(edits)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        color = COLORS[side]
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="1.2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{color}"/>' for x, y in points]
    return "\n".join(parts + ["</g>"])


def draw(rows, path):
    """Writes the picture of all rows that have edits; whether there were any."""
    rows = [row for row in rows if any(row.edits.values())]
    if not rows:
        return False
    scale = Scale([edit.ms for row in rows for edits in row.edits.values() for edit in edits])
    columns = min(COLUMNS, len(rows))
    width = max(2, columns) * WIDTH
    height = HEAD + -(-len(rows) // columns) * HEIGHT
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
             f'viewBox="0 0 {width} {height}">', f"<style>{STYLE}</style>",
             f'<rect width="{width}" height="{height}" fill="#fff"/>',
             '<text class="head" x="14" y="24">From save to callable, edit by edit</text>']
    x = 14
    for name, color in COLORS.items():
        parts.append(f'<circle cx="{x + 4}" cy="40" r="4" fill="{color}"/>'
                     f'<text x="{x + 13}" y="44">{name}</text>')
        x += 100
    parts.append(f'<line class="frame" x1="{x}" x2="{x + 22}" y1="40" y2="40"/>'
                 f'<text class="frametext" x="{x + 28}" y="44">one frame at 60 Hz, 16.7 ms</text>')
    for n, row in enumerate(rows):
        parts.append(panel(row, scale, n % columns * WIDTH, HEAD + n // columns * HEIGHT))
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts + ["</svg>", ""]))
    return True
