"""Security agents on their modules: what they are handed, what they will run with, what they report (defender.md 2 to 4)."""

import http.client
import json
import socket
import ssl

import pytest
from azure.iot.device import Message

from acceptance import sas
from acceptance.certificates import self_signed
from acceptance.rest import ok

from devices.packets import Packets, client_id
from devices.sdk import key_of, token
from devices.waiting import eventually

CLASSIC = "azureiotsecurity"
OBJECT = "ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration"


@pytest.fixture
def secured(hub, device):
    hub.create_module(device, CLASSIC)
    return device


def configuration(hub, device, agent):
    document = ok(hub.get(f"/emulator/devices/{device}/security/configuration", agent=agent))
    document["keys"] = {row["key"]: row for row in document["keys"]}
    return document


def configured(hub, device, agent, holds):
    """The configuration once this holds."""
    def look():
        seen = configuration(hub, device, agent)
        return seen if holds(seen) else None
    return eventually(look, "the configuration")


def drift(document):
    return {key: [d["reason"] for d in row["differences"]] for key, row in document["keys"].items() if row["drift"]}


@pytest.mark.parametrize("version", ["2017-11-08-preview", "2018-06-30"], ids=["agent C", "agent C#"])
def test_an_agent_of_old_gets_its_twin_though_it_is_empty(hub, secured, version):
    """Agent C takes a twin of no bytes for none at all, and ends after 30 s (defender.md 4.5)."""
    packets = Packets(hub.server.ca_file)
    user = f"localhost/{secured}/{CLASSIC}/?api-version={version}&DeviceClientType=iothubclient%2F1.3.4"
    packets.connect(client_id(secured, CLASSIC), user, token(hub, secured, CLASSIC))
    packets.subscribe("$iothub/twin/res/#", qos=0)
    packets.send_publish("$iothub/twin/GET/?$rid=1", qos=0)
    answer = packets.next()
    assert answer.topic == "$iothub/twin/res/200/?$rid=1"
    assert json.loads(answer.payload) == {"desired": {"$version": 1}, "reported": {"$version": 1}}
    packets.disconnect()


# Device mode: the agent fetches its module's key with what the device has (defender.md 4.3) -----------------------


def module_identity(hub, device, *fields, files=None):
    """The answer to the agents' own request, which has these header fields beside `Host` and no others."""
    context = ssl.create_default_context(cafile=hub.server.ca_file)
    if files is not None:
        context.load_cert_chain(*files)
    lines = [f"GET /devices/{device}/modules/{CLASSIC}?api-version=2018-06-30 HTTP/1.1", "Host: localhost", *fields]
    with socket.create_connection(("127.0.0.1", hub.server.https_port), timeout=40) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            connection.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode())
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status, json.loads(answer.read())


def with_thumbprint(hub, device, thumbprint):
    hub.put(f"/devices/{device}", {"deviceId": device, "authentication": {
        "type": "selfSigned", "x509Thumbprint": {"primaryThumbprint": thumbprint}}}, etag="*")


@pytest.mark.parametrize("by_certificate", [False, True], ids=["the device's key", "the device's certificate"])
def test_an_agent_in_device_mode_fetches_its_modules_key_and_signs_in_with_it(
        hub, client, secured, tmp_path, by_certificate):
    if by_certificate:
        files, prints = self_signed(tmp_path)
        with_thumbprint(hub, secured, prints[0])
        status, identity = module_identity(hub, secured, files=files)
    else:
        # For the bare host, and without a policy's name.
        signed = sas.token("localhost", key_of(hub, secured))
        status, identity = module_identity(hub, secured, f"Authorization: {signed}")
    assert status == 200
    key = identity["authentication"]["symmetricKey"]["primaryKey"]
    assert key == key_of(hub, secured, CLASSIC)
    text = f"HostName=localhost;DeviceId={secured};ModuleId={CLASSIC};SharedAccessKey={key}"
    agent = client(secured, CLASSIC, make=lambda kind, options: kind.create_from_connection_string(text, **options))
    assert agent.get_twin() == {"desired": {"$version": 1}, "reported": {"$version": 1}}
    agent.patch_twin_reported_properties({OBJECT: {"snapshotFrequency": {"value": "PT13H"}}})
    assert hub.twin(secured, CLASSIC)["properties"]["reported"][OBJECT] == {"snapshotFrequency": {"value": "PT13H"}}


def test_an_agent_in_device_mode_is_told_401_or_404_and_stops(hub, secured, tmp_path):
    (own, prints), (other, _) = (self_signed(folder(tmp_path, one)) for one in ("own", "other"))
    with_thumbprint(hub, secured, prints[0])
    assert module_identity(hub, secured, files=other)[0] == 401
    assert module_identity(hub, secured)[0] == 401
    # The device's key, which is no more.
    assert module_identity(hub, secured, f"Authorization: {sas.token('localhost', 'AAAA')}", files=own)[0] == 401
    hub.delete(f"/devices/{secured}/modules/{CLASSIC}", etag="*")
    assert module_identity(hub, secured, files=own)[0] == 404


def folder(inside, name):
    one = inside / name
    one.mkdir()
    return one


def test_what_an_agent_runs_with_follows_what_it_was_handed(hub, client, secured):
    hub.desired(secured, {OBJECT: {
        "highPriorityMessageFrequency": {"value": "PT7M"}, "eventPriorityConnectionCreate": {"value": "High"}}}, CLASSIC)
    before = configuration(hub, secured, "c")
    assert before["state"] == "waiting" and before["delivered"] is None
    assert drift(before) == {"highPriorityMessageFrequency": ["notDelivered"], "eventPriorityConnectionCreate": ["notDelivered"]}

    agent = client(secured, CLASSIC)
    heard = agent.patches()
    agent.get_twin()
    running = configuration(hub, secured, "c")
    assert running["state"] == "running" and running["delivered"] == {"form": "document", "version": 2}
    assert running["keys"]["eventPriorityConnectionCreate"]["running"] == "High" and drift(running) == {}

    # Somebody patches one key only: the agent goes back to the default for the other (8.2), and the hub says so.
    hub.desired(secured, {OBJECT: {"highPriorityMessageFrequency": {"value": "PT5M"}}}, CLASSIC)
    assert heard.take(1) == [{OBJECT: {"highPriorityMessageFrequency": {"value": "PT5M"}}, "$version": 3}]
    sprung = configured(hub, secured, "c", lambda seen: seen["delivered"]["form"] == "patch")
    row = sprung["keys"]["eventPriorityConnectionCreate"]
    assert (row["desired"], row["running"], row["since"] is not None) == ("High", "Low", True)
    assert drift(sprung) == {"eventPriorityConnectionCreate": ["resetByPatch"]}
    changes = ok(hub.get("/emulator/changes", after=0, deviceId=secured, moduleId=CLASSIC, kind="twin"))["changes"]
    assert [change.get("keysReset") for change in changes] == [None, ["eventPriorityConnectionCreate"]]

    # Changed by way of the hub, the complete object is sent, and the agent is right again.
    ok(hub.patch(f"/emulator/devices/{secured}/security/configuration", {"set": {"snapshotFrequency": "PT2H"}}, agent="c"))
    assert heard.take(1)[0][OBJECT] == {
        "highPriorityMessageFrequency": {"value": "PT5M"}, "eventPriorityConnectionCreate": {"value": "High"},
        "snapshotFrequency": {"value": "PT2H"}}
    healed = configured(hub, secured, "c", lambda seen: seen["delivered"]["version"] == 4)
    assert drift(healed) == {} and healed["keys"]["snapshotFrequency"]["running"] == "PT2H"


def test_a_bad_key_is_refused_whole_and_each_agent_in_its_way(hub, client, secured):
    """Defender.md 8.9."""
    hub.desired(secured, {OBJECT: {
        "highPriorityMessageFrequency": {"value": "7 minutes"}, "lowPriorityMessageFrequency": "PT5H",
        "maxMessageSizeInBytes": {"value": "204800"}, "eventPriorityLogin": {"value": "Urgent"},
        "unknownKey": {"value": 1}}}, CLASSIC)
    agent = client(secured, CLASSIC)
    agent.get_twin()
    c, csharp = configuration(hub, secured, "c"), configuration(hub, secured, "csharp")
    assert c["state"] == "running" and csharp["state"] == "stopped"
    assert c["refused"]["keys"] == ["maxMessageSizeInBytes", "lowPriorityMessageFrequency", "highPriorityMessageFrequency"]
    assert c["refused"]["message"].endswith("highPriorityMessageFrequenc")
    assert c["keys"]["maxMessageSizeInBytes"]["running"] == 204800
    assert c["keys"]["unknownKey"]["differences"][0]["reason"] == "unknownToAgent"
    assert {item["rule"] for item in c["lint"]} == {"wrongType", "notWrapped", "unknownKey"}


def test_what_the_agent_reports_is_compared_as_it_means_it(hub, client, secured):
    hub.desired(secured, {OBJECT: {"snapshotFrequency": {"value": "PT24H"}, "eventPriorityLogin": {"value": "High"}}}, CLASSIC)
    agent = client(secured, CLASSIC)
    agent.get_twin()
    agent.patch_twin_reported_properties({OBJECT: {
        "snapshotFrequency": {"value": "P1D"}, "eventPriorityLogin": {"value": "high"},
        "eventPriorityOperational": {"value": "high"}}})
    agrees = configuration(hub, secured, "c")
    assert drift(agrees) == {} and agrees["keys"]["snapshotFrequency"]["reported"] == "P1D"
    agent.patch_twin_reported_properties({OBJECT: {"snapshotFrequency": {"value": "PT1H"}}})
    drifts = configuration(hub, secured, "c")
    assert drift(drifts) == {"snapshotFrequency": ["reportedOtherwise"]}


def test_a_micro_agents_keys_stand_at_the_root(hub, client, device):
    hub.create_module(device, "DefenderIotMicroAgent")
    hub.desired(device, {"Process_Mode": 2, "Login_UsePAM": True}, "DefenderIotMicroAgent")
    agent = client(device, "DefenderIotMicroAgent")
    agent.patches()
    agent.get_twin()
    hub.desired(device, {"Process_Mode": 9}, "DefenderIotMicroAgent")
    seen = configured(hub, device, "micro", lambda seen: (seen["delivered"] or {}).get("version") == 3)
    assert seen["refused"]["keys"] == ["Process_Mode"] and seen["keys"]["Process_Mode"]["running"] == 2
    assert seen["keys"]["Login_UsePAM"]["running"] is True


@pytest.mark.parametrize("of_module", [True, False], ids=["a module's connection", "the device's own"])
def test_a_message_that_the_sdk_marks_is_a_security_message(hub, client, secured, of_module):
    sender = client(secured, CLASSIC) if of_module else client(secured)
    login = {
        "Id": "9c647395-b913-4997-a732-a7fe7303b603", "TimestampLocal": "2020-01-02T11:39:26Z",
        "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Triggered", "Name": "Login", "EventType": "Security",
        "IsEmpty": False, "PayloadSchemaVersion": "1.0", "Payload": [{
            "ProcessId": 1204, "UserName": "root", "Operation": "PAM:authentication", "Executable": "/bin/su",
            "Result": "Fail"}]}
    message = Message(json.dumps({
        "AgentVersion": "0.0.5", "AgentId": "e89dc5f5-feac-4c3e-87e2-93c16f010c25", "MessageSchemaVersion": "1.0",
        "Events": [login]}))
    message.set_as_security_message()
    sender.send_message("an ordinary one")
    sender.send_message(message)
    [shown] = ok(hub.get(f"/emulator/devices/{secured}/security/events", after=0))["messages"]
    assert shown["moduleId"] == (CLASSIC if of_module else None)
    assert [event["name"] for event in shown["message"]["events"]] == ["Login"] and shown["message"]["lint"] == []
    seen = eventually(
        lambda: [one for one in ok(hub.get(f"/emulator/devices/{secured}/security"))["findings"] if one["state"] == "open"],
        "the finding")
    assert [one["type"] for one in seen] == ["Failed local login"]
