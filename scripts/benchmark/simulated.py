"""`twinhub load` and `twinhub agent simulate` under the bench's hand: a crowd of MQTT clients on processors of its own."""

import json
import subprocess
import threading

from .loads import Wrong
from .processes import pinned

#: Lines of progress that are shown when a run has failed.
TAIL = 5


class Crowd:
    """One run of the load generator; its results are lines of JSON."""

    command = "load"

    def __init__(self, binary, mode, where, *arguments):
        self.mode = mode
        shards = ["--shards", str(len(where))] if where else []
        self.child = subprocess.Popen(
            pinned([str(binary), self.command, mode, *shards, *map(str, arguments)], where), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.progress = []
        self.reader = threading.Thread(target=self.follow, daemon=True)
        self.reader.start()

    def follow(self):
        for line in self.child.stderr:
            self.progress = [*self.progress, line][-TAIL:]

    def wait(self, event):
        """The next result of this kind, as it stood in the line."""
        for line in self.child.stdout:
            told = json.loads(line)
            if told["event"] == "ended":
                self.child.wait(20)
                if told["failure"] or told.get("wrong"):
                    raise Wrong(f"{self.command} {self.mode}: {told}")
            if told["event"] == event:
                return told
        self.child.wait(20)
        self.reader.join(5)
        raise Wrong(f"{self.command} {self.mode} ended without '{event}': {''.join(self.progress)}")

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            self.child.wait(20)


class Agents(Crowd):
    """One run of simulated security agents."""

    command = "agent"
