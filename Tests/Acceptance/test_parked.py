"""Clients that wait, each on a connection of its own: in a mix of kinds and twins, up to the descriptor limit, with slow ones."""

import itertools
import json
import socket

import pytest

from acceptance.events import EventStream
from acceptance.rest import Hub, watch_path
from acceptance.waiting import wait_for
from acceptance.wire import Closed, Wire, request

#: Descriptors that the server keeps from connections for everything else.
RESERVED = 64


class LongPoll:
    """A client that asks anew after each answer."""

    def __init__(self, hub, device, after=1):
        self.hub, self.device = hub, device
        self.wire = Wire(hub.server.https_port)
        self.ask(after)

    def ask(self, after):
        self.wire.send(request(
            "GET", f"{watch_path(self.device)}/twin/desired?after={after}", f"Authorization: {self.hub.token}", "Prefer: wait=300"))

    def next(self):
        """The patch that is told; one at a time, since the test goes on only when it has it."""
        [patch] = self.wire.answer().json()["patches"]
        self.ask(patch["$version"])
        return patch

    def close(self):
        self.wire.socket.close()


class Stream(EventStream):
    """A stream of events, as far as a test of waiters sees it."""

    def __init__(self, hub, device, after=1):
        super().__init__(hub.server.https_port, f"{watch_path(device)}/twin/desired?after={after}", hub.token)
        assert self.head.status == 200

    def next(self):
        return json.loads(super().next().data)


def counts(hub):
    """The server's metrics without labels, by name; asked on the hub's own connection."""
    lines = hub.get("/metrics", api=None).text.splitlines()
    return {name: float(value) for name, value in (line.split() for line in lines if line.startswith("twinhub_") and "{" not in line)}


@pytest.fixture
def kept():
    """Clients that are closed when the test ends."""
    opened = []
    yield opened
    for one in opened:
        one.close()


def test_of_all_who_wait_only_those_of_the_changed_twin_are_told(new_server, kept):
    hub = Hub(new_server())
    devices = [f"d{number}" for number in range(20)]
    for device in devices:
        hub.create(device)
    alone = {device: kind(hub, device) for device, kind in zip(devices, itertools.cycle([LongPoll, Stream]))}
    together = [kind(hub, "d0") for kind in (LongPoll, Stream) for _ in range(10)]
    kept += [*alone.values(), *together]
    wait_for(lambda: counts(hub)["twinhub_waits"] == len(kept))
    # The first that a client hears is its own twin's change: nothing of another's has come before.
    for number, device in enumerate(devices):
        hub.desired(device, {"n": number})
        assert alone[device].next() == {"n": number, "$version": 2}
    assert [one.next() for one in together] == [{"n": 0, "$version": 2}] * len(together)


def test_waiters_up_to_the_descriptor_limit_are_held_and_one_more_is_turned_away(new_server, kept):
    room = 40
    hub = Hub(new_server(descriptors=RESERVED + room))
    hub.create("d")
    # The hub's own connection stays open, so that changes and questions get through when there is no room.
    for kind in itertools.islice(itertools.cycle([LongPoll, Stream]), room - 1):
        kept.append(kind(hub, "d"))
    wait_for(lambda: counts(hub)["twinhub_waits"] == room - 1)
    refused = counts(hub)["twinhub_connections_refused_total"]
    for _ in range(5):
        with pytest.raises(Closed):
            with Wire(hub.server.https_port) as late:
                late.send(request("GET", "/health/live")).answer()
    assert counts(hub)["twinhub_connections_refused_total"] == refused + 5
    assert hub.desired("d", {"n": 1})["properties"]["desired"]["n"] == 1
    assert [one.next() for one in kept] == [{"n": 1, "$version": 2}] * len(kept)
    # Those who leave make room for as many.
    for one in kept[:10]:
        one.close()
    wait_for(lambda: counts(hub)["twinhub_connections_open"] == room - 10)
    kept[:10] = [LongPoll(hub, "d", after=2) for _ in range(10)]
    wait_for(lambda: counts(hub)["twinhub_waits"] == room - 1)
    hub.desired("d", {"n": 2})
    assert [one.next() for one in kept] == [{"n": 2, "$version": 3}] * len(kept)


def test_readers_that_take_nothing_are_cut_off_and_the_others_are_told_everything(new_server, kept):
    hub = Hub(new_server("--max-output", "65536"))
    hub.create("d")
    slow = []
    for _ in range(5):
        one = Wire(hub.server.https_port)
        one.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.send(request("GET", f"{watch_path('d')}/twin/desired?after=1", f"Authorization: {hub.token}", "Accept: text/event-stream"))
        slow.append(one.socket)
    kept += [*slow, *(kind(hub, "d") for kind in (LongPoll, Stream) for _ in range(5))]
    wait_for(lambda: counts(hub)["twinhub_waits"] == len(kept))
    filler = {f"k{number}": "x" * 4000 for number in range(7)}
    # The kernel keeps some megabytes for a reader before the server has to.
    for number in range(2000):
        hub.desired("d", {**filler, "n": number})
        for one in kept[len(slow):]:
            told = one.next()
            assert (told["n"], told["$version"]) == (number, number + 2)
        if counts(hub)["twinhub_connections_cut_total"] == len(slow):
            break
    else:
        pytest.fail("readers that read nothing were sent everything")
    wait_for(lambda: counts(hub)["twinhub_waits"] == len(kept) - len(slow))
