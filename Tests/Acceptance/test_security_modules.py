"""A security module for every device, and how its agents sign in (defender.md sections 1, 4 and 7)."""

import itertools
import threading

import pytest

from acceptance import sas
from acceptance.rest import Hub, expect_error, ok
from acceptance.server import SAMPLE, run_command

CLASSIC, MICRO = "azureiotsecurity", "DefenderIotMicroAgent"
OBJECT = "ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration"
SETTINGS = "/emulator/defender/settings"


def modules(hub, device):
    return {module["moduleId"] for module in ok(hub.get(f"/devices/{device}/modules"))}


@pytest.fixture
def own(new_server):
    """A hub of the test's own."""
    return lambda *arguments: Hub(new_server(*arguments))


# The rule -----------------------------------------------------------------------------------------


def test_nothing_is_made_by_itself(own):
    hub = own()
    hub.create("d")
    assert modules(hub, "d") == set()
    assert ok(hub.get(SETTINGS)) == {"modules": "none", "strict": False}


@pytest.mark.parametrize(
    "flags, expected",
    [(["--defender"], {CLASSIC}), (["--defender=classic"], {CLASSIC}), (["--defender", "micro"], {MICRO}),
     (["--defender=both"], {CLASSIC, MICRO}), (["--defender=none"], set())])
def test_the_flag_gives_each_new_device_its_modules(own, flags, expected):
    hub = own(*flags)
    hub.create("d")
    assert modules(hub, "d") == expected
    answer = ok(hub.post("/devices", [{"id": "b", "importMode": "create"}, {"id": "c"}]))
    assert answer["isSuccessful"] and modules(hub, "b") == modules(hub, "c") == expected


def test_the_flag_and_a_seed_go_together(own):
    hub = own("--defender=both", "--seed", SAMPLE)
    devices = ok(hub.get("/devices", top=1000))
    assert len(devices) >= 10
    for device in devices:
        assert modules(hub, device["deviceId"]) >= {CLASSIC, MICRO}
    # The seed's own modules are as it has them.
    assert hub.twin("gateway-a1", CLASSIC)["properties"]["desired"][OBJECT]
    assert hub.post("/emulator/reset").status_code == 204
    assert all(modules(hub, device["deviceId"]) >= {CLASSIC, MICRO} for device in devices)


def test_the_rule_comes_from_the_environment_too(new_server):
    hub = Hub(new_server(env={"TWINHUB_DEFENDER": "micro"}))
    assert ok(hub.get(SETTINGS))["modules"] == "micro"


def test_a_rule_that_is_none_is_refused():
    for arguments in (["--defender=sometimes"], ["--defender", "sometimes"], ["--defender=sometimes", "--ephemeral"]):
        ended = run_command("serve", *arguments, check=False)
        assert ended.returncode == 64 and "--defender" in ended.stderr


def test_the_rule_is_state_of_the_hub(own):
    hub = own("--defender=classic")
    hub.server.restart(kill=True)
    hub = Hub(hub.server)
    assert ok(hub.get(SETTINGS))["modules"] == "classic"
    hub.create("d")
    assert modules(hub, "d") == {CLASSIC}


def test_settings_give_devices_that_are_there_their_module_and_say_so(own):
    hub = own()
    for number in range(3):
        hub.create(f"d{number}")
    hub.create_module("d0", CLASSIC)
    before = ok(hub.get(f"/devices/d0/modules/{CLASSIC}"))
    report = ok(hub.put(SETTINGS, {"modules": "classic"}))
    assert report["settings"] == {"modules": "classic", "strict": False}
    assert (report["created"], report["present"], report["refused"]) == (2, 1, [])
    assert all(modules(hub, f"d{number}") == {CLASSIC} for number in range(3))
    assert ok(hub.get(f"/devices/d0/modules/{CLASSIC}")) == before
    # Away with the device.
    assert hub.delete("/devices/d1", etag="*").status_code == 204
    assert hub.get(f"/devices/d1/modules/{CLASSIC}").status_code == 404


@pytest.mark.parametrize("body", [{"modules": "some"}, {"modules": 1}, {"strict": "yes"}, [], "x"])
def test_settings_that_are_none_are_refused(hub, body):
    expect_error(hub.put(SETTINGS, body), 400, "ArgumentInvalid")


def test_securing_makes_what_is_missing_and_names_what_cannot_be(own):
    hub = own()
    hub.create("d"), hub.create("e")
    report = ok(hub.post("/emulator/defender/secure", {"devices": ["d", "nobody"], "modules": "both"}))
    assert report["created"] == 2 and {item["deviceId"] for item in report["refused"]} == {"nobody"}
    assert {item["error"] for item in report["refused"]} == {"DeviceNotFound"}
    assert modules(hub, "d") == {CLASSIC, MICRO} and modules(hub, "e") == set()
    assert ok(hub.post("/emulator/defender/secure"))["created"] == 1
    assert modules(hub, "e") == {CLASSIC}


def test_strict_refuses_what_an_agent_would_refuse(own):
    hub = own("--defender=classic", "--defender-strict")
    hub.create("d")
    answer = hub.patch(f"/twins/d/modules/{CLASSIC}", {"properties": {"desired": {OBJECT: {
        "snapshotFrequency": {"value": "often"}}}}})
    assert answer.status_code == 400
    assert "snapshotFrequency: expected an ISO 8601 duration" in answer.json()["Message"]
    ok(hub.patch(f"/twins/d/modules/{CLASSIC}", {"properties": {"desired": {OBJECT: {
        "snapshotFrequency": {"value": "PT1H"}}}}}))


def test_no_device_is_ever_without_its_module_also_across_kills(own):
    hub = own("--defender=both")
    numbers, stop = itertools.count(), threading.Event()

    def create():
        session = Hub(hub.server)
        while not stop.is_set():
            try:
                session.put(f"/devices/d{next(numbers)}", {})
            except OSError:
                return

    for _ in range(3):
        stop.clear()
        threads = [threading.Thread(target=create) for _ in range(4)]
        for thread in threads:
            thread.start()
        target = next(numbers) + 40
        while next(numbers) < target:
            ok(Hub(hub.server).get("/statistics/devices"))
        hub.server.kill9()
        stop.set()
        for thread in threads:
            thread.join()
        hub.server.start()
        hub = Hub(hub.server)
        devices = ok(hub.get("/devices", top=1000))
        assert devices
        for device in devices:
            assert modules(hub, device["deviceId"]) == {CLASSIC, MICRO}, device["deviceId"]


# Microsoft's batch script -------------------------------------------------------------------------


def test_the_batch_script_creates_and_configures_as_it_does_on_the_real_hub(hub, name):
    """Steps 3 and 4 of defender.md section 1.1, request for request."""
    hub.create(name)
    headers = {"Content-Type": "application/json; charset=utf-8"}
    body = {"deviceId": name, "moduleId": CLASSIC}
    path = f"/devices/{name}/modules/{CLASSIC}"
    assert hub.put(path, body, api="2018-06-30", headers=headers).status_code == 200
    # The script accepts a second one's 409 and goes on.
    assert hub.put(path, body, api="2018-06-30", headers=headers).status_code == 409
    desired = {OBJECT: {"highPriorityMessageFrequency": {"value": "PT7M"}, "eventPriorityLogin": {"value": "High"}}}
    patch = {**body, "tags": {"securityGroup": "default"}, "properties": {"desired": desired}}
    twin = ok(hub.patch(f"/twins/{name}/modules/{CLASSIC}", patch, api="2018-06-30", headers=headers))
    assert twin["tags"] == {"securityGroup": "default"}
    assert twin["properties"]["desired"][OBJECT] == desired[OBJECT]


# Sign-in ------------------------------------------------------------------------------------------


@pytest.fixture
def secured(hub, device):
    hub.create_module(device, CLASSIC)
    return device


@pytest.mark.parametrize("encode", [False, True], ids=["agent C", "agent C#"])
def test_a_device_reads_its_modules_key_with_its_own(hub, secured, encode):
    """Defender.md 4.3: `sr` is the bare host, no `skn`, the device's key; the answer holds the real key (8.6)."""
    key = ok(hub.get(f"/devices/{secured}"))["authentication"]["symmetricKey"]["primaryKey"]
    agent = hub.as_(sas.token("localhost", key, encode=encode))
    answer = ok(agent.get(f"/devices/{secured}/modules/{CLASSIC}", api="2018-06-30"))
    real = ok(hub.get(f"/devices/{secured}/modules/{CLASSIC}"))
    assert answer["authentication"]["symmetricKey"]["primaryKey"] == real["authentication"]["symmetricKey"]["primaryKey"]
    assert answer["moduleId"] == CLASSIC and answer["deviceId"] == secured


def test_the_agents_tell_a_bad_key_from_a_missing_module(hub, device):
    key = ok(hub.get(f"/devices/{device}"))["authentication"]["symmetricKey"]["primaryKey"]
    path = f"/devices/{device}/modules/{CLASSIC}"
    assert hub.as_(sas.token("localhost", key)).get(path, api="2018-06-30").status_code == 404
    assert hub.as_(sas.token("localhost", "b3RoZXI=")).get(path, api="2018-06-30").status_code == 401


# The command line ---------------------------------------------------------------------------------


def test_the_commands_secure_configure_and_show(own):
    hub = own()
    data = hub.server.data
    for device in ("d", "e", "bare"):
        hub.create(device)
    assert run_command("security", "secure", "--data", data, "d", "e").stdout == "2 made, 0 there already\n"
    refused = run_command("security", "secure", "--data", data, "nobody", check=False)
    assert refused.returncode == 1 and "nobody" in refused.stderr
    out = run_command("security", "set", "--data", data, "--all", "snapshotFrequency=PT2H", "eventPriorityLogin=off")
    assert out.stdout == "2 changed\n"
    desired = hub.twin("e", CLASSIC)["properties"]["desired"][OBJECT]
    assert desired == {"snapshotFrequency": {"value": "PT2H"}, "eventPriorityLogin": {"value": "Off"}}
    bad = run_command("security", "set", "--data", data, "d", "snapshotFrequency=often", check=False)
    assert bad.returncode == 1 and "expected an ISO 8601 duration" in bad.stderr
    missing = run_command("security", "set", "--data", data, "bare", "snapshotFrequency=PT2H", check=False)
    assert missing.returncode == 1 and "bare" in missing.stderr
    run_command("security", "reset", "--data", data, "d", "--key", "eventPriorityLogin")
    assert hub.twin("d", CLASSIC)["properties"]["desired"][OBJECT] == {"snapshotFrequency": {"value": "PT2H"}}
    shown = run_command("security", "show", "--data", data, "d").stdout
    assert "d/azureiotsecurity  agent c waiting" in shown
    [row] = [line for line in shown.splitlines() if line.startswith("snapshotFrequency")]
    assert "PT13H" in row and "PT2H" in row and "has not been handed the twin as it is now" in row
    out = run_command("security", "settings", "--data", data, "--modules", "micro", "--strict", "true")
    assert out.stdout == "3 modules made\nmodules micro  strict true\n"
    assert modules(hub, "bare") == {MICRO}


def test_a_command_may_choose_devices_by_a_condition(own):
    hub = own("--defender")
    data = hub.server.data
    for device, site in (("a", "north"), ("b", "south"), ("c", "north")):
        hub.create(device)
        hub.patch_twin(device, {"tags": {"site": site}})
    out = run_command("security", "set", "--data", data, "--where", "tags.site = 'north'", "snapshotFrequency=PT2H")
    assert out.stdout == "2 changed\n"
    assert OBJECT not in hub.twin("b", CLASSIC)["properties"]["desired"]
    out = run_command("security", "secure", "--data", data, "--modules", "micro", "--where", "tags.site = 'south'")
    assert out.stdout == "1 made, 0 there already\n"
    bad = run_command("security", "secure", "--data", data, "--where", "tags.site =", check=False)
    assert bad.returncode == 1 and "Line 1:11" in bad.stderr
    rows = run_command("query", "--data", data, "SELECT deviceId FROM devices WHERE tags.site = 'north'").stdout
    assert rows == '{"deviceId":"a"}\n{"deviceId":"c"}\n'
    bad = run_command("query", "--data", data, "SELECT", check=False)
    assert bad.returncode == 1 and "Line 1:6" in bad.stderr


def test_the_keys_are_listed_with_their_defaults():
    text = run_command("security", "keys").stdout
    [row] = [line for line in text.splitlines() if line.startswith("maxLocalCacheSizeInBytes")]
    assert "10485760" in row and "2560000" in row and "bytes" in row
    assert "CollectorsCore_PriorityIntervals" in text
