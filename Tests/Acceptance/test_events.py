"""What back ends read in place of Event Hubs: telemetry, twin changes, lifecycle events (twins.md section 11)."""

import base64
import json
import pathlib
import queue
import random
import subprocess
import threading

import pytest

from acceptance.back_end import events, send, until
from acceptance.events import EventStream
from acceptance.rest import NEVER, TIME, Hub, expect_error, ok
from acceptance.server import SAMPLE, binary, clean_environment, run_command
from acceptance.waiting import wait_for
from acceptance.wire import Wire, request

MEMBERS = ["sequence", "enqueuedTime", "source", "deviceId", "moduleId", "systemProperties", "properties"]


def check(event, source, operation=None, schema=None):
    """What every event has; those of the hub's own have more."""
    assert list(event)[:5] == MEMBERS[:5] and set(MEMBERS) < set(event) and ("body" in event) != ("bodyBase64" in event)
    assert event["source"] == source and TIME.match(event["enqueuedTime"])
    system = event["systemProperties"]
    assert system["iothub-connection-device-id"] == event["deviceId"] and system["iothub-enqueuedtime"] == event["enqueuedTime"]
    assert system.get("iothub-connection-module-id") == event["moduleId"]
    if operation is None:
        return
    assert system["content-type"] == "application/json" and system["content-encoding"] == "utf-8"
    assert system["iothub-message-source"] == source and event["hubSequence"] > 0
    own = event["properties"]
    assert own["opType"] == operation and own["iothub-message-schema"] == schema and own["deviceId"] == event["deviceId"]
    assert len(own["operationTimestamp"]) == len("2026-01-02T03:04:05.6789012Z") and own.get("moduleId") == event["moduleId"]


# Twin changes and lifecycle -----------------------------------------------------------------------------------


def test_the_vectors_of_twin_changes(hub, name, server):
    """V1 to V4, V11 and V16 of twins.md section 12, as far as they tell back ends something."""
    after = events(hub)[1]
    hub.create(name)
    hub.desired(name, {"telemetryConfig": {"sendFrequency": "5m"}})
    after_desired = hub.twin(name)
    hub.patch_twin(name, {"tags": {"location": {"region": "US"}}})
    hub.report(name, {"batteryLevel": 55})
    after_report = hub.twin(name)
    hub.desired(name, {"zz": None})
    replaced = ok(hub.put(f"/twins/{name}", {"properties": {"desired": {"a": 1, "c": 100}}}))
    hub.patch_twin(name, {"tags": {"x": 1}, "properties": {"desired": {"y": 1}}})
    after_both = hub.twin(name)
    hub.remove(name)
    created, desired, tags, report, put, both, deleted = until(hub, 7, after, deviceId=name)
    for event, operation in ((created, "createDeviceIdentity"), (deleted, "deleteDeviceIdentity")):
        check(event, "deviceLifecycleEvents", operation, "deviceLifecycleNotification")
    for event in (desired, tags, report, both):
        check(event, "twinChangeEvents", "updateTwin", "twinChangeNotification")
    check(put, "twinChangeEvents", "replaceTwin", "twinChangeNotification")
    fresh = {"$metadata": {"$lastUpdated": NEVER}, "$version": 1}
    assert created["body"] == {
        "deviceId": name, "etag": "AAAAAAAAAAE=", "version": 2, "properties": {"desired": fresh, "reported": fresh}}
    assert desired["body"] == {"version": 3, "properties": {"desired": after_desired["properties"]["desired"]}}
    assert tags["body"] == {"version": 4, "tags": {"location": {"region": "US"}}}
    assert report["body"] == {"version": 5, "properties": {"reported": after_report["properties"]["reported"]}}
    assert put["body"] == {
        "deviceId": name, "etag": replaced["etag"], "version": replaced["version"], "properties": replaced["properties"]}
    whole = after_both["properties"]["desired"]
    stamp = whole["$metadata"]["y"]
    assert both["body"] == {"version": 7, "tags": {"x": 1}, "properties": {
        "desired": {"y": 1, "$metadata": {**stamp, "y": stamp}, "$version": whole["$version"]}}}
    assert deleted["body"] == {
        "deviceId": name, "etag": after_both["etag"], "version": 7, "tags": {"x": 1},
        "properties": after_both["properties"]}
    sequences = [event["hubSequence"] for event in (created, desired, tags, report, put, both, deleted)]
    assert sequences == sorted(set(sequences))


def test_an_event_names_the_change_and_the_request(hub, device):
    answer = hub.patch(f"/twins/{device}", {"tags": {"a": 1}})
    event = until(hub, 1, deviceId=device, source="twinChangeEvents")[0]
    (change,) = ok(hub.get(
        "/emulator/changes", after=event["hubSequence"] - 1, deviceId=device, headers={"Prefer": "wait=0"}))["changes"]
    assert change["sequence"] == event["hubSequence"] and change["operation"] == "updateTwin"
    request_id = answer.headers["x-ms-request-id"].replace("-", "").lower()
    assert request_id.startswith(event["systemProperties"]["correlation-id"])


def test_modules_tell_with_their_device(hub, device):
    hub.create_module(device, "m")
    hub.desired(device, {"a": 1}, "m")
    hub.remove(device)
    found = until(hub, 5, deviceId=device)
    assert [(event["moduleId"], event["properties"]["opType"]) for event in found] == [
        (None, "createDeviceIdentity"), ("m", "createDeviceIdentity"), ("m", "updateTwin"), ("m", "deleteDeviceIdentity"),
        (None, "deleteDeviceIdentity")]
    assert found[1]["body"]["moduleId"] == "m" and found[3]["body"]["properties"]["desired"]["a"] == 1


def test_a_seed_and_a_bulk_tell_of_every_identity(new_server):
    server = new_server("--seed", SAMPLE)
    hub = Hub(server)
    devices, modules = 10, 12
    seeded = until(hub, devices + modules)
    assert {event["properties"]["opType"] for event in seeded} == {"createDeviceIdentity"}
    assert len({(event["deviceId"], event["moduleId"]) for event in seeded}) == devices + modules
    after = seeded[-1]["sequence"]
    ok(hub.post("/devices", [{"id": f"bulk{number}", "importMode": "create"} for number in range(100)]))
    assert [event["deviceId"] for event in until(hub, 100, after)] == [f"bulk{number}" for number in range(100)]


def test_a_reset_takes_nothing_from_what_was_told(new_server):
    hub = Hub(new_server())
    hub.create("d")
    before = until(hub, 1)
    hub.post("/emulator/reset", {"to": "empty"})
    hub.create("e")
    assert [event["deviceId"] for event in until(hub, 2)] == ["d", "e"] and events(hub)[0][0] == before[0]


# Telemetry over HTTP --------------------------------------------------------------------------------------------


def test_a_device_sends(hub, device, device_hub):
    own = device_hub(device)
    answer = send(own, device, {"t": 21.5}, **{
        "IoTHub-MessageId": "m1", "iothub-correlationid": "c1", "iothub-app-Level": "high", "iothub-to": "ignored?"})
    assert answer.status_code == 204
    event = until(hub, 1, deviceId=device, source="deviceMessages")[0]
    check(event, "deviceMessages")
    system = event["systemProperties"]
    assert event["body"] == {"t": 21.5} and event["properties"] == {"level": "high"} and "hubSequence" not in event
    assert system["message-id"] == "m1" and system["correlation-id"] == "c1" and system["content-type"] == "application/json"
    assert system["iothub-message-source"] == "Telemetry"
    assert json.loads(system["iothub-connection-auth-method"]) == {
        "scope": "device", "type": "sas", "issuer": "iothub", "acceptingIpFilterRule": None}
    assert system["iothub-connection-auth-generation-id"] == ok(hub.get(f"/devices/{device}"))["generationId"]


@pytest.mark.parametrize("body", [b"", b"\x00\xff\x80", b"{not json", "grün".encode("latin-1")])
def test_a_body_that_is_not_json_comes_as_its_bytes(hub, device, body):
    assert send(hub, device, body).status_code == 204
    event = until(hub, 1, deviceId=device, source="deviceMessages")[0]
    assert base64.b64decode(event["bodyBase64"]) == body


def test_json_without_its_name_comes_as_its_bytes(hub, device):
    assert hub.call("POST", f"/devices/{device}/messages/events", data=b"{}").status_code == 204
    event = until(hub, 1, deviceId=device, source="deviceMessages")[0]
    assert event["bodyBase64"] == "e30=" and "content-type" not in event["systemProperties"]


def test_a_batch_is_as_many_messages(hub, device):
    batch = [
        {"body": base64.b64encode(b'{"n":1}').decode(), "properties": {
            "iothub-contenttype": "application/json", "iothub-contentencoding": "utf-8", "iothub-app-Key": "v"}},
        {"body": "plain", "base64Encoded": False},
        {"body": "", "properties": None}]
    answer = hub.call(
        "POST", f"/devices/{device}/messages/events", data=json.dumps(batch).encode(),
        headers={"Content-Type": "application/vnd.microsoft.iothub.json"})
    assert answer.status_code == 204
    first, second, third = until(hub, 3, deviceId=device, source="deviceMessages")
    assert first["body"] == {"n": 1} and first["properties"] == {"Key": "v"}
    assert base64.b64decode(second["bodyBase64"]) == b"plain" and third["bodyBase64"] == ""


@pytest.mark.parametrize("batch", [{}, [1], [{}], [{"body": "%"}], [{"body": 5}], [{"body": "", "properties": {"a": 1}}]], ids=str)
def test_a_batch_that_is_none_is_refused_whole(hub, device, batch):
    answer = hub.call(
        "POST", f"/devices/{device}/messages/events", data=json.dumps(batch).encode(),
        headers={"Content-Type": "application/vnd.microsoft.iothub.json"})
    expect_error(answer, 400, "IotHubFormatError")
    assert events(hub, deviceId=device, source="deviceMessages")[0] == []


def test_messages_up_to_256_kib(hub, device):
    assert send(hub, device, b"x" * (256 * 1024 - len("application/jsonutf-8"))).status_code == 204
    for size in (256 * 1024 - len("application/jsonutf-8") + 1, 300_000):
        expect_error(send(hub, device, b"x" * size), 413, "MessageTooLarge")
    expect_error(send(hub, device, b"x" * 262_100, **{"iothub-app-k": "v" * 100}), 413, "MessageTooLarge")
    assert len(events(hub, deviceId=device, source="deviceMessages")[0]) == 1


def test_only_those_who_may_send(hub, device, device_hub, policy_token):
    other = f"{device}-other"
    hub.create(other)
    try:
        own = device_hub(device)
        assert send(own, other, {}).status_code == 401
        assert send(hub.as_(policy_token("service")), device, {}).status_code == 401
        assert send(hub.as_(policy_token("device")), device, {}).status_code == 204
        assert send(hub.as_(None), device, {}).status_code == 401
        expect_error(send(hub.as_(policy_token("device")), f"{device}-nobody", {}), 404, "DeviceNotFound")
        ok(hub.put(f"/devices/{device}", {**ok(hub.get(f"/devices/{device}")), "status": "disabled"}, etag="*"))
        assert send(own, device, {}).status_code == 401
    finally:
        hub.remove(other)


def test_events_are_for_back_ends(hub, device, device_hub, policy_token):
    assert device_hub(device).get("/emulator/events", after=0).status_code == 401
    assert hub.as_(policy_token("service")).get("/emulator/events", after=0, headers={"Prefer": "wait=0"}).status_code == 200
    assert hub.as_(policy_token("registryRead")).get("/emulator/events", after=0).status_code == 401


# Reading ----------------------------------------------------------------------------------------------------


def test_filters_by_source_and_device(hub, device):
    other = f"{device}x"
    hub.create(other)
    send(hub, device, {"n": 1})
    send(hub, other, {"n": 2})
    hub.patch_twin(device, {"tags": {"a": 1}})
    until(hub, 3, deviceId=device)
    hub.remove(other)
    until(hub, 3, deviceId=other)
    mine, theirs = events(hub, deviceId=device)[0], events(hub, deviceId=other)[0]
    assert {event["deviceId"] for event in mine} == {device} and {event["deviceId"] for event in theirs} == {other}
    assert sorted(event["source"] for event in mine) == ["deviceLifecycleEvents", "deviceMessages", "twinChangeEvents"]
    for source in ("deviceMessages", "twinChangeEvents", "deviceLifecycleEvents"):
        assert events(hub, deviceId=device, source=source)[0] == [event for event in mine if event["source"] == source]
    assert events(hub, source="deviceConnectionStateEvents", deviceId=device)[0] == []
    expect_error(hub.get("/emulator/events", after=0, source="everything"), 400, "ArgumentInvalid")
    expect_error(hub.get("/emulator/events", after="x"), 400, "ArgumentInvalid")


def test_a_long_poll_is_woken(hub, device, server):
    after = until(hub, 1, deviceId=device)[-1]["sequence"]
    connection = Wire(server.https_port).send(request(
        "GET", f"/emulator/events?after={after}&deviceId={device}&source=deviceMessages", f"Authorization: {hub.token}",
        "Prefer: wait=30"))
    hub.patch_twin(device, {"tags": {"a": 1}})
    send(hub, device, {"n": 1})
    body = connection.answer().json()
    assert [event["body"] for event in body["events"]] == [{"n": 1}] and body["next"] >= body["events"][0]["sequence"]


def test_a_long_poll_ends_empty(hub, device):
    assert hub.get("/emulator/events", deviceId=device, source="digitalTwinChangeEvents", headers={"Prefer": "wait=1"}).status_code == 204


def test_the_stream_resumes_where_it_broke_off(hub, device, server):
    target = f"/emulator/events?after=0&deviceId={device}&source=deviceMessages"
    stream = EventStream(server.https_port, target, hub.token)
    seen = []
    for number in range(5):
        send(hub, device, {"n": number})
        event = stream.next()
        assert event.kind == "event" and event.json()["body"] == {"n": number} and event.id == str(event.json()["sequence"])
        seen.append(event)
    stream.close()
    again = EventStream(server.https_port, target, hub.token, last_id=seen[1].id)
    assert [again.next().data for _ in range(3)] == [event.data for event in seen[2:]]
    again.close()


def test_a_stream_far_behind_catches_up_without_being_cut(new_server):
    """More than may wait on one connection: the reader is served as fast as it reads, from the log."""
    server = new_server("--max-output", str(1 << 20))
    hub = Hub(server)
    hub.create("d")
    body = {"filler": "x" * 100_000}
    for number in range(60):
        assert send(hub, "d", {"n": number, **body}).status_code == 204
    stream = EventStream(server.https_port, "/emulator/events?after=0&source=deviceMessages", hub.token, seconds=30)
    assert [stream.next().json()["body"]["n"] for _ in range(60)] == list(range(60))
    send(hub, "d", {"n": 60})
    assert stream.next().json()["body"] == {"n": 60}
    stream.close()


def test_a_sequence_to_come_is_gone(hub):
    expect_error(hub.get("/emulator/events", after=10**12, headers={"Prefer": "wait=0"}), 410, "GenericGone")


def test_what_is_no_longer_kept_is_gone_and_names_the_oldest(new_server):
    server = new_server("--events-keep", "1MiB")
    hub = Hub(server)
    hub.create("d")
    noise = random.Random(5)
    number = 100
    for _ in range(number):
        assert send(hub, "d", noise.randbytes(60_000)).status_code == 204

    def size():
        return sum(file.stat().st_blocks * 512 for file in pathlib.Path(server.data, "events").iterdir())

    # Old segments go when there is time for them, after the answer.
    answer = None

    def is_gone():
        nonlocal answer
        answer = hub.get("/emulator/events", after=0, headers={"Prefer": "wait=0"})
        return answer.status_code == 410 and size() < 4 << 20

    wait_for(is_gone)
    assert answer.headers["iothub-errorcode"] == "GenericGone"
    oldest = answer.json()["oldest"]
    assert oldest > 1
    assert [event["sequence"] for event in events(hub, number)[0]] == [number + 1]


# Over restarts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("durability", ["interval", "commit", "none"])
def test_acknowledged_events_survive_kill_9_and_sequences_go_on(new_server, durability):
    server = new_server("--events-durability", durability)
    hub = Hub(server)
    hub.create("d")
    for number in range(20):
        assert send(hub, "d", {"n": number}).status_code == 204
    before = until(hub, 21)
    server.restart(kill=True)
    hub = Hub(server)
    assert events(hub)[0] == before
    send(hub, "d", {"n": 20})
    (event,) = until(hub, 1, before[-1]["sequence"])
    assert event["sequence"] == before[-1]["sequence"] + 1 and event["body"] == {"n": 20}


def write_tags(hub, number, progress):
    """Changes one tag again and again until the server is gone; tells each acknowledged number, and last the error."""
    try:
        while True:
            number += 1
            hub.patch_twin("d", {"tags": {"n": number}})
            progress.put(number)
    except (AssertionError, OSError) as error:
        progress.put(error)


def test_each_change_is_told_exactly_once_however_often_the_hub_dies(new_server):
    server = new_server()
    hub = Hub(server)
    hub.create("d")
    choice = random.Random(11)
    acknowledged = 0
    for _ in range(8):
        progress = queue.Queue()
        writer = threading.Thread(target=write_tags, args=(Hub(server), acknowledged, progress))
        writer.start()
        for _ in range(choice.randint(1, 60)):
            number = progress.get(timeout=30)
            assert isinstance(number, int), f"before the kill: {number!r}"
            acknowledged = number
        server.kill9()
        writer.join()
        while isinstance(number := progress.get(timeout=30), int):
            acknowledged = number
        server.start()
    hub = Hub(server)
    version = hub.twin("d")["version"]
    told = until(hub, version - 1)
    assert [event["body"]["version"] for event in told] == list(range(2, version + 1))
    assert version - 2 >= acknowledged and events(hub)[0] == told


def test_without_a_folder_events_are_in_memory(new_server):
    hub = Hub(new_server("--ephemeral", "--auth", "off"), token=None)
    hub.create("d")
    send(hub, "d", {"n": 1})
    assert {event["source"] for event in until(hub, 2)} == {"deviceLifecycleEvents", "deviceMessages"}


def test_the_server_says_how_events_are_kept(new_server):
    server = new_server("--events-durability", "commit", "--events-keep", "64MiB,12h")
    said = "\n".join(server.output)
    assert "(commit), kept 64MiB,12h" in said


def test_metrics_count_events(new_server):
    hub = Hub(new_server())
    hub.create("d")
    send(hub, "d", {"n": 1})
    until(hub, 2)
    text = hub.get("/metrics").text
    assert "\ntwinhub_device_events_total 2\n" in text and "\ntwinhub_device_events_writable 1\n" in text
    assert "\ntwinhub_device_events_queued 0\n" in text


# The command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def monitor(new_server):
    """A server, and what starts `twinhub monitor` on it."""
    server = new_server()
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [str(binary()), "monitor", "--data", server.data, *arguments], env=clean_environment(), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(process)
        return process.stdout

    yield Hub(server), start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def lines_of(output, count):
    return [output.readline().rstrip("\n") for _ in range(count)]


def test_monitor_shows_events_to_people(monitor):
    hub, start = monitor
    hub.create("d")
    hub.create("other")
    send(hub, "d", {"t": [1, {"a": "\u001b[31m"}]}, **{"iothub-app-level": "high"})
    send(hub, "d", b"\x1b[2Jbinary")
    until(hub, 4)
    shown = lines_of(start("d", "--after", "0", "--source", "deviceMessages"), 17)
    assert shown[0].endswith("  d  deviceMessages") and TIME.match(shown[0].split("  ")[0])
    assert shown[1:4] == ["  content-type: application/json", "  content-encoding: utf-8", "  level: high"]
    assert shown[4:11] == ["  {", '    "t": [', "      1,", "      {", r'        "a": "\u001b[31m"', "      }", "    ]"]
    assert shown[11:13] == ["  }", ""]
    assert "bytes: " in shown[16] and "\x1b" not in "".join(shown)


def test_monitor_goes_on_when_the_server_comes_back_and_misses_nothing(monitor):
    hub, start = monitor
    output = start("--json", "--source", "deviceMessages", "--after", "0")
    hub.create("d")
    send(hub, "d", {"number": 0})
    assert json.loads(output.readline())["body"] == {"number": 0}
    for number in (1, 2):
        hub.server.https_port = hub.server.mqtt_port = 0
        hub.server.restart(kill=number == 2)
        hub = Hub(hub.server)
        send(hub, "d", {"number": number})
        assert json.loads(output.readline())["body"] == {"number": number}


def test_monitor_says_in_a_sentence_what_is_wrong(monitor):
    hub, start = monitor
    output = start("--after", "1000000")
    assert output.read() == ""
    done = run_command("monitor", "--data", hub.server.data, "--after", "1000000", check=False)
    assert done.returncode == 1 and done.stderr.startswith("twinhub: ") and "sequence" in done.stderr


def test_monitor_gives_scripts_a_line_an_event(monitor):
    hub, start = monitor
    hub.create("d")
    told = until(hub, 1)
    output = start("--json", "--after", "0")
    assert json.loads(output.readline()) == told[0]
    hub.patch_twin("d", {"tags": {"a": 1}})
    assert json.loads(output.readline())["body"] == {"version": 3, "tags": {"a": 1}}
