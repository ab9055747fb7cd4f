"""Crowds of waiting clients over HTTP/2, a hundred streams on each connection.

The frames are written and read by hand. A library keeps state and makes objects for each stream and each frame, which costs Python
more than the server needs for the answer; what these clients say is constant but for the stream's number and the path, so that a
few bytes of HPACK (RFC 7541) suffice, and of what they hear only the status and the body count.
"""

import socket
import struct

from .crowds import WAIT_SECONDS, EventStreams, LongPolls
from .loads import Wrong

#: What the server allows on one connection (SETTINGS_MAX_CONCURRENT_STREAMS).
STREAMS_EACH = 100
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#: Frame types and flags, RFC 9113 section 6.
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
ACK, END_STREAM, END_HEADERS = 1, 1, 4
#: `:status: 200` of the static table.
STATUS_200 = 0x88


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def text(data):
    """A string literal without Huffman coding, RFC 7541 section 5.2."""
    if len(data) < 127:
        return bytes([len(data)]) + data
    left, length = len(data) - 127, b"\x7f"
    while left >= 128:
        length += bytes([left % 128 | 128])
        left //= 128
    return length + bytes([left]) + data


class Link:
    """One connection: its socket, the client of each open stream, and what has come in part."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.next, self.kept, self.clients, self.bodies = 1, b"", {}, {}
        # Answers of any number may come: the connection's window is as large as can be.
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0) + frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 2**31 - 1 - 65535)))

    def frames(self):
        """Reads once: (type, flags, stream, payload) of every frame that is whole by now. What is only to be answered, is."""
        more = self.socket.recv(1 << 20)
        if not more:
            raise Wrong("an HTTP/2 connection was closed")
        data, at = self.kept + more, 0
        while len(data) - at >= 9:
            end = at + 9 + (data[at] << 16 | data[at + 1] << 8 | data[at + 2])
            if end > len(data):
                break
            kind, flags = data[at + 3], data[at + 4]
            if kind in (SETTINGS, PING):
                if not flags & ACK:
                    self.socket.sendall(frame(kind, ACK, 0, data[at + 9:end] if kind == PING else b""))
            elif kind in (RST_STREAM, GOAWAY):
                raise Wrong(f"the server ended a stream or the connection: {data[at:end]!r}")
            elif kind != WINDOW_UPDATE:
                yield kind, flags, int.from_bytes(data[at + 5:at + 9], "big"), data[at + 9:end]
            at = end
        self.kept = data[at:]


class PolledStreams(LongPolls):
    """Long-polls, each on a stream that ends with its answer."""

    field = b"prefer", f"wait={WAIT_SECONDS}".encode()

    def __init__(self, port, token, devices, version):
        self.token, self.devices = token.encode(), devices
        self.links = [Link(port) for _ in range(-(-len(devices) // STREAMS_EACH))]
        self.ask(range(len(devices)), version)
        for link in self.links:
            link.socket.setblocking(False)

    def handles(self):
        return ((link.socket, link) for link in self.links)

    def ask(self, clients, version):
        """Each link's requests in one write."""
        asked = {}
        for client in clients:
            link = self.links[client // STREAMS_EACH]
            asked.setdefault(link, []).append(self.request(link, client, version))
        for link, requests in asked.items():
            link.socket.sendall(b"".join(requests))

    def request(self, link, client, version):
        stream, link.next = link.next, link.next + 2
        link.clients[stream] = client
        name, value = self.field
        path = f"/emulator/devices/{self.devices[client]}/twin/desired?after={version}".encode()
        # GET, http and the names of :path and :authority are in the static table; the token goes into the dynamic one with the
        # first request, as the only entry there is, and is its number 62 from then on. The last field is never indexed.
        token = b"\xbe" if stream > 1 else b"\x57" + text(self.token)
        block = b"\x82\x86\x04" + text(path) + b"\x01" + text(b"localhost") + token + b"\x00" + text(name) + text(value)
        return frame(HEADERS, END_STREAM | END_HEADERS, stream, block)

    def take(self, link):
        told = []
        for kind, flags, stream, payload in link.frames():
            if kind == HEADERS:
                if payload[0] != STATUS_200:
                    raise Wrong(f"a stream was answered {payload!r}")
            elif kind == DATA:
                self.part(link, stream, payload, flags & END_STREAM, told)
        return told

    def part(self, link, stream, payload, is_last, told):
        """A part of an answer's body; most are whole in one."""
        if not is_last:
            link.bodies[stream] = link.bodies.get(stream, b"") + payload
            return
        if stream in link.bodies:
            payload = link.bodies.pop(stream) + payload
        told.append((link.clients.pop(stream), payload))

    def close(self):
        for link in self.links:
            link.socket.close()


class EventStreamsOnStreams(PolledStreams):
    """Streams of events, each on a stream of HTTP/2 that goes on."""

    field = b"accept", b"text/event-stream"

    def part(self, link, stream, payload, is_last, told):
        """An event may come in parts, and comments come between them."""
        events = (link.bodies.get(stream, b"") + payload).split(b"\n\n")
        link.bodies[stream] = events.pop()
        told += [(link.clients[stream], event) for event in events if event.startswith(b"event: patch")]

    def again(self, clients, version):
        """Nothing: the stream goes on."""

    version = staticmethod(EventStreams.version)
