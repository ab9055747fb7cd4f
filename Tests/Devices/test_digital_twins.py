"""Plug and Play end to end: Microsoft's DigitalTwinClient on one side, its device SDK on the other (rest.md section 14)."""

import concurrent.futures
import os

import pytest
from azure.iot.hub import DigitalTwinClient
from msrest.exceptions import HttpOperationError

from acceptance.rest import expect_error, user

from devices.backend import expect_offline, expect_timeout

MODEL = "dtmi:com:example:TemperatureController;1"


@pytest.fixture
def twins(server, monkeypatch):
    monkeypatch.setitem(os.environ, "REQUESTS_CA_BUNDLE", server.ca_file)
    return DigitalTwinClient.from_connection_string(server.connection_string)


def invoke(twins, device, component, command, payload=None, **more):
    """(status, payload) of a command that must reach the device."""
    operations = twins.protocol.digital_twin
    if component is None:
        raw = operations.invoke_root_level_command(device, command, payload, raw=True, **more)
    else:
        raw = operations.invoke_component_command(device, component, command, payload, raw=True, **more)
    return int(raw.headers["x-ms-command-statuscode"]), raw.output


@pytest.mark.parametrize("component, command, method", [
    (None, "reboot", "reboot"), ("thermostat1", "getMaxMinReport", "thermostat1*getMaxMinReport")])
def test_a_command_is_a_direct_method(client, twins, device, component, command, method):
    heard = client(device, product_info=MODEL).answer_methods(lambda request: (207, {"heard": request.payload}))
    for payload in ({"delay": 5}, {"größe": "ß"}, 3, "text", [1, None], {}, False):
        assert invoke(twins, device, component, command, payload) == (207, {"heard": payload})
        request = heard.next()
        assert request.name == method and request.payload == payload


def test_a_command_by_the_clients_own_methods(client, twins, device):
    client(device).answer_methods(lambda request: (200, [request.name, request.payload]))
    assert twins.invoke_command(device, "reboot", {"delay": 5}) == ["reboot", {"delay": 5}]
    assert twins.invoke_component_command(device, "t1", "reset", 0, 5, 30) == ["t1*reset", 0]


def test_a_command_may_come_without_a_payload_and_be_answered_without_one(hub, client, device):
    heard = client(device).answer_methods(lambda request: (204, None))
    answer = hub.post(f"/digitaltwins/{device}/commands/reboot")
    assert answer.status_code == 200 and answer.headers["x-ms-command-statuscode"] == "204"
    assert answer.json() is None and heard.next().payload is None


def test_a_device_that_is_away_is_not_online(hub, twins, device):
    with pytest.raises(HttpOperationError) as raised:
        twins.invoke_command(device, "reboot", {})
    expect_offline(raised.value.response)
    assert expect_offline(hub.post(f"/digitaltwins/{device}/commands/c", {}, connectTimeoutInSeconds=1)) == (
        "Timed out waiting for device to connect.")


def test_a_device_that_says_nothing_times_out(hub, client, device):
    heard = client(device).answer_methods(lambda request: None)
    expect_timeout(hub.post(f"/digitaltwins/{device}/components/t/commands/c", {}, responseTimeoutInSeconds=5))
    assert heard.next().name == "t*c"


def test_a_command_waits_for_a_device_to_connect(client, twins, device):
    one = client(device, connected=False)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        call = pool.submit(invoke, twins, device, None, "wake", {"x": 1},
                           connect_timeout_in_seconds=60, response_timeout_in_seconds=90)
        one.connect()
        one.answer_methods()
        assert call.result(60) == (200, {"x": 1})


def test_a_writable_property_from_the_wish_to_the_acknowledgement(client, twins, device):
    one = client(device, product_info=MODEL)
    heard = one.patches()
    one.get_twin()
    twins.update_digital_twin(device, [{"op": "add", "path": "/thermostat1/targetTemperature", "value": 21.5}])
    patch = heard.next()
    assert user(patch) == {"thermostat1": {"__t": "c", "targetTemperature": 21.5}}
    waiting = twins.get_digital_twin(device)["thermostat1"]
    assert user(waiting) == {} and "ackCode" not in waiting["$metadata"]["targetTemperature"]
    one.patch_twin_reported_properties({"thermostat1": {
        "__t": "c", "targetTemperature": {"value": 21.5, "ac": 200, "av": patch["$version"], "ad": "reached"}}})
    twin = twins.get_digital_twin(device)
    assert twin["$metadata"]["$model"] == MODEL and twin["thermostat1"]["targetTemperature"] == 21.5
    metadata = twin["thermostat1"]["$metadata"]["targetTemperature"]
    assert metadata["ackVersion"] == metadata["desiredVersion"] == patch["$version"]
    assert metadata["ackCode"] == 200 and metadata["ackDescription"] == "reached"


def test_a_property_that_is_cleared_reaches_the_device_as_null(client, twins, device):
    twins.update_digital_twin(device, [{"op": "add", "path": "/t", "value": {"$metadata": {}, "a": 1, "b": 2}}])
    one = client(device)
    heard = one.patches()
    one.get_twin()
    twins.update_digital_twin(device, [{"op": "remove", "path": "/t/a"}])
    assert user(heard.next()) == {"t": {"__t": "c", "a": None}}


def test_an_unknown_device_takes_no_commands(hub):
    expect_error(hub.post("/digitaltwins/nobody/commands/c", {}), 404, "DeviceNotFound", text="nobody")
