"""Over what a client speaks."""

import pytest
from azure.iot.device.exceptions import ClientError

#: The same clients over both transports.
transports = pytest.mark.parametrize("websockets", [
    pytest.param(False, id="tcp"),
    # Strict: whoever builds the WebSocket door takes this mark away.
    pytest.param(True, id="websocket", marks=pytest.mark.xfail(
        strict=True, raises=ClientError, reason="the WebSocket door is to come")),
])
