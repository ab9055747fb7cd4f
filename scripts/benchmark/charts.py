"""Charts as SVG: bars of ratios, and lines over a growing size. Readable on light and on dark pages, by colour and without it."""

import math
from xml.sax.saxutils import escape

WIDTH = 760
#: What a number on the horizontal axis takes up.
LABEL_WIDTH = 40
STYLE = """
svg { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; --page: #fff; --ink: #1f2328; --faint: #59636e; --grid: #d1d9e0;
  --first: #0969da; --second: #1a7f37; --third: #8250df; --peer: #8c959f; --worse: #bc4c00; --goal: #cf222e }
@media (prefers-color-scheme: dark) { svg { --page: #0d1117; --ink: #f0f6fc; --faint: #9198a1; --grid: #3d444d;
  --first: #4493f8; --second: #3fb950; --third: #ab7df8; --peer: #9198a1; --worse: #db6d28; --goal: #f85149 } }
.page { fill: var(--page); stroke: var(--grid) } text { fill: var(--ink) } .faint { fill: var(--faint); font-size: 12px }
.title { font-size: 15px; font-weight: 600 } .grid { stroke: var(--grid) } .axis { stroke: var(--faint) }
.goal { stroke: var(--goal); stroke-width: 2; stroke-dasharray: 5 3 } .goal-text { fill: var(--goal); font-size: 12px }
.bar { fill: var(--first) } .bar.worse { fill: var(--worse) } .line { fill: none; stroke-width: 2 }
.first { stroke: var(--first); fill: var(--first) } .second { stroke: var(--second); fill: var(--second) }
.third { stroke: var(--third); fill: var(--third) } .peer { stroke: var(--peer); fill: var(--peer) }
path.line { fill: none } text.first, text.second, text.third, text.peer { stroke: none; font-size: 12px }
"""
#: What a series looks like beside its colour: how its line is dashed.
DASHES = {"first": "", "second": "7 3", "third": "2 3", "peer": "9 3 2 3"}


def short(value):
    """A number in few characters: 1.2k, 350, 0.08."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


class Drawing:
    """The elements of one chart, top to bottom."""

    def __init__(self, title, subtitle, height):
        self.height = height
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
            f"<title>{escape(title)}. {escape(subtitle)}</title>", f"<style>{STYLE}</style>",
            f'<rect class="page" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>']
        self.text(16, 26, title, "title")
        self.text(16, 45, subtitle, "faint")

    def text(self, x, y, words, kind="", anchor="start"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>')

    def line(self, x1, y1, x2, y2, kind):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>')

    def rectangle(self, x, y, width, height, kind):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height:.1f}" class="{kind}"/>')

    def curve(self, points, kind):
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self.parts.append(f'<path d="{path}" class="line {kind}" stroke-dasharray="{DASHES[kind]}"/>')
        self.parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="{kind}"/>' for x, y in points]

    def svg(self):
        return "\n".join([*self.parts, "</svg>"]) + "\n"


class Scale:
    """Numbers on a logarithmic axis of so many pixels."""

    def __init__(self, least, most, start, end):
        self.low, self.high, self.start, self.end = math.log10(least), math.log10(most), start, end

    def __call__(self, value):
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)


def ratios(title, subtitle, rows, higher_is_better):
    """A bar for each (label, beside, ratio, goal or None), from one times as much: which side is the better one is said."""
    left, right, top, step = 280, WIDTH - 150, 84, 34
    drawing = Drawing(title, subtitle, top + step * len(rows) + 14)
    values = [value for _, _, ratio, goal in rows for value in (ratio, goal) if value]
    ticks = [tick for power in range(-4, 5) for tick in (10**power, 2 * 10**power, 5 * 10**power)]
    least = max([tick for tick in ticks if tick <= min([*values, 0.5])], default=ticks[0])
    most = min([tick for tick in ticks if tick >= max([*values, 2])], default=ticks[-1])
    at = Scale(least, most, left, right)
    bottom = drawing.height - 10
    for tick in ticks:
        if least <= tick <= most:
            drawing.line(at(tick), top - 8, at(tick), bottom, "axis" if tick == 1 else "grid")
            drawing.text(at(tick), top - 13, f"{tick:g}×", "faint", "middle")
    for number, (label, beside, ratio, goal) in enumerate(rows):
        y = top + step * number
        drawing.text(16, y + 11, label)
        drawing.text(16, y + 25, f"beside {beside}", "faint")
        better = ratio >= 1 if higher_is_better else ratio <= 1
        from_x, to_x = sorted((at(1), at(ratio)))
        drawing.rectangle(from_x, y + 4, to_x - from_x, 16, "bar" if better else "bar worse")
        drawing.text(right + 70, y + 16, f"{ratio:.2f}×", "", "end")
        if goal:
            drawing.line(at(goal), y - 1, at(goal), y + 25, "goal")
            drawing.text(WIDTH - 16, y + 16, f"{'≥' if higher_is_better else '≤'} {goal:g}×", "goal-text", "end")
    return drawing.svg()


def curves(title, subtitle, x_label, y_label, series, goals=()):
    """Lines over a size, both axes logarithmic: series are (name, kind, [(x, y)]), goals (y, what is demanded)."""
    left, right, top, height = 74, WIDTH - 190, 76, 380
    bottom = height - 48
    drawing = Drawing(title, subtitle, height)
    xs = sorted({x for _, _, points in series for x, _ in points})
    ys = [y for _, _, points in series for _, y in points] + [y for y, _ in goals]
    low, high = 10 ** math.floor(math.log10(min(ys))), 10 ** math.ceil(math.log10(max(ys)) + 1e-9)
    high = high * 10 if high <= low else high
    across, up = Scale(xs[0], xs[-1] if len(xs) > 1 else xs[0] * 10, left, right), Scale(low, high, bottom, top)
    power = low
    while power <= high * 1.001:
        drawing.line(left, up(power), right, up(power), "grid")
        drawing.text(left - 8, up(power) + 4, short(power), "faint", "end")
        power *= 10
    drawing.line(left, bottom, right, bottom, "axis")
    labelled = left - LABEL_WIDTH
    for x in xs:
        drawing.line(across(x), bottom, across(x), bottom + 5, "axis")
        if across(x) - labelled >= LABEL_WIDTH:
            labelled = across(x)
            drawing.text(across(x), bottom + 19, short(x), "faint", "middle")
    drawing.text((left + right) / 2, bottom + 38, x_label, "faint", "middle")
    drawing.text(16, top - 12, y_label, "faint")
    for y, words in goals:
        drawing.line(left, up(y), right, up(y), "goal")
        drawing.text(right - 4, up(y) - 5, words, "goal-text", "end")
    ends = []
    for name, kind, points in series:
        placed = [(across(x), up(y)) for x, y in points]
        drawing.curve(placed, kind)
        ends.append([placed[-1][1], f"{name}: {short(points[-1][1])}", kind, placed[-1][0]])
    previous = top - 30
    for y, words, kind, x in sorted(ends):
        previous = max(y, previous + 15)
        drawing.text(max(x, right) + 10 if x >= right - 1 else right + 10, previous + 4, words, kind)
    return drawing.svg()
