"""Parked clients of TwinHub in processes of their own, which share the load and each have descriptors of their own.

What comes is read as cheaply as Python can: the first body of a round is parsed and checked, all others of the same twin must equal
it. Moments are of CLOCK_MONOTONIC, which all processes of a machine share.
"""

import collections
import json
import multiprocessing
import os
import re
import selectors
import socket
import time

from .loads import Wrong

#: Seconds without anything after which somebody is taken to have been forgotten.
PATIENCE = 60
#: Long enough for a round, short enough to end by itself: the longest that the server waits.
WAIT_SECONDS = 300

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)

#: Clients of a kind: the device of each, and the desired version that they know.
Group = collections.namedtuple("Group", "kind devices version")


class LongPolls:
    """Clients that ask anew after each answer, each on a connection of its own."""

    fields = f"Prefer: wait={WAIT_SECONDS}"

    def __init__(self, port, token, devices, version):
        self.token, self.devices = token, devices
        self.sockets = [socket.create_connection(("127.0.0.1", port)) for _ in devices]
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


class Worker:
    """One process's clients: what the pipe asks for is done and answered."""

    def __init__(self, pipe, port, token, groups):
        self.pipe = pipe
        self.poll = selectors.EpollSelector()
        self.crowds = []
        for kind, devices, version in groups:
            crowd = kind(port, token, devices, version)
            self.crowds.append(crowd)
            for one, name in crowd.handles():
                self.poll.register(one, selectors.EVENT_READ, (crowd, name))
        pipe.send("open")

    def told(self, count, version):
        """Waits until so many clients were told of this version: the moment of the last."""
        known, heard = {}, []
        while len(heard) < count:
            events = self.poll.select(timeout=PATIENCE)
            if not events:
                raise Wrong(f"{count - len(heard)} of {count} were told nothing of version {version}")
            for key, _ in events:
                crowd, name = key.data
                for client, body in crowd.take(name):
                    right = known.setdefault((crowd, crowd.devices[client]), body)
                    if body is right and crowd.version(body) != version or body != right:
                        raise Wrong(f"told {body[:200]!r} of version {version}")
                    heard.append((crowd, client))
        moment = time.monotonic()
        if len(set(heard)) != count:
            raise Wrong(f"{len(set(heard))} clients were told of version {version} {count} times")
        for crowd in self.crowds:
            crowd.again([client for owner, client in heard if owner is crowd], version)
        return moment

    def run(self):
        while (asked := self.pipe.recv()) is not None:
            self.pipe.send(self.told(*asked))
        for crowd in self.crowds:
            crowd.close()


def work(pipe, port, token, groups, where):
    os.sched_setaffinity(0, where)
    try:
        Worker(pipe, port, token, groups).run()
    except (Wrong, OSError) as error:
        pipe.send(Wrong(str(error)))


class Park:
    """All clients that wait on a server, dealt out to several processes on some processors."""

    def __init__(self, hub, groups, where, processes=1):
        self.hub, self.count = hub, sum(len(group.devices) for group in groups)
        context = multiprocessing.get_context("fork")
        self.workers = []
        for number in range(processes):
            share = [group._replace(devices=group.devices[number::processes]) for group in groups]
            ours, theirs = context.Pipe()
            process = context.Process(target=work, args=(theirs, hub.port, hub.token, share, where), daemon=True)
            process.start()
            self.workers.append((process, ours, collections.Counter(device for group in share for device in group.devices)))
        self.answers()
        self.settle()

    def settle(self):
        """All have asked; that all of them wait is the server's to say."""
        deadline = time.monotonic() + PATIENCE
        while (found := waits(self.hub)) < self.count:
            if time.monotonic() > deadline:
                raise Wrong(f"{found} of {self.count} clients wait")
            time.sleep(0.05)

    def answers(self):
        found = []
        for _, pipe, _ in self.workers:
            answer = pipe.recv() if pipe.poll(600) else Wrong("a load process says nothing")
            if isinstance(answer, Wrong):
                raise answer
            found.append(answer)
        return found

    def round(self, device, version, change):
        """Seconds from the change of a device until all who wait for it have been told of this version."""
        for _, pipe, clients in self.workers:
            pipe.send((clients[device], version))
        began = time.monotonic()
        change()
        return max(self.answers()) - began

    def close(self):
        for process, pipe, _ in self.workers:
            try:
                pipe.send(None)
            except OSError:
                pass
            process.join(20)
            process.kill()
        deadline = time.monotonic() + PATIENCE
        while waits(self.hub) and time.monotonic() < deadline:
            time.sleep(0.05)


def waits(hub):
    """Clients that wait for desired properties, by the server's own count."""
    for line in hub.text("/metrics").splitlines():
        if line.startswith("twinhub_waits "):
            return int(float(line.split()[1]))
    raise Wrong("no count of waits")
