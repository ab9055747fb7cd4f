"""`--throttle`: the limits of an edition of the real hub (rest.md section 18), and what those are told who meet them."""

import datetime

import pytest
from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.protocol.models import QuerySpecification
from msrest.exceptions import HttpOperationError

from acceptance.rest import Hub, expect_error, ok
from acceptance.server import SAMPLE, Server, run_command
from acceptance.waiting import wait_for

#: Far more than any machine is given back while it makes them.
MANY = 400
TEXT = "The request has been throttled. Wait 10 seconds and try again. Operation type: "


@pytest.fixture(scope="module")
def limited():
    one = Server("--throttle", "S1", "--seed", SAMPLE).start()
    # `twinhub env` reads the devices, which the first tests leave no room for.
    assert one.connection_string
    yield one
    one.dispose()


@pytest.fixture
def limited_hub(limited):
    return Hub(limited)


def refused(call):
    """The first answer that is not let through, and how many were before it."""
    for count in range(MANY):
        answer = call()
        if answer.status_code == 429:
            return answer, count
        assert answer.status_code < 300, answer.text
    raise AssertionError(f"{MANY} were let through")


def query(hub):
    return hub.post("/devices/query", {"query": "SELECT deviceId FROM devices"})


def metric(hub, name):
    lines = hub.as_(None).get("/metrics", api=None).text.splitlines()
    return next((float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"{name} ")), None)


def test_queries_meet_their_limit_and_are_told_so(limited_hub):
    before = metric(limited_hub, 'twinhub_throttled_total{operation="queries"}')
    answer, count = refused(lambda: query(limited_hub))
    assert count >= 20
    expect_error(answer, 429, "ThrottlingBacklogTimeout", text=f"{TEXT}Query")
    assert answer.headers["Connection"] == "close" and "Retry-After" not in answer.headers
    assert metric(limited_hub, 'twinhub_throttled_total{operation="queries"}') == before + 1
    # Other operations have limits of their own.
    assert limited_hub.get("/twins/gateway-a1").status_code == 200
    assert limited_hub.get("/statistics/devices").status_code == 200


def test_what_is_refused_is_not_done(limited_hub):
    made = iter(range(MANY))
    names = []

    def create():
        names.append(f"made-{next(made)}")
        return limited_hub.put(f"/devices/{names[-1]}", {"deviceId": names[-1]})

    answer, _ = refused(create)
    expect_error(answer, 429, "ThrottlingBacklogTimeout", text=f"{TEXT}CRUD")
    expect_error(limited_hub.get(f"/twins/{names[-1]}"), 404, "DeviceNotFound")
    assert ok(limited_hub.get(f"/twins/{names[-2]}"))["deviceId"] == names[-2]


def test_a_bulk_request_counts_each_identity(new_server):
    hub = Hub(new_server("--throttle", "S1"))

    def bulk(count, name):
        return hub.post("/devices", [{"id": f"{name}-{number}", "importMode": "create", "status": "enabled",
                                      "authentication": {"type": "sas"}} for number in range(count)])

    assert bulk(60, "first").status_code == 200
    expect_error(bulk(90, "second"), 429, "ThrottlingBacklogTimeout", text=f"{TEXT}CRUD")
    assert ok(hub.get("/statistics/devices"))["totalDeviceCount"] == 60


def test_more_units_let_more_through(new_server):
    hub = Hub(new_server("--throttle", "S1", "--throttle-units", "3"))
    assert refused(lambda: query(hub))[1] >= 60


def test_twinhubs_own_paths_are_not_limited(limited_hub):
    for _ in range(150):
        assert limited_hub.get("/emulator/devices/gateway-a1/twin").status_code == 200


def test_microsofts_client_raises(limited, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", limited.ca_file)
    registry = IoTHubRegistryManager.from_connection_string(limited.connection_string)
    with pytest.raises(HttpOperationError) as raised:
        for _ in range(MANY):
            registry.query_iot_hub(QuerySpecification(query="SELECT deviceId FROM devices"))
    assert raised.value.response.status_code == 429


def test_the_days_messages_are_counted(limited_hub):
    """Twin reads are messages; reads of identities are not."""
    for _ in range(2):
        day = datetime.datetime.now(datetime.timezone.utc).date()
        before = metric(limited_hub, "twinhub_messages_today")
        for _ in range(3):
            ok(limited_hub.get("/twins/gateway-a1"))
        after = metric(limited_hub, "twinhub_messages_today")
        # A new day begins with none.
        if datetime.datetime.now(datetime.timezone.utc).date() == day:
            break
    assert after == before + 3
    assert metric(limited_hub, "twinhub_messages_per_day") == 400_000


def test_the_smallest_edition_has_one_active_job(new_server):
    hub = Hub(new_server("--throttle", "S1"))
    later = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def schedule(name):
        return hub.put(f"/jobs/v2/{name}", {
            "jobId": name, "type": "scheduleUpdateTwin", "queryCondition": "*", "startTime": later,
            "maxExecutionTimeInSeconds": 60, "updateTwin": {"etag": "*", "tags": {"a": 1}}})

    assert schedule("one").status_code == 200
    expect_error(schedule("two"), 429, "ThrottlingMaxActiveJobCountExceeded")


def job(hub, name, **work):
    ok(hub.put(f"/jobs/v2/{name}", {
        "jobId": name, "queryCondition": "*", "startTime": None, "maxExecutionTimeInSeconds": 600, **work}))

    def is_over():
        answer = hub.get(f"/jobs/v2/{name}")
        # To ask for it has a rate, too.
        return answer.status_code == 200 and answer.json()["status"] == "completed"

    wait_for(is_over)
    rows = ok(hub.post("/devices/query", {"query": f"SELECT * FROM devices.jobs WHERE devices.jobs.jobId = '{name}'"}))
    return sorted(rows, key=lambda row: row["deviceId"])


UPDATE = {"type": "scheduleUpdateTwin", "updateTwin": {"etag": "*", "tags": {"a": 1}}}
CALL = {"type": "scheduleDeviceMethod", "cloudToDeviceMethod": {"methodName": "reboot"}}


@pytest.mark.parametrize("work", [UPDATE, CALL], ids=["twins", "methods"])
def test_a_jobs_devices_have_their_turn_at_its_rate(new_server, work):
    """10 a second of S1, and nobody is refused. The times are the hub's own: a slow machine makes them longer."""
    hub = Hub(new_server("--throttle", "S1"))
    assert hub.post("/devices", [
        {"id": f"d{number}", "importMode": "create"} for number in range(45)]).status_code == 200
    rows = job(hub, "slow", **work)
    assert len(rows) == 45 and {row["status"] for row in rows} == {"completed" if work is UPDATE else "failed"}
    if work is CALL:
        assert {row["error"]["code"] for row in rows} == {"DeviceNotOnline"}
    times = sorted(datetime.datetime.fromisoformat(row["endTimeUtc"][:19]) for row in rows)
    # The first ten at once, the 35 others in their seconds.
    assert (times[-1] - times[0]).total_seconds() >= 2
    assert metric(hub, "twinhub_messages_today") >= 45


def test_a_jobs_devices_are_messages_of_the_day(new_server):
    """Of which the smallest edition has 8,000, each of 512 bytes."""
    hub = Hub(new_server("--throttle", "F1"))
    hub.create("d1")
    hub.create("d2")
    body = {"data": b"x" * 250_000, "api": "2020-09-30"}
    day = datetime.datetime.now(datetime.timezone.utc).date()
    wait_for(lambda: hub.post("/devices/d1/messages/events", **body).status_code == 403)
    wait_for(lambda: hub.get("/twins/d1").status_code == 403)
    for name, work in {"twins": UPDATE, "methods": CALL}.items():
        rows = job(hub, name, **work)
        if datetime.datetime.now(datetime.timezone.utc).date() != day:
            return  # A new day has begun, with new messages.
        assert [(row["deviceId"], row["status"], row["error"]["code"]) for row in rows] == [
            ("d1", "failed", "IotHubQuotaExceeded"), ("d2", "failed", "IotHubQuotaExceeded")]


def test_nothing_is_limited_unless_asked_for(hub):
    for _ in range(30):
        assert query(hub).status_code == 200
    assert metric(hub, 'twinhub_throttled_total{operation="queries"}') is None


@pytest.mark.parametrize("arguments", [["--throttle", "S9"], ["--throttle", "S1", "--throttle-units", "0"],
                                       ["--throttle", "S1", "--throttle-units", "201"]])
def test_other_editions_are_a_usage_error(arguments):
    done = run_command("serve", "--ephemeral", *arguments, check=False)
    assert done.returncode != 0 and "--throttle" in done.stderr
