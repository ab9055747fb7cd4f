"""Two builds side by side, by instructions for each request: what shows a slow change on a busy machine."""

import statistics

from . import workloads
from .instructions import counting_hub

#: The larger count of a pair, in smaller ones. The difference of the two is divided by what it is more.
LARGER = 3


def each(hub, load, work, units):
    """Instructions for one unit: two counts, so that connecting, handshakes and what happens once cancel out."""
    less, more = (hub.count(lambda: work(load, units * times)) for times in (1, LARGER))
    return (more - less) / (units * (LARGER - 1))


def one_round(kind, binary, folder):
    """Each workload's instructions for one unit, of a server of its own."""
    hub = kind(binary, folder)
    try:
        load = workloads.Workloads(hub)
        for _, _, work, units in workloads.ALL:
            work(load, units)
        return {name: each(hub, load, work, units) for name, _, work, units in workloads.ALL}
    finally:
        hub.stop()


def compare(bench, old, new, rounds, tolerance):
    """A Markdown table, and the names of what became slower than is tolerated."""
    kind = counting_hub()
    found = {"old": [], "new": []}
    for round in range(rounds):
        pair = [("old", old), ("new", new)]
        for side, binary in pair if round % 2 == 0 else reversed(pair):
            found[side].append(one_round(kind, binary, bench.folder(side)))
    lines = ["| Instructions for each | Old | New | New : old | |", "|---|---|---|---|---|"]
    slower = []
    for name, what, _, _ in workloads.ALL:
        before, now = (statistics.median(one[name] for one in found[side]) for side in ("old", "new"))
        ratio = now / before
        if ratio > 1 + tolerance:
            slower.append(name)
        mark = "**slower**" if ratio > 1 + tolerance else "faster" if ratio < 1 - tolerance else "same"
        lines.append(f"| {name}: {what} | {before:,.0f} | {now:,.0f} | {ratio:.3f} | {mark} |")
    lines += ["", f"Counted by `{kind.name}` in user space, {rounds} alternating round{'s' * (rounds > 1)}, medians; same is within {tolerance:.0%}."]
    return "\n".join(lines) + "\n", slower
