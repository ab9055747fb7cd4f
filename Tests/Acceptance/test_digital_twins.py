"""The Plug and Play view of twins (rest.md section 14), with Microsoft's own DigitalTwinClient."""

import pytest
from azure.iot.hub import DigitalTwinClient
from msrest.exceptions import HttpOperationError

from acceptance.rest import TIME, Hub, expect_error, ok, segment, twin_etag, user

THERMOSTAT = "dtmi:com:example:Thermostat;1"


@pytest.fixture(scope="module")
def twins(server):
    return DigitalTwinClient.from_connection_string(server.connection_string)


def path(device, *more):
    return "/".join([f"/digitaltwins/{segment(device)}", *more])


def refused(status, name, call, *arguments):
    with pytest.raises(HttpOperationError) as raised:
        call(*arguments)
    return expect_error(raised.value.response, status, name)


# Reading -------------------------------------------------------------------------------------------------


def test_a_device_without_a_model_has_one(hub, twins, device):
    assert twins.get_digital_twin(device) == {"$dtId": device, "$metadata": {"$model": ""}}
    answer = hub.get(path(device))
    assert answer.headers["ETag"] == f'"{twin_etag(1)}"' == f'"{hub.twin(device)["etag"]}"'


def test_desired_and_reported_stand_in_one_tree(hub, twins, device):
    hub.desired(device, {"thermostat1": {"__t": "c", "targetTemperature": 21.5}, "interval": 5})
    hub.report(device, {"serialNumber": "SN-1", "thermostat1": {
        "__t": "c", "maxTemp": 42.5, "targetTemperature": {"value": 21.5, "ac": 200, "av": 2, "ad": "done"}}})
    twin = twins.get_digital_twin(device)
    assert twin["$dtId"] == device and twin["serialNumber"] == "SN-1" and "interval" not in twin
    thermostat = twin["thermostat1"]
    assert user(thermostat) == {"maxTemp": 42.5, "targetTemperature": 21.5}
    acknowledged = thermostat["$metadata"]["targetTemperature"]
    assert TIME.match(acknowledged.pop("lastUpdateTime"))
    assert acknowledged == {
        "desiredValue": 21.5, "desiredVersion": 2, "ackVersion": 2, "ackCode": 200, "ackDescription": "done"}
    assert list(thermostat["$metadata"]["maxTemp"]) == ["lastUpdateTime"]
    assert twin["$metadata"]["interval"] == {"desiredValue": 5, "desiredVersion": 2}


def test_an_unknown_device_has_none(hub, twins, name):
    assert refused(404, "DeviceNotFound", twins.get_digital_twin, name) == name
    assert refused(404, "DeviceNotFound", twins.update_digital_twin, name, []) == name
    assert refused(404, "DeviceNotFound", twins.invoke_command, name, "reboot", {}) == name


# Patches -------------------------------------------------------------------------------------------------


def test_a_patch_sets_and_clears_desired_properties(hub, twins, device):
    twins.update_digital_twin(device, [
        {"op": "add", "path": "/interval", "value": 5},
        {"op": "add", "path": "/thermostat1", "value": {"$metadata": {}, "targetTemperature": 21.5, "mode": "slow"}},
        {"op": "add", "path": "/thermostat2/targetTemperature", "value": 19}])
    assert user(hub.twin(device)["properties"]["desired"]) == {
        "interval": 5, "thermostat1": {"__t": "c", "targetTemperature": 21.5, "mode": "slow"},
        "thermostat2": {"__t": "c", "targetTemperature": 19}}
    twins.update_digital_twin(device, [
        {"op": "replace", "path": "/thermostat1/targetTemperature", "value": 22},
        {"op": "remove", "path": "/thermostat1/mode"}, {"op": "remove", "path": "/interval"},
        {"op": "remove", "path": "/thermostat2"}])
    assert user(hub.twin(device)["properties"]["desired"]) == {"thermostat1": {"__t": "c", "targetTemperature": 22}}
    metadata = twins.get_digital_twin(device)["thermostat1"]["$metadata"]
    assert metadata == {"targetTemperature": {"desiredValue": 22, "desiredVersion": 3}}


def test_a_patch_answers_202_with_the_new_etag_and_where_the_twin_is(hub, twins, device):
    answer = hub.patch(path(device), [{"op": "add", "path": "/interval", "value": 5}])
    assert answer.status_code == 202 and answer.content == b""
    assert answer.headers["ETag"] == f'"{hub.twin(device)["etag"]}"' == f'"{twin_etag(2)}"'
    location = answer.headers["Location"]
    assert ok(hub.get(location, api=None)) == twins.get_digital_twin(device)


def test_an_etag_guards_a_patch(hub, twins, device):
    change = [{"op": "add", "path": "/interval", "value": 5}]
    stale = twin_etag(7)
    assert refused(412, "PreconditionFailed", twins.update_digital_twin, device, change, f'"{stale}"')
    assert "interval" not in hub.twin(device)["properties"]["desired"]
    for count, etag in enumerate([f'"{twin_etag(1)}"', "*", None], start=2):
        twins.update_digital_twin(device, [{**change[0], "value": count}], etag)
        assert hub.twin(device)["etag"] == twin_etag(count)


@pytest.mark.parametrize("patch, name", [
    ({}, "InvalidDigitalTwinJsonPatch"),
    ([{"op": "test", "path": "/a", "value": 1}], "InvalidDigitalTwinJsonPatch"),
    ([{"op": "add", "path": "a", "value": 1}], "InvalidDigitalTwinPatch"),
    ([{"op": "replace", "path": "/$metadata/$model", "value": THERMOSTAT}], "InvalidDigitalTwinPatchPath"),
    ([{"op": "add", "path": "/a", "value": [1]}], "InvalidDigitalTwinPayload"),
    ([{"op": "add", "path": "/interval/deep", "value": 1}], "ArgumentInvalid"),
    ([{"op": "add", "path": "/fine", "value": 1}, {"op": "add", "path": "/a", "value": None}], "InvalidDigitalTwinPayload"),
    ([{"op": "add", "path": "/a", "value": "x" * 4097}], "ArgumentInvalid"),
])
def test_a_patch_that_is_none_changes_nothing(hub, device, patch, name):
    hub.desired(device, {"interval": 5})
    before = hub.twin(device)
    expect_error(hub.patch(path(device), patch), 400, name)
    assert hub.twin(device) == before


def test_a_patch_that_is_no_json_is_refused(hub, device):
    expect_error(hub.patch(path(device)), 400, "ArgumentNull")
    expect_error(hub.patch(path(device), data=b"["), 400, "IotHubFormatError")


def test_a_waiting_device_hears_of_the_patch(hub, twins, device):
    """As it does of any other change of what is desired."""
    twins.update_digital_twin(device, [{"op": "add", "path": "/thermostat1/targetTemperature", "value": 21.5}])
    heard = ok(hub.get(f"/emulator/devices/{segment(device)}/twin/desired", after=1, headers={"Prefer": "wait=20"}))
    assert [user(change) for change in heard["patches"]] == [{"thermostat1": {"__t": "c", "targetTemperature": 21.5}}]


def test_a_patch_survives_a_kill(new_server):
    server = new_server()
    hub = Hub(server)
    hub.create("d")
    assert hub.patch(path("d"), [{"op": "add", "path": "/t/x", "value": 1}]).status_code == 202
    before = ok(hub.get(path("d")))
    server.restart(kill=True)
    assert ok(Hub(server).get(path("d"))) == before and before["t"]["$metadata"]["x"]["desiredValue"] == 1


# Commands, as far as no device is needed ------------------------------------------------------------------


@pytest.mark.parametrize("command, more", [
    ("a b", {}), ("ä", {}), ("c", {"responseTimeoutInSeconds": 4}), ("c", {"responseTimeoutInSeconds": "x"}),
    ("c", {"connectTimeoutInSeconds": 301}), ("c", {"responseTimeoutInSeconds": 5, "connectTimeoutInSeconds": 6})])
def test_a_command_against_the_rules_is_refused(hub, device, command, more):
    for where in (("commands",), ("components", "thermostat1", "commands")):
        answer = hub.post(path(device, *where, segment(command)), {}, **more)
        assert answer.status_code == 400 and answer.headers["iothub-errorcode"] == "ArgumentInvalid"
        assert answer.json()["ExceptionMessage"] == ""


def test_a_payload_that_is_no_json_is_refused(hub, device):
    answer = hub.post(path(device, "commands", "c"), data=b"{")
    assert answer.status_code == 400 and answer.headers["iothub-errorcode"] == "IotHubFormatError"
