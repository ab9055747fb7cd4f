"""Fixtures: one hub at the ports that the SDK insists on. Run this suite in a network namespace of its own."""

import itertools

import pytest

from acceptance.fixtures import device, hub, module, name, new_server  # noqa: F401
from acceptance.rest import Hub
from acceptance.server import Server

from devices.backend import BackEnd
from devices.packets import Packets, client_id, user_name
from devices.relay import Relay
from devices.sdk import Client, token

#: Where the relay stands in front of the shared hub.
RELAY = "127.0.0.2"
_addresses = (f"127.0.1.{number}" for number in itertools.count(1))


@pytest.fixture(scope="session")
def server():
    """The hub that the tests share, each with devices of its own."""
    one = Server("--host-name", RELAY, https_port=443, mqtt_port=8883).start()
    yield one
    one.dispose()


@pytest.fixture
def own_hub(new_server):
    """Starts a hub of the test's own at an address of its own, with the SDK's ports."""

    def start(*arguments):
        return Hub(new_server(*arguments, address=next(_addresses), https_port=443, mqtt_port=8883))

    return start


@pytest.fixture
def backend(hub):
    return BackEnd(hub)


@pytest.fixture
def relay():
    """A link to the shared hub that can be cut; dial it with `gateway=relay.address`."""
    one = Relay(RELAY, "127.0.0.1")
    one.address = RELAY
    yield one
    one.close()


@pytest.fixture
def client(request, hub):
    """Makes SDK clients, connected unless told otherwise; they end with the test, before what they need does."""
    for needed in ("device", "relay"):
        if needed in request.fixturenames:
            request.getfixturevalue(needed)
    made = []

    def make(device, module=None, *, of=hub, connected=True, **options):
        one = Client(of, device, module, **options)
        made.append(one)
        if connected:
            one.connect()
        return one

    yield make
    for one in made:
        one.end()


@pytest.fixture(params=["device", "module"])
def kind(request):
    return request.param


@pytest.fixture(params=["sync", "async"])
def style(request):
    return request.param


@pytest.fixture
def identity(hub, device, kind):
    """A device, or a module on one: (device id, module id or None)."""
    if kind == "device":
        return device, None
    hub.create_module(device, "sensor")
    return device, "sensor"


@pytest.fixture
def packets(hub):
    """Opens raw MQTT connections. With a device they are connected, by its own key unless told otherwise."""
    opened = []

    def connect(device=None, module=None, *, of=hub, query="api-version=2021-04-12", session=None, **options):
        one = Packets(of.server.ca_file, of.server.host)
        opened.append(one)
        if device is None:
            return one
        options.setdefault("password", token(of, device, module))
        code, present = one.connect(client_id(device, module), user_name(device, module, query), **options)
        assert code == 0
        assert session is None or present == session
        one.session_present = present
        return one

    yield connect
    for one in opened:
        one.socket.close()
