"""What becomes of reading, writing, starting and memory when there are more twins: from a thousand to a million."""

import random
import shutil
import statistics

from . import clients, loads
from .cases import PATCH_BYTES, document, measured, middle, started
from .loads import Wrong
from .peers import TwinHub
from .processes import halves

#: Beside the number that --twins names.
SMALLER = 1_000, 100_000
#: Twins that are read and written, spread over all there are.
TOUCHED = 10_000
CLIENTS = 64
STARTS = 3
#: Loading a million twins takes about a minute of processor time.
LOAD_SECONDS = 1800


def curve(case, what, kind, chart, title, unit, points, lower_is_better=True, goal=None, name=None, x_label="number of twins"):
    """A row of the report that says how something grows; without a chart it stands in the table only."""
    return {
        "case": case, "what": what, "name": name or what, "kind": kind, "chart": chart, "title": title, "unit": unit, "x_label": x_label,
        "points": [{"x": x, "y": y} for x, y in points], "lower_is_better": lower_is_better, "goals": {},
        **({"goal": {"y": goal[0], "words": goal[1]}} if goal else {})}


#: Twins whose documents are measured.
MEASURED = 100


def loaded(bench, twins):
    """A folder with so many twins, made from a seed file, which is the quickest way in: the folder, the seconds of processor time it
    took, the process's own memory afterwards, and the bytes of a twin as it is answered."""
    seed = clients.big_seed(bench.work / "seed.ndjson", twins)
    folder = bench.folder("twinhub")
    hub = bench.up(TwinHub(bench.binary, folder, None, ["--seed", seed], wait=False))
    hub.wait_ready(LOAD_SECONDS)
    found = hub.call("GET", "/statistics/devices?api-version=2021-04-12")["totalDeviceCount"]
    if found != twins:
        raise Wrong(f"{found} devices in place of {twins}")
    cpu = hub.process.cpu()
    # With its snapshot written, as a hub leaves its folder that has run for a while.
    hub.process.settle(LOAD_SECONDS)
    private = hub.process.private()
    size = statistics.mean(len(document(hub, f"/twins/{id}?api-version=2021-04-12")) for id in targets(twins)[:MEASURED])
    bench.stop_all()
    seed.unlink()
    return folder, cpu, private, size


def targets(twins):
    generator = random.Random(twins)
    return [f"bench-{generator.randrange(twins):07}" for _ in range(TOUCHED)]


def served(bench, folder, twins):
    """Reading and writing of twins here and there: a measurement of each for every round."""
    server_cores, load_cores = halves()
    hub = bench.up(TwinHub(bench.binary, folder, server_cores, wait=False))
    hub.wait_ready(LOAD_SECONDS)
    hub.process.settle(LOAD_SECONDS)
    ids = targets(twins)
    found = []
    for script in (loads.gets_of(ids), loads.patches_of(ids, PATCH_BYTES)):
        found.append([measured(hub, lambda: loads.wrk(
            hub.url("/"), bench.work, bench.options.seconds, CLIENTS, headers=[f"Authorization: {hub.token}"], script=script,
            where=load_cores)) for _ in range(bench.options.rounds)])
    bench.stop_all()
    return found


def growth(bench):
    sizes = sorted({size for size in SMALLER if size < bench.options.twins} | {bench.options.twins})
    start, memory, seeded, reads, writes, held, kept, lines = [], [], [], [], [], [], [], []
    for twins in sizes:
        folder, cpu, private, size = loaded(bench, twins)
        # Of a thousand the start itself would be most.
        if twins > SMALLER[0]:
            seeded.append((twins, cpu * 1e6 / twins))
        took, resident, rest = zip(*(started(bench, folder, LOAD_SECONDS) for _ in range(STARTS)))
        if twins == sizes[0]:
            empty = private, statistics.median(rest)
        else:
            more = twins - sizes[0]
            held.append((twins, (private - empty[0]) / more))
            kept.append((twins, (statistics.median(rest) - empty[1]) / more))
            # A small hub has none.
            lines += [(twins, one.stat().st_size / twins) for one in (folder / "log").glob("snapshot-*.jsonl")]
        start.append((twins, statistics.median(took) * 1000))
        memory.append((twins, statistics.median(resident) / 1e6))
        got, patched = served(bench, folder, twins)
        reads.append((twins, middle(got, "cpu_us")))
        writes.append((twins, middle(patched, "cpu_us")))
        shutil.rmtree(folder)
    cpu = "CPU of a request against the number of twins"
    return [
        curve("growth-get", f"GET of a twin, {TOUCHED:,} of them at random, {CLIENTS} connections", "first", "growth-requests", cpu,
              "µs CPU", reads, name="GET"),
        curve("growth-patch", f"durable PATCH of {PATCH_BYTES} B, the same twins", "second", "growth-requests", cpu, "µs CPU", writes,
              name="PATCH"),
        curve("growth-seed", "loading a twin of about 500 B from a seed file", "third", "growth-requests", cpu, "µs CPU", seeded,
              name="loading"),
        curve("growth-start", "start to first answer, folder in the page cache", "first", "growth-start",
              "Start to first answer against the number of twins", "ms", start, goal=(1000, "≤ 1,000 ms"), name="start"),
        curve("growth-memory", "resident memory after such a start", "first", "growth-memory",
              "Resident memory after a start against the number of twins", "MB", memory, name="memory"),
        *(curve(f"growth-{name}", what, "first", None, None, "B", points, goal=goal) for name, what, points, goal in (
            ("held", f"private memory for each twin that has come or changed since the start, of {size:,.0f} B of JSON as it is answered",
             held, (1.3 * size, "≤ 1.3 of its JSON")),
            ("kept", "private memory for each twin after a start, until somebody asks for it", kept, None),
            ("line", "the snapshot's file for each twin, with the seed that a reset goes back to", lines, None)) if points)]


ALL = {"growth": growth}
