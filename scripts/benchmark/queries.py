"""Queries over many twins beside SQLite with JSON, and a configuration that many of them follow."""

import http.client
import itertools
import json
import random
import socket
import sqlite3
import statistics
import threading
import time

from .cases import compared, single
from .loads import Wrong
from .processes import halves

SITES = 50
VALUES = 2000
PATHS = 10
#: Beside a writer.
QUERIES_A_SECOND = 10


def lines(count):
    """Import lines of twins that are about 2 KB each as the hub prints them."""
    generator = random.Random(1)
    for number in range(count):
        tags = {f"f{index}": generator.randrange(VALUES) for index in range(PATHS)}
        tags |= {"site": f"site-{generator.randrange(SITES)}", "tenth": number % 10}
        properties = {f"setting{index}": {"value": generator.randrange(1000), "unit": "celsius"} for index in range(4)}
        yield json.dumps({"id": f"device-{number:06}", "tags": tags, "properties": {"desired": properties, "reported": properties}})


def seeded(bench, where):
    seed = bench.work / "query-seed.ndjson"
    with seed.open("w") as file:
        for line in lines(bench.options.query_twins):
            file.write(line + "\n")
    hub = bench.twinhub(where, ["--seed", seed])
    seed.unlink()
    # It writes a snapshot and compresses what that covers: nothing that a query has asked for.
    hub.process.settle()
    return hub


class Asker:
    """One connection that queries are asked on, as bare as it can be: what a client costs is not what is measured."""

    def __init__(self, hub):
        self.socket = socket.create_connection(("127.0.0.1", hub.port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = (
            "POST /devices/query?api-version=2021-04-12 HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: {hub.token}\r\nContent-Type: application/json\r\n")

    def page(self, text, continuation=None):
        body = json.dumps({"query": text})
        more = f"x-ms-continuation: {continuation}\r\n" if continuation else ""
        self.socket.sendall(f"{self.head}{more}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        status, fields, body = self.answer()
        if status != 200:
            raise Wrong(f"{text}: {status} {body[:200]}")
        return json.loads(body), fields.get("x-ms-continuation")

    def answer(self):
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self.more()
        first, *lines = received[:end].decode().split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = received[end + 4:]
        while len(body) < int(fields["content-length"]):
            body += self.more()
        return int(first.split()[1]), fields, body

    def more(self):
        received = self.socket.recv(1 << 18)
        if not received:
            raise Wrong("the hub closed the connection")
        return received

    def rows(self, text):
        found, continuation = self.page(text)
        while continuation:
            more, continuation = self.page(text, continuation)
            found += more
        return found


class SQLite:
    """The same documents in a table in memory of this process."""

    def __init__(self, documents):
        self.base = sqlite3.connect(":memory:")
        self.base.execute("CREATE TABLE twins(id TEXT PRIMARY KEY, document TEXT)")
        self.base.executemany("INSERT INTO twins VALUES(?, ?)", documents)

    def index(self, path):
        self.base.execute(f"CREATE INDEX {path} ON twins(json_extract(document, '$.tags.{path}'))")

    def having(self, path, value):
        return self.base.execute(f"SELECT id FROM twins WHERE json_extract(document, '$.tags.{path}') = {value}").fetchall()

    def by_site(self):
        return self.base.execute("SELECT json_extract(document, '$.tags.site') AS s, COUNT(*) FROM twins GROUP BY s").fetchall()


def timed(questions, ask, cpu):
    """Asks all of them, one after the other: what it took, and the answers."""
    took, answers = [], []
    before, began = cpu(), time.perf_counter()
    for question in questions:
        start = time.perf_counter()
        answers.append(ask(question))
        took.append((time.perf_counter() - start) * 1e6)
    elapsed = time.perf_counter() - began
    took.sort()
    return {
        "per_second": len(questions) / elapsed, "cpu_us": (cpu() - before) * 1e6 / len(questions), "requests": len(questions),
        "p50": statistics.median(took), "p99": took[min(len(took) - 1, len(took) * 99 // 100)]}, answers


def same(ours, theirs, what):
    if ours != theirs or not ours:
        raise Wrong(f"{what}: SQLite answers otherwise")


def queries(bench):
    server_cores, _ = halves()
    runs = {name: ([], []) for name in ("first", "again", "group")}
    for round in range(bench.options.rounds):
        hub = seeded(bench, server_cores)
        asker = Asker(hub)
        twins = asker.rows("SELECT * FROM devices")
        size = statistics.mean(len(json.dumps(twin, separators=(",", ":"))) for twin in twins[:100])
        peer = SQLite((twin["deviceId"], json.dumps(twin, separators=(",", ":"))) for twin in twins)
        del twins
        generator = random.Random(round)

        def ours(question):
            found = asker.rows("SELECT deviceId FROM devices WHERE tags.{} = {}".format(*question))
            return sorted(row["deviceId"] for row in found)

        def theirs(question):
            return sorted(row[0] for row in peer.having(*question))

        firsts = [(f"f{index}", generator.randrange(VALUES)) for index in range(PATHS)]
        again = [(f"f{generator.randrange(PATHS)}", generator.randrange(VALUES)) for _ in range(1000)]

        def our_groups(_):
            found = asker.rows("SELECT tags.site AS site, COUNT() AS n FROM devices GROUP BY tags.site")
            return sorted((row["site"], row["n"]) for row in found)

        def both(questions, ours, theirs):
            """Either is the first in every other round."""
            sides = [(ours, hub.process.cpu), (theirs, time.process_time)]
            told = {side: timed(questions, *sides[side]) for side in ((0, 1) if round % 2 == 0 else (1, 0))}
            return told[0], told[1]

        legs = {"first": both(firsts, ours, theirs)}
        for path in range(PATHS):
            peer.index(f"f{path}")
        legs["again"] = both(again, ours, theirs)
        legs["group"] = both([None] * 5, our_groups, lambda _: sorted(peer.by_site()))
        for name, ((mine, answers), (other, expected)) in legs.items():
            same(answers, expected, name)
            runs[name][0].append(mine)
            runs[name][1].append(other)
        bench.stop_all()
    count = bench.options.query_twins
    what = f"of {count} twins of {size / 1000:.1f} kB"
    note = "ours over HTTP, SQLite (in memory, documents as JSON text) called in its own process"
    return [
        compared("query-first", f"filter {what} by a path that no query has used", runs["first"][0], "SQLite", runs["first"][1],
                 {"throughput": [">=", 5]}, note=note + "; in the same pass ours makes the path's index"),
        compared("query-again", f"filter {what} by a path that a query has used", runs["again"][0], "SQLite, expression index",
                 runs["again"][1], {"throughput": [">=", 1], "cpu": ["<=", 1]}),
        compared("query-group", f"GROUP BY {what}, {SITES} groups", runs["group"][0], "SQLite", runs["group"][1], {"throughput": [">=", 1]})]


class Asking:
    """Queries on a connection and a thread of their own, from one moment to another."""

    def __init__(self, hub):
        self.hub, self.answered, self.failure, self.over = hub, 0, None, threading.Event()
        self.thread = threading.Thread(target=self.ask)

    def ask(self):
        try:
            asker, expected = Asker(self.hub), {}
            for number in itertools.count():
                value = number % VALUES
                found = len(asker.rows(f"SELECT deviceId FROM devices WHERE tags.f0 = {value}"))
                if found != expected.setdefault(value, found):
                    raise Wrong(f"tags.f0 = {value} found {expected[value]} twins, and then {found}")
                self.answered += 1
                if self.over.wait(1 / QUERIES_A_SECOND):
                    return
        except Exception as error:
            self.failure = error

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        if self.failure:
            raise Wrong(f"the queries beside the writer: {self.failure}")


def writers(bench):
    """What a writer loses while some queries a second are answered."""
    server_cores, _ = halves()
    hub = seeded(bench, server_cores)

    def writes(seconds):
        connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
        done, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            connection.request(
                "PATCH", f"/twins/device-{done % bench.options.query_twins:06}?api-version=2021-04-12",
                json.dumps({"properties": {"desired": {"n": done}}}), {"Authorization": hub.token, "Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise Wrong(f"a patch was answered {answer.status}")
            done += 1
        return done / seconds

    def beside(seconds):
        with Asking(hub) as asking:
            rate = writes(seconds)
        if asking.answered < 0.8 * QUERIES_A_SECOND * seconds:
            raise Wrong(f"{asking.answered} queries were answered in {seconds} s")
        return rate

    # The first writes of a process are slower, and the first query reads every twin.
    writes(bench.options.seconds)
    Asker(hub).rows("SELECT deviceId FROM devices WHERE tags.f0 = 0")
    alone, together = bench.alternate(lambda: writes(bench.options.seconds), lambda: beside(bench.options.seconds))
    bench.stop_all()
    return [single(
        "query-writers", f"a writer's rate while {QUERIES_A_SECOND} queries a second are answered, of its rate alone",
        statistics.median(together) / statistics.median(alone) * 100, "%", [">=", 90], [alone, together],
        beside=f"{statistics.median(alone):,.0f} patches a second alone")]


def settled(hub, after, deadline):
    """Waits until the feed says, after that sequence, that all twins follow the configurations: where it stands then."""
    while time.perf_counter() < deadline:
        page = hub.call("GET", f"/emulator/changes?after={after}&kind=configuration")
        if page is None:
            continue
        after = page["next"]
        if any(change["operation"] == "settleConfigurations" for change in page["changes"]):
            return after
    raise Wrong("the configuration has not reached all twins")


def configuration(bench):
    server_cores, _ = halves()
    hub = seeded(bench, server_cores)
    asker = Asker(hub)
    count = bench.options.query_twins // 10
    took = []
    after = 0
    for round in range(bench.options.rounds):
        name = f"c{round}"
        counting = f"SELECT COUNT() AS n FROM devices WHERE configurations.[[{name}]].status = 'Applied'"
        began = time.perf_counter()
        hub.call("PUT", f"/configurations/{name}?api-version=2021-04-12", {
            "id": name, "content": {"deviceContent": {f"properties.desired.{name}": {"interval": 5}}},
            "targetCondition": f"tags.tenth = {round % 10}", "priority": 1})
        # Not by asking again and again, which the hub would have to do beside.
        after = settled(hub, after, began + 120)
        took.append(time.perf_counter() - began)
        if asker.rows(counting) != [{"n": count}]:
            raise Wrong(f"{name} has not reached {count} twins")
    bench.stop_all()
    return [single(
        "configuration", f"a configuration for {count} of {bench.options.query_twins} twins, until all have it, durable",
        statistics.median(took) * 1000, "ms", ["<=", 1000], took)]


ALL = {"query": queries, "query-writers": writers, "configuration": configuration}
