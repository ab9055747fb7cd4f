"""Security agents: one change of a whole fleet's configuration, until every agent has reported it."""

import statistics

from . import clients
from .cases import single
from .loads import Wrong
from .mqtt import SPARE_DESCRIPTORS
from .processes import halves
from .simulated import Agents


def fleet(bench):
    """Agent C# takes a change at once; the others would add their own waiting to what is measured."""
    count = bench.options.agents
    room = clients.raise_descriptors() - SPARE_DESCRIPTORS
    if count > room:
        raise SystemExit(f"{count} agents need as many descriptors in one process, and it may have {room}: ulimit -n, or --agents {room}")
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

    def middle(name):
        return statistics.median(run[name] for run in runs)

    return [single(
        "agents", f"one configuration change of {count} security agents over TLS, from the first told to the last report, none missing",
        middle("seconds") * 1000, "ms", None, runs,
        beside=f"hub CPU {middle('cpu_us'):.0f} µs an agent, hub memory {middle('bytes_each') / 1e3:.1f} kB an agent")]


ALL = {"agents": fleet}
