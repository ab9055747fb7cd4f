"""Crowds of waiting clients over HTTP/1.1, each client on a connection of its own.

A crowd says what is to be read (`handles`), reads once and says who was told what (`take`), and asks again where a client has to
(`again`). Clients are numbers; what is told is a body, of which `version` says which change it is.
"""

import json
import re
import socket

from .loads import Wrong

#: Long enough for a round, short enough to end by itself: the longest that the server waits.
WAIT_SECONDS = 300
#: Connections that a process opens at once.
BATCH = 250
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def accepted(port, count):
    """So many connections, each known to be served: the kernel's queue of a listening socket is short, and forgets."""
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    for one in sockets:
        one.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    for one in sockets:
        if not one.recv(4096).startswith(b"HTTP/1.1 200"):
            raise Wrong("a connection was refused")
    return sockets


class LongPolls:
    """Clients that ask anew after each answer, each on a connection of its own."""

    fields = f"Prefer: wait={WAIT_SECONDS}"

    def __init__(self, port, token, devices, version):
        self.token, self.devices = token, devices
        self.sockets = []
        while len(self.sockets) < len(devices):
            self.sockets += accepted(port, min(BATCH, len(devices) - len(self.sockets)))
        self.kept = [b""] * len(devices)
        self.ask(range(len(devices)), version)
        for one in self.sockets:
            one.setblocking(False)

    def handles(self):
        """What is to be read, each with what `take` calls it."""
        return zip(self.sockets, range(len(self.sockets)))

    def ask(self, clients, version):
        for client in clients:
            self.sockets[client].send((
                f"GET /emulator/devices/{self.devices[client]}/twin/desired?after={version} HTTP/1.1\r\nHost: localhost\r\n"
                f"Authorization: {self.token}\r\n{self.fields}\r\n\r\n").encode())

    def take(self, client):
        """Reads once: (client, body) of every answer that is whole by now."""
        data = self.sockets[client].recv(1 << 18)
        if not data:
            raise Wrong("a waiter's connection was closed")
        data = self.kept[client] + data
        if not data.startswith(b"HTTP/1.1 200"[:len(data)]):
            raise Wrong(f"a waiter was answered {data[:200]!r}")
        end = data.find(b"\r\n\r\n")
        if end < 0 or len(data) < end + 4 + int(LENGTH.search(data)[1]):
            self.kept[client] = data
            return ()
        self.kept[client] = b""
        return ((client, data[end + 4:]),)

    def again(self, clients, version):
        self.ask(clients, version)

    @staticmethod
    def version(body):
        """The version that an answer tells of, and no other."""
        patches = json.loads(body)["patches"]
        if len(patches) != 1:
            raise Wrong(f"told {patches}")
        return patches[0]["$version"]

    def close(self):
        for one in self.sockets:
            one.close()


class EventStreams(LongPolls):
    """Clients that hold a stream of events open."""

    fields = "Accept: text/event-stream"

    def __init__(self, port, token, devices, version):
        super().__init__(port, token, devices, version)
        self.begun = [False] * len(devices)

    def take(self, client):
        data = self.sockets[client].recv(1 << 18)
        if not data:
            raise Wrong("a stream was closed")
        data = self.kept[client] + data
        if not self.begun[client]:
            end = data.find(b"\r\n\r\n")
            if not data.startswith(b"HTTP/1.1 200") or end < 0:
                raise Wrong(f"a stream was answered {data[:200]!r}")
            data, self.begun[client] = data[end + 4:], True
        told = []
        while (line := data.find(b"\r\n")) >= 0 and len(data) >= (end := line + 4 + int(data[:line], 16)):
            if data.startswith(b"event: patch", line + 2):
                told.append((client, data[line + 2:end - 2]))
            data = data[end:]
        self.kept[client] = data
        return told

    def again(self, clients, version):
        """Nothing: the stream goes on."""

    @staticmethod
    def version(body):
        return json.loads(body.split(b"\ndata: ")[1])["$version"]
