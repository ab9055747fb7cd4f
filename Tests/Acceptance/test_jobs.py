"""Scheduled jobs (rest.md section 12): the Python client, what `az iot hub job` sends, and the rows of devices.jobs."""

import datetime
import uuid

import pytest
from azure.iot.hub import IoTHubJobManager, IoTHubRegistryManager
from azure.iot.hub.protocol.models import CloudToDeviceMethod, JobRequest, QuerySpecification, Twin, TwinProperties
from msrest.exceptions import HttpOperationError

from acceptance.rest import TIME, Hub, expect_error, ok, user
from acceptance.server import run_command
from acceptance.waiting import wait_for

#: As `az` sends it with its calls to the service.
AZ = "2024-03-31"
OFFLINE = "The operation failed because the requested device isn't online."


@pytest.fixture(scope="module")
def manager(server):
    return IoTHubJobManager.from_connection_string(server.connection_string)


@pytest.fixture
def site(hub, name):
    """Three devices that a condition finds, and their condition; gone after the test."""
    devices = [f"{name}-{number}" for number in range(3)]
    for device in devices:
        hub.create(device)
        hub.patch_twin(device, {"tags": {"site": name}})
    yield devices, f"tags.site = '{name}'"
    for device in devices:
        hub.remove(device)


def new_id():
    return f"job-{uuid.uuid4()}"


def ended(hub, job, **more):
    """The job once it has come to its end."""
    found = {}

    def look():
        found.update(ok(hub.get(f"/jobs/v2/{job}", **more)))
        return found["status"] in ("completed", "failed", "cancelled")

    wait_for(look)
    return ok(hub.get(f"/jobs/v2/{job}", **more))


def rows(hub, condition):
    answer = hub.post("/devices/query", {"query": f"SELECT * FROM devices.jobs WHERE {condition}"})
    assert answer.headers["x-ms-item-type"] == "DeviceJob"
    return ok(answer)


def update(job, condition, tags, desired=None, **more):
    """A job's body as `az iot hub job create --job-type scheduleUpdateTwin` sends it."""
    return {"jobId": job, "type": "scheduleUpdateTwin", "startTime": None, "maxExecutionTimeInSeconds": 3600,
            "queryCondition": condition,
            "updateTwin": {"tags": tags, "properties": {"desired": desired or {}}, "etag": "*"}, **more}


def call(job, condition, **more):
    return {"jobId": job, "type": "scheduleDeviceMethod", "startTime": None, "maxExecutionTimeInSeconds": 3600,
            "queryCondition": condition,
            "cloudToDeviceMethod": {"methodName": "reboot", "payload": {"now": True}, "responseTimeoutInSeconds": 30,
                                    "connectTimeoutInSeconds": 0}, **more}


def ahead(**by):
    time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**by)
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# The Python client -------------------------------------------------------------------------------------------


def test_the_client_updates_twins(hub, manager, server, site):
    devices, condition = site
    hub.desired(devices[0], {"old": 1, "kept": 2})
    job = new_id()
    made = manager.create_scheduled_job(job, JobRequest(
        job_id=job, type="scheduleUpdateTwin", query_condition=condition, max_execution_time_in_seconds=60,
        start_time=datetime.datetime.now(datetime.timezone.utc).isoformat(),
        update_twin=Twin(etag="*", tags={"done": job}, properties=TwinProperties(desired={"old": None, "new": [1]}))))
    assert (made.job_id, made.type, made.status) == (job, "scheduleUpdateTwin", "queued")
    wait_for(lambda: manager.get_scheduled_job(job).status == "completed")
    read = manager.get_scheduled_job(job)
    counts = read.device_job_statistics
    assert (counts.device_count, counts.succeeded_count, counts.failed_count) == (3, 3, 0)
    assert (counts.running_count, counts.pending_count) == (0, 0)
    assert read.query_condition == condition and read.max_execution_time_in_seconds == 60
    assert read.created_time <= read.start_time <= read.end_time
    assert read.update_twin.tags == {"done": job} and read.update_twin.etag == "*"
    for device in devices:
        twin = hub.twin(device)
        assert twin["tags"]["done"] == job and user(twin["properties"]["desired"])["new"] == [1]
    assert user(hub.twin(devices[0])["properties"]["desired"]) == {"kept": 2, "new": [1]}
    assert "done" not in hub.twin("gateway-a1").get("tags", {})

    registry = IoTHubRegistryManager.from_connection_string(server.connection_string)
    found = registry.query_iot_hub(QuerySpecification(query=f"SELECT * FROM devices.jobs WHERE devices.jobs.jobId = '{job}'"))
    assert len(found.items) == 3


def test_the_client_calls_a_method_of_devices_that_are_offline(hub, manager, site):
    devices, condition = site
    job = new_id()
    manager.create_scheduled_job(job, JobRequest(
        job_id=job, type="scheduleDeviceMethod", query_condition=condition, max_execution_time_in_seconds=60,
        cloud_to_device_method=CloudToDeviceMethod(method_name="reboot", payload={"now": True})))
    wait_for(lambda: manager.get_scheduled_job(job).status == "completed")
    assert manager.get_scheduled_job(job).device_job_statistics.failed_count == 3
    for row in rows(hub, f"jobId = '{job}'"):
        assert row["status"] == "failed" and row["error"]["code"] == "DeviceNotOnline"
        assert row["error"]["description"].startswith(OFFLINE) and "outcome" not in row


def test_the_client_cancels_a_job_and_is_told_of_errors(manager):
    job = new_id()
    later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    request = JobRequest(job_id=job, type="scheduleUpdateTwin", query_condition="*", start_time=later.isoformat(),
                         update_twin=Twin(etag="*", tags={"never": True}))
    assert manager.create_scheduled_job(job, request).status == "scheduled"
    with pytest.raises(HttpOperationError) as raised:
        manager.create_scheduled_job(job, request)
    assert raised.value.response.status_code == 409
    assert manager.get_scheduled_job(job).status == "scheduled"
    assert manager.cancel_scheduled_job(job).status == "cancelled"
    assert manager.get_scheduled_job(job).status == "cancelled"
    assert manager.get_scheduled_job(new_id()).status == "unknown"


# What `az iot hub job` sends -----------------------------------------------------------------------------------


def test_az_creates_shows_lists_and_cancels(hub, site):
    devices, condition = site
    job, other = new_id(), new_id()
    made = ok(hub.put(f"/jobs/v2/{job}", update(job, condition, {"a": 1}), api=AZ))
    assert made == {"jobId": job, "type": "scheduleUpdateTwin", "status": "queued"}
    shown = ended(hub, job, api=AZ)
    assert shown["status"] == "completed" and shown["deviceJobStatistics"]["succeededCount"] == 3
    assert shown["updateTwin"] == {"etag": "*", "tags": {"a": 1}, "properties": {"desired": {}}}
    assert all(TIME.match(shown[name]) for name in ("createdTime", "startTime", "endTime"))
    assert list(shown) == ["jobId", "queryCondition", "createdTime", "startTime", "endTime", "maxExecutionTimeInSeconds",
                           "type", "updateTwin", "status", "deviceJobStatistics"]

    made = ok(hub.put(f"/jobs/v2/{other}", call(other, condition, startTime=ahead(hours=2)), api=AZ))
    assert made == {"jobId": other, "type": "scheduleDeviceMethod", "status": "scheduled"}
    listed = hub.get("/jobs/v2/query", api=AZ)
    assert listed.headers["x-ms-item-type"] == "JobResponse"
    states = {one["jobId"]: one["status"] for one in ok(listed)}
    assert states[job] == "completed" and states[other] == "scheduled"
    narrow = ok(hub.get("/jobs/v2/query", api=AZ, jobType="ScheduleDeviceMethod", jobStatus="Scheduled"))
    assert [one["jobId"] for one in narrow] == [other]
    assert narrow[0]["cloudToDeviceMethod"] == {
        "methodName": "reboot", "payload": {"now": True}, "responseTimeoutInSeconds": 30, "connectTimeoutInSeconds": 0}
    assert "deviceJobStatistics" not in narrow[0] and "endTime" not in narrow[0]

    cancelled = ok(hub.post(f"/jobs/v2/{other}/cancel", api=AZ))
    assert cancelled["jobId"] == other and cancelled["status"] == "cancelled"
    assert ok(hub.get("/jobs/v2/query", api=AZ, jobStatus="scheduled", jobType="scheduleDeviceMethod")) == []
    expect_error(hub.post(f"/jobs/v2/{other}/cancel"), 405, "OperationNotAllowedInCurrentState")
    expect_error(hub.post(f"/jobs/v2/{job}/cancel"), 405, "OperationNotAllowedInCurrentState")
    # What .NET may send with it.
    expect_error(hub.post(f"/jobs/v2/{new_id()}/cancel", None), 404, "JobNotFound")


def test_lists_come_in_pages(hub):
    mine = [new_id() for _ in range(3)]
    for job in mine:
        ok(hub.put(f"/jobs/v2/{job}", update(job, "deviceId = 'nobody'", {"a": 1})))
        ended(hub, job)
    found, token = [], None
    while True:
        headers = {"x-ms-max-item-count": "2"} | ({"x-ms-continuation": token} if token else {})
        answer = hub.get("/jobs/v2/query", headers=headers, jobType="scheduleUpdateTwin")
        page = ok(answer)
        assert 1 <= len(page) <= 2
        found += [one["jobId"] for one in page]
        token = answer.headers.get("x-ms-continuation")
        if token is None:
            break
    assert [one for one in found if one in mine] == mine and len(set(found)) == len(found)
    first = hub.get("/jobs/v2/query", pageSize=1)
    second = hub.get("/jobs/v2/query", pageSize=1, continuationToken=first.headers["x-ms-continuation"])
    assert ok(first) != ok(second)
    expect_error(hub.get("/jobs/v2/query", pageSize=0), 400, "ArgumentInvalid")
    expect_error(hub.get("/jobs/v2/query", jobStatus="sleeping"), 400, "ArgumentInvalid")
    expect_error(hub.get("/jobs/v2/query", headers={"x-ms-continuation": "made-up"}), 400, "ArgumentInvalid")
    assert ok(hub.get("/jobs/v2/query", jobType="export")) == []


# Rules ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body, status, name", [
    ({"type": "scheduleUpdateTwin", "queryCondition": "*", "updateTwin": {"tags": {}}}, 400, "ArgumentInvalid"),
    ({"type": "scheduleUpdateTwin", "queryCondition": "*"}, 400, "ArgumentNull"),
    ({"type": "scheduleDeviceMethod", "queryCondition": "*"}, 400, "ArgumentNull"),
    ({"type": "export", "queryCondition": "*"}, 400, "ArgumentInvalid"),
    ({"queryCondition": "*"}, 400, "ArgumentNull"),
    (update("x", "*", {}) | {"queryCondition": None}, 400, "ArgumentNull"),
    (update("x", "*", {}) | {"jobId": "another"}, 400, "ArgumentInvalid"),
    (update("x", "*", {}, startTime=ahead(hours=169)), 400, "ArgumentInvalid"),
    (update("x", "*", {}, maxExecutionTimeInSeconds=0), 400, "ArgumentInvalid"),
    (update("x", "*", {"a.b": 1}), 400, "ArgumentInvalid"),
    (update("x", "deviceId = '" + "d" * 8200 + "'", {}), 412, "PreconditionFailed"),
    ([], 400, "ArgumentInvalid"),
])
def test_what_is_no_job_is_refused(hub, body, status, name):
    if isinstance(body, dict) and body.get("jobId") == "x":
        body.pop("jobId")
    expect_error(hub.put("/jobs/v2/refused", body), status, name)
    assert ok(hub.get("/jobs/v2/refused")) == {"type": "unknown", "status": "unknown"}


def test_the_etag_is_any_in_the_services_own_words(hub):
    body = update("etag", "*", {"a": 1})
    body["updateTwin"]["etag"] = "AAAAAAAAAAE="
    said = expect_error(hub.put("/jobs/v2/etag", body), 400, "ArgumentInvalid")
    assert said.startswith("Missing or invalid etag for job type ScheduleUpdateTwin.")


@pytest.mark.parametrize("job", ["Upper", "a_b", "a.b", "é", "x" * 65])
def test_ids_have_their_rule(hub, job):
    expect_error(hub.put(f"/jobs/v2/{job}", update(job, "*", {"a": 1})), 400, "ArgumentInvalid")
    assert ok(hub.get(f"/jobs/v2/{job}"))["status"] == "unknown"


def test_a_condition_that_is_none_is_taken_and_its_job_fails(hub):
    job = new_id()
    condition = "SELECT * FROM devices"
    assert ok(hub.put(f"/jobs/v2/{job}", update(job, condition, {"a": 1})))["status"] == "queued"
    failed = ended(hub, job)
    assert failed["status"] == "failed" and "deviceJobStatistics" not in failed
    assert failed["failureReason"].startswith("SQL query parse failed due to following errors: \n\tLine 1:29 ")
    assert "SELECT" in failed["failureReason"]


def test_a_job_may_be_for_all_devices_or_for_none(new_server):
    hub = Hub(new_server())
    for device in ("a", "b"):
        hub.create(device)
    hub.create_module("a", "m")
    for job, condition, count in [("all", "*", 2), ("some", "deviceId IN ['b','c']", 1), ("none", "deviceId = 'c'", 0)]:
        ok(hub.put(f"/jobs/v2/{job}", update(job, condition, {job: True})))
        assert ended(hub, job)["deviceJobStatistics"] == {
            "deviceCount": count, "failedCount": 0, "succeededCount": count, "runningCount": 0, "pendingCount": 0}
    assert hub.twin("a")["tags"] == {"all": True} and hub.twin("b")["tags"] == {"all": True, "some": True}
    assert "tags" not in hub.twin("a", "m")


def test_so_many_jobs_are_active(new_server):
    hub = Hub(new_server("--active-jobs", "1"))
    ok(hub.put("/jobs/v2/one", update("one", "*", {}, startTime=ahead(hours=1))))
    expect_error(hub.put("/jobs/v2/two", update("two", "*", {})), 429, "ThrottlingMaxActiveJobCountExceeded")
    ok(hub.post("/jobs/v2/one/cancel"))
    ok(hub.put("/jobs/v2/two", update("two", "*", {})))


@pytest.mark.parametrize("method, path", [("GET", "/jobs/v2/x"), ("PUT", "/jobs/v2/x"), ("POST", "/jobs/v2/x/cancel"),
                                          ("GET", "/jobs/v2/query")])
def test_jobs_need_the_service_permission(hub, policy_token, method, path):
    answer = hub.as_(policy_token("registryReadWrite")).call(method, path, update("x", "*", {}))
    expect_error(answer, 401, "IotHubUnauthorizedAccess")


# Rows of devices.jobs ----------------------------------------------------------------------------------------------


def test_rows_say_what_became_of_each_device(hub, site):
    devices, condition = site
    first, second = new_id(), new_id()
    ok(hub.put(f"/jobs/v2/{first}", update(first, condition, {"a": 1})))
    ended(hub, first)
    ok(hub.put(f"/jobs/v2/{second}", call(second, f"deviceId = '{devices[1]}'")))
    ended(hub, second)
    found = rows(hub, f"devices.jobs.jobId = '{first}'")
    assert [row["deviceId"] for row in found] == devices
    for row in found:
        assert list(row) == ["deviceId", "jobId", "jobType", "status", "startTimeUtc", "endTimeUtc", "createdDateTimeUtc",
                             "lastUpdatedDateTimeUtc", "outcome"]
        assert (row["jobType"], row["status"]) == ("scheduleUpdateTwin", "completed")
        assert row["outcome"] == {"deviceMethodResponse": None}
        assert all(TIME.match(row[name]) for name in row if name.endswith("Utc"))
    both = rows(hub, f"deviceId = '{devices[1]}'")
    assert [row["jobId"] for row in both] == [first, second]
    assert [row["jobId"] for row in rows(hub, f"deviceId = '{devices[1]}' AND status = 'failed'")] == [second]
    assert len(rows(hub, f"devices.jobs.deviceId = '{devices[0]}' AND devices.jobs.jobType = 'scheduleUpdateTwin' "
                         "AND devices.jobs.status = 'completed' AND devices.jobs.createdDateTimeUtc > '2016-09-01'")) == 1
    assert len(rows(hub, f"jobId = '{first}' AND createdTimeUtc > '2016-09-01'")) == 3
    assert rows(hub, f"jobId = '{first}' AND createdTimeUtc < '2016-09-01'") == []


def test_rows_come_in_pages(hub, site):
    devices, condition = site
    job = new_id()
    ok(hub.put(f"/jobs/v2/{job}", update(job, condition, {"a": 1})))
    ended(hub, job)
    text = {"query": f"SELECT * FROM devices.jobs WHERE jobId = '{job}'"}
    page = hub.post("/devices/query", text, headers={"x-ms-max-item-count": "2"})
    assert [row["deviceId"] for row in ok(page)] == devices[:2]
    token = page.headers["x-ms-continuation"]
    page = hub.post("/devices/query", text, headers={"x-ms-max-item-count": "2", "x-ms-continuation": token})
    assert [row["deviceId"] for row in ok(page)] == devices[2:]
    assert page.headers["x-ms-item-type"] == "DeviceJob" and "x-ms-continuation" not in page.headers
    top = hub.post("/devices/query", {"query": f"SELECT TOP 1 * FROM devices.jobs WHERE jobId = '{job}'"})
    assert len(ok(top)) == 1


@pytest.mark.parametrize("text", ["SELECT deviceId FROM devices.jobs", "SELECT COUNT() AS n FROM devices.jobs",
                                  "SELECT * FROM devices.jobs WHERE tags.a = 1",
                                  "SELECT * FROM devices.jobs WHERE jobId = 'j' AND IS_DEFINED(properties.reported.a)"])
def test_jobs_are_selected_whole_and_by_themselves(hub, text):
    expect_error(hub.post("/devices/query", {"query": text}), 400, "ArgumentInvalid")


# Crashes ------------------------------------------------------------------------------------------------------------

DEVICES = 300


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_a_kill_in_the_midst_of_a_job_updates_no_twin_twice_and_leaves_none_out(new_server):
    server = new_server()
    hub = Hub(server)
    lines = "\n".join(f'{{"id":"d{number}","status":"enabled"}}' for number in range(DEVICES))
    ok(hub.post("/emulator/seed", data=lines.encode()))
    caught = 0
    for round, (point, count) in enumerate([(point, count) for point in ("append-torn", "append-after-sync")
                                            for count in (1, 2, 3, 4, 6)]):
        job = f"round-{round}"
        server.stop()
        server.env = {"TWINHUB_CRASH_AT": f"{point}:{count}"}
        hub = Hub(server.start())
        try:
            hub.put(f"/jobs/v2/{job}", update(job, "*", {}, {"round": round, "more": {"round": round}}))
        except OSError:
            pass
        assert server.process.wait(60) == -9
        server.env = {}
        of_job = [line for line in run_command("log", "dump", "--data", server.data).stdout.splitlines() if f'"jobId":"{job}"' in line]
        ends = [any(kind in line for line in of_job) for kind in ("job.devicesEnded", "job.ended")]
        caught += ends == [True, False]
        hub = Hub(server.start())
        state = ok(hub.get(f"/jobs/v2/{job}"))
        if state["status"] == "unknown":
            ok(hub.put(f"/jobs/v2/{job}", update(job, "*", {}, {"round": round, "more": {"round": round}})))
        done = ended(hub, job)
        assert done["status"] == "completed"
        assert done["deviceJobStatistics"]["succeededCount"] == DEVICES
        twins = [hub.twin(f"d{number}")["properties"]["desired"] for number in range(DEVICES)]
        # The first version is 1, and each job adds one.
        assert {twin["$version"] for twin in twins} == {round + 2}
        assert {twin["round"] for twin in twins} == {round}
    assert caught, "a kill came between the first devices and the last"
    assert len(ok(hub.post("/devices/query", {"query": "SELECT * FROM devices.jobs WHERE deviceId = 'd7'"}))) == round + 1
