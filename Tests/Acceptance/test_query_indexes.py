"""Queries that are answered by an index, against the same condition in a form that no index serves."""

import random
import time

import pytest

from acceptance.rest import Hub, expect_error, ok
from acceptance.waiting import wait_for

CONDITIONS = [
    "tags.floor = 3", "tags.floor < 2", "tags.floor >= 4 AND tags.site = 'a'", "tags.site IN ['a', 'c', 7]",
    "STARTSWITH(deviceId, 'pump-1')", "tags.site = 'b' OR properties.reported.speed > 50", "properties.desired.on = true",
    "tags.floor = -1", "tags.site > 'a'", "status = 'disabled'", "tags.nested.a.b = 1.5", "tags.site = null",
]


@pytest.fixture(scope="module")
def own(request):
    from acceptance.server import Server
    server = Server().start()
    request.addfinalizer(server.dispose)
    return Hub(server)


def ids(hub, condition, collection="devices"):
    found, token = [], None
    while True:
        headers = {"x-ms-continuation": token} if token else {}
        answer = hub.post(
            "/devices/query", {"query": f"SELECT deviceId, moduleId FROM {collection} WHERE {condition}"}, headers=headers)
        found += [(row["deviceId"], row.get("moduleId")) for row in ok(answer)]
        token = answer.headers.get("x-ms-continuation")
        if token is None:
            return found


def explain(hub, condition):
    return ok(hub.post("/emulator/query/explain", {"query": f"SELECT * FROM devices WHERE {condition}"}))


def section(generator):
    value = {"floor": generator.randint(-1, 5), "site": generator.choice(["a", "b", "c", 7, None]), "speed": generator.randint(0, 99),
             "on": generator.random() < 0.5, "nested": {"a": {"b": generator.choice([1.5, 2, "x"])}}}
    return {name: value[name] for name in value if generator.random() < 0.7}


def test_an_index_and_a_look_at_everything_agree_while_twins_change(own):
    generator = random.Random(7)
    names = [f"pump-{number}" for number in range(150)]
    for name in names:
        own.create(name)
        own.patch_twin(name, {"tags": section(generator), "properties": {"desired": section(generator)}})
    own.create_module("pump-3", "cam")
    gone, seen = set(), 0
    for turn in range(12):
        for name in generator.sample(names, 10):
            if name in gone:
                own.create(name)
                gone.remove(name)
            elif generator.randrange(4) == 0:
                own.remove(name)
                gone.add(name)
                continue
            elif generator.randrange(3) == 0:
                own.report(name, section(generator))
                continue
            own.patch_twin(name, {"tags": section(generator), "properties": {"desired": section(generator)}})
        for condition in CONDITIONS:
            found = ids(own, condition)
            assert found == ids(own, f"NOT (NOT ({condition}))"), f"{condition}, round {turn}"
            seen += len(found)
            assert ids(own, condition, "devices.modules") == ids(own, f"NOT (NOT ({condition}))", "devices.modules")
    assert seen > 500


def test_the_second_query_of_a_path_is_answered_by_its_index(own):
    own.create("lamp")
    own.patch_twin("lamp", {"tags": {"colour": {"warm": "red"}}})
    condition = "tags.colour.warm = 'red'"
    before = explain(own, condition)
    assert before["access"] == "scan" and before["paths"] == [{"path": "tags.colour.warm", "indexed": False}]
    assert before["candidates"] > 1 and before["matches"] == 1
    assert ids(own, condition) == [("lamp", None)]
    assert explain(own, condition) == {
        "access": "index", "paths": [{"path": "tags.colour.warm", "indexed": True}], "candidates": 1, "matches": 1}
    assert explain(own, f"NOT ({condition})")["access"] == "scan"
    # A bounded number of paths is kept, and the oldest goes.
    for number in range(16):
        ids(own, f"tags.other{number} = 1")
    assert explain(own, condition)["access"] == "scan"


def test_what_cannot_be_explained_is_refused(own):
    expect_error(own.post("/emulator/query/explain", {"query": "SELECT"}), 400, "ArgumentInvalid")
    expect_error(own.post("/emulator/query/explain", {"query": "SELECT * FROM devices.jobs"}), 400, "ArgumentInvalid")
    expect_error(own.post("/emulator/query/explain", {}), 400, "ArgumentNull")


def test_queries_lag_behind_where_that_is_wanted(request):
    from acceptance.server import Server
    lag = 3
    server = Server("--query-lag", lag).start()
    request.addfinalizer(server.dispose)
    hub = Hub(server)
    seen_late = 0
    for number in range(5):
        began = time.monotonic()
        hub.create(f"late-{number}")
        found = ids(hub, f"deviceId = 'late-{number}'")
        # A machine that is too busy for the question shows nothing.
        if time.monotonic() - began < lag:
            assert found == []
            seen_late += 1
            break
    assert seen_late
    wait_for(lambda: ids(hub, f"deviceId = 'late-{number}'") == [(f"late-{number}", None)])
