"""Work of a fixed size for one server: the same requests in the same order, every answer checked.

One after the other on one connection, so that how requests happen to meet does not change what the server does.
"""

import json
import socket
import ssl
import struct

from .loads import Wrong

API = "api-version=2021-04-12"
DEVICES = 100
#: Long-polls that one change is told to.
WAITERS = 32
TEXT = "x" * 252
#: 300 bytes.
BODY = json.dumps({"properties": {"desired": {"value": 0, "text": TEXT}}}, separators=(",", ":"))


class Answers:
    """The answers on one connection: HTTP/1.1 with Content-Length."""

    def __init__(self, port, tls=False):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket)
        self.kept = b""

    def more(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise Wrong(f"closed after {self.kept[:300]!r}")
        self.kept += data

    def take(self, count):
        while len(self.kept) < count:
            self.more()
        taken, self.kept = self.kept[:count], self.kept[count:]
        return taken

    def next(self):
        """The body of the next answer, which is a success."""
        while (end := self.kept.find(b"\r\n\r\n")) < 0:
            self.more()
        head = self.take(end + 4).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in head else 0
        body = self.take(length)
        if not head.startswith(b"http/1.1 2"):
            raise Wrong(f"answered {head[:100]!r} {body[:300]!r}")
        return body

    def ask(self, request):
        self.socket.sendall(request)
        return self.next()

    def close(self):
        self.socket.close()


class Workloads:
    """Everything that two builds are compared by, on one counted server."""

    def __init__(self, hub):
        self.hub, self.owner = hub, hub.token()
        setup = Answers(hub.port)
        setup.ask(self.request("POST", f"/devices?{API}", json.dumps(
            [{"id": f"bench-{device}", "importMode": "create", "tags": {"n": device}} for device in range(DEVICES)])))
        for device in range(DEVICES):
            setup.ask(self.patch(device))
        setup.close()
        self.device_token = hub.token("--device", "bench-0")

    def request(self, method, target, body="", *fields):
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost", f"Authorization: {self.owner}", *fields]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    def patch(self, device):
        return self.request("PATCH", f"/twins/bench-{device}?{API}", BODY)

    def get(self, count, tls=False):
        connection = Answers(self.hub.port, tls)
        for number in range(count):
            name = f"bench-{number % DEVICES}"
            if json.loads(connection.ask(self.request("GET", f"/twins/{name}?{API}")))["deviceId"] != name:
                raise Wrong("another twin")
        connection.close()

    def get_tls(self, count):
        self.get(count, tls=True)

    def patches(self, count):
        connection = Answers(self.hub.port)
        for number in range(count):
            twin = json.loads(connection.ask(self.patch(number % DEVICES)))
            if twin["properties"]["desired"]["text"] != TEXT:
                raise Wrong("another twin")
        connection.close()

    def deliveries(self, count):
        """Changes of one twin, each told to WAITERS long-polls."""
        writer = Answers(self.hub.port)
        waiting = [Answers(self.hub.port) for _ in range(WAITERS)]
        at = json.loads(writer.ask(self.request("GET", f"/twins/bench-0?{API}")))["properties"]["desired"]["$version"]
        for version in range(at, at + count // WAITERS):
            for one in waiting:
                one.socket.sendall(self.request(
                    "GET", f"/emulator/devices/bench-0/twin/desired?after={version}", "", "Prefer: wait=300"))
            writer.ask(self.patch(0))
            for one in waiting:
                told = json.loads(one.next())["patches"]
                if [patch["$version"] for patch in told] != [version + 1]:
                    raise Wrong(f"told {told}")
        for one in (writer, *waiting):
            one.close()

    def publishes(self, count):
        """Telemetry of 200 bytes at QoS 1 over MQTT."""
        connection = socket.create_connection(("127.0.0.1", self.hub.mqtt_port), timeout=120)
        texts = b"bench-0", f"localhost/bench-0/?{API}".encode(), self.device_token.encode()
        connection.sendall(packet(0x10, text(b"MQTT") + b"\4\xc2\0\0" + b"".join(map(text, texts))))
        expect(connection, b"\x20\2\0\0")
        for number in range(count):
            name = struct.pack(">H", number % 65535 + 1)
            connection.sendall(packet(0x32, text(b"devices/bench-0/messages/events/") + name + b"t" * 200))
            expect(connection, b"\x40\2" + name)
        connection.sendall(packet(0xe0, b""))
        connection.close()

    def queries(self, count):
        connection = Answers(self.hub.port)
        for number in range(count):
            query = json.dumps({"query": f"SELECT deviceId FROM devices WHERE tags.n = {number % DEVICES}"})
            if json.loads(connection.ask(self.request("POST", f"/devices/query?{API}", query))) != [{"deviceId": f"bench-{number % DEVICES}"}]:
                raise Wrong("another answer to the query")
        connection.close()


def text(data):
    """A string as MQTT has it."""
    return struct.pack(">H", len(data)) + data


def packet(kind, body):
    left, length = len(body), b""
    while left >= 128:
        length += bytes([left % 128 | 128])
        left //= 128
    return bytes([kind]) + length + bytes([left]) + body


def expect(connection, wanted):
    found = b""
    while len(found) < len(wanted):
        more = connection.recv(len(wanted) - len(found))
        if not more:
            break
        found += more
    if found != wanted:
        raise Wrong(f"MQTT: {found!r} in place of {wanted!r}")


#: Name, what one unit of it is, the work, and units of the smaller of the two counts.
ALL = [
    ("get", "GET of a twin, plain", Workloads.get, 200),
    ("get-tls", "GET of a twin, TLS", Workloads.get_tls, 200),
    ("patch", "durable PATCH of 300 B, full twin answered", Workloads.patches, 100),
    ("long-poll", f"delivery to a long-poll, {WAITERS} on one twin, its share of the PATCH included", Workloads.deliveries, 10 * WAITERS),
    ("mqtt-publish", "telemetry of 200 B at QoS 1, plain MQTT", Workloads.publishes, 200),
    ("query", f"query by a tag that is indexed, of {DEVICES} twins", Workloads.queries, 100),
]
