"""The If-Match matrix of rest.md section 3.1, cell by cell."""

import pytest

from acceptance.rest import counters, expect_error, identity_etag, identity_number, twin_etag

DEVICE, MODULE = "device", "module"
#: What each way of writing the header makes of the present etag; None sends no header.
MATCHING = {
    "quoted": lambda etag: f'"{etag}"',
    "unquoted": lambda etag: etag,
    "weak": lambda etag: f'W/"{etag}"',
    "one of a list": lambda etag: f'"AAAA", "{etag}"',
    "star": lambda _: "*",
    "quoted star": lambda _: '"*"',
}
ABSENT = {"absent": None, "empty": '""'}


def path(kind, name):
    return f"/devices/{name}" if kind == DEVICE else f"/devices/{name}/modules/sensor"


def body(kind, name):
    return {"deviceId": name} if kind == DEVICE else {"deviceId": name, "moduleId": "sensor"}


@pytest.fixture(params=[DEVICE, MODULE])
def kind(request):
    return request.param


@pytest.fixture
def existing(kind, hub, device):
    """An existing identity of that kind: (path, body, etag)."""
    if kind == MODULE:
        hub.create_module(device, "sensor")
    return path(kind, device), body(kind, device), hub.get(path(kind, device)).json()["etag"]


@pytest.fixture
def missing(kind, hub, name):
    """A path and body of an identity that does not exist; its device does, if it is a module."""
    if kind == MODULE:
        hub.create(name)
    yield path(kind, name), body(kind, name)
    hub.remove(name)


# Identities -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ABSENT.values(), ids=ABSENT)
def test_put_of_a_missing_identity_without_condition_creates_it(hub, missing, header):
    where, document = missing
    assert hub.put(where, document, etag=header).status_code == 200
    assert hub.get(where).status_code == 200


@pytest.mark.parametrize("header", ["*", '"*"', '"MTIz"'])
def test_put_of_a_missing_identity_with_a_condition_is_not_found(hub, missing, header):
    where, document = missing
    answer = hub.put(where, document, etag=header)
    assert answer.status_code == 404 and answer.headers["iothub-errorcode"] in ("DeviceNotFound", "ModuleNotFound")
    assert hub.get(where).status_code == 404


@pytest.mark.parametrize("header", ABSENT.values(), ids=ABSENT)
def test_put_of_an_existing_identity_without_condition_is_a_conflict(hub, existing, header, kind):
    where, document, etag = existing
    answer = hub.put(where, {**document, "etag": etag}, etag=header)
    assert answer.status_code == 409
    expected = "DeviceAlreadyExists" if kind == DEVICE else "ModuleAlreadyExistsOnDevice"
    assert answer.headers["iothub-errorcode"] == expected
    assert hub.get(where).json()["etag"] == etag


@pytest.mark.parametrize("written", MATCHING.values(), ids=MATCHING)
def test_put_of_an_existing_identity_with_a_matching_condition_updates_it(hub, existing, written):
    where, document, etag = existing
    answer = hub.put(where, document, etag=written(etag))
    assert answer.status_code == 200, answer.text
    assert identity_number(answer.json()["etag"]) == identity_number(etag) + 1


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_stale_etag_is_refused_with_both_numbers(hub, existing, method):
    where, document, etag = existing
    number = identity_number(etag)
    answer = hub.call(method, where, document, etag=f'"{identity_etag(number - 1)}"')
    expect_error(
        answer, 412, "PreconditionFailed",
        containing=f"Precondition failed: Device version did not match, existingVersion:{number} newVersion:{number - 1}")
    assert hub.get(where).json()["etag"] == etag


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_etag_that_is_none_is_refused(hub, existing, method):
    where, document, etag = existing
    answer = hub.call(method, where, document, etag='"not-an-etag!"')
    expect_error(answer, 412, "PreconditionFailed", containing="Precondition failed: Invalid ETag")
    assert hub.get(where).json()["etag"] == etag


@pytest.mark.parametrize("header", ABSENT.values(), ids=ABSENT)
def test_delete_needs_a_condition(hub, existing, header):
    where, _, _ = existing
    expect_error(hub.delete(where, etag=header), 412, "PreconditionFailed", containing="Etag missing")
    assert hub.get(where).status_code == 200


@pytest.mark.parametrize("written", MATCHING.values(), ids=MATCHING)
def test_delete_with_a_matching_condition(hub, existing, written):
    where, _, etag = existing
    assert hub.delete(where, etag=written(etag)).status_code == 204
    assert hub.get(where).status_code == 404


@pytest.mark.parametrize("header", [None, "*", '"MTIz"'])
def test_delete_of_a_missing_identity_is_not_found(hub, missing, header):
    assert hub.delete(missing[0], etag=header).status_code == 404


def test_if_none_match_is_ignored(hub, existing):
    where, document, _ = existing
    assert hub.put(where, document, headers={"If-None-Match": "*"}).status_code == 409
    assert hub.get(where, headers={"If-None-Match": "*"}).status_code == 200


# Twins ------------------------------------------------------------------------------------------------------


@pytest.fixture
def twin(kind, hub, device):
    if kind == MODULE:
        hub.create_module(device, "sensor")
        return f"/twins/{device}/modules/sensor"
    return f"/twins/{device}"


CHANGE = {"tags": {"changed": True}}


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("written", [*MATCHING.values(), *(lambda _, h=h: h for h in ABSENT.values())], ids=[*MATCHING, *ABSENT])
def test_twin_writes_pass_without_condition_and_with_a_matching_one(hub, twin, method, written):
    answer = hub.call(method, twin, CHANGE, etag=written(twin_etag(1)))
    assert answer.status_code == 200, answer.text
    assert answer.json()["tags"] == {"changed": True}
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("header", [f'"{twin_etag(7)}"', twin_etag(7), '"nonsense"'])
def test_a_stale_twin_etag_is_refused(hub, twin, device, method, header):
    answer = hub.call(method, twin, CHANGE, etag=header)
    expect_error(answer, 412, "PreconditionFailed", text=f"ETag mismatch for device ID '{device}'")
    assert counters(hub.get(twin).json()) == (2, 1, 1, 1)


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT"])
@pytest.mark.parametrize("header", [None, "*", f'"{twin_etag(1)}"'])
@pytest.mark.parametrize("where", ["/twins/{name}", "/twins/{name}/modules/m", "/twins/gateway-a1/modules/no-such"])
def test_a_missing_twin_is_not_found_whatever_the_condition(hub, name, method, header, where):
    """A missing module's twin too: DeviceNotFound (rest.md section 4.4)."""
    body = {} if method == "GET" else {"body": CHANGE}
    expect_error(hub.call(method, where.format(name=name), etag=header, **body), 404, "DeviceNotFound")


def test_the_etag_in_a_body_never_decides(hub, twin):
    hub.patch(twin, CHANGE)
    answer = hub.patch(twin, {**CHANGE, "etag": twin_etag(99), "version": 1})
    assert answer.status_code == 200 and counters(answer.json())[3] == 3
