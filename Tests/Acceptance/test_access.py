"""Shared access signatures, policies, keys and certificates (rest.md section 2, auth.md sections 1 and 7)."""

import base64
import itertools
import subprocess
import time
import urllib.parse

import pytest

from acceptance import sas
from acceptance.certificates import self_signed
from acceptance.rest import Hub, expect_error, expect_nested, ok

#: rest.md section 2.3: the key, and what signs what.
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER = base64.b64encode(b"o" * 32).decode()
EXPIRY = 1893456000
VECTORS = {
    "emu.azure-devices.net": "BR9z9mWaJu/Qams1NqZND2K8nz2FWF/mHg9PvowomoE=",
    "emu.azure-devices.net%2Fdevices%2Fdev%231": "ciFTEwuRkCxDzYYn1GvNU/oK6iDxxsx6Fm0uZ8GI9cs=",
    "emu.azure-devices.net%2fdevices%2fdev%231": "563jytL2ENTjVziKY+7G3BILuEvRr3tGhrQRAQlAJDw=",
    "emu.azure-devices.net%2Fdevices%2Fdev1%2Fmodules%2Fmod1": "99AESozscFhBj/C33uFNIP259CzwIHlSoiwXEXpSasI=",
    "emu.azure-devices.net/devices/dev1": "5hHsYJRoKBhNzo28SEb/ad4baHe/P8ubVwnrXAPmpqE=",
    "localhost%3A8443": "S82VeJ/uWysBysKErSrOWOc6EliEdc5yeDssWsNAbec=",
}
KEYS = {"type": "sas", "symmetricKey": {"primaryKey": KEY, "secondaryKey": OTHER}}


@pytest.fixture(scope="module")
def vectors(hub):
    """The identities of the vectors."""
    for device in ("dev#1", "dev1", "dev10"):
        hub.create(device, authentication=KEYS)
    hub.create_module("dev1", "mod1", authentication=KEYS)
    yield
    for device in ("dev#1", "dev1", "dev10"):
        hub.remove(device)


def own_path(sr):
    """The device's own twin that an `sr` of the table is about."""
    if "mod1" in sr:
        return "/emulator/devices/dev1/modules/mod1/twin"
    return "/emulator/devices/dev%231/twin" if "23" in sr else "/emulator/devices/dev1/twin"


def test_this_suites_own_signer_agrees_with_the_vectors():
    for sr, signature in VECTORS.items():
        assert sas.signature(KEY, sr, EXPIRY) == signature


@pytest.mark.parametrize("encoding", ["quoted", "bare", "slash left", "plus as a space"])
@pytest.mark.parametrize("sr", VECTORS)
def test_vectors_in_every_encoding_of_the_signature(hub, vectors, sr, encoding):
    signature = VECTORS[sr]
    written = {
        "quoted": urllib.parse.quote(signature, safe=""), "bare": signature, "slash left": urllib.parse.quote(signature),
        "plus as a space": signature.replace("+", "%20")}[encoding]
    token = f"SharedAccessSignature sr={sr}&sig={written}&se={EXPIRY}"
    assert hub.as_(token).get(own_path(sr)).status_code == 200


@pytest.mark.parametrize("order", list(itertools.permutations(["sr", "sig", "se", "skn"])), ids="-".join)
def test_fields_come_in_any_order(hub, vectors, order):
    sr = "emu.azure-devices.net%2Fdevices%2Fdev1"
    values = {"sr": sr, "sig": urllib.parse.quote(sas.signature(KEY, sr, EXPIRY)), "se": EXPIRY, "skn": ""}
    token = "SharedAccessSignature " + "&".join(f"{name}={values[name]}" for name in order)
    assert hub.as_(token).get(own_path(sr)).status_code == 200


def test_field_names_have_no_case(hub, vectors):
    token = sas.token("localhost/devices/dev1", KEY).replace("sr=", "SR=").replace("&sig=", "&Sig=").replace("&se=", "&SE=")
    assert hub.as_(token).get("/emulator/devices/dev1/twin").status_code == 200


@pytest.mark.parametrize("key", [KEY, OTHER], ids=["primary", "secondary"])
def test_both_keys_open(hub, vectors, key):
    assert hub.as_(sas.token("localhost/devices/dev1", key)).get("/emulator/devices/dev1/twin").status_code == 200


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost:8443", "127.0.0.1", "127.0.0.1:1", "hub.localhost",
                                  "any-name.azure-devices.net", "[::1]:8443"])
def test_the_host_of_a_token_may_be_any_name_of_the_hub(hub, vectors, host):
    token = sas.token(f"{host}/devices/dev1", KEY)
    assert hub.as_(token).get("/emulator/devices/dev1/twin").status_code == 200


def test_an_expiry_may_have_a_fraction(hub, vectors):
    token = sas.token("localhost/devices/dev1", KEY, se="1893456000.75")
    assert hub.as_(token).get("/emulator/devices/dev1/twin").status_code == 200


def test_expiry_has_five_minutes_of_grace(hub, vectors):
    now = int(time.time())
    for age, status in ((250, 200), (320, 401)):
        token = sas.token("localhost/devices/dev1", KEY, se=now - age)
        assert hub.as_(token).get("/emulator/devices/dev1/twin").status_code == status


SR = "localhost%2Fdevices%2Fdev1"


def spoiled():
    good = sas.token(SR, KEY, encode=False)
    sr, sig, se = good.split(" ")[1].split("&")
    yield "no token", None
    yield "empty", ""
    yield "other scheme", good.replace("SharedAccessSignature", "SharedAccess")
    yield "no scheme", good.split(" ")[1]
    yield "bearer", "Bearer eyJ0eXAiOiJKV1QifQ.e30.x"
    yield "no sr", f"SharedAccessSignature {sig}&{se}"
    yield "no sig", f"SharedAccessSignature {sr}&{se}"
    yield "no se", f"SharedAccessSignature {sr}&{sig}"
    yield "other key", sas.token(SR, base64.b64encode(b"z" * 32).decode(), encode=False)
    yield "other expiry", good.replace("se=", "se=1")
    yield "other resource of the same signature", good.replace("%2F", "%2f")
    yield "other host", sas.token("example.com/devices/dev1", KEY)
    yield "another device", sas.token("localhost/devices/dev10", KEY)
    yield "prefix by letters", sas.token("localhost/devices/dev", KEY)
    yield "a module's resource", sas.token("localhost/devices/dev1/modules/mod1", KEY)
    yield "unknown policy", sas.token("localhost", KEY, "nobody")
    yield "se that is no number", sas.token(SR, KEY, se="tomorrow", encode=False)
    yield "huge se", sas.token(SR, base64.b64encode(b"z" * 32).decode(), se="9" * 400, encode=False)


@pytest.mark.parametrize("token", [token for _, token in spoiled()], ids=[name for name, _ in spoiled()])
def test_what_is_no_good_token_is_refused(hub, vectors, token):
    answer = hub.as_(token).get("/emulator/devices/dev1/twin")
    expect_error(answer, 401, "IotHubUnauthorizedAccess", text="Unauthorized")


def test_on_the_registry_too(hub):
    for path in ("/devices", "/devices/gateway-a1", "/twins/gateway-a1", "/emulator/changes"):
        expect_error(hub.as_(None).get(path), 401, "IotHubUnauthorizedAccess", text="Unauthorized")
    expect_error(hub.as_(None).post("/emulator/reset", {"to": "empty"}), 401, "IotHubUnauthorizedAccess")


def test_a_refused_module_identity_call_answers_in_the_nested_form(hub):
    answer = hub.as_(None).get("/devices/gateway-a1/modules/azureiotsecurity")
    assert expect_nested(answer, 401, "IotHubUnauthorizedAccess", 401002) == "Unauthorized access"


@pytest.mark.parametrize("resource, status", [
    ("localhost", 200), ("localhost/devices", 200), ("localhost/devices/gateway-a1", 200), ("localhost/devices/gateway-a1/", 200),
    ("localhost/devices/GATEWAY-A1", 200), ("localhost/devices/gateway-a", 401), ("localhost/devices/gateway-b1", 401),
    ("localhost/twins", 401), ("localhost/dev", 401)])
def test_a_policys_token_covers_what_lies_under_its_resource(hub, server, resource, status):
    token = sas.token(resource, server.owner_key, "iothubowner")
    assert hub.as_(token).get("/devices/gateway-a1").status_code == status


# Permissions ------------------------------------------------------------------------------------------------

READ, WRITE, SERVICE, DEVICE = "RegistryRead", "RegistryWrite", "ServiceConnect", "DeviceConnect"
POLICIES = {
    "iothubowner": {READ, WRITE, SERVICE, DEVICE}, "service": {SERVICE}, "device": {DEVICE}, "registryRead": {READ},
    "registryReadWrite": {READ, WRITE}}
#: What each call needs: any one of the set. None of them changes anything when it is let in.
CALLS = [
    ("GET", "/devices", {READ}), ("GET", "/devices/gateway-a1", {READ}), ("GET", "/devices/gateway-a1/modules", {READ}),
    ("GET", "/devices/gateway-a1/modules/azureiotsecurity", {READ}), ("GET", "/statistics/devices", {READ}),
    ("PUT", "/devices/gateway-a1", {WRITE}), ("DELETE", "/devices/gateway-a1", {WRITE}), ("POST", "/devices", {WRITE}),
    ("PUT", "/devices/gateway-a1/modules/m", {WRITE}), ("DELETE", "/devices/gateway-a1/modules/m", {WRITE}),
    ("POST", "/devices/keys/regenerate", {WRITE}),
    ("GET", "/twins/gateway-a1", {SERVICE}), ("PATCH", "/twins/gateway-a1", {SERVICE}), ("PUT", "/twins/gateway-a1", {SERVICE}),
    ("GET", "/twins/gateway-a1/modules/azureiotsecurity", {SERVICE}), ("GET", "/statistics/service", {SERVICE}),
    ("POST", "/devices/query", {SERVICE}), ("POST", "/twins/gateway-a1/methods", {SERVICE}),
    ("GET", "/digitaltwins/gateway-a1", {SERVICE}), ("PATCH", "/digitaltwins/gateway-a1", {SERVICE}),
    ("POST", "/digitaltwins/gateway-a1/commands/c", {SERVICE}),
    ("GET", "/emulator/devices/gateway-a1/twin", {DEVICE, SERVICE}), ("GET", "/emulator/changes", {SERVICE}),
    ("PATCH", "/emulator/devices/gateway-a1/twin/reported", {DEVICE, SERVICE}),
]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("method, path, needed", CALLS, ids=[f"{method} {path}" for method, path, _ in CALLS])
def test_each_policy_may_do_what_its_permissions_say(hub, policy_token, policy, method, path, needed):
    data = b"" if method in ("PUT", "POST", "PATCH") else None
    answer = hub.as_(policy_token(policy)).call(
        method, path, data=data, etag='"none"', headers={"Prefer": "wait=0"})
    allowed = bool(POLICIES[policy] & needed)
    assert (answer.status_code != 401) == allowed, answer.text
    if not allowed:
        assert answer.headers["iothub-errorcode"] == "IotHubUnauthorizedAccess"


# Devices and modules ----------------------------------------------------------------------------------------


def test_a_devices_key_opens_its_own_twin_and_nothing_else(hub, vectors):
    view = hub.as_(sas.token("localhost/devices/dev1", KEY))
    assert view.get("/emulator/devices/dev1/twin").status_code == 200
    assert view.patch("/emulator/devices/dev1/twin/reported", {"a": 1}).status_code == 204
    for path in ("/emulator/devices/dev10/twin", "/emulator/devices/dev1/modules/mod1/twin", "/twins/dev1", "/devices/dev1",
                 "/devices", "/emulator/changes", "/statistics/service"):
        assert view.get(path).status_code == 401, path
    assert view.patch("/twins/dev1", {"tags": {"a": 1}}).status_code == 401


def test_a_modules_key_opens_its_own_twin_and_nothing_else(hub, vectors):
    view = hub.as_(sas.token("localhost/devices/dev1/modules/mod1", KEY))
    assert view.get("/emulator/devices/dev1/modules/mod1/twin").status_code == 200
    assert view.get("/emulator/devices/dev1/twin").status_code == 401


def test_a_device_policy_opens_every_device_under_its_resource(hub, policy_token):
    view = hub.as_(policy_token("device"))
    assert view.get("/emulator/devices/gateway-a1/twin").status_code == 200
    assert view.get("/emulator/devices/gateway-a1/modules/azureiotsecurity/twin").status_code == 200


@pytest.mark.parametrize("resource", ["localhost", "localhost/devices/dev1", "emu.azure-devices.net"])
def test_the_security_agent_reads_its_module_with_its_devices_key(hub, vectors, resource):
    """auth.md section 7: signed by the device over the bare host, the device named by the path alone."""
    view = hub.as_(sas.token(resource, KEY, encode=False))
    answer = view.get("/devices/dev1/modules/mod1", api="2018-06-30")
    assert ok(answer)["authentication"]["symmetricKey"]["primaryKey"] == KEY
    assert view.get("/devices/dev10/modules/mod1").status_code in (401, 404)
    assert view.put("/devices/dev1/modules/mod1", {}, etag="*").status_code == 401


def test_a_disabled_device_is_refused_and_its_twin_still_served(hub, name):
    hub.create(name, authentication=KEYS)
    view = hub.as_(sas.token(f"localhost/devices/{name}", KEY))
    assert view.get(f"/emulator/devices/{name}/twin").status_code == 200
    ok(hub.put(f"/devices/{name}", {"deviceId": name, "status": "disabled", "authentication": KEYS}, etag="*"))
    assert view.get(f"/emulator/devices/{name}/twin").status_code in (401, 403)
    assert hub.desired(name, {"a": 1})["status"] == "disabled"
    hub.remove(name)


def test_a_changed_key_ends_tokens_at_once(hub, name):
    """Verified tokens are remembered; a change of the key forgets them."""
    hub.create(name, authentication=KEYS)
    first, second = (hub.as_(sas.token(f"localhost/devices/{name}", key)) for key in (KEY, OTHER))
    path = f"/emulator/devices/{name}/twin"
    for _ in range(3):
        assert first.get(path).status_code == second.get(path).status_code == 200
    rolled = {"type": "sas", "symmetricKey": {"primaryKey": base64.b64encode(b"n" * 32).decode(), "secondaryKey": OTHER}}
    ok(hub.put(f"/devices/{name}", {"deviceId": name, "authentication": rolled}, etag="*"))
    assert first.get(path).status_code == 401 and second.get(path).status_code == 200
    hub.remove(name)
    assert second.get(path).status_code in (401, 404)
    hub.create(name)
    assert second.get(path).status_code == 401
    hub.remove(name)


# Certificates -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return self_signed(tmp_path_factory.mktemp("certificate"))


def with_certificate(server, files):
    view = Hub(server, token=None, plain=False)
    view.session.cert = files
    return view


@pytest.mark.parametrize("hash", [0, 1], ids=["SHA-1", "SHA-256"])
@pytest.mark.parametrize("letters", [str.upper, str.lower], ids=["upper", "lower"])
def test_a_thumbprint_opens_its_device(hub, server, name, certificate, hash, letters):
    files, prints = certificate
    hub.create(name, authentication={"type": "selfSigned", "x509Thumbprint": {"secondaryThumbprint": letters(prints[hash])}})
    hub.create_module(name, "azureiotsecurity")
    view = with_certificate(server, files)
    assert view.get(f"/emulator/devices/{name}/twin").status_code == 200
    assert ok(view.get(f"/devices/{name}/modules/azureiotsecurity", api="2018-06-30"))["authentication"]["symmetricKey"]["primaryKey"]
    assert view.get("/emulator/devices/gateway-a1/twin").status_code == 401
    assert view.get(f"/twins/{name}").status_code == 401
    hub.remove(name)


def test_a_certificate_does_not_open_a_device_with_keys_nor_another_thumbprint(hub, server, device, certificate):
    view = with_certificate(server, certificate[0])
    assert view.get(f"/emulator/devices/{device}/twin").status_code == 401
    assert view.get("/emulator/devices/vision-camera-a1/twin").status_code == 401


def test_clients_are_asked_for_a_certificate_with_an_empty_list_and_need_none(server):
    said = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.https_port}", "-CAfile", server.ca_file, "-servername", "localhost",
         "-tls1_2"], input="", capture_output=True, text=True, timeout=20)
    assert "Verify return code: 0 (ok)" in said.stdout and "No client certificate CA names sent" in said.stdout
    assert "Client Certificate Types" in said.stdout


# Settings ---------------------------------------------------------------------------------------------------


def test_authentication_can_be_off(new_server):
    server = new_server("--auth", "off")
    nobody = Hub(server, token=None)
    nobody.create("d")
    assert nobody.twin("d")["version"] == 2
    assert any("auth" in line.lower() for line in server.output[:-1]), "the ready line must be preceded by a word about it"


def test_the_grace_can_be_set(new_server):
    server = new_server("--sas-grace", "0")
    hub = Hub(server)
    hub.create("d", authentication=KEYS)
    token = sas.token("localhost/devices/d", KEY, se=int(time.time()) - 20)
    assert hub.as_(token).get("/emulator/devices/d/twin").status_code == 401


def test_a_host_name_can_be_added(new_server):
    server = new_server("--host-name", "hub.example.test")
    hub = Hub(server)
    hub.create("d", authentication=KEYS)
    for host, status in (("hub.example.test", 200), ("other.example.test", 401)):
        assert hub.as_(sas.token(f"{host}/devices/d", KEY)).get("/emulator/devices/d/twin").status_code == status


def test_generated_keys_are_random_and_kept(new_server, tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    servers = [new_server("--generate-keys", data=folder) for folder in folders]
    assert servers[0].owner_key != servers[1].owner_key
    key = servers[0].owner_key
    servers[0].restart()
    assert servers[0].owner_key == key
    assert Hub(servers[0]).get("/devices").status_code == 200


def test_the_known_keys_are_the_same_everywhere(new_server):
    """Constants, so that a connection string can be written into a test file."""
    assert new_server().owner_key == new_server().owner_key
