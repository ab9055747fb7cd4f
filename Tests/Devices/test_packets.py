"""What the SDK cannot show: the protocol packet by packet (MQTT 3.1.1; mqtt.md sections 2 to 6)."""

import concurrent.futures
import json
import re
import time

import pytest

from acceptance.rest import TIME, ok, twin_path

from devices.backend import BackEnd, body, expect_offline
from devices.packets import Will, client_id, user_name
from devices.sdk import token
from devices.waiting import eventually

RESPONSES, DESIRED, METHODS = "$iothub/twin/res/#", "$iothub/twin/PATCH/properties/desired/#", "$iothub/methods/POST/#"
REPORTED = "$iothub/twin/PATCH/properties/reported/?$rid="


def commands(device):
    return f"devices/{device}/messages/devicebound/#"


def events(device):
    return f"devices/{device}/messages/events/"


def answer(one, rid):
    """(status, topic, document or None) of the next message, which must answer this request."""
    message = one.next()
    found = re.fullmatch(r"\$iothub/twin/res/(\d{3})/\?\$rid=([^&]*)(&\$version=\d+)?", message.topic)
    assert found and found[2] == rid, message
    assert message.qos == 0, "traffic of twins is at QoS 0 whatever was subscribed"
    return int(found[1]), message.topic, json.loads(message.payload) if message.payload else None


def expect_error(one, rid, status):
    found, _, document = answer(one, rid)
    assert found == status
    assert set(document) == {"errorCode", "trackingId", "message", "timestampUtc"}
    assert document["errorCode"] // 1000 == status and document["trackingId"] and document["message"]
    assert TIME.match(document["timestampUtc"])
    return document


# Connecting ------------------------------------------------------------------------------------------


def test_session_present_tells_the_truth(packets, device):
    def present(**options):
        one = packets(device, **options)
        one.disconnect()
        return one.session_present

    assert not present(), "nothing was kept yet"
    assert present() and present(), "an empty session is one"
    assert not present(clean=True)
    assert not present(), "the clean one has taken the old one away"
    assert present()


def test_a_clean_session_forgets_what_was_subscribed(hub, backend, packets, device):
    one = packets(device)
    one.subscribe(commands(device), DESIRED, METHODS)
    one.disconnect()
    backend.send(device, "kept")
    clean = packets(device, clean=True)
    hub.desired(device, {"a": 1})
    expect_offline(backend.invoke(device, "any"))
    assert clean.unread() == []
    clean.subscribe(commands(device))
    assert clean.next().payload == b"kept", "the queue is the hub's, not the session's"
    clean.disconnect()
    again = packets(device, session=False)
    assert again.unread() == []


def test_a_session_keeps_its_subscriptions(hub, packets, device):
    one = packets(device)
    one.subscribe(DESIRED)
    one.disconnect()
    again = packets(device, session=True)
    hub.desired(device, {"a": 1})
    assert json.loads(again.next().payload) == {"a": 1, "$version": 2}
    again.unsubscribe(DESIRED)
    again.disconnect()
    last = packets(device, session=True)
    hub.desired(device, {"a": 2})
    assert last.unread() == []


def refusals(hub, device):
    good = {"client_id": device, "username": user_name(device), "password": token(hub, device)}
    return [
        (1, {**good, "level": 3}), (1, {**good, "level": 5}),
        (5, {**good, "password": None}), (5, {**good, "password": "rubbish"}),
        (5, {**good, "password": good["password"].replace("sig=", "sig=A")}),
        (5, {**good, "client_id": "nobody", "username": user_name("nobody")}),
        (5, {**good, "username": None, "password": None}), (5, {**good, "username": device}),
        (5, {**good, "username": user_name(device, host="elsewhere.example")}),
        (5, {**good, "client_id": device + "x"}), (5, {**good, "client_id": device.upper()}),
        (5, {**good, "username": user_name(device, "sensor")}),
    ]


@pytest.mark.parametrize("number", range(12))
def test_who_may_not_connect_is_told_by_a_code(hub, packets, device, number):
    code, sent = refusals(hub, device)[number]
    one = packets()
    assert one.connect(**sent) == (code, False)
    assert one.is_closed


def test_an_older_protocol_is_refused(packets, device):
    one = packets()
    one.send_connect(device, user_name(device), level=3, protocol="MQIsdp")
    assert one.is_refused


def test_a_client_without_an_api_version_connects_and_has_no_twin(packets, device):
    for query in (None, "", "DeviceClientType=x"):
        one = packets(device, query=query)
        one.subscribe(RESPONSES)
        one.publish("$iothub/twin/GET/?$rid=1")
        expect_error(one, "1", 400)
        one.publish(REPORTED + "2", b'{"a":1}')
        expect_error(one, "2", 400)
        one.publish(events(device), b"taken")
        one.disconnect()


def test_user_names_of_old_and_new_clients_are_understood(hub, packets, device):
    for tail in ("/api-version=2016-11-14", "/?api-version=2018-06-30&DeviceClientType=a%2Fb%20c&later=x",
                 "/?unknown=%ZZ&api-version=2021-04-12"):
        one = packets()
        assert one.connect(device, f"LOCALHOST/{device}{tail}", token(hub, device))[0] == 0
        one.disconnect()


def test_a_second_connect_closes(hub, packets, device):
    one = packets(device)
    one.send_connect(device, user_name(device), token(hub, device))
    assert one.is_closed


def test_takeover_closes_the_older_link_and_loses_no_state(hub, backend, packets, device):
    old = packets(device)
    old.subscribe(DESIRED)
    new = packets(device, session=True)
    assert old.is_closed
    hub.desired(device, {"a": 1})
    assert json.loads(new.next().payload) == {"a": 1, "$version": 2}
    assert backend.connection(device) == "Connected"


# Publishing ------------------------------------------------------------------------------------------


def foreign(device, module):
    own = client_id(device, module).replace("/", "/modules/")
    return [
        "devices/other/messages/events/", f"devices/{device}x/messages/events/", "any/topic", "a", "$SYS/x",
        f"devices/{own}/messages/devicebound/", f"devices/{own}", f"devices/{own}/messages/eventsx/",
        # A wildcard behind the ids is against the standard [MQTT-3.3.2-2].
        f"devices/{own}/messages/events/a=b+c", f"devices/{own}/messages/events/a=#",
        "$iothub/twin/PUT/?$rid=1", "$iothub/twin/GET/?$rid=", "$iothub/twin/GET/", "$iothub/nothing/?$rid=1",
        "$iothub/methods/res/abc/?$rid=1", "$iothub/methods/res/200/", "$iothub/twin/PATCH/properties/desired/?$rid=1",
        f"devices/{device}/modules/{module or 'm'}x/messages/events/",
        f"devices/{device}/messages/events/" if module else f"devices/{device}/modules/m/messages/events/"]


@pytest.mark.parametrize("number", range(19))
def test_a_topic_that_is_not_the_clients_closes(packets, identity, number):
    one = packets(*identity)
    one.send_publish(foreign(*identity)[number], b"{}")
    assert one.is_closed


def test_quality_of_service_two_closes(packets, device):
    one = packets(device)
    one.send_publish(events(device), b"x", qos=2)
    assert one.is_closed


def test_a_message_of_256_kilobytes_is_taken_and_a_larger_one_closes(backend, packets, device):
    one = packets(device)
    one.publish(events(device) + "k=vv", b"x" * (256 * 1024 - 3))
    assert len(body(backend.events(device)[0])) == 256 * 1024 - 3
    one.send_publish(events(device) + "k=vv", b"x" * (256 * 1024 - 2))
    assert one.is_closed
    assert len(backend.events(device)) == 1


BAGS = [
    ("", {}, {}), ("a=b", {"a": "b"}, {}), ("?a=b", {"a": "b"}, {}), ("a=b/", {"a": "b"}, {}),
    ("a=b%2Bc%20d%26", {"a": "b+c d&"}, {}), ("a=&b", {"a": "", "b": None}, {}), ("a=1&a=2", {"a": "2"}, {}),
    ("%24.mid=m%201&$.cid=c", {}, {"message-id": "m 1", "correlation-id": "c"}),
    ("%24.ct=text%2Fplain&%24.ce=utf-8", {}, {"content-type": "text/plain", "content-encoding": "utf-8"}),
    ("$.ifid=urn:azureiot:Security:SecurityAgent:1", {}, {
        "iothub-interface-id": "urn:azureiot:Security:SecurityAgent:1"}),
    ("$.sub=thermostat1", {}, {"dt-subject": "thermostat1"}), ("$.unknown=x", {"$.unknown": "x"}, {}),
]


@pytest.mark.parametrize("bag, application, system", BAGS)
@pytest.mark.parametrize("qos", [0, 1])
def test_a_property_bag_becomes_properties(backend, packets, device, bag, application, system, qos):
    one = packets(device)
    if qos:
        one.publish(events(device) + bag, b"x")
    else:
        one.send_publish(events(device) + bag, b"x", qos=0)
    (event,) = backend.events(device)
    assert event["properties"] == application
    assert {name: event["systemProperties"].get(name) for name in system} == system


def test_the_slash_behind_events_may_be_missing(backend, packets, device):
    packets(device).publish(f"devices/{device}/messages/events", b"x")
    assert body(backend.events(device)[0]) == b"x"


def test_flags_of_a_message_become_properties(backend, packets, device):
    one = packets(device)
    one.publish(events(device), b"1", retain=True)
    one.publish(events(device), b"2", dup=True)
    first, second = backend.events(device, count=2)
    assert first["properties"] == {"mqtt-retain": "true"} and second["properties"] == {"mqtt-dup": "true"}


def test_ids_with_wildcards_are_taken_as_they_stand(hub, backend, packets):
    for device in ("plus+hash#", "+", "#"):
        hub.create(device)
        one = packets(device)
        assert one.subscribe(commands(device), RESPONSES, DESIRED) == [1, 1, 1]
        one.publish(events(device), b"x")
        assert body(backend.events(device)[-1]) == b"x"
        backend.send(device, "hello")
        message = one.next()
        assert message.topic.startswith(f"devices/{device}/messages/devicebound/") and message.payload == b"hello"
        hub.remove(device)


# Subscribing -----------------------------------------------------------------------------------------


def test_filters_that_open_nothing_are_refused(packets, identity):
    device, module = identity
    own = client_id(device, module).replace("/", "/modules/")
    one = packets(device, module)
    granted = one.subscribe(
        f"devices/{own}/#", RESPONSES, "devices/other/messages/devicebound/#", "any/topic", "$SYS/#",
        f"devices/{device}x/#", "$iothub/unknown/#")
    assert granted == [1, 1, 0x80, 0x80, 0x80, 0x80, 0x80]
    assert one.subscribe(DESIRED, qos=2) == [1]
    assert one.subscribe(METHODS, qos=0) == [0]


@pytest.mark.parametrize("filter", [
    "devices/{}/messages/devicebound/#", "devices/{}/messages/#", "#", "devices/+/messages/devicebound/#"])
def test_every_filter_that_clients_use_brings_messages(backend, packets, device, filter):
    one = packets(device)
    assert one.subscribe(filter.format(device)) == [1]
    backend.send(device, "hello")
    assert one.next().payload == b"hello"


def test_a_single_method_may_be_subscribed(backend, packets, device):
    one = packets(device)
    one.subscribe("$iothub/methods/POST/one/#")
    expect_offline(backend.invoke(device, "other"))


# Twins -----------------------------------------------------------------------------------------------


def test_a_twin_is_read_by_those_who_subscribed_to_answers(packets, device):
    one = packets(device)
    one.publish("$iothub/twin/GET/?$rid=early", b" ")
    one.subscribe(RESPONSES)
    one.publish("$iothub/twin/GET/?$rid=1f%2f-x", b" ")
    status, topic, document = answer(one, "1f%2f-x")
    assert (status, topic) == (200, "$iothub/twin/res/200/?$rid=1f%2f-x")
    assert document == {"desired": {"$version": 1}, "reported": {"$version": 1}}


def test_a_report_is_acknowledged_with_its_version(hub, packets, device):
    one = packets(device)
    one.subscribe(RESPONSES)
    one.publish(REPORTED + "7", b'{"a":1}')
    message = one.next()
    assert (message.topic, message.payload) == ("$iothub/twin/res/204/?$rid=7&$version=2", b"")
    one.publish(REPORTED + "8", b'{"a":1}')
    assert one.next().topic == "$iothub/twin/res/204/?$rid=8&$version=3", "counted though it changes nothing"
    one.publish("$iothub/twin/PATCH/properties/reported/", b'{"b":2}')
    assert one.unread() == [], "nobody asked for an answer"
    assert hub.twin(device)["properties"]["reported"]["b"] == 2


def test_a_report_counts_though_its_answer_is_not_wanted(hub, packets, device):
    one = packets(device)
    one.publish(REPORTED + "1", b'{"a":1}')
    assert one.unread() == []
    assert hub.twin(device)["properties"]["reported"]["a"] == 1


def test_a_conditional_report_is_refused_when_it_is_late(hub, packets, device):
    one = packets(device)
    one.subscribe(RESPONSES)
    one.publish(REPORTED + "1&$version=1", b'{"a":1}')
    assert answer(one, "1")[0] == 204
    one.publish(REPORTED + "2&$version=1", b'{"a":2}')
    expect_error(one, "2", 412)
    assert hub.twin(device)["properties"]["reported"]["a"] == 1


@pytest.mark.parametrize("patch", [
    b"", b" ", b"[]", b"1", b"{", b'{"a":}', b'{"a":1}x', b'{"a":[null]}', b'{"a b":1}', b'{"$x":1}',
    b'{"a":"' + b"x" * 33000 + b'"}', b'{"a":"\xff"}'])
def test_a_report_against_the_rules_is_an_error_with_a_body(hub, packets, device, patch):
    one = packets(device)
    one.subscribe(RESPONSES)
    one.publish(REPORTED + "1", patch)
    expect_error(one, "1", 400)
    assert hub.twin(device)["properties"]["reported"]["$version"] == 1


def test_a_desired_patch_has_its_version_in_topic_and_body(hub, packets, device):
    one = packets(device)
    one.subscribe(DESIRED)
    hub.desired(device, {"a": {"b": None, "c": 1.0}})
    message = one.next()
    assert (message.topic, message.qos) == ("$iothub/twin/PATCH/properties/desired/?$version=2", 0)
    assert json.loads(message.payload) == {"a": {"b": None, "c": 1.0}, "$version": 2} and b"1.0" in message.payload


def test_a_replacement_names_what_has_gone(hub, packets, device):
    hub.desired(device, {"a": 1, "b": 2})
    one = packets(device)
    one.subscribe(DESIRED)
    ok(hub.put(twin_path(device), {"properties": {"desired": {"a": 1, "c": 100}}}))
    assert json.loads(one.next().payload) == {"a": 1, "b": None, "c": 100, "$version": 3}


# Methods ---------------------------------------------------------------------------------------------


def test_a_method_comes_in_the_form_that_every_sdk_reads(hub, packets, identity):
    device, module = identity
    one = packets(device, module)
    one.subscribe(METHODS)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        path = f"{twin_path(device, module)}/methods"
        call = pool.submit(hub.post, path, {"methodName": "reboot", "payload": {"x": [1]}})
        message = one.next()
        found = re.fullmatch(r"\$iothub/methods/POST/reboot/\?\$rid=([0-9a-z]+)", message.topic)
        assert found and json.loads(message.payload) == {"x": [1]} and message.qos == 0
        one.publish("$iothub/methods/res/200/?$rid=ffffffffff", b"{}")
        one.publish(f"$iothub/methods/res/-1/?$rid={found[1]}", b"")
        assert ok(call.result(30)) == {"status": -1, "payload": None}
        without = pool.submit(hub.post, path, {"methodName": "bare"})
        message = one.next()
        assert message.payload in (b"", b"null")
        one.publish("$iothub/methods/res/200/" + message.topic.split("/")[-1], b'{"a":1.0}')
        assert '"payload":{"a":1.0}' in without.result(30).text


# Messages to devices -----------------------------------------------------------------------------------


def test_a_message_comes_in_the_form_that_every_sdk_reads(backend, packets, device):
    one = packets(device)
    one.subscribe(commands(device))
    backend.send(device, b"body", color="a b+c", ack="full", headers={"iothub-messageid": "m1"})
    message = one.next()
    prefix = f"devices/{device}/messages/devicebound/"
    assert message.topic.startswith(prefix) and message.qos == 1 and not message.dup and not message.retain
    pairs = message.topic[len(prefix):].split("&")
    assert "%24.mid=m1" in pairs and "iothub-ack=full" in pairs and "color=a%20b%2Bc" in pairs
    assert any(pair.startswith("%24.to=%2Fdevices%2F") for pair in pairs)
    assert all("=" in pair and "+" not in pair for pair in pairs)


def test_an_unacknowledged_message_comes_again_with_its_packet_id(backend, packets, device):
    one = packets(device)
    one.subscribe(commands(device))
    for number in range(3):
        backend.send(device, str(number))
    first = [one.next() for _ in range(3)]
    one.acknowledge(first[1])
    one.ping()
    one.cut()
    eventually(lambda: backend.connection(device) == "Disconnected")
    backend.send(device, "3")
    again = packets(device, session=True)
    came = [again.next() for _ in range(3)]
    assert [(message.payload, message.dup) for message in came] == [(b"0", True), (b"2", True), (b"3", False)]
    assert [message.id for message in came[:2]] == [first[0].id, first[2].id]
    for message in came:
        again.acknowledge(message)
    eventually(lambda: backend.waiting(device) == 0)


def test_what_the_older_link_left_unacknowledged_comes_once_over_the_newer_one(backend, packets, device):
    old = packets(device)
    old.subscribe(commands(device))
    backend.send(device, "x")
    assert old.next().payload == b"x"
    new = packets(device, session=True)
    assert old.is_closed
    message = new.next()
    assert message.payload == b"x" and new.unread() == []
    new.acknowledge(message)
    eventually(lambda: backend.waiting(device) == 0)
    new.disconnect()
    assert packets(device, session=True).unread() == []


def test_an_unacknowledged_message_comes_again_after_the_hub_was_killed(own_hub, packets):
    hub = own_hub()
    backend = BackEnd(hub)
    hub.create("d1")
    one = packets("d1", of=hub)
    one.subscribe(commands("d1"))
    for number in range(2):
        backend.send("d1", str(number))
    one.acknowledge(one.next())
    assert one.next().payload == b"1"
    eventually(lambda: backend.waiting("d1") == 1)
    hub.server.restart(kill=True)
    again = packets("d1", of=hub, session=True)
    message = again.next()
    assert message.payload == b"1"
    again.acknowledge(message)
    eventually(lambda: backend.waiting("d1") == 0)


def test_what_was_purged_or_completed_elsewhere_does_not_come_again(hub, backend, packets, device):
    one = packets(device)
    one.subscribe(commands(device))
    backend.send(device, "purged")
    assert one.next().payload == b"purged"
    one.cut()
    eventually(lambda: backend.connection(device) == "Disconnected")
    ok(hub.delete(f"/devices/{device}/commands"))
    backend.send(device, "fresh")
    again = packets(device, session=True)
    message = again.next()
    assert (message.payload, message.dup) == (b"fresh", False)
    assert again.unread() == []


def test_a_message_at_quality_of_service_zero_is_done_when_it_is_sent(backend, packets, device):
    one = packets(device)
    assert one.subscribe(commands(device), qos=0) == [0]
    message = backend.send(device, "x", ack="full")
    assert one.next().qos == 0
    assert backend.feedback(message)["statusCode"] == "Success"
    assert backend.waiting(device) == 0


def test_an_input_has_a_slash_behind_its_name(backend, packets, module):
    device, module = module
    one = packets(device, module)
    one.subscribe(f"devices/{device}/modules/{module}/inputs/#", qos=0)
    assert backend.send_to_input(device, module, "in", b"x").status_code == 204
    assert one.next().topic == f"devices/{device}/modules/{module}/inputs/in/"


def test_a_module_takes_messages_of_its_own(backend, packets, module):
    device, module = module
    one = packets(device, module)
    one.subscribe(f"devices/{device}/modules/{module}/#")
    backend.send(device, "hello", module)
    assert one.next().topic.startswith(f"devices/{device}/modules/{module}/messages/devicebound/")


# Silence and the Will ------------------------------------------------------------------------------------


def test_a_silent_client_is_dropped_after_one_and_a_half_keep_alives(backend, packets, device):
    began = time.monotonic()
    one = packets(device, keep_alive=2)
    assert one.is_closed
    # The lower bound holds on any machine.
    assert time.monotonic() - began >= 3
    eventually(lambda: backend.connection(device) == "Disconnected")


def test_a_will_becomes_telemetry_when_the_link_is_lost(backend, packets, identity):
    device, module = identity
    topic = f"devices/{client_id(device, module).replace('/', '/modules/')}/messages/events/why=lost"
    one = packets(device, module, will=Will(topic, b"gone"))
    one.cut()
    (event,) = backend.events(device)
    assert body(event) == b"gone" and event["moduleId"] == module
    assert event["properties"] == {"why": "lost", "iothub-MessageType": "Will"}


def test_a_will_is_published_when_the_hub_drops_the_link(backend, packets, device):
    one = packets(device, will=Will(events(device), b"gone"))
    one.send_publish("any/topic", b"")
    assert one.is_closed
    assert backend.events(device)[0]["properties"] == {"iothub-MessageType": "Will"}


def test_a_will_is_not_published_after_a_good_bye(backend, packets, device):
    packets(device, will=Will(events(device), b"gone")).disconnect()
    eventually(lambda: backend.connection(device) == "Disconnected")
    packets(device).publish(events(device), b"after")
    assert [body(event) for event in backend.events(device)] == [b"after"]


@pytest.mark.parametrize("topic, qos", [("any/topic", 1), ("devices/other/messages/events/", 1), (None, 2)])
def test_a_will_that_is_none_of_the_devices_telemetry_is_refused(hub, packets, device, topic, qos):
    one = packets()
    one.send_connect(
        device, user_name(device), token(hub, device), will=Will(topic or events(device), b"x", qos))
    assert one.is_refused
