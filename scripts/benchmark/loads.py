"""The load generators, and the checks of what came back."""

import json
import pathlib
import re
import subprocess

from .processes import pinned

#: wrk's own counts as one line of JSON: requests, bytes, errors by kind, latencies in microseconds.
DONE = """
done = function(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        'SUMMARY {"requests":%d,"microseconds":%d,"bytes":%d,"errors":%d,"p50":%d,"p99":%d}\\n',
        summary.requests, summary.duration, summary.bytes,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
"""


class Wrong(Exception):
    """A measurement whose answers were not what they should be: it counts for nothing."""


def wrk(url, work, seconds, connections=64, headers=(), script="", where=None):
    """One run of wrk: its summary. Any answer of 4xx or 5xx, any socket error makes it void."""
    path = pathlib.Path(work) / "wrk.lua"
    path.write_text(script + DONE)
    command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{max(1, round(seconds))}s", "--timeout", "10s", "-s", str(path)]
    for header in headers:
        command += ["-H", header]
    done = subprocess.run(pinned([*command, url], where), capture_output=True, text=True, timeout=seconds + 60)
    found = re.search(r"SUMMARY (\{.*\})", done.stdout)
    if not found:
        raise Wrong(f"wrk said: {done.stdout[-500:]} {done.stderr[-500:]}")
    summary = json.loads(found[1])
    if summary["errors"] or not summary["requests"]:
        raise Wrong(f"{summary['errors']} of {summary['requests']} answers of {url} were errors: {done.stdout[-500:]}")
    summary["per_second"] = summary["requests"] / (summary["microseconds"] / 1e6)
    return summary


def redis_benchmark(port, requests, clients=64, size=300, keys=1000, where=None):
    """SETs of `size` bytes over so many keys: requests per second and latencies."""
    command = ["redis-benchmark", "-p", str(port), "-t", "set", "-n", str(requests), "-c", str(clients), "-d", str(size), "-r", str(keys), "--csv"]
    done = subprocess.run(pinned(command, where), capture_output=True, text=True, timeout=600, check=True)
    header, *rows = [line for line in done.stdout.splitlines() if line.startswith('"')]
    row = dict(zip(header.replace('"', "").split(","), rows[-1].replace('"', "").split(",")))
    return {
        "requests": requests, "per_second": float(row["rps"]), "p50": float(row["p50_latency_ms"]) * 1000,
        "p99": float(row["p99_latency_ms"]) * 1000}


def patches(devices, payload):
    """A wrk script: PATCHes of `payload` bytes to the desired properties of many twins, in turn."""
    return f"""
local targets, at = {{}}, 0
local filler = string.rep("x", {payload - len(desired(0, ""))})
function init(args)
    for device = 0, {devices - 1} do
        for value = 0, 9 do
            targets[#targets + 1] = wrk.format("PATCH", "/twins/bench-" .. device .. "?api-version=2021-04-12", nil,
                '{{"properties":{{"desired":{{"value":' .. value .. ',"text":"' .. filler .. '"}}}}}}')
        end
    end
    at = math.random(#targets)
end
function request()
    at = at % #targets + 1
    return targets[at]
end
"""


def gets_of(devices):
    """A wrk script: GETs of these twins, in turn."""
    return in_turn(devices, 'wrk.format("GET", "/twins/" .. device .. "?api-version=2021-04-12")')


def patches_of(devices, payload):
    """A wrk script: PATCHes of `payload` bytes to the desired properties of these twins, in turn."""
    body = desired(1, "x" * (payload - len(desired(1, ""))))
    return in_turn(devices, f"""wrk.format("PATCH", "/twins/" .. device .. "?api-version=2021-04-12", nil, '{body}')""")


def desired(value, text):
    """The body of a PATCH, as the script of `patches` writes it."""
    return json.dumps({"properties": {"desired": {"value": value, "text": text}}}, separators=(",", ":"))


def in_turn(devices, request):
    """A wrk script: the Lua expression `request` for each `device`, in turn."""
    return f"""
local targets, at = {{}}, 0
function init(args)
    for device in ("{' '.join(devices)}"):gmatch("%S+") do
        targets[#targets + 1] = {request}
    end
end
function request()
    at = at % #targets + 1
    return targets[at]
end
"""


def etcd_puts(keys, payload):
    """A wrk script: puts of values of `payload` bytes through etcd's JSON gateway."""
    return f"""
local at, bodies = 0, {{}}
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function base64(text)
    return ((text:gsub(".", function(x)
        local r, b = "", x:byte()
        for i = 8, 1, -1 do r = r .. (b % 2 ^ i - b % 2 ^ (i - 1) > 0 and "1" or "0") end
        return r
    end) .. "0000"):gsub("%d%d%d?%d?%d?%d?", function(x)
        if #x < 6 then return "" end
        local c = 0
        for i = 1, 6 do c = c + (x:sub(i, i) == "1" and 2 ^ (6 - i) or 0) end
        return alphabet:sub(c + 1, c + 1)
    end) .. ({{ "", "==", "=" }})[#text % 3 + 1])
end
function init(args)
    local value = base64(string.rep("x", {payload}))
    for key = 1, {keys} do
        bodies[key] = wrk.format("POST", "/v3/kv/put", {{["Content-Type"] = "application/json"}},
            '{{"key":"' .. base64("bench-" .. key) .. '","value":"' .. value .. '"}}')
    end
end
function request()
    at = at % #bodies + 1
    return bodies[at]
end
"""


def security_messages(devices, message):
    """A wrk script: this security message from many devices, in turn."""
    senders = [f"bench-{number}" for number in range(devices)]
    return 'wrk.headers["iothub-interface-id"] = "urn:azureiot:Security:SecurityAgent:1"' + in_turn(senders, f"""wrk.format(
            "POST", "/devices/" .. device .. "/messages/events?api-version=2021-04-12", nil, [==[{message}]==])""")
