"""Parked clients of TwinHub in processes of their own, which share the load and each have descriptors of their own.

What comes is read as cheaply as Python can: the first body of a round is parsed and checked, all others of the same twin must equal
it. Moments are of CLOCK_MONOTONIC, which all processes of a machine share.
"""

import collections
import multiprocessing
import os
import selectors
import time

from .loads import Wrong

#: Seconds without anything after which somebody is taken to have been forgotten.
PATIENCE = 60
#: Clients of a kind: the device of each, and the desired version that they know.
Group = collections.namedtuple("Group", "kind devices version")


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
                    if body != right or body is right and crowd.version(body) != version:
                        raise Wrong(f"told {body[:200]!r} of version {version}")
                    heard.append((crowd, client))
        moment = time.monotonic()
        if len(set(heard)) != count:
            raise Wrong(f"{len(set(heard))} clients were told of version {version} {count} times")
        return moment, heard

    def run(self):
        while (asked := self.pipe.recv()) is not None:
            moment, heard = self.told(*asked)
            self.pipe.send(moment)
            # Not before all clients of all processes are told: asking again would keep the server from telling them.
            self.pipe.recv()
            for crowd in self.crowds:
                crowd.again([client for owner, client in heard if owner is crowd], asked[1])
            self.pipe.send("asked")
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
        took = max(self.answers()) - began
        for _, pipe, _ in self.workers:
            pipe.send("ask again")
        self.answers()
        return took

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
