"""Twins over REST: the vectors V1 to V24 of twins.md section 12 through the socket, and the rules of its sections 1 to 8."""

import json

import pytest

from acceptance.rest import NEVER, TIME, counters, expect_error, ok, twin_etag, user

DEVICE_MEMBERS = [
    "deviceId", "etag", "deviceEtag", "status", "statusUpdateTime", "connectionState", "lastActivityTime",
    "cloudToDeviceMessageCount", "authenticationType", "x509Thumbprint", "modelId", "version", "properties", "capabilities"]


def desired_of(twin):
    return user(twin["properties"]["desired"])


def reported_of(twin):
    return user(twin["properties"]["reported"])


def metadata(twin, section="desired"):
    return twin["properties"][section]["$metadata"]


def patches(hub, device, after):
    """Desired patches since a version, as a device gets them."""
    answer = hub.get(f"/emulator/devices/{device}/twin/desired", after=after, headers={"Prefer": "wait=0"})
    return [] if answer.status_code == 204 else ok(answer)["patches"]


# The vectors ------------------------------------------------------------------------------------------------


def test_v1_create(hub, device):
    twin = hub.twin(device)
    assert counters(twin) == (2, 1, 1, 1) and twin["etag"] == "AAAAAAAAAAE="
    created = metadata(twin)["$lastUpdated"]
    assert TIME.match(created) and created != NEVER
    assert twin["properties"] == {
        "desired": {"$metadata": {"$lastUpdated": created}, "$version": 1},
        "reported": {"$metadata": {"$lastUpdated": created}, "$version": 1}}
    assert "tags" not in twin and patches(hub, device, 1) == []


def test_v2_to_v5_desired_then_tags_then_reports(hub, device):
    body = {"telemetryConfig": {"sendFrequency": "5m"}}
    twin = hub.desired(device, body)
    assert counters(twin) == (3, 2, 1, 2) and twin["etag"] == "AAAAAAAAAAI="
    stamp = {"$lastUpdated": metadata(twin)["$lastUpdated"], "$lastUpdatedVersion": 2}
    second = twin["properties"]["desired"]
    assert second == {
        **body, "$version": 2,
        "$metadata": {**stamp, "telemetryConfig": {**stamp, "sendFrequency": stamp}}}
    assert list(second) == ["telemetryConfig", "$metadata", "$version"]
    assert patches(hub, device, 1) == [{**body, "$version": 2}]

    twin = hub.patch_twin(device, {"tags": {"location": {"region": "US"}}})
    assert counters(twin) == (4, 2, 1, 3) and twin["tags"] == {"location": {"region": "US"}}
    assert twin["properties"]["desired"] == second and patches(hub, device, 2) == []

    assert hub.report(device, {"batteryLevel": 55}) == 2
    twin = hub.twin(device)
    assert counters(twin) == (5, 2, 2, 3)
    time = metadata(twin, "reported")["$lastUpdated"]
    assert metadata(twin, "reported") == {"$lastUpdated": time, "batteryLevel": {"$lastUpdated": time}}

    assert hub.report(device, {"batteryLevel": 55}) == 3
    again = hub.twin(device)
    assert counters(again) == (6, 2, 3, 3)
    later = metadata(again, "reported")
    assert later["$lastUpdated"] == later["batteryLevel"]["$lastUpdated"] > time


def test_v6_sibling_merge_and_delete(hub, device):
    old = metadata(hub.desired(device, {"a": 1, "o": {"x": 1, "y": 2}}))
    twin = hub.desired(device, {"a": None, "o": {"y": 3}})
    assert desired_of(twin) == {"o": {"x": 1, "y": 3}} and counters(twin)[1] == 3
    new = metadata(twin)
    assert "a" not in new
    for node in (new, new["o"], new["o"]["y"]):
        assert node["$lastUpdatedVersion"] == 3 and node["$lastUpdated"] > old["$lastUpdated"]
    assert new["o"]["x"] == old["o"]["x"]
    assert patches(hub, device, 2) == [{"a": None, "o": {"y": 3}, "$version": 3}]


def test_v7_a_patch_that_changes_nothing(hub, device):
    hub.desired(device, {"b": 2, "o": {"x": 1}})
    before = hub.twin(device)
    for nothing in ({"zz": None}, {"o": {}}, {"o": {"zz": None}}):
        assert hub.desired(device, nothing) == before
    for nothing in ({}, {"tags": {}}, {"tags": None}, {"properties": {}}, {"properties": {"desired": None}}):
        assert hub.patch_twin(device, nothing) == before
    assert patches(hub, device, 2) == []


def test_v8_a_nested_null_creates_an_empty_object(hub, device):
    for version in (2, 3):
        assert hub.report(device, {"p": {"q": None}}) == version
        assert reported_of(hub.twin(device)) == {"p": {}}


def test_v9_arrays_are_replaced(hub, device):
    hub.desired(device, {"ch": [{"id": 1}, {"id": 2}]})
    twin = hub.desired(device, {"ch": [{"id": 1, "on": True}]})
    assert desired_of(twin) == {"ch": [{"id": 1, "on": True}]}
    assert set(metadata(twin)["ch"]) == {"$lastUpdated", "$lastUpdatedVersion"}


def test_v10_scalar_to_object_and_back(hub, device):
    hub.desired(device, {"t": "s"})
    twin = hub.desired(device, {"t": {"u": 1}})
    assert desired_of(twin) == {"t": {"u": 1}} and set(metadata(twin)["t"]) == {"$lastUpdated", "$lastUpdatedVersion", "u"}
    twin = hub.desired(device, {"t": 5})
    assert desired_of(twin) == {"t": 5} and set(metadata(twin)["t"]) == {"$lastUpdated", "$lastUpdatedVersion"}


def test_v11_put(hub, device):
    hub.patch_twin(device, {"tags": {"k": "v"}, "properties": {"desired": {"a": 1, "b": 2, "o": {"x": 1, "y": 2}}}})
    hub.report(device, {"kept": 1})
    before = hub.twin(device)
    twin = ok(hub.put(f"/twins/{device}", {"properties": {"desired": {"a": 1, "c": 100, "o": {"y": 2}}}}))
    assert desired_of(twin) == {"a": 1, "c": 100, "o": {"y": 2}} and "tags" not in twin
    assert twin["properties"]["reported"] == before["properties"]["reported"]
    assert counters(twin) == tuple(map(sum, zip(counters(before), (1, 1, 0, 1))))
    stamp = {"$lastUpdated": metadata(twin)["$lastUpdated"], "$lastUpdatedVersion": 3}
    assert metadata(twin) == {**stamp, "a": stamp, "c": stamp, "o": {**stamp, "y": stamp}}
    assert patches(hub, device, 2) == [{"a": 1, "b": None, "c": 100, "o": {"x": None, "y": 2}, "$version": 3}]


def test_v12_put_with_null(hub, device):
    before = hub.twin(device)
    expect_error(
        hub.put(f"/twins/{device}", {"tags": {"my-tag": None}}), 400, "ArgumentInvalid",
        text="Value of Property or Tag cannot be null. Error in Property/Tag my-tag")
    expect_error(hub.put(f"/twins/{device}", {"properties": {"desired": {"a": {"b": None}}}}), 400, "ArgumentInvalid")
    assert hub.twin(device) == before


def test_v13_bad_key(hub, device):
    text = ("Property or Tag name has invalid characters. Error in Property/Tag a.b. "
            "Must not contain Control Characters, '.', '$', '#', or ' '.")
    expect_error(hub.patch(f"/emulator/devices/{device}/twin/reported", {"a.b": 1}), 400, "ArgumentInvalid", text=text)
    expect_error(hub.patch(f"/twins/{device}", {"tags": {"o": {"a.b": 1}}}), 400, "ArgumentInvalid", text=text)


def test_v14_null_in_array(hub, device):
    expect_error(
        hub.patch(f"/emulator/devices/{device}/twin/reported", {"a": [{"b": None}]}), 400, "ArgumentInvalid",
        text="Value of Property or Tag cannot be null. Error inProperty/Tag b")
    expect_error(hub.patch(f"/twins/{device}", {"tags": {"a": [None]}}), 400, "ArgumentInvalid")


def test_v15_if_match_and_reports(hub, device):
    hub.desired(device, {"a": 1})
    hub.patch_twin(device, {"tags": {"a": 1}})
    change = {"tags": {"a": 2}}
    expect_error(hub.patch(f"/twins/{device}", change, etag='"AAAAAAAAAAI="'), 412, "PreconditionFailed")
    hub.report(device, {"r": 1})
    twin = ok(hub.patch(f"/twins/{device}", change, etag='"AAAAAAAAAAM="'))
    assert twin["etag"] == "AAAAAAAAAAQ="


def test_v16_tags_and_desired_together(hub, device):
    twin = hub.patch_twin(device, {"tags": {"x": 1}, "properties": {"desired": {"y": 1}}})
    assert counters(twin) == (3, 2, 1, 2) and patches(hub, device, 1) == [{"y": 1, "$version": 2}]


def test_v17_tags_and_empty_desired(hub, device):
    twin = hub.patch_twin(device, {"tags": {"x": 1}, "properties": {"desired": {}}})
    assert counters(twin) == (3, 1, 1, 2) and patches(hub, device, 1) == []


def test_v18_integer_edge(hub, device):
    where = f"/emulator/devices/{device}/twin/reported"
    for sign in (1, -1):
        hub.report(device, {"n": 4503599627370495 if sign > 0 else -4503599627370496})
        outside = 4503599627370496 if sign > 0 else -4503599627370497
        expect_error(hub.patch(where, {"n": outside}), 400, "ArgumentInvalid")
    assert hub.call("PATCH", where, data=b'{"n":4503599627370496.0}').status_code == 204


def nested(levels, leaf):
    for level in range(levels, 0, -1):
        leaf = {str(level): leaf}
    return leaf


def test_v19_depth(hub, device):
    deepest = nested(10, {"p": 1})
    assert hub.patch_twin(device, {"tags": deepest})["tags"] == deepest
    for too_deep in (nested(10, {"p": {}}), nested(10, {"p": []})):
        expect_error(hub.patch(f"/twins/{device}", {"tags": too_deep}), 400, "ArgumentInvalid")
        expect_error(hub.patch(f"/emulator/devices/{device}/twin/reported", too_deep), 400, "ArgumentInvalid")


def test_v20_and_v21_patches_while_offline_show_in_the_twin(hub, device):
    hub.desired(device, {"a": 1})
    hub.desired(device, {"a": 2})
    view = ok(hub.get(f"/emulator/devices/{device}/twin"))
    assert view == {"desired": {"a": 2, "$version": 3}, "reported": {"$version": 1}}
    assert patches(hub, device, view["desired"]["$version"]) == []


def test_v22_delete_and_create_again(hub, name):
    hub.create(name)
    for value in range(10):
        hub.patch_twin(name, {"tags": {"n": value}})
    hub.remove(name)
    hub.create(name)
    assert counters(hub.twin(name)) == (2, 1, 1, 1) and "tags" not in hub.twin(name)
    hub.remove(name)


def test_v23_module(hub, device):
    before = hub.twin(device)
    hub.create_module(device, "azureiotsecurity")
    twin = hub.twin(device, "azureiotsecurity")
    assert twin["moduleId"] == "azureiotsecurity" and counters(twin) == (2, 1, 1, 1)
    assert "capabilities" not in twin and "tags" not in twin
    assert metadata(twin) == metadata(twin, "reported") == {"$lastUpdated": NEVER}
    assert hub.twin(device) == before


def test_v24_counters_of_a_known_history(hub, device):
    seen = []
    tags, desired = {"tags": {"t": 1}}, {"properties": {"desired": {"d": 1}}}
    seen.append(counters(hub.patch_twin(device, tags)))
    seen.append(counters(hub.patch_twin(device, desired)))
    for number in range(6):
        hub.report(device, {"n": number})
    seen.append(counters(hub.twin(device)))
    seen.append(counters(hub.patch_twin(device, desired)))
    seen.append(counters(hub.patch_twin(device, {**tags, **desired})))
    hub.report(device, {"n": 7})
    seen.append(counters(hub.twin(device)))
    assert seen == [(3, 1, 1, 2), (4, 2, 1, 3), (10, 2, 7, 3), (11, 3, 7, 4), (12, 4, 7, 5), (13, 4, 8, 5)]


# The document -----------------------------------------------------------------------------------------------


def test_a_device_twin_has_every_member_in_wire_order(hub, device):
    twin = hub.twin(device)
    assert list(twin) == DEVICE_MEMBERS
    assert twin["connectionState"] == "Disconnected" and twin["modelId"] == "" and twin["cloudToDeviceMessageCount"] == 0
    assert twin["statusUpdateTime"] == twin["lastActivityTime"] == NEVER
    assert twin["x509Thumbprint"] == {"primaryThumbprint": None, "secondaryThumbprint": None}
    assert twin["deviceEtag"] == hub.get(f"/devices/{device}").json()["etag"]
    tagged = hub.patch_twin(device, {"tags": {"a": 1}})
    assert list(tagged).index("tags") + 1 == list(tagged).index("properties")
    assert "tags" not in hub.patch_twin(device, {"tags": {"a": None}})


def test_a_module_twin_names_its_module_and_follows_its_identity(hub, module):
    device, name = module
    twin = hub.twin(device, name)
    assert list(twin)[:3] == ["deviceId", "moduleId", "etag"] and twin["status"] == "enabled"
    assert twin["deviceEtag"] == hub.get(f"/devices/{device}/modules/{name}").json()["etag"]


def test_the_model_id_is_left_out_for_old_callers(hub, device):
    assert "modelId" not in ok(hub.get(f"/twins/{device}", api="2020-03-13"))
    assert ok(hub.get(f"/twins/{device}", api="2020-09-30"))["modelId"] == ""


def test_numbers_come_out_as_they_went_in(hub, device):
    text = '{"properties":{"desired":{"a":1.0,"b":1e3,"c":-0.50,"d":4503599627370495,"e":1.7976931348623157e308}}}'
    answer = hub.call("PATCH", f"/twins/{device}", data=text.encode())
    assert answer.status_code == 200
    for written in ('"a":1.0,', '"b":1e3,', '"c":-0.50,', '"d":4503599627370495,', '"e":1.7976931348623157e308'):
        assert written in answer.text and written in hub.get(f"/twins/{device}").text


def test_strings_of_every_alphabet_survive(hub, device):
    tags = {"käse": "€ 日本 🏭", "escaped": "\"\\/\b\f\n\r\t\u0001", "pair": "\U0001F600", "ms_iotn:urn_x": ""}
    assert hub.patch_twin(device, {"tags": tags})["tags"] == tags
    escaped = b'{"tags":{"caf\\u00e9":"\\ud83d\\ude00"}}'
    assert ok(hub.call("PATCH", f"/twins/{device}", data=escaped))["tags"]["café"] == "\U0001F600"


def test_a_whole_twin_can_be_sent_back(hub, device):
    hub.patch_twin(device, {"tags": {"t": 1}, "properties": {"desired": {"a": {"b": 1}}}})
    whole = hub.twin(device)
    whole["properties"]["reported"]["injected"] = True
    whole["version"], whole["status"] = 77, "disabled"
    after = hub.patch_twin(device, whole)
    assert counters(after) == (4, 3, 1, 3) and after["status"] == "enabled" and reported_of(after) == {}
    assert desired_of(after) == {"a": {"b": 1}}
    replaced = ok(hub.put(f"/twins/{device}", after))
    assert desired_of(replaced) == {"a": {"b": 1}} and replaced["tags"] == {"t": 1}


def test_writing_equal_values_counts(hub, device):
    hub.desired(device, {"a": 1})
    assert counters(hub.desired(device, {"a": 1})) == (4, 3, 1, 3)
    assert patches(hub, device, 2) == [{"a": 1, "$version": 3}]


def test_device_side_views_have_no_tags_and_no_metadata(hub, module):
    device, name = module
    hub.patch_twin(device, {"tags": {"secret": 1}, "properties": {"desired": {"a": {"b": 1}}}}, name)
    hub.report(device, {"r": [1]}, name)
    view = ok(hub.get(f"/emulator/devices/{device}/modules/{name}/twin"))
    assert view == {"desired": {"a": {"b": 1}, "$version": 2}, "reported": {"r": [1], "$version": 2}}
    assert json.dumps(ok(hub.get(f"/emulator/devices/{device}/twin"))) == '{"desired": {"$version": 1}, "reported": {"$version": 1}}'


# Merge ------------------------------------------------------------------------------------------------------

MERGES = {
    "absent keys stay": ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
    "null removes a subtree": ({"o": {"x": {"y": 1}}}, {"o": None}, {}),
    "null removes an array": ({"l": [1, 2]}, {"l": None}, {}),
    "the last leaf leaves an empty object": ({"o": {"x": 1}}, {"o": {"x": None}}, {"o": {}}),
    "object over array": ({"l": [1]}, {"l": {"x": 1, "n": None}}, {"l": {"x": 1}}),
    "scalar over object": ({"o": {"x": 1}}, {"o": 0}, {"o": 0}),
    "empty object over scalar": ({"a": 1}, {"a": {}}, {"a": {}}),
    "empty object for a missing key": ({}, {"a": {}}, {"a": {}}),
    "empty array and empty string": ({}, {"l": [], "s": ""}, {"l": [], "s": ""}),
    "false and zero are values": ({"a": 1}, {"a": False, "b": 0}, {"a": False, "b": 0}),
}


@pytest.mark.parametrize("section", ["tags", "desired", "reported"])
@pytest.mark.parametrize("case", MERGES)
def test_merge(hub, device, section, case):
    before, patch, after = MERGES[case]
    for body in (before, patch):
        if section == "tags":
            hub.patch_twin(device, {"tags": body})
        elif section == "desired":
            hub.desired(device, body)
        else:
            hub.report(device, body)
    twin = hub.twin(device)
    found = twin.get("tags", {}) if section == "tags" else user(twin["properties"][section])
    assert found == after


# Validation -------------------------------------------------------------------------------------------------

CONTROL = "\u0007"
INVALID = {
    "dot": {"a.b": 1}, "dollar": {"a$b": 1}, "hash": {"a#b": 1}, "space": {"a b": 1}, "control": {f"a{CONTROL}": 1},
    "C1 control": {"a\u0085": 1}, "delete": {"a\u007f": 1}, "empty key": {"": 1}, "key of 1025 bytes": {"k" * 1025: 1},
    "key of 1026 bytes in 513 letters": {"ä" * 513: 1}, "string of 4097 bytes": {"s": "x" * 4097},
    "string of 4098 bytes in 2049 letters": {"s": "ä" * 2049}, "integer": {"n": 2**52}, "integer in an array": {"n": [2**52]},
    "null in an array": {"l": [1, None]}, "bad key in an array": {"l": [{"a.b": 1}]}, "bad key deep down": {"o": {"p": {"a.b": 1}}},
}
VALID = {
    "key of 1024 bytes": {"k" * 1024: 1}, "key in 512 letters": {"ä" * 512: 1}, "string of 4096 bytes": {"s": "x" * 4096},
    "colon and brackets": {"ms_iotn:urn_x[0]": 1}, "large float": {"f": 1e300}, "array in array": {"l": [[1], [2, [3]]]},
}


@pytest.mark.parametrize("section", ["tags", "desired", "reported"])
@pytest.mark.parametrize("case", INVALID)
def test_what_is_not_valid_is_refused_whole(hub, device, section, case):
    body = {"fine": 1, **INVALID[case]}
    before = hub.twin(device)
    if section == "reported":
        answer = hub.patch(f"/emulator/devices/{device}/twin/reported", body)
    else:
        answer = hub.patch(f"/twins/{device}", {"tags": body} if section == "tags" else {"properties": {"desired": body}})
    expect_error(answer, 400, "ArgumentInvalid")
    assert hub.twin(device) == before


@pytest.mark.parametrize("case", VALID)
def test_what_is_just_valid_is_kept(hub, device, case):
    assert hub.patch_twin(device, {"tags": VALID[case]})["tags"] == VALID[case]


@pytest.mark.parametrize("key", ["$version", "$metadata", "$anything"])
def test_a_report_of_reserved_keys_is_refused(hub, device, key):
    expect_error(hub.patch(f"/emulator/devices/{device}/twin/reported", {key: 1}), 400, "ArgumentInvalid")


def test_arrays_are_refused_for_old_callers(hub, device):
    expect_error(
        hub.patch(f"/twins/{device}", {"tags": {"l": [1]}}, api="2018-06-30"), 400, "ArgumentInvalid",
        text="Provided json is not a valid 'tags' or 'properties' object: arrays are not supported.")


def sized(bytes, key="k"):
    """Properties of exactly that size by the rule of twins.md section 7: keys and string values count their bytes."""
    out, left = {}, bytes
    while left > 0:
        name = f"{key}{len(out):03}"
        take = min(4000, left - len(name))
        out[name] = "x" * take
        left -= len(name) + take
    return out


@pytest.mark.parametrize("section, limit, name", [
    ("tags", 8192, "Tags"), ("desired", 32768, "Properties.Desired"), ("reported", 32768, "Properties.Reported")])
def test_a_section_is_bounded_after_the_merge(hub, device, section, limit, name):
    def write(body):
        if section == "reported":
            return hub.patch(f"/emulator/devices/{device}/twin/reported", body)
        return hub.patch(f"/twins/{device}", {"tags": body} if section == "tags" else {"properties": {"desired": body}})

    assert write(sized(limit)).status_code in (200, 204)
    before = hub.twin(device)
    expect_error(
        write({"z": True}), 403, "DeviceModelMaxPropertiesExceeded",
        text=f"'{name}' size should be less than {limit} bytes.")
    assert hub.twin(device) == before
    # What the same call removes makes room for what it adds.
    assert write({"k000": None, "z": True}).status_code in (200, 204)


def test_a_full_twin_can_be_replaced_and_read(hub, device):
    body = {"tags": sized(8192), "properties": {"desired": sized(32768)}}
    twin = ok(hub.put(f"/twins/{device}", body))
    hub.report(device, sized(32768))
    assert desired_of(twin) == body["properties"]["desired"]
    assert reported_of(hub.twin(device)) == sized(32768)


MALFORMED = {
    "nothing": (b"", "ArgumentNull"), "half an object": (b'{"tags":', "IotHubFormatError"),
    "two documents": (b"{}{}", "IotHubFormatError"), "bad escape": (b'{"tags":{"a":"\\x"}}', "IotHubFormatError"),
    "lone surrogate": (b'{"tags":{"a":"\\ud800"}}', "IotHubFormatError"),
    "no UTF-8": (b'{"tags":{"a":"\xc3("}}', "IotHubFormatError"),
    "leading zero": (b'{"tags":{"a":01}}', "IotHubFormatError"), "NaN": (b'{"tags":{"a":NaN}}', "IotHubFormatError"),
}


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_json(hub, device, method, case):
    data, name = MALFORMED[case]
    expect_error(hub.call(method, f"/twins/{device}", data=data), 400, name)


@pytest.mark.parametrize("data", [b"[]", b'"text"', b"1", b'{"tags":[]}', b'{"tags":1}', b'{"properties":[]}',
                                  b'{"properties":{"desired":"x"}}'], ids=repr)
def test_what_is_no_object_is_refused(hub, device, data):
    answer = hub.call("PATCH", f"/twins/{device}", data=data)
    assert answer.status_code == 400, answer.text


def test_an_etag_is_the_count_of_service_writes(hub, device):
    for number in range(2, 6):
        assert hub.patch_twin(device, {"tags": {"n": number}})["etag"] == twin_etag(number)
