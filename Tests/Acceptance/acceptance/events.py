"""Server-sent events as a client reads them (HTML standard, section 9.2)."""

import dataclasses
import json

from .wire import Wire, request


@dataclasses.dataclass
class Event:
    kind: str
    id: str
    data: str

    def json(self):
        return json.loads(self.data)


class EventStream:
    """One `text/event-stream` connection."""

    def __init__(self, port, target, token, last_id=None, seconds=15):
        lines = [f"Authorization: {token}", "Accept: text/event-stream"]
        if last_id is not None:
            lines.append(f"Last-Event-ID: {last_id}")
        self.wire = Wire(port, seconds=seconds).send(request("GET", target, *lines))
        self.head = self.wire.head()
        self.text = b""
        self.comments = 0
        if self.head.get("transfer-encoding", "").lower() == "chunked":
            self._pieces = self.wire.chunks()
        else:
            self._pieces = self._until_close()

    def _until_close(self):
        while True:
            if not self.wire.kept:
                self.wire._more()
            piece, self.wire.kept = self.wire.kept, b""
            yield piece

    def next(self):
        """The next event; StopIteration when the server has ended the stream."""
        while True:
            while b"\n\n" not in self.text:
                self.text += next(self._pieces)
            block, self.text = self.text.split(b"\n\n", 1)
            found = {"event": "message", "id": None, "data": []}
            for line in block.decode().split("\n"):
                if line.startswith(":"):
                    self.comments += 1
                    continue
                name, _, value = line.partition(":")
                value = value.removeprefix(" ")
                found["data"].append(value) if name == "data" else found.update({name: value})
            if found["data"]:
                return Event(found["event"], found["id"], "\n".join(found["data"]))

    def close(self):
        self.wire.socket.close()
