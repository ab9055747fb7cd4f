"""What a back end reads of devices, and a device's message for it to read."""

import json

from .rest import ok

JSON = {"iothub-contenttype": "application/json", "iothub-contentencoding": "utf-8"}


def events(hub, after=0, **filters):
    """Every event after a sequence, by as many pages as it takes: (events, next)."""
    found = []
    while True:
        answer = hub.get("/emulator/events", after=after, headers={"Prefer": "wait=0"}, **filters)
        if answer.status_code == 204:
            return found, after
        body = ok(answer)
        assert list(body) == ["events", "next"] and body["next"] > after
        found += body["events"]
        after = body["next"]


def until(hub, count, after=0, **filters):
    """Waits for so many events: what the hub does is told a moment after it is done."""
    found = []
    while len(found) < count:
        answer = hub.get("/emulator/events", after=after, headers={"Prefer": "wait=30"}, **filters)
        assert answer.status_code == 200, f"{len(found)} of {count} events came, then {answer.status_code}"
        found += answer.json()["events"]
        after = answer.json()["next"]
    return found


def send(hub, device, body, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return hub.call("POST", f"/devices/{device}/messages/events", data=data, headers={**JSON, **headers})
