"""Messages of devices as back ends read them (mqtt.md sections 3.1 and 4, twins.md section 11)."""

import json

from azure.iot.device import Message

from acceptance.rest import TIME, ok

from devices.backend import BackEnd, body
from devices.transports import transports
from devices.waiting import eventually

LARGEST = 256 * 1024


@transports
def test_a_message_arrives_with_all_its_properties(hub, client, backend, identity, websockets):
    one = client(*identity, websockets=websockets)
    message = Message(json.dumps({"t": 21.5}), content_encoding="utf-8", content_type="application/json")
    message.message_id, message.correlation_id, message.user_id = "m 1", "c/1", "u&1"
    message.custom_properties |= {"plain": "v", "odd": "a b+c&d=e/f?g%h", "ünï": "çödé"}
    one.send_message(message)
    (event,) = backend.events(one.device)
    assert event["moduleId"] == one.module and event["source"] == "deviceMessages"
    assert event["body"] == {"t": 21.5}
    assert event["properties"] == {"plain": "v", "odd": "a b+c&d=e/f?g%h", "ünï": "çödé"}
    system = event["systemProperties"]
    assert (system["message-id"], system["correlation-id"], system["user-id"]) == ("m 1", "c/1", "u&1")
    assert (system["content-type"], system["content-encoding"]) == ("application/json", "utf-8")
    assert system["iothub-connection-device-id"] == one.device
    assert system.get("iothub-connection-module-id") == one.module
    method = json.loads(system["iothub-connection-auth-method"])
    assert method["scope"] == ("module" if one.module else "device") and method["type"] == "sas"
    assert TIME.match(event["enqueuedTime"])


def test_both_styles_of_client_send(client, backend, device, style):
    one = client(device, style=style)
    for number in range(20):
        one.send_message(str(number))
    assert [int(body(event)) for event in backend.events(device, count=20)] == list(range(20))


def test_a_module_names_the_output(client, backend, module):
    client(*module).send_message_to_output(Message("x"), "output one")
    (event,) = backend.events(module[0])
    assert event["systemProperties"]["iothub-outputname"] == "output one"
    assert body(event) == b"x"


def test_a_body_without_a_type_is_bytes(client, backend, device):
    client(device).send_message(Message(bytes(range(256))))
    assert body(backend.events(device)[0]) == bytes(range(256))


@transports
def test_the_largest_message_that_the_sdk_sends_is_taken(client, backend, device, websockets):
    message = Message(b"")
    # The SDK counts what its own objects take.
    message.data = b"x" * (LARGEST - message.get_size())
    client(device, websockets=websockets).send_message(message)
    assert body(backend.events(device)[0]) == message.data


def test_a_message_says_who_sent_it_and_by_which_model(client, backend, device):
    client(device, product_info="dtmi:com:example:T;1").send_message("x")
    assert backend.events(device)[0]["systemProperties"]["dt-dataschema"] == "dtmi:com:example:T;1"


def test_connections_are_told_to_back_ends(client, backend, module):
    device, module = module
    one, other = client(device), client(device, module)
    one.disconnect()
    other.disconnect()
    assert backend.states(device, 2) == ["deviceConnected", "deviceDisconnected"]
    assert backend.states(device, 2, module) == ["deviceConnected", "deviceDisconnected"]
    numbers = [
        event["body"]["sequenceNumber"]
        for event in backend.events(device, "deviceConnectionStateEvents", 2, lambda event: event["moduleId"] is None)]
    assert numbers == sorted(numbers) and len(set(numbers)) == 2 and all(len(number) == 64 for number in numbers)


def test_the_registry_tells_who_is_connected_and_when_it_was_active(hub, client, backend, identity):
    before = hub.twin(*identity)
    assert before["connectionState"] == "Disconnected"
    one = client(*identity)
    connected = hub.twin(*identity)
    assert connected["connectionState"] == "Connected"
    assert connected["lastActivityTime"] > before["lastActivityTime"]
    device, module = identity
    registered = ok(hub.get(f"/devices/{device}" + (f"/modules/{module}" if module else "")))
    assert registered["connectionState"] == "Connected" and TIME.match(registered["connectionStateUpdatedTime"])
    one.send_message("x")
    eventually(
        lambda: hub.twin(*identity)["lastActivityTime"] > connected["lastActivityTime"], "a later lastActivityTime")
    one.disconnect()
    eventually(lambda: backend.connection(*identity) == "Disconnected")


def test_connected_devices_are_counted(own_hub, client):
    hub = own_hub()
    hub.create("d1")
    hub.create("d2")
    one = client("d1", of=hub)
    client("d2", of=hub)

    def count():
        return ok(hub.get("/statistics/service"))["connectedDeviceCount"]

    assert count() == 2
    one.disconnect()
    eventually(lambda: count() == 1)


def test_routes_read_what_devices_send(own_hub, client):
    """The SDK's own marks make a body readable to a condition: `$.ct` and `$.ce` (query.md section 8)."""
    hub = own_hub()
    hub.create("d1")
    hub.create_module("d1", "m1")
    hub.patch_twin("d1", {"tags": {"site": "A"}})
    routes = [
        {"name": name, "source": "DeviceMessages", "condition": condition, "endpointNames": [name]}
        for name, condition in (
            ("hot", "$body.t > 70"), ("high", "level = 'high'"), ("site", "$twin.tags.site = 'A'"),
            ("module", "$connectionModuleId = 'm1'"), ("part", "$dt-subject = 'thermostat'"))]
    ok(hub.put("/emulator/routing", {"endpoints": {"feeds": [{"name": route["name"]} for route in routes]}, "routes": routes}))
    typed = {"content_encoding": "utf-8", "content_type": "application/json"}
    high = Message("{}")
    high.custom_properties["level"] = "high"
    part = Message("{}")
    part.custom_properties["$.sub"] = "thermostat"
    device, module = client("d1", of=hub), client("d1", "m1", of=hub)
    for sender, message in (
            (device, Message('{"t":80}', **typed)), (device, Message('{"t":80}')), (device, high), (module, high),
            (module, Message('{"t":80}', **typed)), (module, part)):
        sender.send_message(message)
    events = BackEnd(hub).events("d1", count=6)
    assert [event["endpoints"] for event in events if event["moduleId"] is None] == [
        ["hot", "site"], ["site"], ["high", "site"]]
    # A module's message has the module's twin, which has no such tag.
    assert [event["endpoints"] for event in events if event["moduleId"] == "m1"] == [
        ["high", "module"], ["hot", "module"], ["module", "part"]]
