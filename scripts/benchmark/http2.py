"""HTTP/2 beside nginx: one stream a connection and many, in clear and over TLS."""

import re
import subprocess

from . import cases
from .loads import Wrong
from .peers import Nginx
from .processes import halves, pinned

CONNECTIONS = 64


def h2load(url, seconds, streams, headers=(), where=None):
    """One run of h2load: its summary, latencies in microseconds. Any answer that is not 2xx makes it void."""
    command = ["h2load", "-c", str(CONNECTIONS), "-m", str(streams), "-t", "1", "-D", str(max(1, round(seconds)))]
    for header in headers:
        command += ["-H", header]
    done = subprocess.run(pinned([*command, url], where), capture_output=True, text=True, timeout=seconds + 60)
    counts = re.search(r"requests: (\d+) total, .*?(\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", done.stdout)
    finished = re.search(r"finished in [\d.]+\w+, ([\d.]+) req/s", done.stdout)
    statuses = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", done.stdout)
    traffic = re.search(r"traffic: \S+ \(\d+\) total, .*? \S+ \((\d+)\) data", done.stdout)
    if not (counts and finished and statuses and traffic):
        raise Wrong(f"h2load said: {done.stdout[-500:]} {done.stderr[-500:]}")
    requests = int(counts[2])
    if not requests or any(int(statuses[place]) for place in (2, 3, 4)) or int(counts[4]) or int(counts[5]) or int(counts[6]):
        raise Wrong(f"not all answers of {url} were good: {done.stdout[-500:]}")
    return {"requests": requests, "per_second": float(finished[1]), "data": int(traffic[1])}


def get(bench, streams, tls):
    server_cores, load_cores = halves()
    certificate = cases.own_certificate(bench.folder("certificate"))
    hub = bench.twinhub(server_cores, ["--tls-cert", certificate[0], "--tls-key", certificate[1]])
    path, body = cases.sized_twin(hub)
    nginx = bench.up(Nginx(bench.folder("nginx"), body, certificate, server_cores, http2=True))

    def leg(server, url, headers):
        def run():
            told = h2load(url, bench.options.seconds, streams, headers, load_cores)
            # Answers that the end cut off are counted in bytes alone.
            if not 0.99 < told["data"] / (told["requests"] * len(body)) < 1.01:
                raise Wrong(f"{told['data'] / told['requests']:.0f} bytes an answer, of a document of {len(body)}")
            return told

        return lambda: cases.measured(server, run)

    ours, peer = bench.alternate(
        leg(hub, hub.url(path, tls), [f"Authorization: {hub.token}"]), leg(nginx, nginx.url(tls=tls), []))
    bench.stop_all()
    what = (f"GET of a {len(body)} B twin over HTTP/2{', TLS' if tls else ''}, SAS token, {CONNECTIONS} connections, "
            f"{streams} stream{'s' if streams > 1 else ''} each, pinned {len(server_cores)}+{len(load_cores)}")
    return [cases.compared(
        f"h2{'-tls' if tls else 'c'}-{streams}", what, ours, "nginx static", peer, {"cpu": ["<=", 0.6 if streams == 1 else 0.25]})]


ALL = {
    "h2c-1": lambda bench: get(bench, 1, tls=False),
    "h2c-32": lambda bench: get(bench, 32, tls=False),
    "h2-tls-32": lambda bench: get(bench, 32, tls=True),
}
