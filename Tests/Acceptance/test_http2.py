"""HTTP/2 (RFC 9113) through the one door: the same routes and answers as over HTTP/1.1, and what only it has.

Its errors frame by frame are in Tests/HTTP/HTTP2, which needs no server.
"""

import gzip
import json
import re
import socket
import ssl
import subprocess
import threading

import httpx
import pytest
from hyperframe import frame as frames

from acceptance.certificates import self_signed
from acceptance.rest import API, GUID, Hub, counters, ok, twin_path, user, watch_path
from acceptance.server import run_command
from acceptance.streams import CANCEL, ENHANCE_YOUR_CALM, NO_ERROR, PROTOCOL_ERROR, Connection, data
from acceptance.waiting import wait_for
from acceptance.wire import Wire, request

QUERY = f"?api-version={API}"
TARGET = f"/twins/gateway-a1{QUERY}"
LIVE = "/health/live"


def client(server, token, secure, **more):
    """A client that speaks nothing but HTTP/2."""
    return httpx.Client(
        http1=False, http2=True, verify=ssl.create_default_context(cafile=server.ca_file), trust_env=False, timeout=40,
        base_url=server.url if secure else server.plain_url, params={"api-version": API},
        headers={"Authorization": token} if token else {}, **more)


@pytest.fixture(params=[False, True], ids=["plain", "TLS"])
def http(request, server, hub):
    with client(server, hub.token, request.param) as one:
        yield one


@pytest.fixture
def connect(server, hub):
    """Opens connections of the test's own, to the shared server unless told otherwise."""
    opened = []

    def connect(to=None, **more):
        one = Connection((to or server).https_port, Hub(to).token if to else hub.token, **more)
        opened.append(one)
        return one

    yield connect
    for one in opened:
        one.socket.close()


def gauge(hub, name):
    text = hub.as_(None).get("/metrics", api=None).text
    return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)[1])


def offering(server, *protocols):
    """A TLS socket whose client offered these by ALPN."""
    context = ssl.create_default_context(cafile=server.ca_file)
    if protocols:
        context.set_alpn_protocols(protocols)
    return context.wrap_socket(socket.create_connection(("127.0.0.1", server.https_port), timeout=30), server_hostname="localhost")


# The same as over HTTP/1.1 ----------------------------------------------------------------------------------


def test_an_answer_is_the_same_but_for_what_is_of_the_connection(hub, http):
    answer, other = http.get("/twins/gateway-a1"), hub.get("/twins/gateway-a1")
    assert answer.http_version == "HTTP/2" and answer.status_code == 200
    assert answer.json() == other.json()
    ours = {name: answer.headers[name] for name in answer.headers if name not in ("date", "x-ms-request-id", "content-encoding", "vary")}
    assert GUID.match(answer.headers["x-ms-request-id"]) and answer.headers["date"].endswith(" GMT")
    plain = {"content-length", "content-type", "server"}
    assert set(ours) == plain and all(ours[name] == other.headers[name] for name in plain - {"content-length"})


def test_a_patch_is_durable_and_read_back(hub, http, device):
    answer = http.patch(twin_path(device), json={"tags": {"a": 1}, "properties": {"desired": {"b": [1, 2.50, "ü"]}}})
    assert answer.status_code == 200 and answer.json()["tags"] == {"a": 1}
    assert user(hub.twin(device)["properties"]["desired"]) == {"b": [1, 2.5, "ü"]}
    stale = http.patch(twin_path(device), json={"tags": {"a": 2}}, headers={"If-Match": '"AAAAAAAAAAE="'})
    assert stale.status_code == 412 and stale.headers["iothub-errorcode"] == "PreconditionFailed"


@pytest.mark.parametrize("method, path, body", [
    ("GET", "/twins/no-such-device", b""), ("GET", "/no/such/path", b""), ("PUT", "/devices/query", b"[]"),
    ("PATCH", "/twins/gateway-a1", b"{"), ("PATCH", "/twins/gateway-a1", b'{"tags":{"a.b":1}}'), ("BREW", "/twins/gateway-a1", b""),
    ("POST", "/devices/query", b'{"query":"SELECT"}')])
def test_errors_are_the_same(hub, http, method, path, body):
    answer, other = http.request(method, path, content=body), hub.call(method, path, data=body)
    assert other.status_code >= 400 and answer.status_code == other.status_code
    for name in ("iothub-errorcode", "allow", "content-type"):
        assert answer.headers.get(name) == other.headers.get(name)
    assert answer.json()["Message"].split(";")[0] == other.json()["Message"].split(";")[0]


def test_no_token_is_refused(server, http):
    with client(server, None, secure=False) as nobody:
        assert nobody.get("/twins/gateway-a1").status_code == 401


def test_head_and_options(hub, http):
    head, full = http.head("/twins/gateway-a1", headers={"Accept-Encoding": "identity"}), hub.get("/twins/gateway-a1")
    assert head.status_code == 200 and head.content == b"" and head.headers["content-length"] == full.headers["Content-Length"]
    options = http.options("/twins/gateway-a1")
    assert options.status_code in (200, 204) and {"GET", "PATCH", "PUT"} <= set(options.headers["allow"].split(", "))


def test_answers_and_bodies_may_be_compressed(hub, http, device):
    body = gzip.compress(json.dumps({"tags": {"text": "a" * 3000}}).encode())
    answer = http.patch(twin_path(device), content=body, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 200 and answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Origin, Accept-Encoding" and answer.json()["tags"] == {"text": "a" * 3000}
    assert hub.twin(device)["tags"] == {"text": "a" * 3000}
    bomb = gzip.compress(b"{" + b" " * (8 << 20) + b"}")
    assert http.patch(twin_path(device), content=bomb, headers={"Content-Encoding": "gzip"}).status_code == 413
    assert http.patch(twin_path(device), content=b"no gzip", headers={"Content-Encoding": "gzip"}).status_code == 400


def test_a_large_body_and_a_large_answer(hub, http, name):
    """More than either side's windows."""
    tags = {f"filler{number}": "x" * 3_500 for number in range(2)}
    items = [{"id": f"{name}-{number}", "importMode": "create", "tags": tags} for number in range(100)]
    assert len(json.dumps(items)) > 700_000
    answer = http.post("/devices", json=items)
    assert answer.status_code == 200 and answer.json()["isSuccessful"], answer.text
    found = http.post("/devices/query", json={"query": f"SELECT * FROM devices WHERE STARTSWITH(deviceId, '{name}-')"})
    assert len(found.json()) == 100 and all(twin["tags"] == tags for twin in found.json())
    assert http.post("/devices", json=[{"id": item["id"], "importMode": "delete"} for item in items]).json()["isSuccessful"]


def test_a_body_longer_than_its_limit_is_refused_before_it_has_come(connect, device):
    connection = connect()
    stream = connection.begin("PATCH", f"{twin_path(device)}{QUERY}", more=[("content-length", str(1 << 30))], ends=False)
    assert connection.finished(stream).status == 413
    # Nothing more is wanted of the request (RFC 9113 section 8.1), and the connection is as good as before.
    connection.until(lambda: stream.reset is not None)
    assert stream.reset == NO_ERROR
    assert connection.call("GET", TARGET).status == 200


def test_expect_100_continue(connect, device):
    connection = connect()
    stream = connection.begin("PATCH", f"{twin_path(device)}{QUERY}", more=[("expect", "100-continue")], ends=False)
    connection.until(lambda: stream.interim)
    assert stream.interim == ["100"] and not stream.fields
    connection.put(data(stream, b'{"tags":{"a":1}}', ends=True))
    assert connection.finished(stream).json()["tags"] == {"a": 1}
    assert connection.call("GET", TARGET, more=[("expect", "miracles")]).status == 417


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_files_go_up_and_come_down(server, device_hub, device, secure):
    """Bodies that go to a sink as they arrive, and come from a source."""
    asked = ok(device_hub(device).post(f"/devices/{device}/files", {"blobName": "a/b.bin"}))
    address = f"http{'s' if secure else ''}://{asked['hostName']}/{asked['containerName']}/{asked['blobName']}{asked['sasToken']}"
    content = bytes(range(256)) * 8000
    context = ssl.create_default_context(cafile=server.ca_file)
    with httpx.Client(http1=False, http2=True, verify=context, trust_env=False, timeout=40) as http:
        put = http.put(address, content=content, headers={"x-ms-blob-type": "BlockBlob"})
        assert put.status_code == 201, put.text
        got = http.get(address)
        assert got.status_code == 200 and got.content == content
        part = http.get(address, headers={"Range": "bytes=1000-1999"})
        assert part.status_code == 206 and part.content == content[1000:2000]


def test_requests_and_streams_are_counted(hub, connect):
    wait_for(lambda: gauge(hub, "twinhub_http2_connections_open") == 0)
    connection = connect()
    connection.ping()
    assert gauge(hub, "twinhub_http2_connections_open") == 1
    wait = connection.begin("GET", f"{watch_path('gateway-a1')}/twin/desired?after=1", more=[("prefer", "wait=60")])
    connection.ping()
    assert gauge(hub, "twinhub_http2_streams_open") == 1
    connection.reset(wait)
    connection.ping()
    wait_for(lambda: gauge(hub, "twinhub_http2_streams_open") == 0)


def test_the_throttle_is_the_same(new_server):
    server = new_server("--throttle", "S1")
    hub = Hub(server)
    with client(server, hub.token, secure=False) as http:
        for _ in range(400):
            answer = http.post("/devices/query", json={"query": "SELECT deviceId FROM devices"})
            if answer.status_code != 200:
                break
        assert answer.status_code == 429 and answer.headers["iothub-errorcode"] == "ThrottlingBacklogTimeout"
        # HTTP/2 has no field of that name (RFC 9113 section 8.2.2).
        assert "connection" not in answer.headers
        assert http.get("/statistics/devices").status_code == 200
    assert gauge(hub, 'twinhub_throttled_total{operation="queries"}') == 1


def test_a_certificate_opens_its_device(hub, server, name, tmp_path):
    files, prints = self_signed(tmp_path)
    hub.create(name, authentication={"type": "selfSigned", "x509Thumbprint": {"primaryThumbprint": prints[0]}})
    context = ssl.create_default_context(cafile=server.ca_file)
    context.load_cert_chain(*files)
    with httpx.Client(http1=False, http2=True, verify=context, base_url=server.url, trust_env=False) as device:
        assert device.get(f"/emulator/devices/{name}/twin").json()["desired"] == {"$version": 1}
        assert device.get("/emulator/devices/gateway-a1/twin").status_code == 401
    hub.remove(name)


# Beside HTTP/1.1 --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offered, chosen", [
    (["h2"], "h2"), (["http/1.1", "h2"], "h2"), (["http/1.1"], "http/1.1"), (["spdy/3", "http/1.1"], "http/1.1"), (["mqtt"], None),
    ([], None)])
def test_alpn_settles_on_what_both_know(server, offered, chosen):
    with offering(server, *offered) as one:
        assert one.selected_alpn_protocol() == chosen
        if chosen != "h2":
            one.sendall(request("GET", LIVE))
            assert one.recv(100).startswith(b"HTTP/1.1 200")


def test_who_agreed_on_h2_and_speaks_http_1_1_is_told_in_http_2(server):
    with offering(server, "h2") as one:
        one.sendall(request("GET", LIVE))
        said = b""
        while some := one.recv(1000):
            said += some
    kinds = []
    while said:
        frame, length = frames.Frame.parse_frame_header(memoryview(said[:9]))
        frame.parse_body(memoryview(said[9:9 + length]))
        said = said[9 + length:]
        kinds.append(frame)
    assert isinstance(kinds[0], frames.SettingsFrame)
    assert isinstance(kinds[-1], frames.GoAwayFrame) and kinds[-1].error_code == PROTOCOL_ERROR


def test_a_preface_may_come_byte_by_byte(server):
    with socket.create_connection(("127.0.0.1", server.https_port), timeout=30) as one:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frames.SettingsFrame(0).serialize():
            one.sendall(bytes([byte]))
        frame, _ = frames.Frame.parse_frame_header(memoryview(one.recv(9, socket.MSG_WAITALL)))
        assert isinstance(frame, frames.SettingsFrame)


def test_an_upgrade_to_http_2_is_ignored(wire):
    """RFC 9113 section 3.1 has given it up."""
    asked = request("GET", LIVE, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")
    assert wire().send(asked).answer().status == 200


def test_websockets_are_opened_over_http_1_1(server, connect):
    target = f"/$iothub/websocket{QUERY}"
    opening = request(
        "GET", target, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: mqtt",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    for offered in ([], ["http/1.1"]):
        with offering(server, *offered) as one:
            one.sendall(opening)
            assert one.recv(1000).startswith(b"HTTP/1.1 101")
    refused = connect().call("GET", target)
    assert refused.status == 400 and "HTTP/1.1" in refused.json()["Message"]
    # Extended CONNECT (RFC 8441) is not offered: a setting would say so.
    connection = connect()
    connection.ping()
    assert 8 not in connection.settings


# Waiting ----------------------------------------------------------------------------------------------------


def test_many_polls_on_one_connection_hear_of_a_patch_on_the_same(hub, connect, device):
    connection = connect()
    polls = [
        connection.begin("GET", f"{watch_path(device)}/twin/desired?after=1", more=[("prefer", "wait=60")]) for _ in range(99)]
    connection.ping()
    assert not any(poll.fields for poll in polls)
    # Out of order: the last of the streams is the first to be answered.
    patch = connection.begin("PATCH", f"{twin_path(device)}{QUERY}", b'{"properties":{"desired":{"n":7}}}')
    assert connection.finished(patch).status == 200
    for poll in connection.finished(*polls):
        assert poll.status == 200 and [one["n"] for one in poll.json()["patches"]] == [7]


def test_a_poll_that_is_reset_is_let_go(new_server):
    server = new_server()
    hub = Hub(server)
    hub.create("d")
    with Connection(server.https_port, hub.token) as connection:
        polls = [connection.begin("GET", f"{watch_path('d')}/twin/desired?after=1", more=[("prefer", "wait=300")]) for _ in range(20)]
        connection.ping()
        wait_for(lambda: gauge(hub, "twinhub_waits") == 20)
        for poll in polls[:15]:
            connection.reset(poll)
        connection.ping()
        wait_for(lambda: gauge(hub, "twinhub_waits") == 5)
        hub.desired("d", {"n": 1})
        assert all(poll.status == 200 for poll in connection.finished(*polls[15:]))
        assert not any(poll.fields for poll in polls[:15])
        lost = connection.begin("GET", f"{watch_path('d')}/twin/desired?after=2", more=[("prefer", "wait=300")])
        connection.ping()
        assert not lost.is_over
        wait_for(lambda: gauge(hub, "twinhub_waits") == 1)
    # With the connection go its waits.
    wait_for(lambda: gauge(hub, "twinhub_waits") == 0)


def test_events_of_many_streams_come_as_they_happen(hub, connect, device):
    connection = connect()
    streams = [
        connection.begin("GET", f"{watch_path(device)}/twin/desired?after=1", more=[("accept", "text/event-stream")]) for _ in range(5)]
    connection.until(lambda: all(stream.fields for stream in streams))
    assert all(stream.fields["content-type"].startswith("text/event-stream") for stream in streams)
    for number in range(3):
        hub.desired(device, {"n": number})
        connection.until(lambda: all(stream.body.count(b"event: patch") == number + 1 for stream in streams))
    hub.remove(device)
    for stream in connection.finished(*streams):
        assert b"event: deleted" in stream.body and stream.reset is None
    hub.create(device)


def test_a_client_library_reads_events(hub, http, device):
    with http.stream("GET", f"{watch_path(device)}/twin/desired", headers={"Accept": "text/event-stream"}) as answer:
        lines = (line for line in answer.iter_lines() if line.startswith("data:"))
        assert json.loads(next(lines)[5:]) == {"$version": 1}
        hub.desired(device, {"n": 1})
        assert json.loads(next(lines)[5:]) == {"n": 1, "$version": 2}


# Bounds -----------------------------------------------------------------------------------------------------


def test_rapid_resets_end_their_connection_and_no_other(hub, connect, device):
    """CVE-2023-44487, with the hub none the worse for it."""
    attacker, other = connect(), connect()
    attacker.ping()
    for _ in range(50):
        burst = []
        for _ in range(20):
            head, stream = attacker.head("GET", TARGET)
            burst += [head, frames.RstStreamFrame(stream.id, CANCEL)]
        attacker.put(*burst)
    assert attacker.closed() == ENHANCE_YOUR_CALM
    assert other.call("GET", TARGET).status == 200
    wait_for(lambda: gauge(hub, "twinhub_http2_streams_open") == 0)


@pytest.mark.parametrize("flood", [
    frames.PingFrame(0, b"12345678"), frames.SettingsFrame(0), frames.PriorityFrame(1, depends_on=3), frames.ExtensionFrame(0xEE, 1)],
    ids=["PING", "SETTINGS", "PRIORITY", "unknown"])
def test_floods_end_their_connection(connect, flood):
    attacker = connect()
    for _ in range(20):
        attacker.put(*[flood] * 100)
    assert attacker.closed() == ENHANCE_YOUR_CALM


def test_continuation_without_end_ends_the_connection(connect):
    attacker = connect()
    attacker.put(frames.HeadersFrame(1, b"\x82", flags=["END_STREAM"]), *[frames.ContinuationFrame(1, b"")] * 100)
    assert attacker.closed() == ENHANCE_YOUR_CALM


def test_one_stream_too_many(new_server):
    server = new_server("--max-streams", "3")
    hub = Hub(server)
    hub.create("d")
    with Connection(server.https_port, hub.token) as connection:
        connection.ping()
        assert connection.settings[3] == 3
        for _ in range(4):
            connection.begin("GET", f"{watch_path('d')}/twin/desired?after=1", more=[("prefer", "wait=300")])
        assert connection.closed() == PROTOCOL_ERROR
    wait_for(lambda: gauge(hub, "twinhub_waits") == 0)


@pytest.fixture
def hasty(new_server):
    """A server that waits one second for anything."""
    return new_server("--head-deadline", "1", "--body-deadline", "1", "--idle-deadline", "1", "--slow-reader-deadline", "1")


def test_an_idle_connection_is_said_goodbye_to(hasty, connect):
    silent, once = connect(hasty), connect(hasty)
    assert once.call("GET", LIVE).status == 200
    assert silent.closed() == NO_ERROR and once.closed() == NO_ERROR


def test_a_head_that_never_ends_is_given_up(hasty, connect):
    Hub(hasty).create("headless")
    connection = connect(hasty)
    # Without a request under way it would be the idle deadline that ends the connection.
    connection.begin("GET", f"{watch_path('headless')}/twin/desired?after=1", more=[("prefer", "wait=60")])
    head, _ = connection.head("GET", LIVE)
    head.flags.discard("END_HEADERS")
    connection.put(head)
    connection.closed()


def test_a_body_that_stops_is_given_up_and_the_other_streams_are_not(hasty, connect):
    Hub(hasty).create("d")
    connection = connect(hasty)
    wait = connection.begin("GET", f"{watch_path('d')}/twin/desired?after=1", more=[("prefer", "wait=60")])
    stopped = connection.begin("PATCH", f"/twins/d{QUERY}", b"{", ends=False)
    # What happens beside it puts nothing off.
    while not stopped.is_over:
        assert connection.call("GET", LIVE).status == 200
    assert stopped.status == 408
    patch = connection.begin("PATCH", f"/twins/d{QUERY}", b'{"properties":{"desired":{"n":1}}}')
    assert [one.status for one in connection.finished(patch, wait)] == [200, 200]


def test_a_reader_that_makes_no_room_loses_its_stream_and_keeps_the_others(hasty, connect):
    """The windows are what is full here, not the socket."""
    connection = connect(hasty, settings={4: 10}, makes_room=False)
    stalled = connection.begin("GET", "/openapi.json")
    connection.until(lambda: len(stalled.body) == 10)
    while not stalled.is_over:
        assert connection.call("HEAD", LIVE).status == 200
    assert stalled.reset == CANCEL and len(stalled.body) == 10
    connection.makes_room = True
    assert connection.call("GET", LIVE).status == 200


def test_events_that_nobody_takes_are_not_kept_for_ever(new_server):
    server = new_server("--max-output", "65536")
    hub = Hub(server)
    hub.create("d")
    path = f"{watch_path('d')}/twin/desired?after=1"
    with Connection(server.https_port, hub.token, makes_room=False) as connection:
        # A window of its own for each stream: one is full at once, the other has room for all that comes.
        connection.put(frames.SettingsFrame(0, settings={4: 10}))
        lazy = connection.begin("GET", path, more=[("accept", "text/event-stream")])
        connection.until(lambda: lazy.fields)
        keen = connection.begin("GET", path, more=[("accept", "text/event-stream")])
        connection.put(frames.WindowUpdateFrame(0, 1 << 24), frames.WindowUpdateFrame(keen.id, 1 << 24))
        for number in range(1000):
            hub.desired("d", {f"k{number % 7}": "x" * 4000, "n": number})
            connection.until(lambda: f'"n":{number}'.encode() in keen.body[-100:])
            if lazy.is_over:
                break
        assert lazy.reset == ENHANCE_YOUR_CALM and len(lazy.body) == 10 and number < 40
        assert connection.call("GET", LIVE).status == 200


def test_bodies_have_a_budget_together(new_server):
    server = new_server("--max-body-memory", "100000")
    hub = Hub(server)
    hub.create("d")
    with Connection(server.https_port, hub.token) as connection:
        held = [connection.begin("PATCH", f"/twins/d{QUERY}", b" " * 16000, ends=False) for _ in range(6)]
        connection.ping()
        assert not any(stream.fields for stream in held)
        refused = connection.begin("PATCH", f"/twins/d{QUERY}", b" " * 16000, ends=False)
        assert connection.finished(refused).status == 503
        # Over HTTP/1.1 it is the same budget.
        with Wire(server.https_port) as wire:
            head = request("PATCH", f"/twins/d{QUERY}", f"Authorization: {hub.token}", "Content-Length: 16000")
            wire.send(head + b" " * 15000)
            assert wire.answer().status == 503
        for stream in held:
            connection.reset(stream)
        connection.ping()
        assert connection.call("PATCH", f"/twins/d{QUERY}", b" " * 16000 + b"{}").status == 200


def test_the_limits_are_named_by_the_command_line():
    said = run_command("serve", "--help").stdout
    for limit in ("streams", "resets", "continuations", "empty-frames", "settings", "pings", "body-memory"):
        assert f"--max-{limit} " in said
    refused = run_command("serve", "--max-streams", "0", check=False)
    assert refused.returncode != 0 and "--max-streams" in refused.stderr


# Ends -------------------------------------------------------------------------------------------------------


def test_sigterm_says_goodbye_and_answers_what_is_in_flight(new_server):
    server = new_server()
    hub = Hub(server)
    hub.create("d")
    with Connection(server.https_port, hub.token) as busy, Connection(server.https_port, hub.token) as idle:
        idle.ping()
        body = b'{"tags":{"a":1}}'
        patch = busy.begin("PATCH", f"/twins/d{QUERY}", body[:5], ends=False)
        wait = busy.begin("GET", f"{watch_path('d')}/twin/desired?after=1", more=[("prefer", "wait=300")])
        busy.ping()
        ended = threading.Thread(target=server.stop, args=(30,))
        ended.start()
        busy.until(lambda: busy.goaways)
        # First that an end is coming, without naming a last stream (RFC 9113 section 6.8).
        assert busy.goaways[0] == ((1 << 31) - 1, NO_ERROR)
        busy.put(data(patch, body[5:], ends=True))
        assert busy.finished(patch).json()["tags"] == {"a": 1}
        # As over HTTP/1.1: a wait ends with nothing new.
        assert busy.finished(wait).status in (204, 503)
        assert busy.closed() == NO_ERROR and busy.goaways[-1] == (wait.id, NO_ERROR)
        assert idle.closed() == NO_ERROR
        ended.join(30)
    assert server.process.returncode == 0
    server.start()
    assert Hub(server).twin("d")["tags"] == {"a": 1}


def test_a_client_that_says_goodbye_is_still_answered(hub, connect, device):
    connection = connect()
    wait = connection.begin("GET", f"{watch_path(device)}/twin/desired?after=1", more=[("prefer", "wait=60")])
    connection.put(frames.GoAwayFrame(0))
    hub.desired(device, {"n": 1})
    assert connection.finished(wait).status == 200
    connection.closed()


def test_kill_9_loses_no_patch_that_was_acknowledged(new_server):
    """Many streams of one connection write to twins of their own until the server dies."""
    server = new_server()
    hub = Hub(server)
    twins = [f"d{number}" for number in range(16)]
    for twin in twins:
        hub.create(twin)
    for _ in range(5):
        acknowledged = {twin: hub.twin(twin)["properties"]["desired"].get("n", 0) for twin in twins}
        attempted = dict(acknowledged)
        with Connection(server.https_port, hub.token) as connection:
            under_way, total = {}, 0
            while not connection.is_closed:
                for twin in twins:
                    if twin not in under_way and total < 400:
                        attempted[twin] += 1
                        body = json.dumps({"properties": {"desired": {"n": attempted[twin]}}}).encode()
                        under_way[twin] = connection.begin("PATCH", f"{twin_path(twin)}{QUERY}", body)
                connection.read()
                for twin, stream in list(under_way.items()):
                    if stream.is_over and stream.fields:
                        assert stream.status == 200
                        acknowledged[twin] = attempted[twin]
                        total += 1
                        del under_way[twin]
                if total >= 300:
                    server.kill9()
        assert total >= 300
        server.start()
        for twin in twins:
            now = hub.twin(twin)
            desired = counters(now)[1] - 1
            assert acknowledged[twin] <= desired <= attempted[twin]
            assert now["properties"]["desired"].get("n", 0) == desired


# curl -------------------------------------------------------------------------------------------------------


def curl(*arguments):
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "30", "-w", "\n%{http_version} %{http_code}", *arguments], capture_output=True, text=True, timeout=40)
    assert done.returncode == 0, done.stderr
    body, _, told = done.stdout.rpartition("\n")
    return body, *told.split()


@pytest.mark.skipif("HTTP2" not in subprocess.run(["curl", "-V"], capture_output=True, text=True).stdout, reason="curl without HTTP/2")
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_curl(server, hub, device, secure):
    base = server.url if secure else server.plain_url
    how = ["--http2", "--cacert", server.ca_file] if secure else ["--http2-prior-knowledge"]
    token = ["-H", f"Authorization: {hub.token}"]
    where = f"{base}{twin_path(device)}{QUERY}"
    body, version, status = curl(*how, *token, "-X", "PATCH", "-d", '{"tags":{"a":1}}', where)
    assert (version, status) == ("2", "200") and json.loads(body)["tags"] == {"a": 1}
    body, version, status = curl(*how, *token, "--compressed", where)
    assert (version, status) == ("2", "200") and json.loads(body) == hub.twin(device)
    assert curl("--http1.1", *how[1 if secure else 1:], *token, where)[1:] == ("1.1", "200")
