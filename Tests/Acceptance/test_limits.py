"""A slow, absent or greedy client costs only itself: deadlines, caps, descriptors."""

import socket

import pytest

from acceptance import sas
from acceptance.rest import Hub
from acceptance.server import run_command
from acceptance.wire import Closed, Wire, request

LIVE = request("GET", "/health/live")


@pytest.fixture
def hasty(new_server):
    """A server that waits one second for anything."""
    return new_server("--head-deadline", "1", "--body-deadline", "1", "--idle-deadline", "1", "--handshake-deadline", "1")


def ended(connection, statuses):
    """The connection's end: closed at once, or after an answer of one of these."""
    try:
        assert connection.answer().status in statuses
    except Closed:
        return True
    return connection.closed()


@pytest.mark.parametrize("sent", [
    b"", b"G", b"GET / HTTP/1.1\r\nHost: a\r\n", LIVE, b"\x16\x03\x01"], ids=["nothing", "a letter", "half a head", "a request", "half a hello"])
def test_a_connection_on_which_nothing_comes_is_closed(hasty, sent):
    with Wire(hasty.https_port) as connection:
        connection.send(sent)
        if sent == LIVE:
            assert connection.answer().status == 200
        assert ended(connection, {408})


def test_a_head_that_never_ends_is_given_up_however_steadily_it_comes(hasty):
    with Wire(hasty.https_port) as connection:
        connection.send(b"GET / HTTP/1.1\r\nX: ")
        connection.socket.settimeout(0.2)
        for _ in range(100):
            connection.send(b"y")
            try:
                assert ended(connection, {408})
                return
            except TimeoutError:
                continue
        pytest.fail("the head is still waited for")


def test_a_body_that_stops_is_given_up(hasty):
    token = sas.token("localhost", hasty.owner_key, "iothubowner")
    with Wire(hasty.https_port) as connection:
        connection.send(request(
            "PATCH", "/twins/d?api-version=2021-04-12", f"Authorization: {token}", "Content-Length: 100", body=b"{", length=False))
        assert ended(connection, {408})


def test_a_wait_outlives_the_deadlines(hasty):
    hub = Hub(hasty)
    hub.create("d")
    answer = hub.get("/emulator/devices/d/twin/desired", after=1, headers={"Prefer": "wait=3"})
    assert answer.status_code == 204


def test_connections_beyond_the_cap_are_turned_away_and_room_comes_back(new_server):
    server = new_server("--max-connections", "10", "--shards", "1")
    kept = [Wire(server.https_port) for _ in range(10)]
    for connection in kept:
        assert connection.send(LIVE).answer().status == 200
    with Wire(server.https_port) as one_too_many:
        assert ended(one_too_many.send(LIVE), {503})
    kept.pop().socket.close()
    served = False
    for _ in range(500):
        with Wire(server.https_port) as again:
            try:
                served = again.send(LIVE).answer().status == 200
            except Closed:
                continue
        if served:
            break
    assert served
    for connection in kept:
        assert connection.send(LIVE).answer().status == 200
        connection.socket.close()


def test_running_out_of_descriptors_is_survived(new_server):
    server = new_server(descriptors=96)
    hub = Hub(server)
    hub.create("d")
    opened = []
    for _ in range(150):
        one = socket.create_connection(("127.0.0.1", server.https_port), timeout=5)
        opened.append(one)
    answered = 0
    for one in opened:
        try:
            one.sendall(LIVE)
            answered += one.recv(4096).startswith(b"HTTP/1.1 200")
        except OSError:
            pass
    assert 20 < answered < 150
    for one in opened:
        one.close()
    for number in range(20):
        Hub(server).desired("d", {"n": number})
    assert server.alive()


def test_help_shows_every_limit_with_its_default():
    text = run_command("serve", "--help").stdout
    for limit in ("keep-patches", "max-connections", "max-output", "max-head", "max-headers", "max-target", "max-blob-bytes", "blobs-keep", "head-deadline",
                  "body-deadline", "idle-deadline"):
        assert f"--{limit}" in text
    assert "(default: 256)" in text


@pytest.mark.parametrize("flag", ["--head-deadline", "--body-deadline", "--idle-deadline", "--slow-reader-deadline", "--handshake-deadline"])
@pytest.mark.parametrize("value", ["86401", str(2**63 - 1)])
def test_a_deadline_of_more_than_a_day_is_a_usage_error(flag, value):
    done = run_command("serve", "--ephemeral", flag, value, check=False)
    assert done.returncode == 64 and flag in done.stderr


def test_an_age_that_nobody_lives_to_see_keeps_everything(new_server):
    server = new_server("--events-keep", f"1GiB,{2**63 // 86_400}d")
    hub = Hub(server)
    hub.create("d")
    server.restart()
    assert Hub(server).twin("d")["deviceId"] == "d"
