"""The servers: TwinHub and what it is measured beside, each started on ports and folders of its own."""

import json
import os
import pathlib
import re
import sqlite3
import subprocess
import time
import urllib.request

from .processes import Process, free_port, halves

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"


def versions():
    """What ran, by its own word."""
    commands = {
        "nginx": ["nginx", "-v"], "redis": ["redis-server", "--version"], "etcd": ["etcd", "--version"], "mosquitto": ["mosquitto", "-h"],
        "wrk": ["wrk", "-v"], "h2load": ["h2load", "--version"], "swift": ["swift", "--version"]}
    found = {}
    for name, command in commands.items():
        try:
            done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": PATH}, timeout=20)
            found[name] = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)[0]
        except (OSError, TypeError, subprocess.TimeoutExpired):
            found[name] = "absent"
    return {**found, "SQLite": sqlite3.sqlite_version}


class TwinHub:
    """A TwinHub on a folder; `where` pins it, `shards` defaults to the pinned processors."""

    name = "TwinHub"

    def __init__(self, binary, folder, where=None, arguments=(), wait=True, port=None, mqtt_port=None, environment=None):
        self.binary, self.data = str(binary), pathlib.Path(folder)
        self.port, self.mqtt_port = port or free_port(), mqtt_port or free_port()
        shards = ["--shards", str(len(where))] if where else []
        self.command = [
            self.binary, "serve", "--data", str(self.data), "--https-port", str(self.port), "--mqtt-port", str(self.mqtt_port), *shards,
            *map(str, arguments)]
        self.log = self.data.with_suffix(".log")
        self.log.unlink(missing_ok=True)
        self.process = Process(self.name, self.command, where, self.log, environment)
        if wait:
            self.wait_ready()

    def wait_ready(self, seconds=300):
        deadline = time.monotonic() + seconds
        while b"\nready " not in b"\n" + self.log.read_bytes():  # one file for both of its outputs
            if self.process.child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"TwinHub is not ready: {self.log.read_text()[-2000:]}")
            time.sleep(0.005)
        self.token = subprocess.run(
            [self.binary, "sas", "--data", str(self.data), "--ttl", "86400"], check=True, capture_output=True, text=True).stdout.strip()

    def url(self, path, tls=False):
        return f"http{'s' if tls else ''}://127.0.0.1:{self.port}{path}"

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.url(path), data, {"Authorization": self.token, "If-Match": "*"}, method=method)
        if method == "PUT" and path.startswith(("/devices/", "/configurations/")):
            asked.remove_header("If-match")
        with urllib.request.urlopen(asked, timeout=60) as answer:
            said = answer.read()
        return json.loads(said) if said else None

    def text(self, path):
        with urllib.request.urlopen(self.url(path), timeout=60) as answer:
            return answer.read().decode()

    def stop(self):
        self.process.stop()


class Nginx:
    """nginx with one static file, in memory as far as its settings allow.

    Over HTTP/2 without sendfile and tcp_nopush: with both, it waits about 40 ms for each answer where there is one stream.
    """

    name = "nginx"

    def __init__(self, folder, document, certificate=None, where=None, http2=False):
        folder = pathlib.Path(folder)
        folder.mkdir()
        self.port, self.tls_port = free_port(), free_port()
        (folder / "twin").write_bytes(document)
        version = " http2" if http2 else ""
        files = "sendfile off; tcp_nopush off; http2_max_concurrent_streams 128;" if http2 else "sendfile on; tcp_nopush on;"
        tls = "" if certificate is None else f"""
        listen 127.0.0.1:{self.tls_port} ssl{version};
        ssl_certificate {certificate[0]};
        ssl_certificate_key {certificate[1]};
        ssl_protocols TLSv1.2 TLSv1.3;"""
        workers = len(where or halves()[0])
        user = "user root; " if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(f"""
{user}daemon off; master_process on; worker_processes {workers}; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 20000; }}
http {{
    access_log off; {files} tcp_nodelay on;
    keepalive_requests 1000000000; keepalive_timeout 3600;
    open_file_cache max=100 inactive=3600s; open_file_cache_valid 3600s;
    default_type "application/json; charset=utf-8";
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
    scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{self.port}{version};{tls}
        root {folder};
    }}
}}""")
        folder.chmod(0o755)
        self.folder, self.where = folder, where
        self.start().process.wait_port(self.port)

    def start(self):
        """Starts it, for the first time or again, and does not wait for it."""
        self.process = Process(
            self.name, ["nginx", "-p", self.folder, "-c", self.folder / "nginx.conf"], self.where, self.folder / "log",
            env={**os.environ, "PATH": PATH})
        return self

    def url(self, path="/twin", tls=False):
        return f"https://127.0.0.1:{self.tls_port}{path}" if tls else f"http://127.0.0.1:{self.port}{path}"

    def stop(self):
        self.process.stop()


class Redis:
    """Redis that syncs every write before it answers."""

    name = "redis"

    def __init__(self, folder, where=None):
        pathlib.Path(folder).mkdir()
        self.port = free_port()
        self.process = Process(self.name, [
            "redis-server", "--port", self.port, "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--appendfsync", "always",
            "--save", "", "--auto-aof-rewrite-percentage", "0"], where, pathlib.Path(folder) / "log")
        self.process.wait_port(self.port)

    def info(self, section):
        said = subprocess.run(
            ["redis-cli", "-p", str(self.port), "info", section], check=True, capture_output=True, text=True, timeout=20).stdout
        return dict(line.strip().split(":", 1) for line in said.splitlines() if ":" in line)

    def sets(self):
        """SET commands carried out so far."""
        found = re.search(r"calls=(\d+)", self.info("commandstats").get("cmdstat_set", ""))
        return int(found[1]) if found else 0

    def stop(self):
        self.process.stop()


class Etcd:
    """One etcd member, spoken to through its JSON gateway."""

    name = "etcd"

    def __init__(self, folder, where=None):
        self.port, peer = free_port(), free_port()
        client = f"http://127.0.0.1:{self.port}"
        self.process = Process(self.name, [
            "etcd", "--data-dir", folder, "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls",
            f"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}", "--initial-cluster",
            f"default=http://127.0.0.1:{peer}", "--quota-backend-bytes", str(4 << 30), "--log-level", "error"],
            where, f"{folder}.log", env={**os.environ, "ETCD_UNSUPPORTED_ARCH": ""})
        self.process.wait_port(self.port)
        deadline = time.monotonic() + 20
        while True:
            try:
                self.revision()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def revision(self):
        """The number of writes so far."""
        with urllib.request.urlopen(self.url("/v3/kv/range"), b'{"key":"YQ=="}', timeout=10) as answer:
            return int(json.loads(answer.read())["header"]["revision"])

    def stop(self):
        self.process.stop()


class Mosquitto:
    """mosquitto: without persistence, or, with a certificate, over TLS as well and with its state on disk every second."""

    name = "mosquitto"

    def __init__(self, folder, where=None, certificate=None, ports=None):
        folder = pathlib.Path(folder)
        folder.mkdir(exist_ok=ports is not None)
        self.port, self.tls_port = ports or (free_port(), free_port())
        tls = f"listener {self.tls_port} 127.0.0.1\ncertfile {certificate[0]}\nkeyfile {certificate[1]}\n" if certificate else ""
        kept = f"persistence true\npersistence_location {folder}/\nautosave_interval 1\n" if certificate else "persistence false\n"
        # Without bounds on what waits for a subscriber, for nothing may be lost.
        (folder / "conf").write_text(
            f"allow_anonymous true\n{kept}max_connections -1\nset_tcp_nodelay true\nmax_queued_messages 0\nmax_inflight_messages 0\n"
            f"user root\nlog_type error\nlistener {self.port} 127.0.0.1\n{tls}")
        self.process = Process(
            self.name, ["mosquitto", "-c", folder / "conf"], where, folder / "log", env={**os.environ, "PATH": PATH})
        self.process.wait_port(self.port)

    def stop(self):
        self.process.stop()
