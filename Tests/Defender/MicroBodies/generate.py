"""Builds RTOS agents' bodies with the stock `flatbuffers` package from the slot table of defender.md section 5.6, and
writes each with the JSON that it stands for. Run once with `python3 generate.py > vectors.json`."""

import json
import sys

import flatbuffers

UUID = [66, 184, 148, 161, 14, 63, 73, 98, 183, 156, 125, 174, 18, 76, 114, 105]
PROTOCOLS = ["TCP", "UDP", "ICMP"]


def table(builder, *fields):
    """A table of (slot, kind, value, default) rows; offsets are made before."""
    builder.StartObject(max((slot for slot, *_ in fields), default=-1) + 1)
    for slot, kind, value, *default in fields:
        default = default[0] if default else 0
        if kind == "offset":
            builder.PrependUOffsetTRelativeSlot(slot, value, 0)
        elif kind == "struct":
            builder.PrependStructSlot(slot, value(), 0)
        else:
            getattr(builder, f"Prepend{kind}Slot")(slot, value, default)
    return builder.EndObject()


def offsets(builder, items):
    builder.StartVector(4, len(items), 4)
    for item in reversed(items):
        builder.PrependUOffsetTRelative(item)
    return builder.EndVector()


def uuid(builder):
    def make():
        builder.Prep(1, 16)
        for byte in reversed(UUID):
            builder.PrependUint8(byte)
        return builder.Offset()

    return make


def address(builder, value):
    for word in reversed(value if isinstance(value, list) else [value]):
        builder.PrependUint32(word)


def message(builder, events, version=50659332, timezone=0):
    name = builder.CreateString("defender-iot-micro-agent")
    made = []
    for tag, payload in events:
        fields = [(0, "struct", uuid(builder)), (1, "Uint32", 1577965166), (2, "Uint32", 60), (3, "Uint8", tag)]
        if payload is not None:
            fields.append((4, "offset", payload))
        made.append(table(builder, *fields))
    events = offsets(builder, made)
    root = table(
        builder, (0, "offset", name), (1, "Uint32", version), (2, "Int8", timezone), (3, "offset", events))
    builder.Finish(root)
    return bytes(builder.Output()).hex()


def expected(events, version=50659332, **more):
    return {
        "security_module_id": "defender-iot-micro-agent", "security_module_version": version, **more,
        "events": [
            {"id": {"value": UUID}, "time": 1577965166, "collection_interval": 60, "payload_type": name,
             "payload": payload}
            for name, payload in events
        ],
    }


def activity(builder, local, remote, row):
    executable = builder.CreateString(row["executable"]) if "executable" in row else None
    commandline = builder.CreateString(row["commandline"]) if "commandline" in row else None
    fields = [
        (0, "Uint16", row["local_port"]), (1, "Uint16", row["remote_port"]), (2, "Uint32", row["bytes_in"]),
        (3, "Uint32", row["bytes_out"]), (4, "Int8", PROTOCOLS.index(row["protocol"])),
        (5, "Uint16", row["process_id"]), (6, "Uint16", row["user_id"]),
    ]
    fields += [(7, "offset", executable)] if executable else []
    fields += [(8, "offset", commandline)] if commandline else []
    common = table(builder, *fields)

    def addresses():
        builder.Prep(4, 8 if isinstance(local, int) else 32)
        address(builder, remote)
        address(builder, local)
        return builder.Offset()

    return table(builder, (0, "struct", addresses), (1, "offset", common))


def ports(builder, rows):
    size = 8 if isinstance(rows[0]["local_address"], int) else 20
    builder.StartVector(size, len(rows), 4)
    for row in reversed(rows):
        builder.Prep(4, size)
        builder.Pad(1)
        builder.PrependInt8(PROTOCOLS.index(row["protocol"]))
        builder.PrependUint16(row["local_port"])
        address(builder, row["local_address"])
    return builder.EndVector()


def texts(builder, row, names):
    return {name: builder.CreateString(row[name]) for name in names if name in row}


def vectors():
    b = flatbuffers.Builder()
    yield "heartbeat", message(b, [(4, table(b))]), expected([("Heartbeat", {})])

    b = flatbuffers.Builder()
    yield "none", message(b, [(0, None)]), expected([("NONE", None)])

    b = flatbuffers.Builder()
    yield "unknown payload, timezone", message(b, [(9, table(b))], timezone=-3), expected([(9, None)], timezone=-3)

    b = flatbuffers.Builder()
    yield "no events", message(b, []), expected([])

    first = {"local_port": 1883, "remote_port": 8883, "bytes_in": 4294967295, "bytes_out": 17, "protocol": "TCP",
             "process_id": 65535, "user_id": 1000, "executable": "/usr/bin/ü", "commandline": "a \"b\"\n"}
    second = {"local_port": 0, "remote_port": 0, "bytes_in": 0, "bytes_out": 0, "protocol": "ICMP", "process_id": 0,
              "user_id": 0}
    six = [[1, 2, 3, 4], [4294967295, 0, 0, 1]]
    b = flatbuffers.Builder()
    v4 = offsets(b, [activity(b, 3232235777, 167772161, first), activity(b, 0, 1, second)])
    v6 = offsets(b, [activity(b, *six, dict(second, protocol="UDP"))])
    payload = table(b, (0, "offset", v4), (1, "offset", v6))
    yield "network activity", message(b, [(1, payload)]), expected([("NetworkActivity", {
        "ipv4_activity": [
            {"addresses": {"local_address": 3232235777, "remote_address": 167772161}, "common": first},
            {"addresses": {"local_address": 0, "remote_address": 1}, "common": second},
        ],
        "ipv6_activity": [{"addresses": {"local_address": six[0], "remote_address": six[1]},
                           "common": dict(second, protocol="UDP")}],
    })])

    row = {"os_info": "ThreadX", "kernel_info": "6.1", "hw_info": ""}
    b = flatbuffers.Builder()
    made = texts(b, row, row)
    payload = table(b, *[(slot, "offset", made[name]) for slot, name in enumerate(row)])
    other = table(b)
    yield ("system information and a heartbeat", message(b, [(2, payload), (4, other)]),
           expected([("SystemInformation", row), ("Heartbeat", {})]))

    fours = [{"local_address": 0, "local_port": 22, "protocol": "TCP"},
             {"local_address": 2130706433, "local_port": 65535, "protocol": "UDP"}]
    sixes = [{"local_address": [0, 0, 0, 1], "local_port": 443, "protocol": "TCP"},
             {"local_address": [9, 8, 7, 6], "local_port": 5, "protocol": "ICMP"}]
    b = flatbuffers.Builder()
    v4, v6 = ports(b, fours), ports(b, sixes)
    payload = table(b, (0, "offset", v4), (1, "offset", v6))
    yield ("listening ports", message(b, [(3, payload)]),
           expected([("ListeningPorts", {"ipv4_ports": fours, "ipv6_ports": sixes})]))

    results, severities = ["PASS", "FAIL", "ERROR"], ["CRITICAL", "IMPORTANT", "WARNING", "INFORMATIONAL"]
    checks = [{"id": "CIS-1.1", "result": result, "error": "e", "description": "d", "severity": severity,
               "remediation": "r"} for result, severity in zip(results + ["FAIL"], severities)]
    b = flatbuffers.Builder()
    made = []
    for check in checks:
        names = texts(b, check, ["id", "error", "description", "remediation"])
        made.append(table(
            b, (0, "offset", names["id"]), (1, "Int8", results.index(check["result"])),
            (2, "offset", names["error"]), (3, "offset", names["description"]),
            (4, "Int8", severities.index(check["severity"])), (5, "offset", names["remediation"])))
    payload = table(b, (0, "offset", offsets(b, made)))
    yield "baseline", message(b, [(5, payload)]), expected([("Baseline", {"baseline_checks": checks})])

    kinds = ["FORK", "EXEC", "EXIT"]
    rows = [{"executable": "/bin/ls", "process_id": 70000, "parent_process_id": 1, "user_id": 0, "user_name": "root",
             "commandline": "ls -l", "event_type": kind, "hit_count": count} for kind, count in zip(kinds, [1, 17, 0])]
    b = flatbuffers.Builder()
    made = []
    for row in rows:
        names = texts(b, row, ["executable", "user_name", "commandline"])
        made.append((6, table(
            b, (0, "offset", names["executable"]), (1, "Uint32", row["process_id"]),
            (2, "Uint32", row["parent_process_id"]), (3, "Uint32", row["user_id"]),
            (4, "offset", names["user_name"]), (5, "offset", names["commandline"]),
            (6, "Int8", kinds.index(row["event_type"])), (7, "Uint32", row["hit_count"], 1))))
    yield "processes", message(b, made), expected([("Process", row) for row in rows])

    levels = ["NOTSET", "FATAL", "ERROR", "WARN", "INFO", "DEBUG"]
    logs = [{"message": "m", "level": level, "timestamp": 2**63, "line": 12, "filename": "f.c"} for level in levels]
    b = flatbuffers.Builder()
    made = []
    for log in logs:
        names = texts(b, log, ["message", "filename"])
        made.append(table(
            b, (0, "offset", names["message"]), (1, "Int8", levels.index(log["level"])),
            (2, "Uint64", log["timestamp"]), (3, "Uint32", log["line"]), (4, "offset", names["filename"])))
    payload = table(b, (0, "offset", offsets(b, made)))
    yield "log", message(b, [(7, payload)]), expected([("Log", {"logs": logs})])


rows = [{"name": name, "body": body, "json": text} for name, body, text in vectors()]
lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
sys.stdout.write(f"[\n{lines}\n]\n")
