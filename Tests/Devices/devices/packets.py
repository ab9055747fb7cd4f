"""MQTT 3.1.1 by hand: for what a well-behaved client library cannot send, or does not show."""

import dataclasses
import socket
import ssl
import struct

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT = (
    1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14)


class Closed(Exception):
    """The hub closed the connection where a packet was expected."""


@dataclasses.dataclass
class Published:
    topic: str
    payload: bytes
    qos: int
    retain: bool
    dup: bool
    id: int | None


@dataclasses.dataclass
class Will:
    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False


class Packets:
    """One TLS connection. Sends what it is told to and acknowledges nothing by itself."""

    def __init__(self, ca_file, host="localhost", port=8883, seconds=30):
        context = ssl.create_default_context(cafile=ca_file)
        self.socket = context.wrap_socket(
            socket.create_connection((host, port), timeout=seconds), server_hostname=host)
        self._kept = b""
        self._published = []
        self._last_id = 0

    # Sending ---------------------------------------------------------------------------------------

    def send(self, kind, body=b"", flags=0):
        return self.send_bytes(bytes([kind << 4 | flags]) + _length(len(body)) + body)

    def send_bytes(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            # A hub that refuses need not read on.
            pass
        return self

    def send_connect(
            self, client_id, username=None, password=None, *, clean=False, keep_alive=60, will=None, level=4,
            protocol="MQTT"):
        flags, payload = 2 if clean else 0, _text(client_id)
        if will is not None:
            flags |= 4 | will.qos << 3 | will.retain << 5
            payload += _text(will.topic) + _text(will.payload)
        if username is not None:
            flags, payload = flags | 0x80, payload + _text(username)
        if password is not None:
            flags, payload = flags | 0x40, payload + _text(password)
        return self.send(CONNECT, _text(protocol) + bytes([level, flags]) + struct.pack(">H", keep_alive) + payload)

    def connect(self, *arguments, **more):
        """(return code, Session Present)."""
        self.send_connect(*arguments, **more)
        session, code = self.expect(CONNACK)
        return code, bool(session)

    def send_publish(self, topic, payload=b"", qos=1, *, retain=False, dup=False, id=None):
        """Publishes and waits for nothing; the packet id."""
        id = id or self._next_id()
        body = _text(topic) + (struct.pack(">H", id) if qos else b"") + _raw(payload)
        self.send(PUBLISH, body, dup << 3 | qos << 1 | retain)
        return id

    def send_together(self, topics, payload=b""):
        """Publishes to each of them at QoS 0, in one piece."""
        bodies = [_text(topic) + _raw(payload) for topic in topics]
        self.send_bytes(b"".join(bytes([PUBLISH << 4]) + _length(len(body)) + body for body in bodies))

    def publish(self, topic, payload=b"", **more):
        """At QoS 1, acknowledged."""
        id = self.send_publish(topic, payload, **more)
        assert struct.unpack(">H", self.expect(PUBACK)) == (id,)

    def acknowledge(self, published):
        return self.send(PUBACK, struct.pack(">H", published.id))

    def subscribe(self, *filters, qos=1):
        """What was granted for each filter."""
        id = self._next_id()
        body = struct.pack(">H", id) + b"".join(_text(text) + bytes([qos]) for text in filters)
        self.send(SUBSCRIBE, body, 2)
        answer = self.expect(SUBACK)
        assert struct.unpack(">H", answer[:2]) == (id,)
        return list(answer[2:])

    def unsubscribe(self, *filters):
        id = self._next_id()
        self.send(UNSUBSCRIBE, struct.pack(">H", id) + b"".join(map(_text, filters)), 2)
        assert self.expect(UNSUBACK) == struct.pack(">H", id)

    def ping(self):
        """Returns when everything that the hub had sent before has been read."""
        self.send(PINGREQ)
        self.expect(PINGRESP)

    def disconnect(self):
        self.send(DISCONNECT)
        self.socket.close()

    def cut(self):
        """The connection ends without a word."""
        self.socket.close()

    def _next_id(self):
        self._last_id += 1
        return self._last_id

    # Receiving -------------------------------------------------------------------------------------

    def expect(self, kind):
        """The body of the next packet of this kind; messages before it are kept for `next`."""
        while True:
            found, flags, body = self._read()
            if found == kind:
                return body
            assert found == PUBLISH, f"packet type {found} instead of {kind}"
            self._published.append(_published(flags, body))

    def next(self):
        """The next message."""
        if not self._published:
            found, flags, body = self._read()
            assert found == PUBLISH, f"packet type {found} instead of a message"
            return _published(flags, body)
        return self._published.pop(0)

    def unread(self):
        """The messages that have come before a ping comes back."""
        self.ping()
        taken, self._published = self._published, []
        return taken

    @property
    def is_closed(self):
        """True once the hub has closed and no further packet has come."""
        try:
            self._read()
        except Closed:
            return True
        return False

    @property
    def is_refused(self):
        """True once the hub has closed, with a return code before that or without."""
        try:
            _, code = self.expect(CONNACK)
        except Closed:
            return True
        return code != 0 and self.is_closed

    def _read(self):
        kind, length, shift = self._take(1)[0], 0, 0
        while True:
            byte = self._take(1)[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return kind >> 4, kind & 0x0F, self._take(length)

    def _take(self, count):
        while len(self._kept) < count:
            try:
                data = self.socket.recv(65536)
            except (ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
                data = b""
            if not data:
                raise Closed()
            self._kept += data
        taken, self._kept = self._kept[:count], self._kept[count:]
        return taken


def user_name(device, module=None, query="api-version=2021-04-12", host="localhost"):
    tail = "" if query is None else f"/?{query}"
    return f"{host}/{client_id(device, module)}{tail}"


def client_id(device, module=None):
    return device if module is None else f"{device}/{module}"


def _published(flags, body):
    (size,) = struct.unpack(">H", body[:2])
    topic, rest, qos = body[2:2 + size].decode(), body[2 + size:], flags >> 1 & 3
    id = None
    if qos:
        (id,), rest = struct.unpack(">H", rest[:2]), rest[2:]
    return Published(topic, rest, qos, bool(flags & 1), bool(flags & 8), id)


def _raw(value):
    return value.encode() if isinstance(value, str) else value


def _text(value):
    data = _raw(value)
    return struct.pack(">H", len(data)) + data


def _length(count):
    out = bytearray()
    while True:
        count, digit = count >> 7, count & 0x7F
        out.append(digit | (0x80 if count else 0))
        if not count:
            return bytes(out)
