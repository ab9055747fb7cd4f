"""Ten thousand parked clients, and the time until the last of them has what changed.

The clients below park and count in Python: memory and the server's processor time are true, but the time to the last byte is the
client's own.
"""

import json
import pathlib
import resource
import selectors
import socket
import struct
import time

from .loads import Wrong

#: Of every identity that is made with a key.
KEY = "c2NyaXB0cy9iZW5jaCBrZXksIDMyIGJ5dGVzIGxvbmc="


def raise_descriptors():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


class Parked:
    """Many idle connections of one kind, woken together."""

    def __init__(self, port, count):
        self.port, self.count = port, count
        self.poll = selectors.EpollSelector()
        self.sockets = []
        self.kept = {}

    def open(self):
        for _ in range(self.count):
            one = socket.create_connection(("127.0.0.1", self.port))
            self.greet(one)
            one.setblocking(False)
            self.sockets.append(one)
            self.kept[one] = b""
            self.poll.register(one, selectors.EVENT_READ)
        self.trigger_socket = socket.create_connection(("127.0.0.1", self.port))
        self.prepare_trigger()

    def round(self, number):
        """Seconds from the change until everybody has it, each exactly once and whole."""
        began = time.perf_counter()
        self.trigger(number)
        left = set(self.sockets)
        while left:
            events = self.poll.select(timeout=20)
            if not events:
                raise Wrong(f"{len(left)} of {self.count} got nothing in round {number}")
            for key, _ in events:
                one = key.fileobj
                self.kept[one] += one.recv(4096)
                if self.whole(self.kept[one]):
                    self.check(self.kept[one], number)
                    self.kept[one] = b""
                    if one not in left:
                        raise Wrong(f"a client was told twice in round {number}")
                    left.discard(one)
        took = time.perf_counter() - began
        self.after_trigger()
        for one in self.sockets:
            self.again(one)
        return took

    def close(self):
        for one in (*self.sockets, self.trigger_socket):
            one.close()
        self.poll.close()

    # What differs between kinds
    def greet(self, one): ...
    def prepare_trigger(self): ...
    def trigger(self, number): ...
    def after_trigger(self): ...
    def whole(self, data): ...
    def check(self, data, number): ...
    def again(self, one): ...


class Waiters(Parked):
    """Long-polls on one device twin of TwinHub."""

    def __init__(self, hub, device, count, payload=400):
        super().__init__(hub.port, count)
        self.hub, self.device, self.filler = hub, device, "x" * (payload - 30)
        self.version = hub.call("GET", f"/emulator/devices/{device}/twin")["desired"]["$version"]

    def again(self, one):
        one.send(
            f"GET /emulator/devices/{self.device}/twin/desired?after={self.version} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: {self.hub.token}\r\nPrefer: wait=300\r\n\r\n".encode())

    greet = again

    def trigger(self, number):
        body = json.dumps({"properties": {"desired": {"n": number, "text": self.filler}}})
        self.version += 1
        self.trigger_socket.sendall((
            f"PATCH /twins/{self.device}?api-version=2021-04-12 HTTP/1.1\r\nHost: localhost\r\nAuthorization: {self.hub.token}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode())

    def after_trigger(self):
        if not self.trigger_socket.recv(65536).startswith(b"HTTP/1.1 200"):
            raise Wrong("the patch was refused")

    def whole(self, data):
        end = data.find(b"\r\n\r\n")
        return end >= 0 and len(data) >= end + 4 + int(data[:end].lower().split(b"content-length:")[1].split(b"\r\n")[0])

    def check(self, data, number):
        patches = json.loads(data[data.find(b"\r\n\r\n") + 4:])["patches"]
        if len(patches) != 1 or patches[0]["n"] != number or patches[0]["$version"] != self.version:
            raise Wrong(f"round {number}: {patches}")


class Subscribers(Parked):
    """MQTT subscribers of one topic at QoS 0."""

    topic = b"bench"

    def __init__(self, port, count, payload=400):
        super().__init__(port, count)
        self.payload = payload
        self.names = 0

    def connect(self, one):
        self.names += 1
        name = b"c%d" % self.names
        body = b"\0\4MQTT\4\2\0\0" + struct.pack(">H", len(name)) + name
        one.sendall(b"\x10" + bytes([len(body)]) + body)
        if one.recv(4) != b"\x20\x02\0\0":
            raise Wrong("mosquitto refused a client")

    def greet(self, one):
        self.connect(one)
        body = b"\0\1" + struct.pack(">H", len(self.topic)) + self.topic + b"\0"
        one.sendall(b"\x82" + bytes([len(body)]) + body)
        if one.recv(5) != b"\x90\x03\0\1\0":
            raise Wrong("mosquitto refused a subscription")

    def prepare_trigger(self):
        self.connect(self.trigger_socket)

    def message(self, number):
        text = b"%08d" % number + b"x" * (self.payload - 8)
        body = struct.pack(">H", len(self.topic)) + self.topic + text
        return b"\x30" + bytes([len(body) % 128 | 0x80, len(body) // 128]) + body

    def trigger(self, number):
        self.trigger_socket.sendall(self.message(number))

    def whole(self, data):
        return len(data) >= len(self.message(0))

    def check(self, data, number):
        if data != self.message(number):
            raise Wrong(f"round {number}: {data[:40]!r}")


def big_seed(path, twins, payload=300):
    """Bulk import lines of so many devices, each with about `payload` bytes of properties."""
    filler = "x" * (payload - 120)
    with open(path, "w") as file:
        for number in range(twins):
            file.write(
                f'{{"id":"bench-{number:07}","status":"enabled","authentication":{{"type":"sas","symmetricKey":{{"primaryKey":"{KEY}",'
                f'"secondaryKey":"{KEY}"}}}},"tags":{{"line":"{number % 40}"}},"properties":{{"desired":{{"interval":{number % 60},'
                f'"limits":{{"low":{number % 7},"high":{number % 90 + 10}}},"note":"{filler}"}}}}}}\n')
    return pathlib.Path(path)
