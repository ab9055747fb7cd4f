"""What outlives a link, and the hub's own death (mqtt.md section 2.4, clients.md).

The SDK never subscribes again when it reconnects by itself, so whatever goes on here goes on by the hub's memory.
"""

import concurrent.futures

import pytest

from acceptance.rest import ok

from devices.backend import BackEnd, body
from devices.transports import transports
from devices.waiting import eventually


@transports
def test_a_client_goes_on_after_the_hub_was_killed(own_hub, client, kind, websockets):
    hub = own_hub()
    backend = BackEnd(hub)
    hub.create("d1")
    module = None
    if kind == "module":
        module = hub.create_module("d1", "m1")["moduleId"]
    one = client("d1", module, of=hub, websockets=websockets)
    patches, calls = one.patches(), one.answer_methods(lambda request: (200, request.payload))
    messages = one.messages()
    hub.desired("d1", {"before": 1}, module)
    assert patches.next() == {"before": 1, "$version": 2}

    hub.server.restart(kill=True)
    one.wait_connected()
    eventually(lambda: backend.connection("d1", module) == "Connected")
    hub.desired("d1", {"after": 1}, module)
    assert patches.next() == {"after": 1, "$version": 3}
    assert backend.result("d1", "echo", {"x": 1}, module, connect=60, response=90) == (200, {"x": 1})
    assert calls.next().name == "echo"
    if module is None:
        backend.send("d1", "hello")
    else:
        eventually(lambda: backend.send_to_input("d1", module, "in", "hello").status_code == 204)
    assert messages.next().data == b"hello"
    one.patch_twin_reported_properties({"alive": True})
    assert one.get_twin()["reported"] == {"alive": True, "$version": 2}
    one.send_message("telemetry")
    assert body(backend.events("d1")[-1]) == b"telemetry"


def test_several_deaths_in_a_row_change_nothing(own_hub, client):
    hub = own_hub()
    hub.create("d1")
    one = client("d1", of=hub)
    patches = one.patches()
    for round in range(3):
        hub.server.restart(kill=True)
        eventually(lambda: hub.twin("d1")["connectionState"] == "Connected")
        hub.desired("d1", {"round": round})
        assert patches.next() == {"round": round, "$version": round + 2}


def test_a_hub_that_starts_again_knows_nobody_as_connected(own_hub, client):
    hub = own_hub()
    backend = BackEnd(hub)
    hub.create("d1")
    client("d1", of=hub, connection_retry=False)
    assert hub.twin("d1")["connectionState"] == "Connected"
    hub.server.restart(kill=True)
    assert hub.twin("d1")["connectionState"] == "Disconnected"
    assert ok(hub.get("/statistics/service"))["connectedDeviceCount"] == 0
    assert backend.states("d1", 2) == ["deviceConnected", "deviceDisconnected"]


def test_messages_that_wait_survive_the_hubs_death(own_hub, client):
    hub = own_hub()
    backend = BackEnd(hub)
    hub.create("d1")
    kept = [backend.send("d1", f"message {number}", ack="full", color="red") for number in range(10)]
    hub.server.restart(kill=True)
    assert backend.waiting("d1") == 10
    heard = client("d1", of=hub).messages().take(10)
    assert [message.data for message in heard] == [f"message {number}".encode() for number in range(10)]
    assert all(message.custom_properties == {"color": "red"} for message in heard)
    assert [backend.feedback(message)["statusCode"] for message in kept] == ["Success"] * 10
    eventually(lambda: backend.waiting("d1") == 0)
    hub.server.restart(kill=True)
    assert backend.waiting("d1") == 0


def test_a_client_goes_on_after_its_link_was_cut(hub, client, backend, relay, identity, style):
    one = client(*identity, style=style, gateway=relay.address)
    patches = one.patches()
    one.answer_methods()
    relay.cut()
    one.wait_connected(False)
    eventually(lambda: backend.connection(*identity) == "Disconnected")
    hub.desired(one.device, {"away": 1}, one.module)
    relay.mend()
    one.wait_connected()
    eventually(lambda: backend.connection(*identity) == "Connected")
    hub.desired(one.device, {"back": 1}, one.module)
    assert patches.next() == {"back": 1, "$version": 3}
    assert backend.result(one.device, "echo", 1, one.module, connect=60, response=90) == (200, 1)


def test_messages_sent_while_the_link_is_down_arrive_in_both_directions(client, backend, device, relay):
    one = client(device, gateway=relay.address)
    heard = one.messages()
    relay.cut()
    one.wait_connected(False)
    backend.send(device, "down")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        sent = pool.submit(one.send_message, "up")
        relay.mend()
        sent.result(60)
    assert heard.next().data == b"down"
    assert body(backend.events(device)[0]) == b"up"


def test_an_orderly_stop_keeps_sessions_and_messages(own_hub, client):
    hub = own_hub()
    backend = BackEnd(hub)
    hub.create("d1")
    hub.create("d2")
    one = client("d1", of=hub)
    patches = one.patches()
    backend.send("d2", "waiting")
    assert hub.server.stop() == 0
    hub.server.start()
    eventually(lambda: backend.connection("d1") == "Connected")
    hub.desired("d1", {"a": 1})
    assert patches.next() == {"a": 1, "$version": 2}
    assert client("d2", of=hub).messages().next().data == b"waiting"


@pytest.mark.parametrize("kill", [True, False], ids=["killed", "stopped"])
def test_telemetry_that_was_acknowledged_is_there_after_a_restart(own_hub, client, kill):
    hub = own_hub("--events-durability", "commit")
    hub.create("d1")
    one = client("d1", of=hub)
    for number in range(20):
        one.send_message(str(number))
    hub.server.restart(kill=kill)
    events = BackEnd(hub).events("d1", count=20)
    assert [int(body(event)) for event in events] == list(range(20))
