"""The recipes of README, run as they stand there, in shells that know nothing but what `twinhub env` says."""

import os
import queue
import re
import subprocess
import sys
import threading

import pytest

from acceptance.server import REPOSITORY, SAMPLE, binary, clean_environment, run_command, shell_exports

from devices.waiting import PATIENCE, eventually

FIRST = "gateway-a1"
README = (REPOSITORY / "README.md").read_text()


def box(language, holding):
    """The box of README that holds a text."""
    boxes = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    found = [text for name, text in boxes if name == language and holding in text]
    assert len(found) == 1, f"{len(found)} boxes hold {holding}"
    return found[0]


@pytest.fixture
def factory(own_hub):
    """A hub with the sample factory, and the variables of a shell for it."""
    hub = own_hub("--seed", SAMPLE)
    folder = hub.server.data
    exports = shell_exports(run_command("env", "--data", folder).stdout)
    path = f"{binary().parent}:{os.environ['PATH']}"
    return hub, clean_environment(**exports, PATH=path, TWINHUB_DATA=str(folder), PYTHONUNBUFFERED="1")


def run(text, shell, *command):
    done = subprocess.run([*(command or ("bash", "-euc")), text], env=shell, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Device:
    """README's device program, running."""

    def __init__(self, shell):
        self.process = subprocess.Popen(
            [sys.executable, "-c", box("python", "IoTHubDeviceClient")], env=shell, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def says(self, *parts):
        """Waits for a line with each of these parts in it."""
        missing = set(parts)
        while missing:
            line = self.lines.get(timeout=PATIENCE)
            assert line is not None, f"it ended without {missing}"
            missing -= {part for part in missing if part in line}

    def end(self):
        self.process.communicate("\n", timeout=PATIENCE)
        return self.process.returncode


def test_a_device_and_its_back_end_meet_and_meet_again_after_a_kill(factory):
    hub, shell = factory
    device = Device(shell)
    try:
        device.says("Connected.")
        commands = box("", "twinhub send gateway-a1")
        assert '{"status":200,"payload":{"done": "reboot"}}' in run(commands, shell)
        device.says('{"do":"it"}')
        run(box("python", "IoTHubRegistryManager"), shell, sys.executable, "-c")
        device.says("PT1S")
        hub.server.restart(kill=True)
        # The device connects again when it likes.
        eventually(lambda: hub.twin(FIRST)["connectionState"] == "Connected", "the device's return")
        assert '{"status":200,"payload":{"done": "reboot"}}' in run(commands, shell)
        run(box("python", "IoTHubRegistryManager"), shell, sys.executable, "-c")
        device.says('{"do":"it"}', "PT1S")
        assert device.end() == 0
    finally:
        device.process.kill()
    assert hub.twin(FIRST)["properties"]["reported"]["firmware"] == "4.2.1"


def test_plain_rest(factory):
    _, shell = factory
    assert f'"deviceId":"{FIRST}"' in run(box("", "$IOTHUB_URL/twins/gateway-a1?api").replace("curl", "curl --fail -sS"), shell)
