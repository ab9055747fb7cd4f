"""Clients that wait, by long poll and by event stream: as many as descriptors allow, on one twin, on many, and in a mix."""

import collections
import json
import resource
import socket
import statistics
import time

from . import clients
from .cases import parked, single
from .growth import curve
from .crowds import EventStreams, LongPolls
from .parked import Group, Park
from .peers import Mosquitto, TwinHub
from .processes import halves
from .streams import STREAMS_EACH, EventStreamsOnStreams, PolledStreams
from .workloads import Answers

SMALLER = 1, 100, 10_000
#: Descriptors that the server and each load process keep for everything but parked clients.
SPARE = 200
#: Load processes, however many clients there are.
PROCESSES = 4
ROUNDS = 5
#: Changes, each of a twin that one client waits for.
SINGLE_CHANGES = 1000
IDLE_SECONDS = 10
#: Seconds that the server gives a connection on which nothing happens: opening all the others may take longer than it would.
PATIENT = "3600"
SLOW_READERS = 100
#: Enough that neither the kernel's buffers nor the slow reader's hold it: it waits in the server.
SLOW_CHANGES, SLOW_BYTES = 250, 28_000
#: A desired value may be 4 KiB long.
TEXT_BYTES = 4_000
MANY = 1_000


#: Of fewer clients nothing can be said of memory: pages are counted, and the first ones are there.
COUNTABLE = 10_000
#: So many are to cost half a kilobyte each and be told within a second.
GOAL_WAITERS = 100_000

Protocol = collections.namedtuple("Protocol", "name manner case kind polls events")
HTTP1 = Protocol("HTTP/1.1", "a connection each", "mix", "first", LongPolls, EventStreams)
HTTP2 = Protocol("HTTP/2", f"{STREAMS_EACH} streams a connection", "mix-http2", "second", PolledStreams, EventStreamsOnStreams)

MANY_WAITERS = "number of waiters"
#: File, title and unit of the charts.
TOLD = "waiters-told", "One change to all who wait for it: the last one has it after", "ms"
MEMORY = "waiters-memory", "Memory of the server's process for each waiter", "B"
SINGLE = "waiters-one", "CPU of a change that concerns one of so many waiters", "µs CPU"


def protocols(bench):
    """Each with as many clients as there can be."""
    return [(HTTP1, room()), (HTTP2, bench.options.streams)]


def upto(most):
    return sorted({size for size in SMALLER if size < most} | {most})


def room():
    """Connections that one process may have here."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1] - SPARE


class Writer:
    """Changes twins on one connection."""

    def __init__(self, hub):
        self.hub, self.connection, self.versions = hub, Answers(hub.port), {}

    def change(self, device, size=350):
        """A change of so many bytes."""
        self.versions[device] = self.versions.get(device, 1) + 1
        texts = {f"text{at}": "x" * min(TEXT_BYTES, size - at) for at in range(0, size, TEXT_BYTES)}
        body = json.dumps({"properties": {"desired": {"n": self.versions[device], **texts}}})
        self.connection.ask((
            f"PATCH /twins/{device}?api-version=2021-04-12 HTTP/1.1\r\nHost: localhost\r\nAuthorization: {self.hub.token}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode())

    def next(self, device):
        return self.versions.get(device, 1) + 1


def hub_with(bench, twins, where, *arguments):
    seed = clients.big_seed(bench.work / "seed.ndjson", twins, payload=0)
    hub = bench.up(TwinHub(bench.binary, bench.folder("twinhub"), where, [
        "--seed", seed, "--head-deadline", PATIENT, "--idle-deadline", PATIENT, *arguments]))
    seed.unlink()
    hub.process.settle()
    return hub, [f"bench-{number:07}" for number in range(twins)]


def park(bench, hub, groups):
    return bench.up(Park(hub, groups, halves()[1], min(PROCESSES, sum(len(group.devices) for group in groups))))


def told_all(crowd, writer, device):
    """Milliseconds until everybody who waits for the device has its change, the middle of some rounds."""
    took = []
    for _ in range(ROUNDS):
        took.append(crowd.round(device, writer.next(device), lambda: writer.change(device)) * 1000)
        crowd.settle()
    return statistics.median(took)


def one_among(hub, crowd, writer, devices):
    """Microseconds of the server for a change of a twin for which one client waits, the others waiting for theirs."""
    cpu = hub.process.cpu()
    for number in range(SINGLE_CHANGES):
        device = devices[number * 7919 % len(devices)]
        crowd.round(device, writer.next(device), lambda: writer.change(device))
    return (hub.process.cpu() - cpu) * 1e6 / SINGLE_CHANGES


def ours(bench, kind, count):
    """With so many waiters: milliseconds until all of one twin are told, memory of each, on one twin and on one of its own, and the
    cost of a change that one of them waits for."""
    hub, [shared] = hub_with(bench, 1, halves()[0])
    before = hub.process.resident()
    crowd = park(bench, hub, [Group(kind, [shared] * count, 1)])
    each = (hub.process.resident() - before) / count
    all_told = told_all(crowd, Writer(hub), shared)
    crowd.close()
    bench.stop_all()
    hub, own = hub_with(bench, count, halves()[0])
    before = hub.process.resident()
    crowd = park(bench, hub, [Group(kind, own, 1)])
    each_own = (hub.process.resident() - before) / count
    spent = one_among(hub, crowd, Writer(hub), own)
    crowd.close()
    bench.stop_all()
    return all_told, each, each_own, spent


def theirs(bench, count):
    """mosquitto's subscribers of one topic: milliseconds until all are told, memory each."""
    server_cores, load_cores = halves()
    broker = bench.up(Mosquitto(bench.folder("mosquitto"), server_cores))
    last, each, _ = parked(broker, clients.Subscribers(broker.port, count), broker.process.resident(), ROUNDS, load_cores)
    bench.stop_all()
    return statistics.median(last) * 1000, each


def fan_out(bench):
    """All three against the number of waiters."""
    peer = [(count, *theirs(bench, count)) for count in upto(room())]
    rows = [
        curve("waiters-told", "one message of 400 B to mosquitto's subscribers, QoS 0", "peer", *TOLD,
              [(count, told) for count, told, _ in peer], name="mosquitto", x_label=MANY_WAITERS),
        curve("waiters-memory", "resident memory of each of mosquitto's", "peer", *MEMORY,
              [(count, each) for count, _, each in peer if count >= COUNTABLE], name="mosquitto", x_label=MANY_WAITERS)]
    for protocol, most in protocols(bench):
        found = [(count, *ours(bench, protocol.polls, count)) for count in upto(most)]
        goals = most >= GOAL_WAITERS
        rows += [
            curve("waiters-told", f"one change of 350 B to long-polls on one twin over {protocol.name}, {protocol.manner}, until the last has it", protocol.kind,
                  *TOLD, [(count, told) for count, told, *_ in found], name=protocol.name, x_label=MANY_WAITERS,
                  goal=(1000, "≤ 1,000 ms") if goals else None),
            curve("waiters-memory", f"resident memory of each of them, {protocol.name}", protocol.kind, *MEMORY,
                  [(count, each) for count, _, each, *_ in found if count >= COUNTABLE], name=protocol.name, x_label=MANY_WAITERS,
                  goal=(512, "≤ 512 B") if goals else None),
            curve("waiters-memory", f"the same, each waiting for a twin of its own, {protocol.name}", protocol.kind, None, None, "B",
                  [(count, each) for count, _, _, each, _ in found if count >= COUNTABLE], x_label=MANY_WAITERS),
            curve("waiters-one", f"a change of one twin, told to the one who waits for it, the others waiting for theirs, {protocol.name}",
                  protocol.kind, *SINGLE, [(count, spent) for count, *_, spent in found], name=protocol.name, x_label=MANY_WAITERS)]
    return [row for row in rows if row["points"]]


# In a mix ---------------------------------------------------------------------------------------------------


def slow_readers(hub, device):
    """Streams whose readers take nothing, and for each of which changes wait in the server."""
    found = []
    for _ in range(SLOW_READERS):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", hub.port))
        one.sendall((
            f"GET /emulator/devices/{device}/twin/desired?after=1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: {hub.token}\r\n"
            "Accept: text/event-stream\r\n\r\n").encode())
        found.append(one)
    return found


def mixture(protocol, devices, count, version):
    """Half of them long-polls, half streams; half of each wait for the first device, the others are dealt out over the rest."""
    quarter = count // 4
    dealt = [devices[1 + number % (len(devices) - 1)] for number in range(quarter)]
    return [
        Group(kind, on, at)
        for kind in (protocol.polls, protocol.events) for on, at in (([devices[0]] * quarter, version), (dealt, 1))]


def mixed(bench, protocol, most):
    count = most // 4 * 4
    hub, devices = hub_with(bench, MANY + 1, halves()[0], "--slow-reader-deadline", PATIENT)
    writer = Writer(hub)
    before = hub.process.resident()
    crowd = park(bench, hub, mixture(protocol, devices, count, 1))
    each = (hub.process.resident() - before) / count
    cpu, began = hub.process.cpu(), time.monotonic()
    time.sleep(IDLE_SECONDS)
    idle = (hub.process.cpu() - cpu) / (time.monotonic() - began) * 100
    alone = told_all(crowd, writer, devices[0])
    crowd.close()
    slow = slow_readers(hub, devices[0])
    resident = hub.process.resident()
    for _ in range(SLOW_CHANGES):
        writer.change(devices[0], SLOW_BYTES)
    waiting = (hub.process.resident() - resident) / SLOW_READERS
    crowd = park(bench, hub, mixture(protocol, devices, count - SLOW_READERS, writer.versions[devices[0]]))
    beside = told_all(crowd, writer, devices[0])
    crowd.close()
    for one in slow:
        one.close()
    bench.stop_all()
    what = f"{count:,} waiters in a mix over {protocol.name}"
    return [
        single(f"{protocol.case}-memory", f"{what}: memory of the server's process for each", each, "B",
               ["<=", 512] if count >= GOAL_WAITERS else None, [each],
               note=f"long-polls and streams, {protocol.manner}; half of them on one twin, half on {MANY:,}."),
        single(f"{protocol.case}-idle", f"{what}: processor time while nothing happens", idle, "% of a core", None, [idle]),
        single(f"{protocol.case}-slow", f"{what}: one change to half of them, with {SLOW_READERS} among them that read nothing", beside, "ms",
               None, [beside], beside=f"{alone:.0f} ms without these; {waiting / 1e6:.1f} MB wait for each of them")]


def mix(bench):
    return [row for protocol, most in protocols(bench) for row in mixed(bench, protocol, most)]


ALL = {"waiters": fan_out, "waiters-mix": mix}
