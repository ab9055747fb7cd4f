"""What is measured, each case by itself."""

import os
import statistics
import subprocess
import time
import urllib.request

from . import clients, loads
from .loads import Wrong
from .peers import Etcd, Mosquitto, Nginx, Redis, TwinHub
from .processes import connected, free_port, halves

TWIN_BYTES = 1228
PATCH_BYTES = 300
DEVICES = 1000
START_ROUNDS = 15


class Bench:
    """The run: binary, folder, options, and the servers that are up."""

    def __init__(self, binary, work, options):
        self.binary, self.work, self.options = binary, work, options
        self.running = []
        self.folders = 0
        clients.raise_descriptors()

    def folder(self, name):
        self.folders += 1
        return self.work / f"{self.folders:02}-{name}"

    def up(self, server):
        self.running.append(server)
        return server

    def twinhub(self, where=None, arguments=(), folder=None):
        return self.up(TwinHub(self.binary, folder or self.folder("twinhub"), where, arguments))

    def stop_all(self):
        while self.running:
            self.running.pop().stop()

    def alternate(self, *legs):
        """Every leg once a round, the first of a round changing: a list of measurements for each leg."""
        found = [[] for _ in legs]
        for round in range(self.options.rounds):
            order = list(range(len(legs)))
            for index in order[round % len(legs):] + order[:round % len(legs)]:
                found[index].append(legs[index]())
        return found


def measured(server, run):
    """One measurement with the server's processor time for each request."""
    before = server.process.cpu()
    told = run()
    spent = server.process.cpu() - before
    return {**told, "cpu_us": spent * 1e6 / told["requests"]}


def middle(runs, key):
    values = [run[key] for run in runs if run.get(key) is not None]
    return statistics.median(values) if values else None


def compared(case, what, ours, peer_name, peer, goals, **more):
    """A row of the table. `goals` maps a ratio's name to what it should be, with `<=` or `>=`."""
    row = {"case": case, "what": what, "peer": peer_name, "ours_runs": ours, "peer_runs": peer, "goals": goals, **more}
    for key in ("per_second", "cpu_us", "p50", "p99"):
        row[key] = (middle(ours, key), middle(peer, key))
    row["throughput"] = row["per_second"][0] / row["per_second"][1]
    row["cpu"] = row["cpu_us"][0] / row["cpu_us"][1] if row["cpu_us"][1] else None
    return row


# Reading ----------------------------------------------------------------------------------------------------


def sized_twin(hub):
    """A device whose twin is TWIN_BYTES long as the service reads it; its path and document."""
    hub.call("PUT", "/devices/bench-get?api-version=2021-04-12", {"deviceId": "bench-get"})
    path = "/twins/bench-get?api-version=2021-04-12"
    body = {"tags": {"building": "A", "filler": ""}, "properties": {"desired": {"interval": 30, "limits": {"low": 1, "high": 9}}}}
    hub.call("PATCH", path, body)
    body["tags"]["filler"] = "x" * (TWIN_BYTES - len(document(hub, path)))
    hub.call("PATCH", path, body)
    found = document(hub, path)
    if abs(len(found) - TWIN_BYTES) > 24:
        raise Wrong(f"the twin is {len(found)} bytes long")
    return path, found


def document(hub, path):
    asked = urllib.request.Request(hub.url(path), headers={"Authorization": hub.token})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return answer.read()


def whole(summary, size):
    """The summary, if every answer had the document in it: headers come on top, and are less than 700 bytes."""
    each = summary["bytes"] / summary["requests"]
    if not size < each < size + 700:
        raise Wrong(f"{each:.0f} bytes an answer, of a document of {size}")
    return summary


def own_certificate(folder):
    """A P-256 certificate for both servers: (certificate, key)."""
    folder.mkdir()
    files = folder / "leaf.pem", folder / "leaf.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", files[0], "-keyout", files[1]],
        check=True, capture_output=True)
    return files


def get(bench, tls, connections=64):
    server_cores, load_cores = halves()
    certificate = own_certificate(bench.folder("certificate")) if tls else None
    arguments = ["--tls-cert", certificate[0], "--tls-key", certificate[1]] if tls else []
    hub = bench.twinhub(server_cores, arguments)
    path, body = sized_twin(hub)
    nginx = bench.up(Nginx(bench.folder("nginx"), body, certificate, server_cores))

    def leg(server, url, headers):
        return lambda: measured(server, lambda: whole(loads.wrk(
            url, bench.work, bench.options.seconds, connections, headers=headers, where=load_cores), len(body)))

    ours, peer = bench.alternate(
        leg(hub, hub.url(path, tls), [f"Authorization: {hub.token}"]), leg(nginx, nginx.url(tls=tls), []))
    bench.stop_all()
    what = f"GET of a {len(body)} B twin, SAS token{', TLS' if tls else ''}, {connections} connections, pinned {len(server_cores)}+{len(load_cores)}"
    limit = 0.8 if tls else 0.75
    return [compared(f"get-{'tls' if tls else 'plain'}{'' if connections == 64 else f'-{connections}'}", what, ours, "nginx static", peer,
                     {"cpu": ["<=", limit]} if connections == 64 else {})]


# Writing ----------------------------------------------------------------------------------------------------


def counted(hub):
    """The sum of the desired versions of all patched twins: the number of patches that were carried out."""
    return sum(hub.call("GET", f"/twins/bench-{device}?api-version=2021-04-12")["properties"]["desired"]["$version"]
               for device in range(DEVICES))


def patch(bench, clients_count=64):
    hub = bench.twinhub()
    for first in range(0, DEVICES, 100):
        told = hub.call("POST", "/devices?api-version=2021-04-12",
                        [{"id": f"bench-{device}", "importMode": "create"} for device in range(first, first + 100)])
        if not told["isSuccessful"]:
            raise Wrong(str(told))
    redis = bench.up(Redis(bench.folder("redis")))
    etcd = bench.up(Etcd(bench.folder("etcd")))
    script = loads.patches(DEVICES, PATCH_BYTES)
    rates = {"redis": 20_000}

    def ours():
        before = counted(hub)
        told = whole(measured(hub, lambda: loads.wrk(
            hub.url("/"), bench.work, bench.options.seconds, clients_count, headers=[f"Authorization: {hub.token}"], script=script)),
            len(document(hub, "/twins/bench-0?api-version=2021-04-12")))
        done = counted(hub) - before
        # wrk leaves what is in flight at its end uncounted: at most one request a connection.
        if not told["requests"] <= done <= told["requests"] + clients_count:
            raise Wrong(f"{told['requests']} patches were answered, {done} were carried out")
        return told

    def peer_redis():
        before = redis.sets()
        requests = int(rates["redis"] * bench.options.seconds)
        told = measured(redis, lambda: loads.redis_benchmark(redis.port, requests, clients_count, PATCH_BYTES, DEVICES))
        rates["redis"] = told["per_second"]
        if redis.sets() - before != requests:
            raise Wrong(f"redis carried out {redis.sets() - before} of {requests}")
        return told

    puts = loads.etcd_puts(DEVICES, PATCH_BYTES)

    def peer_etcd():
        before = etcd.revision()
        told = measured(etcd, lambda: loads.wrk(etcd.url("/"), bench.work, bench.options.seconds, clients_count, script=puts))
        done = etcd.revision() - before
        if not told["requests"] <= done <= told["requests"] + clients_count:
            raise Wrong(f"{told['requests']} puts were answered, {done} were carried out")
        return told

    mine, set_runs, put_runs = bench.alternate(ours, peer_redis, peer_etcd)
    bench.stop_all()
    what = f"durable PATCH of {PATCH_BYTES} B, full twin answered, {clients_count} clients, whole machine"
    suffix = "" if clients_count == 64 else f"-{clients_count}"
    return [
        compared(f"patch{suffix}", what, mine, "redis SET, appendfsync always", set_runs,
                 {"throughput": [">=", 1.3], "cpu": ["<=", 1.3]} if clients_count == 64 else {}),
        compared(f"patch{suffix}", what, mine, "etcd put, JSON gateway", put_runs,
                 {"throughput": [">=", 4]} if clients_count == 64 else {})]


# Fan-out ----------------------------------------------------------------------------------------------------


def fan_out(bench, server_cores, load_cores, goal):
    count, rounds = bench.options.waiters, 10

    def ours():
        hub = bench.twinhub(server_cores)
        hub.call("PUT", "/devices/bench-fan?api-version=2021-04-12", {"deviceId": "bench-fan"})
        before = hub.process.resident()
        last, each, spent = parked(hub, clients.Waiters(hub, "bench-fan", count), before, rounds, load_cores)
        hub.stop()
        bench.running.remove(hub)
        return {"requests": rounds * count, "per_second": count / statistics.median(last), "last_ms": statistics.median(last) * 1000,
                "bytes_each": each, "cpu_us": spent}

    def theirs():
        broker = bench.up(Mosquitto(bench.folder("mosquitto"), server_cores))
        before = broker.process.resident()
        last, each, spent = parked(broker, clients.Subscribers(broker.port, count), before, rounds, load_cores)
        broker.stop()
        bench.running.remove(broker)
        return {"requests": rounds * count, "per_second": count / statistics.median(last), "last_ms": statistics.median(last) * 1000,
                "bytes_each": each, "cpu_us": spent}

    mine, peer = bench.alternate(ours, theirs)
    row = compared(
        f"fan-out-{len(server_cores)}", f"one change of 400 B to {count} parked clients, {len(server_cores)} server core(s)", mine,
        "mosquitto QoS 0", peer, {"throughput": [">=", 1 / goal]}, load="Python, which is the limit")
    row["last_ms"] = (middle(mine, "last_ms"), middle(peer, "last_ms"))
    row["bytes_each"] = (middle(mine, "bytes_each"), middle(peer, "bytes_each"))
    return row


def parked(server, crowd, before, rounds, load_cores):
    """(seconds to the last client each round, bytes of server memory each, microseconds of server time a delivery)."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, load_cores)
    try:
        crowd.open()
        each = (server.process.resident() - before) / crowd.count
        start = server.process.cpu()
        last = [crowd.round(number) for number in range(1, rounds + 1)]
        spent = (server.process.cpu() - start) * 1e6 / (rounds * crowd.count)
    finally:
        crowd.close()
        os.sched_setaffinity(0, mine)
    return last, each, spent


def fan_outs(bench):
    server_cores, load_cores = halves()
    rows = [fan_out(bench, server_cores[:1], load_cores, 0.5)]
    if len(server_cores) >= 2:
        rows.append(fan_out(bench, server_cores[:2], load_cores, 0.35))
    return rows


# Starting ---------------------------------------------------------------------------------------------------


def first_answer(start, port, target, seconds=120):
    """Seconds from the start of the process to the first byte of a 200."""
    began = time.perf_counter()
    server = start()
    deadline = began + seconds
    while True:
        try:
            with connected(port, 10) as one:
                one.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                if one.recv(64).startswith(b"HTTP/1.1 200"):
                    return time.perf_counter() - began, server
        except OSError:
            pass
        if time.perf_counter() > deadline:
            raise Wrong("no answer")


def started(bench, hub_folder, seconds=120):
    """A start of TwinHub on a folder, no longer than so many seconds: what it took, and the bytes at its end, resident and private."""
    port = free_port()
    took, server = first_answer(
        lambda: bench.up(TwinHub(bench.binary, hub_folder, wait=False, port=port)), port, "/health/ready", seconds)
    resident, private = server.process.resident(), server.process.private()
    server.stop()
    bench.running.remove(server)
    return took, resident, private


def single(case, what, value, unit, goal, runs, **more):
    return {"case": case, "what": what, "value": value, "unit": unit, "goals": {"value": goal} if goal else {}, "ours_runs": runs, **more}


def start_empty(bench):
    folder = bench.folder("twinhub")
    bench.twinhub(folder=folder)
    bench.stop_all()
    nginx = bench.up(Nginx(bench.folder("nginx"), b"x" * TWIN_BYTES))
    bench.stop_all()

    def peer():
        took, _ = first_answer(lambda: bench.up(nginx.start()), nginx.port, "/twin")
        bench.stop_all()
        return took

    ours, theirs = [], []
    for _ in range(START_ROUNDS):
        ours.append(started(bench, folder))
        theirs.append(peer())
    took, resident, _ = zip(*ours)
    return [
        single("start", "start to first answer, folder present, empty", statistics.median(took) * 1000, "ms", ["<=", 10], took,
               beside=f"nginx {statistics.median(theirs) * 1000:.1f} ms"),
        single("idle", "resident memory, idle, empty folder", statistics.median(resident) / 1e6, "MB", ["<=", 15], resident)]


ALL = {
    "get-plain": lambda bench: get(bench, tls=False),
    "get-tls": lambda bench: get(bench, tls=True),
    "get-plain-1000": lambda bench: get(bench, tls=False, connections=1000),
    "patch": patch,
    "patch-256": lambda bench: patch(bench, 256),
    "fan-out": fan_outs,
    "start": start_empty,
}
