"""Device and module identities over REST (rest.md sections 5, 7 and 19)."""

import base64

import pytest

from acceptance.rest import NEVER, TIME, expect_error, expect_numeric, identity_number, ok, segment

KEY = base64.b64encode(bytes(range(32))).decode()
DEVICE_MEMBERS = [
    "deviceId", "generationId", "etag", "connectionState", "status", "statusReason", "connectionStateUpdatedTime",
    "statusUpdatedTime", "lastActivityTime", "cloudToDeviceMessageCount", "authentication", "capabilities"]
MODULE_MEMBERS = [
    "moduleId", "managedBy", "deviceId", "generationId", "etag", "connectionState", "connectionStateUpdatedTime",
    "lastActivityTime", "cloudToDeviceMessageCount", "authentication"]
NO_THUMBPRINTS = {"primaryThumbprint": None, "secondaryThumbprint": None}
NO_KEYS = {"primaryKey": None, "secondaryKey": None}


def keys(length):
    key = base64.b64encode(b"k" * length).decode()
    return {"type": "sas", "symmetricKey": {"primaryKey": key, "secondaryKey": key}}


def test_a_new_device_has_every_member_in_wire_order(hub, name):
    answer = hub.put(f"/devices/{name}", {"deviceId": name})
    document = ok(answer)
    try:
        assert list(document) == DEVICE_MEMBERS
        assert document["connectionState"] == "Disconnected" and document["status"] == "enabled"
        assert document["statusReason"] is None and document["cloudToDeviceMessageCount"] == 0
        assert document["capabilities"] == {"iotEdge": False}
        assert document["generationId"].isdecimal() and len(document["generationId"]) == 18
        for time in ("connectionStateUpdatedTime", "statusUpdatedTime", "lastActivityTime"):
            assert document[time] == NEVER
        assert list(document["authentication"]) == ["symmetricKey", "x509Thumbprint", "type"]
        assert document["authentication"]["type"] == "sas"
        assert document["authentication"]["x509Thumbprint"] == NO_THUMBPRINTS
        for key in document["authentication"]["symmetricKey"].values():
            assert len(base64.b64decode(key)) == 32
        assert 0 < identity_number(document["etag"]) < 2**30
        assert answer.headers["ETag"] == f'"{document["etag"]}"'
        again = hub.get(f"/devices/{name}")
        assert again.json() == document and again.headers["ETag"] == answer.headers["ETag"]
    finally:
        hub.remove(name)


def test_a_new_module_has_every_member_in_wire_order_and_no_etag_header(hub, device):
    before = hub.get(f"/devices/{device}").json()
    answer = hub.put(f"/devices/{device}/modules/m", {"deviceId": device, "moduleId": "m"})
    document = ok(answer)
    assert list(document) == MODULE_MEMBERS and document["managedBy"] is None
    assert "ETag" not in answer.headers and "ETag" not in hub.get(f"/devices/{device}/modules/m").headers
    assert hub.get(f"/devices/{device}").json() == before


def test_an_update_replaces_everything(hub, name):
    """rest.md section 5.2: what the body omits is reset, but capabilities stay."""
    made = hub.create(name, status="disabled", statusReason="belt removed", authentication=keys(20))
    try:
        assert made["status"] == "disabled" and made["statusReason"] == "belt removed"
        after = ok(hub.put(f"/devices/{name}", {"deviceId": name}, etag="*"))
        assert after["status"] == "enabled" and after["statusReason"] is None
        assert after["authentication"]["symmetricKey"] != made["authentication"]["symmetricKey"]
        assert after["generationId"] == made["generationId"]
        assert identity_number(after["etag"]) == identity_number(made["etag"]) + 1
        assert TIME.match(after["statusUpdatedTime"]) and after["statusUpdatedTime"] != NEVER
        same = ok(hub.put(f"/devices/{name}", after, etag="*"))
        assert same["authentication"] == after["authentication"]
        assert same["statusUpdatedTime"] == after["statusUpdatedTime"]
        assert identity_number(same["etag"]) == identity_number(after["etag"]) + 1
    finally:
        hub.remove(name)


def test_identity_writes_show_in_the_twin_and_leave_its_counters(hub, device):
    before = hub.twin(device)
    updated = ok(hub.put(f"/devices/{device}", {"deviceId": device, "status": "disabled", "statusReason": "why"}, etag="*"))
    twin = hub.twin(device)
    assert (twin["status"], twin["statusReason"]) == ("disabled", "why")
    assert twin["statusUpdateTime"] == updated["statusUpdatedTime"]
    assert twin["deviceEtag"] == updated["etag"] != before["deviceEtag"]
    assert (twin["version"], twin["etag"]) == (before["version"], before["etag"])


def test_read_only_and_unknown_members_are_ignored(hub, name):
    made = hub.create(
        name, generationId="1", etag="MTIz", connectionState="Connected", cloudToDeviceMessageCount=7,
        lastActivityTime="2020-01-01T00:00:00Z", surprise={"a": 1})
    try:
        assert made["generationId"] != "1" and made["etag"] != "MTIz" and made["connectionState"] == "Disconnected"
        assert made["cloudToDeviceMessageCount"] == 0 and made["lastActivityTime"] == NEVER and "surprise" not in made
    finally:
        hub.remove(name)


def test_a_body_that_names_another_device_is_refused(hub, name):
    expect_error(hub.put(f"/devices/{name}", {"deviceId": "other"}), 400, "ArgumentInvalid")


# Authentication ---------------------------------------------------------------------------------------------

THUMB1, THUMB256 = "aB" * 20, "0F" * 32
STORED = {
    "keys of 16 bytes": (keys(16), keys(16)["symmetricKey"], NO_THUMBPRINTS, "sas"),
    "keys of 64 bytes": (keys(64), keys(64)["symmetricKey"], NO_THUMBPRINTS, "sas"),
    "SHA-1": (
        {"type": "selfSigned", "x509Thumbprint": {"primaryThumbprint": THUMB1}}, NO_KEYS,
        {"primaryThumbprint": THUMB1, "secondaryThumbprint": None}, "selfSigned"),
    "SHA-256": (
        {"type": "selfSigned", "x509Thumbprint": {"primaryThumbprint": THUMB256, "secondaryThumbprint": THUMB1}}, NO_KEYS,
        {"primaryThumbprint": THUMB256, "secondaryThumbprint": THUMB1}, "selfSigned"),
    "no thumbprint at all": ({"type": "selfSigned"}, NO_KEYS, NO_THUMBPRINTS, "selfSigned"),
    "type from the thumbprint": (
        {"x509Thumbprint": {"primaryThumbprint": THUMB1}}, NO_KEYS,
        {"primaryThumbprint": THUMB1, "secondaryThumbprint": None}, "selfSigned"),
    "certificate authority": ({"type": "certificateAuthority"}, NO_KEYS, NO_THUMBPRINTS, "certificateAuthority"),
    "type in other letters": ({"type": "CertificateAuthority"}, NO_KEYS, NO_THUMBPRINTS, "certificateAuthority"),
}


@pytest.mark.parametrize("case", STORED)
def test_credentials_are_kept_as_given(hub, name, case):
    given, symmetric, thumbprints, kind = STORED[case]
    made = hub.create(name, authentication=given)
    try:
        assert made["authentication"] == {"symmetricKey": symmetric, "x509Thumbprint": thumbprints, "type": kind}
        twin = hub.twin(name)
        assert twin["authenticationType"] == kind and twin["x509Thumbprint"] == thumbprints
    finally:
        hub.remove(name)


REFUSED = {
    "keys of 15 bytes": (keys(15), "Invalid device key length"),
    "keys of 65 bytes": (keys(65), "Invalid device key length"),
    "one key": ({"type": "sas", "symmetricKey": {"primaryKey": KEY}}, "Either no keys or both keys can be set"),
    "one key, other empty": (
        {"type": "sas", "symmetricKey": {"primaryKey": "", "secondaryKey": KEY}}, "Either no keys or both keys can be set"),
    "no base64": ({"type": "sas", "symmetricKey": {"primaryKey": "§§§", "secondaryKey": KEY}}, ""),
    "separators": (
        {"type": "selfSigned", "x509Thumbprint": {"primaryThumbprint": "AB:" * 19 + "AB"}}, "StringIsNotThumbprint"),
    "39 digits": ({"type": "selfSigned", "x509Thumbprint": {"primaryThumbprint": "A" * 39}}, "StringIsNotThumbprint"),
    "no type": ({"type": "none"}, "DeviceAuthenticationTypeIsMissing"),
    "unknown type": ({"type": "telepathy"}, ""),
}


@pytest.mark.parametrize("case", REFUSED)
def test_credentials_that_are_none_are_refused(hub, name, case):
    given, text = REFUSED[case]
    expect_error(hub.put(f"/devices/{name}", {"deviceId": name, "authentication": given}), 400, "ArgumentInvalid", containing=text)
    assert hub.get(f"/devices/{name}").status_code == 404


def test_empty_keys_are_made_by_the_hub(hub, name):
    made = hub.create(name, authentication={"type": "sas", "symmetricKey": {"primaryKey": "", "secondaryKey": ""}})
    hub.remove(name)
    assert all(len(base64.b64decode(key)) == 32 for key in made["authentication"]["symmetricKey"].values())


def test_a_module_with_type_none_becomes_sas(hub, device):
    assert hub.create_module(device, "m", authentication={"type": "none"})["authentication"]["type"] == "sas"


# Identifiers ------------------------------------------------------------------------------------------------

ODD = ["a-b:c.d+e%f_g#h*i?j!k(l)m,n=o@p;q$r's", "100%", "%41", "a#b?c=d", "1+1", "query", "x" * 128, "Case", "case"]


@pytest.mark.parametrize("identifier", ODD)
def test_every_allowed_character_can_stand_in_an_id(hub, identifier):
    """Percent-decoded once, after splitting; a `+` is a plus (rest.md section 0)."""
    quoted = segment(identifier)
    assert ok(hub.put(f"/devices/{quoted}", {"deviceId": identifier}))["deviceId"] == identifier
    try:
        assert identifier in [device["deviceId"] for device in ok(hub.get("/devices"))]
        assert ok(hub.get(f"/twins/{quoted}"))["deviceId"] == identifier
        assert ok(hub.put(f"/devices/{quoted}/modules/{quoted}", {}))["moduleId"] == identifier
        assert ok(hub.get(f"/twins/{quoted}/modules/{quoted}"))["moduleId"] == identifier
    finally:
        assert hub.delete(f"/devices/{quoted}", etag="*").status_code == 204


@pytest.mark.parametrize("identifier", ["a b", "a/b", "ä", "x" * 129, "a\"b", "a\\b", "a<b", "a\nb"])
def test_other_characters_are_refused(hub, device, identifier):
    expect_error(hub.put(f"/devices/{segment(identifier)}", {"deviceId": identifier}), 400, "ArgumentInvalid")
    expect_error(hub.put(f"/devices/{device}/modules/{segment(identifier)}", {}), 400, "ArgumentInvalid")


def test_ids_are_case_sensitive(hub, device):
    expect_error(hub.get(f"/devices/{device.upper()}"), 404, "DeviceNotFound", text=device.upper())


# Errors -----------------------------------------------------------------------------------------------------


def test_errors_name_the_device(hub, device, name):
    expect_error(hub.get("/devices/no-such-device"), 404, "DeviceNotFound", text="no-such-device")
    expect_error(
        hub.put(f"/devices/{device}", {"deviceId": device}), 409, "DeviceAlreadyExists",
        text=f"A device with ID '{device}' is already registered.")


def test_a_second_module_of_one_name_is_refused_in_the_numeric_form(hub, module):
    device, name = module
    message = expect_numeric(hub.put(f"/devices/{device}/modules/{name}", {}), 409, "ModuleAlreadyExistsOnDevice", 409301)
    assert message.startswith(f"Device {device} in IotHub ") and message.endswith(f" already contains Module {name}.")


def test_a_missing_module_and_a_module_of_a_missing_device(hub, device):
    expect_error(hub.get(f"/devices/{device}/modules/none"), 404, "ModuleNotFound")
    for answer in (hub.get("/devices/no-such/modules/m"), hub.put("/devices/no-such/modules/m", {}), hub.get("/devices/no-such/modules")):
        expect_error(answer, 404, "DeviceNotFound")


MALFORMED = {
    "nothing": (b"", "ArgumentNull"), "half an object": (b"{", "IotHubFormatError"),
    "more than an object": (b'{"a":1}x', "IotHubFormatError"), "no UTF-8": (b'{"a":"\xff"}', "IotHubFormatError")}


@pytest.mark.parametrize("case", MALFORMED)
def test_bodies_that_are_missing_or_malformed(hub, name, case):
    data, error = MALFORMED[case]
    expect_error(hub.call("PUT", f"/devices/{name}", data=data), 400, error)


def test_a_plus_in_a_path_is_a_plus(hub):
    """One device SDK quotes ids as forms are quoted; ids hold no spaces, so a plus is a plus."""
    ok(hub.put("/devices/plus+raw", {"deviceId": "plus+raw"}))
    assert ok(hub.get("/devices/plus%2Braw"))["deviceId"] == "plus+raw"
    hub.remove("plus+raw")


def test_a_byte_order_mark_is_skipped(hub, name):
    answer = hub.call("PUT", f"/devices/{name}", data=b"\xef\xbb\xbf" + b'{"deviceId":"%s"}' % name.encode())
    hub.remove(name)
    assert answer.status_code == 200


def test_a_status_reason_is_bounded(hub, name):
    expect_error(hub.put(f"/devices/{name}", {"deviceId": name, "statusReason": "x" * 129}), 400, "ArgumentInvalid")
    assert hub.create(name, statusReason="ä" * 128)["statusReason"] == "ä" * 128
    hub.remove(name)


# Lists and limits -------------------------------------------------------------------------------------------


def test_the_list_is_a_bare_array_in_order_of_ids(hub, device):
    listed = ok(hub.get("/devices", top=1000))
    ids = [entry["deviceId"] for entry in listed]
    assert ids == sorted(ids) and device in ids
    assert listed[ids.index(device)] == hub.get(f"/devices/{device}").json()
    assert len(ok(hub.get("/devices", top=3))) == 3
    for outside in ("0", "1001", "-1"):
        assert len(ok(hub.get("/devices", top=outside))) == len(ids)


def test_a_device_has_at_most_fifty_modules(hub, device):
    for number in range(50):
        hub.create_module(device, f"m{number:02}")
    expect_error(hub.put(f"/devices/{device}/modules/m50", {}), 413, "TooManyModulesOnDevice")
    assert len(ok(hub.get(f"/devices/{device}/modules"))) == 50


def test_deleting_a_device_takes_its_modules_and_its_history_along(hub, name):
    made = hub.create(name)
    hub.create_module(name, "m")
    hub.desired(name, {"a": 1})
    assert hub.remove(name).status_code == 204
    expect_error(hub.get(f"/twins/{name}/modules/m"), 404, "DeviceNotFound")
    again = hub.create(name)
    assert again["generationId"] != made["generationId"]
    assert ok(hub.get(f"/devices/{name}/modules")) == []
    assert hub.twin(name)["version"] == 2 and "tags" not in hub.twin(name)
    hub.remove(name)


def test_omitting_who_manages_a_module_clears_it(hub, device):
    made = hub.create_module(device, "m", managedBy="someone")
    assert made["managedBy"] == "someone"
    after = ok(hub.put(f"/devices/{device}/modules/m", {}, etag="*"))
    assert after["managedBy"] is None
    assert after["authentication"]["symmetricKey"] != made["authentication"]["symmetricKey"]


# Edge devices and scopes ------------------------------------------------------------------------------------


@pytest.fixture
def edge(hub, name):
    yield hub.create(f"{name}-edge", capabilities={"iotEdge": True})
    hub.remove(f"{name}-edge")


def test_an_edge_device_comes_with_its_own_modules_and_scope(hub, edge):
    id = edge["deviceId"]
    assert edge["deviceScope"] == f"ms-azure-iot-edge://{id}-{edge['generationId']}"
    modules = {module["moduleId"]: module for module in ok(hub.get(f"/devices/{id}/modules"))}
    assert set(modules) == {"$edgeAgent", "$edgeHub"}
    for module in modules.values():
        assert module["managedBy"] == "iotEdge" and module["authentication"]["type"] == "none"
    assert ok(hub.get(f"/twins/{id}/modules/%24edgeAgent"))["moduleId"] == "$edgeAgent"
    assert ok(hub.get(f"/twins/{id}/modules/$edgeHub"))["version"] == 2
    twin = hub.twin(id)
    assert twin["capabilities"] == {"iotEdge": True} and twin["deviceScope"] == edge["deviceScope"]


def test_system_modules_can_be_deleted_but_not_made(hub, edge, device):
    expect_error(hub.put(f"/devices/{device}/modules/$mine", {}), 400, "ArgumentInvalid")
    where = f"/devices/{edge['deviceId']}/modules/$edgeHub"
    assert hub.delete(where, etag="*").status_code == 204
    assert hub.get(where).status_code == 404


def test_the_scope_of_an_edge_device_is_its_own(hub, edge):
    where, body = f"/devices/{edge['deviceId']}", {"deviceId": edge["deviceId"], "capabilities": {"iotEdge": True}}
    for scope in ({}, {"deviceScope": "ms-azure-iot-edge://other-1"}):
        answer = hub.put(where, {**body, **scope}, etag="*")
        assert answer.status_code == 400 and "Device scope is immutable" in answer.text
    assert ok(hub.put(where, {**body, "deviceScope": edge["deviceScope"]}, etag="*"))["deviceScope"] == edge["deviceScope"]


def test_a_leaf_is_attached_and_detached_by_its_scope(hub, edge, device):
    where = f"/devices/{device}"
    attached = ok(hub.put(where, {"deviceId": device, "deviceScope": edge["deviceScope"]}, etag="*"))
    assert attached["deviceScope"] == edge["deviceScope"] and attached["parentScopes"] == [edge["deviceScope"]]
    assert hub.twin(device)["deviceScope"] == edge["deviceScope"]
    detached = ok(hub.put(where, {"deviceId": device, "deviceScope": ""}, etag="*"))
    assert "deviceScope" not in detached and "parentScopes" not in detached
    ignored = ok(hub.put(where, {"deviceId": device, "parentScopes": [edge["deviceScope"]]}, etag="*"))
    assert "deviceScope" not in ignored and "parentScopes" not in ignored


def test_an_edge_device_is_the_child_of_another_by_its_parent_scopes(hub, edge, name):
    child = f"{name}-child"
    made = hub.create(child, capabilities={"iotEdge": True}, parentScopes=[edge["deviceScope"]])
    try:
        assert made["parentScopes"] == [edge["deviceScope"]]
        assert made["deviceScope"] == f"ms-azure-iot-edge://{child}-{made['generationId']}"
        body = {"deviceId": child, "capabilities": {"iotEdge": True}, "deviceScope": made["deviceScope"]}
        assert "parentScopes" not in ok(hub.put(f"/devices/{child}", body, etag="*"))
    finally:
        hub.remove(child)


def test_a_leaf_that_becomes_an_edge_device_gets_a_scope_without_number(hub, device):
    body = {"deviceId": device, "capabilities": {"iotEdge": True}, "deviceScope": ""}
    after = ok(hub.put(f"/devices/{device}", body, etag="*"))
    assert after["deviceScope"] == f"ms-azure-iot-edge://{device}-"
