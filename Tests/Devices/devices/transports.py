"""Over what a client speaks."""

import pytest

#: The same clients over both transports.
transports = pytest.mark.parametrize("websockets", [
    pytest.param(False, id="tcp"),
    pytest.param(True, id="websocket"),
])
