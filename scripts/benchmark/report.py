"""The result as people and as machines read it."""

import datetime
import os
import pathlib
import platform
import re


def machine(versions):
    """What it ran on."""
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    release = re.search(r'PRETTY_NAME="(.*)"', pathlib.Path("/etc/os-release").read_text())
    return {
        "date": datetime.date.today().isoformat(), "processor": model[1] if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)), "system": release[1] if release else platform.platform(), "kernel": platform.release(),
        "versions": versions}


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


def markdown(results, machine):
    """The table, with the machine under it."""
    pairs = [row for row in results if "peer" in row]
    singles = [row for row in results if "peer" not in row]
    lines = []
    if pairs:
        lines += [
            "| Case | Beside | Requests/s | Throughput ratio | CPU µs a request | CPU ratio | p50 / p99 µs | Goal |",
            "|---|---|---|---|---|---|---|---|"]
    for row in pairs:
        (ours, theirs), (cpu, their_cpu) = row["per_second"], row["cpu_us"]
        latencies = "; ".join(
            f"{number(row['p50'][side], 0)} / {number(row['p99'][side], 0)}" for side in (0, 1)) if row["p50"][0] else "–"
        lines.append(
            f"| {row['what']} | {row['peer']} | {number(ours)} : {number(theirs)} | {number(row['throughput'])} | "
            f"{number(cpu)} : {number(their_cpu)} | {number(row['cpu'])} | {latencies} | {reached(row)} |")
    notes = []
    for row in pairs:
        if "last_ms" in row:
            notes.append(
                f"{row['case']}: last client after {number(row['last_ms'][0], 1)} ms : {number(row['last_ms'][1], 1)} ms; server memory "
                f"a parked client {number(row['bytes_each'][0], 0)} B : {number(row['bytes_each'][1], 0)} B; load generator: {row['load']}.")
        if "note" in row:
            notes.append(f"{row['case']}: {row['note']}")
    if singles:
        lines += ["", "| Case | Value | Goal | Beside |", "|---|---|---|---|"]
        lines += [
            f"| {row['what']} | {number(row['value'], 1)} {row['unit']} | {reached(row)} | {row.get('beside', '–')} |" for row in singles]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    lines += ["", *notes] if notes else [""]
    lines += [
        "", f"{machine['date']}, {machine['processor']}, {machine['cores']} cores, {machine['system']}, Linux {machine['kernel']}; {versions}. "
        "Ours : theirs, medians of alternating rounds; every answer was checked."]
    return "\n".join(lines) + "\n"
