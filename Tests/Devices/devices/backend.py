"""What a back end does with devices: calls methods, sends messages, reads feedback and events."""

import base64
import json

from acceptance.rest import expect_nested, ok, segment, twin_path

from .waiting import eventually


class BackEnd:
    def __init__(self, hub):
        self.hub = hub
        self._feedback = {}

    # Methods ---------------------------------------------------------------------------------------

    def invoke(self, device, name, payload=None, module=None, *, response=None, connect=None):
        """The answer to a direct method call, whatever it is."""
        body = {"methodName": name, "payload": payload}
        if response is not None:
            body["responseTimeoutInSeconds"] = response
        if connect is not None:
            body["connectTimeoutInSeconds"] = connect
        return self.hub.post(f"{twin_path(device, module)}/methods", body)

    def result(self, *arguments, **more):
        """(status, payload) of a call that must reach the device."""
        answer = ok(self.invoke(*arguments, **more))
        assert set(answer) == {"status", "payload"}
        return answer["status"], answer["payload"]

    # Messages --------------------------------------------------------------------------------------

    def post(self, device, body, module=None, *, headers=None, **properties):
        path = f"/emulator/devices/{segment(device)}"
        path += "" if module is None else f"/modules/{segment(module)}"
        sent = {f"iothub-app-{name}": value for name, value in properties.items()}
        return self.hub.post(f"{path}/messages", data=_bytes(body), headers={**sent, **(headers or {})})

    def send(self, device, body, module=None, *, ack=None, expiry=None, headers=None, **properties):
        """Sends a message that must be taken; its id."""
        fields = dict(headers or {})
        if ack is not None:
            fields["iothub-ack"] = ack
        if expiry is not None:
            fields["iothub-expiry"] = expiry
        answer = self.post(device, body, module, headers=fields, **properties)
        assert answer.status_code == 201, answer.text
        return answer.json()["messageId"]

    def send_to_input(self, device, module, name, body, **properties):
        sent = {f"iothub-app-{key}": value for key, value in properties.items()}
        return self.hub.post(
            f"/emulator/devices/{segment(device)}/modules/{segment(module)}/inputs/{segment(name)}",
            data=_bytes(body), headers=sent)

    def waiting(self, device):
        """How many messages stand in the device's queue."""
        return ok(self.hub.get(f"/devices/{segment(device)}"))["cloudToDeviceMessageCount"]

    def feedback(self, message):
        """The feedback record of a message, once there is one."""

        def found():
            self._read_feedback()
            return self._feedback.pop(message, None)

        return eventually(found, f"feedback for {message}")

    def has_feedback(self, message):
        self._read_feedback()
        return message in self._feedback

    def _read_feedback(self):
        answer = self.hub.get("/messages/serviceBound/feedback")
        if answer.status_code == 204:
            return
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "application/vnd.microsoft.iothub.feedback.json"
        for record in answer.json():
            self._feedback[record["originalMessageId"]] = record
        lock = answer.headers["ETag"].strip('"')
        assert self.hub.delete(f"/messages/serviceBound/feedback/{lock}").status_code == 204

    # Events ----------------------------------------------------------------------------------------

    def events(self, device, source="deviceMessages", count=1, wanted=lambda event: True):
        """The first events of a device that are wanted, once there are so many; oldest first."""

        def found():
            events, after = [], 0
            while True:
                answer = self.hub.get(
                    "/emulator/events", headers={"Prefer": "wait=0"}, after=after, source=source, deviceId=device)
                if answer.status_code == 204:
                    break
                page = ok(answer)
                after = page["next"]
                events += [event for event in page["events"] if wanted(event)]
            return events if len(events) >= count else None

        return eventually(found, f"{count} events of {device}")

    def states(self, device, count, module=None):
        """The first `count` connection state events of a device or module."""
        events = self.events(
            device, "deviceConnectionStateEvents", count, lambda event: event["moduleId"] == module)
        return [event["properties"]["opType"] for event in events]

    def connection(self, device, module=None):
        return self.hub.twin(device, module)["connectionState"]


def body(event):
    """The bytes or the document of an event."""
    return base64.b64decode(event["bodyBase64"]) if "bodyBase64" in event else event["body"]


def expect_offline(answer):
    return expect_nested(answer, 404, "DeviceNotOnline", 404103)


def expect_timeout(answer):
    return expect_nested(answer, 504, "GatewayTimeout", 504101)


def _bytes(value):
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode()
