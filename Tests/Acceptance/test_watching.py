"""The desired properties as they change: long-poll and server-sent events (TwinHub's own paths)."""

import concurrent.futures
import socket
import threading

import pytest

from acceptance import sas
from acceptance.events import EventStream
from acceptance.rest import Hub, expect_error, ok, watch_path
from acceptance.wire import Closed, Wire, request


def poll(hub, device, wait=0, module=None, **query):
    return hub.get(f"{watch_path(device, module)}/twin/desired", headers={"Prefer": f"wait={wait}"}, **query)


def in_background(call, *arguments, **more):
    """Runs the call in a thread; its future."""
    future = concurrent.futures.Future()

    def run():
        try:
            future.set_result(call(*arguments, **more))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def parked(hub, count):
    """Waits until the server has that many waits in hand, by its own metrics."""
    for _ in range(2000):
        text = hub.as_(None).get("/metrics", api=None).text
        waiting = sum(float(line.split(" ")[1]) for line in text.splitlines() if line.startswith("twinhub_waits "))
        if waiting >= count:
            return
    raise AssertionError(f"{count} waits were never seen in /metrics:\n{text}")


class Waiting:
    """A long-poll on a connection of its own: sent, and known to be waiting because nothing has come."""

    def __init__(self, server, token, device, wait=30, module=None, **query):
        pairs = "&".join(f"{key}={value}" for key, value in query.items())
        self.wire = Wire(server.https_port).send(request(
            "GET", f"{watch_path(device, module)}/twin/desired?{pairs}", f"Authorization: {token}", f"Prefer: wait={wait}"))

    def answer(self):
        return self.wire.answer()


@pytest.fixture
def waiting(server, hub):
    opened = []

    def wait(device, **more):
        opened.append(Waiting(server, hub.token, device, **more))
        return opened[-1]

    yield wait
    for one in opened:
        one.wire.socket.close()


@pytest.fixture
def stream(server, hub):
    opened = []

    def connect(path, **more):
        opened.append(EventStream(server.https_port, path, hub.token, **more))
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


# Long-poll --------------------------------------------------------------------------------------------------


def test_without_a_version_the_whole_section_comes_at_once(hub, device):
    hub.desired(device, {"a": {"b": 1}})
    body = ok(poll(hub, device, wait=30))
    assert body["version"] == 2 and body["desired"] == {"a": {"b": 1}, "$version": 2} and body["generation"]
    assert set(body) == {"generation", "version", "desired"}


def test_patches_come_in_order_none_missing_none_twice(hub, device):
    for number in range(5):
        hub.desired(device, {"n": number, "gone": None})
    body = ok(poll(hub, device, after=2))
    assert set(body) == {"generation", "version", "patches"} and body["version"] == 6
    assert body["patches"] == [{"n": number, "gone": None, "$version": number + 2} for number in range(1, 5)]


def test_a_wait_ends_with_204(hub, device):
    assert poll(hub, device, wait=0, after=1).status_code == 204
    assert poll(hub, device, wait=1, after=1).status_code == 204


def test_a_wait_ends_with_the_patch_that_comes(hub, device, waiting):
    one = waiting(device, after=1)
    hub.desired(device, {"a": 1})
    answer = one.answer()
    assert answer.status == 200 and answer.json()["patches"] == [{"a": 1, "$version": 2}]


def test_a_connection_waits_again_and_again(hub, device, server):
    generation = ok(poll(hub, device))["generation"]
    with Wire(server.https_port) as connection:
        for version in range(1, 6):
            connection.send(request(
                "GET", f"{watch_path(device)}/twin/desired?after={version}&generation={generation}", f"Authorization: {hub.token}"))
            hub.desired(device, {"n": version})
            assert connection.answer().json()["patches"] == [{"n": version, "$version": version + 1}]


def test_tags_reports_and_no_ops_wake_nobody(hub, device, waiting):
    one = waiting(device, after=1)
    hub.patch_twin(device, {"tags": {"a": 1}})
    hub.report(device, {"r": 1})
    hub.desired(device, {"missing": None})
    hub.desired(device, {"a": 1})
    assert one.answer().json()["patches"] == [{"a": 1, "$version": 2}]


def test_a_change_of_another_twin_wakes_nobody(hub, module, waiting):
    device, name = module
    of_device, of_module = waiting(device, after=1), waiting(device, module=name, after=1)
    hub.desired(device, {"who": "device"})
    hub.desired(device, {"who": "module"}, name)
    assert of_device.answer().json()["patches"] == [{"who": "device", "$version": 2}]
    assert of_module.answer().json()["patches"] == [{"who": "module", "$version": 2}]


def test_a_replacement_comes_as_the_difference(hub, device, waiting):
    hub.desired(device, {"a": 1, "b": 2})
    one = waiting(device, after=2)
    ok(hub.put(f"/twins/{device}", {"properties": {"desired": {"a": 1, "c": 3}}}))
    assert one.answer().json()["patches"] == [{"a": 1, "b": None, "c": 3, "$version": 3}]


def test_a_bulk_update_wakes_too(hub, device, waiting):
    one = waiting(device, after=1)
    ok(hub.post("/devices", [{"id": device, "importMode": "updateTwin", "properties": {"desired": {"a": 1}}}]))
    assert one.answer().json()["patches"] == [{"a": 1, "$version": 2}]


def test_the_end_of_the_twin_is_404(hub, name, waiting):
    hub.create(name)
    hub.create_module(name, "m")
    waits = [waiting(name, after=1), waiting(name, module="m", after=1)]
    hub.remove(name)
    assert [one.answer().status for one in waits] == [404, 404]
    expect_error(poll(hub, name, after=1), 404, "DeviceNotFound")


def test_a_version_to_come_or_another_generation_is_gone(hub, name):
    hub.create(name)
    generation = ok(poll(hub, name))["generation"]
    assert poll(hub, name, after=2).status_code == 410
    assert poll(hub, name, after=1, generation=generation).status_code == 204
    hub.remove(name)
    hub.create(name)
    hub.desired(name, {"a": 1})
    answer = poll(hub, name, after=1, generation=generation)
    assert answer.status_code == 410 and answer.headers["iothub-errorcode"]
    hub.remove(name)


@pytest.mark.parametrize("query", [{"after": "x"}, {"after": "-1"}, {"after": "1.5"}, {"after": "9" * 30}], ids=str)
def test_a_version_that_is_none_is_refused(hub, device, query):
    assert poll(hub, device, **query).status_code in (400, 410)


def test_many_waiters_get_the_same_patch(hub, device, waiting):
    waits = [waiting(device, after=1) for _ in range(100)]
    hub.desired(device, {"a": 1})
    bodies = {one.answer().body for one in waits}
    assert len(bodies) == 1


def test_a_waiter_that_leaves_harms_nobody(hub, device, waiting):
    waits = [waiting(device, after=1) for _ in range(20)]
    for one in waits[::2]:
        one.wire.socket.close()
    hub.desired(device, {"a": 1})
    assert all(one.answer().status == 200 for one in waits[1::2])


def test_a_device_waits_with_its_own_key(hub, device, device_hub):
    view = device_hub(device)
    future = in_background(poll, view, device, wait=30, after=1)
    hub.desired(device, {"a": 1})
    assert ok(future.result(20))["patches"][-1]["a"] == 1


def test_patches_survive_a_restart_and_end_at_the_bound(new_server):
    server = new_server("--keep-patches", "4")
    hub = Hub(server)
    hub.create("d")
    for number in range(6):
        hub.desired("d", {"n": number})
    generation = ok(poll(hub, "d"))["generation"]
    for kill in (False, True):
        server.restart(kill=kill)
        hub = Hub(server)
        body = ok(poll(hub, "d", after=3, generation=generation))
        assert [patch["$version"] for patch in body["patches"]] == [4, 5, 6, 7]
        body = ok(poll(hub, "d", after=2, generation=generation))
        assert body["desired"] == {"n": 5, "$version": 7} and "patches" not in body


# Reports ----------------------------------------------------------------------------------------------------


def test_reports_answer_with_the_new_version(hub, module):
    for arguments in (module[:1], module):
        device, name = arguments[0], arguments[1] if len(arguments) > 1 else None
        assert hub.report(device, {"a": 1}, name) == 2
        assert hub.report(device, {"a": 1}, name, etag='"2"') == 3
        stale = hub.patch(f"{watch_path(device, name)}/twin/reported", {"a": 2}, etag='"2"')
        expect_error(stale, 412, "PreconditionFailed")
        assert hub.twin(device, name)["properties"]["reported"]["a"] == 1
        assert hub.report(device, {"a": 3}, name, etag="*") == 4


def test_a_report_of_nothing_known_is_not_found(hub, device):
    for path in ("/emulator/devices/no-such/twin", f"/emulator/devices/{device}/modules/none/twin"):
        assert hub.get(path).status_code == 404
        assert hub.patch(f"{path}/reported", {"a": 1}).status_code == 404
        assert hub.get(f"{path}/desired").status_code == 404


# Server-sent events -----------------------------------------------------------------------------------------


def test_events_begin_with_the_section_and_go_on_with_patches(hub, device, stream):
    hub.desired(device, {"a": 1})
    events = stream(f"{watch_path(device)}/twin/desired")
    assert events.head.status == 200 and events.head["content-type"].startswith("text/event-stream")
    first = events.next()
    assert (first.kind, first.id, first.json()) == ("desired", "2", {"a": 1, "$version": 2})
    for number in range(3):
        hub.desired(device, {"n": number})
        event = events.next()
        assert (event.kind, event.id, event.json()) == ("patch", str(number + 3), {"n": number, "$version": number + 3})


def test_events_resume_after_the_last_one_seen(hub, device, stream):
    for number in range(4):
        hub.desired(device, {"n": number})
    by_id = stream(f"{watch_path(device)}/twin/desired", last_id=3)
    by_query = stream(f"{watch_path(device)}/twin/desired?after=3")
    for events in (by_id, by_query):
        assert [events.next().id for _ in range(2)] == ["4", "5"]


def test_the_end_of_the_twin_ends_the_events(hub, name, stream):
    hub.create(name)
    events = stream(f"{watch_path(name)}/twin/desired?after=1")
    hub.remove(name)
    assert events.next().kind == "deleted"
    with pytest.raises((StopIteration, Closed)):
        events.next()


def test_events_of_a_version_to_come_are_gone(server, hub, device):
    events = EventStream(server.https_port, f"{watch_path(device)}/twin/desired?after=9", hub.token)
    assert events.head.status == 410
    events.close()


def test_a_reader_that_never_reads_is_cut_off_and_others_are_served(new_server):
    """What the reader does not take is not kept for ever: it is cut off, and resumes by version."""
    server = new_server("--max-output", "65536")
    hub = Hub(server)
    hub.create("d")
    path = "/emulator/devices/d/twin/desired?after=1"
    lazy = Wire(server.https_port)
    lazy.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    lazy.send(request("GET", path, f"Authorization: {hub.token}", "Accept: text/event-stream"))
    keen = EventStream(server.https_port, path, hub.token)
    rounds, filler = 3000, "x" * 4000
    for number in range(rounds):
        hub.desired("d", {f"k{number % 7}": filler, "n": number})
        assert keen.next().json()["n"] == number
    # What the kernel has taken for the lazy reader still reaches it, through a window of a few bytes: that takes its
    # time and says nothing, so the server is asked.
    text = hub.as_(None).get("/metrics", api=None).text
    assert "\ntwinhub_connections_cut_total 1\n" in text, "a reader that reads nothing was sent everything"
    resumed = EventStream(server.https_port, f"{path.split('?')[0]}?after={rounds}", hub.token)
    assert resumed.next().json()["n"] == rounds - 1
    resumed.close()
    keen.close()
    lazy.socket.close()


# A token's end and the door ---------------------------------------------------------------------------------


def test_waits_work_over_tls(hub, secure_hub, device):
    future = in_background(poll, secure_hub, device, wait=30, after=1)
    hub.desired(device, {"a": 1})
    assert ok(future.result(20))["version"] == 2


def test_a_stop_ends_waits_with_204_and_close(new_server):
    server = new_server()
    hub = Hub(server)
    hub.create("d")
    waits = [Waiting(server, hub.token, "d", after=1) for _ in range(50)]
    parked(hub, 50)
    assert server.stop(5) == 0
    for one in waits:
        answer = one.answer()
        assert answer.status == 204 and answer["connection"].lower() == "close" and one.wire.closed()


def test_the_token_of_the_path_as_if_emulator_were_absent(hub, device):
    key = hub.get(f"/devices/{device}").json()["authentication"]["symmetricKey"]["primaryKey"]
    good = hub.as_(sas.token(f"localhost/devices/{device}", key))
    bad = hub.as_(sas.token(f"localhost/emulator/devices/{device}", key))
    assert good.get(f"/emulator/devices/{device}/twin").status_code == 200
    assert bad.get(f"/emulator/devices/{device}/twin").status_code == 401
