"""Waiting for conditions; no test waits for a time."""

import queue
import time

#: How long anything may take on a busy machine. Only a test that fails waits so long.
PATIENCE = 30


def eventually(check, what="the condition"):
    """The first true answer of `check`."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, f"{what} did not come within {PATIENCE} s; last: {found!r}"
        time.sleep(0.02)


class Heard:
    """A handler that remembers what it was called with, in order."""

    def __init__(self):
        self._queue = queue.Queue()

    def __call__(self, thing):
        self._queue.put(thing)

    def next(self):
        try:
            return self._queue.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"nothing was heard within {PATIENCE} s") from None

    def take(self, count):
        return [self.next() for _ in range(count)]

    @property
    def is_empty(self):
        return self._queue.empty()
