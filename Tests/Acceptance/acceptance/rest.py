"""A plain REST client of the hub, and the shapes that its answers must have (rest.md sections 1 and 4)."""

import base64
import json
import re
import struct
import urllib.parse

import requests

from . import sas

API = "2021-04-12"
NEVER = "0001-01-01T00:00:00Z"
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,6}[1-9])?Z$")
GUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
TRACKING = re.compile(r"^Tracking ID:([0-9a-f]{32})(-G:\d+)?-TimeStamp:\d\d/\d\d/\d{4} \d\d:\d\d:\d\d$")
_UNSET = object()


def segment(identifier):
    """An id as one path segment."""
    return urllib.parse.quote(identifier, safe="")


class Hub:
    """Calls one server with one token. Every answer is checked for what every answer must have."""

    def __init__(self, server, token=_UNSET, plain=True):
        self.server = server
        self.base = server.plain_url if plain else server.url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = server.ca_file
        self.token = sas.token("localhost", server.owner_key, "iothubowner") if token is _UNSET else token

    def as_(self, token):
        """The same server seen with another token; None sends none."""
        other = Hub(self.server, token)
        other.base = self.base
        return other

    def call(self, method, path, body=_UNSET, *, etag=None, api=API, headers=None, data=None, stream=False, **query):
        parameters = dict(query)
        if api is not None:
            parameters["api-version"] = api
        sent = {"Accept-Encoding": "identity"}
        if self.token is not None:
            sent["Authorization"] = self.token
        if etag is not None:
            sent["If-Match"] = etag
        if body is not _UNSET:
            data = json.dumps(body, ensure_ascii=False).encode()
            sent["Content-Type"] = "application/json; charset=utf-8"
        sent.update(headers or {})
        answer = self.session.request(
            method, self.base + path, params=parameters, data=data, headers=sent, timeout=40, stream=stream,
            allow_redirects=False)
        if not stream:
            check_headers(answer)
        return answer

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def put(self, path, body=_UNSET, **more):
        return self.call("PUT", path, body, **more)

    def patch(self, path, body=_UNSET, **more):
        return self.call("PATCH", path, body, **more)

    def post(self, path, body=_UNSET, **more):
        return self.call("POST", path, body, **more)

    def delete(self, path, **more):
        return self.call("DELETE", path, **more)

    # The few calls nearly every test makes; they must succeed -----------------------------------------

    def create(self, device, **members):
        return ok(self.put(f"/devices/{segment(device)}", {"deviceId": device, **members}))

    def create_module(self, device, module, **members):
        path = f"/devices/{segment(device)}/modules/{segment(module)}"
        return ok(self.put(path, {"deviceId": device, "moduleId": module, **members}))

    def remove(self, device):
        return self.delete(f"/devices/{segment(device)}", etag="*")

    def twin(self, device, module=None):
        return ok(self.get(twin_path(device, module)))

    def patch_twin(self, device, body, module=None, **more):
        return ok(self.patch(twin_path(device, module), body, **more))

    def desired(self, device, desired, module=None, **more):
        return self.patch_twin(device, {"properties": {"desired": desired}}, module, **more)

    def report(self, device, reported, module=None, **more):
        """A device's report by TwinHub's own path; the new reported version."""
        answer = self.patch(f"{watch_path(device, module)}/twin/reported", reported, **more)
        assert answer.status_code == 204, answer.text
        return int(answer.headers["x-reported-version"])


def twin_path(device, module=None):
    path = f"/twins/{segment(device)}"
    return path if module is None else f"{path}/modules/{segment(module)}"


def watch_path(device, module=None):
    path = f"/emulator/devices/{segment(device)}"
    return path if module is None else f"{path}/modules/{segment(module)}"


def ok(answer):
    """The document of an answer that must be 200."""
    assert answer.status_code == 200, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
    return answer.json()


def check_headers(answer):
    """rest.md section 1.3: what every answer carries."""
    headers = answer.headers
    where = f"{answer.request.method} {answer.url} -> {answer.status_code}"
    assert headers.get("Server") == "Microsoft-HTTPAPI/2.0", where
    assert headers.get("Vary") == "Origin", where
    assert GUID.match(headers.get("x-ms-request-id", "")), where
    assert headers.get("Date", "").endswith(" GMT"), where
    if answer.status_code == 204:
        assert headers.get("Content-Length") == "0" and not answer.content, where
    own = urllib.parse.urlsplit(answer.url).path
    if own.startswith("/emulator/blobs/"):
        # The blob service speaks Azure Storage's language.
        assert ("x-ms-error-code" in headers) == (answer.status_code >= 400), where
        return
    if answer.content and not own.lower().startswith(("/metrics", "/emulator/ca.pem", "/health")):
        # A device's message has no type that the hub knows, feedback has one of its own.
        is_message = "/messages/" in own and answer.status_code == 200
        assert is_message or headers.get("Content-Type") == "application/json; charset=utf-8", where
    assert ("iothub-errorcode" in headers) == (answer.status_code >= 400) or own.startswith("/health"), where


def expect_error(answer, status, name, text=None, containing=None):
    """An E1 error: header and body name the same error, the text is never empty, the tracking id is the request's."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text}"
    assert answer.headers["iothub-errorcode"] == name, answer.text
    body = answer.json()
    assert set(body) == {"Message", "ExceptionMessage"}
    prefix = f"ErrorCode:{name};"
    assert body["Message"].startswith(prefix), body
    said = body["Message"][len(prefix):]
    assert said
    if text is not None:
        assert said == text
    if containing is not None:
        assert containing in said
    tracking = TRACKING.match(body["ExceptionMessage"])
    assert tracking, body["ExceptionMessage"]
    assert tracking[1] == answer.headers["x-ms-request-id"].replace("-", "").lower()
    return said


def expect_numeric(answer, status, name, number):
    """An E2 error; its message."""
    assert answer.status_code == status, answer.text
    assert answer.headers["iothub-errorcode"] == name
    body = answer.json()
    assert body["errorCode"] == number and body["trackingId"] and TIME.match(body["timestampUtc"])
    assert body["message"]
    return body["message"]


def expect_nested(answer, status, name, number):
    """An E3 error: E2 as a string inside E1's Message."""
    assert answer.status_code == status, answer.text
    assert answer.headers["iothub-errorcode"] == name
    outer = answer.json()
    assert outer["ExceptionMessage"] == ""
    inner = json.loads(outer["Message"])
    assert inner["errorCode"] == number and TIME.match(inner["timestampUtc"])
    return inner["message"]


def twin_etag(count):
    """base64 of the 8-byte big-endian counter (twins.md section 4)."""
    return base64.b64encode(struct.pack(">Q", count)).decode()


def identity_number(etag):
    """The decimal number inside an identity's etag."""
    return int(base64.b64decode(etag.strip('"')).decode())


def identity_etag(number):
    return base64.b64encode(str(number).encode()).decode()


def user(section):
    """A desired or reported section without `$metadata` and `$version`."""
    return {key: value for key, value in section.items() if not key.startswith("$")}


def counters(twin):
    """(V, d, r, E) of twins.md section 4."""
    properties = twin["properties"]
    (etag,) = struct.unpack(">Q", base64.b64decode(twin["etag"]))
    return twin["version"], properties["desired"]["$version"], properties["reported"]["$version"], etag
