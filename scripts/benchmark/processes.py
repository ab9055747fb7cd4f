"""A server as the kernel sees it: its processor time, its memory, its end."""

import os
import pathlib
import signal
import socket
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")


def cores():
    return sorted(os.sched_getaffinity(0))


def halves():
    """Processors for the server and for the load; the same ones where there is only one."""
    every = cores()
    middle = max(1, len(every) // 2)
    return (every[:middle], every[middle:]) if len(every) > 1 else (every, every)


def pinned(command, where):
    """The command on some processors only; everywhere if None."""
    return command if where is None else ["taskset", "-c", ",".join(map(str, where)), *command]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def connected(port, timeout):
    """A connection to a port on which perhaps nobody listens yet. From another address than the server's: from its own the kernel may
    choose the very port that is asked for, connect the socket with itself, and keep the server from it."""
    return socket.create_connection(("127.0.0.1", port), timeout=timeout, source_address=("127.0.0.2", 0))


def tree(pid):
    """The process and all that descend from it."""
    found = [pid]
    for parent in found:
        for task in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                pass
    return found


class Process:
    """A server under measurement."""

    def __init__(self, name, command, where=None, log=None, env=None):
        self.name = name
        self.output = open(log, "ab") if log else subprocess.DEVNULL
        self.child = subprocess.Popen(
            pinned(list(map(str, command)), where), stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output, env=env)

    @property
    def pid(self):
        return self.child.pid

    def cpu(self):
        """Seconds of processor time, user and system, of the process and its children so far."""
        total = 0
        for pid in tree(self.pid):
            try:
                after = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            total += int(after[11]) + int(after[12])
        return total / TICK

    def resident(self):
        """Bytes of resident memory, shared pages of children counted once."""
        private = 0
        for number, pid in enumerate(tree(self.pid)):
            rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            keys = ["Rss:"] if number == 0 else ["Private_Clean:", "Private_Dirty:"]
            private += sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.split()[0] in keys)
        return private

    def private(self):
        """Bytes of memory that are the process's own: no page of a file, which the kernel takes back as it likes."""
        rollup = pathlib.Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Anonymous:"))

    def settle(self, seconds=300):
        """Waits until it has nothing left to do, such as a snapshot after a start: that is not to be counted as anybody's request."""
        deadline = time.monotonic() + seconds
        before = self.cpu()
        while time.monotonic() < deadline:
            time.sleep(1)
            now = self.cpu()
            if now - before < 0.05:
                return
            before = now

    def wait_port(self, port, seconds=20):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.child.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.child.returncode}")
            try:
                connected(port, 1).close()
                return
            except OSError:
                time.sleep(0.01)
        raise RuntimeError(f"{self.name} does not listen on {port}")

    def stop(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait(5)
        if self.output is not subprocess.DEVNULL:
            self.output.close()
