"""Every case by its name, in the order of the report."""

from . import agents, cases, costs, growth, http2, mqtt, queries, waiters

CASES = {**cases.ALL, **costs.ALL, **http2.ALL, **growth.ALL, **waiters.ALL, **mqtt.ALL, **agents.ALL, **queries.ALL}
