"""sample-data/factory.ndjson is what the hub's bulk import takes, and its agents' configuration is what they can read."""

import base64
import json
import re

from acceptance.server import SAMPLE

CONFIGURATION = "ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration"
DURATION = re.compile(r"^P(?!$)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$")
LINES = [json.loads(line) for line in SAMPLE.read_text().splitlines()]
DEVICES = [line for line in LINES if "moduleId" not in line]
MODULES = [line for line in LINES if "moduleId" in line]

#: defender.md section 2.2: every key and the type of its value.
KEYS = {
    **dict.fromkeys(["highPriorityMessageFrequency", "lowPriorityMessageFrequency", "snapshotFrequency"], "duration"),
    **dict.fromkeys(["maxLocalCacheSizeInBytes", "maxMessageSizeInBytes"], "bytes"),
    **dict.fromkeys(
        [
            f"eventPriority{event}"
            for event in (
                "ProcessCreate", "ProcessTerminate", "ConnectionCreate", "ListeningPorts", "SystemInformation", "LocalUsers",
                "Login", "FirewallConfiguration", "OSBaseline", "ConnectedHardware", "Diagnostic", "ConfigurationError",
                "DroppedEventsStatistics", "MessageStatistics", "Operational")
        ], "priority"),
    **dict.fromkeys(
        [f"aggregationEnabled{event}" for event in ("ProcessCreate", "ConnectionCreate", "ProcessTerminate")], "boolean"),
    **dict.fromkeys(
        [f"aggregationInterval{event}" for event in ("ProcessCreate", "ConnectionCreate", "ProcessTerminate")], "duration"),
    "baselineCustomChecksEnabled": "boolean",
    "baselineCustomChecksFilePath": "text",
    "baselineCustomChecksFileHash": "text",
    "hubResourceId": "text",
}


def fits(kind, value):
    if kind == "duration":
        return isinstance(value, str) and bool(DURATION.match(value))
    if kind == "bytes":
        return type(value) is int and value >= 8192
    if kind == "priority":
        return isinstance(value, str) and value.lower() in ("high", "low", "off")
    return isinstance(value, bool) if kind == "boolean" else isinstance(value, str) and value != ""


def test_it_is_a_small_factory_with_one_of_each_kind():
    assert 8 <= len(DEVICES) <= 12
    assert sum(line["status"] == "disabled" for line in DEVICES) == 1
    assert sum(line["authentication"]["type"] == "selfSigned" for line in DEVICES) == 1
    assert sum(line["capabilities"]["iotEdge"] for line in DEVICES) == 1
    assert {"gateway", "sensor", "camera"} <= {line["tags"]["role"] for line in DEVICES}
    assert all({"building", "line"} <= set(line["tags"]["location"]) for line in DEVICES)


def test_each_device_is_followed_by_its_security_module():
    assert [(line["id"], line.get("moduleId")) for line in LINES] == [
        pair for line in DEVICES for pair in ((line["id"], None), (line["id"], "azureiotsecurity"))]


def test_the_first_device_can_connect_with_a_key():
    """`twinhub env` exports its connection string."""
    first = DEVICES[0]
    assert first["id"] == min(line["id"] for line in DEVICES)
    assert first["status"] == "enabled" and first["authentication"]["type"] == "sas"


def test_every_key_is_32_bytes_and_no_two_are_the_same():
    keys = [
        key for line in LINES for key in line["authentication"].get("symmetricKey", {}).values()]
    assert all(len(base64.b64decode(key, validate=True)) == 32 for key in keys)
    assert len(set(keys)) == len(keys) == 2 * (len(LINES) - 1)


def test_agent_configurations_hold_every_documented_key_with_a_value_of_its_type():
    seen = set()
    for line in MODULES:
        for section in line["properties"].values():
            for key, wrapped in section[CONFIGURATION].items():
                assert set(wrapped) == {"value"}, (line["id"], key)
                assert fits(KEYS[key], wrapped["value"]), (line["id"], key, wrapped)
                seen.add(key)
    assert seen == set(KEYS)


def test_configurations_differ_between_devices_and_one_agent_lags_behind():
    desired = [json.dumps(line["properties"]["desired"], sort_keys=True) for line in MODULES]
    assert len(set(desired)) == len(desired)
    lagging = [
        line["id"] for line in MODULES
        if any(
            str(value["value"]).lower() != str(line["properties"]["desired"][CONFIGURATION][key]["value"]).lower()
            for key, value in line["properties"].get("reported", {}).get(CONFIGURATION, {}).items()
            if value["value"] != "P1D")
    ]
    assert lagging == ["robot-a1"]
