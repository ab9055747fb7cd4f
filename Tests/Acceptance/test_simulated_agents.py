"""Security agents that are simulated: `twinhub agent simulate` against a server, seen from a back end."""

import base64
import json
import subprocess

import pytest

from acceptance.rest import Hub, ok
from acceptance.server import binary, clean_environment, run_command

CLASSIC, MICRO = "azureiotsecurity", "DefenderIotMicroAgent"
OBJECT = "ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration"
INTERFACE = "urn:azureiot:Security:SecurityAgent:1"
AGENTS = 50
DEVICES = [f"agent-{number:06}" for number in range(1, AGENTS + 1)]
#: Only a run that hangs is stopped by it.
PATIENCE_SECONDS = 120
#: Every event that a kind of agent has (defender.md sections 5.3 and 5.6).
TYPES = {
    "c": {
        "ProcessCreate", "ConnectionCreate", "Login", "ListeningPorts", "LocalUsers", "FirewallConfiguration", "OSBaseline",
        "SystemInformation", "Diagnostic", "ConfigurationError", "DroppedEventsStatistics", "MessageStatistics"},
    "csharp": {
        "ProcessCreate", "ProcessTerminate", "ConnectionCreate", "Login", "ListeningPorts", "LocalUsers",
        "FirewallConfiguration", "OSBaseline", "SystemInformation", "ConnectedHardware", "Diagnostic",
        "DroppedEventsStatistics", "MessageStatistics"},
    "micro": {"Process", "NetworkActivity", "SystemInformation", "Baseline", "Log", "Heartbeat"},
}


class Agents:
    """One run of the simulator; its results are lines of JSON."""

    def __init__(self, server, *arguments):
        self.child = subprocess.Popen(
            [str(binary()), "agent", "simulate", "--data", str(server.data), *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=clean_environment())

    def wait(self, event):
        for line in self.child.stdout:
            told = json.loads(line)
            if told["event"] == event:
                return told
        raise AssertionError(f"ended with {self.child.wait(PATIENCE_SECONDS)} without '{event}'")

    def stop(self):
        """As Ctrl-C does; the summary."""
        self.child.terminate()
        summary = self.wait("ended")
        assert self.child.wait(PATIENCE_SECONDS) == 0
        return summary


@pytest.fixture
def own(new_server):
    return Hub(new_server())


@pytest.fixture
def simulate(own):
    runs = []

    def start(*arguments):
        runs.append(Agents(own.server, *arguments))
        return runs[-1]

    yield start
    for run in runs:
        if run.child.poll() is None:
            run.child.kill()
        run.child.wait(PATIENCE_SECONDS)


def configure(hub, modules, settings):
    answer = ok(hub.post("/emulator/defender/configuration", {"devices": "all", "modules": modules, "set": settings}))
    assert answer["changed"] == AGENTS


def names_until(hub, wanted):
    """Reads security messages until every event of these has been seen; nothing else may be among them."""
    after, seen, senders = 0, set(), set()
    while not seen >= wanted:
        answer = hub.get("/emulator/events", after=after, source="deviceMessages", headers={"Prefer": "wait=30"})
        assert answer.status_code == 200, f"never seen: {wanted - seen}"
        after = answer.json()["next"]
        for event in answer.json()["events"]:
            assert event["systemProperties"]["iothub-interface-id"] == INTERFACE
            body = event["body"] if "body" in event else json.loads(base64.b64decode(event["bodyBase64"]))
            envelope = body.get("Events") or body["events"]
            assert envelope
            seen |= {item.get("Name") or item["payload_type"] for item in envelope}
            senders.add(event["deviceId"])
    assert seen <= wanted | {"ConfigurationError"}
    return senders


@pytest.mark.parametrize("kind", ["c", "csharp"])
def test_a_fleet_of_agents_follows_a_change_and_drift_is_seen(own, simulate, kind):
    run = simulate("--create", "--count", AGENTS, "--kind", kind, "--drift", 0.1, "--silent", 0.1, "--speed", 2000,
                   "--seed", 5, "--changes", 1)
    run.wait("started")
    silent = set(DEVICES) - names_until(own, TYPES[kind])
    assert len(silent) >= AGENTS // 10
    # What its messages depart from the schemas in is what that agent is known to depart in.
    for device in sorted(set(DEVICES) - silent)[:10]:
        messages = ok(own.get(f"/emulator/devices/{device}/security/events", after=0))["messages"]
        assert messages
        for shown in messages:
            assert shown["message"]["kind"] == "envelope"
            assert [finding for finding in shown["message"]["lint"] if "knownDeparture" not in finding] == []
    configure(own, "classic", {"snapshotFrequency": "PT2H", "eventPriorityLogin": "Low"})
    run.wait("reported")
    summary = run.wait("ended")
    assert run.child.wait(PATIENCE_SECONDS) == 0
    assert summary["agents"] == summary["connected"] == summary["told"] == AGENTS
    assert (summary["drifting"], summary["silent"], summary["missing"], summary["refused"]) == (5, 5, 0, 0)
    assert summary["events"] > AGENTS and summary["failure"] is None
    reported, drifting = {}, set()
    for device in DEVICES:
        shown = ok(own.get(f"/emulator/devices/{device}/security/configuration", agent=kind))
        assert shown["state"] == "running" and shown["delivered"]["version"] == shown["desiredVersion"] == 2
        if shown["drift"]:
            drifting.add(device)
            assert {reason["reason"] for key in shown["keys"] for reason in key["differences"] if key["drift"]} == {
                "reportedOtherwise"}
        reported[device] = own.twin(device, CLASSIC)["properties"]["reported"].get(OBJECT)
    assert len(drifting) == 5
    quiet = {device for device, said in reported.items() if said is None}
    assert len(quiet) == 5 and quiet <= silent
    for device in set(DEVICES) - drifting - quiet:
        assert reported[device]["snapshotFrequency"] == {"value": "PT2H"}
        assert reported[device]["eventPriorityLogin"]["value"].lower() == "low"


def test_a_fleet_of_micro_agents_follows_a_change(own, simulate):
    run = simulate("--create", "--count", AGENTS, "--kind", "micro", "--drift", 0.1, "--speed", 200, "--changes", 2)
    run.wait("started")
    # All is unsent until then, and is sent before the change is taken; the rest follows by the new intervals.
    configure(own, "micro", {"CollectorsCore_PriorityIntervals": "1,2,4"})
    assert run.wait("reported")["change"] == 1
    names_until(own, TYPES["micro"])
    configure(own, "micro", {"Process_Disabled": True})
    run.wait("ended")
    states = [own.twin(device, MICRO)["properties"]["reported"]["latest_state"] for device in DEVICES]
    # Of the drifting ones those report otherwise that do not ignore the change.
    assert (states.count("success"), states.count("failed")) == (AGENTS - 2, 2)


def test_what_agents_refuse_is_counted(own, simulate):
    run = simulate("--create", "--count", 3, "--kind", "csharp", "--changes", 1)
    run.wait("started")
    for device in DEVICES[:3]:
        own.desired(device, {OBJECT: {"snapshotFrequency": {"value": "often"}}}, CLASSIC)
    summary = run.wait("ended")
    assert (summary["refused"], summary["missing"]) == (3, 0)
    shown = ok(own.get(f"/emulator/devices/{DEVICES[0]}/security/configuration", agent="csharp"))
    assert shown["refused"]["keys"] == ["snapshotFrequency"]


def test_agents_are_those_of_the_devices_that_have_the_module_or_are_named(own, simulate):
    for device in ("a", "b", "bare"):
        own.create(device)
    for device in ("a", "b"):
        own.create_module(device, CLASSIC)
    run = simulate()
    run.wait("started")
    assert run.stop()["agents"] == 2
    run = simulate("b")
    run.wait("started")
    assert run.stop()["agents"] == 1
    data = own.server.data
    refused = run_command("agent", "simulate", "--data", data, "bare", check=False)
    assert refused.returncode == 1 and "bare has no module azureiotsecurity" in refused.stderr
    none = run_command("agent", "simulate", "--data", data, "--kind", "micro", check=False)
    assert none.returncode == 1 and "no device has the module DefenderIotMicroAgent" in none.stderr
    few = run_command("agent", "simulate", "--data", data, "--count", 3, check=False)
    assert few.returncode == 1 and "there are 2 agents to play, not 3" in few.stderr


@pytest.mark.parametrize("arguments, text", [
    (["--drift", "1.5"], "--drift is a share from 0 to 1"), (["--speed", "0"], "--speed is from"),
    (["--drift", "0.6", "--silent", "0.6"], "together"), (["--create"], "--create goes with --count"),
    (["--seconds", "1", "--changes", "1"], "not both"), (["d", "--create", "--count", "1"], "Name devices"),
    (["--count", "0"], "at least 1"), (["--hub", "localhost:1883"], "--hub goes with --identities")])
def test_what_cannot_be_meant_is_refused(arguments, text):
    refused = run_command("agent", "simulate", *arguments, check=False)
    assert refused.returncode == 64 and text in refused.stderr


def test_the_agents_of_devices_whose_twin_meets_a_condition_are_played(own, simulate):
    for device, line, more in (
            ("met-1", "b", {}), ("met-2", "b", {}), ("disabled", "b", {"status": "disabled"}), ("bare", "b", {}), ("other", "a", {})):
        own.create(device, **more)
        own.patch_twin(device, {"tags": {"line": line}})
        if device != "bare":
            own.create_module(device, CLASSIC)
    run = simulate("--where", "tags.line = 'b'", "--kind", "csharp")
    run.wait("started")
    assert run.stop()["agents"] == 2
    reported = {device for device in ("met-1", "met-2", "disabled", "other")
                if OBJECT in own.twin(device, CLASSIC)["properties"]["reported"]}
    assert reported == {"met-1", "met-2"}
    for condition, said in (("tags.line = 'z'", "no device that meets the condition has the module"), ("tags.line =", "")):
        refused = run_command("agent", "simulate", "--data", own.server.data, "--where", condition, check=False)
        assert refused.returncode != 0 and said in refused.stderr and refused.stderr
