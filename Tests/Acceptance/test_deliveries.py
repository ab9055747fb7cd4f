"""Endpoints to which events are brought: folders laid out as the real hub's storage endpoint, and web servers."""

import http.server
import json
import re
import ssl
import threading

import pytest

from acceptance.back_end import send
from acceptance.rest import Hub, ok
from acceptance.server import run_command
from acceptance.waiting import wait_for

STORAGE = re.compile(r"twinhub/0/\d{4}/\d\d/\d\d/\d\d/\d\d\.json")


def plan(**endpoints):
    """All messages to each of these endpoints."""
    names = [entry["name"] for entries in endpoints.values() for entry in entries]
    routes = [{"name": name, "source": "DeviceMessages", "endpointNames": [name]} for name in names]
    return {"endpoints": endpoints, "routes": routes}


def lines(server, endpoint):
    """What stands in an endpoint's folder, in order."""
    folder = server.data / "endpoints" / endpoint
    files = sorted(folder.rglob("*.json"))
    for file in files:
        assert STORAGE.fullmatch(str(file.relative_to(folder)))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def numbers(found):
    return [entry["Body"]["n"] for entry in found]


def health(hub, endpoint):
    return {entry["endpointId"]: entry for entry in ok(hub.get("/emulator/routing/routingEndpointsHealth"))["value"]}[endpoint]


def test_a_folder_is_filled_as_a_storage_container(new_server):
    server = new_server()
    hub = Hub(server)
    hub.create("d1")
    hub.patch_twin("d1", {"tags": {"site": "A"}})
    declared = plan(folders=[{"name": "cold"}])
    declared["enrichments"] = [{"key": "site", "value": "$twin.tags.site", "endpointNames": ["cold"]}]
    ok(hub.put("/emulator/routing", declared))
    assert health(hub, "cold")["healthStatus"] == "unknown"
    send(hub, "d1", {"n": 1}, **{"iothub-app-level": "high", "iothub-messageid": "m1"})
    send(hub, "d1", b"\xff\x00", **{"iothub-contenttype": "application/octet-stream"})
    wait_for(lambda: len(lines(server, "cold")) == 2)
    first, second = lines(server, "cold")
    assert list(first) == ["EnqueuedTimeUtc", "Properties", "SystemProperties", "Body"]
    assert first["Properties"] == {"level": "high", "site": "A"} and first["Body"] == {"n": 1}
    system = first["SystemProperties"]
    assert system["connectionDeviceId"] == "d1" and system["messageId"] == "m1" and system["contentType"] == "application/json"
    assert system["enqueuedTime"] == first["EnqueuedTimeUtc"] and json.loads(system["connectionAuthMethod"])["scope"] == "hub"
    assert second["Body"] == "/wA=" and second["Properties"] == {"site": "A"}
    wait_for(lambda: health(hub, "cold")["delivered"] == 2)
    entry = health(hub, "cold")
    assert entry["healthStatus"] == "healthy" and entry["lastKnownError"] is None and entry["lastSendAttemptTime"]


def test_a_folder_misses_nothing_over_crashes(new_server):
    server = new_server("--events-durability", "commit")
    hub = Hub(server)
    hub.create("d1")
    ok(hub.put("/emulator/routing", plan(folders=[{"name": "cold"}])))
    sent = 0
    for _ in range(3):
        for _ in range(20):
            assert send(hub, "d1", {"n": sent}).status_code == 204
            sent += 1
        server.restart(kill=True)
        hub = Hub(server)
    wait_for(lambda: set(numbers(lines(server, "cold"))) == set(range(sent)))
    # What was under way when the process died may come twice; nothing comes in another order.
    assert list(dict.fromkeys(numbers(lines(server, "cold")))) == list(range(sent))


def test_an_endpoint_gets_what_it_is_declared_for_and_nothing_twice(new_server):
    server = new_server()
    hub = Hub(server)
    hub.create("d1")
    # One that goes may not have got everything yet, and goes on where it stopped when it comes back.
    for number, endpoints in enumerate([["a"], ["a", "b"], ["b"], ["a"], ["b", "a"]]):
        ok(hub.put("/emulator/routing", plan(folders=[{"name": name} for name in endpoints])))
        send(hub, "d1", {"n": number})
    wait_for(lambda: numbers(lines(server, "a")) == [0, 1, 3, 4] and numbers(lines(server, "b")) == [1, 2, 4])


def test_a_folder_that_cannot_be_written_is_tried_until_it_can(new_server):
    server = new_server()
    hub = Hub(server)
    hub.create("d1")
    ok(hub.put("/emulator/routing", plan(folders=[{"name": "cold"}, {"name": "other"}])))
    folders = server.data / "endpoints"
    folders.mkdir(exist_ok=True)
    (folders / "cold").write_text("in the way")
    send(hub, "d1", {"n": 1})
    wait_for(lambda: health(hub, "cold")["healthStatus"] == "unhealthy")
    entry = health(hub, "cold")
    assert "cold" in entry["lastKnownError"] and entry["lastKnownErrorTime"]
    # Others go on.
    wait_for(lambda: numbers(lines(server, "other")) == [1])
    (folders / "cold").unlink()
    wait_for(lambda: numbers(lines(server, "cold")) == [1])
    wait_for(lambda: health(hub, "cold")["healthStatus"] == "healthy")


def test_a_hub_that_keeps_nothing_on_disk_has_no_folders(tmp_path):
    file = tmp_path / "routing.json"
    file.write_text(json.dumps(plan(folders=[{"name": "cold"}])))
    failed = run_command(
        "serve", "--ephemeral", "--https-port", 0, "--mqtt-port", 0, "--routing", file, check=False)
    assert failed.returncode == 1 and "'cold' is a folder" in failed.stderr


class Receiver:
    """A web server that keeps what is posted to it, and answers as it is told."""

    def __init__(self, *statuses, certificate=None):
        self.statuses, self.posts = list(statuses), []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.statuses.pop(0) if receiver.statuses else 200
                receiver.posts.append((self.path, self.headers["Content-Type"], status, json.loads(body)))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if certificate else ''}://localhost:{self.server.server_port}/hook?key=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def taken(self):
        return [entry for _, _, status, entries in self.posts if status < 300 for entry in entries]


@pytest.fixture
def receiver():
    made = []

    def make(*statuses, **more):
        made.append(Receiver(*statuses, **more))
        return made[-1]

    yield make
    for one in made:
        one.server.shutdown()
        one.server.server_close()


def test_a_webhook_gets_messages_as_an_array(new_server, receiver):
    there = receiver()
    hub = Hub(new_server())
    hub.create("d1")
    declared = plan(webhooks=[{"name": "hook", "url": there.url}])
    assert ok(hub.put("/emulator/routing", declared))["endpoints"]["webhooks"] == declared["endpoints"]["webhooks"]
    for number in range(100):
        assert send(hub, "d1", {"n": number}).status_code == 204
    wait_for(lambda: len(there.taken) == 100)
    assert numbers(there.taken) == list(range(100))
    path, content_type, _, entries = there.posts[0]
    assert path == "/hook?key=1" and content_type == "application/json; charset=utf-8"
    assert list(entries[0]) == ["EnqueuedTimeUtc", "Properties", "SystemProperties", "Body"]
    wait_for(lambda: health(hub, "hook")["delivered"] == 100)


@pytest.mark.parametrize("ephemeral", [False, True])
def test_a_webhook_gets_what_comes_after_its_declaration_and_nothing_twice(new_server, receiver, tmp_path, ephemeral):
    there = receiver()
    without_disk = ["--ephemeral", "--ready-file", tmp_path / "server.json"]
    hub = Hub(new_server(*(without_disk if ephemeral else []), data=tmp_path))
    hub.create("d1")
    numbers_sent = iter(range(100))

    def declare(**endpoints):
        ok(hub.put("/emulator/routing", plan(**endpoints)))
        assert send(hub, "d1", {"n": next(numbers_sent)}).status_code == 204

    def taken(*expected):
        # Noted, too: what is under way when an endpoint goes may come twice.
        wait_for(lambda: len(there.taken) >= len(expected) and health(hub, "hook")["delivered"] == 1)
        assert numbers(there.taken) == list(expected)

    # What lies in the store for a feed of this name stays there.
    declare(feeds=[{"name": "hook"}])
    declare(webhooks=[{"name": "hook", "url": there.url}])
    taken(1)
    # It comes back under its name, and then its address is another one.
    declare(feeds=[{"name": "other"}])
    declare(webhooks=[{"name": "hook", "url": there.url}])
    taken(1, 3)
    declare(webhooks=[{"name": "hook", "url": there.url + "&again=1"}])
    taken(1, 3, 4)


def test_a_webhook_that_fails_is_tried_again(new_server, receiver):
    there = receiver(503, 302)
    hub = Hub(new_server())
    hub.create("d1")
    ok(hub.put("/emulator/routing", plan(webhooks=[{"name": "hook", "url": there.url}])))
    send(hub, "d1", {"n": 1})
    wait_for(lambda: health(hub, "hook")["healthStatus"] == "healthy")
    assert [(status, numbers(entries)) for _, _, status, entries in there.posts] == [(503, [1]), (302, [1]), (200, [1])]
    assert "it answered 302" in health(hub, "hook")["lastKnownError"]


def test_messages_for_a_webhook_that_is_not_there_are_given_up(new_server, receiver):
    there = receiver()
    gone = receiver()
    gone.server.shutdown()
    gone.server.server_close()
    hub = Hub(new_server("--webhook-attempts", 2))
    hub.create("d1")
    hooks = [{"name": "gone", "url": gone.url}, {"name": "unknown", "url": "http://no-such-host.invalid/"}, {"name": "hook", "url": there.url}]
    ok(hub.put("/emulator/routing", plan(webhooks=hooks)))
    send(hub, "d1", {"n": 1})
    wait_for(lambda: numbers(there.taken) == [1])
    for name in ("gone", "unknown"):
        wait_for(lambda: health(hub, name)["healthStatus"] == "dead")
        entry = health(hub, name)
        assert entry["givenUp"] == 1 and entry["delivered"] == 0 and entry["lastKnownError"]
        assert entry["lastSuccessfulSendAttemptTime"] is None and entry["lastSendAttemptTime"]


def test_a_webhook_over_tls_is_believed_only_with_a_certificate_that_is_trusted(new_server, receiver):
    other = new_server()
    leaf = other.data / "certificates"
    there = receiver(certificate=(leaf / "server-p256.pem", leaf / "server-p256-key.pem"))
    for trusts, status in ((True, "healthy"), (False, "dead")):
        server = new_server("--webhook-attempts", 1, env={"SSL_CERT_FILE": str(other.data / "ca.pem") if trusts else "/dev/null"})
        hub = Hub(server)
        hub.create("d1")
        ok(hub.put("/emulator/routing", plan(webhooks=[{"name": "hook", "url": there.url}])))
        send(hub, "d1", {"n": 1})
        wait_for(lambda: health(hub, "hook")["healthStatus"] == status)
        assert len(there.taken) == 1
    assert "certificate" in health(hub, "hook")["lastKnownError"]
