"""Routing, api-version, error and header rules (rest.md sections 0, 1 and 4)."""

import pathlib
import re

import pytest

from acceptance.rest import GUID, expect_error, ok
from acceptance.server import REPOSITORY

SERVED = [
    ("GET", "/devices"), ("GET", "/devices/gateway-a1"), ("GET", "/devices/gateway-a1/modules"),
    ("GET", "/devices/gateway-a1/modules/azureiotsecurity"), ("GET", "/twins/gateway-a1"),
    ("GET", "/twins/gateway-a1/modules/azureiotsecurity"), ("GET", "/statistics/devices"), ("GET", "/statistics/service")]


@pytest.mark.parametrize("method, path", SERVED)
def test_what_is_served(hub, method, path):
    assert hub.call(method, path).status_code == 200


def test_readme_tells_the_truth_about_what_is_emulated(hub):
    """Each row of README's table names a method and a path that are served; each is tried."""
    text = (REPOSITORY / "README.md").read_text()
    rows = re.findall(r"^\| `([A-Z]+) (/[^`]*)` \|.*\| served \|$", text, re.MULTILINE)
    assert len(rows) >= 40
    ids = {
        "{d}": "gateway-a1", "{m}": "azureiotsecurity", "{id}": "x", "{lock}": "x", "{name}": "x", "{group}": "default",
        "{path}": "x", "{etag}": "x"}
    assert len(rows) == len(re.findall(r"^\| `[A-Z]+ /", text, re.MULTILINE))
    for method, template in rows:
        path = template
        for placeholder, value in ids.items():
            path = path.replace(placeholder, value)
        # A condition that no etag meets and a body that is none: the route shows itself and nothing changes.
        answer = hub.call(method, path, data=b"{" if method in ("PUT", "POST", "PATCH") else None, etag='"none"',
                          headers={"Prefer": "wait=0"}, stream="changes" in path)
        assert answer.status_code not in (405, 501), f"{method} {template}: {answer.status_code}"
        assert answer.headers.get("iothub-errorcode") != "GenericNotFound", template
    claimed = {(method, template.split("?")[0]) for method, template in rows}
    assert {("POST", "/devices/query"), ("GET", "/twins/{d}"), ("POST", "/twins/{d}/methods")} <= claimed


@pytest.mark.parametrize("path", ["/", "/nothing", "/devices/gateway-a1/twin", "/twins", "/twins/gateway-a1/modules",
                                  "/devices/gateway-a1/modules/azureiotsecurity/more", "/emulator", "/emulator/nothing",
                                  "/statistics", "/statistics/nothing"])
def test_unknown_paths_are_not_found(hub, path):
    expect_error(hub.get(path), 404, "GenericNotFound")


@pytest.mark.parametrize("method, path, allowed", [
    ("POST", "/twins/gateway-a1", {"GET", "PATCH", "PUT"}), ("DELETE", "/twins/gateway-a1", {"GET", "PATCH", "PUT"}),
    ("PATCH", "/devices/gateway-a1", {"GET", "PUT", "DELETE"}), ("PUT", "/devices", {"GET", "POST"}),
    ("DELETE", "/statistics/devices", {"GET"}), ("POST", "/devices/gateway-a1/modules", {"GET"}),
    ("GET", "/emulator/reset", {"POST"}), ("POST", "/emulator/devices/gateway-a1/twin", {"GET"}),
    ("GET", "/twins/gateway-a1/methods", {"POST"})])
def test_wrong_methods_are_told_the_right_ones(hub, method, path, allowed):
    answer = hub.call(method, path)
    expect_error(answer, 405, "GenericMethodNotAllowed")
    assert allowed <= {entry.strip() for entry in answer.headers["Allow"].split(",")}


@pytest.mark.parametrize("path", ["/devices/", "/devices/gateway-a1/", "/twins/gateway-a1/", "/statistics/devices/",
                                  "/devices/gateway-a1/modules/", "/twins/gateway-a1/modules/azureiotsecurity/"])
def test_trailing_slashes_are_taken(hub, path):
    assert ok(hub.get(path)) == ok(hub.get(path.rstrip("/")))


@pytest.mark.parametrize("path", ["/Devices/gateway-a1", "/TWINS/gateway-a1", "/devices/gateway-a1/Modules/azureiotsecurity",
                                  "/Statistics/DEVICES"])
def test_literal_segments_have_no_case(hub, path):
    assert hub.get(path).status_code == 200


def test_a_device_named_like_a_literal_is_reachable(hub):
    for name in ("query", "keys"):
        assert hub.put(f"/devices/{name}", {"deviceId": name}).status_code == 200
        assert hub.get(f"/devices/{name}").json()["deviceId"] == name
        assert hub.remove(name).status_code == 204


# api-version ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [None, "", "banana", "2015-12-31", "2021-4-12", "2021-04-12-alpha", "20210412", "2021-13-01"])
def test_a_missing_or_unknown_version_is_refused(hub, version):
    expect_error(hub.get("/devices/gateway-a1", api=version), 400, "InvalidProtocolVersion", text="BadRequest")


@pytest.mark.parametrize("version", ["2016-02-03", "2016-11-14", "2018-06-30", "2018-08-30-preview", "2019-10-01", "2020-03-13",
                                     "2020-05-31-preview", "2020-09-30", "2021-04-12", "2024-03-31"])
def test_known_versions_are_taken(hub, version):
    assert hub.get("/devices/gateway-a1", api=version).status_code == 200


def test_the_parameter_has_no_case_and_no_order(hub):
    assert hub.get("/devices", api=None, **{"top": 1, "API-Version": "2021-04-12"}).status_code == 200
    assert hub.get("/devices?api%2Dversion=2021-04-12", api=None).status_code == 200


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics", "/emulator/ca.pem", "/emulator/devices/gateway-a1/twin"])
def test_own_paths_need_no_version(hub, path):
    assert hub.get(path, api=None).status_code == 200


# Headers ----------------------------------------------------------------------------------------------------


def test_every_answer_has_a_request_id_of_its_own(hub):
    """And it does not echo the client's (rest.md section 1.2)."""
    sent = {"x-ms-client-request-id": "mine", "x-ms-return-client-request-id": "true"}
    answers = [hub.get("/devices/gateway-a1", headers=sent) for _ in range(3)]
    ids = {answer.headers["x-ms-request-id"] for answer in answers}
    assert len(ids) == 3 and all(GUID.match(id) for id in ids)
    assert all("x-ms-client-request-id" not in answer.headers for answer in answers)


@pytest.mark.parametrize("path", ["/twins/gateway-a1", "/devices/gateway-a1/modules/azureiotsecurity", "/statistics/devices", "/devices"])
def test_no_etag_header_where_the_hub_has_none(hub, path):
    assert "ETag" not in hub.get(path).headers


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/octet-stream"])
def test_the_content_type_of_a_request_is_not_judged(hub, name, content_type):
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = hub.call("PUT", f"/devices/{name}", data=b'{"deviceId":"%s"}' % name.encode(), headers=headers)
    hub.remove(name)
    assert answer.status_code == 200


def test_a_deleted_device_leaves_an_empty_204(hub, name):
    hub.create(name)
    answer = hub.remove(name)
    assert answer.status_code == 204 and answer.headers["Content-Length"] == "0" and answer.content == b""


# Statistics and the emulator's own open paths ---------------------------------------------------------------


def test_statistics_count_exactly(hub, name):
    before = ok(hub.get("/statistics/devices"))
    assert list(before) == ["totalDeviceCount", "enabledDeviceCount", "disabledDeviceCount"]
    hub.create(name, status="disabled")
    after = ok(hub.get("/statistics/devices"))
    hub.remove(name)
    assert after == {**before, "totalDeviceCount": before["totalDeviceCount"] + 1,
                     "disabledDeviceCount": before["disabledDeviceCount"] + 1}
    assert ok(hub.get("/statistics/devices")) == before
    assert ok(hub.get("/statistics/service")) == {"connectedDeviceCount": 0}


def test_the_roots_are_the_file_of_the_data_folder(hub, server):
    answer = hub.as_(None).get("/emulator/ca.pem")
    assert answer.text == pathlib.Path(server.ca_file).read_text()
    assert answer.text.count("-----BEGIN CERTIFICATE-----") == 2


def test_health_is_open_and_ready(hub):
    for path in ("/health/live", "/health/ready"):
        assert hub.as_(None).get(path, api=None).status_code == 200


METRIC = re.compile(r'^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_]\w*="(\\.|[^"\\])*"(,[a-zA-Z_]\w*="(\\.|[^"\\])*")*\})? \S+$')


def test_metrics_are_prometheus_text_with_bounded_labels(hub, device):
    hub.desired(device, {"a": 1})
    text = hub.as_(None).get("/metrics", api=None)
    assert text.headers["Content-Type"].startswith("text/plain")
    samples = [line for line in text.text.splitlines() if line and not line.startswith("#")]
    assert len(samples) > 5 and all(METRIC.match(line) for line in samples)
    assert device not in text.text and "gateway-a1" not in text.text
    for line in samples:
        float(line.rsplit(" ", 1)[1])
    names = {line.split("{")[0].split(" ")[0] for line in samples}
    typed = {line.split(" ")[2] for line in text.text.splitlines() if line.startswith("# TYPE ")}
    assert typed and all(any(name == kind or name.startswith(f"{kind}_") for kind in typed) for name in names)
