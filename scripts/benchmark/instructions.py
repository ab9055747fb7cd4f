"""How many instructions a server carries out in user space, between two moments of its life.

Wall time and processor time change with what else a machine does; instructions hardly do. The processor counts them where it
may (`perf stat`), otherwise valgrind's callgrind does, at a fiftieth of the speed.
"""

import pathlib
import re
import shutil
import signal
import subprocess
import time

from .loads import Wrong
from .processes import Process, free_port

EVENT = "instructions:u"


def perf_counts():
    """Whether the processor counts instructions here; virtual machines often do not let it."""
    if shutil.which("perf") is None:
        return False
    done = subprocess.run(["perf", "stat", "-x", ",", "-e", EVENT, "true"], capture_output=True, text=True)
    return done.returncode == 0 and counted_by_perf(done.stderr) is not None


def counted_by_perf(text):
    """The count in what `perf stat -x,` has written; None where it could not count."""
    found = re.search(rf"^(\d+),[^,\n]*,{EVENT}", text, re.MULTILINE)
    return int(found[1]) if found else None


class Hub:
    """A TwinHub whose instructions are counted: one shard, everything pinned down that can be."""

    #: Seconds for a start; callgrind needs about ten on a quiet machine.
    START_SECONDS = 300

    def __init__(self, binary, folder):
        self.binary, self.data = pathlib.Path(binary), pathlib.Path(folder)
        self.port, self.mqtt_port = free_port(), free_port()
        self.log = self.data.with_suffix(".log")
        command = [
            self.binary, "serve", "--data", self.data, "--https-port", self.port, "--mqtt-port", self.mqtt_port, "--shards", "1"]
        # Keys and certificates are made by a start that nobody counts: how long primes are looked for is chance.
        if not self.data.exists():
            made = Process("TwinHub", command, log=self.log)
            self.wait_ready(made)
            made.stop()
            self.log.unlink()
        self.process = Process("TwinHub", [*self.prefix(), *command], log=self.log)
        self.wait_ready(self.process)

    def wait_ready(self, process):
        deadline = time.monotonic() + self.START_SECONDS
        while b"\nready " not in self.log.read_bytes():
            if process.child.poll() is not None or time.monotonic() > deadline:
                raise Wrong(f"not ready: {self.log.read_text(errors='replace')[-1000:]}")
            time.sleep(0.02)

    def token(self, *arguments):
        return subprocess.run(
            [self.binary, "sas", "--data", self.data, "--ttl", "86400", *arguments], check=True, capture_output=True,
            text=True).stdout.strip()

    def stop(self):
        self.process.stop()

    def prefix(self):
        """What the server's command is put behind."""
        return []


class PerfHub(Hub):
    name = f"perf stat -e {EVENT}"

    def count(self, work):
        counter = subprocess.Popen(
            ["perf", "stat", "-x", ",", "-e", EVENT, "-p", str(self.process.pid)], stderr=subprocess.PIPE, text=True)
        # It says nothing when it has begun to count; its events are open when it waits for a signal.
        time.sleep(0.5)
        work()
        counter.send_signal(signal.SIGINT)
        said = counter.communicate(timeout=20)[1]
        found = counted_by_perf(said)
        if found is None:
            raise Wrong(f"perf counted nothing: {said[-300:]}")
        return found


class CallgrindHub(Hub):
    name = "valgrind --tool=callgrind"

    def __init__(self, binary, folder):
        self.out = pathlib.Path(f"{folder}.callgrind")
        self.dumps = 0
        # valgrind 3.19 gives up on the debug information of a Swift binary, and reads it even where none is wanted.
        bare = pathlib.Path(f"{folder}.binary")
        subprocess.run(["strip", "-o", bare, binary], check=True)
        super().__init__(bare, folder)

    def prefix(self):
        return ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={self.out}"]

    def dump(self):
        """Ends a part of the count: the instructions since the last part's end."""
        self.dumps += 1
        done = subprocess.run(["callgrind_control", "-d", str(self.process.pid)], capture_output=True, text=True, timeout=120)
        part = pathlib.Path(f"{self.out}.{self.dumps}")
        deadline = time.monotonic() + 60
        while not part.exists() or not (found := re.search(r"^totals: (\d+)", part.read_text(), re.MULTILINE)):
            if time.monotonic() > deadline:
                raise Wrong(f"callgrind counted nothing: {done.stdout[-200:]} {done.stderr[-200:]}")
            time.sleep(0.02)
        part.unlink()
        return int(found[1])

    def count(self, work):
        self.dump()
        work()
        return self.dump()


def counting_hub():
    """The kind of server that can be counted here."""
    if perf_counts():
        return PerfHub
    missing = [program for program in ("valgrind", "callgrind_control", "strip") if shutil.which(program) is None]
    if missing:
        raise SystemExit(f"perf counts no instructions here, and {', '.join(missing)} is missing: apt-get install valgrind binutils")
    return CallgrindHub
