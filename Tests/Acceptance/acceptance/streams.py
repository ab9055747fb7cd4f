"""HTTP/2 frame by frame, over `hyperframe` and `hpack`: for what a client library does of its own accord, or never."""

import dataclasses
import json
import socket
import ssl

import hpack
from hyperframe import frame as frames

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#: RFC 9113 section 7.
NO_ERROR, PROTOCOL_ERROR, CANCEL, ENHANCE_YOUR_CALM = 0, 1, 8, 11


@dataclasses.dataclass
class Stream:
    """What has come on one stream so far."""

    id: int
    fields: dict = dataclasses.field(default_factory=dict)
    #: Statuses of interim answers.
    interim: list = dataclasses.field(default_factory=list)
    body: bytes = b""
    is_over: bool = False
    #: The code of a RST_STREAM.
    reset: int | None = None

    @property
    def status(self):
        return int(self.fields[":status"])

    def json(self):
        return json.loads(self.body)


class Connection:
    """One connection with any number of streams; reads only when asked what has come."""

    def __init__(self, port, token=None, tls=None, settings=None, makes_room=True, seconds=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.token, self.makes_room = token, makes_room
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        self.next_id, self.kept, self.pings = 1, b"", 0
        self.streams = {}
        #: What SETTINGS of the server have said.
        self.settings = {}
        #: (last stream, code) of each GOAWAY, in order.
        self.goaways = []
        self.is_closed = False
        self._send(PREFACE + frames.SettingsFrame(0, settings=settings or {}).serialize())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            # A server that has said goodbye no longer reads; what it said is still there to be read.
            pass

    def put(self, *some):
        """Sends frames as they are."""
        self._send(b"".join(one.serialize() for one in some))

    # Asking ----------------------------------------------------------------------------------------

    def head(self, method, target, more=(), ends=True):
        """A request's HEADERS, not sent yet, and its stream."""
        fields = [(":method", method), (":scheme", "http"), (":authority", "localhost"), (":path", target)]
        if self.token is not None:
            fields.append(("authorization", self.token))
        stream = self.streams[self.next_id] = Stream(self.next_id)
        self.next_id += 2
        flags = ["END_HEADERS", "END_STREAM"] if ends else ["END_HEADERS"]
        return frames.HeadersFrame(stream.id, self.encoder.encode(fields + list(more)), flags=flags), stream

    def begin(self, method, target, body=b"", more=(), ends=True):
        """Sends a request, whose body fits into one frame; its stream."""
        head, stream = self.head(method, target, more, ends and not body)
        self.put(head, *([data(stream, body, ends)] if body else []))
        return stream

    def reset(self, stream, code=CANCEL):
        self.put(frames.RstStreamFrame(stream.id, code))

    def ping(self):
        """Everything sent before has been looked at once this returns."""
        known = self.pings
        self.put(frames.PingFrame(0, b"12345678"))
        self.until(lambda: self.pings > known)

    # Hearing ---------------------------------------------------------------------------------------

    def read(self):
        """Takes what has come, waiting for it; nothing more comes once the server has closed."""
        try:
            some = self.socket.recv(1 << 16)
        except (ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            some = b""
        self.is_closed = not some
        self.kept += some
        while len(self.kept) >= 9:
            one, length = frames.Frame.parse_frame_header(memoryview(self.kept[:9]))
            if len(self.kept) < 9 + length:
                return
            one.parse_body(memoryview(self.kept[9:9 + length]))
            self.kept = self.kept[9 + length:]
            self._take(one)

    def _take(self, one):
        stream = self.streams.get(one.stream_id)
        match one:
            case frames.HeadersFrame():
                fields = dict(self.decoder.decode(bytes(one.data)))
                if fields[":status"].startswith("1"):
                    stream.interim.append(fields[":status"])
                else:
                    stream.fields = fields
            case frames.DataFrame():
                stream.body += bytes(one.data)
                if self.makes_room and one.flow_controlled_length:
                    self.put(*(frames.WindowUpdateFrame(id, one.flow_controlled_length) for id in (0, one.stream_id)))
            case frames.RstStreamFrame():
                stream.is_over, stream.reset = True, one.error_code
            case frames.SettingsFrame() if "ACK" not in one.flags:
                self.settings.update(one.settings)
                self.put(frames.SettingsFrame(0, flags=["ACK"]))
            case frames.PingFrame() if "ACK" in one.flags:
                self.pings += 1
            case frames.PingFrame():
                self.put(frames.PingFrame(0, one.opaque_data, flags=["ACK"]))
            case frames.GoAwayFrame():
                self.goaways.append((one.last_stream_id, one.error_code))
        if "END_STREAM" in one.flags:
            stream.is_over = True

    def until(self, condition):
        """Reads until the condition holds. The socket's patience turns a hang into a failure."""
        while not condition():
            assert not self.is_closed, f"closed before that: {self.streams} {self.goaways}"
            self.read()

    def finished(self, *streams):
        """The streams when all of them are over; the only one by itself."""
        self.until(lambda: all(stream.is_over for stream in streams))
        return streams[0] if len(streams) == 1 else streams

    def call(self, method, target, body=b"", more=()):
        return self.finished(self.begin(method, target, body, more))

    def closed(self):
        """Reads to the end; the code that the server ended the connection with."""
        while not self.is_closed:
            self.read()
        return self.goaways[-1][1] if self.goaways else None


def data(stream, payload, ends=False):
    return frames.DataFrame(stream.id, payload, flags=["END_STREAM"] if ends else [])
