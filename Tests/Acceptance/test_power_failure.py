"""What is acknowledged survives a power failure: each name that the server has made is synced with its folder by then.

Contents are synced by the tests of the log and of the files; a name that is lost takes the contents along."""

import os
import pathlib
import shutil
import subprocess

import pytest
from azure.storage.blob import BlobBlock, BlobClient

from acceptance.rest import Hub, ok

#: Made anew at every start, or by every client.
DERIVED = {"server.json", "ca.pem", "ca-bundle.pem", "lock"}
#: Their loss costs a second delivery.
CURSORS = "/cursors"


@pytest.fixture(scope="session")
def shim(tmp_path_factory):
    source = pathlib.Path(__file__).parent / "acceptance" / "disk_calls.c"
    compiler = shutil.which("cc") or shutil.which("clang")
    assert compiler, "a C compiler comes with Swift's own"
    library = tmp_path_factory.mktemp("shim") / "disk_calls.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True, timeout=60)
    return library


@pytest.fixture
def server(new_server, shim, tmp_path):
    """In a folder that it makes itself."""
    return new_server(
        "--generate-keys", data=tmp_path / "data", env={"LD_PRELOAD": str(shim), "DISK_CALLS": str(tmp_path / "calls")})


def nothing_is_lost(tmp_path):
    assert lost(tmp_path) == set()


def lost(tmp_path):
    """Names that a power failure at this moment would take back."""
    at_risk = {}
    for line in (tmp_path / "calls").read_text().splitlines():
        call, path = line.split(" ", 1)
        path = os.path.normpath(path)
        if call == "name" and path.startswith(str(tmp_path)):
            at_risk[path] = os.path.dirname(path)
        elif call == "gone":
            at_risk.pop(path, None)
        elif call == "sync":
            at_risk = {name: folder for name, folder in at_risk.items() if folder != path}
    return {
        name for name in at_risk if os.path.basename(name) not in DERIVED and CURSORS not in name and not is_made_ahead(name)}


def is_made_ahead(path):
    """A segment of the log in which no record stands yet."""
    path = pathlib.Path(path)
    if path.parent.name != "log" or not path.exists():
        return False
    with open(path, "rb") as file:
        return not file.read(4096).strip(b"\0")


def test_a_start_in_a_new_folder(server, tmp_path):
    Hub(server).create("d")
    assert (tmp_path / "data" / "log").is_dir()
    nothing_is_lost(tmp_path)


def test_an_upload(server, tmp_path):
    hub = Hub(server)
    hub.create("d")
    upload = ok(hub.post("/devices/d/files", {"blobName": "folder/f.txt"}))
    url = f"https://{upload['hostName']}/{upload['containerName']}/{upload['blobName']}{upload['sasToken']}"
    client = BlobClient.from_blob_url(url, connection_verify=server.ca_file, retry_total=0)
    client.upload_blob(b"one")
    nothing_is_lost(tmp_path)
    client.stage_block("1", b"two")
    nothing_is_lost(tmp_path)
    client.commit_block_list([BlobBlock("1")])
    nothing_is_lost(tmp_path)
    assert hub.post("/devices/d/files/notifications", {"correlationId": upload["correlationId"], "isSuccess": True}).status_code == 204
    nothing_is_lost(tmp_path)


def test_it_would_be_seen(server, tmp_path):
    with open(tmp_path / "calls", "a") as calls:
        calls.write(f"name {tmp_path}/data/x\n")
    assert lost(tmp_path) == {f"{tmp_path}/data/x"}
