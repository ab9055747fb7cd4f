"""An acknowledged write survives kill -9 at any instant, and nothing is half applied."""

import json
import os
import pathlib
import random
import shutil
import subprocess

import pytest

from acceptance.load import Load
from acceptance.rest import Hub, expect_error, ok
from acceptance.server import ServerEnded, run_command

#: About fifty in CI, 1,000 once for the record: TWINHUB_CRASH_ROUNDS=1000.
ROUNDS = int(os.environ.get("TWINHUB_CRASH_ROUNDS", "50"))
SEED = int(os.environ.get("TWINHUB_CRASH_SEED", random.randrange(1 << 30)))
#: Small segments, so that a few hundred writes pass through rotation, snapshot and compaction too.
SMALL_SEGMENTS = ["--segment-bytes", str(1 << 18), "--snapshot-bytes", str(1 << 19)]
#: So many writes must be enough to come past any named point three times.
WRITES_TO_A_POINT = 12_000


@pytest.fixture
def loaded(new_server):
    server = new_server(*SMALL_SEGMENTS)
    load = Load()
    load.prepare(Hub(server))
    return server, load


def check(server, load, what):
    """The folder is sound, the server starts on it, and it kept its word."""
    server.env = {}
    server.start()
    try:
        load.judge(Hub(server))
    except AssertionError as error:
        raise AssertionError(f"{what} (TWINHUB_CRASH_SEED={SEED}): {error}") from None


@pytest.mark.heavy
@pytest.mark.timeout(120 + 6 * ROUNDS)
def test_kills_at_random_lose_nothing(loaded):
    server, load = loaded
    choice = random.Random(SEED)
    for round in range(ROUNDS // 2):
        load.start(server.https_port, Hub(server).token)
        load.until(choice.randint(1, 600))
        assert server.kill9() == -9
        load.finish()
        check(server, load, f"round {round}")
    server.stop()
    assert run_command("log", "verify", "--data", server.data).returncode == 0


def crashes_at(server, load, point, count):
    """Runs the load until the server dies at that point: True, or False if it never came there."""
    server.env = {"TWINHUB_CRASH_AT": f"{point}:{count}"}
    try:
        server.start()
    except ServerEnded as ended:
        assert ended.code == -9
        return True
    load.start(server.https_port, Hub(server).token)
    died = load.outlives(server.process, WRITES_TO_A_POINT)
    server.kill9()
    load.finish()
    return died


@pytest.mark.heavy
@pytest.mark.timeout(300 + 12 * ROUNDS)
def test_kills_at_every_named_point_lose_nothing(loaded):
    server, load = loaded
    choice = random.Random(SEED)
    points = run_command("log", "crash-points").stdout.split()
    assert len(points) >= 4, "append, sync, rename and compaction each have at least one"
    never = []
    for round in range(max(1, ROUNDS // 2 // len(points))):
        for point in points:
            server.stop()
            if point.startswith("recovery"):
                # Only a start on a torn log comes past these.
                assert crashes_at(server, load, "append-torn", 1)
                reached = crashes_at(server, load, point, 1)
            else:
                reached = crashes_at(server, load, point, choice.randint(1, 3))
            if not reached:
                never.append(point)
            check(server, load, f"round {round}, {point}")
    assert not never, f"no write ever came past {never}"
    server.stop()
    assert run_command("log", "verify", "--data", server.data).returncode == 0


def test_a_stop_in_the_middle_of_writes_loses_nothing(loaded):
    server, load = loaded
    load.start(server.https_port, Hub(server).token)
    load.until(300)
    assert server.stop(5) == 0
    load.finish()
    check(server, load, "after SIGTERM")


@pytest.mark.parametrize("durability", ["interval", "none"])
def test_weaker_durability_still_keeps_order_after_a_kill(new_server, durability):
    """Not a crash of the machine: what was handed to the system is there, and without gaps."""
    server = new_server("--durability", durability, *SMALL_SEGMENTS)
    load = Load(writers=4)
    load.prepare(Hub(server))
    load.start(server.https_port, Hub(server).token)
    load.until(200)
    server.kill9()
    load.finish()
    server.start()
    for writer in load.writers:
        writer.acknowledged = {"desired": 0, "reported": 0}
        writer.judge(Hub(server))


# The log's own checks ---------------------------------------------------------------------------------------


def segments(server):
    """The plain files of the hub's own log, oldest first; the events for back ends are a log beside it."""
    found = []
    for path in sorted((pathlib.Path(server.data) / "log").rglob("*")):
        if path.is_file() and path.suffix != ".gz":
            with open(path, "rb") as file:
                if file.read(7) == b'{"seq":':
                    found.append(path)
    assert found, f"no file of log lines under {server.data}"
    return found


def content(path):
    """The filled part of a segment: what stands before the first NUL."""
    return path.read_bytes().split(b"\0", 1)[0]


@pytest.fixture
def stopped(new_server):
    """A server that made three writes and was killed: (server, the segment that holds them)."""
    server = new_server()
    hub = Hub(server)
    hub.create("d")
    for number in range(3):
        hub.desired("d", {"marker": f"value-{number}"})
    server.kill9()
    path = next(path for path in segments(server) if b"value-2" in content(path))
    return server, path


def test_a_line_is_one_json_object_and_greppable(stopped):
    _, path = stopped
    lines = [json.loads(line) for line in content(path).splitlines()]
    assert all(list(line) == ["seq", "batch", "time", "kind", "event", "crc"] for line in lines)
    sequences = [line["seq"] for line in lines]
    assert sequences == list(range(sequences[0], sequences[0] + len(lines)))


def test_a_torn_last_line_is_cut_and_reported(stopped):
    server, path = stopped
    whole = path.read_bytes()
    end = len(content(path))
    with open(path, "r+b") as file:
        file.seek(end - 40)
        file.write(b"\0" * 40)
    assert len(whole) == path.stat().st_size
    server.start()
    assert Hub(server).twin("d")["properties"]["desired"]["marker"] == "value-1"
    assert any(word in server.log_text().lower() for word in ("torn", "cut")), server.log_tail()
    assert Hub(server).desired("d", {"marker": "again"})["properties"]["desired"]["$version"] == 4


def test_damage_elsewhere_stops_the_start_and_names_the_place(stopped):
    server, path = stopped
    data = path.read_bytes()
    at = data.index(b"value-0")
    path.write_bytes(data[:at] + b"VALUE" + data[at + 5:])
    line = data[:at].count(b"\n") + 1
    with pytest.raises(ServerEnded) as ended:
        server.start()
    said = server.log_text() + " ".join(server.output)
    assert ended.value.code != 0 and path.name in said and str(line) in said
    judged = run_command("log", "verify", "--data", server.data, check=False)
    assert judged.returncode != 0 and path.name in judged.stdout + judged.stderr
    run_command("log", "repair", "--data", server.data)
    server.start()
    assert Hub(server).get("/devices/d").status_code in (200, 404)


def crc32c(data):
    """Bit by bit, as RFC 3720 appendix B.4 has it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def test_a_snapshots_line_that_is_sound_and_says_nothing_stops_the_start_and_names_the_place(new_server):
    """As another version may have written it. Entities are read when they are needed, the first of them at once."""
    server = new_server(*SMALL_SEGMENTS)
    hub = Hub(server)
    for number in range(3):
        hub.create(f"d{number}")
    number = 0
    while not (snapshots := list((pathlib.Path(server.data) / "log").glob("snapshot-*.jsonl"))):
        number += 1
        hub.desired("d0", {"text": "x" * 4000, "n": number})
    server.stop()
    path = sorted((pathlib.Path(server.data) / "log").glob("snapshot-*.jsonl"))[-1]
    lines = path.read_bytes().split(b"\n")
    at = next(number for number, line in enumerate(lines) if line.startswith(b'{"snap":{"id":"d1"'))
    body = lines[at][:lines[at].rindex(b',"crc":')].replace(b'"identity":', b'"somebody":', 1)
    assert b'"crc":"%08x"' % crc32c(lines[at][:lines[at].rindex(b',"crc":')]) in lines[at]
    lines[at] = body + b',"crc":"%08x"}' % crc32c(body)
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(ServerEnded) as ended:
        server.start()
    place = f"{path.name}, line {at + 1}: the record's 'entity'"
    assert ended.value.code == 1 and place in server.log_text()
    judged = run_command("log", "verify", "--data", server.data, check=False)
    assert judged.returncode == 1 and place in judged.stderr


def test_the_log_can_be_read_verified_and_compacted(stopped):
    server, _ = stopped
    assert run_command("log", "verify", "--data", server.data).returncode == 0
    dumped = run_command("log", "dump", "--data", server.data).stdout
    assert all(f"value-{number}" in dumped for number in range(3))
    run_command("log", "compact", "--data", server.data)
    assert run_command("log", "verify", "--data", server.data).returncode == 0
    server.start()
    twin = Hub(server).twin("d")
    assert twin["properties"]["desired"]["marker"] == "value-2" and twin["properties"]["desired"]["$version"] == 4


def test_compaction_changes_nothing_that_anyone_sees(new_server):
    server = new_server(*SMALL_SEGMENTS)
    hub = Hub(server)
    for device in range(20):
        hub.create(f"d{device}")
        hub.create_module(f"d{device}", "m")
    for number in range(400):
        hub.patch_twin(f"d{number % 20}", {"tags": {"n": number}, "properties": {"desired": {"text": "x" * 500, "n": number}}})
        hub.report(f"d{number % 20}", {"n": number}, "m")
    hub.remove("d7")

    def everything():
        view = Hub(server)
        return [
            (device, view.twin(device["deviceId"]), view.twin(device["deviceId"], "m")) for device in ok(view.get("/devices"))]

    before = everything()
    server.restart(kill=True)
    assert everything() == before
    server.stop()
    run_command("log", "compact", "--data", server.data)
    server.start()
    assert everything() == before


# A full disk ------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 24 MiB, where the machine lets us have one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"no mount here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_stops_writes_only_and_only_while_it_is_full(new_server, small_disk):
    server = new_server(*SMALL_SEGMENTS, data=small_disk / "data")
    hub = Hub(server)
    hub.create("d")
    filler = small_disk / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    last, answer = 0, None
    for number in range(1, 20000):
        answer = hub.patch("/twins/d", {"properties": {"desired": {"n": number, "text": "x" * 3000}}})
        if answer.status_code != 200:
            break
        last = number
    expect_error(answer, 503, "ServiceUnavailable")
    assert hub.twin("d")["properties"]["desired"].get("n", 0) == last
    ready = hub.as_(None).get("/health/ready", api=None)
    assert ready.status_code == 503 and "space" in ready.text.lower()
    assert hub.as_(None).get("/health/live", api=None).status_code == 200
    filler.unlink()
    for _ in range(200):
        answer = hub.patch("/twins/d", {"properties": {"desired": {"n": last + 1}}})
        if answer.status_code == 200:
            break
    assert answer.status_code == 200, "with space back, writes come back"
    assert answer.json()["properties"]["desired"]["$version"] == last + 2
    assert hub.as_(None).get("/health/ready", api=None).status_code == 200
    server.restart(kill=True)
    assert Hub(server).twin("d")["properties"]["desired"]["n"] == last + 1
    shutil.rmtree(small_disk / "data", ignore_errors=True)
