"""Every case by its name, in the order of the report."""

from . import agents, cases, growth, http2, mqtt, queries, waiters

CASES = {**cases.ALL, **http2.ALL, **growth.ALL, **waiters.ALL, **mqtt.ALL, **agents.ALL, **queries.ALL}
