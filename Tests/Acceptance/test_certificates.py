"""X.509 devices and modules whose certificates an authority has signed (auth.md sections 4 to 6 and 9)."""

import base64
import email.utils
import hashlib
import itertools
import pathlib
import re
import socket
import ssl
import subprocess
import time

import paho.mqtt.client as mqtt
import pytest

from acceptance.rest import Hub, expect_error, ok
from acceptance.server import run_command

BY_AUTHORITY = {"type": "certificateAuthority"}
SETTINGS = """
[req]
distinguished_name = dn
[dn]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[leaf]
basicConstraints = critical, CA:FALSE
"""
#: CONNACK's return codes.
ACCEPTED, NOT_AUTHORIZED = 0, 5
SECONDS = 20
_numbers = itertools.count(1)


class Workshop:
    """Authorities and what they sign, made by openssl in a folder."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "settings").write_text(SETTINGS)

    def openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], cwd=self.folder, check=True, capture_output=True, timeout=SECONDS)

    def path(self, name):
        return self.folder / f"{name}.pem"

    def root(self, name, subject, days=3):
        self.openssl("req", "-x509", *self._key(name), "-extensions", "authority", "-subj", subject, "-days", days,
                     "-out", f"{name}.pem")
        return self.path(name)

    def issue(self, name, subject, by, section="leaf", days=3):
        self.openssl("req", "-new", *self._key(name), "-subj", subject, "-out", f"{name}.csr")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{by}.pem", "-CAkey", f"{by}.key", "-CAcreateserial",
                     "-extfile", "settings", "-extensions", section, "-days", days, "-out", f"{name}.pem")
        return self.path(name)

    def client(self, name, subject, by, *with_):
        """What a client is given: its certificate with those that it is to send along, and its key."""
        text = self.issue(name, subject, by).read_text() + "".join(self.path(other).read_text() for other in with_)
        chain = self.folder / f"{name}-chain.pem"
        chain.write_text(text)
        return str(chain), str(self.folder / f"{name}.key")

    @staticmethod
    def _key(name):
        return ["-config", "settings", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key"]


@pytest.fixture
def name():
    """A device id nobody else uses, short enough for a common name, which openssl ends after 64 characters."""
    return f"x509.{next(_numbers)}"


@pytest.fixture
def workshop(tmp_path):
    return Workshop(tmp_path)


@pytest.fixture
def authority(hub, workshop):
    """A verified root that only this test knows, under a name of its own; gone afterwards."""
    called = f"ca-{next(_numbers)}"
    register(hub, called, workshop.root("root", f"/CN={called}"), verified="true")
    yield called
    hub.delete(f"/emulator/certificates/{called}")


def register(hub, called, file, **more):
    return ok(hub.call("PUT", f"/emulator/certificates/{called}", data=pathlib.Path(file).read_bytes(), **more))


def with_certificate(server, files):
    view = Hub(server, token=None, plain=False)
    view.session.cert = files
    return view


def common_name(*ids):
    return "/CN=" + "\\/".join(ids)


class Link:
    """An MQTT connection without a password."""

    def __init__(self, server, files, *ids):
        client = mqtt.Client("/".join(ids), clean_session=True, protocol=mqtt.MQTTv311)
        client.username_pw_set(f"localhost/{'/'.join(ids)}/?api-version=2021-04-12")
        client.tls_set(server.ca_file, *files)
        self.code, self.messages = None, []
        client.on_connect = lambda client, data, flags, code: setattr(self, "code", code)
        client.on_message = lambda client, data, message: self.messages.append(message)
        client.connect("localhost", server.mqtt_port)
        self.client = client
        self.until(lambda: self.code is not None)

    def until(self, condition):
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < deadline, "nothing came"
            self.client.loop(0.1)

    def reads_its_twin(self):
        self.client.subscribe("$iothub/twin/res/#")
        self.client.publish("$iothub/twin/GET/?$rid=1")
        self.until(lambda: self.messages)
        return self.messages[0].topic.startswith("$iothub/twin/res/200/")

    def close(self):
        self.client.disconnect()
        # So that its socket is closed before the next one of the same device connects.
        self.client.loop(0.1)


def code(server, files, *ids):
    link = Link(server, files, *ids)
    link.close()
    return link.code


# Devices and modules ----------------------------------------------------------------------------------------


def test_a_device_connects_by_mqtt_and_https(hub, server, name, workshop, authority):
    hub.create(name, authentication=BY_AUTHORITY)
    files = workshop.client("leaf", common_name(name), "root")
    link = Link(server, files, name)
    assert link.code == ACCEPTED and link.reads_its_twin()
    link.close()
    view = with_certificate(server, files)
    assert view.get(f"/emulator/devices/{name}/twin").status_code == 200
    assert view.get("/emulator/devices/gateway-a1/twin").status_code == 401
    assert view.get(f"/twins/{name}").status_code == 401
    hub.remove(name)


def test_a_module_connects_by_mqtt_and_https(hub, server, device, workshop, authority):
    hub.create_module(device, "sensor", authentication=BY_AUTHORITY)
    files = workshop.client("leaf", common_name(device, "sensor"), "root")
    link = Link(server, files, device, "sensor")
    assert link.code == ACCEPTED and link.reads_its_twin()
    link.close()
    assert with_certificate(server, files).get(f"/emulator/devices/{device}/modules/sensor/twin").status_code == 200
    assert code(server, files, device) == NOT_AUTHORIZED


def test_intermediates_that_the_client_sends_are_used(hub, server, name, workshop, authority):
    hub.create(name, authentication=BY_AUTHORITY)
    workshop.issue("line", "/CN=Line 4", "root", section="authority")
    files = workshop.client("leaf", common_name(name), "line", "line")
    assert code(server, files, name) == ACCEPTED
    assert with_certificate(server, files).get(f"/emulator/devices/{name}/twin").status_code == 200
    alone = workshop.client("alone", common_name(name), "line")
    assert code(server, alone, name) == NOT_AUTHORIZED
    hub.remove(name)


def test_a_registered_intermediate_needs_no_root(hub, server, name, workshop):
    workshop.root("root", "/CN=Unknown root")
    workshop.issue("line", "/CN=Line 4", "root", section="authority")
    register(hub, "line-4", workshop.path("line"), verified="true")
    hub.create(name, authentication=BY_AUTHORITY)
    assert code(server, workshop.client("leaf", common_name(name), "line"), name) == ACCEPTED
    assert code(server, workshop.client("sibling", common_name(name), "root"), name) == NOT_AUTHORIZED
    hub.remove(name)
    assert hub.delete("/emulator/certificates/line-4").status_code == 204


def test_who_is_not_let_in(hub, server, name, workshop, authority):
    hub.create(name, authentication=BY_AUTHORITY)
    workshop.root("false", f"/CN={authority}")
    refused = {
        "another's name": workshop.client("other", common_name("gateway-a1"), "root"),
        "the name in other letters": workshop.client("upper", common_name(name.upper()), "root"),
        "a module's name": workshop.client("module", common_name(name, "sensor"), "root"),
        "a pretender's": workshop.client("forged", common_name(name), "false", "false"),
    }
    good = workshop.client("good", common_name(name), "root")
    for why, files in refused.items():
        assert code(server, files, name) == NOT_AUTHORIZED, why
        expect_error(with_certificate(server, files).get(f"/emulator/devices/{name}/twin"), 401, "IotHubUnauthorizedAccess")
    assert code(server, good, name) == ACCEPTED
    hub.put(f"/devices/{name}", {"deviceId": name, "status": "disabled", "authentication": BY_AUTHORITY}, etag="*")
    assert code(server, good, name) == NOT_AUTHORIZED
    hub.remove(name)


def test_a_device_that_authenticates_otherwise_does_not_get_in_by_an_authority(hub, server, device, workshop, authority):
    files = workshop.client("leaf", common_name(device), "root")
    assert code(server, files, device) == NOT_AUTHORIZED
    print_ = {"primaryThumbprint": "A" * 40, "secondaryThumbprint": "B" * 40}
    hub.put(f"/devices/{device}", {"deviceId": device, "authentication": {"type": "selfSigned", "x509Thumbprint": print_}}, etag="*")
    assert code(server, files, device) == NOT_AUTHORIZED


def test_a_forgotten_authority_lets_nobody_in_any_more_and_drops_nobody(hub, server, name, workshop, authority):
    hub.create(name, authentication=BY_AUTHORITY)
    files = workshop.client("leaf", common_name(name), "root")
    link = Link(server, files, name)
    assert hub.delete(f"/emulator/certificates/{authority}").status_code == 204
    assert link.reads_its_twin()
    link.close()
    assert code(server, files, name) == NOT_AUTHORIZED
    hub.remove(name)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS 1.2", "TLS 1.3"])
@pytest.mark.parametrize("has_chain", [False, True], ids=["leaf alone", "with a chain"])
def test_a_client_that_resumes_its_session_gets_in_again(hub, server, name, workshop, authority, version, has_chain):
    hub.create(name, authentication=BY_AUTHORITY)
    workshop.issue("line", "/CN=Line 4", "root", section="authority")
    files = workshop.client("leaf", common_name(name), *(["line", "line"] if has_chain else ["root"]))
    context = ssl.create_default_context(cafile=server.ca_file)
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(*files)
    session, seen = None, []
    for _ in range(3):
        plain = socket.create_connection(("127.0.0.1", server.https_port), timeout=SECONDS)
        with context.wrap_socket(plain, server_hostname="localhost", session=session) as secure:
            secure.sendall(f"GET /emulator/devices/{name}/twin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while piece := secure.recv(65536):
                answer += piece
            seen.append((answer[:12], secure.session_reused))
            session = secure.session
    # Only the leaf is in a ticket, so that a chain has to be sent again.
    again = (b"HTTP/1.1 200", not has_chain)
    assert seen == [(b"HTTP/1.1 200", False), again, again]
    hub.remove(name)


# The authorities themselves ---------------------------------------------------------------------------------


def test_an_authority_is_shown_as_the_resource_provider_shows_it(hub, workshop, authority):
    path = f"/emulator/certificates/{authority}"
    answer = hub.get(path)
    shown = ok(answer)
    der = subprocess.run(["openssl", "x509", "-in", workshop.path("root"), "-outform", "der"], capture_output=True, check=True).stdout
    assert set(shown) == {"id", "name", "type", "etag", "properties"}
    assert shown["name"] == authority and shown["type"] == "Microsoft.Devices/IotHubs/Certificates"
    assert answer.headers["ETag"] == f'"{shown["etag"]}"'
    properties = shown["properties"]
    assert set(properties) == {"subject", "expiry", "thumbprint", "isVerified", "created", "updated", "certificate"}
    assert properties["subject"] == f"CN={authority}" and properties["isVerified"] is True
    assert base64.b64decode(properties["certificate"]) == der
    assert properties["thumbprint"] == hashlib.sha1(der).hexdigest().upper()
    for member in ("expiry", "created", "updated"):
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", properties[member])
    days = (email.utils.parsedate_to_datetime(properties["expiry"]) - email.utils.parsedate_to_datetime(properties["created"])).days
    assert days in (2, 3)
    assert shown in ok(hub.get("/emulator/certificates"))["value"]


def test_a_proof_of_possession_opens_the_door(hub, server, name, workshop):
    path = "/emulator/certificates/proof"
    created = ok(hub.call("PUT", path, data=workshop.root("root", "/CN=Factory").read_bytes()))
    assert created["properties"]["isVerified"] is False
    hub.create(name, authentication=BY_AUTHORITY)
    files = workshop.client("leaf", common_name(name), "root")
    assert code(server, files, name) == NOT_AUTHORIZED
    proof = workshop.root("nothing", "/CN=nothing")
    expect_error(hub.call("POST", path + "/verify", data=proof.read_bytes()), 400, "InvalidOperation")
    challenged = ok(hub.post(path + "/generateVerificationCode"))
    verification = challenged["properties"]["verificationCode"]
    assert re.fullmatch(r"[0-9A-F]{40}", verification) and "verificationCode" not in ok(hub.get(path))["properties"]
    workshop.root("false", "/CN=Factory")
    for bad in (proof, workshop.issue("wrong-code", f"/CN={verification[:-1]}x", "root"),
                workshop.issue("wrong-key", f"/CN={verification}", "false")):
        expect_error(hub.call("POST", path + "/verify", data=bad.read_bytes()), 400, "ArgumentInvalid")
    good = workshop.issue("proof", f"/CN={verification}", "root")
    expect_error(hub.call("POST", path + "/verify", data=good.read_bytes(), etag=f'"{created["etag"]}"'), 412, "PreconditionFailed")
    assert code(server, files, name) == NOT_AUTHORIZED
    verified = ok(hub.post(path + "/verify", {"certificate": good.read_text()}, etag=f'"{challenged["etag"]}"'))
    assert verified["properties"]["isVerified"] is True
    assert code(server, files, name) == ACCEPTED
    hub.remove(name)
    assert hub.delete(path, etag=f'"{verified["etag"]}"').status_code == 204
    expect_error(hub.get(path), 404, "CertificateNotFound")


def test_the_document_of_the_azure_tools_is_taken_too(hub, workshop):
    path = "/emulator/certificates/document"
    text = base64.b64encode(workshop.root("root", "/CN=Factory").read_bytes()).decode()
    shown = ok(hub.put(path, {"properties": {"certificate": text, "isVerified": True}}))
    assert shown["properties"]["isVerified"] is True
    expect_error(hub.put(path, {"properties": {"certificate": text}}), 412, "PreconditionFailed")
    other = base64.b64encode(workshop.root("other", "/CN=Factory").read_bytes()).decode()
    replaced = ok(hub.put(path, {"properties": {"certificate": other}}, etag=f'"{shown["etag"]}"'))
    assert replaced["properties"]["isVerified"] is False and replaced["properties"]["created"] == shown["properties"]["created"]
    hub.delete(path)


def test_what_is_not_an_authority_is_refused(hub, workshop, authority):
    leaf = workshop.issue("leaf", "/CN=leaf", "root").read_bytes()
    root = workshop.path("root").read_bytes()
    fresh = workshop.root("fresh", "/CN=fresh").read_bytes()
    cases = [
        ("x", b"hello", {}, 400, "ArgumentInvalid"), ("x", leaf, {}, 400, "ArgumentInvalid"), ("x", b"", {}, 400, "ArgumentNull"),
        ("x", fresh + root, {}, 400, "ArgumentInvalid"), ("x", b"{", {}, 400, "IotHubFormatError"),
        ("x", b"{}", {}, 400, "ArgumentInvalid"), ("x", fresh, {"verified": "perhaps"}, 400, "ArgumentInvalid"),
        ("a%20b", fresh, {}, 400, "ArgumentInvalid"), ("y" * 65, fresh, {}, 400, "ArgumentInvalid"),
        ("x", root, {}, 409, "GenericConflict"),
    ]
    for called, body, query, status, error in cases:
        expect_error(hub.call("PUT", f"/emulator/certificates/{called}", data=body, **query), status, error)
    expect_error(hub.call("PUT", "/emulator/certificates/x", data=fresh, etag="*"), 404, "CertificateNotFound")
    for method, rest in (("GET", ""), ("DELETE", ""), ("POST", "/generateVerificationCode")):
        expect_error(hub.call(method, f"/emulator/certificates/x{rest}"), 404, "CertificateNotFound")


def test_who_may_read_and_write_them(hub, policy_token, workshop):
    body = workshop.root("root", "/CN=Factory").read_bytes()
    may = {"iothubowner": (True, True), "registryRead": (True, False), "registryReadWrite": (True, True),
           "service": (False, False), "device": (False, False)}
    for policy, (reads, writes) in may.items():
        view = hub.as_(policy_token(policy))
        assert (view.get("/emulator/certificates").status_code == 200) == reads, policy
        answer = view.call("PUT", "/emulator/certificates/permission", data=body)
        assert (answer.status_code == 200) == writes, policy
        assert view.delete("/emulator/certificates/permission").status_code == (204 if writes else 401), policy
    assert hub.as_(None).get("/emulator/certificates").status_code == 401


def test_they_survive_a_crash_and_go_with_a_reset(new_server, workshop):
    server = new_server()
    hub = Hub(server)
    register(hub, "factory", workshop.root("root", "/CN=Factory"), verified="true")
    hub.create("d", authentication=BY_AUTHORITY)
    files = workshop.client("leaf", common_name("d"), "root")
    before = ok(hub.get("/emulator/certificates"))
    server.restart(kill=True)
    assert ok(Hub(server).get("/emulator/certificates")) == before
    assert code(server, files, "d") == ACCEPTED
    assert Hub(server).post("/emulator/reset", {"to": "empty"}).status_code == 204
    assert ok(Hub(server).get("/emulator/certificates")) == {"value": []}


def test_there_are_at_most_25(new_server, workshop):
    hub = Hub(new_server())
    for number in range(25):
        register(hub, f"ca-{number}", workshop.root(f"root-{number}", f"/CN=Factory {number}"))
    last = workshop.root("last", "/CN=Last").read_bytes()
    expect_error(hub.call("PUT", "/emulator/certificates/last", data=last), 400, "InvalidOperation")
    assert len(ok(hub.get("/emulator/certificates"))["value"]) == 25


# The command line -------------------------------------------------------------------------------------------


def test_the_command_line_registers_challenges_verifies_and_forgets(new_server, workshop):
    server = new_server()
    hub = Hub(server)

    def ca(*arguments, check=True):
        return run_command("ca", *arguments, "--data", server.data, check=check)

    root = workshop.root("factory-root", "/CN=Factory")
    assert "unverified" in ca("add", root).stdout
    assert [entry["name"] for entry in ok(hub.get("/emulator/certificates"))["value"]] == ["factory-root"]
    verification = ca("challenge", "factory-root").stdout.strip()
    proof = workshop.issue("proof", f"/CN={verification}", "factory-root")
    wrong = ca("verify", "factory-root", root, check=False)
    assert wrong.returncode == 1 and "proves nothing" in wrong.stderr
    assert "  verified  " in ca("verify", "factory-root", proof).stdout
    hub.create("d", authentication=BY_AUTHORITY)
    assert code(server, workshop.client("leaf", common_name("d"), "factory-root"), "d") == ACCEPTED
    assert "  verified  " in ca("add", workshop.root("other", "/CN=Other"), "--name", "second", "--verified").stdout
    # The same name again: another certificate in its place.
    assert "  verified  " in ca("add", workshop.root("third", "/CN=Third"), "--name", "second", "--verified").stdout
    lines = ca("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["factory-root", "second"] and lines[1].endswith("CN=Third")
    assert ca("remove", "second").stdout == ""
    assert len(ca("list").stdout.splitlines()) == 1
    missing = ca("remove", "second", check=False)
    assert missing.returncode == 1 and "There is no certificate 'second'" in missing.stderr
    absent = ca("add", "/nonexistent.pem", check=False)
    assert absent.returncode == 1 and "/nonexistent.pem" in absent.stderr
