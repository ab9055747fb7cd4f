"""Bulk registry operations, POST /devices (rest.md section 6)."""

import pytest

from acceptance.rest import NEVER, counters, expect_error, ok, twin_etag, user

FINE = {"isSuccessful": True, "errors": [], "warnings": []}


def bulk(hub, *items, **more):
    return hub.post("/devices", list(items), **more)


def failures(answer):
    """[(deviceId, number)] of a failed answer, whose shape is checked."""
    assert answer.status_code == 400, answer.text
    assert answer.headers["iothub-errorcode"] == "BulkRegistryOperationFailure"
    body = answer.json()
    assert body["isSuccessful"] is False and set(body) == {"isSuccessful", "errors", "warnings"}
    for error in body["errors"]:
        assert type(error["errorCode"]) is int and error["errorStatus"]
    return [(error["deviceId"], error["errorCode"]) for error in body["errors"]]


@pytest.fixture
def ids(hub, name):
    """Three ids, gone after the test whatever became of them."""
    made = [f"{name}-{letter}" for letter in "abc"]
    yield made
    for id in made:
        hub.remove(id)


def test_create_with_an_initial_twin(hub, ids):
    answer = bulk(hub, *(
        {"id": id, "importMode": "create", "status": "enabled", "tags": {"t": 1}, "properties": {"desired": {"o": {"a": 1}}}}
        for id in ids))
    assert ok(answer) == FINE and "ETag" not in answer.headers
    twin = hub.twin(ids[0])
    assert counters(twin) == (2, 1, 1, 1) and twin["tags"] == {"t": 1}
    stamp = {"$lastUpdated": NEVER, "$lastUpdatedVersion": 1}
    assert twin["properties"]["desired"] == {"o": {"a": 1}, "$metadata": {**stamp, "o": {**stamp, "a": stamp}}, "$version": 1}
    assert twin["properties"]["reported"]["$metadata"]["$lastUpdated"] != NEVER


def test_create_of_what_exists_fails_and_the_rest_is_applied(hub, ids):
    hub.create(ids[1])
    answer = bulk(hub, *({"id": id, "importMode": "create"} for id in ids))
    assert failures(answer) == [(ids[1], 409001)]
    assert hub.get(f"/devices/{ids[2]}").status_code == 200


def test_update(hub, ids):
    hub.create(ids[0])
    answer = bulk(
        hub, {"id": ids[0], "importMode": "update", "status": "disabled", "statusReason": "why"},
        {"id": ids[1], "importMode": "update", "status": "disabled"})
    assert failures(answer) == [(ids[1], 404001)]
    assert hub.get(f"/devices/{ids[0]}").json()["statusReason"] == "why"


def test_update_if_match(hub, ids):
    etag = hub.create(ids[0])["etag"]
    item = {"id": ids[0], "importMode": "updateIfMatchETag", "status": "disabled"}
    assert failures(bulk(hub, {**item, "eTag": "MTIz"})) == [(ids[0], 412001)]
    assert ok(bulk(hub, {**item, "eTag": etag})) == FINE
    assert hub.get(f"/devices/{ids[0]}").json()["status"] == "disabled"


@pytest.mark.parametrize("mode", ["createOrUpdate", None])
def test_create_or_update_is_also_what_no_mode_means(hub, ids, mode):
    hub.create(ids[0])
    mode = {} if mode is None else {"importMode": mode}
    assert ok(bulk(hub, *({"id": id, "status": "disabled", **mode} for id in ids[:2]))) == FINE
    assert [hub.get(f"/devices/{id}").json()["status"] for id in ids[:2]] == ["disabled", "disabled"]


def test_create_or_update_if_match(hub, ids):
    etag = hub.create(ids[0])["etag"]
    item = {"id": ids[0], "importMode": "createOrUpdateIfMatchETag", "status": "disabled"}
    assert failures(bulk(hub, {**item, "eTag": "MTIz"})) == [(ids[0], 412001)]
    assert ok(bulk(hub, {**item, "eTag": etag})) == FINE


def test_delete(hub, ids):
    hub.create(ids[0])
    answer = bulk(hub, {"id": ids[0], "importMode": "delete"}, {"id": ids[1], "importMode": "delete"})
    assert failures(answer) == [(ids[1], 404001)]
    assert hub.get(f"/devices/{ids[0]}").status_code == 404


def test_delete_if_match(hub, ids):
    etag = hub.create(ids[0])["etag"]
    hub.create(ids[1])
    item = {"id": ids[0], "importMode": "deleteIfMatchETag"}
    assert failures(bulk(hub, {**item, "eTag": "MTIz"})) == [(ids[0], 412001)]
    assert ok(bulk(hub, {**item, "eTag": etag}, {"id": ids[1], "importMode": "deleteIfMatchETag"})) == FINE


def test_update_twin_merges(hub, ids):
    hub.create(ids[0])
    hub.patch_twin(ids[0], {"tags": {"keep": 1, "drop": 1}, "properties": {"desired": {"a": 1}}})
    before = hub.get(f"/devices/{ids[0]}").json()
    answer = bulk(
        hub, {"id": ids[0], "importMode": "updateTwin", "tags": {"drop": None}, "properties": {"desired": {"b": 2}}},
        {"id": ids[1], "importMode": "updateTwin", "tags": {"x": 1}})
    assert failures(answer) == [(ids[1], 404001)]
    twin = hub.twin(ids[0])
    assert twin["tags"] == {"keep": 1} and user(twin["properties"]["desired"]) == {"a": 1, "b": 2}
    assert counters(twin) == (4, 3, 1, 3) and hub.get(f"/devices/{ids[0]}").json() == before


def test_update_twin_if_match(hub, ids):
    hub.create(ids[0])
    item = {"id": ids[0], "importMode": "updateTwinIfMatchETag", "tags": {"x": 1}}
    assert failures(bulk(hub, {**item, "twinETag": twin_etag(9)})) == [(ids[0], 412001)]
    assert ok(bulk(hub, {**item, "twinETag": twin_etag(1)})) == FINE
    assert failures(bulk(hub, {**item, "twinETag": twin_etag(1)})) == [(ids[0], 412001)]
    assert ok(bulk(hub, {**item, "twinETag": f'"{twin_etag(2)}"'})) == FINE


def test_modules_are_addressed_beside_their_device(hub, ids):
    answer = bulk(
        hub, {"id": ids[0], "importMode": "create"},
        {"id": ids[0], "moduleId": "m", "importMode": "create", "tags": {"m": 1}},
        {"id": ids[0], "moduleId": "n", "importMode": "delete"})
    body = answer.json()
    assert [(error["deviceId"], error.get("moduleId")) for error in body["errors"]] == [(ids[0], "n")]
    assert hub.twin(ids[0], "m")["tags"] == {"m": 1} and "tags" not in hub.twin(ids[0])


@pytest.mark.parametrize("mode", ["CREATE", "Create"])
def test_modes_are_read_in_any_letters(hub, ids, mode):
    assert ok(bulk(hub, {"id": ids[0], "importMode": mode})) == FINE


def test_one_bad_item_does_not_harm_the_others(hub, ids):
    answer = bulk(
        hub, {"id": ids[0], "importMode": "create"}, {"id": ids[1], "importMode": "create", "tags": {"a.b": 1}},
        {"id": ids[2], "importMode": "create", "authentication": {"type": "none"}})
    assert [error[0] for error in failures(answer)] == ids[1:]
    assert hub.get(f"/devices/{ids[0]}").status_code == 200 and hub.get(f"/devices/{ids[1]}").status_code == 404


def test_the_same_id_twice_is_refused_whole(hub, ids):
    answer = bulk(hub, {"id": ids[0], "importMode": "create"}, {"id": ids[0], "importMode": "delete"})
    expect_error(answer, 400, "DeviceDefinedMultipleTimes")
    assert hub.get(f"/devices/{ids[0]}").status_code == 404


def test_at_most_a_hundred_items(hub, name):
    items = [{"id": f"{name}-{number}", "importMode": "create"} for number in range(101)]
    answer = bulk(hub, *items)
    assert (answer.status_code, answer.headers["iothub-errorcode"]) in [(400, "ArgumentInvalid"), (413, "TooManyDevices")]
    assert hub.get(f"/devices/{name}-0").status_code == 404
    assert ok(bulk(hub, *items[:100])) == FINE
    assert ok(bulk(hub, *({**item, "importMode": "delete"} for item in items[:100]))) == FINE


@pytest.mark.parametrize("body", [{"devices": []}, "text", 1, [1], [{"importMode": "create"}], [{"id": "x", "importMode": "conquer"}]],
                         ids=repr)
def test_what_is_no_list_of_items_is_refused(hub, body):
    assert hub.post("/devices", body).status_code == 400


def test_a_large_bulk_fits(hub, ids):
    """8 MiB are allowed here, where other bodies end at 1 MiB."""
    big = {f"k{number}": "x" * 4000 for number in range(7)}
    items = [{"id": f"{ids[0]}-{number}", "importMode": "create", "properties": {"desired": big}} for number in range(100)]
    assert ok(bulk(hub, *items)) == FINE
    assert ok(bulk(hub, *({"id": item["id"], "importMode": "delete"} for item in items))) == FINE


def test_a_trailing_slash_is_taken(hub, ids):
    assert ok(hub.post("/devices/", [{"id": ids[0], "importMode": "create"}])) == FINE
