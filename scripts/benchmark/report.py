"""The result as people read it: Markdown tables, each row with the run that it comes from."""

import datetime
import os
import pathlib
import platform
import re
import string


def machine(versions, commit, load, rounds, seconds):
    """When, of what and on what a run is. `load` is the load average of the minute before anything of it was done."""
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    release = re.search(r'PRETTY_NAME="(.*)"', pathlib.Path("/etc/os-release").read_text())
    cores = len(os.sched_getaffinity(0))
    return {
        "date": datetime.date.today().isoformat(), "commit": commit, "processor": model[1] if model else platform.machine(),
        "cores": cores, "system": release[1] if release else platform.platform(), "kernel": platform.release(),
        "busy": load > 0.5 * cores, "rounds": rounds, "seconds": seconds, "versions": versions}


def in_words(run):
    versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    state = {True: ", busy with other work", False: ", quiet"}.get(run.get("busy"), "")
    length = f", {run['rounds']} rounds of {number(run['seconds'])} s" if "rounds" in run else ""
    return (f"{run['date']}, commit {run['commit']}{length}, {run['processor']}, {run['cores']} cores{state}, {run['system']}, "
            f"Linux {run['kernel']}; {versions}")


def number(value, digits=2):
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.{digits}f}".rstrip("0").rstrip(".")


def reached(row):
    """Each goal and whether it was reached, in words."""
    words = []
    for key, (relation, goal) in row["goals"].items():
        value = row.get(key)
        if value is None:
            continue
        fine = value <= goal if relation == "<=" else value >= goal
        label = {"cpu": "CPU", "throughput": "throughput", "value": ""}[key]
        words.append(f"{label} {'≤' if relation == '<=' else '≥'} {number(goal)}{'' if fine else ' **missed**'}".strip())
    return ", ".join(words) or "–"


def pair(row, letter):
    (ours, theirs), (cpu, their_cpu) = row["per_second"], row["cpu_us"]
    latencies = "; ".join(
        f"{number(row['p50'][side], 0)} / {number(row['p99'][side], 0)}" for side in (0, 1)) if row["p50"][0] else "–"
    return (
        f"| {row['case']}: {row['what']} | {row['peer']} | {number(ours)} : {number(theirs)} | {number(row['throughput'])} | "
        f"{number(cpu)} : {number(their_cpu)} | {number(row['cpu'])} | {latencies} | {reached(row)} | {letter} |")


def note(row):
    """What a row has to say that no column holds."""
    words = []
    if "last_ms" in row:
        words.append(
            f"last client after {number(row['last_ms'][0], 1)} ms : {number(row['last_ms'][1], 1)} ms; server memory "
            f"a parked client {number(row['bytes_each'][0], 0)} B : {number(row['bytes_each'][1], 0)} B; load generator: {row['load']}.")
    if "note" in row:
        words.append(row["note"])
    return f"{row['case']}: {' '.join(words)}" if words else None


def curve_tables(rows):
    """One table for each size that things grow with."""
    lines = []
    for label in dict.fromkeys(row["x_label"] for row, _ in rows):
        group = [(row, letter) for row, letter in rows if row["x_label"] == label]
        sizes = sorted({point["x"] for row, _ in group for point in row["points"]})
        lines += ["", f"| Against {label} | {' | '.join(f'{size:,}' for size in sizes)} | Goal | Run |", "|---" * (len(sizes) + 3) + "|"]
        for row, letter in group:
            found = {point["x"]: point["y"] for point in row["points"]}
            goal = "–"
            if row.get("goal"):
                fine = row["goal"]["y"] >= found[max(found)]
                goal = row["goal"]["words"] + ("" if fine else " **missed**")
            lines.append(
                f"| {row['case']}: {row['what']}, {row['unit']} | " + " | ".join(number(found.get(size)) for size in sizes)
                + f" | {goal} | {letter} |")
    return lines


def markdown(entries):
    """The tables of entries {"run", "rows"}, with the runs and their machines under them."""
    runs, rows = [], []
    for entry in entries:
        words = in_words(entry["run"])
        if words not in runs:
            runs.append(words)
        at = runs.index(words)
        letter = string.ascii_lowercase[at % 26] * (at // 26 + 1)
        rows += [(row, letter) for row in entry["rows"]]
    pairs = [one for one in rows if "peer" in one[0]]
    curves = [one for one in rows if "points" in one[0]]
    singles = [one for one in rows if "value" in one[0]]
    lines = []
    if pairs:
        lines += [
            "| Case | Beside | Requests/s | Throughput ratio | CPU µs a request | CPU ratio | p50 / p99 µs | Goal | Run |",
            "|---|---|---|---|---|---|---|---|---|", *(pair(*one) for one in pairs)]
    if singles:
        lines += ["", "| Case | Value | Goal | Beside | Run |", "|---|---|---|---|---|"]
        lines += [
            f"| {row['case']}: {row['what']} | {number(row['value'], 1)} {row['unit']} | {reached(row)} | {row.get('beside', '–')} | {letter} |"
            for row, letter in singles]
    lines += curve_tables(curves)
    for words in filter(None, (note(row) for row, _ in rows)):
        lines += ["", words]
    lines += ["", "Ours : theirs, medians of rounds in which they alternate, but for waiters and mixes. Answers are checked by content, by length or by what the "
        "server counted; in growth-get and growth-patch by status. Runs:", ""]
    lines += [f"- {string.ascii_lowercase[at % 26] * (at // 26 + 1)}: {words}" for at, words in enumerate(runs)]
    return "\n".join(lines) + "\n"
