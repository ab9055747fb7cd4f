"""The report in README: what every case gave when it was last measured, each with the run that it comes from.

`report/results.json` is the record, one entry a case; the table, the charts and README's section are made of it. A case that is
measured again replaces its own entry and leaves the others as they are.
"""

import json
import pathlib
import re
import subprocess

from . import figures, report
from .catalogue import CASES

FOLDER = pathlib.Path(__file__).resolve().parent / "report"
ROOT = FOLDER.parents[2]
RESULTS = FOLDER / "results.json"
README = ROOT / "README.md"
MARKS = "<!-- made by scripts/bench --readme -->", "<!-- end of what scripts/bench --readme makes -->"


def commit(binary_given):
    """What was measured: the commit of this checkout, and whether the binary may be another's."""
    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()

    changed = "+" if git("status", "--porcelain", "--", "Sources", "Package.swift") else ""
    return (git("rev-parse", "--short", "HEAD") or "unknown") + changed + (" (binary given)" if binary_given else "")


def read():
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else {}


def keep(case, rows, run):
    """Puts a case's rows in the place of those that it had, without the single measurements."""
    record = read()
    bare = [{key: value for key, value in row.items() if key not in ("ours_runs", "peer_runs")} for row in rows]
    record[case] = {"run": run, "rows": bare}
    FOLDER.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def rendered():
    """Every file of the report with what belongs into it, README among them."""
    record = read()
    entries = [record[case] for case in CASES if case in record]
    drawn = figures.draw([row for entry in entries for row in entry["rows"]])
    place = FOLDER.relative_to(ROOT)
    charts = [f"![{words}]({place}/{name}.svg)" for name, (words, _) in drawn.items()]
    section = "\n\n".join([MARKS[0], report.markdown(entries).strip(), *charts, MARKS[1]])
    text = README.read_text()
    if not all(mark in text for mark in MARKS):
        raise SystemExit(f"README.md lacks the lines between which the report stands: {' and '.join(MARKS)}")
    between = re.compile(re.escape(MARKS[0]) + ".*?" + re.escape(MARKS[1]), re.DOTALL)
    return {README: between.sub(lambda _: section, text), **{FOLDER / f"{name}.svg": svg for name, (_, svg) in drawn.items()}}


def publish():
    """Draws the charts and writes README's section."""
    files = rendered()
    for old in FOLDER.glob("*.svg"):
        old.unlink()
    for path, text in files.items():
        path.write_text(text)
