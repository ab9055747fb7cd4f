"""Every case by its name, in the order of the report."""

from . import agents, cases, mqtt, queries

CASES = {**cases.ALL, **mqtt.ALL, **agents.ALL, **queries.ALL}
