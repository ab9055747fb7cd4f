"""Cloud-to-device messages and messages to inputs (mqtt.md sections 3.2 and 5.5, rest.md sections 15 and 16)."""

import datetime

import pytest

from acceptance.rest import expect_error, ok

from devices.transports import transports
from devices.sdk import token
from devices.waiting import eventually


def soon(seconds):
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@transports
def test_a_message_comes_with_its_properties(client, backend, device, websockets):
    heard = client(device, websockets=websockets).messages()
    backend.send(
        device, b'{"a":1}', color="red", space="a b+c&d=e/f", headers={
            "iothub-messageid": "m-1", "iothub-correlationid": "c 1", "iothub-userid": "u",
            "iothub-contenttype": "application/json", "iothub-contentencoding": "utf-8"})
    message = heard.next()
    assert message.data == b'{"a":1}'
    assert message.custom_properties == {"color": "red", "space": "a b+c&d=e/f"}
    assert (message.message_id, message.correlation_id, message.user_id) == ("m-1", "c 1", "u")
    assert (message.content_type, message.content_encoding) == ("application/json", "utf-8")


@pytest.mark.parametrize("body", [b"", b"\x00\xff\x80", b"x" * 60_000], ids=["empty", "bytes", "large"])
def test_a_body_comes_as_it_was(client, backend, device, body):
    heard = client(device).messages()
    backend.send(device, body)
    assert heard.next().data == body


def test_a_message_that_is_too_large_is_refused(backend, device):
    expect_error(backend.post(device, b"x" * (64 * 1024 + 1)), 413, "MessageTooLarge")


def test_messages_come_in_order_whether_the_device_is_there_or_not(client, backend, device):
    for number in range(25):
        backend.send(device, str(number))
    one = client(device)
    heard = one.messages()
    for number in range(25, 50):
        backend.send(device, str(number))
    assert [int(message.data) for message in heard.take(50)] == list(range(50))
    eventually(lambda: backend.waiting(device) == 0)


def test_the_queue_holds_fifty(client, backend, device):
    for number in range(50):
        backend.send(device, str(number))
    refused = backend.post(device, "one more")
    expect_error(refused, 403, "DeviceMaximumQueueDepthExceeded")
    assert backend.waiting(device) == 50
    client(device).messages().take(50)
    eventually(lambda: backend.waiting(device) == 0)
    backend.send(device, "now there is room")


def test_what_comes_while_a_client_is_away_waits_for_it(client, backend, device):
    one = client(device)
    heard = one.messages()
    backend.send(device, "first")
    assert heard.next().data == b"first"
    one.disconnect()
    backend.send(device, "second")
    one.connect()
    # Without a word from the client: its session has the subscription.
    assert heard.next().data == b"second"


@pytest.mark.parametrize("ack", ["full", "positive"])
def test_a_sender_hears_that_its_message_has_arrived(hub, client, backend, device, ack):
    message = backend.send(device, "hello", ack=ack)
    client(device).messages()
    record = backend.feedback(message)
    assert record["statusCode"] == "Success" and record["deviceId"] == device
    assert record["deviceGenerationId"] == ok(hub.get(f"/devices/{device}"))["generationId"]


@pytest.mark.parametrize("ack", ["none", "negative"])
def test_a_sender_who_did_not_ask_hears_nothing_of_success(client, backend, device, ack):
    silent = backend.send(device, "hello", ack=ack)
    asked = backend.send(device, "hello", ack="full")
    client(device).messages()
    backend.feedback(asked)
    assert not backend.has_feedback(silent)


@pytest.mark.parametrize("ack", ["full", "negative"])
def test_a_message_that_nobody_takes_expires(client, backend, device, ack):
    message = backend.send(device, "too late", ack=ack, expiry=soon(1))
    assert backend.feedback(message)["statusCode"] == "Expired"
    assert backend.waiting(device) == 0
    heard = client(device).messages()
    backend.send(device, "in time")
    assert heard.next().data == b"in time"


def test_an_expiry_in_the_past_or_too_far_away_is_refused(backend, device):
    for when in (soon(-5), soon(3 * 24 * 3600)):
        expect_error(backend.post(device, "x", headers={"iothub-expiry": when}), 403, "InvalidMessageExpiryTime")
    expect_error(backend.post(device, "x", headers={"iothub-expiry": "tomorrow"}), 400, "ArgumentInvalid")


def test_a_purge_empties_the_queue(hub, client, backend, device):
    kept = [backend.send(device, "x", ack="full") for _ in range(3)]
    assert ok(hub.delete(f"/devices/{device}/commands")) == {
        "deviceId": device, "moduleId": None, "totalMessagesPurged": 3}
    assert [backend.feedback(message)["statusCode"] for message in kept] == ["Purged"] * 3
    heard = client(device).messages()
    backend.send(device, "after")
    assert heard.next().data == b"after"


# Over HTTPS ------------------------------------------------------------------------------------------


@pytest.fixture
def receiver(hub, device):
    """The device's own view of the hub, and the path of its messages."""
    return hub.as_(token(hub, device)), f"/devices/{device}/messages/deviceBound"


def received(receiver):
    own, path = receiver
    answer = own.get(path)
    if answer.status_code == 204:
        return None
    assert answer.status_code == 200
    assert answer.headers["ETag"][0] == answer.headers["ETag"][-1] == '"'
    return answer


def lock_of(answer):
    return answer.headers["ETag"].strip('"')


def test_a_message_is_received_and_completed_over_https(backend, receiver, device):
    message = backend.send(device, "body", ack="full", color="red", headers={"iothub-messageid": "m 1"})
    own, path = receiver
    answer = received(receiver)
    assert answer.content == b"body"
    shown = answer.headers
    assert (shown["iothub-messageid"], shown["iothub-app-color"], shown["iothub-ack"]) == ("m 1", "red", "full")
    assert (shown["iothub-sequencenumber"], shown["iothub-deliverycount"]) == ("1", "0")
    assert received(receiver) is None, "the message is held"
    assert own.delete(f"{path}/{lock_of(answer)}").status_code == 204
    assert backend.feedback(message)["statusCode"] == "Success"
    assert backend.waiting(device) == 0
    expect_error(own.delete(f"{path}/{lock_of(answer)}"), 412, "DeviceMessageLockLost")


def test_a_message_is_rejected_over_https(backend, receiver, device):
    message = backend.send(device, "body", ack="negative")
    own, path = receiver
    assert own.delete(f"{path}/{lock_of(received(receiver))}", reject="").status_code == 204
    assert backend.feedback(message)["statusCode"] == "Rejected"


def test_a_message_that_is_abandoned_ten_times_is_given_up(backend, receiver, device):
    message = backend.send(device, "body", ack="full")
    own, path = receiver
    for count in range(10):
        answer = received(receiver)
        assert answer.headers["iothub-deliverycount"] == str(count)
        assert own.post(f"{path}/{lock_of(answer)}/abandon").status_code == 204
    assert received(receiver) is None
    assert backend.feedback(message)["statusCode"] == "DeliveryCountExceeded"


def test_an_abandoned_message_goes_to_the_device_over_mqtt(client, backend, receiver, device):
    backend.send(device, "first")
    held = received(receiver)
    heard = client(device).messages()
    backend.send(device, "second")
    assert heard.next().data == b"second"
    own, path = receiver
    assert own.post(f"{path}/{lock_of(held)}/abandon").status_code == 204
    assert heard.next().data == b"first"


def test_a_message_that_was_held_too_long_goes_to_the_device_over_mqtt(client, backend, receiver, device):
    backend.send(device, "first")
    own, path = receiver
    held = own.get(path, headers={"iothub-messagelocktimeout": "1"})
    assert held.content == b"first"
    assert client(device).messages().next().data == b"first"
    eventually(lambda: backend.waiting(device) == 0)
    expect_error(own.delete(f"{path}/{lock_of(held)}"), 412, "DeviceMessageLockLost")


# To inputs of modules ---------------------------------------------------------------------------------


@transports
def test_a_message_reaches_the_input_of_a_module(client, backend, module, websockets):
    heard = client(*module, websockets=websockets).messages()
    assert backend.send_to_input(*module, "input one", {"t": 1}, color="red").status_code == 204
    message = heard.next()
    assert (message.input_name, message.data, message.custom_properties) == (
        "input one", b'{"t": 1}', {"color": "red"})


def test_an_input_that_nobody_listens_to_is_told_so(client, backend, module):
    expect_error(backend.send_to_input(*module, "in", b"x"), 404, "DeviceNotOnline")
    client(*module)
    expect_error(backend.send_to_input(*module, "in", b"x"), 404, "DeviceNotOnline")
