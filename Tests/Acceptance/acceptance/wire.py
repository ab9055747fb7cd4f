"""HTTP/1.1 by hand: for what a well-behaved client library cannot send."""

import dataclasses
import gzip
import json
import socket
import ssl
import zlib


@dataclasses.dataclass
class Answer:
    status: int
    reason: str
    version: str
    fields: list
    body: bytes

    def __getitem__(self, name):
        """The value of the only field of that name."""
        values = self.all(name)
        assert len(values) == 1, f"{name} stands {len(values)} times in {self.fields}"
        return values[0]

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def get(self, name, default=None):
        values = self.all(name)
        return values[0] if values else default

    def json(self):
        encoding = self.get("content-encoding")
        return json.loads(gzip.decompress(self.body) if encoding == "gzip" else self.body)


class Closed(Exception):
    """The server closed the connection where an answer was expected."""


class Wire:
    """One connection. Reads answers one by one; never repairs what it is told to send."""

    def __init__(self, port, host="127.0.0.1", tls=None, seconds=15):
        self.socket = socket.create_connection((host, port), timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.kept = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends, and does not mind that a server which refused already stopped reading."""
        try:
            self.socket.sendall(data.encode() if isinstance(data, str) else data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return self

    def finish(self):
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except (ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            data = b""
        if not data:
            raise Closed(f"closed after {self.kept[:200]!r}")
        self.kept += data

    def _line(self):
        while b"\r\n" not in self.kept:
            self._more()
        line, self.kept = self.kept.split(b"\r\n", 1)
        return line

    def _take(self, count):
        while len(self.kept) < count:
            self._more()
        taken, self.kept = self.kept[:count], self.kept[count:]
        return taken

    def head(self):
        """The next status line and fields, 1xx included."""
        while b"\r\n\r\n" not in self.kept:
            self._more()
        head, self.kept = self.kept.split(b"\r\n\r\n", 1)
        first, *rest = head.decode("latin-1").split("\r\n")
        version, status, *reason = first.split(" ", 2)
        pairs = [tuple(part.strip() for part in line.split(":", 1)) for line in rest]
        return Answer(int(status), reason[0] if reason else "", version, pairs, b"")

    def answer(self, method="GET", interim=False):
        """The next whole answer; 1xx ones are passed over unless asked for."""
        while True:
            found = self.head()
            if found.status >= 200 or interim:
                break
        if method == "HEAD" or found.status in (204, 304) or found.status < 200:
            return found
        if found.get("transfer-encoding", "").lower() == "chunked":
            found.body = b"".join(self.chunks())
        elif found.get("content-length") is not None:
            found.body = self._take(int(found["content-length"]))
        else:
            found.body = self.rest()
        return found

    def chunks(self):
        """The data of each chunk until the last one."""
        while True:
            size = int(self._line().split(b";")[0], 16)
            if size == 0:
                while self._line():
                    pass
                return
            yield self._take(size)
            self._take(2)

    def rest(self):
        """Everything until the server closes."""
        try:
            while True:
                self._more()
        except Closed:
            taken, self.kept = self.kept, b""
            return taken

    def closed(self):
        """True once the server has closed and nothing more has come."""
        return self.rest() == b""


def request(method, target, *lines, body=b"", host="localhost", version="HTTP/1.1", length=True):
    """The bytes of a request as written: no field is added but Host and Content-Length."""
    payload = body.encode() if isinstance(body, str) else body
    head = [f"{method} {target} {version}"]
    if host is not None:
        head.append(f"Host: {host}")
    head += lines
    if payload and length:
        head.append(f"Content-Length: {len(payload)}")
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + payload


def chunked(*parts, trailers=()):
    """A chunked body of these parts."""
    out = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return out + b"0\r\n" + b"".join(line.encode() + b"\r\n" for line in trailers) + b"\r\n"


def gunzip_bounded(data, bound=1 << 24):
    return zlib.decompressobj(31).decompress(data, bound)
