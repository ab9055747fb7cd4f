"""Queries over twins (rest.md section 9, query.md)."""

import json
import pathlib

import pytest

from acceptance.rest import Hub, expect_error, ok
from acceptance.server import REPOSITORY

VECTORS = json.loads((pathlib.Path(REPOSITORY) / "Tests/Query/QueryVectors.json").read_text())
CLASSIC = "azureiotsecurity"
OBJECT = "ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration"


def query(hub, text, size=None, token=None):
    headers = {}
    if size is not None:
        headers["x-ms-max-item-count"] = str(size)
    if token is not None:
        headers["x-ms-continuation"] = token
    return hub.post("/devices/query", {"query": text}, headers=headers)


def rows(hub, text, size=None):
    """Every row of a query, page by page as SDKs read it."""
    found, token = [], None
    while True:
        answer = query(hub, text, size, token)
        found += ok(answer)
        token = answer.headers.get("x-ms-continuation")
        if token is None:
            return found


@pytest.fixture(scope="module")
def factory(request):
    """The devices of query.md's fixture, as far as a hub lets one make them."""
    from acceptance.server import Server
    server = Server().start()
    request.addfinalizer(server.dispose)
    hub = Hub(server)
    lines = []
    for device in VECTORS["devices"]:
        line = {"id": device["deviceId"], "status": device["status"], "capabilities": device["capabilities"]}
        if device["authenticationType"] == "selfSigned":
            line["authentication"] = {"type": "selfSigned", "x509Thumbprint": {"primaryThumbprint": "0" * 40}}
        lines.append(line | contents(device))
    for module in VECTORS["modules"]:
        lines.append({"id": module["deviceId"], "moduleId": module["moduleId"]} | contents(module))
    body = "\n".join(json.dumps(line) for line in lines)
    ok(hub.post("/emulator/seed", data=body.encode()))
    return hub


def contents(twin):
    properties = {
        name: {key: value for key, value in section.items() if key != "$version"}
        for name, section in twin["properties"].items()}
    return {"tags": twin.get("tags", {}), "properties": properties}


#: What depends on links, counters and configurations is tried on the documents themselves (Tests/Query).
SKIPPED = ("connectionState", "version", "configurations", "lastDesired")
LIVE = [one for one in VECTORS["queries"] if "matches" in one and not any(word in one["query"] for word in SKIPPED)]


@pytest.mark.parametrize("vector", LIVE, ids=lambda one: str(one["row"]))
def test_the_hub_answers_as_the_table_says(factory, vector):
    answer = query(factory, vector["query"])
    names = ["/".join(filter(None, [row.get("deviceId"), row.get("moduleId")])) for row in ok(answer)]
    if vector["query"].startswith("SELECT deviceId"):
        assert sorted(names) == sorted(match.split("/")[0] for match in vector["matches"])
        assert answer.headers["x-ms-item-type"] == "Raw"
    else:
        assert sorted(names) == sorted(vector["matches"])
        assert answer.headers["x-ms-item-type"] == "Twin"


@pytest.mark.parametrize(
    "vector", [one for one in VECTORS["queries"] if "refused" in one], ids=lambda one: str(one["row"]))
def test_what_is_no_query_is_refused_with_its_place(factory, vector):
    assert expect_error(query(factory, vector["query"]), 400, "ArgumentInvalid").startswith("Line 1:")


def test_rows_are_the_twins_as_they_are_read(factory):
    for row in rows(factory, "SELECT * FROM devices"):
        assert row == factory.twin(row["deviceId"])
    for row in rows(factory, "SELECT * FROM devices.modules"):
        # Seen on the real hub: only in queries do modules have capabilities.
        assert row == factory.twin(row["deviceId"], row["moduleId"]) | {"capabilities": {"iotEdge": False}}


# Pages --------------------------------------------------------------------------------------------


@pytest.fixture
def many(new_server):
    hub = Hub(new_server())
    for start in range(0, 230, 100):
        ok(hub.post("/devices", [
            {"id": f"d{number:04}", "tags": {"number": number}} for number in range(start, min(start + 100, 230))]))
    return hub


def test_pages_hold_what_was_asked_for_and_no_more_than_a_hundred(many):
    text = "SELECT deviceId FROM devices"
    for size, expected in [(4, 4), (100, 100), (1000, 100), (None, 100)]:
        answer = query(many, text, size)
        assert len(ok(answer)) == expected and answer.headers["x-ms-continuation"]
    everything = [f"d{number:04}" for number in range(230)]
    for size in (7, 100, 230):
        assert [row["deviceId"] for row in rows(many, text, size)] == everything
    assert [row["deviceId"] for row in rows(many, "SELECT TOP 120 deviceId FROM devices")] == everything[:120]
    answer = query(many, "SELECT TOP 2 * FROM devices")
    assert len(ok(answer)) == 2 and "x-ms-continuation" not in answer.headers


def test_all_pages_show_the_hub_as_it_was_at_the_first(many):
    text = "SELECT deviceId, tags.number AS n FROM devices WHERE tags.number >= 0"
    first = query(many, text)
    many.patch_twin("d0150", {"tags": {"number": -1}})
    many.remove("d0151")
    many.create("d9999")
    second = query(many, text, token=first.headers["x-ms-continuation"])
    assert {"deviceId": "d0150", "n": 150} in ok(second) and {"deviceId": "d0151", "n": 151} in ok(second)
    assert len(rows(many, text)) == 228
    # A page can be asked for again.
    assert ok(query(many, text, token=first.headers["x-ms-continuation"])) == ok(second)


def test_a_token_is_of_its_query_and_page_size(many):
    text = "SELECT deviceId FROM devices"
    token = query(many, text, 10).headers["x-ms-continuation"]
    assert len(ok(query(many, text, 10, token))) == 10
    for bad in [
            query(many, text + " ", 10, token), query(many, text, 11, token), query(many, text, 10, "x"),
            query(many, text, 10, token[:-4] + "AAAA"), query(many, text, 10, "A" * 56)]:
        expect_error(bad, 400, "ArgumentInvalid")


@pytest.mark.parametrize("size", ["0", "-1", "x", "1.5"])
def test_a_page_size_that_is_none_is_refused(hub, size):
    expect_error(query(hub, "SELECT * FROM devices", size), 400, "ArgumentInvalid")


# Requests -----------------------------------------------------------------------------------------


def test_bodies_that_are_none_are_refused(hub):
    expect_error(hub.post("/devices/query"), 400, "ArgumentNull")
    expect_error(hub.post("/devices/query", {}), 400, "ArgumentNull")
    expect_error(hub.post("/devices/query", data=b"{"), 400, "IotHubFormatError")
    expect_error(query(hub, "SELECT * FROM devices WHERE a = '" + "x" * 9000 + "'"), 400, "ArgumentInvalid")


def test_queries_need_service_connect(hub, policy_token):
    for policy, status in [("service", 200), ("registryRead", 401), ("device", 401)]:
        assert query(hub.as_(policy_token(policy)), "SELECT * FROM devices").status_code == status


def test_the_batch_script_finds_the_devices_that_lack_a_configuration(hub, name):
    """Steps 1 and 2 of defender.md section 1.1, with the empty token that the script sends first."""
    secured, bare = f"{name}-secured", f"{name}-bare"
    hub.create(secured), hub.create(bare)
    hub.create_module(secured, CLASSIC)
    hub.desired(secured, {OBJECT: {"snapshotFrequency": {"value": "PT13H"}}}, CLASSIC)
    text = (
        "SELECT deviceId FROM devices.modules WHERE moduleId = 'azureiotsecurity' and "
        "IS_DEFINED(properties.desired.[[ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration]])")
    answer = hub.post("/devices/query", {"query": text}, api="2018-06-30", headers={"x-ms-continuation": ""})
    found = {row["deviceId"] for row in ok(answer)}
    assert secured in found and bare not in found
    everything = hub.post(
        "/devices/query", {"query": "SELECT deviceId FROM devices"}, api="2018-06-30", headers={"x-ms-continuation": ""})
    assert {secured, bare} <= {row["deviceId"] for row in ok(everything)}
    hub.remove(secured), hub.remove(bare)
