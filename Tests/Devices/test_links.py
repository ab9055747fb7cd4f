"""Who may connect, and when the hub drops a link (mqtt.md sections 2 and 6, auth.md sections 2 to 6 and 9)."""

import subprocess
import time

import pytest
from azure.iot.device import X509
from azure.iot.device.exceptions import ClientError, CredentialError

from acceptance import sas
from acceptance.rest import ok
from acceptance.server import run_command

from devices.packets import client_id, user_name
from devices.sdk import connection_string, key_of, token
from devices.transports import transports
from devices.waiting import eventually


def replace(hub, device, **members):
    """The device's identity with some members replaced."""
    now = ok(hub.get(f"/devices/{device}"))
    return ok(hub.put(f"/devices/{device}", {**now, **members}, etag="*"))


def refused(client, *identity, **options):
    with pytest.raises((CredentialError, ClientError)):
        client(*identity, **options)
    return True


@transports
def test_the_key_of_a_device_or_module_lets_it_in(client, backend, identity, websockets):
    one = client(*identity, websockets=websockets)
    assert one.connected and backend.connection(*identity) == "Connected"


def test_the_secondary_key_lets_in_too(hub, client, device):
    secondary = ok(hub.get(f"/devices/{device}"))["authentication"]["symmetricKey"]["secondaryKey"]
    client(device, make=lambda kind, options: kind.create_from_symmetric_key(secondary, "localhost", device, **options))


def test_a_foreign_key_is_refused(hub, client, module):
    device, module = module
    foreign = key_of(hub, device, module)
    refused(client, device, make=lambda kind, options: kind.create_from_symmetric_key(
        foreign, "localhost", device, **options))
    own = key_of(hub, device)
    # A device's key does not open a module's link.
    text = connection_string(hub, device, module).replace(foreign, own)
    refused(client, device, module, make=lambda kind, options: kind.create_from_connection_string(text, **options))


def test_an_unknown_device_is_refused(hub, client, device):
    key = key_of(hub, device)
    refused(client, "nobody", make=lambda kind, options: kind.create_from_symmetric_key(
        key, "localhost", "nobody", **options))


def test_the_hub_behind_a_gateway_keeps_its_own_name(hub, client, device):
    text = connection_string(hub, device, GatewayHostName="localhost").replace(
        "HostName=localhost;", "HostName=factory.azure-devices.net;", 1)
    one = client(device, make=lambda kind, options: kind.create_from_connection_string(text, **options))
    assert one.get_twin()["desired"] == {"$version": 1}


def test_a_policys_token_for_a_device_lets_it_in(server, client, device):
    made = sas.token(f"localhost/devices/{device}", server.owner_key, "iothubowner")
    one = client(device, make=lambda kind, options: kind.create_from_sastoken(made, **options))
    assert one.get_twin()


@pytest.mark.parametrize("policy, code", [("device", 0), ("iothubowner", 0), ("service", 5), ("registryReadWrite", 5)])
def test_a_policy_needs_the_permission_to_connect_for_devices(server, packets, identity, policy, code):
    made = run_command("sas", "--data", server.data, "--policy", policy).stdout.strip()
    one = packets()
    assert one.connect(client_id(*identity), user_name(*identity), made) == (code, False)


def test_a_token_that_has_expired_is_refused(hub, packets, device):
    key = key_of(hub, device)
    old = sas.token(f"localhost/devices/{device}", key, se=int(time.time()) - 3600)
    one = packets()
    assert one.connect(device, f"localhost/{device}/?api-version=2021-04-12", old) == (5, False)
    assert one.is_closed


# Certificates ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Makes self-signed certificates: (certificate file, key file, thumbprint)."""
    folder = tmp_path_factory.mktemp("certificates")

    def make(name, digest="sha256"):
        pem, key = folder / f"{name}.pem", folder / f"{name}.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", f"/CN={name}", "-keyout", key, "-out", pem], check=True, capture_output=True, timeout=30)
        shown = subprocess.run(
            ["openssl", "x509", "-in", pem, "-noout", "-fingerprint", f"-{digest}"], check=True, capture_output=True,
            text=True, timeout=30).stdout
        return str(pem), str(key), shown.split("=")[1].strip().replace(":", "")

    return make


def with_certificate(device, pem, key, **more):
    return lambda kind, options: kind.create_from_x509_certificate(
        X509(pem, key), "localhost", device, **more, **options)


def self_signed(primary, secondary=None):
    return {"type": "selfSigned", "x509Thumbprint": {"primaryThumbprint": primary, "secondaryThumbprint": secondary}}


@transports
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_a_certificate_with_the_registered_thumbprint_lets_in(
        hub, client, backend, name, certificate, digest, websockets):
    pem, key, thumbprint = certificate(f"{digest}-device", digest)
    hub.create(name, authentication=self_signed(thumbprint))
    one = client(name, make=with_certificate(name, pem, key), websockets=websockets)
    one.patch_twin_reported_properties({"by": "certificate"})
    one.send_message("hello")
    method = backend.events(name)[0]["systemProperties"]["iothub-connection-auth-method"]
    assert '"type":"x509"' in method
    one.end()
    hub.remove(name)


def test_another_certificate_is_refused(hub, client, name, certificate):
    thumbprint = certificate("right")[2]
    pem, key, _ = certificate("wrong")
    hub.create(name, authentication=self_signed(thumbprint))
    refused(client, name, make=with_certificate(name, pem, key))
    hub.remove(name)


def test_a_module_connects_by_certificate_too(hub, client, device, certificate):
    pem, key, thumbprint = certificate("module")
    hub.create_module(device, "by-certificate", authentication=self_signed("0" * 64, thumbprint))
    one = client(device, "by-certificate", make=with_certificate(device, pem, key, module_id="by-certificate"))
    assert one.get_twin()


def test_a_certificate_is_no_use_to_a_device_with_keys(client, device, certificate):
    pem, key, _ = certificate("stray")
    refused(client, device, make=with_certificate(device, pem, key))


# Links that end ----------------------------------------------------------------------------------------


def test_a_disabled_device_is_dropped_with_its_modules_and_kept_out(hub, client, backend, module):
    device, module = module
    options = {"connection_retry": False}
    ones = [client(device, **options), client(device, module, **options)]
    replace(hub, device, status="disabled")
    for one in ones:
        one.wait_connected(False)
        with pytest.raises((CredentialError, ClientError)):
            one.connect()
    assert backend.connection(device) == backend.connection(device, module) == "Disconnected"
    replace(hub, device, status="enabled")
    for one in ones:
        one.connect()


@pytest.mark.parametrize("told, code", [((), 5), (("--disabled-connack", "5"), 5), (("--disabled-connack", "3"), 3)])
def test_which_code_a_disabled_device_gets_can_be_chosen(own_hub, packets, told, code):
    hub = own_hub(*told)
    hub.create("d")
    hub.create_module("d", "m")
    credentials = {module: token(hub, "d", module) for module in (None, "m")}
    replace(hub, "d", status="disabled")
    for module, password in credentials.items():
        answer = packets(of=hub).connect(client_id("d", module), user_name("d", module), password=password)
        assert answer[0] == code
    answer = packets(of=hub).connect("nobody", user_name("nobody"), password=credentials[None])
    assert answer[0] == 5


def test_a_device_whose_keys_change_is_dropped(hub, client, device):
    one = client(device, connection_retry=False)
    keys = ok(hub.get(f"/devices/{device}"))["authentication"]["symmetricKey"]
    swapped = {"primaryKey": keys["secondaryKey"], "secondaryKey": keys["primaryKey"]}
    replace(hub, device, authentication={"type": "sas", "symmetricKey": swapped})
    one.wait_connected(False)


def test_what_else_changes_of_an_identity_leaves_the_link(hub, client, device):
    one = client(device)
    replace(hub, device, statusReason="as ever")
    hub.patch_twin(device, {"tags": {"a": 1}})
    assert one.get_twin() and one.states.take(1) == [True] and one.states.is_empty


def test_a_deleted_identity_is_dropped(hub, client, identity):
    device, module = identity
    one = client(device, module, connection_retry=False)
    hub.delete(f"/devices/{device}" + (f"/modules/{module}" if module else ""), etag="*")
    one.wait_connected(False)


def test_a_newer_connection_ends_the_older_one_and_gets_everything(hub, client, backend, device):
    old = client(device, connection_retry=False)
    old.answer_methods(lambda request: (200, "old"))
    new = client(device)
    old.wait_connected(False)
    new.answer_methods(lambda request: (200, "new"))
    patches = new.patches()
    hub.desired(device, {"a": 1})
    assert patches.next() == {"a": 1, "$version": 2}
    assert backend.result(device, "who") == (200, "new")
    assert backend.connection(device) == "Connected"
    assert backend.states(device, 1)[0] == "deviceConnected"


def test_a_device_and_its_module_do_not_take_each_others_place(client, module):
    device, module = module
    one, other = client(device), client(device, module)
    assert one.get_twin() and other.get_twin()


@transports
def test_a_client_renews_the_token_that_its_link_depends_on(own_hub, client, websockets):
    hub = own_hub("--sas-grace", "0")
    hub.create("renewing")
    # The SDK renews 120 seconds before a token ends.
    one = client("renewing", of=hub, sastoken_ttl=123, websockets=websockets)
    heard = one.patches()
    assert one.states.take(3) == [True, False, True]
    hub.desired("renewing", {"a": 1})
    assert heard.next() == {"a": 1, "$version": 2}


def test_a_link_ends_with_its_token(own_hub, packets):
    hub = own_hub("--sas-grace", "0")
    hub.create("expiring")
    short = sas.token("localhost/devices/expiring", key_of(hub, "expiring"), se=int(time.time()) + 3)
    one = packets("expiring", of=hub, password=short)
    assert one.is_closed
    eventually(lambda: hub.twin("expiring")["connectionState"] == "Disconnected")
