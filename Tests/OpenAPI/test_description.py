"""What the hub answers is what its OpenAPI document says: Schemathesis makes requests from it, fit and unfit, and compares."""

import json
import pathlib
import subprocess
import sys

import pytest

from acceptance.fixtures import hub  # noqa: F401
from acceptance.rest import ok
from acceptance.server import SAMPLE, Server

#: Cases for each operation beside those that its bounds suggest.
EXAMPLES = 3
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
          "response_schema_conformance"]
#: What waits, and what takes away the devices that the others are tried with.
LEFT_OUT = r"/(changes|events|findings|desired|reset)$"


@pytest.fixture(scope="session")
def server():
    one = Server("--seed", SAMPLE).start()
    yield one
    one.dispose()


def schemathesis(document, hub):
    """Deterministic: the same cases every time."""
    return subprocess.run(
        [str(pathlib.Path(sys.executable).with_name("schemathesis")), "--config-file",
         str(pathlib.Path(__file__).with_name("schemathesis.toml")), "run", str(document), "--url", hub.base,
         "--header", f"Authorization: {hub.token}", "--phases", "coverage,fuzzing", "--max-examples", str(EXAMPLES),
         "--exclude-path-regex", LEFT_OUT, "--exclude-by", "/x-twinhub-emulated == false", "--generation-deterministic",
         "--checks", ",".join(CHECKS), "--request-timeout", "30", "--continue-on-failure",
         "--no-color"],
        capture_output=True, text=True, cwd=document.parent, timeout=580)


def write(document, folder):
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    return path


def test_answers_are_as_they_are_described(hub, tmp_path):
    document = ok(hub.get("/emulator/openapi.json"))
    done = schemathesis(write(document, tmp_path), hub)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr


def test_it_would_be_seen_if_they_were_not(hub, tmp_path):
    """The same with one operation that is described wrongly."""
    document = ok(hub.get("/emulator/openapi.json"))
    path = "/statistics/devices"
    described = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    described["properties"]["totalDeviceCount"] = {"type": "string"}
    document["paths"] = {path: document["paths"][path]}
    done = schemathesis(write(document, tmp_path), hub)
    assert done.returncode != 0 and "Response violates schema" in done.stdout
