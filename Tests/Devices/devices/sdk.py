"""Clients of the device SDK, used alike whichever of its two styles they have."""

import asyncio
import inspect
import pathlib
import threading

from azure.iot.device import IoTHubDeviceClient, IoTHubModuleClient, MethodResponse
from azure.iot.device.aio import IoTHubDeviceClient as AsyncDeviceClient
from azure.iot.device.aio import IoTHubModuleClient as AsyncModuleClient

from acceptance import sas
from acceptance.rest import ok, segment

from .waiting import PATIENCE, Heard, eventually


def key_of(hub, device, module=None):
    path = f"/devices/{segment(device)}" + ("" if module is None else f"/modules/{segment(module)}")
    return ok(hub.get(path))["authentication"]["symmetricKey"]["primaryKey"]


def token(hub, device, module=None, **more):
    """A token as the SDK signs it, over the whole resource encoded once."""
    resource = f"localhost/devices/{device}" + ("" if module is None else f"/modules/{module}")
    return sas.token(resource, key_of(hub, device, module), **more)


def connection_string(hub, device, module=None, **more):
    fields = {"HostName": hub.server.host, "DeviceId": device}
    if module is not None:
        fields["ModuleId"] = module
    fields |= {"SharedAccessKey": key_of(hub, device, module), **more}
    return ";".join(f"{name}={value}" for name, value in fields.items())


class Client:
    """One SDK client. Calls block until the SDK has an answer; what comes in is heard."""

    def __init__(self, hub, device, module=None, *, style="sync", gateway=None, make=None, **options):
        kinds = {
            ("sync", False): IoTHubDeviceClient, ("sync", True): IoTHubModuleClient,
            ("async", False): AsyncDeviceClient, ("async", True): AsyncModuleClient,
        }
        kind = kinds[style, module is not None]
        self.hub, self.device, self.module = hub, device, module
        self._loop = asyncio.new_event_loop() if style == "async" else None
        if self._loop:
            threading.Thread(target=self._loop.run_forever, daemon=True).start()
        options = {
            "server_verification_cert": pathlib.Path(hub.server.ca_file).read_text(),
            "connection_retry_interval": 1, **options}
        if make is not None:
            self.sdk = make(kind, options)
        else:
            more = {"GatewayHostName": gateway} if gateway else {}
            self.sdk = kind.create_from_connection_string(connection_string(hub, device, module, **more), **options)
        self._has_ended = False
        self.states, self.faults = Heard(), Heard()
        self.sdk.on_connection_state_change = lambda: self.states(self.sdk.connected)
        self.sdk.on_background_exception = self.faults

    def __getattr__(self, name):
        found = getattr(self.sdk, name)
        if self._loop is None or not inspect.iscoroutinefunction(found):
            return found

        def call(*arguments, **more):
            return asyncio.run_coroutine_threadsafe(found(*arguments, **more), self._loop).result(PATIENCE)

        return call

    # What comes in. Each of these subscribes ---------------------------------------------------------

    def patches(self):
        heard = Heard()
        self.sdk.on_twin_desired_properties_patch_received = heard
        return heard

    def messages(self):
        heard = Heard()
        self.sdk.on_message_received = heard
        return heard

    def answer_methods(self, answer=lambda request: (200, request.payload)):
        """Answers each call with the status and payload that `answer` makes; None leaves it without."""
        heard = Heard()

        def take(request):
            heard(request)
            made = answer(request)
            if made is not None:
                self._respond(MethodResponse.create_from_method_request(request, *made))

        async def take_async(request):
            heard(request)
            made = answer(request)
            if made is not None:
                await self.sdk.send_method_response(MethodResponse.create_from_method_request(request, *made))

        self.sdk.on_method_request_received = take_async if self._loop else take
        return heard

    def _respond(self, response):
        self.sdk.send_method_response(response)

    # Life ------------------------------------------------------------------------------------------

    def wait_connected(self, connected=True):
        eventually(lambda: self.sdk.connected == connected, f"connected == {connected}")

    def end(self):
        """Once is enough, twice does no harm."""
        if self._has_ended:
            return
        self._has_ended = True
        self.shutdown()
        if self._loop:
            self._loop.call_soon_threadsafe(self._loop.stop)
