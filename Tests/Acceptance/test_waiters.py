"""Many clients waiting on one module twin: each sees every version once, in order."""

import json
import os
import resource
import selectors
import socket

import pytest

from acceptance.rest import API, Hub, ok

#: At full size: TWINHUB_WAITERS=5000 TWINHUB_WAITER_PATCHES=200.
WAITERS = int(os.environ.get("TWINHUB_WAITERS", "1000"))
PATCHES = int(os.environ.get("TWINHUB_WAITER_PATCHES", "50"))


class Waiter:
    """One long-poll after the other on one connection."""

    __slots__ = ("socket", "version", "kept")

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.version, self.kept = 1, b""

    def ask(self, token):
        self.socket.send(
            f"GET /emulator/devices/busy/modules/azureiotsecurity/twin/desired?after={self.version} HTTP/1.1\r\n"
            f"Host: localhost\r\nAuthorization: {token}\r\nPrefer: wait=300\r\n\r\n".encode())

    def take(self):
        """Reads what has come; the patches once an answer is whole, else None."""
        self.kept += self.socket.recv(262144)
        end = self.kept.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self.kept[:end].lower()
        assert head.startswith(b"http/1.1 200"), self.kept[:200]
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        if len(self.kept) < end + 4 + length:
            return None
        body, self.kept = self.kept[end + 4:end + 4 + length], self.kept[end + 4 + length:]
        return json.loads(body)["patches"]


class Patcher:
    """Patches as fast as the server answers, from the same loop."""

    def __init__(self, port, token, count):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.token, self.count, self.sent, self.kept = token, count, 0, b""

    def send(self):
        body = json.dumps({"properties": {"desired": {"n": self.sent}}})
        self.socket.send((
            f"PATCH /twins/busy/modules/azureiotsecurity?api-version={API} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: {self.token}\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode())
        self.sent += 1

    def take(self):
        """True when an answer has come whole."""
        self.kept += self.socket.recv(65536)
        end = self.kept.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self.kept[:end].lower()
        assert head.startswith(b"http/1.1 200"), self.kept[:200]
        whole = end + 4 + int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        if len(self.kept) < whole:
            return False
        self.kept = self.kept[whole:]
        return True


@pytest.mark.heavy
@pytest.mark.timeout(60 + WAITERS * PATCHES // 2000)
def test_every_waiter_sees_every_version_once(new_server):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < WAITERS + 100:
        pytest.skip(f"{hard} descriptors are too few for {WAITERS} waiters")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = new_server("--keep-patches", str(PATCHES + 1))
    hub = Hub(server)
    hub.create("busy")
    hub.create_module("busy", "azureiotsecurity")
    poll = selectors.EpollSelector()
    waiters = [Waiter(server.https_port) for _ in range(WAITERS)]
    for waiter in waiters:
        waiter.ask(hub.token)
        poll.register(waiter.socket, selectors.EVENT_READ, waiter)
    patcher = Patcher(server.https_port, hub.token, PATCHES)
    poll.register(patcher.socket, selectors.EVENT_READ, patcher)
    patcher.send()
    finished = 0
    try:
        while finished < WAITERS:
            events = poll.select(timeout=30)
            assert events, f"nothing for 30 s; {finished} of {WAITERS} have seen everything, {patcher.sent} patches sent"
            for key, _ in events:
                if key.data is patcher:
                    if patcher.take() and patcher.sent < PATCHES:
                        patcher.send()
                    continue
                waiter, patches = key.data, key.data.take()
                if patches is None:
                    continue
                for patch in patches:
                    assert patch == {"n": waiter.version - 1, "$version": waiter.version + 1}
                    waiter.version += 1
                if waiter.version == PATCHES + 1:
                    finished += 1
                    poll.unregister(waiter.socket)
                else:
                    waiter.ask(hub.token)
    finally:
        for waiter in waiters:
            waiter.socket.close()
    assert ok(hub.get("/twins/busy/modules/azureiotsecurity"))["properties"]["desired"]["$version"] == PATCHES + 1
