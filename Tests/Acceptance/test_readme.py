"""README says what is there."""

import re
import sys

from acceptance.server import REPOSITORY, run_command

README = (REPOSITORY / "README.md").read_text()


def test_the_drawing_of_the_house_names_every_target_and_no_other():
    drawing = re.search(r"^## Architecture$.*?^```\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)[1]
    targets = {path.name for path in (REPOSITORY / "Sources").iterdir() if path.is_dir()}
    drawn = set()
    for line in drawing.splitlines():
        floor = re.match(r"\d?\s+(.*)", line)[1]
        drawn |= {word for word in re.findall(r"(?:^|\s{2,})([A-Z][A-Za-z0-9]*|twinhub)\b", floor)}
    assert drawn == targets


def test_every_command_has_its_row():
    commands = set(re.findall(r"^  (\w+)  +\S", run_command("--help").stdout, re.MULTILINE)) - {"help"}
    rows = set(re.findall(r"`twinhub (\w+)", README))
    assert commands and commands <= rows, commands - rows


def test_the_benchmark_report_is_what_its_record_makes(monkeypatch):
    monkeypatch.syspath_prepend(REPOSITORY / "scripts")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    from benchmark import record
    files = record.rendered()
    assert set(record.FOLDER.glob("*.svg")) == {path for path in files if path.suffix == ".svg"}
    for path, text in files.items():
        assert path.read_text() == text, f"{path}: scripts/bench --redraw"
