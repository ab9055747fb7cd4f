"""New symmetric keys for many identities (rest.md section 17), as `az iot hub … renew-key` asks for them."""

import base64

import pytest

from acceptance import sas
from acceptance.rest import Hub, expect_error, identity_number, ok

PATH = "/devices/keys/regenerate"
API = "2024-03-31"


def keys(hub, device, module=None):
    path = f"/devices/{device}" + (f"/modules/{module}" if module else "")
    found = ok(hub.get(path))["authentication"]["symmetricKey"]
    return found["primaryKey"], found["secondaryKey"]


def renew(hub, which, *devices, **more):
    return hub.post(PATH, {"policyKey": which, "devices": [
        {"id": device} if isinstance(device, str) else {"id": device[0], "moduleId": device[1]} for device in devices]},
        api=API, **more)


@pytest.mark.parametrize("which, changed", [
    ("primaryKey", (True, False)), ("secondaryKey", (False, True)), ("both", (True, True)), ("PRIMARYKEY", (True, False))])
def test_the_keys_that_are_named_are_new(hub, device, which, changed):
    before, etag = keys(hub, device), ok(hub.get(f"/devices/{device}"))["etag"]
    answer = ok(renew(hub, which, device))
    after = keys(hub, device)
    assert tuple(old != new for old, new in zip(before, after)) == changed
    assert all(len(base64.b64decode(key)) == 32 for key in after)
    names = [name for name, new in zip(("primaryKey", "secondaryKey"), changed) if new]
    assert answer == {
        "policyKey": which if which != "PRIMARYKEY" else "primaryKey", "errors": [],
        "rotatedKeys": [{"id": device, **{name: dict(zip(("primaryKey", "secondaryKey"), after))[name] for name in names}}]}
    assert identity_number(ok(hub.get(f"/devices/{device}"))["etag"]) == identity_number(etag) + 1


def test_modules_have_keys_of_their_own(hub, module):
    device, module = module
    owner, before = keys(hub, device), keys(hub, device, module)
    answer = ok(renew(hub, "primaryKey", (device, module)))
    assert answer["rotatedKeys"] == [
        {"id": device, "moduleId": module, "primaryKey": keys(hub, device, module)[0]}]
    assert keys(hub, device) == owner and keys(hub, device, module)[1] == before[1]


def test_an_old_key_opens_nothing_any_more(hub, device):
    def view(key):
        return hub.as_(sas.token(sas.device_resource("localhost", device), key, encode=False))

    old = keys(hub, device)[0]
    twin = f"/emulator/devices/{device}/twin"
    assert view(old).get(twin).status_code == 200
    new = ok(renew(hub, "primaryKey", device))["rotatedKeys"][0]["primaryKey"]
    assert view(old).get(twin).status_code == 401
    assert view(new).get(twin).status_code == 200


def test_some_are_refused_and_the_others_have_their_keys(hub, device, name):
    hub.put(f"/devices/{name}-ca", {"deviceId": f"{name}-ca", "authentication": {"type": "certificateAuthority"}})
    before = keys(hub, device)
    answer = renew(hub, "both", f"{name}-none", device, f"{name}-ca", (device, "none"))
    hub.remove(f"{name}-ca")
    assert answer.status_code == 207
    assert [entry["id"] for entry in answer.json()["rotatedKeys"]] == [device] and keys(hub, device) != before
    assert [(entry["id"], entry.get("moduleId"), entry["errorCode"]) for entry in answer.json()["errors"]] == [
        (f"{name}-none", None, 404001), (f"{name}-ca", None, 400003), (device, "none", 404010)]
    assert all(entry["errorStatus"] for entry in answer.json()["errors"])


def test_where_none_has_new_keys_it_is_a_400(hub, name):
    answer = renew(hub, "both", f"{name}-none")
    assert answer.status_code == 400
    assert answer.headers["iothub-errorcode"] == "BulkRegenerateDeviceKeyOperationFailure"
    assert answer.json()["rotatedKeys"] == [] and len(answer.json()["errors"]) == 1


@pytest.mark.parametrize("body, code", [
    ({}, "ArgumentNull"), ({"policyKey": "both"}, "ArgumentInvalid"), ({"policyKey": "both", "devices": []}, "ArgumentInvalid"),
    ({"policyKey": "third", "devices": [{"id": "d"}]}, "InvalidPolicyKey"),
    ({"policyKey": "both", "devices": [{}]}, "ArgumentInvalid"), ({"policyKey": "both", "devices": [{"id": "a b"}]}, "ArgumentInvalid"),
    ({"policyKey": "both", "devices": [{"id": "d"}, {"id": "d"}]}, "DeviceDefinedMultipleTimes"),
    ({"policyKey": "both", "devices": [{"id": f"d{number}"} for number in range(1001)]}, "ArgumentInvalid")])
def test_what_is_no_request_is_refused(hub, body, code):
    expect_error(hub.post(PATH, body, api=API), 400, code)


def test_new_keys_survive_a_kill(new_server):
    server = new_server()
    hub = Hub(server)
    for number in range(1000):
        assert number % 100 or hub.post("/devices", [
            {"id": f"d{number + more}", "importMode": "create", "status": "enabled"} for more in range(100)]).status_code == 200
    answer = ok(renew(hub, "secondaryKey", *(f"d{number}" for number in range(1000))))
    server.restart(kill=True)
    hub = Hub(server)
    rotated = {entry["id"]: entry["secondaryKey"] for entry in answer["rotatedKeys"]}
    assert len(rotated) == 1000
    for device in ("d0", "d500", "d999"):
        assert keys(hub, device)[1] == rotated[device]
