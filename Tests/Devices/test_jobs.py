"""Scheduled jobs seen by the devices that they are for (rest.md section 12)."""

import uuid

import pytest

from acceptance.rest import ok, user

from devices.waiting import eventually


@pytest.fixture
def site(hub, name):
    """Three devices that a condition finds, and their condition. Named before `client`, whose clients end before their devices."""
    devices = [f"{name}-{number}" for number in range(3)]
    for device in devices:
        hub.create(device)
        hub.patch_twin(device, {"tags": {"site": name}})
    yield devices, f"tags.site = '{name}'"
    for device in devices:
        hub.remove(device)


def schedule(hub, condition, **work):
    """Schedules a job for now; its id."""
    job = f"job-{uuid.uuid4()}"
    ok(hub.put(f"/jobs/v2/{job}", {"jobId": job, "queryCondition": condition, **work}))
    return job


def call_method(hub, condition, *, response=30, connect=0, payload=None):
    method = {"methodName": "reboot", "payload": payload, "responseTimeoutInSeconds": response,
              "connectTimeoutInSeconds": connect}
    return schedule(hub, condition, type="scheduleDeviceMethod", cloudToDeviceMethod=method)


def ended(hub, job):
    def look():
        found = ok(hub.get(f"/jobs/v2/{job}"))
        return found if found["status"] in ("completed", "failed", "cancelled") else None

    return eventually(look, f"the end of {job}")


def rows(hub, job):
    """The job's rows by device."""
    found = ok(hub.post("/devices/query", {"query": f"SELECT * FROM devices.jobs WHERE jobId = '{job}'"}))
    return {row["deviceId"]: row for row in found}


def test_a_job_calls_every_device_and_keeps_what_each_has_said(site, client, hub, style):
    devices, condition = site
    heard = [
        client(device, style=style).answer_methods(lambda request, status=status: (status, {"of": request.payload}))
        for device, status in zip(devices, (200, 418, -7))
    ]
    job = call_method(hub, condition, payload={"größe": [1, None]})
    done = ended(hub, job)
    assert done["status"] == "completed" and done["deviceJobStatistics"] == {
        "deviceCount": 3, "failedCount": 0, "succeededCount": 3, "runningCount": 0, "pendingCount": 0}
    for one in heard:
        request = one.next()
        assert request.name == "reboot" and request.payload == {"größe": [1, None]}
        assert one.is_empty
    found = rows(hub, job)
    for device, status in zip(devices, (200, 418, -7)):
        assert found[device]["status"] == "completed" and "error" not in found[device]
        assert found[device]["outcome"] == {
            "deviceMethodResponse": {"status": status, "payload": {"of": {"größe": [1, None]}}}}


def test_a_device_that_is_away_or_silent_fails_by_itself(site, client, hub):
    (speaks, silent, away), condition = site
    client(speaks).answer_methods()
    client(silent).answer_methods(lambda request: None)
    done = ended(hub, job := call_method(hub, condition, response=5))
    assert done["status"] == "completed"
    assert (done["deviceJobStatistics"]["succeededCount"], done["deviceJobStatistics"]["failedCount"]) == (1, 2)
    found = rows(hub, job)
    assert found[speaks]["outcome"] == {"deviceMethodResponse": {"status": 200, "payload": None}}
    assert found[silent]["error"]["code"] == "GatewayTimeout"
    assert found[away]["error"]["code"] == "DeviceNotOnline"


def test_a_job_waits_for_devices_that_connect_in_time(site, client, hub):
    devices, condition = site
    job = call_method(hub, condition, connect=120, response=120)
    eventually(lambda: ok(hub.get(f"/jobs/v2/{job}")).get("deviceJobStatistics", {}).get("runningCount") == 3)
    for device in devices:
        client(device).answer_methods(lambda request: (200, "awake"))
    assert ended(hub, job)["deviceJobStatistics"]["succeededCount"] == 3
    assert {row["outcome"]["deviceMethodResponse"]["payload"] for row in rows(hub, job).values()} == {"awake"}


def test_a_device_hears_of_the_update_that_a_job_makes(site, client, hub):
    devices, condition = site
    patches = [client(device).patches() for device in devices]
    schedule(hub, condition, type="scheduleUpdateTwin",
             updateTwin={"etag": "*", "properties": {"desired": {"speed": 7}}})
    for heard in patches:
        assert user(heard.next()) == {"speed": 7} and heard.is_empty


def test_a_call_under_way_when_the_hub_is_killed_is_not_made_again(own_hub, client):
    hub = own_hub()
    hub.create("d")
    replies = [None, (200, "again")]
    heard = client("d", of=hub).answer_methods(lambda request: replies.pop(0))
    job = call_method(hub, "*", response=300)
    assert heard.next().name == "reboot"
    hub.server.restart(kill=True)
    assert ended(hub, job)["deviceJobStatistics"]["failedCount"] == 1
    error = rows(hub, job)["d"]["error"]
    assert error["code"] == "ServiceUnavailable" and "is not known" in error["description"]
    # The next call that the device hears of is the next job's.
    job = call_method(hub, "*", connect=60, response=60)
    assert ended(hub, job)["deviceJobStatistics"]["succeededCount"] == 1
    assert heard.next().name == "reboot" and heard.is_empty
    assert rows(hub, job)["d"]["outcome"]["deviceMethodResponse"] == {"status": 200, "payload": "again"}
