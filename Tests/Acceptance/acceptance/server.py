"""A TwinHub process under test: started on ports of the system's choice, known by what it prints."""

import atexit
import collections
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
SAMPLE = REPOSITORY / "sample-data" / "factory.ndjson"
READY = re.compile(
    r"^ready https=(?P<https_host>\S+):(?P<https_port>\d+) mqtt=(?P<mqtt_host>\S+):(?P<mqtt_port>\d+) data=(?P<data>.*)$"
)
#: No start in the tests may take longer; a start that replays a large log says so itself.
START_SECONDS = 20


def binary():
    """The twinhub under test: `TWINHUB`, else the release build, else the debug build."""
    named = os.environ.get("TWINHUB")
    if named:
        return pathlib.Path(named).resolve()
    for build in ("release", "debug"):
        candidate = REPOSITORY / ".build" / build / "twinhub"
        if candidate.exists():
            return candidate
    raise FileNotFoundError("no twinhub to test: build it, or name it in the environment variable TWINHUB")


def clean_environment(**extra):
    """The caller's environment without anything that would configure TwinHub or its clients."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TWINHUB", "IOTHUB_")) and name not in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
    }
    return {**kept, **extra}


def run_command(*arguments, env=None, timeout=20, check=True, input=None):
    """Runs `twinhub …` to its end; the completed process with text output."""
    done = subprocess.run(
        [str(binary()), *map(str, arguments)], env=env or clean_environment(), timeout=timeout,
        capture_output=True, text=True, input=input)
    if check and done.returncode != 0:
        raise AssertionError(f"twinhub {' '.join(map(str, arguments))} exited {done.returncode}: {done.stderr}{done.stdout}")
    return done


def shell_exports(text):
    """What a shell has in its environment after `eval "$text"`."""
    script = 'eval "$1"; env -0'
    plain = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    out = subprocess.run(["bash", "-c", script, "bash", text], env=plain, capture_output=True, check=True, timeout=10)
    pairs = (entry.split("=", 1) for entry in out.stdout.decode().split("\0") if "=" in entry)
    return {name: value for name, value in pairs if plain.get(name) != value}


class Server:
    """One `twinhub serve`. `start()` returns when the ready line has been read."""

    running = set()

    def __init__(
            self, *arguments, data=None, env=None, https_port=0, mqtt_port=0, descriptors=None, address=None):
        self.owns_data = data is None
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="twinhub-test-"))
        self.arguments = [str(argument) for argument in arguments]
        #: The name or address that clients dial; servers at addresses of their own may have the same ports.
        self.host = address or "localhost"
        if address:
            self.arguments += ["--bind", address, "--host-name", address]
        self.env = env or {}
        self.https_port, self.mqtt_port = https_port, mqtt_port
        self.descriptors = descriptors
        self.process = None
        self.output = []
        self.ready_line = None
        self.log_path = self.data.parent / f"{self.data.name}.stderr"
        self._exports = None

    # Life ----------------------------------------------------------------------------------------

    def launch(self):
        """Starts the process and returns at once."""
        command = [str(binary()), "serve", "--data", str(self.data)]
        command += ["--https-port", str(self.https_port), "--mqtt-port", str(self.mqtt_port), *self.arguments]
        if self.descriptors is not None:
            command = ["bash", "-c", f'ulimit -n {self.descriptors}; exec "$@"', "bash", *command]
        self.output, self.ready_line, self._exports = [], None, None
        self._lines = queue.Queue()
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
                env=clean_environment(**self.env))
        Server.running.add(self)
        threading.Thread(target=self._pump, args=(self.process.stdout, self._lines), daemon=True).start()
        return self

    @staticmethod
    def _pump(stream, lines):
        for line in stream:
            lines.put(line.rstrip("\n"))
        lines.put(None)

    def start(self, seconds=START_SECONDS):
        self.launch()
        self.wait_ready(seconds)
        return self

    def wait_ready(self, seconds=START_SECONDS):
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.001, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no ready line within {seconds} s; said: {self.output}; {self.log_tail()}") from None
            if line is None:
                code = self.process.wait(5)
                Server.running.discard(self)
                raise ServerEnded(f"ended with {code} before ready; said: {self.output}; {self.log_tail()}", code)
            self.output.append(line)
            found = READY.match(line)
            if found:
                self.ready_line = line
                self.https_port, self.mqtt_port = int(found["https_port"]), int(found["mqtt_port"])
                self.https_host, self.mqtt_host = found["https_host"], found["mqtt_host"]
                return found

    def stop(self, seconds=10):
        """SIGTERM; the exit code."""
        return self.signal(signal.SIGTERM, seconds)

    def kill9(self):
        return self.signal(signal.SIGKILL, 10)

    def signal(self, number, seconds):
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(seconds)
        Server.running.discard(self)
        return code

    def restart(self, kill=False):
        """Down and up again on the same ports and the same folder."""
        self.kill9() if kill else self.stop()
        return self.start()

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def dispose(self):
        if self.alive():
            self.kill9()
        Server.running.discard(self)
        if self.owns_data:
            shutil.rmtree(self.data, ignore_errors=True)
            self.log_path.unlink(missing_ok=True)

    # What clients need -----------------------------------------------------------------------------

    @property
    def url(self):
        return f"https://{self.host}:{self.https_port}"

    @property
    def plain_url(self):
        """The same port without TLS: one door."""
        return f"http://{self.host}:{self.https_port}"

    @property
    def ca_file(self):
        return str(self.data / "ca.pem")

    @property
    def exports(self):
        """The variables that `twinhub env` exports."""
        if self._exports is None:
            self._exports = shell_exports(run_command("env", "--data", self.data).stdout)
        return self._exports

    @property
    def connection_string(self):
        return self.exports["IOTHUB_CONNECTION_STRING"]

    @property
    def report(self):
        """What a start has written for tools."""
        return json.loads((self.data / "server.json").read_text())

    @property
    def owner_key(self):
        return fields(self.report["connectionString"])["SharedAccessKey"]

    def log_text(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def log_tail(self):
        return "stderr: " + " | ".join(collections.deque(self.log_text().splitlines(), maxlen=8))


class ServerEnded(AssertionError):
    """The process ended before it was ready."""

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


def fields(connection_string):
    """`HostName=…;SharedAccessKey=…` as a dictionary; each pair splits at its first `=`."""
    return dict(pair.split("=", 1) for pair in connection_string.split(";"))


@atexit.register
def _leave_nothing_running():
    for server in list(Server.running):
        if server.alive():
            server.process.kill()
