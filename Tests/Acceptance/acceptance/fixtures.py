"""Fixtures that every suite with a `server` of its own can use."""

import itertools
import re

import pytest

from .rest import Hub
from .server import Server


@pytest.fixture(scope="session")
def hub(server):
    """The shared server as its owner, without TLS on the HTTPS port (one door)."""
    return Hub(server)


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
