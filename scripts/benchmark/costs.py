"""What a request costs besides time: allocations of memory, and bytes of the logs."""

import http.client
import json
import os
import pathlib
import statistics
import subprocess

from .cases import PATCH_BYTES, document, single, sized_twin
from .loads import Wrong
from .peers import TwinHub

#: Requests before and while allocations are counted.
WARM, COUNTED = 500, 3000


class Allocations:
    """Counts the allocations of a process that is started with `environment`."""

    def __init__(self, work):
        library, self.file = work / "allocations.so", work / "allocations"
        subprocess.run(
            ["cc", "-O2", "-shared", "-fPIC", "-o", library, pathlib.Path(__file__).with_name("allocations.c")], check=True)
        self.file.write_bytes(bytes(8))
        self.environment = {**os.environ, "LD_PRELOAD": str(library), "ALLOCATIONS_FILE": str(self.file)}

    def each(self, ask):
        """Of each of many requests."""
        for number in range(WARM):
            ask(number)
        before = self.read()
        for number in range(COUNTED):
            ask(number)
        return (self.read() - before) / COUNTED

    def read(self):
        return int.from_bytes(self.file.read_bytes(), "little")


def mean_line(folder, kind):
    """Bytes of a record of this kind, newline included, in the log's newest segment."""
    newest = max(folder.glob("segment-*.jsonl"))
    lengths = [len(line) for line in newest.open("rb") if f'"kind":"{kind}"'.encode() in line]
    if not lengths:
        raise Wrong(f"no {kind} in {newest}")
    return statistics.mean(lengths)


def costs(bench):
    allocations = Allocations(bench.work)
    folder = bench.folder("twinhub")
    hub = bench.up(TwinHub(bench.binary, folder, None, ["--shards", "1"], environment=allocations.environment))
    path, _ = sized_twin(hub)
    size = len(document(hub, path))
    hub.call("PUT", f"/devices/bench-patch?api-version=2021-04-12", {"deviceId": "bench-patch"})
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
    headers = {"Authorization": hub.token, "Content-Type": "application/json"}

    def ask(method, path, body=None):
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise Wrong(f"{method} was answered {answer.status}")

    def body(number):
        empty = len(json.dumps({"properties": {"desired": {"value": number, "text": ""}}}, separators=(",", ":")))
        value = {"value": number, "text": "x" * (PATCH_BYTES - empty)}
        return json.dumps({"properties": {"desired": value}}, separators=(",", ":"))

    got = allocations.each(lambda _: ask("GET", path))
    patched = allocations.each(lambda number: ask("PATCH", f"/twins/bench-patch?api-version=2021-04-12", body(number)))
    connection.close()
    bench.stop_all()
    line, event = mean_line(folder / "log", "twin.patched"), mean_line(folder / "events", "twinChangeEvents")
    return [
        single("allocations-get", f"allocations of memory for a GET of a {size} B twin, SAS token, HTTP/1.1", got, "", ["<=", 0.05], [got]),
        single("allocations-patch", f"allocations of memory for a durable PATCH of {PATCH_BYTES} B, full twin answered", patched, "", None,
               [patched]),
        single("log-patch", f"bytes in the log of a durable PATCH of {PATCH_BYTES} B that changes a number", line, "B", None, [line],
               beside=f"{event:,.0f} B of the event that back ends are told")]


ALL = {"costs": costs}
