"""Every case by its name, in the order of the report."""

from . import agents, cases, growth, mqtt, queries, waiters

CASES = {**cases.ALL, **growth.ALL, **waiters.ALL, **mqtt.ALL, **agents.ALL, **queries.ALL}
