"""Ids are taken as they stand, whatever their characters (mqtt.md section 2.1)."""

import pytest

from devices.backend import body
from devices.sdk import key_of

#: The SDK itself refuses `+` and `#`; test_packets.py has these.
IDS = ["percent%2F%", "question?mark", "dollar$quote'", "par(en),th", "eq=at@", "semi;colon:", "st*r!", "_under-dot.",
       "UPPER-lower", "x" * 128]


@pytest.fixture(params=IDS)
def odd(request, hub):
    hub.create(request.param)
    yield request.param
    hub.remove(request.param)


def by_key(hub, device):
    """Connection strings cannot carry every id."""
    return lambda kind, options: kind.create_from_symmetric_key(key_of(hub, device), "localhost", device, **options)


def test_everything_works_for_a_device_of_any_name(hub, client, backend, odd):
    one = client(odd, make=by_key(hub, odd))
    patches, messages = one.patches(), one.messages()
    one.answer_methods()
    one.patch_twin_reported_properties({"a": 1})
    hub.desired(odd, {"b": 2})
    assert patches.next() == {"b": 2, "$version": 2}
    assert one.get_twin() == {"desired": {"b": 2, "$version": 2}, "reported": {"a": 1, "$version": 2}}
    assert backend.result(odd, "echo", {"ü": "+ # %"}) == (200, {"ü": "+ # %"})
    backend.send(odd, "hello")
    assert messages.next().data == b"hello"
    one.send_message("telemetry")
    (event,) = backend.events(odd)
    assert (event["deviceId"], body(event)) == (odd, b"telemetry")
    one.end()


@pytest.mark.parametrize("module", ["dol$lar", "per%2Fcent", "que?st", "st*r!(x),y"])
def test_modules_of_any_name_hear_of_their_own(hub, client, backend, device, module):
    hub.create_module(device, module)
    one = client(device, module)
    patches, inputs = one.patches(), one.messages()
    one.answer_methods()
    hub.desired(device, {"b": 2}, module)
    assert patches.next() == {"b": 2, "$version": 2}
    assert backend.result(device, "echo", 1, module) == (200, 1)
    assert backend.send_to_input(device, module, "in put-1", b"x").status_code == 204
    assert inputs.next().data == b"x"
    one.send_message_to_output("x", "out")
    (event,) = backend.events(device)
    assert event["moduleId"] == module
