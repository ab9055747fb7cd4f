"""Security agents on their modules: what they are handed, what they will run with, what they report (defender.md 2 to 4)."""

import json

import pytest
from azure.iot.device import Message

from acceptance.rest import ok

from devices.packets import Packets, client_id, user_name
from devices.sdk import token
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
