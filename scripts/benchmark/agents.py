"""Security agents: one change of a whole fleet's configuration, until every agent has reported it; and what they send, until
every event of it is decoded and judged."""

import json
import time

from . import clients, loads
from .cases import middle, single
from .loads import Wrong
from .mqtt import SPARE_DESCRIPTORS
from .processes import halves
from .simulated import Agents


def fleet(bench):
    """Agent C# takes a change at once; the others would add their own waiting to what is measured."""
    count = bench.options.agents
    room = clients.raise_descriptors() - SPARE_DESCRIPTORS
    if count > room:
        raise Wrong(f"{count} agents need as many descriptors in one process, and it may have {room}: ulimit -n, or --agents {room}")
    server_cores, load_cores = halves()
    runs = []
    for _ in range(bench.options.rounds):
        hub = bench.twinhub(server_cores)
        before = hub.process.resident()
        agents = Agents(
            bench.binary, "simulate", load_cores, "--data", hub.data, "--create", "--count", count, "--kind", "csharp", "--changes", 1)
        try:
            agents.wait("started")
            cpu = hub.process.cpu()
            told = hub.call("POST", "/emulator/defender/configuration", {"devices": "all", "set": {"snapshotFrequency": "PT2H"}})
            if told["changed"] != count:
                raise Wrong(f"a change of {count} configurations was answered {told}")
            reported = agents.wait("reported")
            runs.append({
                "seconds": reported["seconds"], "cpu_us": (hub.process.cpu() - cpu) * 1e6 / count,
                "bytes_each": (hub.process.resident() - before) / count})
            ended = agents.wait("ended")
            if ended["missing"] or ended["told"] != count:
                raise Wrong(f"agents: {ended}")
        finally:
            agents.stop()
            bench.stop_all()

    return [single(
        "agents", f"one configuration change of {count} security agents over TLS, from the first told to the last report, none missing",
        middle(runs, "seconds") * 1000, "ms", None, runs,
        beside=f"hub CPU {middle(runs, 'cpu_us'):.0f} µs an agent, hub memory {middle(runs, 'bytes_each') / 1e3:.1f} kB an agent")]


# What agents send -------------------------------------------------------------------------------------------

SENDERS = 100
CLIENTS = 64
EVENTS = {
    "ProcessCreate": {"Executable": "/usr/bin/curl", "ProcessId": 11750, "ParentProcessId": 1593, "UserId": "0", "CommandLine": "curl -s x"},
    "ConnectionCreate": {
        "Executable": "/usr/bin/curl", "CommandLine": "curl -s x", "ProcessId": 11801, "UserId": "1000", "Protocol": "tcp",
        "RemoteAddress": "203.0.113.9", "RemotePort": "80", "Direction": "Out"},
    "Login": {"ProcessId": 1204, "UserName": "root", "Operation": "PAM:authentication", "Executable": "/bin/su", "Result": "Fail"},
    "ListeningPorts": {"Protocol": "tcp", "LocalAddress": "0.0.0.0", "LocalPort": "22", "RemoteAddress": "0.0.0.0", "RemotePort": "*"},
    "FirewallConfiguration": {"Enabled": True, "Priority": 0, "ChainName": "INPUT", "Direction": "In", "Protocol": "tcp", "Action": "Allow"},
    "LocalUsers": {"UserName": "pi", "UserId": "1000", "GroupNames": "pi;sudo", "GroupIds": "1000;27"},
    "OSBaseline": {"Description": "Disable RDS.", "CceId": "CCE-14027-7", "Result": "Fail", "Error": "no line", "Severity": "Warning"},
    "SystemInformation": {"OSName": "Linux", "OSVersion": "#1 SMP", "OsArchitecture": "x86_64", "HostName": "d", "TotalPhysicalMemoryInKB": 2048000},
}
PERIODIC = {"ListeningPorts", "FirewallConfiguration", "LocalUsers", "OSBaseline", "SystemInformation"}


def message():
    """A classic agent's, with one event of each kind."""
    guid, at = "9c647395-b913-4997-a732-a7fe7303b60", "2020-01-02T11:39:26Z"
    return json.dumps({"AgentVersion": "0.0.5", "AgentId": guid + "0", "MessageSchemaVersion": "1.0", "Events": [
        {"Id": f"{guid}{number}", "TimestampLocal": at, "TimestampUTC": at, "Category": "Periodic" if name in PERIODIC else "Triggered",
         "Name": name, "EventType": "Security", "IsEmpty": False, "PayloadSchemaVersion": "1.0", "Payload": [item]}
        for number, (name, item) in enumerate(EVENTS.items())]})


def taken_in(hub, least, seconds=120):
    """Waits until so many messages are counted: how many they are, each with all its events and none departing from its schema."""
    deadline = time.monotonic() + seconds
    while True:
        known = [hub.call("GET", f"/emulator/devices/bench-{device}/security") for device in range(SENDERS)]
        count = sum(one["messages"] for one in known)
        if count >= least:
            break
        if time.monotonic() > deadline:
            raise Wrong(f"{count} of {least} messages are counted")
        time.sleep(0.05)
    for one in known:
        if one["lint"] or one["unreadable"] or one["events"] != dict.fromkeys(sorted(EVENTS), one["messages"]):
            raise Wrong(f"{one['deviceId']}: {one['messages']} messages, {one['events']}, {one['lint']} departures")
    return count


def security_events(bench):
    """As they come, to the last one's findings; and once more after a restart, when nothing but reading is to be done."""
    server_cores, load_cores = halves()
    body = message()
    script = loads.security_messages(SENDERS, body)
    came, again = [], []
    for _ in range(bench.options.rounds):
        folder = bench.folder("twinhub")
        hub = bench.twinhub(server_cores, folder=folder)
        hub.call("POST", "/devices?api-version=2021-04-12", [{"id": f"bench-{device}", "importMode": "create"} for device in range(SENDERS)])
        cpu, began = hub.process.cpu(), time.perf_counter()
        told = loads.wrk(
            hub.url("/"), bench.work, bench.options.seconds, CLIENTS, headers=[f"Authorization: {hub.token}"], script=script,
            where=load_cores)
        sent = time.perf_counter()
        count = taken_in(hub, told["requests"])
        ended = time.perf_counter()
        events = count * len(EVENTS)
        came.append({
            "per_second": events / (ended - began), "cpu_us": (hub.process.cpu() - cpu) * 1e6 / events, "behind_ms": (ended - sent) * 1000})
        bench.stop_all()
        began = time.perf_counter()
        hub = bench.twinhub(server_cores, folder=folder)
        found = taken_in(hub, count)
        again.append({"per_second": found * len(EVENTS) / (time.perf_counter() - began)})
        # wrk leaves what is in flight at its end uncounted: at most one request a connection.
        if not told["requests"] <= count <= found <= told["requests"] + CLIENTS:
            raise Wrong(f"{told['requests']} messages were sent, {count} were counted, {found} read again")
        bench.stop_all()

    what = f"of {len(EVENTS)} in a message of {len(body)} B, checked against their schemas and judged"
    return [
        single(
            "security-events", f"security events {what}: sent over HTTP by {CLIENTS} clients, pinned, to the last one's findings",
            middle(came, "per_second"), "/s", None, came,
            beside=f"CPU {middle(came, 'cpu_us'):.1f} µs an event, {middle(came, 'behind_ms'):.0f} ms behind the last answer"),
        single(
            "security-events-again", f"security events {what}: read again from the start of the process on", middle(again, "per_second"), "/s",
            None, again)]


ALL = {"agents": fleet, "security-events": security_events}
