"""Fixtures: one server for the tests that get by with a device of their own, and new ones for those that do not."""

import os

import pytest

from acceptance import sas
from acceptance.fixtures import device, hub, module, name, new_server  # noqa: F401
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
def secure_hub(server):
    """The same over TLS."""
    return Hub(server, plain=False)


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
