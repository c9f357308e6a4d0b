"""A small plotter: panels of points over a common axis, as one SVG file."""

from html import escape

WIDTH, PANEL, LEFT, RIGHT, TOP, BOTTOM = 900, 150, 80, 20, 34, 26


def round_up(value):
    """The next round number above a value: 1, 2 or 5 times a power of ten."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if value <= factor * step:
                return factor * step
        step *= 10


def panel(top, title, xs, ys, x_end, marks):
    """One panel; a dot a value, so that what stands out is seen, and a line of `marks`. The
    scale leaves out the highest hundredth, which is shown at the upper edge."""
    y_end = round_up(max(1, sorted(ys)[int(len(ys) * 0.99)]))
    across = lambda x: LEFT + (WIDTH - LEFT - RIGHT) * x / x_end
    down = lambda y: top + TOP + PANEL * (1 - min(y, y_end) / y_end)
    parts = [f'<text x="{LEFT}" y="{top + TOP - 8}" class="title">{escape(title)}</text>']
    for fraction in (0, 0.5, 1):
        y = down(y_end * fraction)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" class="grid"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" class="y">{y_end * fraction:g}</text>')
    # Dots that can't be told apart are drawn once.
    places = dict.fromkeys((round(across(x)), round(2 * down(y)) / 2) for x, y in zip(xs, ys))
    dots = "".join(f"M{x} {y:g}h.01" for x, y in places)
    parts.append(f'<path d="{dots}" class="dots"/>')
    if marks:
        line = "L".join(f"{across(x):.1f} {down(y):.1f}" for x, y in marks)
        parts.append(f'<path d="M{line}" class="median"/>')
    return "\n".join(parts)


def plot(file, panels, axis):
    """Writes the panels, (title, xs, ys, medians) each, one below the other; `axis` names
    what they have in common."""
    x_end = max(x for _, xs, _, _ in panels for x in xs)
    step = TOP + PANEL + BOTTOM
    height = step * len(panels) + 24
    body = [panel(step * i, title, xs, ys, x_end, marks)
            for i, (title, xs, ys, marks) in enumerate(panels)]
    for tenth in range(11):
        x = LEFT + (WIDTH - LEFT - RIGHT) * tenth / 10
        body.append(f'<text x="{x:.1f}" y="{height - 30}" class="x">{x_end * tenth // 10}</text>')
    body.append(f'<text x="{WIDTH / 2}" y="{height - 10}" class="x">{escape(axis)}</text>')
    style = (".title{font-weight:bold}.y{text-anchor:end}.x{text-anchor:middle}"
             "text{font:12px sans-serif;fill:#333}.grid{stroke:#ddd}"
             ".dots{stroke:#7aa6d8;stroke-width:2;stroke-linecap:round;fill:none}"
             ".median{stroke:#c0392b;stroke-width:2;fill:none}")
    with open(file, "w", encoding="utf-8") as out:
        out.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
                  f'viewBox="0 0 {WIDTH} {height}">\n<style>{style}</style>\n'
                  f'<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(body) + "\n</svg>\n")
