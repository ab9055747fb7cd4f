"""Which charts the report has, and of which rows they are made."""

from . import charts


def beside(rows, key):
    """(case, peer, ratio, goal) of the rows that have a peer and this ratio; the case's own short name is the label."""
    return [
        (row["case"], row["peer"], row[key], row["goals"].get(key, (None, None))[1])
        for row in rows if "peer" in row and row.get(key)]


def curve(row):
    return row["name"], row["kind"], [(point["x"], point["y"]) for point in row["points"]]


def draw(rows):
    """File name to (what it shows, SVG); charts of which nothing has been measured are left out."""
    drawn = {}

    def add(name, words, svg):
        drawn[name] = words, svg

    if throughput := beside(rows, "throughput"):
        add("throughput", "Throughput, TwinHub : peer", charts.ratios(
            "Throughput, TwinHub : peer", "times the peer's requests or deliveries a second; → right is better; dashed: the goal",
            throughput, higher_is_better=True))
    if cpu := beside(rows, "cpu"):
        add("cpu", "CPU a request, TwinHub : peer", charts.ratios(
            "CPU a request, TwinHub : peer", "times the peer's processor time; ← left is better; dashed: the goal", cpu,
            higher_is_better=False))
    grown = {}
    for row in rows:
        if row.get("chart"):
            grown.setdefault(row["chart"], []).append(row)
    for name, group in grown.items():
        first = group[0]
        goals = {(row["goal"]["y"], row["goal"]["words"]) for row in group if row.get("goal")}
        add(name, first["title"], charts.curves(
            first["title"], f"{'↓ lower' if first['lower_is_better'] else '↑ higher'} is better; both axes are logarithmic"
            + ("; dashed: the goal" if goals else ""), first["x_label"], first["unit"], [curve(row) for row in group], sorted(goals)))
    return drawn
