"""HTTP/1.1 as RFC 9112 has it: framing, refusals, pipelining, bounds (issue-independent of what is served)."""

import gzip
import json
import socket
import ssl

import pytest

from acceptance import sas
from acceptance.rest import twin_path
from acceptance.wire import Closed, Wire, chunked, request

TARGET = "/twins/gateway-a1?api-version=2021-04-12"
DEVICE = "/devices/gateway-a1?api-version=2021-04-12"


@pytest.fixture(scope="session")
def authorization(server):
    return "Authorization: " + sas.token("localhost", server.owner_key, "iothubowner")


@pytest.fixture
def get(authorization):
    """The bytes of an ordinary GET."""
    return request("GET", TARGET, authorization)


# Framing ----------------------------------------------------------------------------------------------------


def test_pipelined_requests_are_answered_in_order(hub, wire, device, authorization):
    where = f"{twin_path(device)}?api-version=2021-04-12"
    patches = [
        request("PATCH", where, authorization, body=json.dumps({"properties": {"desired": {"n": number}}})) for number in range(20)]
    reads = [request("GET", where, authorization)] * 20
    connection = wire().send(b"".join(part for pair in zip(patches, reads) for part in pair))
    for number in range(20):
        assert connection.answer().json()["properties"]["desired"]["n"] == number
        assert connection.answer().json()["properties"]["desired"]["n"] == number


def test_a_request_may_come_byte_by_byte(wire, authorization):
    connection = wire()
    for byte in request("GET", "/statistics/service?api-version=2021-04-12", authorization):
        connection.send(bytes([byte]))
    assert connection.answer().json() == {"connectedDeviceCount": 0}


def test_chunked_bodies_with_extensions_and_trailers(hub, wire, device, authorization):
    body = b"5;name=value\r\n{\"tag\r\nA \r\ns\":{\"a\":1}\r\n1\r\n}\r\n0\r\nX-Trailer: ignored\r\n\r\n"
    head = request("PATCH", f"{twin_path(device)}?api-version=2021-04-12", authorization, "Transfer-Encoding: chunked")
    assert wire().send(head + body.replace(b"A \r\n", b"A\r\n")).answer().json()["tags"] == {"a": 1}


def test_a_chunked_body_may_come_byte_by_byte(wire, device, authorization):
    head = request("PATCH", f"{twin_path(device)}?api-version=2021-04-12", authorization, "Transfer-Encoding: chunked")
    connection = wire().send(head)
    for byte in chunked(b'{"tags":', b'{"a":1}}', trailers=["X-Trailer: ignored"]):
        connection.send(bytes([byte]))
    assert connection.answer().json()["tags"] == {"a": 1}


def test_an_answer_still_comes_after_a_half_close(wire, get):
    connection = wire().send(get).finish()
    assert connection.answer().status == 200 and connection.closed()


def test_connections_are_kept_until_told_otherwise(wire, get, authorization):
    connection = wire()
    for _ in range(3):
        assert connection.send(get).answer().status == 200
    answer = connection.send(request("GET", TARGET, authorization, "Connection: close")).answer()
    assert answer.get("connection", "").lower() == "close" and connection.closed()


def test_http_1_0_closes_unless_asked_to_keep(wire, authorization):
    connection = wire().send(request("GET", TARGET, authorization, version="HTTP/1.0", host=None))
    assert connection.answer().status == 200 and connection.closed()


def test_empty_lines_before_a_request_are_passed_over(wire, get):
    assert wire().send(b"\r\n\r\n" + get).answer().status == 200


def test_field_names_have_no_case_and_values_no_outer_space(wire, authorization):
    line = authorization.replace("Authorization: ", "aUTHORIZATION:\t  ") + " \t"
    assert wire().send(request("GET", TARGET, line)).answer().status == 200


def test_absolute_targets_are_taken(wire, authorization):
    assert wire().send(request("GET", "http://localhost" + TARGET, authorization)).answer().status == 200


def test_head_answers_like_get_without_a_body(wire, authorization, get):
    connection = wire()
    full = connection.send(get).answer()
    head = connection.send(request("HEAD", TARGET, authorization)).answer("HEAD")
    assert head.status == 200 and head["content-length"] == str(len(full.body)) and head["content-type"] == full["content-type"]
    assert connection.send(get).answer().body == full.body


def test_options_tells_the_methods(wire, authorization):
    connection = wire()
    answer = connection.send(request("OPTIONS", TARGET, authorization)).answer()
    assert answer.status in (200, 204) and {"GET", "PATCH", "PUT"} <= {one.strip() for one in answer["allow"].split(",")}
    assert connection.send(request("OPTIONS", "*", authorization)).answer().status in (200, 204)


def test_expect_100_continue(hub, wire, device, authorization):
    body = b'{"tags":{"a":1}}'
    head = request(
        "PATCH", f"{twin_path(device)}?api-version=2021-04-12", authorization, "Expect: 100-continue", f"Content-Length: {len(body)}")
    connection = wire().send(head)
    assert connection.answer(interim=True).status == 100
    assert connection.send(body).answer().json()["tags"] == {"a": 1}


def test_other_expectations_fail(wire, authorization):
    assert wire().send(request("GET", TARGET, authorization, "Expect: miracles")).answer().status == 417


# What must be refused ---------------------------------------------------------------------------------------

HOST = "Host: localhost"
BAD = {
    "no host": (b"GET / HTTP/1.1\r\n\r\n", {400}),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", {400}),
    "host that is none": (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", {400}),
    "bare LF": (b"GET / HTTP/1.1\nHost: a\n\n", {400}),
    "bare CR": (b"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", {400}),
    "NUL in a value": (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", {400}),
    "space before the colon": (b"GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", {400}),
    "folded line": (b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", {400}),
    "empty name": (b"GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n", {400}),
    "bad name": (b"GET / HTTP/1.1\r\nHost: a\r\nX(y): z\r\n\r\n", {400}),
    "no target": (b"GET HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "two spaces": (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "control in the target": (b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "unknown protocol": (b"GET / HTCPCP/1.0\r\nHost: a\r\n\r\n", {400, 505}),
    "version 2.0 in text": (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", {505}),
    "version 1.2": (b"GET / HTTP/1.2\r\nHost: a\r\n\r\n", {505}),
    "long method": (b"G" * 33 + b" / HTTP/1.1\r\nHost: a\r\n\r\n", {400, 501}),
    "long target": (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", {414}),
    "many fields": (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 70 + b"\r\n", {431}),
    "long head": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 40000 + b"\r\n\r\n", {431}),
    "length and chunked": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    "two lengths": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", {400}),
    "a list of lengths": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 5\r\n\r\nabcde", {400}),
    "signed length": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd", {400}),
    "negative length": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -4\r\n\r\nabcd", {400}),
    "hexadecimal length": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x4\r\n\r\nabcd", {400}),
    "empty length": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", {400}),
    "endless length": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", {400, 413}),
    "unknown coding": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", {400, 501}),
    "gzip coding": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", {400, 501}),
    "chunked twice": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", {400, 501}),
    "two codings": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", {400, 501}),
    "chunked in 1.0": (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400, 501, 505}),
    "bad chunk size": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZ\r\n\r\n", {400}),
    "signed chunk size": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n", {400}),
    "endless chunk size": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n", {400, 413}),
    "chunk longer than said": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", {400}),
    "chunk lines end in LF": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n", {400}),
    "noise": (b"\x00\x01\x02\x03\x04\r\n\r\n", {400}),
}


@pytest.mark.parametrize("case", BAD)
def test_refusals_end_the_connection(wire, get, case):
    """One refusal, then nothing: what follows in the same bytes is never taken for a request."""
    data, statuses = BAD[case]
    connection = wire().send(data + get)
    try:
        assert connection.answer().status in statuses
    except Closed:
        assert case == "noise"
    assert connection.closed()


def test_a_refusal_is_an_error_of_the_hubs_shape(wire):
    answer = wire().send(b"GET / HTTP/1.1\r\n\r\n").answer()
    body = answer.json()
    assert body["Message"].startswith(f"ErrorCode:{answer['iothub-errorcode']};") and answer.get("connection") == "close"


@pytest.mark.parametrize("case", ["by length", "chunked"])
def test_a_body_over_the_bound_is_refused(wire, authorization, case):
    if case == "by length":
        data = request("PATCH", TARGET, authorization, f"Content-Length: {(1 << 20) + 1}")
    else:
        data = request("PATCH", TARGET, authorization, "Transfer-Encoding: chunked") + chunked(*[b" " * 65536] * 17)
    connection = wire().send(data)
    answer = connection.answer()
    assert answer.status == 413 and answer["iothub-errorcode"] and connection.closed()


def test_a_body_at_the_bound_is_read(wire, authorization, device):
    body = b'{"tags":{"a":1}}' + b" " * ((1 << 20) - 16)
    head = request("PATCH", f"/twins/{device}?api-version=2021-04-12", authorization, f"Content-Length: {len(body)}")
    assert wire().send(head + body).answer().json()["tags"] == {"a": 1}


def test_bulk_bodies_may_have_eight_mebibytes(wire, authorization):
    target = "/devices?api-version=2021-04-12"
    over = request("POST", target, authorization, f"Content-Length: {(8 << 20) + 1}")
    assert wire().send(over).answer().status == 413
    body = b'[{"id":"no-such-device","importMode":"delete"}]' + b" " * ((8 << 20) - 47)
    assert wire().send(request("POST", target, authorization, f"Content-Length: {len(body)}") + body).answer().status == 400


def test_a_connection_that_is_reset_harms_nobody(wire, get):
    for part in (b"", b"GET", get[:-4], get):
        connection = wire()
        connection.send(part)
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        connection.socket.close()
    assert wire().send(get).answer().status == 200


# Content codings --------------------------------------------------------------------------------------------


def test_gzip_request_bodies(hub, device):
    data = gzip.compress(b'{"tags":{"packed":true}}')
    answer = hub.call("PATCH", f"/twins/{device}", data=data, headers={"Content-Encoding": "gzip"})
    assert answer.json()["tags"] == {"packed": True}


def test_a_gzip_bomb_is_refused(hub, device):
    data = gzip.compress(b'{"tags":{}}' + b" " * (64 << 20))
    assert len(data) < 1 << 20
    answer = hub.call("PATCH", f"/twins/{device}", data=data, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 413


@pytest.mark.parametrize("data", [b"{}", gzip.compress(b'{"tags":{}}')[:-6], b""], ids=["plain", "cut off", "nothing"])
def test_broken_gzip_is_refused(hub, device, data):
    assert hub.call("PATCH", f"/twins/{device}", data=data, headers={"Content-Encoding": "gzip"}).status_code == 400


def test_an_unknown_content_coding_is_refused(hub, device):
    answer = hub.call("PATCH", f"/twins/{device}", data=b"{}", headers={"Content-Encoding": "br"})
    assert answer.status_code in (400, 415)


def test_large_answers_are_gzipped_where_asked(hub, wire, authorization):
    connection = wire()
    module = "/twins/gateway-a1/modules/azureiotsecurity?api-version=2021-04-12"
    packed = connection.send(request("GET", module, authorization, "Accept-Encoding: gzip, deflate")).answer()
    plain = connection.send(request("GET", module, authorization)).answer()
    assert packed["content-encoding"] == "gzip" and len(packed.body) < len(plain.body)
    assert packed.json() == plain.json() and "accept-encoding" in ",".join(packed.all("vary")).lower()
    assert plain.get("content-encoding") is None
    refused = connection.send(request("GET", module, authorization, "Accept-Encoding: gzip;q=0, identity")).answer()
    assert refused.get("content-encoding") is None
    small = connection.send(request("GET", "/statistics/devices?api-version=2021-04-12", authorization, "Accept-Encoding: gzip")).answer()
    assert small.get("content-encoding") is None


# One door ---------------------------------------------------------------------------------------------------


@pytest.fixture
def tls(server):
    def context(version=None, ciphers=None, certificate=None, alpn=None):
        made = ssl.create_default_context(cafile=server.ca_file)
        if version is not None:
            made.minimum_version = made.maximum_version = version
        if ciphers is not None:
            made.set_ciphers(ciphers)
        if certificate is not None:
            made.load_cert_chain(*certificate)
        if alpn is not None:
            made.set_alpn_protocols(alpn)
        return made

    return context


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("port", ["https_port", "mqtt_port"])
def test_every_port_speaks_tls_and_plain_http(server, tls, get, version, port):
    for context in (tls(version), None):
        with Wire(getattr(server, port), tls=context) as connection:
            assert connection.send(get).answer().status == 200


@pytest.mark.parametrize("ciphers", ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"])
def test_clients_may_trust_only_one_kind_of_key(server, tls, get, ciphers):
    with Wire(server.https_port, tls=tls(ssl.TLSVersion.TLSv1_2, ciphers)) as connection:
        assert connection.socket.cipher()[0] == ciphers
        assert connection.send(get).answer().status == 200


def test_the_certificate_names_this_machine(server, tls):
    with Wire(server.https_port, tls=tls()) as connection:
        names = connection.socket.getpeercert()["subjectAltName"]
    dns = {value for kind, value in names if kind == "DNS"}
    addresses = {value for kind, value in names if kind == "IP Address"}
    assert {"localhost", "hub.localhost", "*.azure-devices.net", socket.gethostname()} <= dns
    assert {"127.0.0.1", "0:0:0:0:0:0:0:1"} <= addresses


def test_http_1_1_is_what_alpn_chooses(server, tls, get):
    with Wire(server.https_port, tls=tls(alpn=["http/1.1"])) as connection:
        assert connection.socket.selected_alpn_protocol() == "http/1.1"
        assert connection.send(get).answer().status == 200


def test_tls_sessions_are_resumed(server, tls, get):
    context = tls(ssl.TLSVersion.TLSv1_2)
    with Wire(server.https_port, tls=context) as first:
        assert first.send(get).answer().status == 200
        session = first.socket.session
    plain = socket.create_connection(("127.0.0.1", server.https_port), timeout=10)
    with context.wrap_socket(plain, server_hostname="localhost", session=session) as again:
        assert again.session_reused


def test_a_large_answer_comes_whole_over_tls(server, secure_hub, hub):
    assert secure_hub.get("/devices").content == hub.get("/devices").content


def test_tls_only_forbids_plain_http(new_server):
    server = new_server("--tls-only")
    connection = Wire(server.https_port)
    connection.send(request("GET", "/health/live"))
    try:
        assert connection.answer().status >= 400
    except Closed:
        pass
    with Wire(server.https_port, tls=ssl.create_default_context(cafile=server.ca_file)) as secure:
        assert secure.send(request("GET", "/health/live")).answer().status == 200
