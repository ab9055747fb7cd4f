"""Fixtures: one server for the tests that get by with a device of their own, and new ones for those that do not."""

import itertools
import os
import re

import pytest

from acceptance import sas
from acceptance.rest import Hub
from acceptance.server import SAMPLE, Server, run_command
from acceptance.wire import Wire


@pytest.fixture(scope="session")
def server():
    """A server with the sample factory, shared by the session."""
    one = Server("--seed", SAMPLE).start()
    os.environ["REQUESTS_CA_BUNDLE"] = one.ca_file
    yield one
    one.dispose()


@pytest.fixture(scope="session")
def hub(server):
    """The shared server as its owner, without TLS on the HTTPS port (one door)."""
    return Hub(server)


@pytest.fixture(scope="session")
def secure_hub(server):
    """The same over TLS."""
    return Hub(server, plain=False)


@pytest.fixture
def new_server():
    """Starts servers of the test's own; they end with the test."""
    started = []

    def start(*arguments, ready=True, **more):
        one = Server(*arguments, **more)
        started.append(one)
        return one.start() if ready else one.launch()

    yield start
    for one in started:
        one.dispose()


_numbers = itertools.count(1)


@pytest.fixture
def name(request):
    """A device id nobody else uses, readable in the server's log."""
    test = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[:80].strip("-")
    return f"{test}.{next(_numbers)}"


@pytest.fixture
def device(hub, name):
    """A fresh device; gone after the test."""
    hub.create(name)
    yield name
    hub.remove(name)


@pytest.fixture
def module(hub, device):
    """A fresh module `sensor` on the fresh device: (device id, module id)."""
    hub.create_module(device, "sensor")
    return device, "sensor"


@pytest.fixture
def wire(server):
    """Opens raw connections to the shared server."""
    opened = []

    def connect(**more):
        one = Wire(server.https_port, **more)
        opened.append(one)
        return one

    yield connect
    for one in opened:
        one.socket.close()


@pytest.fixture(scope="session")
def policy_token(server):
    """A policy's token as `twinhub sas` prints it."""
    made = {}

    def token(policy):
        if policy not in made:
            made[policy] = run_command("sas", "--data", server.data, "--policy", policy).stdout.strip()
        return made[policy]

    return token


@pytest.fixture
def device_hub(hub):
    """The hub as a device or module sees it, with a token signed by its own key."""

    def view(device, module=None):
        path = f"/devices/{device}" + (f"/modules/{module}" if module else "")
        key = hub.get(path).json()["authentication"]["symmetricKey"]["primaryKey"]
        return hub.as_(sas.token(sas.device_resource("localhost", device, module), key, encode=False))

    return view
