"""File upload: the hub's part (rest.md section 16.4), and the blob service with Azure's own client."""

import base64
import datetime
import hashlib
import os
import urllib.parse

import pytest
import requests
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobClient, BlobSasPermissions, ContentSettings, generate_blob_sas

from acceptance.rest import GUID, Hub, expect_error, ok
from acceptance.waiting import wait_for
from acceptance.wire import Wire, request


@pytest.fixture
def owner(device, device_hub):
    """The device's own view of the hub, and its id."""
    return device_hub(device), device


def begin(hub, device, name="a.txt"):
    return ok(hub.post(f"/devices/{device}/files", {"blobName": name}))


def end(hub, device, upload, success=True, **more):
    body = {"correlationId": upload["correlationId"], "isSuccess": success, "statusCode": 0, "statusDescription": None}
    return hub.post(f"/devices/{device}/files/notifications", {**body, **more})


def url(upload, scheme="https"):
    return f"{scheme}://{upload['hostName']}/{upload['containerName']}/{upload['blobName']}{upload['sasToken']}"


def client(server, upload, **more):
    return BlobClient.from_blob_url(url(upload), connection_verify=server.ca_file, retry_total=0, **more)


def expect_xml(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["x-ms-error-code"] == code and GUID.match(answer.headers["x-ms-request-id"])
    assert f"<Code>{code}</Code>" in answer.text


def put(address, data=b"x", **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.put(address, data=data, headers={"x-ms-blob-type": "BlockBlob", **headers}, timeout=30)


def test_an_upload_begins_with_what_the_url_is_made_of(server, owner):
    hub, device = owner
    upload = begin(hub, device, "logs/today.txt")
    assert set(upload) == {"correlationId", "hostName", "containerName", "blobName", "sasToken"}
    assert upload["hostName"] == f"localhost:{server.https_port}/emulator" and upload["containerName"] == "blobs"
    assert upload["blobName"] == f"{device}/logs/today.txt"
    fields = urllib.parse.parse_qs(upload["sasToken"].removeprefix("?"))
    assert set(fields) == {"sv", "sr", "sig", "se", "sp"} and fields["sr"] == ["b"] and upload["sasToken"][0] == "?"
    left = datetime.datetime.fromisoformat(fields["se"][0]) - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(minutes=55) < left <= datetime.timedelta(hours=1)


def test_both_spellings_of_the_path(owner):
    hub, device = owner
    upload = ok(hub.post(f"/devices/{device}/files/", {"blobName": "a"}))
    assert end(hub, device, upload, success=False).status_code == 204
    upload = begin(hub, device)
    body = {"isSuccess": False, "statusCode": 1, "statusDescription": "no"}
    assert hub.post(f"/devices/{device}/files/notifications/{upload['correlationId']}", body).status_code == 204


@pytest.mark.parametrize("size, settings", [
    (5, {}), (0, {}), (10_000_001, {}), (10_000_001, {"max_block_size": 1 << 20, "max_single_put_size": 1 << 20}),
    (70 << 20, {})], ids=["small", "empty", "10 MB at once", "10 MB in blocks", "70 MiB in default blocks"])
def test_azures_client_uploads_and_downloads(server, hub, owner, size, settings):
    view, device = owner
    data = os.urandom(size)
    upload = begin(view, device, "made/of/parts.bin")
    blob = client(server, upload, **settings)
    blob.upload_blob(data, content_settings=ContentSettings(content_type="application/x-made", content_language="de"))
    properties = blob.get_blob_properties()
    assert properties.size == size and properties.blob_type == "BlockBlob"
    assert properties.content_settings.content_type == "application/x-made"
    assert properties.content_settings.content_language == "de"
    assert hashlib.sha256(blob.download_blob().readall()).digest() == hashlib.sha256(data).digest()
    if size > 100:
        assert blob.download_blob(offset=7, length=50).readall() == data[7:57]
    assert end(view, device, upload).status_code == 204
    listed = ok(hub.get("/emulator/files/notifications"))
    (found,) = [entry["notification"] for entry in listed["notifications"] if entry["notification"]["deviceId"] == device]
    assert found["blobName"] == upload["blobName"] and found["blobSizeInBytes"] == size
    assert found["blobUri"] == url(upload).split("?")[0]
    assert set(found) == {"deviceId", "blobUri", "blobName", "lastUpdatedTime", "blobSizeInBytes", "enqueuedTimeUtc"}
    after = ok(hub.get("/emulator/files/notifications", after=listed["next"]))
    assert after == {"notifications": [], "next": listed["next"]}


def test_overwriting_has_to_be_asked_for(server, owner):
    blob = client(server, begin(*owner))
    first = blob.upload_blob(b"one")
    with pytest.raises(ResourceExistsError):
        blob.upload_blob(b"two")
    second = blob.upload_blob(b"two", overwrite=True)
    assert first["etag"] != second["etag"] and blob.download_blob().readall() == b"two"
    with pytest.raises(HttpResponseError) as refused:
        blob.upload_blob(
            b"three", overwrite=True, etag=first["etag"], match_condition=MatchConditions.IfNotModified)
    assert refused.value.status_code == 412 and refused.value.error_code == "ConditionNotMet"


def test_blocks_become_a_blob_by_their_list(server, owner):
    blob = client(server, begin(*owner))
    blob.stage_block("AAAA", b"a" * 10)
    blob.stage_block("BBBB", b"b" * 10)
    blob.stage_block("AAAA", b"A" * 3)
    with pytest.raises(ResourceNotFoundError):
        blob.get_blob_properties()
    blob.commit_block_list(["BBBB", "AAAA"])
    assert blob.download_blob().readall() == b"b" * 10 + b"AAA"
    blob.stage_block("CCCC", b"c")
    blob.commit_block_list(["AAAA", "CCCC"])
    assert blob.download_blob().readall() == b"AAAc"
    with pytest.raises(HttpResponseError) as unknown:
        blob.commit_block_list(["BBBB"])
    assert unknown.value.error_code == "InvalidBlockList"
    with pytest.raises(HttpResponseError) as longer:
        blob.stage_block("CCCCCCCC", b"c")
    assert longer.value.error_code == "InvalidBlobOrBlock"


@pytest.mark.parametrize("body", [b"", b"<a/>", b"<BlockList>", b"<BlockList><Latest>AAAA</BlockList>", b"<BlockList></BlockList>x",
                                  b"<BlockList><Other>AAAA</Other></BlockList>", b"<!DOCTYPE a><BlockList/>"])
def test_a_list_that_is_none_is_refused(owner, body):
    address = url(begin(*owner), "http") + "&comp=blocklist"
    expect_xml(requests.put(address, data=body, headers={"Content-Length": str(len(body))}, timeout=10), 400, "InvalidXmlDocument")


# Signatures ---------------------------------------------------------------------------------------------------


def test_signatures_are_checked(owner):
    hub, device = owner
    one, other = begin(hub, device, "one"), begin(hub, device, "other")
    assert put(url(one, "http")).status_code == 201
    blank = url(one, "http").split("?")[0]
    fields = urllib.parse.parse_qs(one["sasToken"][1:])
    cases = {
        "none": blank, "another blob's": blank + other["sasToken"],
        "more permissions": url(one, "http").replace("sp=rw", "sp=rwd"), "a later end": url(one, "http").replace("se=20", "se=21"),
        "an older version": url(one, "http").replace("sv=2020-12-06", "sv=2018-03-28"),
        "a wrong key": f"{blank}?" + urllib.parse.urlencode({**{k: v[0] for k, v in fields.items()}, "sig": "QUFB"})}
    for name, address in cases.items():
        for answer in (put(address), requests.get(address, timeout=10), put(address + "&comp=block&blockid=AAAA")):
            assert answer.status_code == 403, name
            expect_xml(answer, 403, "AuthenticationFailed")
    expect_xml(requests.delete(url(one, "http"), timeout=10), 403, "AuthorizationPermissionMismatch")


def test_azures_own_signatures_are_accepted_until_they_expire(server, owner):
    """The account's key signs for any storage client: made here by Azure's library, which so verifies the other way too."""
    _, device = owner
    upload = begin(*owner)
    key = (server.data / "blobs" / "account.key").read_text().strip()

    def signed(**times):
        return generate_blob_sas(
            "emulator", "blobs", upload["blobName"], account_key=key, permission=BlobSasPermissions(read=True, write=True, delete=True), **times)

    now = datetime.datetime.now(datetime.timezone.utc)
    hour = datetime.timedelta(hours=1)
    address = url(upload, "http").split("?")[0]
    assert put(f"{address}?{signed(expiry=now + hour)}").status_code == 201
    for times in ({"expiry": now - hour}, {"start": now + hour, "expiry": now + 2 * hour}):
        expect_xml(put(f"{address}?{signed(**times)}"), 403, "AuthenticationFailed")
    # A blob's signature is for no other, nor for one without a device.
    expect_xml(put(address.rsplit("/", 1)[0] + f"?{signed(expiry=now + hour)}"), 403, "AuthenticationFailed")
    assert requests.delete(f"{address}?{signed(expiry=now + hour)}", timeout=10).status_code == 202
    expect_xml(requests.get(f"{address}?{signed(expiry=now + hour)}", timeout=10), 404, "BlobNotFound")


# Requests of the blob service ------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers, data, status, code", [
    ({"Content_MD5": base64.b64encode(hashlib.md5(b"y").digest()).decode()}, b"x", 400, "Md5Mismatch"),
    ({"Content_MD5": "AAAA"}, b"x", 400, "InvalidMd5"),
    ({"x_ms_blob_type": "PageBlob"}, b"x", 501, "NotImplemented"), ({"x_ms_meta_a": "b"}, b"x", 501, "NotImplemented"),
    ({"x_ms_blob_type": None}, b"x", 400, "MissingRequiredHeader"), ({}, iter([b"x"]), 411, "MissingContentLengthHeader")])
def test_what_is_wrong_with_a_put(owner, headers, data, status, code):
    address = url(begin(*owner), "http")
    expect_xml(put(address, data, **headers), status, code)
    assert requests.get(address, timeout=10).status_code == 404


@pytest.mark.parametrize("method, query", [("PUT", "comp=metadata"), ("PUT", "comp=page"), ("GET", "comp=blocklist"), ("PUT", "comp=lease")])
def test_other_operations_are_501_and_named(owner, method, query):
    answer = requests.request(method, url(begin(*owner), "http") + "&" + query, data=b"", headers={"Content-Length": "0"}, timeout=10)
    expect_xml(answer, 501, "NotImplemented")
    assert query in answer.text


def test_ranges_and_conditions(owner):
    address = url(begin(*owner), "http")
    etag = put(address, b"0123456789").headers["ETag"]
    for text, expected in (("bytes=2-4", b"234"), ("bytes=8-99", b"89"), ("bytes=5-", b"56789")):
        answer = requests.get(address, headers={"x-ms-range": text}, timeout=10)
        assert answer.status_code == 206 and answer.content == expected and answer.headers["Content-Range"].endswith("/10")
    expect_xml(requests.get(address, headers={"Range": "bytes=10-"}, timeout=10), 416, "InvalidRange")
    assert requests.get(address, headers={"If-None-Match": etag}, timeout=10).status_code == 304
    assert requests.get(address, headers={"If-Match": '"0x1"'}, timeout=10).status_code == 412
    head = requests.head(address, timeout=10)
    assert head.status_code == 200 and head.headers["Content-Length"] == "10" and head.headers["ETag"] == etag
    assert head.headers["Content-MD5"] == base64.b64encode(hashlib.md5(b"0123456789").digest()).decode()


def test_bounds_are_told(new_server):
    server = new_server("--max-blob-bytes", "1000000", "--blobs-keep", "1500000")
    hub = Hub(server)
    hub.create("d")
    one, two = begin(hub, "d", "one"), begin(hub, "d", "two")
    expect_xml(put(url(one, "http"), b"x" * 1_000_001), 413, "RequestBodyTooLarge")
    assert put(url(one, "http"), b"x" * 1_000_000).status_code == 201
    expect_xml(put(url(two, "http"), b"x" * 500_001), 413, "RequestBodyTooLarge")
    assert put(url(two, "http"), b"x" * 500_000).status_code == 201


# The hub's part ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["../x", "..", ".", "a/../b", "/etc/passwd", "a//b", "a/", "a\0b", "a\nb", "x" * 1025, ""])
def test_names_that_are_no_files_are_refused(owner, file):
    hub, device = owner
    expect_error(hub.post(f"/devices/{device}/files", {"blobName": file}), 400, "ArgumentInvalid")


@pytest.mark.parametrize("file", ["%2e%2e/x", "...", ".hidden", "ends.", "ü ñ/日本🚗.txt", "a+b&c=d", "100%", "y" * 900, "properties.json", "blocks/00"])
def test_odd_names_arrive(server, owner, file):
    hub, device = owner
    upload = begin(hub, device, file)
    address = "http://{hostName}/{containerName}/".format(**upload) + urllib.parse.quote(upload["blobName"]) + upload["sasToken"]
    assert put(address, file.encode()).status_code == 201
    assert requests.get(address, timeout=10).content == file.encode()
    assert end(hub, device, upload).status_code == 204
    root = (server.data / "blobs" / "files").resolve()
    contents = [path for path in root.rglob("content-*") if path.read_bytes() == file.encode()]
    assert len(contents) == 1 and contents[0].resolve().is_relative_to(root / device)


def test_a_path_that_climbs_is_no_blob(owner, wire):
    upload = begin(*owner)
    for path in ("/emulator/blobs/../../account.key", "/emulator/blobs/d/%2e%2e/%2e%2e/account.key", "/emulator/blobs/d/%00"):
        assert wire().send(request("GET", path + upload["sasToken"])).answer().status == 400


def test_an_upload_ends_once_and_only_for_its_device(hub, owner, device_hub):
    view, device = owner
    upload = begin(view, device)
    expect_error(end(view, device, upload), 400, "InvalidStorageEndpointOrBlob")
    hub.create(device + ".other")
    expect_error(end(device_hub(device + ".other"), device + ".other", upload), 400, "InvalidFileUploadCorrelationId")
    hub.remove(device + ".other")
    put(url(upload, "http"))
    for change in ({"isSuccess": None}, {"isSuccess": "true"}, {"statusCode": "x"}, {"statusDescription": 1}):
        expect_error(end(view, device, upload, **change), 400, "InvalidFileUploadCompletionStatus")
    assert end(view, device, upload).status_code == 204
    expect_error(end(view, device, upload), 400, "InvalidFileUploadCorrelationId")
    expect_error(end(view, device, {"correlationId": "no such"}), 400, "InvalidFileUploadCorrelationId")


def test_a_device_has_ten_uploads_open(owner):
    hub, device = owner
    uploads = [begin(hub, device, f"{number}") for number in range(10)]
    expect_error(hub.post(f"/devices/{device}/files", {"blobName": "11"}), 403, "DeviceMaximumActiveFileUploadLimitExceeded")
    assert end(hub, device, uploads[3], success=False).status_code == 204
    begin(hub, device, "11")


def test_only_the_device_may_upload(hub, device, device_hub):
    expect_error(hub.post("/devices/no-such-device/files", {"blobName": "a"}), 404, "DeviceNotFound")
    hub.create(device + ".other")
    answer = device_hub(device + ".other").post(f"/devices/{device}/files", {"blobName": "a"})
    expect_error(answer, 401, "IotHubUnauthorizedAccess")
    hub.remove(device + ".other")


def test_uploads_files_and_notifications_survive_kill_9(new_server):
    server = new_server()
    hub = Hub(server)
    hub.create("d")
    open_one, done = begin(hub, "d", "open"), begin(hub, "d", "done")
    blob = client(server, open_one)
    blob.stage_block("AAAA", b"staged")
    put(url(done, "http"), b"done")
    assert end(hub, "d", done).status_code == 204
    before = ok(hub.get("/emulator/files/notifications"))
    assert len(before["notifications"]) == 1
    server.restart(kill=True)
    hub = Hub(server)
    assert ok(hub.get("/emulator/files/notifications")) == before
    blob.commit_block_list(["AAAA"])
    assert blob.download_blob().readall() == b"staged"
    assert requests.get(url(done, "http"), timeout=10).content == b"done"
    expect_error(end(hub, "d", done), 400, "InvalidFileUploadCorrelationId")
    assert end(hub, "d", open_one).status_code == 204
    assert [entry["sequence"] for entry in ok(hub.get("/emulator/files/notifications"))["notifications"]] == [1, 2]


def test_an_upload_that_is_given_up_leaves_nothing(new_server):
    server = new_server("--blobs-keep", "1500000")
    hub = Hub(server)
    hub.create("d")
    upload = begin(hub, "d")
    path = f"/emulator/blobs/{upload['blobName']}{upload['sasToken']}"
    incoming = server.data / "blobs" / "incoming"
    for _ in range(3):
        with Wire(server.https_port) as connection:
            connection.send(request("PUT", path, "x-ms-blob-type: BlockBlob", "Content-Length: 1000000", body=b"x" * 600_000, length=False))
            wait_for(lambda: any(file.stat().st_size > 100_000 for file in incoming.iterdir()))
        wait_for(lambda: not any(incoming.iterdir()))
    assert put(url(upload, "http"), b"x" * 1_000_000).status_code == 201


def test_a_connection_outlives_a_refused_body(server, owner):
    address = url(begin(*owner), "http")
    with requests.Session() as session:
        for _ in range(2):
            answer = session.put(address + "x", data=b"x" * 3_000_000, headers={"x-ms-blob-type": "BlockBlob"}, timeout=10)
            expect_xml(answer, 403, "AuthenticationFailed")
            assert "Connection" not in answer.headers
        assert session.put(address, data=b"x" * 3_000_000, headers={"x-ms-blob-type": "BlockBlob"}, timeout=10).status_code == 201
        assert session.get(address, timeout=10).content == b"x" * 3_000_000
        assert session.get(address, headers={"Range": "bytes=0-0"}, timeout=10).content == b"x"


def test_a_large_file_costs_little_memory(new_server):
    server = new_server()
    hub = Hub(server)
    hub.create("d")
    address = url(begin(hub, "d"), "http")
    piece = os.urandom(1 << 20)
    megabytes = 200
    before = peak_kilobytes(server)
    put(address, Repeated(piece, megabytes))
    with requests.get(address, stream=True, timeout=30) as answer:
        assert int(answer.headers["Content-Length"]) == megabytes << 20
        assert all(part == piece for part in answer.iter_content(1 << 20))
    assert peak_kilobytes(server) - before < 50_000


class Repeated:
    """A body of known length that is never held."""

    def __init__(self, piece, times):
        self.piece, self.left = piece, times

    def __len__(self):
        return len(self.piece) * self.left

    def read(self, _=None):
        self.left -= 1
        return self.piece if self.left >= 0 else b""


def peak_kilobytes(server):
    (line,) = [line for line in open(f"/proc/{server.process.pid}/status") if line.startswith("VmHWM")]
    return int(line.split()[1])


def test_an_ephemeral_server_takes_files_and_leaves_none(new_server, tmp_path):
    server = new_server("--ephemeral", "--generate-keys", "--auth", "off", env={"TMPDIR": str(tmp_path)})
    hub = Hub(server, token=None)
    hub.create("d")
    upload = begin(hub, "d")
    assert put(url(upload, "http"), b"x").status_code == 201
    assert end(hub, "d", upload).status_code == 204
    assert len(list(tmp_path.iterdir())) == 1
    server.stop()
    assert list(tmp_path.iterdir()) == []
