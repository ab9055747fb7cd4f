"""Attributes of identities, which came with api-version 2024-03-31 (rest.md section 5.1)."""

import pytest

from acceptance.rest import Hub, expect_error, ok

NEW, OLD = "2024-03-31", "2021-04-12"
NOTES = {"site": "Köln", "floor": 3, "spare": False, "tags": ["a", 1, True], "leer": []}


@pytest.fixture(params=["device", "module"])
def path(request, hub, device):
    if request.param == "device":
        return f"/devices/{device}"
    hub.create_module(device, "sensor")
    return f"/devices/{device}/modules/sensor"


def put(hub, path, api=NEW, **members):
    parts = path.split("/")
    ids = {"deviceId": parts[2], **({"moduleId": parts[4]} if len(parts) > 4 else {})}
    return hub.put(path, {**ids, **members}, etag="*", api=api)


def test_they_are_written_replaced_kept_and_cleared(hub, path):
    assert "attributes" not in ok(hub.get(path, api=NEW))
    assert ok(put(hub, path, attributes=NOTES))["attributes"] == NOTES
    assert ok(hub.get(path, api=NEW))["attributes"] == NOTES
    # Whoever does not name them leaves them alone.
    assert ok(put(hub, path))["attributes"] == NOTES
    assert ok(put(hub, path, attributes={"site": "Bonn"}))["attributes"] == {"site": "Bonn"}
    for nothing in ({}, None):
        put(hub, path, attributes=NOTES)
        assert "attributes" not in ok(put(hub, path, attributes=nothing))


def test_older_callers_neither_see_nor_change_them(hub, path):
    put(hub, path, attributes=NOTES)
    assert "attributes" not in ok(hub.get(path, api=OLD))
    assert "attributes" not in ok(put(hub, path, api=OLD, attributes={"site": "Bonn"}))
    assert put(hub, path, api=OLD, attributes="none of their business").status_code == 200
    assert ok(hub.get(path, api=NEW))["attributes"] == NOTES


def test_lists_show_them(hub, device):
    hub.create_module(device, "sensor")
    put(hub, f"/devices/{device}", attributes={"a": 1})
    put(hub, f"/devices/{device}/modules/sensor", attributes={"b": 2})
    assert {"a": 1} in [entry.get("attributes") for entry in ok(hub.get("/devices", api=NEW))]
    assert [entry["attributes"] for entry in ok(hub.get(f"/devices/{device}/modules", api=NEW))] == [{"b": 2}]
    assert not any("attributes" in entry for entry in ok(hub.get("/devices", api=OLD)))


@pytest.mark.parametrize("attributes", [
    "text", 5, [], {"a": None}, {"a": {"b": 1}}, {"a": 1.5}, {"a": [[1]]}, {"a": [None]}, {"a.b": 1}, {"$a": 1}, {"a b": 1},
    {"": 1}, {"a\u0001": 1}, {"a\u0085": 1}, {"x" * 1025: 1}, {"a": "x" * 8192}])
def test_what_is_no_attribute_is_refused_and_changes_nothing(hub, path, attributes):
    put(hub, path, attributes={"kept": 1})
    before = ok(hub.get(path, api=NEW))
    expect_error(put(hub, path, attributes=attributes), 400, "ArgumentInvalid")
    assert ok(hub.get(path, api=NEW)) == before


def test_they_survive_a_kill_and_come_with_a_creation(new_server):
    server = new_server()
    hub = Hub(server)
    assert ok(hub.put("/devices/d", {"deviceId": "d", "attributes": NOTES}, api=NEW))["attributes"] == NOTES
    server.restart(kill=True)
    assert ok(Hub(server).get("/devices/d", api=NEW))["attributes"] == NOTES
