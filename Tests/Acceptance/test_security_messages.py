"""Security messages over HTTP: recognised, decoded, counted and judged (defender.md sections 5, 6 and 8.7)."""

import base64
import json

from acceptance.rest import Hub, expect_error, ok
from acceptance.server import run_command
from acceptance.waiting import wait_for

CLASSIC = "azureiotsecurity"
MARK = {"iothub-interface-id": "urn:azureiot:Security:SecurityAgent:1"}


def event(name, *payload, category="Triggered", kind="Security", id="9c647395-b913-4997-a732-a7fe7303b601"):
    return {
        "Id": id, "TimestampLocal": "2020-01-02T11:39:26Z", "TimestampUTC": "2020-01-02T11:39:26Z",
        "Category": category, "Name": name, "EventType": kind, "IsEmpty": not payload, "PayloadSchemaVersion": "1.0",
        "Payload": list(payload)}


def message(*events):
    return {
        "AgentVersion": "0.0.5", "AgentId": "e89dc5f5-feac-4c3e-87e2-93c16f010c25", "MessageSchemaVersion": "1.0",
        "Events": list(events)}


PORTS = event(
    "ListeningPorts", {"Protocol": "tcp", "LocalAddress": "0.0.0.0", "LocalPort": "22", "RemoteAddress": "0.0.0.0",
                       "RemotePort": "*", "ExtraDetails": {"Pid": "611"}}, category="Periodic")
LOGIN = event("Login", {"ProcessId": 1204, "UserName": "root", "Operation": "PAM:authentication",
                        "Executable": "/bin/su", "Result": "Fail"})


def send(hub, device, body, headers=MARK):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = hub.post(f"/devices/{device}/messages/events", data=data, headers=headers)
    assert answer.status_code == 204, answer.text


def messages(hub, device, after=0, **more):
    return ok(hub.get(f"/emulator/devices/{device}/security/events", after=after, **more))["messages"]


def security(hub, device, holds):
    """The device's document once this holds."""
    seen = {}

    def look():
        seen.update(ok(hub.get(f"/emulator/devices/{device}/security")))
        return holds(seen)
    wait_for(look)
    return seen


def test_a_marked_message_is_shown_decoded_and_its_body_stays_untouched(hub, device):
    body = json.dumps(message(PORTS, LOGIN), indent=1).encode()
    send(hub, device, b"not marked", headers={})
    send(hub, device, body)
    [shown] = messages(hub, device)
    assert shown["deviceId"] == device and shown["systemProperties"]["iothub-interface-id"] == MARK["iothub-interface-id"]
    assert shown["message"]["kind"] == "envelope" and shown["message"]["agentVersion"] == "0.0.5"
    assert [one["name"] for one in shown["message"]["events"]] == ["ListeningPorts", "Login"]
    assert shown["message"]["events"][1]["payload"] == LOGIN["Payload"]
    # It reaches back ends as any other message does, byte for byte.
    events = ok(hub.get("/emulator/events", after=shown["sequence"] - 1, deviceId=device))["events"]
    assert base64.b64decode(events[0]["bodyBase64"]) == body


def test_messages_are_chosen_by_the_events_in_them(hub, device):
    send(hub, device, message(PORTS))
    send(hub, device, message(LOGIN))
    assert len(messages(hub, device)) == 2
    [shown] = messages(hub, device, type="Login")
    assert shown["message"]["events"][0]["name"] == "Login"
    answer = hub.get(
        f"/emulator/devices/{device}/security/events", after=0, type="Nothing", headers={"Prefer": "wait=0"})
    assert answer.status_code == 204


def test_what_departs_from_the_schema_is_named_with_its_place_and_bytes(hub, device):
    broken = event("Login", {"ProcessId": "1204", "UserName": "root", "Operation": "x", "Executable": "/bin/su",
                             "Result": "Maybe"})
    send(hub, device, message(broken))
    [shown] = messages(hub, device)
    found = {finding["path"]: finding for finding in shown["message"]["lint"]}
    assert found["Events[0].Payload[0].ProcessId"]["bytes"] == '"1204"'
    assert found["Events[0].Payload[0].Result"]["bytes"] == '"Maybe"'
    send(hub, device, b"\x00\x01 not json")
    assert messages(hub, device, after=shown["sequence"])[0]["message"]["kind"] == "unreadable"


def test_a_device_has_counts_snapshots_and_findings(hub, device):
    send(hub, device, message(PORTS, LOGIN, LOGIN))
    send(hub, device, b"{")
    seen = security(hub, device, lambda seen: seen["messages"] == 2)
    assert seen["unreadable"] == 1 and seen["events"] == {"ListeningPorts": 1, "Login": 2}
    assert seen["snapshots"]["ListeningPorts"]["payload"] == PORTS["Payload"]
    open_ports = {one["type"]: one for one in seen["findings"]}["IoT_OpenPorts"]
    assert open_ports["state"] == "open" and open_ports["evidence"]["source"] == "ListeningPorts"
    # The next snapshot closes it.
    send(hub, device, message(event("ListeningPorts", category="Periodic")))
    seen = security(hub, device, lambda seen: seen["messages"] == 3)
    assert {one["type"]: one["state"] for one in seen["findings"]}["IoT_OpenPorts"] == "closed"
    assert seen["snapshots"]["ListeningPorts"]["payload"] == []


def test_what_is_known_outlives_the_hub_and_not_the_device(new_server, tmp_path):
    hub = Hub(new_server("--events-durability=commit"))
    hub.create("d")
    send(hub, "d", message(PORTS))
    before = security(hub, "d", lambda seen: seen["messages"] == 1)
    hub.server.restart(kill=True)
    hub = Hub(hub.server)
    assert security(hub, "d", lambda seen: seen["messages"] == 1) == before
    report = ok(hub.get("/emulator/defender/report"))
    assert [entry["deviceId"] for entry in report["devices"]] == ["d"] and report["leftOut"] == 0
    assert {entry["reason"] for entry in report["notEmulated"]} >= {"threatIntelligence"}
    text = run_command("security", "report", "--data", hub.server.data).stdout
    assert "IoT_OpenPorts" in text and text.splitlines()[1].startswith("d ")
    page = tmp_path / "report.html"
    run_command("security", "report", "--data", hub.server.data, "--html", page)
    html = page.read_text()
    assert html.startswith("<!doctype html>") and "<code>IoT_OpenPorts</code>" in html and "http" not in html
    hub.remove("d")
    hub.create("d")
    assert ok(hub.get("/emulator/devices/d/security"))["messages"] == 0
    assert ok(hub.get("/emulator/defender/report"))["devices"] == []
    assert run_command("security", "report", "--data", hub.server.data).stdout == "nothing is found\n"


def test_a_device_that_is_not_there_has_no_security(hub, name):
    for path in ("security", "security/events", "security/configuration"):
        expect_error(hub.get(f"/emulator/devices/{name}/{path}"), 404, "DeviceNotFound")
