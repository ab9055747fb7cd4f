"""Direct methods end to end (mqtt.md section 5.4, rest.md section 10)."""

import concurrent.futures
import json

import pytest
from azure.iot.device import MethodResponse

from acceptance.rest import expect_error

from devices.backend import expect_offline, expect_timeout
from devices.transports import transports

PAYLOADS = [None, {}, [], 0, -1.5, "", "text", True, {"a": [1, {"b": None}]}, "Grüße 日本 🎈", {"größe": "ß"}]


@transports
def test_payloads_go_there_and_back(client, backend, identity, websockets):
    one = client(*identity, websockets=websockets)
    heard = one.answer_methods()
    for payload in PAYLOADS:
        assert backend.result(one.device, "echo", payload, one.module) == (200, payload)
        request = heard.next()
        assert request.name == "echo" and request.payload == payload


def test_both_styles_of_client_answer(client, backend, identity, style):
    one = client(*identity, style=style)
    one.answer_methods(lambda request: (207, {"name": request.name}))
    assert backend.result(one.device, "reboot", None, one.module) == (207, {"name": "reboot"})


@pytest.mark.parametrize("status", [0, 1, 200, 404, 500, 99999, -7])
def test_the_status_is_the_devices_own(client, backend, device, status):
    client(device).answer_methods(lambda request: (status, None))
    assert backend.result(device, "any") == (status, None)


def test_names_reach_the_device_unchanged(client, backend, device):
    heard = client(device).answer_methods()
    names = ["a", "thermostat1*getMaxMinReport", "with.dots-and_more", "100%", "a+b", "#hash", "it's!", "x" * 120]
    for name in names:
        backend.result(device, name)
        assert heard.next().name == name


def test_the_largest_payload_goes_there_and_back(client, backend, device):
    client(device).answer_methods()
    largest = "x" * (128 * 1024 - 2)
    assert backend.result(device, "big", largest) == (200, largest)
    answer = backend.invoke(device, "big", largest + "x")
    assert answer.status_code == 413 or answer.status_code == 400


def test_many_calls_at_once_get_each_its_own_answer(client, backend, device):
    client(device).answer_methods(lambda request: (request.payload % 1000, {"of": request.payload}))
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        results = list(pool.map(lambda number: backend.result(device, "number", number), range(100)))
    assert results == [(number % 1000, {"of": number}) for number in range(100)]


def test_a_device_that_is_away_is_not_online(client, backend, device):
    expect_offline(backend.invoke(device, "any"))
    one = client(device)
    # Connected, but deaf to methods.
    expect_offline(backend.invoke(device, "any"))
    one.answer_methods()
    assert backend.result(device, "any", 1) == (200, 1)
    one.disconnect()
    expect_offline(backend.invoke(device, "any"))


def test_an_unknown_device_is_not_found(backend):
    expect_error(backend.invoke("nobody", "any"), 404, "DeviceNotFound", text="nobody")


def test_a_device_that_says_nothing_times_out_and_may_be_called_again(client, backend, device):
    heard = client(device).answer_methods(lambda request: None if request.name == "silent" else (200, None))
    expect_timeout(backend.invoke(device, "silent", response=5))
    assert heard.next().name == "silent"
    assert backend.result(device, "loud") == (200, None)


def test_a_call_waits_for_a_device_to_connect(client, backend, identity):
    one = client(*identity, connected=False)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        call = pool.submit(backend.result, one.device, "wake", {"x": 1}, one.module, connect=60, response=90)
        one.connect()
        one.answer_methods()
        assert call.result(60) == (200, {"x": 1})


def test_a_call_that_waits_for_a_device_gives_up(backend, device):
    answer = backend.invoke(device, "wake", connect=1)
    assert expect_offline(answer) == "Timed out waiting for device to connect."
    assert json.loads(answer.json()["Message"])["info"] == {"timeout": "00:00:01"}


def test_calls_whose_times_are_all_the_same_end_each_for_itself(backend, device):
    """`az … --timeout T` names T for the connection and for the answer. Nobody has connected."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        calls = [pool.submit(backend.invoke, device, f"m{number}", connect=5, response=5) for number in range(4)]
        for call in calls:
            assert expect_offline(call.result(60)) == "Timed out waiting for device to connect."


def test_a_call_under_way_when_the_link_is_lost_fails_and_the_next_one_works(client, backend, device, relay):
    one = client(device, gateway=relay.address)
    heard = one.answer_methods(lambda request: None if request.name == "silent" else (200, None))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        call = pool.submit(backend.invoke, device, "silent", response=60)
        heard.next()
        relay.cut()
        expect_offline(call.result(60))
        # The client never subscribes again; its session does.
        late = pool.submit(backend.result, device, "late", connect=60, response=90)
        relay.mend()
        assert late.result(60) == (200, None)
    assert heard.next().name == "late"


def test_a_module_takes_its_own_methods_only(client, backend, module):
    device, module = module
    client(device).answer_methods(lambda request: (200, "device"))
    client(device, module).answer_methods(lambda request: (200, "module"))
    assert backend.result(device, "who") == (200, "device")
    assert backend.result(device, "who", None, module) == (200, "module")


@pytest.mark.parametrize("body", [
    {}, {"methodName": ""}, {"methodName": "a b"}, {"methodName": "a/b"}, {"methodName": "ä"},
    {"methodName": "a", "responseTimeoutInSeconds": 4}, {"methodName": "a", "responseTimeoutInSeconds": 301},
    {"methodName": "a", "connectTimeoutInSeconds": 301}, {"methodName": "a", "responseTimeoutInSeconds": "9"},
    {"methodName": "a", "responseTimeoutInSeconds": 5, "connectTimeoutInSeconds": 6}])
def test_a_call_against_the_rules_is_refused(hub, device, body):
    answer = hub.post(f"/twins/{device}/methods", body)
    assert answer.status_code == 400 and answer.json()["Message"]


def test_an_answer_after_the_timeout_is_passed_over(client, backend, device):
    late = []

    def answer(request):
        if request.name == "silent":
            late.append(request)
            return None
        return 200, None

    one = client(device)
    one.answer_methods(answer)
    expect_timeout(backend.invoke(device, "silent", response=5))
    one.send_method_response(MethodResponse.create_from_method_request(late[0], 200, "late"))
    assert backend.result(device, "next") == (200, None)
    assert one.connected
