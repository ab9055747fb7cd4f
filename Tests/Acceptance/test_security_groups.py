"""Device security groups, their custom alerts, and what the hub itself sees of devices (defender.md sections 6.5 and 6.6)."""

import base64
import json
import ssl
import time

import pytest

from acceptance import sas
from acceptance.rest import Hub, expect_error, ok
from acceptance.waiting import wait_for

CLASSIC = "azureiotsecurity"
OBJECT = "ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration"
MARK = {"iothub-interface-id": "urn:azureiot:Security:SecurityAgent:1"}
GROUPS = "/emulator/defender/groups"
# The rule of the service's own example, api-version 2019-08-01.
EXAMPLE = {"ruleType": "ActiveConnectionsNotInAllowedRange", "isEnabled": True, "minThreshold": 0, "maxThreshold": 30,
           "timeWindowSize": "PT05M"}


def window(rule, maximum=0, minimum=0, size="PT1H"):
    return {"ruleType": rule, "isEnabled": True, "minThreshold": minimum, "maxThreshold": maximum,
            "timeWindowSize": size}


def group(*windows, lists=()):
    return {"properties": {"timeWindowRules": list(windows), "allowlistRules": list(lists)}}


def put(hub, name, body, status=(200, 201), **more):
    answer = hub.put(f"{GROUPS}/{name}", body, **more)
    assert answer.status_code in status, answer.text
    return answer


def found(hub, device, type):
    """The finding of this type; nothing where there is none."""
    findings = ok(hub.get(f"/emulator/devices/{device}/security"))["findings"]
    return next((one for one in findings if one["type"] == type), None)


def opened(hub, device, type):
    wait_for(lambda: (found(hub, device, type) or {}).get("state") == "open")
    return found(hub, device, type)


@pytest.fixture
def own(new_server):
    """A hub whose groups are nobody else's."""
    return Hub(new_server())


# Groups as resources --------------------------------------------------------------------------------------------


def test_a_group_has_every_rule_and_the_resource_providers_shape_and_statuses(own):
    assert [one["name"] for one in ok(own.get(GROUPS))["value"]] == ["default"]
    answer = put(own, "Cameras", group(EXAMPLE), status=(201,))
    body = answer.json()
    assert body["id"] == f"{GROUPS}/Cameras" and body["name"] == "Cameras"
    assert body["type"] == "Microsoft.Security/deviceSecurityGroups"
    rules = {rule["ruleType"]: rule for rule in body["properties"]["timeWindowRules"]}
    assert len(rules) == 16 and {key: rules[EXAMPLE["ruleType"]][key] for key in EXAMPLE} == EXAMPLE
    other = rules["TwinUpdatesNotInAllowedRange"]
    assert (other["isEnabled"], other["minThreshold"], other["maxThreshold"], other["timeWindowSize"]) == (
        False, 0, 0, "PT15M")
    assert [rule["allowlistValues"] for rule in body["properties"]["allowlistRules"]] == [[], [], []]
    assert body["properties"]["denylistRules"] == [] and body["properties"]["thresholdRules"] == []
    read = own.get(f"{GROUPS}/cameras")
    assert read.json() == body and read.headers["ETag"] == answer.headers["ETag"]
    # What was answered can be put again as it is.
    assert put(own, "CAMERAS", body, status=(200,)).json() == body
    assert [one["name"] for one in ok(own.get(GROUPS))["value"]] == ["Cameras", "default"]
    assert own.delete(f"{GROUPS}/cameras").status_code == 200
    assert own.delete(f"{GROUPS}/cameras").status_code == 204
    expect_error(own.get(f"{GROUPS}/Cameras"), 404, "GenericNotFound")


def test_a_group_is_replaced_only_where_it_is_the_one_that_was_read(own):
    first = put(own, "a", group(EXAMPLE)).headers["ETag"]
    second = put(own, "a", group(), etag=first, status=(200,)).headers["ETag"]
    expect_error(own.put(f"{GROUPS}/a", group(), etag=first), 412, "PreconditionFailed")
    expect_error(own.delete(f"{GROUPS}/a", etag=first), 412, "PreconditionFailed")
    expect_error(own.put(f"{GROUPS}/b", group(), etag="*"), 412, "PreconditionFailed")
    assert own.delete(f"{GROUPS}/a", etag=second).status_code == 200


@pytest.mark.parametrize("body, path", [
    ([], ""), ({"properties": 1}, "properties"),
    (group({**EXAMPLE, "ruleType": "Other"}), "properties.timeWindowRules[0].ruleType"),
    (group(EXAMPLE, EXAMPLE), "properties.timeWindowRules[1].ruleType"),
    (group({**EXAMPLE, "timeWindowSize": "five minutes"}), "properties.timeWindowRules[0].timeWindowSize"),
    (group(lists=[{"ruleType": "ConnectionToIpNotAllowed", "isEnabled": True, "allowlistValues": ["10.0.0.0/40"]}]),
     "properties.allowlistRules[0].allowlistValues[0]"),
])
def test_what_is_no_group_is_refused_with_its_place(hub, body, path):
    expect_error(hub.put(f"{GROUPS}/refused", body), 400, "ArgumentInvalid", containing=f"{path}: expected")
    expect_error(hub.get(f"{GROUPS}/refused"), 404, "GenericNotFound")


def test_a_name_has_a_form_and_a_body_its_size(hub):
    for name in ("a%20b", "a" * 65):
        expect_error(hub.put(f"{GROUPS}/{name}", group()), 400, "ArgumentInvalid", containing="1 to 64 letters")
    values = [f"{number:01000}" for number in range(300)]
    large = group(lists=[{"ruleType": "ProcessNotAllowed", "isEnabled": True, "allowlistValues": values}])
    assert hub.put(f"{GROUPS}/large", large).status_code == 413


def test_groups_outlive_the_hub_and_not_a_reset(new_server):
    hub = Hub(new_server())
    put(hub, "default", group(EXAMPLE))
    before = ok(hub.get(GROUPS))
    hub.server.restart(kill=True)
    hub = Hub(hub.server)
    assert ok(hub.get(GROUPS)) == before
    kinds = [(one["kind"], one["operation"]) for one in ok(hub.get("/emulator/changes", after=0))["changes"]]
    assert kinds == [("hub", "updateSecurityGroup")]
    hub.post("/emulator/reset", {})
    assert ok(hub.get(f"{GROUPS}/default"))["properties"]["timeWindowRules"][0]["isEnabled"] is False


# Custom alerts --------------------------------------------------------------------------------------------------


def test_an_alert_opens_by_the_rules_of_the_devices_own_group_and_closes_with_them(own):
    type = "IoT_CA_TwinUpdatesNotInAllowedRange"
    put(own, "strict", group(window("TwinUpdatesNotInAllowedRange", maximum=1)))
    for device in ("member", "other", "lost"):
        own.create(device)
    own.patch_twin("member", {"tags": {"SecurityGroup": "Strict"}})
    own.patch_twin("lost", {"tags": {"SecurityGroup": "no such group"}})
    for count in range(4):
        for device in ("member", "other", "lost"):
            own.desired(device, {"n": count})
    finding = opened(own, "member", type)
    assert finding["severity"] == "Low" and finding["kind"] == "customAlert"
    assert finding["displayName"].startswith("Custom alert - ")
    assert finding["evidence"]["source"] == "window"
    # The member's changes came first and last: whatever else is to be found by now is.
    assert found(own, "other", type) is None and found(own, "lost", type) is None
    report = {one["deviceId"]: one for one in ok(own.get("/emulator/defender/report"))["devices"]}
    assert type in [one["type"] for one in report["member"]["findings"]]
    # Another tag, another group: its rules tell nothing of what was.
    own.patch_twin("member", {"tags": {"SecurityGroup": None}})
    wait_for(lambda: found(own, "member", type)["state"] == "closed")


def test_a_rule_that_is_switched_off_closes_its_alert(own):
    type = "IoT_CA_TwinUpdatesNotInAllowedRange"
    put(own, "default", group(window("TwinUpdatesNotInAllowedRange")))
    own.create("d")
    own.desired("d", {"n": 1})
    opened(own, "d", type)
    assert own.delete(f"{GROUPS}/default").status_code == 200
    wait_for(lambda: found(own, "d", type)["state"] == "closed")


def test_a_count_that_is_too_low_shows_of_a_device_of_which_nothing_is_seen(own):
    own.create("quiet")
    put(own, "default", group(window("MqttD2CMessagesNotInAllowedRange", minimum=1, maximum=9, size="PT0.5S")))
    opened(own, "quiet", "IoT_CA_MqttD2CMessagesNotInAllowedRange")


def test_messages_count_by_the_protocol_they_came_by(own):
    put(own, "default", group(
        window("HttpD2CMessagesNotInAllowedRange"), window("MqttD2CMessagesNotInAllowedRange")))
    own.create("d")
    assert own.post("/devices/d/messages/events", data=b"x").status_code == 204
    opened(own, "d", "IoT_CA_HttpD2CMessagesNotInAllowedRange")
    assert found(own, "d", "IoT_CA_MqttD2CMessagesNotInAllowedRange") is None


def test_commands_count_when_the_device_has_taken_or_rejected_them_and_purges_too(own):
    put(own, "default", group(
        window("HttpC2DMessagesNotInAllowedRange", maximum=1), window("HttpC2DRejectedMessagesNotInAllowedRange"),
        window("QueuePurgesNotInAllowedRange")))
    own.create("d")
    for end in ("", "?reject", ""):
        assert own.post("/emulator/devices/d/messages", data=b"x").status_code == 201
        taken = own.get("/devices/d/messages/deviceBound")
        lock = taken.headers["ETag"].strip('"')
        path = f"/devices/d/messages/deviceBound/{lock}"
        answer = own.delete(path, reject="true") if end else own.delete(path)
        assert answer.status_code == 204, answer.text
    for type in ("HttpC2DRejectedMessages", "HttpC2DMessages"):
        opened(own, "d", f"IoT_CA_{type}NotInAllowedRange")
    assert found(own, "d", "IoT_CA_QueuePurgesNotInAllowedRange") is None
    ok(own.delete("/devices/d/commands"))
    opened(own, "d", "IoT_CA_QueuePurgesNotInAllowedRange")


def test_methods_and_uploads_count(own):
    put(own, "default", group(
        window("DirectMethodInvokesNotInAllowedRange"), window("FileUploadsNotInAllowedRange")))
    own.create("d")
    begun = ok(own.post("/devices/d/files", {"blobName": "a"}))
    end = {"correlationId": begun["correlationId"], "isSuccess": False, "statusCode": 500, "statusDescription": ""}
    assert own.post("/devices/d/files/notifications", end).status_code == 204
    # Nobody is there to answer; it was invoked all the same, with a wait for the device to come.
    call = {"methodName": "m", "connectTimeoutInSeconds": 1, "responseTimeoutInSeconds": 5}
    assert own.post("/twins/d/methods", call).status_code == 404
    opened(own, "d", "IoT_CA_DirectMethodInvokesNotInAllowedRange")
    assert found(own, "d", "IoT_CA_FileUploadsNotInAllowedRange") is None
    begun = ok(own.post("/devices/d/files", {"blobName": "b"}))
    url = f"{own.base}/{begun['hostName'].split('/', 1)[1]}/{begun['containerName']}/{begun['blobName']}"
    stored = own.session.put(
        url + begun["sasToken"], data=b"x", headers={"x-ms-blob-type": "BlockBlob"}, timeout=40)
    assert stored.status_code == 201, stored.text
    end = {"correlationId": begun["correlationId"], "isSuccess": True, "statusCode": 200, "statusDescription": ""}
    assert own.post("/devices/d/files/notifications", end).status_code == 204
    opened(own, "d", "IoT_CA_FileUploadsNotInAllowedRange")


# What the hub sees by itself ------------------------------------------------------------------------------------


def key(hub, device):
    return ok(hub.get(f"/devices/{device}"))["authentication"]["symmetricKey"]["primaryKey"]


def test_refused_tokens_are_alerts_of_the_device_that_they_are_for(new_server):
    hub = Hub(new_server("--defender"))
    for device in ("late", "wrong", "good"):
        hub.create(device)
    old = sas.token("localhost/devices/late", key(hub, "late"), se=int(time.time()) - 3600)
    wrong = sas.token("localhost/devices/wrong", key(hub, "good"))
    good = sas.token("localhost/devices/good", key(hub, "good"))
    for device, token, status in (("late", old, 401), ("wrong", wrong, 401), ("good", good, 204)):
        answer = hub.as_(token).post(f"/devices/{device}/messages/events", data=b"x")
        assert answer.status_code == status, answer.text
    # Nothing is noted of a device that somebody has made up.
    assert hub.as_(wrong).post("/devices/nobody/messages/events", data=b"x").status_code == 401
    opened(hub, "late", "IoT_Expired_SAS_Token")
    opened(hub, "wrong", "IoT_Invalid_SAS_Token")
    assert ok(hub.get("/emulator/devices/good/security"))["findings"] == []
    report = ok(hub.get("/emulator/defender/report"))["devices"]
    assert {one["deviceId"]: [finding["type"] for finding in one["findings"]] for one in report} == {
        "late": ["IoT_Expired_SAS_Token"], "wrong": ["IoT_Invalid_SAS_Token"]}


def test_where_defender_is_not_in_use_nothing_is_noted(own):
    own.create("d")
    wrong = sas.token("localhost/devices/d", "AAAA")
    for _ in range(3):
        assert own.as_(wrong).post("/devices/d/messages/events", data=b"x").status_code == 401
    ok(own.put("/emulator/defender/settings", {"modules": "classic"}))
    assert own.as_(wrong).post("/devices/d/messages/events", data=b"x").status_code == 401
    assert opened(own, "d", "IoT_Invalid_SAS_Token")["count"] == 1


def by_keys(first, second):
    keys = [base64.b64encode(letter.encode() * 32).decode() for letter in (first, second)]
    return {"type": "sas", "symmetricKey": {"primaryKey": keys[0], "secondaryKey": keys[1]}}


def by_thumbprints(first, second):
    prints = {"primaryThumbprint": first * 40, "secondaryThumbprint": second * 64}
    return {"type": "selfSigned", "x509Thumbprint": prints}


@pytest.mark.parametrize("by", [by_keys, by_thumbprints])
def test_devices_that_sign_in_with_the_same_key_or_thumbprint_are_named_to_each_other_until_they_do_not(new_server, by):
    hub, type = Hub(new_server("--defender")), "IoT_SharedCredentials"
    own = {"alone": by("A", "B"), "one": by("C", "D"), "two": by("C", "E"), "three": by("F", "E")}
    for device, authentication in own.items():
        hub.create(device, authentication=authentication)
        hub.desired(device, {"n": 1})
    wait_for(lambda: (found(hub, "two", type) or {}).get("text") == "shared with one, three")
    assert found(hub, "one", type)["text"] == "shared with two" == found(hub, "three", type)["text"]
    assert found(hub, "two", type)["severity"] == "High" and found(hub, "two", type)["evidence"]["source"] == "registry"
    changed = {"deviceId": "two", "authentication": by("0", "E")}
    ok(hub.put("/devices/two", changed, etag="*"))
    wait_for(lambda: found(hub, "one", type)["state"] == "closed")
    assert found(hub, "two", type)["text"] == "shared with three" and found(hub, "two", type)["state"] == "open"
    hub.remove("three")
    wait_for(lambda: found(hub, "two", type)["state"] == "closed")
    assert found(hub, "alone", type) is None


def test_a_weak_cipher_suite_is_to_be_upgraded_until_a_strong_one_is_used(new_server):
    hub = Hub(new_server("--defender"))
    hub.create("d")
    token = sas.token("localhost/devices/d", key(hub, "d"))
    context = ssl.create_default_context(cafile=hub.server.ca_file)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    for ciphers, state in (("AES128-GCM-SHA256", "open"), ("ECDHE+AESGCM", "closed")):
        context.set_ciphers(ciphers)
        send_over(hub, context, token, "d")
        wait_for(lambda: (found(hub, "d", "IoT_VulnerableTLSCipherSuite") or {}).get("state") == state)
    assert "AES128-GCM-SHA256" in found(hub, "d", "IoT_VulnerableTLSCipherSuite")["text"]


def send_over(hub, context, token, device):
    import http.client
    host = hub.server.url.rsplit(":", 1)
    connection = http.client.HTTPSConnection("localhost", int(host[1]), context=context, timeout=40)
    connection.request(
        "POST", f"/devices/{device}/messages/events?api-version=2021-04-12", body=b"x",
        headers={"Authorization": token})
    answer = connection.getresponse()
    assert answer.status == 204, answer.read()
    connection.close()


def test_what_a_twin_says_of_an_agent_is_known_after_a_restart_too(new_server):
    hub = Hub(new_server("--defender"))
    hub.create("d")
    settings = {"maxMessageSizeInBytes": {"value": 10000}}
    hub.desired("d", {OBJECT: settings}, CLASSIC)
    opened(hub, "d", "Security twin configuration not optimal")
    hub.server.restart(kill=True)
    hub = Hub(hub.server)
    # Whatever is seen of the device next brings it back.
    hub.patch_twin("d", {"tags": {"a": 1}})
    opened(hub, "d", "Security twin configuration not optimal")


def test_what_an_agent_itself_reported_stands_until_its_own_configuration_is_written(new_server):
    own = Hub(new_server("--events-durability=commit"))
    reported, counted = "Security twin configuration conflict", "IoT_CA_TwinUpdatesNotInAllowedRange"
    for device in ("d", "e"):
        own.create(device)
    own.create_module("d", CLASSIC)
    event = {
        "Id": "9c647395-b913-4997-a732-a7fe7303b601", "TimestampLocal": "2020-01-02T11:39:26Z",
        "TimestampUTC": "2020-01-02T11:39:26Z", "Category": "Triggered", "Name": "ConfigurationError",
        "EventType": "Operational", "IsEmpty": False, "PayloadSchemaVersion": "1.0",
        "Payload": [{"ConfigurationName": "a", "ErrorType": "Conflict", "UsedConfiguration": "b", "Message": "c"}]}
    body = {"AgentVersion": "0.0.5", "AgentId": event["Id"], "MessageSchemaVersion": "1.0", "Events": [event]}
    assert own.post("/devices/d/messages/events", body, headers=MARK).status_code == 204
    opened(own, "d", reported)
    # Other rules, other tags, other twins: each is taken in, and none of them is about the configuration.
    put(own, "default", group(window("TwinUpdatesNotInAllowedRange")))
    for count, write in enumerate((
            lambda: own.patch_twin("d", {"tags": {"n": 1}}), lambda: own.patch_twin("d", {"tags": {"n": 1}}, CLASSIC),
            lambda: own.desired("d", {"n": 1}), lambda: own.create_module("d", "other")), start=1):
        write()
        if count < 4:
            wait_for(lambda: (found(own, "d", counted) or {}).get("count") == count)
    own.desired("e", {"n": 1})
    opened(own, "e", counted)
    assert found(own, "d", reported)["state"] == "open"
    own.desired("d", {OBJECT: {"snapshotFrequency": {"value": "PT2H"}}}, CLASSIC)
    wait_for(lambda: found(own, "d", reported)["state"] == "closed")
    # The store is told of the write a moment later than the ledger is.
    wait_for(lambda: any(
        "snapshotFrequency" in json.dumps(one)
        for one in ok(own.get("/emulator/events", after=0, deviceId="d", source="twinChangeEvents"))["events"]))
    own.server.restart(kill=True)
    own = Hub(own.server)
    wait_for(lambda: (found(own, "d", reported) or {}).get("state") == "closed")


# The feed of findings -------------------------------------------------------------------------------------------


def news(hub, after, **more):
    answer = hub.get("/emulator/defender/findings", after=after, **more)
    return ok(answer)


def start(hub):
    """The feed's last sequence."""
    answer = hub.get("/emulator/defender/findings", headers={"Prefer": "wait=0"})
    assert answer.status_code == 204
    error = hub.get("/emulator/defender/findings", after=1, headers={"Prefer": "wait=0"})
    assert error.status_code == 410
    return error.json()["oldest"] - 1


def test_findings_come_as_they_are_opened_updated_and_closed(new_server):
    hub = Hub(new_server("--defender"))
    put(hub, "default", group(window("TwinUpdatesNotInAllowedRange")))
    hub.create("d")
    after = start(hub)
    hub.desired("d", {"n": 1})
    page = news(hub, after, deviceId="d")
    [first] = page["findings"]
    assert first["change"] == "opened" and first["deviceId"] == "d"
    assert first["finding"]["type"] == "IoT_CA_TwinUpdatesNotInAllowedRange" and first["finding"]["state"] == "open"
    assert page["next"] >= first["sequence"] == after + 1
    hub.desired("d", {"n": 2})
    [second] = news(hub, page["next"])["findings"]
    assert (second["change"], second["finding"]["count"]) == ("updated", 2)
    put(hub, "default", group())
    page = news(hub, second["sequence"])
    assert [one["change"] for one in page["findings"]] == ["closed"]
    assert page["findings"][0]["finding"]["closed"] is not None


def test_findings_are_chosen_by_device_and_severity(new_server):
    hub = Hub(new_server("--defender"))
    put(hub, "default", group(window("TwinUpdatesNotInAllowedRange")))
    for device in ("a", "b"):
        hub.create(device)
    after = start(hub)
    hub.desired("a", {"n": 1})
    hub.desired("b", {"n": 1})
    wait_for(lambda: len(news(hub, after)["findings"]) == 2)
    assert [one["deviceId"] for one in news(hub, after, deviceId="b", severity="low")["findings"]] == ["b"]
    nothing = hub.get(
        "/emulator/defender/findings", after=after, severity="High", headers={"Prefer": "wait=0"})
    assert nothing.status_code == 204
    expect_error(hub.get("/emulator/defender/findings", severity="Huge"), 400, "ArgumentInvalid")


def test_findings_stream(new_server):
    hub = Hub(new_server("--defender"))
    put(hub, "default", group(window("TwinUpdatesNotInAllowedRange")))
    hub.create("d")
    after = start(hub)
    hub.desired("d", {"n": 1})
    with hub.get("/emulator/defender/findings", after=after, headers={"Accept": "text/event-stream"},
                 stream=True) as answer:
        assert answer.status_code == 200
        lines = answer.iter_lines(decode_unicode=True)
        seen = [next(lines) for _ in range(3)]
    assert "event: finding" in seen and f"id: {after + 1}" in seen
    data = next(line for line in seen if line.startswith("data: "))
    assert json.loads(data[6:])["change"] == "opened"


def test_time_alone_closes_while_somebody_follows(new_server):
    hub = Hub(new_server("--defender"))
    put(hub, "default", group(window("TwinUpdatesNotInAllowedRange", size="PT0.3S")))
    hub.create("d")
    after = start(hub)
    hub.desired("d", {"n": 1})
    [first] = news(hub, after)["findings"]
    assert [one["change"] for one in news(hub, first["sequence"])["findings"]] == ["closed"]


def test_what_was_found_of_a_device_that_is_gone_is_closed(new_server):
    hub = Hub(new_server("--defender"))
    put(hub, "default", group(window("TwinUpdatesNotInAllowedRange")))
    hub.create("d")
    after = start(hub)
    hub.desired("d", {"n": 1})
    [first] = news(hub, after)["findings"]
    hub.remove("d")
    assert [one["change"] for one in news(hub, first["sequence"])["findings"]] == ["closed"]
    hub.create("d")
    assert ok(hub.get("/emulator/devices/d/security"))["findings"] == []


# Settings -------------------------------------------------------------------------------------------------------


def test_settings_are_replaced_only_where_they_are_what_was_read(own):
    path = "/emulator/defender/settings"
    etag = own.get(path).headers["ETag"]
    answer = own.put(path, {"modules": "micro"}, etag=etag)
    assert ok(answer)["settings"]["modules"] == "micro" and answer.headers["ETag"] == own.get(path).headers["ETag"]
    expect_error(own.put(path, {"modules": "none"}, etag=etag), 412, "PreconditionFailed")
    assert ok(own.get(path)) == {"modules": "micro", "strict": False}
    assert ok(own.put(path, {"modules": "none"}, etag="*"))["settings"]["modules"] == "none"
