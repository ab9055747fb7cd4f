"""The feed of changes for back ends and test suites, and the reset between tests (TwinHub's own paths)."""

import json

import pytest

from acceptance.events import EventStream
from acceptance.rest import TIME, Hub, counters, expect_error, ok, user
from acceptance.server import SAMPLE
from acceptance.wire import Wire, request

MEMBERS = {"sequence", "time", "kind", "operation", "deviceId", "moduleId", "version", "before", "after", "origin"}


def feed(hub, after=0, **filters):
    """Every change after a sequence, by as many pages as it takes: (changes, next)."""
    found = []
    while True:
        answer = hub.get("/emulator/changes", after=after, headers={"Prefer": "wait=0"}, **filters)
        if answer.status_code == 204:
            return found, after
        if answer.status_code == 410:
            # Compacted away: begin with the oldest that is left.
            assert answer.json()["oldest"] > after
            after = answer.json()["oldest"] - 1
            continue
        body = ok(answer)
        assert set(body) == {"changes", "next"} and body["next"] >= after
        found += body["changes"]
        if not body["changes"] or body["next"] == after:
            return found, body["next"]
        after = body["next"]


@pytest.fixture
def now(hub):
    """The sequence up to which everything has happened before the test."""
    return feed(hub)[1]


def test_each_change_tells_what_when_and_who(hub, name, now):
    created = hub.put(f"/devices/{name}", {"deviceId": name})
    hub.put(f"/devices/{name}/modules/m", {})
    patched = hub.patch(f"/twins/{name}", {"tags": {"t": 1}, "properties": {"desired": {"a": {"b": 1}}}})
    hub.desired(name, {"a": {"b": None, "c": 2}})
    reported = hub.patch(f"/emulator/devices/{name}/twin/reported", {"r": 1})
    hub.remove(name)
    changes, _ = feed(hub, now, deviceId=name)
    assert [change["sequence"] for change in changes] == sorted({change["sequence"] for change in changes})
    for change in changes:
        assert set(change) <= MEMBERS and {"sequence", "time", "kind", "operation", "deviceId", "origin"} <= set(change)
        assert TIME.match(change["time"]) and change["deviceId"] == name
        assert "iothubowner" in change["origin"]["principal"] and change["origin"]["requestId"]
    by_request = {change["origin"]["requestId"].replace("-", "").lower(): change for change in changes}

    def of(answer):
        return by_request[answer.headers["x-ms-request-id"].replace("-", "").lower()]

    assert of(created)["operation"] != of(patched)["operation"]
    change = of(patched)
    assert change["version"] == 3
    assert change["after"] == {"tags": {"t": 1}, "properties": {"desired": {"a": {"b": 1}}}}
    assert change["before"] == {"tags": {"t": None}, "properties": {"desired": {"a": None}}} or change["before"] == {
        "tags": {"t": None}, "properties": {"desired": {"a": {"b": None}}}}
    following = changes[changes.index(change) + 1]
    assert following["before"]["properties"]["desired"]["a"] == {"b": 1, "c": None}
    assert following["after"]["properties"]["desired"]["a"] == {"b": None, "c": 2}
    assert of(reported)["after"] == {"properties": {"reported": {"r": 1}}}
    assert of(reported)["kind"] == change["kind"] or of(reported)["operation"] != change["operation"]


def test_the_feed_is_filtered(hub, device, now):
    hub.create_module(device, "m")
    hub.desired(device, {"a": 1})
    hub.desired(device, {"a": 1}, "m")
    everything, _ = feed(hub, now)
    of_device, _ = feed(hub, now, deviceId=device)
    of_module, _ = feed(hub, now, deviceId=device, moduleId="m")
    assert [change for change in everything if change["deviceId"] == device] == of_device
    assert of_module and all(change["moduleId"] == "m" for change in of_module) and len(of_module) < len(of_device)
    kinds = {change["kind"] for change in of_device}
    for kind in kinds:
        only, _ = feed(hub, now, deviceId=device, kind=kind)
        assert only == [change for change in of_device if change["kind"] == kind]
    assert hub.get("/emulator/changes", after=now, kind="no-such-kind").status_code == 400


def test_a_call_that_changes_nothing_makes_no_change(hub, device):
    _, now = feed(hub)
    hub.desired(device, {"missing": None})
    hub.twin(device)
    expect_error(hub.patch(f"/twins/{device}", {"tags": {"a.b": 1}}), 400, "ArgumentInvalid")
    assert feed(hub, now, deviceId=device)[0] == []


def test_the_feed_waits(hub, device, server, now):
    _, now = feed(hub)
    with Wire(server.https_port) as connection:
        connection.send(request(
            "GET", f"/emulator/changes?after={now}&deviceId={device}", f"Authorization: {hub.token}", "Prefer: wait=30"))
        hub.patch_twin(device, {"tags": {"a": 1}})
        body = connection.answer().json()
    assert body["changes"][0]["after"] == {"tags": {"a": 1}} and body["next"] >= body["changes"][0]["sequence"]


def test_the_feed_streams_and_resumes(hub, device, server):
    _, now = feed(hub)
    target = f"/emulator/changes?after={now}&deviceId={device}"
    events = EventStream(server.https_port, target, hub.token)
    seen = []
    for number in range(3):
        hub.patch_twin(device, {"tags": {"n": number}})
        event = events.next()
        assert json.loads(event.data)["after"] == {"tags": {"n": number}}
        seen.append(event)
    events.close()
    again = EventStream(server.https_port, target, hub.token, last_id=seen[0].id)
    assert [again.next().data for _ in range(2)] == [event.data for event in seen[1:]]
    again.close()


def test_the_feed_of_a_time_to_come_is_gone_or_waits(hub):
    assert hub.get("/emulator/changes", after=10**12, headers={"Prefer": "wait=0"}).status_code in (204, 410)


def test_sequences_go_on_after_a_restart(new_server):
    server = new_server()
    hub = Hub(server)
    hub.create("d")
    hub.desired("d", {"a": 1})
    before, now = feed(hub)
    server.restart(kill=True)
    hub = Hub(server)
    assert feed(hub)[0] == before
    hub.desired("d", {"a": 2})
    changes, _ = feed(hub, now)
    assert [change["after"] for change in changes] == [{"properties": {"desired": {"a": 2}}}]
    assert changes[0]["sequence"] > before[-1]["sequence"]


# Reset ------------------------------------------------------------------------------------------------------


@pytest.fixture
def seeded(new_server):
    server = new_server("--seed", SAMPLE)
    return server, Hub(server)


def state(hub):
    """Everything the service sees of the hub."""
    devices = ok(hub.get("/devices"))
    modules = {device["deviceId"]: ok(hub.get(f"/devices/{device['deviceId']}/modules")) for device in devices}
    twins = {device["deviceId"]: hub.twin(device["deviceId"]) for device in devices}
    return devices, modules, twins


def without_times(value):
    """The state without what a new creation must change: times, generations, etags of identities and scopes."""
    if isinstance(value, dict):
        dropped = {"$metadata", "etag", "deviceEtag", "generationId", "deviceScope", "statusUpdateTime", "statusUpdatedTime"}
        return {key: without_times(entry) for key, entry in value.items() if key not in dropped}
    return [without_times(entry) for entry in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("body", [{"to": "seed"}, {}, None], ids=str)
def test_a_reset_brings_back_the_seed(seeded, body):
    _, hub = seeded
    before = state(hub)
    hub.create("new")
    hub.remove("press-a1")
    hub.desired("gateway-a1", {"changed": True})
    answer = hub.post("/emulator/reset", body) if body is not None else hub.call("POST", "/emulator/reset")
    assert answer.status_code in (200, 204), answer.text
    after = state(hub)
    assert without_times(after) == without_times(before)
    twin = hub.twin("gateway-a1")
    assert counters(twin) == (2, 1, 1, 1) and "changed" not in user(twin["properties"]["desired"])


def test_a_reset_to_empty_survives_a_restart(seeded):
    server, hub = seeded
    assert hub.post("/emulator/reset", {"to": "empty"}).status_code in (200, 204)
    assert ok(hub.get("/devices")) == [] and ok(hub.get("/statistics/devices"))["totalDeviceCount"] == 0
    server.restart(kill=True)
    assert ok(Hub(server).get("/devices")) == []


def test_a_reset_ends_waits(seeded):
    server, hub = seeded
    connections = []
    for path in ("/emulator/devices/gateway-a1/twin/desired", "/emulator/devices/gateway-a1/modules/azureiotsecurity/twin/desired"):
        connections.append(Wire(server.https_port).send(request(
            "GET", f"{path}?after=1", f"Authorization: {hub.token}", "Prefer: wait=30")))
    hub.post("/emulator/reset", {"to": "seed"})
    for connection in connections:
        assert connection.answer().status in (404, 410)


def test_a_reset_is_one_change_and_sequences_go_on(seeded):
    _, hub = seeded
    _, now = feed(hub)
    hub.post("/emulator/reset", {"to": "empty"})
    hub.create("d")
    changes, after = feed(hub, now)
    assert after > now and changes[-1]["deviceId"] == "d"
    assert [change["sequence"] for change in changes] == sorted(change["sequence"] for change in changes)


def test_a_reset_to_something_else_is_refused(seeded):
    _, hub = seeded
    assert hub.post("/emulator/reset", {"to": "yesterday"}).status_code == 400
    assert len(ok(hub.get("/devices"))) > 1
