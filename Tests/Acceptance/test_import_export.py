"""Imports and exports of the registry (rest.md section 13): the Python client, what `az` sends, and both kinds of container."""

import datetime
import json
import urllib.parse
import uuid

import pytest
import requests
from azure.iot.hub import IoTHubJobManager
from azure.iot.hub.protocol.models import JobProperties
from azure.storage.blob import ContainerClient, ContainerSasPermissions, generate_container_sas
from msrest.exceptions import HttpOperationError

from acceptance.rest import GUID, TIME, Hub, expect_error, ok, user
from acceptance.server import SAMPLE, run_command
from acceptance.waiting import wait_for

#: As `az` sends it with its calls to the service.
AZ = "2024-03-31"
ENDED = ("completed", "failed", "cancelled")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("containers")


@pytest.fixture(scope="module")
def place(folder):
    """A folder that imports and exports may use, as a URI."""
    return folder.as_uri()


@pytest.fixture
def site(new_server, folder):
    """A hub of the test's own that may use the folder."""
    return Hub(new_server("--import-export", folder))


def ended(hub, job):
    wait_for(lambda: ok(hub.get(f"/jobs/{job}"))["status"] in ENDED)
    return ok(hub.get(f"/jobs/{job}"))


def run(hub, **members):
    """A job to its end."""
    return ended(hub, ok(hub.post("/jobs/create", members))["jobId"])


def export(hub, place, **more):
    done = run(hub, type="export", outputBlobContainerUri=place, **more)
    assert done["status"] == "completed", done
    return done


def take_in(hub, place, **more):
    return run(hub, type="import", inputBlobContainerUri=place, **more)


def lines(folder, name="devices.txt"):
    """An export's lines, by device and module."""
    parsed = [json.loads(line) for line in (folder / name).read_text().splitlines()]
    return {(line["id"], line.get("moduleId")): line for line in parsed}


def errors(folder):
    return [json.loads(line) for line in (folder / "importErrors.log").read_text().splitlines()]


def write(folder, *entries, name="devices.txt"):
    (folder / name).write_text("".join(json.dumps(entry) + "\n" for entry in entries))


def container_uri(server, permission="rw", hours=1):
    """The hub's own container, signed as any client of the account signs: here by Azure's library."""
    key = (server.data / "blobs" / "account.key").read_text().strip()
    expiry = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    signature = generate_container_sas(
        "emulator", "blobs", account_key=key, expiry=expiry, permission=ContainerSasPermissions.from_string(permission))
    return f"https://localhost:{server.https_port}/emulator/blobs?{signature}"


# The Python client ---------------------------------------------------------------------------------------------


def test_the_client_exports_and_imports(site, folder, place, monkeypatch):
    server = site.server
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.ca_file))
    site.create("a")
    site.patch_twin("a", {"tags": {"t": [1, {"x": "é"}]}, "properties": {"desired": {"d": 1.0}}})
    manager = IoTHubJobManager.from_connection_string(server.connection_string)
    made = manager.create_import_export_job(JobProperties(
        type="export", output_blob_container_uri=place, output_blob_name="mine.txt", exclude_keys_in_export=False))
    assert GUID.match(made.job_id) and made.type == "export" and made.status in ("enqueued", "running")
    assert made.progress == 0 and made.output_blob_container_uri == place
    wait_for(lambda: manager.get_import_export_job(made.job_id).status == "completed")
    done = manager.get_import_export_job(made.job_id)
    assert done.progress == 100 and done.start_time_utc <= done.end_time_utc and done.failure_reason is None
    assert [job.job_id for job in manager.get_import_export_jobs()] == [made.job_id]
    line = lines(folder, "mine.txt")["a", None]
    assert line["tags"] == {"t": [1, {"x": "é"}]} and line["properties"] == {"desired": {"d": 1.0}, "reported": {}}

    site.remove("a")
    back = manager.create_import_export_job(JobProperties(
        type="import", input_blob_container_uri=place, input_blob_name="mine.txt", output_blob_container_uri=place))
    assert back.input_blob_container_uri == place
    wait_for(lambda: manager.get_import_export_job(back.job_id).status == "completed")
    assert site.twin("a")["tags"] == {"t": [1, {"x": "é"}]}
    for call in (manager.get_import_export_job, manager.cancel_import_export_job):
        with pytest.raises(HttpOperationError) as raised:
            call(str(uuid.uuid4()))
        assert raised.value.response.status_code == 404


# What `az iot hub device-identity export` and `import` send ------------------------------------------------------


def test_az_exports_shows_and_lists(site, place):
    made = ok(site.post("/jobs/create", {
        "type": "export", "outputBlobContainerUri": place, "excludeKeysInExport": True,
        "storageAuthenticationType": "keyBased"}, api=AZ))
    assert GUID.match(made["jobId"]) and TIME.match(made["startTimeUtc"])
    assert {name: made[name] for name in made if name not in ("jobId", "startTimeUtc")} == {
        "type": "export", "status": "enqueued", "progress": 0, "outputBlobContainerUri": place,
        "outputBlobName": "devices.txt", "excludeKeysInExport": True, "storageAuthenticationType": "keyBased",
        "useSecondaryStorageAsSource": False}
    done = ended(site, made["jobId"])
    assert done["progress"] == 100 and TIME.match(done["endTimeUtc"])
    assert ok(site.get("/jobs", api=AZ)) == [done]
    expect_error(site.delete(f"/jobs/{made['jobId']}"), 405, "OperationNotAllowedInCurrentState")
    expect_error(site.get(f"/jobs/{uuid.uuid4()}"), 404, "JobNotFound")


def test_only_the_first_answer_names_an_imports_container(site, folder, place):
    write(folder)
    made = ok(site.post("/jobs/create", {
        "type": "Import", "inputBlobContainerUri": place, "outputBlobContainerUri": place}, api=AZ))
    assert made["inputBlobContainerUri"] == place and made["type"] == "import"
    assert "inputBlobContainerUri" not in ended(site, made["jobId"])


# There and back --------------------------------------------------------------------------------------------------


def test_what_is_exported_makes_the_same_registry_elsewhere(new_server, folder, place):
    one = Hub(new_server("--seed", SAMPLE, "--import-export", folder))
    one.create("leaf", status="disabled", statusReason="é\"", authentication={
        "type": "selfSigned", "x509Thumbprint": {"primaryThumbprint": "0123456789ABCDEF0123456789ABCDEF01234567"}})
    one.create_module("leaf", "m", managedBy="someone")
    one.report("leaf", {"r": {"x": 1.50}}, "m")
    export(one, place)
    first = lines(folder)
    assert list(first) == sorted(first, key=lambda key: "/".join(part for part in key if part))
    assert list(first["leaf", None])[:4] == ["id", "eTag", "status", "statusReason"]
    assert first["leaf", "m"]["properties"]["reported"] == {"r": {"x": 1.5}}

    other = Hub(new_server("--import-export", folder))
    assert take_in(other, place)["status"] == "completed"
    wrong = errors(folder)
    export(other, place)
    second = lines(folder)
    # A scope holds the generation of its device: those of the other hub are unknown here.
    scoped = {key for key, line in first.items() if line.get("parentScopes")}
    assert {(error["deviceId"], error.get("moduleId")) for error in wrong} <= scoped | {
        key for key in first if (key[0], None) in scoped}
    for line in [*first.values(), *second.values()]:
        for name in ("eTag", "twinETag", "deviceScope", "parentScopes"):
            line.pop(name, None)
    missing = {(error["deviceId"], error.get("moduleId")) for error in wrong}
    assert second == {key: line for key, line in first.items() if key not in missing}
    assert len(second) > 5
    assert ok(other.get("/devices/leaf"))["authentication"] == ok(one.get("/devices/leaf"))["authentication"]


def test_an_import_restores_what_has_changed_since(site, folder, place):
    site.create("a")
    site.create_module("a", "m")
    site.desired("a", {"x": 1}, "m")
    export(site, place)
    site.remove("a")
    site.create("a", status="disabled")
    site.create_module("a", "m")
    entries = list(lines(folder).values())
    for entry in entries:
        # An exported ETag says which twin is to be changed, and this one is another.
        entry.pop("twinETag")
    write(folder, *entries)
    assert take_in(site, place)["status"] == "completed" and errors(folder) == []
    assert ok(site.get("/devices/a"))["status"] == "enabled"
    assert user(site.twin("a", "m")["properties"]["desired"]) == {"x": 1}


def test_keys_stay_out_of_an_export_on_request(site, folder, place):
    site.create("a")
    export(site, place, excludeKeysInExport=True)
    warning, line = (folder / "devices.txt").read_text().splitlines()
    assert "excludeKeysInExport" in warning
    assert json.loads(line)["authentication"]["symmetricKey"] == {"primaryKey": None, "secondaryKey": None}
    export(site, place)
    keys = lines(folder)["a", None]["authentication"]["symmetricKey"]
    assert keys == ok(site.get("/devices/a"))["authentication"]["symmetricKey"]


# Lines -----------------------------------------------------------------------------------------------------------


def test_each_bad_line_is_in_the_log_and_the_others_count(site, folder, place):
    site.create("there")
    write(
        folder, {"id": "good", "status": "enabled", "tags": {"a": 1}}, {"id": "without"},
        {"id": "there", "importMode": "create", "status": "enabled"},
        {"id": "gone", "importMode": "update", "status": "enabled"}, {"id": "gone", "importMode": "delete"},
        {"id": "bad id", "status": "enabled"}, {"id": "gone", "moduleId": "m", "status": "enabled"},
        {"id": "there", "importMode": "delete"})
    with open(folder / "devices.txt", "a") as file:
        file.write('\r\n  \nno json\n{"id":"last","status":"disabled"}')
    assert take_in(site, place)["status"] == "completed"
    assert [(error.get("deviceId"), error["errorCode"]) for error in errors(folder)] == [
        ("without", 400012), ("there", 409001), ("gone", 404001), ("gone", 404001), (None, 400012), ("gone", 404001),
        (None, 400012)]
    assert errors(folder)[5]["moduleId"] == "m"
    assert errors(folder)[6]["errorStatus"].startswith("Invalid device format in line 11: ")
    assert site.twin("good")["tags"] == {"a": 1} and ok(site.get("/devices/last"))["status"] == "disabled"
    assert site.get("/devices/there").status_code == 404


def test_a_file_as_windows_writes_it_is_read(site, folder, place):
    (folder / "devices.txt").write_bytes("\ufeff".encode() + b'{"id":"a","status":"enabled"}\r\n{"id":"b","status":"enabled"}\r\n')
    assert take_in(site, place)["status"] == "completed" and errors(folder) == []
    assert site.twin("a") and site.twin("b")


def test_a_line_without_end_costs_itself_only(site, folder, place):
    (folder / "devices.txt").write_bytes(b'{"id":"' + b"x" * (5 << 20) + b'"}\n{"id":"a","status":"enabled"}\n')
    assert take_in(site, place)["status"] == "completed"
    wrong, = errors(folder)
    assert wrong["errorStatus"].startswith("Invalid device format in line 1: It is too long.")
    assert site.twin("a")


def test_an_edge_device_and_its_modules_come_back_with_their_twins(site, folder, place):
    write(
        folder, {"id": "edge", "status": "enabled", "capabilities": {"iotEdge": True}},
        {"id": "edge", "moduleId": "$edgeAgent", "status": "enabled",
         "properties": {"desired": {"schemaVersion": "1.1"}, "reported": {"runtime": 1}}})
    assert take_in(site, place)["status"] == "completed" and errors(folder) == []
    twin = site.twin("edge", "$edgeAgent")["properties"]
    assert user(twin["desired"]) == {"schemaVersion": "1.1"} and user(twin["reported"]) == {"runtime": 1}
    # What the modules that have been there for longer report is their own.
    write(folder, {"id": "edge", "moduleId": "$edgeAgent", "status": "enabled", "properties": {"reported": {"runtime": 2}}})
    assert take_in(site, place)["status"] == "completed" and errors(folder) == []
    assert user(site.twin("edge", "$edgeAgent")["properties"]["reported"]) == {"runtime": 1}
    export(site, place)
    assert set(lines(folder)) == {("edge", None), ("edge", "$edgeAgent"), ("edge", "$edgeHub")}


def test_configurations_go_with_their_devices_on_request(new_server, folder, place):
    one = Hub(new_server("--import-export", folder))
    for device, site in (("a", "north"), ("b", "south")):
        one.create(device)
        one.patch_twin(device, {"tags": {"site": site}})
    body = {"id": "speed", "schemaVersion": "1.0", "labels": {"l": "é"}, "targetCondition": "tags.site='north'", "priority": 7,
            "content": {"deviceContent": {"properties.desired.speed": 3}},
            "metrics": {"queries": {"fast": "SELECT deviceId FROM devices WHERE properties.desired.speed > 2"}}}
    ok(one.put("/configurations/speed", body))
    export(one, place)
    assert not (folder / "configurations.txt").exists()
    done = export(one, place, includeConfigurations=True)
    assert done["includeConfigurations"] is True and done["configurationsBlobName"] == "configurations.txt"
    line, = (folder / "configurations.txt").read_text().splitlines()
    shown = ok(one.get("/configurations/speed"))
    exported = json.loads(line)
    assert exported == {**{name: shown[name] for name in exported}, "metrics": {"queries": body["metrics"]["queries"]}}

    (folder / "configurations.txt").write_text(line + '\n{"id":"none"}\n')
    other = Hub(new_server("--import-export", folder))
    assert take_in(other, place, includeConfigurations=True)["status"] == "completed"
    assert [(error["configurationId"], error["errorCode"]) for error in errors(folder)] == [("none", 400012)]
    wait_for(lambda: user(other.twin("a")["properties"]["desired"]) == {"speed": 3})
    assert user(other.twin("b")["properties"]["desired"]) == {}
    # The ETag that was exported is the one that stands: it is overwritten, once.
    for wrong in ([("none", 400012)], [("speed", 412001), ("none", 400012)]):
        assert take_in(other, place, includeConfigurations=True)["status"] == "completed"
        found = [(error["configurationId"], error["errorCode"]) for error in errors(folder) if "configurationId" in error]
        assert found == wrong


# The hub's own container -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["devices.txt", "backups/today.txt"])
def test_the_hubs_own_container_serves_azures_client(new_server, name):
    server = new_server()
    hub = Hub(server)
    hub.create("a")
    uri = container_uri(server)
    more = {} if name == "devices.txt" else {"outputBlobName": name}
    done = export(hub, uri, **more)
    # No signature is shown, or kept.
    assert done["outputBlobContainerUri"] == uri.split("?")[0]
    signature = urllib.parse.parse_qs(uri.split("?")[1])["sig"][0]
    assert signature not in run_command("log", "dump", "--data", server.data).stdout
    container = ContainerClient.from_container_url(uri, connection_verify=server.ca_file, retry_total=0)
    text = container.download_blob(name).readall()
    assert json.loads(text)["id"] == "a"
    container.upload_blob(name, text + b'{"id":"b","status":"enabled"}\n{"id":"c"}\n', overwrite=True)
    more = {} if name == "devices.txt" else {"inputBlobName": name}
    assert take_in(hub, uri, **more)["status"] == "completed"
    assert hub.twin("b")
    log = container.download_blob("importErrors.log").readall().splitlines()
    assert [json.loads(line)["deviceId"] for line in log] == ["c"]
    server.restart(kill=True)
    assert container_blob(server, name).endswith(b'"c"}\n')


def test_the_command_line_signs_for_the_hubs_own_container(new_server):
    server = new_server()
    uri = run_command("sas", "--data", server.data, "--container", "--ttl", "60").stdout.strip()
    assert uri.startswith(f"https://localhost:{server.https_port}/emulator/blobs?sv=")
    export(Hub(server), uri)
    assert container_blob(server, "devices.txt") == b""
    assert run_command("sas", "--data", server.data, "--container", "--policy", "service", check=False).returncode == 64


def container_blob(server, name):
    uri = container_uri(server)
    return ContainerClient.from_container_url(uri, connection_verify=server.ca_file, retry_total=0).download_blob(name).readall()


def test_the_hubs_own_identity_needs_no_signature(new_server):
    server = new_server()
    place = f"https://localhost:{server.https_port}/emulator/blobs"
    export(Hub(server), place, storageAuthenticationType="identityBased")
    assert container_blob(server, "devices.txt") == b""


def test_a_containers_signature_is_for_what_it_says(new_server):
    server = new_server()
    hub = Hub(server)

    def refused(uri):
        answer = hub.post("/jobs/create", {"type": "export", "outputBlobContainerUri": uri})
        return expect_error(answer, 400, "BlobContainerValidationError")

    good = container_uri(server)
    assert "permission" in refused(container_uri(server, "r"))
    assert "expiry" in refused(container_uri(server, hours=-1))
    refused(good.split("?")[0])
    refused(good.replace("sp=rw", "sp=rwd"))
    refused(good.replace("sr=c", "sr=b"))
    base = f"http://localhost:{server.https_port}/emulator/blobs"
    query = good.split("?")[1]
    put = requests.put(f"{base}/f.txt?{query}", data=b"x", headers={"x-ms-blob-type": "BlockBlob"}, timeout=10)
    assert put.status_code == 201
    assert requests.get(f"{base}/f.txt?{query}", timeout=10).content == b"x"
    reading = container_uri(server, "r").split("?")[1]
    assert requests.get(f"{base}/f.txt?{reading}", timeout=10).content == b"x"
    put = requests.put(f"{base}/f.txt?{reading}", data=b"y", headers={"x-ms-blob-type": "BlockBlob"}, timeout=10)
    assert put.status_code == 403


# Containers that are none --------------------------------------------------------------------------------------------


def test_only_what_is_in_the_allowed_folder_is_a_container(site, folder, place, tmp_path):
    (folder / "sub").mkdir(exist_ok=True)
    (folder / "file").write_text("x")
    if not (folder / "out").exists():
        (folder / "out").symlink_to(tmp_path)
    export(site, place + "/sub")
    export(site, place.replace("file://", "file://localhost") + "/sub/")
    for uri in [place + "/..", place + "/sub/../..", place + "/none", place + "/file", place + "/out", "file:///",
                place + "/%2e%2e", "file:relative", "file://elsewhere" + str(folder), place + "/%00",
                "https://account.blob.core.windows.net/container?sig=x", "https://localhost/emulator/blobs/d",
                "http://localhost/emulator/other", "nonsense"]:
        answer = site.post("/jobs/create", {"type": "export", "outputBlobContainerUri": uri})
        expect_error(answer, 400, "BlobContainerValidationError")
        answer = site.post("/jobs/create", {"type": "import", "inputBlobContainerUri": uri, "outputBlobContainerUri": place})
        expect_error(answer, 400, "BlobContainerValidationError")
    for name in ["../x", "a/b", "..", "a\nb"]:
        answer = site.post("/jobs/create", {"type": "export", "outputBlobContainerUri": place, "outputBlobName": name})
        assert answer.status_code == 400
    assert list(tmp_path.iterdir()) == []
    (folder / "link.txt").unlink(missing_ok=True)
    (folder / "link.txt").symlink_to("/etc/passwd")
    failed = take_in(site, place, inputBlobName="link.txt")
    assert failed["status"] == "failed" and "link" in failed["failureReason"]


def test_files_need_the_option(new_server, place):
    answer = Hub(new_server()).post("/jobs/create", {"type": "export", "outputBlobContainerUri": place})
    assert "--import-export" in expect_error(answer, 400, "BlobContainerValidationError")


@pytest.mark.parametrize("body, name", [
    ({"type": "export"}, "ArgumentNull"), ({"outputBlobContainerUri": "file:///x"}, "ArgumentNull"),
    ({"type": "import", "outputBlobContainerUri": "file:///x"}, "ArgumentNull"),
    ({"type": "backup", "outputBlobContainerUri": "file:///x"}, "ArgumentInvalid"), ([], "ArgumentInvalid")])
def test_what_is_no_job_is_refused(hub, body, name):
    expect_error(hub.post("/jobs/create", body), 400, name)


def test_a_blob_that_is_missing_fails_the_job_and_not_the_hub(site, place):
    failed = take_in(site, place, inputBlobName="missing.txt")
    assert failed["status"] == "failed" and "missing.txt" in failed["failureReason"] and failed["progress"] == 0
    export(site, place)


@pytest.mark.parametrize("policy", ["registryRead", "service", "device"])
@pytest.mark.parametrize("method, path", [("POST", "/jobs/create"), ("GET", "/jobs"), ("GET", "/jobs/x"), ("DELETE", "/jobs/x")])
def test_the_registrys_permissions_are_needed(hub, policy_token, policy, method, path):
    expect_error(hub.as_(policy_token(policy)).call(method, path, {}), 401, "IotHubUnauthorizedAccess")


# Under way -----------------------------------------------------------------------------------------------------------

LINES = 20_000


def test_there_is_one_at_a_time_and_it_can_be_cancelled(site, folder, place):
    write(folder, *({"id": f"d{number}", "status": "enabled"} for number in range(LINES)))
    job = ok(site.post("/jobs/create", {"type": "import", "inputBlobContainerUri": place, "outputBlobContainerUri": place}))["jobId"]
    answer = site.post("/jobs/create", {"type": "export", "outputBlobContainerUri": place})
    expect_error(answer, 403, "JobQuotaExceeded")
    cancelled = site.delete(f"/jobs/{job}")
    assert cancelled.status_code == 204 and cancelled.content == b""
    assert ok(site.get(f"/jobs/{job}"))["status"] == "cancelled"
    export(site, place, outputBlobName="after.txt")
    count = len(lines(folder, "after.txt"))
    assert count < LINES
    assert ok(site.get("/statistics/devices"))["totalDeviceCount"] == count


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_an_import_that_a_kill_cuts_short_goes_on_and_does_no_line_twice(new_server, folder, place):
    server = new_server("--import-export", folder)
    count = 450
    for round, (point, at) in enumerate([(point, at) for point in ("append-torn", "append-after-sync") for at in (1, 2, 3, 5)]):
        write(folder, *({"id": f"r{round}-{number}", "status": "enabled", "importMode": "create", "tags": {"n": number}}
                        for number in range(count)), {"id": "bad"})
        server.stop()
        server.env = {"TWINHUB_CRASH_AT": f"{point}:{at}"}
        hub = Hub(server.start())
        body = {"type": "import", "inputBlobContainerUri": place, "outputBlobContainerUri": place}
        try:
            hub.post("/jobs/create", body)
        except OSError:
            pass
        assert server.process.wait(60) == -9
        server.env = {}
        hub = Hub(server.start())
        jobs = ok(hub.get("/jobs"))
        if len(jobs) == round:
            jobs.append(ok(hub.post("/jobs/create", body)))
        assert ended(hub, jobs[-1]["jobId"])["status"] == "completed"
        # A line that were taken twice would be an error: its device exists.
        assert [error["deviceId"] for error in errors(folder)] == ["bad"]
        assert ok(hub.get("/statistics/devices"))["totalDeviceCount"] == count * (round + 1)


@pytest.mark.heavy
def test_an_export_that_a_stop_cuts_short_is_made_by_the_next_server(new_server, folder, place):
    server = new_server("--import-export", folder)
    hub = Hub(server)
    seed = "\n".join(f'{{"id":"d{number}","status":"enabled"}}' for number in range(2000))
    ok(hub.post("/emulator/seed", data=seed.encode()))
    (folder / "devices.txt").unlink(missing_ok=True)
    job = ok(hub.post("/jobs/create", {"type": "export", "outputBlobContainerUri": place}))["jobId"]
    server.kill9()
    hub = Hub(server.start())
    assert ended(hub, job)["status"] == "completed"
    assert len(lines(folder)) == 2000
    assert not (folder / "devices.txt.new").exists()
