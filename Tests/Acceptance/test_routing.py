"""Message routes, endpoints and enrichments (query.md section 8)."""

import json
import subprocess

import pytest

from acceptance.back_end import events, send, until
from acceptance.rest import TIME, Hub, expect_error, ok
from acceptance.server import SAMPLE, binary, clean_environment, run_command

PLAN = {
    "endpoints": {"feeds": [{"name": "hot"}, {"name": "changes"}], "folders": [], "webhooks": []},
    "routes": [
        {"name": "hot", "source": "DeviceMessages", "condition": "$body.t > 70", "endpointNames": ["hot"], "isEnabled": True},
        {"name": "site", "source": "TwinChangeEvents", "condition": "$twin.tags.site = 'A'", "endpointNames": ["changes"],
         "isEnabled": True},
    ],
    "fallbackRoute": {"name": "$fallback", "source": "DeviceMessages", "condition": "true", "endpointNames": ["events"],
                      "isEnabled": True},
    "enrichments": [{"key": "site", "value": "$twin.tags.site", "endpointNames": ["hot", "events"]}],
}
NO_ENDPOINTS = {"feeds": [], "folders": [], "webhooks": []}
JSON = {"contentType": "application/json", "contentEncoding": "utf-8"}


@pytest.fixture
def own_hub(new_server):
    """A server whose routes nobody else minds."""
    hub = Hub(new_server())
    hub.create("d1")
    hub.patch_twin("d1", {"tags": {"site": "A"}})
    return hub


def bodies(found):
    return [event["body"] for event in found]


def test_a_hub_without_routes_sends_everything_to_the_built_in_endpoint(own_hub):
    plan = ok(own_hub.get("/emulator/routing"))
    assert plan["endpoints"] == NO_ENDPOINTS and plan["enrichments"] == []
    assert all(route["endpointNames"] == ["events"] for route in plan["routes"])
    send(own_hub, "d1", {"t": 1})
    found = until(own_hub, 3, endpoint="events")
    assert [event["source"] for event in found] == ["deviceLifecycleEvents", "twinChangeEvents", "deviceMessages"]
    assert not any("endpoints" in event for event in found)
    # What it does without being told it does the same when it is told.
    assert ok(own_hub.put("/emulator/routing", plan)) == plan
    send(own_hub, "d1", {"t": 2})
    assert bodies(until(own_hub, 4, endpoint="events"))[-1] == {"t": 2}


def test_routes_send_events_to_their_endpoints(own_hub):
    assert ok(own_hub.put("/emulator/routing", PLAN)) == PLAN == ok(own_hub.get("/emulator/routing"))
    after = until(own_hub, 2)[-1]["sequence"]
    for value in (80, 20):
        assert send(own_hub, "d1", {"t": value}).status_code == 204
    own_hub.desired("d1", {"a": 1})
    # A condition sees the twin as it stands when the event is routed.
    until(own_hub, 3, after)
    own_hub.patch_twin("d1", {"tags": {"site": "B"}})
    everything = until(own_hub, 4, after)
    assert [event["endpoints"] for event in everything if event["source"] == "deviceMessages"] == [["hot"], ["events"]]
    assert [event["endpoints"] for event in everything if event["source"] == "twinChangeEvents"] == [["changes"], []]
    assert bodies(events(own_hub, after, endpoint="hot")[0]) == [{"t": 80}]
    (cold,) = events(own_hub, after, endpoint="events")[0]
    # The built-in endpoint's readers find what is added among the properties.
    assert cold["body"] == {"t": 20} and cold["properties"] == {"site": "A"}
    (change,) = events(own_hub, after, endpoint="changes")[0]
    assert change["body"]["properties"]["desired"]["a"] == 1 and "enrichments" not in change
    hot = everything[0]
    assert hot["properties"] == {} and hot["enrichments"] == [{"name": "site", "value": "A", "endpoints": ["hot"]}]


def test_without_its_fallback_a_hub_loses_what_nobody_takes(own_hub):
    off = {**PLAN["fallbackRoute"], "isEnabled": False}
    ok(own_hub.put("/emulator/routing", {"fallbackRoute": off}))
    send(own_hub, "d1", {"t": 1})
    (event,) = until(own_hub, 1, source="deviceMessages")
    assert event["endpoints"] == [] and events(own_hub, 0, endpoint="events", source="deviceMessages")[0] == []


def test_routes_outlive_a_crash_and_a_reset_until_they_are_deleted(new_server):
    server = new_server()
    hub = Hub(server)
    ok(hub.put("/emulator/routing", PLAN))
    server.restart(kill=True)
    hub = Hub(server)
    assert ok(hub.get("/emulator/routing")) == PLAN
    assert hub.post("/emulator/reset", {"to": "empty"}).status_code == 204
    assert ok(hub.get("/emulator/routing")) == PLAN
    assert hub.delete("/emulator/routing").status_code == 204
    assert ok(hub.get("/emulator/routing"))["endpoints"] == NO_ENDPOINTS


def test_a_wrong_declaration_is_refused_whole(own_hub):
    ok(own_hub.put("/emulator/routing", PLAN))
    wrong = {**PLAN, "routes": PLAN["routes"] + [{"name": "x", "source": "DeviceMessages", "endpointNames": ["events"],
                                                  "condition": "level > 2"}]}
    text = expect_error(own_hub.put("/emulator/routing", wrong), 400, "ArgumentInvalid")
    assert "route 'x'" in text and "Line 1:1" in text
    cloud = {"endpoints": {"eventHubs": [{"name": "eh"}]}}
    assert "eventHubs" in expect_error(own_hub.put("/emulator/routing", cloud), 501, "NotImplemented")
    silent = {"routes": [{"name": "r", "source": "DigitalTwinChangeEvents", "endpointNames": ["events"]}]}
    assert "'r'" in expect_error(own_hub.put("/emulator/routing", silent), 501, "NotImplemented")
    expect_error(own_hub.put("/emulator/routing", data=b"{"), 400, "IotHubFormatError")
    assert ok(own_hub.get("/emulator/routing")) == PLAN
    expect_error(own_hub.get("/emulator/events", endpoint="nowhere", after=0), 400, "ArgumentInvalid")


def test_routes_are_for_those_who_may_connect_as_a_service(hub, policy_token):
    for policy in ("device", "registryReadWrite"):
        assert hub.as_(policy_token(policy)).get("/emulator/routing").status_code == 401
    assert hub.as_(policy_token("service")).get("/emulator/routing").status_code == 200


#: query.md section 8: the samples R1 to R10 with a message that meets each, and one that does not.
WEATHER = {"Weather": {"Temperature": 50, "Location": {"State": "WA"}, "HistoricalData": [{"Month": "Feb"}]}}
SAMPLES = [
    ("R1", "messageType = 'alert' AND as_number(severity) <= 2", {"app": {"messageType": "alert", "severity": "2"}},
     {"app": {"messageType": "alert", "severity": "3"}}),
    ("R2", "$body.Weather.HistoricalData[0].Month = 'Feb'", {"body": WEATHER}, {"body": {"Weather": {"HistoricalData": []}}}),
    ("R3", "length($body.Weather.Location.State) = 2", {"body": WEATHER}, {"body": {"Weather": {"Location": {"State": "W"}}}}),
    ("R4", "$body.Weather.Temperature = 50 AND processingPath = 'hot'", {"body": WEATHER, "app": {"processingPath": "hot"}},
     {"body": WEATHER, "app": {"processingPath": "cold"}}),
    ("R5", "$twin.properties.desired.telemetryConfig.sendFrequency = '5m'",
     {"twin": {"properties": {"desired": {"telemetryConfig": {"sendFrequency": "5m"}}}}},
     {"twin": {"properties": {"desired": {"telemetryConfig": {"sendFrequency": "6m"}}}}}),
    ("R6", "$contentEncoding = 'UTF-8' AND processingPath = 'hot'",
     {"app": {"processingPath": "hot"}, "system": {"contentEncoding": "UTF-8"}}, {"app": {"processingPath": "hot"}}),
    ("R7", "is_defined($body.properties.desired.telemetryConfig.sendFrequency)",
     {"body": {"properties": {"desired": {"telemetryConfig": {"sendFrequency": "5m"}}}}},
     {"body": {"properties": {"desired": {"telemetryConfig": {"sendFrequency": {"every": "5m"}}}}}}),
    ("R8", "STARTS_WITH($connectionDeviceId, 'my')", {"system": {"connectionDeviceId": "my-1"}},
     {"system": {"connectionDeviceId": "your-1"}}),
    ("R9", "opType = 'deleteDeviceIdentity'", {"app": {"opType": "deleteDeviceIdentity"}},
     {"app": {"opType": "createDeviceIdentity"}}),
    ("R10", "$enqueuedTime > '2022-06-06T22:56:06Z'", {"system": {"enqueuedTime": "2022-06-07T00:00:00Z"}},
     {"system": {"enqueuedTime": "2022-06-06T00:00:00Z"}}),
]


def try_route(hub, condition, app=None, system=None, body=None, twin=None, source="DeviceMessages", **more):
    message = {"appProperties": app or {}, "systemProperties": {**JSON, **(system or {})}}
    if body is not None:
        message["body"] = json.dumps(body)
    route = {"name": "r", "source": source, "condition": condition, "endpointNames": ["events"], "isEnabled": True}
    request = {"route": route, "message": message, **more}
    if twin is not None:
        request["twin"] = twin
    return hub.post("/emulator/routing/routes/$testnew", request)


@pytest.mark.parametrize("condition, meets, fails", [row[1:] for row in SAMPLES], ids=[row[0] for row in SAMPLES])
def test_the_samples_of_the_reference(hub, condition, meets, fails):
    answer = ok(try_route(hub, condition, **meets))
    assert answer == {"result": "true", "details": {"compilationErrors": []}}
    assert ok(try_route(hub, condition, **fails))["result"] in ("false", "undefined")


def test_a_condition_that_cannot_be_compiled_is_a_400_with_its_place(hub):
    text = expect_error(try_route(hub, "a = 'b' AND key2 > 2"), 400, "InvalidRouteTestInput")
    assert "Line 1:13 Invalid operands to binary operator '>': have 'string' and 'number'" in text
    expect_error(try_route(hub, "true", source="Nothing"), 400, "InvalidSourceOnRoute")
    expect_error(hub.post("/emulator/routing/routes/$testnew", {}), 400, "InvalidRouteTestInput")
    expect_error(try_route(hub, "true", app={"a": 1}), 400, "InvalidRouteTestInput")


def test_a_test_can_ask_for_the_message_of_a_device_that_there_is(own_hub):
    condition = "$twin.tags.site = 'A' AND $connectionDeviceId = 'd1'"
    assert ok(try_route(own_hub, condition, deviceId="d1"))["result"] == "true"
    expect_error(try_route(own_hub, condition, deviceId="d2"), 404, "DeviceNotFound")


def test_all_routes_are_asked_at_once(own_hub):
    ok(own_hub.put("/emulator/routing", PLAN))

    def taking(source, body, **more):
        message = {"body": json.dumps(body), "systemProperties": JSON}
        answer = ok(own_hub.post("/emulator/routing/routes/$testall", {"routingSource": source, "message": message, **more}))
        return [route["properties"]["name"] for route in answer["routes"]]

    assert taking("DeviceMessages", {"t": 80}) == ["hot"]
    assert taking("devicemessages", {"t": 8}) == ["$fallback"]
    assert taking("TwinChangeEvents", {}, twin={"tags": {"site": "A"}}) == ["site"]
    assert taking("TwinChangeEvents", {}) == []


def test_routes_from_a_file_at_the_start_and_by_command(new_server, tmp_path):
    file = tmp_path / "routing.json"
    file.write_text(json.dumps(PLAN))
    server = new_server("--routing", str(file))
    hub = Hub(server)
    assert ok(hub.get("/emulator/routing")) == PLAN

    def route(*arguments, **more):
        return run_command("route", *arguments, "--data", server.data, **more)

    assert json.loads(route("show").stdout) == PLAN
    assert route("test", "--body", '{"t":80}').stdout.split() == ["ROUTE", "ENDPOINT", "hot", "hot"]
    assert route("test", "--body", '{"t":80}', "--condition", "$body.t < 70").stdout == "false\n"
    assert route("test", "--condition", "a = 'b'", "--property", "a=b").stdout == "true\n"
    assert route("test", "--source", "TwinChangeEvents").stdout == "no route\n"
    assert route("clear").stdout == ""
    assert ok(hub.get("/emulator/routing"))["enrichments"] == []
    assert route("apply", str(file)).stdout == "2 routes\n"
    assert ok(hub.get("/emulator/routing")) == PLAN
    file.write_text('{"routes":[{}]}')
    failed = route("apply", str(file), check=False)
    assert failed.returncode == 1 and "A route's name" in failed.stderr


def test_routes_from_a_file_hold_for_the_seed_as_well_and_win_at_every_start(new_server, tmp_path):
    file = tmp_path / "routing.json"
    created = {"name": "new", "source": "DeviceLifecycleEvents", "condition": "NOT is_defined($connectionModuleId)",
               "endpointNames": ["hot"]}
    file.write_text(json.dumps({"endpoints": {"feeds": [{"name": "hot"}]}, "routes": [created]}))
    server = new_server("--seed", SAMPLE, "--routing", file)
    hub = Hub(server)
    devices = [line for line in map(json.loads, SAMPLE.read_text().splitlines()) if "moduleId" not in line]
    assert len(until(hub, len(devices), endpoint="hot")) == len(devices)
    assert {event["source"] for event in events(hub, endpoint="hot")[0]} == {"deviceLifecycleEvents"}
    assert hub.delete("/emulator/routing").status_code == 204
    server.restart()
    hub = Hub(server)
    assert ok(hub.get("/emulator/routing"))["routes"][0]["name"] == "new"
    # One that is as it was is not written again.
    changes = ok(hub.get("/emulator/changes", after=0, headers={"Prefer": "wait=0"}))["changes"]
    assert [change["operation"] for change in changes if change["operation"] == "updateRouting"] == ["updateRouting"] * 3
    sequence = changes[-1]["sequence"]
    server.restart()
    assert Hub(server).get("/emulator/changes", after=sequence, headers={"Prefer": "wait=0"}).status_code == 204


def test_monitor_says_where_events_went(own_hub):
    ok(own_hub.put("/emulator/routing", {**PLAN, "enrichments": []}))
    after = until(own_hub, 2)[-1]["sequence"]
    send(own_hub, "d1", {"t": 80})
    send(own_hub, "d1", {"t": 8})
    own_hub.report("d1", {"a": 1})
    # A condition looks at the twin as it is when the event is routed.
    until(own_hub, 3, after)
    own_hub.patch_twin("d1", {"tags": {"site": "B"}})
    until(own_hub, 4, after)
    shown = [line.split("  ", 1)[1] for line in first_lines(own_hub.server.data, after, 4)]
    assert sorted(shown) == [
        "d1  deviceMessages", "d1  deviceMessages  to hot", "d1  updateTwin  to changes", "d1  updateTwin  to no endpoint"]


def first_lines(data, after, count):
    """The first line of each of so many events that `twinhub monitor` shows."""
    process = subprocess.Popen(
        [str(binary()), "monitor", "--data", data, "--after", str(after)], env=clean_environment(), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        lines = []
        while len(lines) < count:
            line = process.stdout.readline().rstrip("\n")
            lines += [line] if TIME.match(line.split("  ")[0]) else []
        return lines
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
