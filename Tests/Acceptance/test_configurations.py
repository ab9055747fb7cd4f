"""Automatic device configurations and edge deployments (rest.md section 11, query.md section 9): Microsoft's own manager over
every operation that it has, and the requests that `az iot hub configuration` and `az iot edge` make."""

import pytest
from azure.iot.hub import IoTHubConfigurationManager
from azure.iot.hub.protocol.models import Configuration, ConfigurationContent, ConfigurationMetrics, ConfigurationQueriesTestInput
from msrest.exceptions import HttpOperationError

from acceptance.rest import Hub, expect_error, ok, user
from acceptance.waiting import wait_for

#: What `az` names in its calls of the service API.
AZ = "2024-03-31"
AGENT = {
    "schemaVersion": "1.1", "modules": {"sensor": {"type": "docker", "settings": {"image": "sensor:1"}}},
    "systemModules": {"edgeHub": {"settings": {"image": "hub:1.4"}}}}


@pytest.fixture(scope="module")
def own(request):
    """A hub of its own, since configurations concern everybody."""
    from acceptance.server import Server
    server = Server().start()
    request.addfinalizer(server.dispose)
    hub = Hub(server)
    for number in range(4):
        hub.create(f"pump-{number}")
        hub.patch_twin(f"pump-{number}", {"tags": {"floor": number % 2}})
    hub.create_module("pump-0", "cam")
    hub.create("gateway", capabilities={"iotEdge": True})
    hub.patch_twin("gateway", {"tags": {"site": "a"}})
    return hub


@pytest.fixture(scope="module")
def manager(own, server):
    """Over TLS; `server` has said whom to trust, and its roots are not those of this hub."""
    import os
    before = os.environ["REQUESTS_CA_BUNDLE"]
    os.environ["REQUESTS_CA_BUNDLE"] = own.server.ca_file
    yield IoTHubConfigurationManager.from_connection_string(own.server.connection_string)
    os.environ["REQUESTS_CA_BUNDLE"] = before


@pytest.fixture(autouse=True)
def nothing_left(own):
    yield
    for configuration in ok(own.get("/configurations")):
        own.delete(f"/configurations/{configuration['id']}")


def device_configuration(identifier, desired, **more):
    content = {f"properties.desired.{path}": value for path, value in desired.items()}
    return {"id": identifier, "content": {"deviceContent": content}, **more}


def put(hub, body, **more):
    return hub.put(f"/configurations/{body['id']}", body, **more)


def standing(hub, device, module=None):
    twin = hub.twin(device, module)
    return {name: one["status"] for name, one in twin.get("configurations", {}).items()}


def becomes(hub, expected, device, module=None):
    wait_for(lambda: standing(hub, device, module) == expected)


# Microsoft's manager -------------------------------------------------------------------------------------


def test_creates_reads_lists_updates_and_deletes(own, manager):
    content = ConfigurationContent(device_content={"properties.desired.chiller": {"speed": 5}})
    made = manager.create_configuration(Configuration(
        id="chillers", content=content, target_condition="tags.floor = 1", priority=10, labels={"team": "cooling"},
        metrics=ConfigurationMetrics(queries={"on": "SELECT deviceId FROM devices WHERE tags.floor = 1"})))
    assert (made.id, made.etag, made.priority, made.labels) == ("chillers", "MQ==", 10, {"team": "cooling"})
    assert made.schema_version is None and made.created_time_utc == made.last_updated_time_utc
    assert made.content.device_content == content.device_content
    becomes(own, {"chillers": "Applied"}, "pump-1")
    assert standing(own, "pump-0") == {}
    wait_for(lambda: manager.get_configuration("chillers").system_metrics.results == {"targetedCount": 2, "appliedCount": 2})
    read = manager.get_configuration("chillers")
    assert read.metrics.results == {"on": 2}
    assert read.system_metrics.queries == {
        "targetedCount": "select deviceId from devices where tags.floor = 1",
        "appliedCount": "select deviceId from devices where configurations.[[chillers]].status = 'Applied'"}
    assert [one.id for one in manager.get_configurations()] == ["chillers"]
    assert len(manager.get_configurations(1)) == 1

    read.priority = 20
    read.content = ConfigurationContent(device_content={"properties.desired.other": 1})
    changed = manager.update_configuration(read, f'"{read.etag}"')
    assert (changed.priority, changed.etag) == (20, "Mg==")
    assert changed.content.device_content == content.device_content, "content never changes, and is passed over"
    with pytest.raises(HttpOperationError) as stale:
        manager.update_configuration(read, f'"{read.etag}"')
    assert stale.value.response.status_code == 412
    manager.update_configuration(read, "*")
    manager.delete_configuration("chillers")
    with pytest.raises(HttpOperationError) as gone:
        manager.get_configuration("chillers")
    assert gone.value.response.status_code == 404
    becomes(own, {}, "pump-1")
    assert user(own.twin("pump-1")["properties"]["desired"]) == {"chiller": {"speed": 5}}, "what is written stays"


def test_says_what_is_wrong_with_queries(manager):
    answer = manager.test_configuration_queries(ConfigurationQueriesTestInput(
        target_condition="tags.a = 'b'", custom_metric_queries={"good": "SELECT deviceId FROM devices", "bad": "SELECT"}))
    assert answer.target_condition_error is None
    assert list(answer.custom_metric_query_errors) == ["bad"]
    for condition in ["*", "tags.a =", "properties.desired.a = 1", "tags.a IN ['true', true]"]:
        answer = manager.test_configuration_queries(ConfigurationQueriesTestInput(target_condition=condition))
        assert answer.target_condition_error, condition
        assert answer.custom_metric_query_errors == {}


def test_applies_content_to_an_edge_device(own, manager):
    content = ConfigurationContent(modules_content={
        "$edgeAgent": {"properties.desired": AGENT}, "$edgeHub": {"properties.desired": {"routes": {"up": "FROM /* INTO $upstream"}}},
        "sensor": {"properties.desired.interval": 5}})
    manager.apply_configuration_on_edge_device("gateway", content)
    assert user(own.twin("gateway", "$edgeAgent")["properties"]["desired"]) == AGENT
    assert user(own.twin("gateway", "sensor")["properties"]["desired"]) == {"interval": 5}
    assert ok(own.get("/devices/gateway/modules/sensor"))["managedBy"] == "iotEdge"
    with pytest.raises(HttpOperationError) as refused:
        manager.apply_configuration_on_edge_device("pump-0", content)
    assert refused.value.response.status_code == 400 and "Not an Azure IoT Edge device" in refused.value.response.text
    with pytest.raises(HttpOperationError) as missing:
        manager.apply_configuration_on_edge_device("nobody", content)
    assert missing.value.response.status_code == 404


# What the command line sends -----------------------------------------------------------------------------


def test_az_iot_hub_configuration(own):
    """create, show, update, show-metric, delete, as the extension sends them."""
    body = device_configuration(
        "az-one", {"a": {"b": 1}}, schemaVersion="2.0", labels={}, targetCondition="tags.floor=0", priority=3, etag="*",
        metrics={"queries": {"m": "select deviceId from devices"}})
    made = ok(put(own, body, api=AZ))
    assert list(made) == [
        "id", "schemaVersion", "labels", "content", "targetCondition", "createdTimeUtc", "lastUpdatedTimeUtc", "priority",
        "systemMetrics", "metrics", "etag"]
    assert made["systemMetrics"]["results"] == {} and made["metrics"]["queries"] == body["metrics"]["queries"]
    shown = own.get("/configurations/az-one", api=AZ)
    assert shown.headers["ETag"] == '"MQ=="'
    becomes(own, {"az-one": "Applied"}, "pump-2")
    for name, query in ok(shown)["systemMetrics"]["queries"].items():
        assert len(ok(own.post("/devices/query", {"query": query}, api=AZ))) == 2, name
    ok(put(own, ok(shown) | {"priority": 4}, etag='"MQ=="', api=AZ))
    assert [one["id"] for one in ok(own.get("/configurations/", top=20, api=AZ))] == ["az-one"]
    assert own.delete("/configurations/az-one", etag="*", api=AZ).status_code == 204


def test_module_configurations(own):
    body = {"id": "cams", "content": {"moduleContent": {"properties.desired.zoom": 2}},
            "targetCondition": "from devices.modules where moduleId = 'cam'"}
    ok(put(own, body))
    becomes(own, {"cams": "Applied"}, "pump-0", "cam")
    assert user(own.twin("pump-0", "cam")["properties"]["desired"]) == {"zoom": 2}
    wait_for(lambda: ok(own.get("/configurations/cams"))["systemMetrics"]["results"] == {"targetedCount": 1, "appliedCount": 1})
    own.create_module("pump-1", "cam")
    assert standing(own, "pump-1", "cam") == {"cams": "Applied"}, "what comes later is targeted as it comes"


def test_az_iot_edge_deployment_with_a_layer(own):
    base = {"id": "base", "priority": 1, "targetCondition": "tags.site = 'a'", "content": {"modulesContent": {
        "$edgeAgent": {"properties.desired": AGENT}, "$edgeHub": {"properties.desired": {"routes": {}}},
        "heater": {"properties.desired": {"max": 40, "min": 10}}}}}
    layer = {"id": "layer", "priority": 2, "targetCondition": "*", "content": {"modulesContent": {
        "$edgeAgent": {"properties.desired.modules.tracker": {"type": "docker"}},
        "heater": {"properties.desired.max": 45}}}}
    other = {"id": "other", "priority": 0, "targetCondition": "*", "content": {"modulesContent": {
        "$edgeAgent": {"properties.desired": {"schemaVersion": "1.0"}}}}}
    for body in (base, layer, other):
        ok(put(own, body))
    becomes(own, {"layer": "Applied", "base": "Applied", "other": "Targeted"}, "gateway", "$edgeAgent")
    becomes(own, {"layer": "Targeted", "base": "Targeted", "other": "Targeted"}, "gateway")
    agent = user(own.twin("gateway", "$edgeAgent")["properties"]["desired"])
    assert agent == AGENT | {"modules": AGENT["modules"] | {"tracker": {"type": "docker"}}}
    assert user(own.twin("gateway", "heater")["properties"]["desired"]) == {"max": 45, "min": 10}
    version = own.twin("gateway", "$edgeAgent")["properties"]["desired"]["$version"]
    own.report("gateway", {"lastDesiredVersion": version, "lastDesiredStatus": {"code": 200}}, "$edgeAgent")
    counts = ok(own.get("/configurations/base"))["systemMetrics"]["results"]
    assert counts == {"targetedCount": 1, "appliedCount": 1, "reportedSuccessfulCount": 1, "reportedFailedCount": 0}
    own.report("gateway", {"lastDesiredStatus": {"code": 400}}, "$edgeAgent")
    counts = ok(own.get("/configurations/base"))["systemMetrics"]["results"]
    assert counts["reportedFailedCount"] == 1
    # The base goes: the next one takes its place, and what only the base had is uninstalled.
    own.delete("/configurations/base")
    becomes(own, {"layer": "Applied", "other": "Applied"}, "gateway", "$edgeAgent")
    agent = user(own.twin("gateway", "$edgeAgent")["properties"]["desired"])
    assert agent == {"schemaVersion": "1.0", "modules": {"tracker": {"type": "docker"}}}


# Rules ---------------------------------------------------------------------------------------------------


def test_what_prevails_and_what_happens_when_a_device_is_no_longer_targeted(own):
    ok(put(own, device_configuration("low", {"fan": {"speed": 1, "mode": "eco"}}, targetCondition="*", priority=1)))
    ok(put(own, device_configuration("high", {"fan.speed": 9}, targetCondition="tags.floor = 1", priority=5)))
    becomes(own, {"high": "Applied", "low": "Applied"}, "pump-3")
    assert own.twin("pump-3")["properties"]["desired"]["fan"] == {"speed": 9, "mode": "eco"}
    metadata = own.twin("pump-3")["properties"]["desired"]["$metadata"]["fan"]
    assert metadata["speed"]["$lastUpdatedBy"] == "high" and metadata["mode"]["$lastUpdatedBy"] == "low"
    assert metadata["mode"]["$lastUpdatedByDigest"].isdigit() and "$lastUpdatedBy" not in metadata
    answered = own.patch_twin("pump-3", {"tags": {"floor": 0}})
    assert answered["properties"]["desired"]["fan"] == {"speed": 1, "mode": "eco"}
    assert answered["configurations"] == {"low": {"status": "Applied"}}
    own.patch_twin("pump-3", {"tags": {"floor": 1}})
    assert standing(own, "pump-3") == {"high": "Applied", "low": "Applied"}


def test_ties_go_to_the_newer_one_and_the_overruled_one_stays_targeted(own):
    for name in ("first", "second"):
        ok(put(own, device_configuration(name, {"who": name}, targetCondition="deviceId = 'pump-0'")))
    becomes(own, {"second": "Applied", "first": "Targeted"}, "pump-0")
    assert own.twin("pump-0")["properties"]["desired"]["who"] == "second"


BAD = {
    "no content": ({"content": None}, "InvalidConfigurationContent"),
    "two contents": ({"content": {"deviceContent": {}, "moduleContent": {}}}, "InvalidConfigurationContent"),
    "tags": ({"content": {"deviceContent": {"tags.a": 1}}}, "InvalidConfigurationContent"),
    "a bad key": ({"content": {"deviceContent": {"properties.desired.a b": 1}}}, "InvalidConfigurationContent"),
    "a null": ({"content": {"deviceContent": {"properties.desired.a": None}}}, "InvalidConfigurationContent"),
    "too much": ({"content": {"deviceContent": {f"properties.desired.k{n}": "x" * 4000 for n in range(9)}}}, "InvalidConfigurationContent"),
    "no agent": ({"content": {"modulesContent": {"a": {"properties.desired": {}}}}}, "InvalidConfigurationContent"),
    "syntax": ({"targetCondition": "tags.a ="}, "InvalidConfigurationTargetCondition"),
    "desired": ({"targetCondition": "properties.desired.a = 1"}, "InvalidConfigurationTargetCondition"),
    "modules for devices": ({"targetCondition": "from devices.modules where tags.a = 1"}, "InvalidConfigurationTargetCondition"),
    "devices for modules": (
        {"content": {"moduleContent": {"properties.desired.a": 1}}, "targetCondition": "tags.a = 1"}, "InvalidConfigurationTargetCondition"),
    "a metric": ({"metrics": {"queries": {"m": "SELECT"}}}, "InvalidConfigurationCustomMetricsQuery"),
    "six metrics": ({"metrics": {"queries": {f"m{n}": "SELECT * FROM devices" for n in range(6)}}}, "InvalidConfigurationCustomMetricsQuery"),
    "a priority": ({"priority": "high"}, "ArgumentInvalid"), "a label": ({"labels": {"a": 1}}, "ArgumentInvalid"),
    "another id": ({"id": "other"}, "ArgumentInvalid"),
}


@pytest.mark.parametrize("change, error", BAD.values(), ids=BAD.keys())
def test_what_is_refused(own, change, error):
    body = device_configuration("bad", {"a": 1}) | change
    expect_error(own.put("/configurations/bad", body), 400, error)
    expect_error(own.get("/configurations/bad"), 404, "ConfigurationNotFound")


@pytest.mark.parametrize("identifier", ["Upper", "a.b", "a:b", "x" * 129])
def test_ids_that_are_none(own, identifier):
    expect_error(own.put(f"/configurations/{identifier}", device_configuration(identifier, {"a": 1})), 400, "ArgumentInvalid")


def test_conditions_of_requests(own):
    body = device_configuration("c-1", {"a": 1})
    ok(put(own, body, etag='""'))
    expect_error(put(own, body), 409, "ConfigurationAlreadyExists")
    expect_error(put(own, body, etag='"Mg=="'), 412, "PreconditionFailed")
    expect_error(own.delete("/configurations/c-1", etag='"Mg=="'), 412, "PreconditionFailed")
    assert ok(put(own, body, etag="MQ=="))["etag"] == "Mg=="
    assert own.delete("/configurations/c-1").status_code == 204
    expect_error(own.delete("/configurations/c-1"), 404, "ConfigurationNotFound")


@pytest.mark.parametrize("header", ["*", '"*"', '"MQ=="', "NQ=="])
def test_one_that_is_missing_is_made_whatever_the_condition_says(own, header):
    made = put(own, device_configuration("c-1", {"a": 1}), etag=header)
    assert ok(made)["etag"] == "MQ==" and made.headers["ETag"] == '"MQ=="'
    expect_error(own.delete("/configurations/c-2", etag=header), 404, "ConfigurationNotFound")


def test_a_hub_has_room_for_a_hundred(own):
    for number in range(100):
        ok(put(own, device_configuration(f"many-{number}", {"a": 1})))
    expect_error(put(own, device_configuration("one-more", {"a": 1})), 413, "ConfigurationCountLimitExceeded")


def test_a_policy_that_may_neither_register_nor_connect_is_refused(own):
    from acceptance.server import run_command
    token = run_command("sas", "--data", own.server.data, "--policy", "device").stdout.strip()
    expect_error(own.as_(token).get("/configurations"), 401, "IotHubUnauthorizedAccess")


@pytest.mark.parametrize("kill", [False, True])
def test_configurations_and_their_standing_outlive_the_process(new_server, kill):
    server = new_server()
    hub = Hub(server)
    for number in range(300):
        hub.create(f"d{number}")
    ok(put(hub, device_configuration("all", {"a": 1}, targetCondition="*")))
    server.restart(kill=kill)
    hub = Hub(server)
    wait_for(lambda: ok(hub.get("/configurations/all"))["systemMetrics"]["results"] == {"targetedCount": 300, "appliedCount": 300})
    assert all(hub.twin(f"d{number}")["properties"]["desired"]["a"] == 1 for number in (0, 7, 299))
    assert hub.twin("d299")["properties"]["desired"]["$version"] == 2, "nothing is written twice"
