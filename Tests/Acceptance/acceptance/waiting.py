"""Waiting for what the server does in its own time."""

import time


def wait_for(condition, seconds=120):
    """Until the condition holds; the seconds only turn a hang into a failure."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
