"""HTTP/2 beside nginx: one stream a connection and many, in clear and over TLS."""

import os
import pathlib
import re
import subprocess

from . import cases
from .loads import Wrong
from .peers import PATH
from .processes import Process, free_port, halves, pinned

CONNECTIONS = 64


class Nginx:
    """nginx with one static file over HTTP/2, with and without TLS.

    Without sendfile and tcp_nopush: with both, nginx waits about 40 ms for each answer where there is one stream.
    """

    name = "nginx"

    def __init__(self, folder, document, certificate, where):
        folder = pathlib.Path(folder)
        folder.mkdir()
        self.port, self.tls_port = free_port(), free_port()
        (folder / "twin").write_bytes(document)
        user = "user root; " if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(f"""
{user}daemon off; master_process on; worker_processes {len(where)}; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 20000; }}
http {{
    access_log off; sendfile off; tcp_nopush off; tcp_nodelay on;
    keepalive_requests 1000000000; keepalive_timeout 3600; http2_max_concurrent_streams 128;
    open_file_cache max=100 inactive=3600s; open_file_cache_valid 3600s;
    default_type "application/json; charset=utf-8";
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
    scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{self.port} http2;
        listen 127.0.0.1:{self.tls_port} ssl http2;
        ssl_certificate {certificate[0]};
        ssl_certificate_key {certificate[1]};
        ssl_protocols TLSv1.2 TLSv1.3;
        root {folder};
    }}
}}""")
        folder.chmod(0o755)
        self.process = Process(
            self.name, ["nginx", "-p", folder, "-c", folder / "nginx.conf"], where, folder / "log", env={**os.environ, "PATH": PATH})
        self.process.wait_port(self.port)

    def url(self, tls):
        return f"https://127.0.0.1:{self.tls_port}/twin" if tls else f"http://127.0.0.1:{self.port}/twin"

    def stop(self):
        self.process.stop()


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
    nginx = bench.up(Nginx(bench.folder("nginx"), body, certificate, server_cores))

    def leg(server, url, headers):
        def run():
            told = h2load(url, bench.options.seconds, streams, headers, load_cores)
            # Answers that the end cut off are counted in bytes alone.
            if not 0.99 < told["data"] / (told["requests"] * len(body)) < 1.01:
                raise Wrong(f"{told['data'] / told['requests']:.0f} bytes an answer, of a document of {len(body)}")
            return told

        return lambda: cases.measured(server, run)

    ours, peer = bench.alternate(
        leg(hub, hub.url(path, tls), [f"Authorization: {hub.token}"]), leg(nginx, nginx.url(tls), []))
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
