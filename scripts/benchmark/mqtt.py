"""MQTT over TLS beside mosquitto: the same simulated clients, the same certificate, sessions that are kept."""

import json
import os
import socket
import ssl
import statistics
import threading
import time

from . import clients
from .cases import compared, middle, own_certificate
from .loads import Wrong
from .peers import Mosquitto, TwinHub
from .processes import halves
from .simulated import Crowd

MODULES_EACH = 20
BULK = 100
FAN_OUT_ROUNDS = 5
#: Descriptors of a process that are not clients.
SPARE_DESCRIPTORS = 300


class Side:
    """One of the two servers, with the clients that belong to it."""

    def __init__(self, bench, certificate, server_cores, load_cores):
        self.bench, self.certificate, self.server_cores, self.load_cores = bench, certificate, server_cores, load_cores
        self.crowds = []
        self.server = self.start()

    def crowd(self, mode, *arguments):
        one = Crowd(self.bench.binary, mode, self.load_cores, *self.address(), "--ca", self.certificate[0], *arguments)
        self.crowds.append(one)
        return one

    def stop(self):
        for one in self.crowds:
            one.stop()
        self.server.stop()
        self.bench.running.remove(self.server)

    def cut(self):
        """kill -9, and the same server again."""
        self.server.process.child.kill()
        self.server.process.child.wait(20)
        self.bench.running.remove(self.server)
        self.server = self.again()


class OurSide(Side):
    def everyone(self, count):
        """Creates so many modules; the arguments of the crowd that is all of them."""
        devices = [{"id": f"load-{device}"} for device in range(-(-count // MODULES_EACH))]
        modules = [{"id": f"load-{client // MODULES_EACH}", "moduleId": f"module-{client % MODULES_EACH}"} for client in range(count)]
        login = {"type": "sas", "symmetricKey": {"primaryKey": clients.KEY, "secondaryKey": clients.KEY}}
        for group in (devices, modules):
            for first in range(0, len(group), BULK):
                told = self.server.call("POST", "/devices?api-version=2021-04-12", [
                    {**one, "importMode": "create", "authentication": login} for one in group[first:first + BULK]])
                if not told["isSuccessful"]:
                    raise Wrong(str(told))
        file = self.server.data.with_suffix(".ndjson")
        file.write_text("".join(
            json.dumps({"deviceId": one["id"], "moduleId": one["moduleId"], "key": clients.KEY}) + "\n" for one in modules))
        return ["--identities", file]

    def start(self):
        return self.bench.twinhub(self.server_cores, ["--tls-cert", self.certificate[0], "--tls-key", self.certificate[1]])

    def again(self):
        old = self.server
        return self.bench.up(TwinHub(
            self.bench.binary, old.data, self.server_cores, ["--tls-cert", self.certificate[0], "--tls-key", self.certificate[1]],
            port=old.port, mqtt_port=old.mqtt_port))

    def address(self):
        return ["--data", self.server.data]

    def prepare_change(self, count, size=400):
        self.sockets = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(4)]
        self.parts = [range(first, min(first + BULK, count)) for first in range(0, count, BULK)]
        self.filler = "x" * (size - 30)

    def request(self, number, part):
        items = [{
            "id": f"load-{client // MODULES_EACH}", "moduleId": f"module-{client % MODULES_EACH}", "importMode": "updateTwin",
            "properties": {"desired": {"n": number, "text": self.filler}}} for client in part]
        body = json.dumps(items, separators=(",", ":"))
        return (f"POST /devices?api-version=2021-04-12 HTTP/1.1\r\nHost: localhost\r\nAuthorization: {self.server.token}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()

    def change(self, number):
        """A desired change of every module, by bulk requests on a few connections: when the first was sent."""
        waiting = [self.request(number, part) for part in self.parts]
        failures = []

        def send(one):
            try:
                while waiting:
                    one.sendall(waiting.pop())
                    answer = b""
                    while b'"warnings"' not in answer:
                        more = one.recv(65536)
                        if not more or answer and not answer.startswith(b"HTTP/1.1 200"):
                            raise Wrong(f"a bulk update was answered {answer[:300]}")
                        answer += more
                    if b'"isSuccessful":true' not in answer:
                        raise Wrong(f"a bulk update was answered {answer[-300:]}")
            except (OSError, Wrong, IndexError) as error:
                failures.append(error)

        threads = [threading.Thread(target=send, args=[one]) for one in self.sockets]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise Wrong(str(failures[0]))
        return began

    def consumer(self):
        return EventCount(self.server, self.certificate[0], self.load_cores)


class TheirSide(Side):
    def everyone(self, count):
        return ["--clients", count]

    def start(self):
        self.folder = self.bench.folder("mosquitto")
        return self.bench.up(Mosquitto(self.folder, self.server_cores, self.certificate))

    def again(self):
        old = self.server
        return self.bench.up(Mosquitto(self.folder, self.server_cores, self.certificate, ports=(old.port, old.tls_port)))

    def address(self):
        return ["--hub", f"127.0.0.1:{self.server.tls_port}", "--plain"]

    def prepare_change(self, count):
        self.publisher = clients.Subscribers(self.server.port, 0)
        self.publisher.open()

    def change(self, number):
        began = time.monotonic()
        self.publisher.trigger(number)
        return began

    def consumer(self):
        return SubscriberCount(self)


class EventCount:
    """A back end that follows the device messages of a TwinHub over TLS, and counts them."""

    def __init__(self, hub, certificate, where):
        self.count, self.last = 0, None
        self.stream = ssl.create_default_context(cafile=certificate).wrap_socket(
            socket.create_connection(("127.0.0.1", hub.port)), server_hostname="localhost")
        self.stream.sendall((
            f"GET /emulator/events?source=deviceMessages HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
            f"Authorization: {hub.token}\r\n\r\n").encode())
        if not self.stream.recv(4096).startswith(b"HTTP/1.1 200"):
            raise Wrong("the events cannot be followed")
        self.reader = threading.Thread(target=self.follow, args=[where], daemon=True)
        self.reader.start()

    def follow(self, where):
        os.sched_setaffinity(0, where)
        mark, kept = b'"sequence":', b""
        while True:
            try:
                piece = self.stream.recv(1 << 20)
            except OSError:
                return
            if not piece:
                return
            text = kept + piece
            found = text.count(mark)
            if found:
                self.count += found
                self.last = time.monotonic()
            kept = text[-(len(mark) - 1):]

    def finish(self, count):
        """When the last of so many came."""
        deadline = time.monotonic() + 60
        while self.count < count and time.monotonic() < deadline:
            time.sleep(0.01)
        self.stream.shutdown(socket.SHUT_RDWR)
        self.reader.join(5)
        if self.count != count:
            raise Wrong(f"{count} messages were acknowledged, {self.count} could be read")
        return self.last


class SubscriberCount:
    """A subscriber of all telemetry at QoS 1."""

    def __init__(self, side):
        self.crowd = side.crowd("receive", "--prefix", "back-end", "--clients", 1, "--filter", "devices/+/messages/events/", "--seconds", 3)
        self.crowd.wait("connected")

    def finish(self, count):
        told = self.crowd.wait("ended")
        if told["received"] != count:
            raise Wrong(f"{count} messages were acknowledged, {told['received']} came")
        return told["lastReceived"]


def sides(bench):
    """What makes each of the two, ready and pinned."""
    count = bench.options.clients
    room = clients.raise_descriptors() - SPARE_DESCRIPTORS
    if count > room:
        raise Wrong(f"{count} clients need as many descriptors in one process, and it may have {room}: ulimit -n, or --clients {room}")
    certificate = own_certificate(bench.folder("certificate"))
    server_cores, load_cores = halves()
    return [lambda kind=kind: kind(bench, certificate, server_cores, load_cores) for kind in (OurSide, TheirSide)]


def on_each(bench, leg):
    """Both sides in alternating rounds, each time on a server of its own."""

    def run(make):
        side = make()
        try:
            return leg(side)
        finally:
            side.stop()

    made = [lambda make=make: run(make) for make in sides(bench)]
    return bench.alternate(*made)


def per_client(side, count, before, cpu_before):
    return {"bytes_each": (side.server.process.resident() - before) / count,
            "cpu_us": (side.server.process.cpu() - cpu_before) * 1e6 / count}


def connect(bench):
    count = bench.options.clients

    def leg(side):
        everyone = side.everyone(count)
        prepared = side.crowd("connect", "--clients", 1, "--seconds", 1, "--prefix", "first")
        prepared.wait("ended")
        before, cpu = side.server.process.resident(), side.server.process.cpu()
        crowd = side.crowd("connect", "--seconds", 60, *everyone)
        told = crowd.wait("connected")
        return {"requests": count, "seconds": told["seconds"], "per_second": count / told["seconds"], **per_client(side, count, before, cpu)}

    mine, peer = on_each(bench, leg)
    row = compared(
        "mqtt-connect", f"{count} modules connect and subscribe over TLS", mine, "mosquitto", peer, {})
    row["note"] = (f"all connected after {seconds(mine)} s : {seconds(peer)} s; server memory a client "
                   f"{middle(mine, 'bytes_each') / 1e3:.1f} kB : {middle(peer, 'bytes_each') / 1e3:.1f} kB.")
    return [row]


def fan_out(bench):
    count = bench.options.clients

    def leg(side):
        filters = [] if isinstance(side, OurSide) else ["--filter", clients.Subscribers.topic.decode()]
        crowd = side.crowd("fanout", "--rounds", FAN_OUT_ROUNDS, *side.everyone(count), *filters)
        crowd.wait("connected")
        side.prepare_change(count)
        cpu = side.server.process.cpu()
        took = []
        for number in range(1, FAN_OUT_ROUNDS + 1):
            began = side.change(number)
            took.append(crowd.wait("told")["at"] - began)
        crowd.wait("ended")
        spent = (side.server.process.cpu() - cpu) * 1e6 / (count * FAN_OUT_ROUNDS)
        return {"requests": count * FAN_OUT_ROUNDS, "seconds": statistics.median(took), "per_second": count / statistics.median(took), "cpu_us": spent}

    mine, peer = on_each(bench, leg)
    row = compared(
        "mqtt-fanout", f"one durable change of {count} twins, told to as many clients over TLS", mine,
        "mosquitto, one publish of 400 B at QoS 0", peer, {"throughput": [">=", 2]})
    row["note"] = f"the last client has it after {seconds(mine)} s : {seconds(peer)} s; ours in {-(-count // BULK)} bulk requests."
    return [row]


def telemetry(bench):
    count, window = bench.options.publishers, 32

    def leg(side):
        consumer = side.consumer()
        before = side.server.process.cpu()
        crowd = side.crowd("telemetry", "--clients", count, "--seconds", max(1, round(bench.options.seconds)), "--window", window)
        told = crowd.wait("ended")
        if told["acknowledged"] != told["published"]:
            raise Wrong(f"telemetry: {told}")
        last = consumer.finish(told["acknowledged"])
        spent = (side.server.process.cpu() - before) * 1e6 / told["acknowledged"]
        latencies = told["acknowledgeMicroseconds"]
        return {"requests": told["acknowledged"], "per_second": told["acknowledged"] / (last - told["began"]), "cpu_us": spent,
                "p50": latencies["p50"], "p99": latencies["p99"]}

    mine, peer = on_each(bench, leg)
    return [compared(
        "mqtt-telemetry", f"telemetry of 200 B at QoS 1 over TLS, {count} clients, window {window}, on disk every second, read by one consumer over TLS",
        mine, "mosquitto, one subscriber at QoS 1, which acknowledges", peer, {"throughput": [">=", 1]})]


def reconnect(bench):
    count = bench.options.clients

    def leg(side):
        crowd = side.crowd("reconnect", *side.everyone(count))
        crowd.wait("connected")
        # What both promise to keep across a kill is on disk a second later at the latest.
        time.sleep(2.5)
        side.cut()
        told = crowd.wait("back")
        spent = side.server.process.cpu() * 1e6 / count
        ended = crowd.wait("ended")
        return {"requests": count, "seconds": told["seconds"], "per_second": count / told["seconds"], "cpu_us": spent,
                "sessions": ended["sessionsPresent"]}

    mine, peer = on_each(bench, leg)
    row = compared("mqtt-reconnect", f"{count} clients come back after kill -9 and restart, over TLS", mine, "mosquitto", peer, {})
    row["note"] = (f"all are back {seconds(mine)} s : {seconds(peer)} s after the kill, in sessions that were kept: "
                   f"{middle(mine, 'sessions'):.0f} : {middle(peer, 'sessions'):.0f}.")
    return [row]


def seconds(runs):
    return f"{middle(runs, 'seconds'):.2f}"


ALL = {"mqtt-connect": connect, "mqtt-fanout": fan_out, "mqtt-telemetry": telemetry, "mqtt-reconnect": reconnect}
