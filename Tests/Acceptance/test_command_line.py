"""The command line: what serve prints, what it takes, how it ends, and the commands beside it."""

import json
import os
import pathlib
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
import requests

from acceptance import sas
from acceptance.rest import Hub, counters, ok
from acceptance.server import READY, SAMPLE, Server, ServerEnded, binary, clean_environment, fields, run_command
from acceptance.wire import Wire, request

FIRST = "gateway-a1"


@pytest.fixture
def own(new_server):
    """A server of the test's own with the sample factory."""
    return new_server("--seed", SAMPLE)


# serve ------------------------------------------------------------------------------------------------------


def test_the_ready_line_comes_last_and_tells_addresses_and_folder(own):
    found = READY.match(own.output[-1])
    assert found["https_host"] == found["mqtt_host"] == "127.0.0.1"
    assert pathlib.Path(found["data"]).resolve() == own.data.resolve()
    assert not any(line.startswith("ready ") for line in own.output[:-1])
    for port in (own.https_port, own.mqtt_port):
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_what_stands_before_it_is_what_a_person_needs(own):
    text = "\n".join(own.output[:-1])
    assert str(own.https_port) in text and str(own.mqtt_port) in text
    assert own.connection_string in text and "ca.pem" in text
    command = next(line[line.index("curl"):] for line in own.output if "curl " in line)
    if shutil.which("curl") is None:
        pytest.skip("no curl here")
    tried = subprocess.run(["bash", "-c", f"{command} --fail --silent --show-error"], capture_output=True, text=True, timeout=20)
    assert tried.returncode == 0, f"{command}: {tried.stderr}"


def test_nothing_but_that_comes_on_stdout(own):
    Hub(own).get("/devices")
    own.stop()
    rest = []
    while (line := own._lines.get(timeout=5)) is not None:
        rest.append(line)
    assert rest == []


def test_the_same_stands_in_server_json(own):
    told = json.loads((own.data / "server.json").read_text())
    found = READY.match(own.ready_line)
    assert told["https"] == f"127.0.0.1:{own.https_port}" and told["mqtt"] == f"127.0.0.1:{own.mqtt_port}"
    assert told["data"] == found["data"]


def test_the_seed_is_applied_to_a_new_folder_only(own):
    hub = Hub(own)
    assert len(ok(hub.get("/devices"))) == 10
    for module in (None, "azureiotsecurity"):
        assert counters(hub.twin(FIRST, module)) == (2, 1, 1, 1)
    reported = hub.twin(FIRST)["properties"]["reported"]
    assert reported["firmware"]["running"] == "4.2.1" and reported["$metadata"]["firmware"]["running"]["$lastUpdated"]
    assert hub.get("/devices/pump-b2").json()["status"] == "disabled"
    assert hub.get("/devices/vision-camera-a1").json()["authentication"]["type"] == "selfSigned"
    assert len(ok(hub.get("/devices/gateway-b1/modules"))) == 3
    sample = [json.loads(line) for line in SAMPLE.read_text().splitlines()]
    for line in sample:
        path = f"/devices/{line['id']}" + (f"/modules/{line['moduleId']}" if "moduleId" in line else "")
        stored = ok(hub.get(path))["authentication"]
        given = line["authentication"]
        assert stored["type"] == given["type"]
        assert given.get("symmetricKey") in (None, stored["symmetricKey"])
        assert given.get("x509Thumbprint") in (None, stored["x509Thumbprint"])
    hub.remove("press-a1")
    own.restart()
    assert len(ok(Hub(own).get("/devices"))) == 9


def test_a_bad_seed_names_the_line(new_server, tmp_path):
    seed = tmp_path / "seed.ndjson"
    seed.write_text('{"id":"fine"}\n{"id":"broken","tags":{"a.b":1}}\n')
    with pytest.raises(ServerEnded) as ended:
        new_server("--seed", seed)
    assert ended.value.code != 0 and "2" in str(ended.value) and "a.b" in str(ended.value)


def test_it_listens_on_loopback_only_and_warns_when_wider(new_server):
    server = new_server("--bind", "0.0.0.0")
    assert READY.match(server.ready_line)["https_host"] == "0.0.0.0"
    said = "\n".join(server.output[:-1]) + server.log_text()
    assert re.search(r"(?i)warn", said) and re.search(r"(?i)key", said)


@pytest.mark.parametrize("flag, port", [("--https-port", "https_port"), ("--mqtt-port", "mqtt_port")])
def test_a_port_in_use_is_an_error_that_names_the_flag(new_server, flag, port):
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        with pytest.raises(ServerEnded) as ended:
            new_server(**{port: occupied.getsockname()[1]})
    assert ended.value.code == 1 and flag in str(ended.value)


def test_a_start_that_fails_ends_in_order_whatever_is_under_way(tmp_path, new_server):
    """Certificates are read beside the rest of a start, and it must be no matter how far that is."""
    new_server(data=tmp_path).stop()
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        codes = []
        for _ in range(30):
            with pytest.raises(ServerEnded) as ended:
                new_server(data=tmp_path, https_port=occupied.getsockname()[1])
            codes.append(ended.value.code)
    assert codes == [1] * 30


def test_a_second_server_on_one_folder_stops_with_a_clear_message(own, new_server):
    with pytest.raises(ServerEnded) as ended:
        new_server(data=own.data)
    assert ended.value.code != 0 and str(own.data) in str(ended.value)
    assert Hub(own).get("/devices").status_code == 200


def test_a_killed_server_leaves_no_lock_behind(own):
    own.restart(kill=True)
    assert Hub(own).get("/devices").status_code == 200


@pytest.mark.parametrize("arguments", [["--no-such-flag"], ["--https-port", "x"], ["--durability", "perhaps"], ["--https-port", "65536"]])
def test_a_bad_flag_is_a_usage_error(arguments):
    done = run_command("serve", *arguments, check=False)
    assert done.returncode == 64 and arguments[0].lstrip("-") in done.stderr


def test_help_names_flags_and_commands():
    text = run_command("serve", "--help").stdout
    for flag in ("data", "bind", "https-port", "mqtt-port", "seed", "shards", "tls-only", "tls-cert", "tls-key", "host-name",
                 "durability", "ephemeral", "ready-file", "auth", "sas-grace", "disabled-connack", "generate-keys", "throttle", "throttle-units", "keep-patches", "log-format"):
        assert f"--{flag}" in text, flag
    commands = run_command("--help").stdout
    for command in ("serve", "env", "sas", "health", "watch", "seed", "reset", "log"):
        assert re.search(rf"^\s+{command}\b", commands, re.MULTILINE), command


# Settings by environment ------------------------------------------------------------------------------------


def start_plain(arguments, env, seconds=20):
    """`twinhub serve` with exactly these arguments: (process, what it printed up to the ready line)."""
    process = subprocess.Popen(
        [str(binary()), "serve", *arguments], env=clean_environment(**env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = queue.Queue()
    threading.Thread(target=Server._pump, args=(process.stdout, lines), daemon=True).start()
    said, deadline = [], time.monotonic() + seconds
    while True:
        line = lines.get(timeout=max(0.01, deadline - time.monotonic()))
        assert line is not None, f"ended with {process.wait(5)}: {said} {process.stderr.read()}"
        said.append(line)
        if READY.match(line):
            return process, said


def test_every_flag_also_comes_from_the_environment_and_flags_win(tmp_path):
    env = {"TWINHUB_DATA": str(tmp_path / "env"), "TWINHUB_HTTPS_PORT": "0", "TWINHUB_MQTT_PORT": "0", "TWINHUB_SEED": str(SAMPLE),
           "TWINHUB_AUTH": "off"}
    for arguments, folder in (([], "env"), (["--data", str(tmp_path / "flag")], "flag")):
        process, said = start_plain(arguments, env)
        try:
            found = READY.match(said[-1])
            assert pathlib.Path(found["data"]).resolve() == (tmp_path / folder).resolve()
            answer = requests.get(
                f"http://localhost:{found['https_port']}/devices", params={"api-version": "2021-04-12"}, timeout=10)
            assert len(answer.json()) == 10
        finally:
            process.terminate()
            assert process.wait(10) == 0


def test_ephemeral_leaves_nothing_but_the_ready_file(tmp_path):
    ready = tmp_path / "ready.json"
    process, said = start_plain(
        ["--ephemeral", "--ready-file", str(ready), "--https-port", "0", "--mqtt-port", "0", "--seed", str(SAMPLE)],
        {"TWINHUB_DATA": str(tmp_path / "never")})
    try:
        told = json.loads(ready.read_text())
        found = re.match(r"ready https=(\S+) mqtt=(\S+)", said[-1])
        assert (told["https"], told["mqtt"]) == (found[1], found[2])
        line = next(line for line in said if "HostName=" in line)
        parts = fields(re.search(r"HostName=[^\s'\"]+", line)[0])
        token = sas.token("localhost", parts["SharedAccessKey"], parts["SharedAccessKeyName"])
        answer = requests.get(
            f"http://{told['https']}/twins/{FIRST}", params={"api-version": "2021-04-12"}, headers={"Authorization": token}, timeout=10)
        assert answer.status_code == 200
        assert not (tmp_path / "never").exists()
    finally:
        process.terminate()
        assert process.wait(10) == 0


@pytest.fixture
def ephemeral(tmp_path):
    """The ready file of a server that has no folder."""
    ready = tmp_path / "ready.json"
    process, _ = start_plain(
        ["--ephemeral", "--ready-file", str(ready), "--https-port", "0", "--mqtt-port", "0", "--seed", str(SAMPLE)], {})
    yield ready
    process.terminate()
    assert process.wait(10) == 0


def test_commands_find_a_server_without_a_folder_by_its_ready_file(ephemeral):
    told = json.loads(ephemeral.read_text())
    there = ("--ready-file", ephemeral)
    assert run_command("health", *there).stdout == "ready\n"
    assert run_command("send", "press-a1", "hello", *there).stdout.strip()
    assert "azureiotsecurity" in run_command("security", "show", "press-a1", *there).stdout
    token = run_command("sas", "--policy", "service", *there).stdout.strip()
    assert run_command("ca", "list", *there).stdout == ""
    run_command("reset", "--to", "empty", *there)
    answer = requests.get(
        f"http://{told['https']}/twins/{FIRST}", params={"api-version": "2021-04-12"}, headers={"Authorization": token}, timeout=10)
    assert answer.status_code == 404


def test_env_of_a_server_without_a_folder_brings_its_roots(ephemeral):
    script = "import os, requests; print(requests.get(os.environ['IOTHUB_URL'] + '/health/ready').status_code)"
    done = subprocess.run(
        ["bash", "-c", 'eval "$("$1" env --ready-file "$2")"; exec "$3" -c "$4"', "bash", str(binary()), str(ephemeral),
         sys.executable, script], env=clean_environment(), capture_output=True, text=True, timeout=40)
    assert done.stdout.split() == ["200"], done.stderr


def test_the_ready_file_comes_from_the_environment_and_a_folder_on_the_command_line_wins(ephemeral, own):
    variables = clean_environment() | {"TWINHUB_READY_FILE": str(ephemeral)}

    def url(*arguments):
        said = subprocess.run([binary(), "env", *arguments], env=variables, capture_output=True, text=True, timeout=20).stdout
        return re.search(r"IOTHUB_URL='(.*)'", said)[1]

    assert url() == f"https://localhost:{json.loads(ephemeral.read_text())['httpsPort']}"
    assert url("--data", str(own.data)) == own.url


def test_logs_can_be_json(new_server):
    server = new_server("--log-format", "json", "--bind", "0.0.0.0")
    Hub(server).get("/devices")
    server.stop()
    lines = [line for line in server.log_text().splitlines() if line]
    assert lines and all(isinstance(json.loads(line), dict) for line in lines)


@pytest.mark.parametrize("shards", ["1", "3"])
def test_the_number_of_shards_can_be_set(new_server, shards):
    hub = Hub(new_server("--shards", shards))
    hub.create("d")
    assert hub.desired("d", {"a": 1})["version"] == 3


# How it ends ------------------------------------------------------------------------------------------------


def test_sigterm_ends_with_0_and_everything_is_kept(own):
    hub = Hub(own)
    hub.desired(FIRST, {"last": True})
    assert own.stop(5) == 0
    own.start()
    assert Hub(own).twin(FIRST)["properties"]["desired"]["last"] is True


def test_sigint_ends_like_sigterm(own):
    assert own.signal(signal.SIGINT, 5) == 0


def test_idle_connections_do_not_hold_it_up(own):
    idle = [Wire(own.https_port) for _ in range(20)]
    used = Wire(own.https_port)
    used.send(request("GET", "/health/live")).answer()
    half = Wire(own.https_port).send("GET /health/live HTTP/1.1\r\nHost: ")
    assert own.stop(5) == 0
    assert all(one.closed() for one in (*idle, used, half))


# The commands beside it -------------------------------------------------------------------------------------


def test_env_exports_what_clients_need(own):
    exports = own.exports
    host = f"localhost:{own.https_port}"
    assert fields(exports["IOTHUB_CONNECTION_STRING"]) == {
        "HostName": host, "SharedAccessKeyName": "iothubowner", "SharedAccessKey": own.owner_key}
    device = fields(exports["IOTHUB_DEVICE_CONNECTION_STRING"])
    module = fields(exports["IOTHUB_MODULE_CONNECTION_STRING"])
    assert device["DeviceId"] == module["DeviceId"] == FIRST and module["ModuleId"] == "azureiotsecurity"
    sample = {(line["id"], line.get("moduleId")): line for line in map(json.loads, SAMPLE.read_text().splitlines())}
    assert device["SharedAccessKey"] == sample[FIRST, None]["authentication"]["symmetricKey"]["primaryKey"]
    assert module["SharedAccessKey"] == sample[FIRST, "azureiotsecurity"]["authentication"]["symmetricKey"]["primaryKey"]
    assert exports["IOTHUB_URL"] == f"https://{host}" and exports["IOTHUB_MQTT_PORT"] == str(own.mqtt_port)
    own_roots = pathlib.Path(exports["IOTHUB_CA_FILE"]).read_text()
    assert own_roots.strip() == pathlib.Path(own.ca_file).read_text().strip()
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
        bundle = pathlib.Path(exports[name]).read_text()
        assert own_roots.strip() in bundle
        system = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
        if system.exists():
            assert bundle.count("BEGIN CERTIFICATE") > own_roots.count("BEGIN CERTIFICATE")


def test_a_client_in_that_shell_just_works(own):
    script = (
        "import os, requests; from azure.iot.hub import IoTHubRegistryManager as Registry\n"
        "print(Registry.from_connection_string(os.environ['IOTHUB_CONNECTION_STRING']).get_twin('%s').version)\n"
        "print(requests.get(os.environ['IOTHUB_URL'] + '/health/ready').status_code)" % FIRST)
    done = subprocess.run(
        ["bash", "-c", 'eval "$("$1" env --data "$2")"; exec "$3" -c "$4"', "bash", str(binary()), str(own.data), sys.executable, script],
        env=clean_environment(), capture_output=True, text=True, timeout=40)
    assert done.stdout.split() == ["2", "200"], done.stderr


def test_env_without_a_server_says_so(own):
    own.stop()
    done = run_command("env", "--data", own.data, check=False)
    assert done.returncode != 0 and "export" not in done.stdout and done.stderr


@pytest.mark.parametrize("policy, path, status", [
    ("iothubowner", "/devices", 200), ("registryRead", "/devices", 200), ("service", f"/twins/{FIRST}", 200),
    ("service", "/devices", 401), ("device", f"/emulator/devices/{FIRST}/twin", 200)])
def test_sas_prints_a_policys_token(own, policy, path, status):
    token = run_command("sas", "--data", own.data, "--policy", policy).stdout.strip()
    assert Hub(own, token).get(path).status_code == status


def test_sas_prints_tokens_of_devices_and_modules(own):
    for flag, identity, path in (("--device", FIRST, f"/emulator/devices/{FIRST}/twin"), (
            "--module", f"{FIRST}/azureiotsecurity", f"/emulator/devices/{FIRST}/modules/azureiotsecurity/twin")):
        token = run_command("sas", "--data", own.data, flag, identity).stdout.strip()
        assert "skn=" not in token
        assert Hub(own, token).get(path).status_code == 200 and Hub(own, token).get("/devices").status_code == 401


def test_sas_takes_a_time_to_live(own):
    now = time.time()
    token = run_command("sas", "--data", own.data, "--ttl", "60").stdout.strip()
    expiry = int(re.search(r"se=(\d+)", token)[1])
    assert now + 50 <= expiry <= time.time() + 61
    assert run_command("sas", "--data", own.data, "--policy", "nobody", check=False).returncode != 0
    assert run_command("sas", "--data", own.data, "--device", "nobody", check=False).returncode != 0


@pytest.mark.parametrize("command", [("sas",), ("send", FIRST, "hello")])
@pytest.mark.parametrize("ttl", ["0", "-1", "99999999999999", str(2**63 - 1), "1h"])
def test_an_impossible_time_to_live_is_a_usage_error(own, command, ttl):
    assert run_command(*command, "--data", own.data, f"--ttl={ttl}", check=False).returncode == 64


@pytest.mark.parametrize("command", [("send", "nobody", "hello"), ("security", "show", "nobody")])
def test_what_is_not_there_is_said_to_be_missing(own, command):
    done = run_command(*command, "--data", own.data, check=False)
    assert done.returncode == 1 and done.stderr == "twinhub: DeviceNotFound: nobody\n"


def test_health_is_an_exit_code(own):
    assert run_command("health", "--data", own.data).returncode == 0
    own.process.send_signal(signal.SIGSTOP)
    assert run_command("health", "--data", own.data, check=False).returncode == 1
    own.process.send_signal(signal.SIGCONT)
    own.stop()
    assert run_command("health", "--data", own.data, check=False).returncode != 0


def test_seed_and_reset_work_on_the_running_server(new_server, tmp_path):
    server = new_server()
    hub = Hub(server)
    assert ok(hub.get("/devices")) == []
    run_command("seed", SAMPLE, "--data", server.data)
    assert len(ok(hub.get("/devices"))) == 10 and hub.twin(FIRST)["tags"]["role"] == "gateway"
    run_command("reset", "--data", server.data, "--to", "empty")
    assert ok(hub.get("/devices")) == []


def test_a_seed_too_large_for_one_request_says_what_takes_it(own, tmp_path):
    seed = tmp_path / "large.ndjson"
    seed.write_text("".join(f'{{"id":"large-{number}","tags":{{"t":"{"x" * 1000}"}}}}\n' for number in range(9000)))
    done = run_command("seed", seed, "--data", own.data, check=False)
    assert done.returncode == 1 and "serve --seed" in done.stderr
    assert Hub(own).get("/devices/large-0").status_code == 404


def test_reset_goes_back_to_the_seed(own):
    hub = Hub(own)
    hub.remove(FIRST)
    run_command("reset", "--data", own.data)
    assert hub.get(f"/devices/{FIRST}").status_code == 200


class Watch:
    """`twinhub watch`, running."""

    def __init__(self, server, *subject):
        self.process = subprocess.Popen(
            [str(binary()), "watch", *subject, "--data", str(server.data)], env=clean_environment(NO_COLOR="1"),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=Server._pump, args=(self.process.stdout, self.lines), daemon=True).start()

    def shows(self, hub, module=None):
        """What it shows. It begins when it is connected: the change is made again until it shows."""
        seen = ""
        for number in range(100):
            hub.desired(FIRST, {"interval": f"PT{number}S"}, module)
            try:
                while True:
                    line = self.lines.get(timeout=0.2)
                    assert line is not None, self.process.stderr.read()
                    seen += line + "\n"
            except queue.Empty:
                pass
            if seen:
                break
        return seen

    def close(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(10)


@pytest.mark.parametrize("subject", [[], [FIRST], [f"{FIRST}/azureiotsecurity"]], ids=["all", "device", "module"])
def test_watch_shows_changes_as_a_readable_diff(own, subject):
    watch = Watch(own, *subject)
    try:
        seen = watch.shows(Hub(own), "azureiotsecurity" if subject and "/" in subject[0] else None)
        assert FIRST in seen and "interval" in seen and re.search(r"^\s*[-+]", seen, re.MULTILINE), seen
    finally:
        watch.close()


def test_watch_goes_on_when_the_server_comes_back_on_other_ports(own):
    watch = Watch(own, FIRST)
    try:
        assert watch.shows(Hub(own))
        port = own.https_port
        own.stop()
        assert "trying again" in watch.process.stderr.readline()
        own.https_port = own.mqtt_port = 0
        # Nobody is given a port that somebody has.
        with socket.create_server(("127.0.0.1", port)):
            own.start()
            assert own.https_port != port
            assert "interval" in watch.shows(Hub(own))
    finally:
        watch.close()


def test_watch_ends_where_the_server_does_not_know_what_was_seen(own):
    """The folder was begun anew: going on from where it was would leave changes out without a word."""
    watch = Watch(own, FIRST)
    try:
        assert watch.shows(Hub(own))
        own.stop()
        shutil.rmtree(own.data)
        own.start()
        assert watch.process.wait(60) == 1
        assert "The feed is at sequence" in watch.process.stderr.read()
    finally:
        watch.close()


def test_the_environment_reaches_commands_of_commands(own):
    own.stop()
    result = run_command("log", "verify", env=clean_environment(TWINHUB_DATA=str(own.data)))
    assert str(own.data) in result.stdout and "sound" in result.stdout


def test_certificates_of_ones_own(new_server, tmp_path):
    files = str(tmp_path / "own.pem"), str(tmp_path / "own.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-out", files[0], "-keyout", files[1]], check=True, capture_output=True, timeout=20)
    server = new_server("--tls-cert", files[0], "--tls-key", files[1])
    answer = requests.get(f"{server.url}/health/live", verify=files[0], timeout=10)
    assert answer.status_code == 200


def test_roots_are_kept_over_restarts_and_readable_by_nobody_else(own):
    before = pathlib.Path(own.ca_file).read_bytes()
    own.restart()
    assert pathlib.Path(own.ca_file).read_bytes() == before
    private = [path for path in own.data.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()[:4096]]
    assert private and all(os.stat(path).st_mode & 0o077 == 0 for path in private)


def test_health_answers_get_and_head(own):
    with Wire(own.https_port) as connection:
        assert connection.send(request("GET", "/health/ready")).answer().status == 200
        assert connection.send(request("HEAD", "/health/live")).answer("HEAD").status == 200
