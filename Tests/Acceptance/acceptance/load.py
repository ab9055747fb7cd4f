"""Writers that know what was acknowledged to them: the judge of what a crash may take."""

import http.client
import json
import subprocess
import threading

from .rest import API, counters, segment, user, watch_path

#: What a connection raises when the server dies under it.
BROKEN = (OSError, http.client.HTTPException)


class Writer:
    """Writes 1, 2, 3, … alternately to one twin's desired and reported properties, one request at a time."""

    def __init__(self, name):
        self.device = name
        self.acknowledged = {"desired": 0, "reported": 0}
        self.attempted = {"desired": 0, "reported": 0}

    def targets(self):
        query = f"?api-version={API}"
        yield "desired", f"/twins/{segment(self.device)}{query}", lambda n: {"properties": {"desired": {"n": n, f"k{n % 5}": n}}}
        yield "reported", f"{watch_path(self.device)}/twin/reported{query}", lambda n: {"n": n}

    def run(self, port, token, acknowledge):
        """Until the connection breaks. `acknowledge()` is called after every answer."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Authorization": token, "Content-Type": "application/json"}
        try:
            while True:
                for section, target, body in self.targets():
                    number = self.acknowledged[section] + 1
                    self.attempted[section] = number
                    connection.request("PATCH", target, json.dumps(body(number)), headers)
                    answer = connection.getresponse()
                    said = answer.read()
                    assert answer.status in (200, 204), f"{answer.status} {said}"
                    self.acknowledged[section] = number
                    acknowledge()
        except BROKEN:
            pass
        finally:
            connection.close()

    def judge(self, hub):
        """After a restart: everything acknowledged is there, at most the one write in flight more, and no gap."""
        twin = hub.twin(self.device)
        version, desired, reported, etag = counters(twin)
        for section, count in (("desired", desired - 1), ("reported", reported - 1)):
            low, high = self.acknowledged[section], self.attempted[section]
            assert low <= count <= high, f"{self.device}: {section} at {count}, acknowledged {low}, attempted {high}"
            values = user(twin["properties"][section])
            assert values.get("n", 0) == count, f"{self.device}: {section} holds {values} at version {count + 1}"
            self.acknowledged[section] = self.attempted[section] = count
        assert version == desired + reported and etag == desired, f"{self.device}: counters {counters(twin)}"
        after = max(1, desired - 8)
        if after < desired:
            answer = hub.get(f"{watch_path(self.device)}/twin/desired", after=after, headers={"Prefer": "wait=0"})
            patches = answer.json()["patches"]
            assert [patch["$version"] for patch in patches] == list(range(after + 1, desired + 1)), patches
            assert [patch["n"] for patch in patches] == list(range(after, desired)), patches


class Registrar:
    """Creates devices one after the other and deletes each again three later."""

    def __init__(self, prefix):
        self.prefix = prefix
        self.next = 1
        self.present = set()
        self.uncertain = set()

    def run(self, port, token, acknowledge):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Authorization": token, "Content-Type": "application/json", "If-Match": "*"}
        try:
            while True:
                name = f"{self.prefix}{self.next}"
                self.next += 1
                self._call(connection, "PUT", name, {key: headers[key] for key in headers if key != "If-Match"}, 200)
                self.present.add(name)
                acknowledge()
                old = f"{self.prefix}{self.next - 4}"
                if old in self.present:
                    self._call(connection, "DELETE", old, headers, 204)
                    self.present.discard(old)
                    acknowledge()
        except BROKEN:
            pass
        finally:
            connection.close()

    def _call(self, connection, method, name, headers, expected):
        self.uncertain = {name}
        body = json.dumps({"deviceId": name}) if method == "PUT" else None
        connection.request(method, f"/devices/{name}?api-version={API}", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == expected, f"{method} {name}: {answer.status} {said}"
        self.uncertain = set()

    def judge(self, hub):
        found = {device["deviceId"] for device in hub.get("/devices").json() if device["deviceId"].startswith(self.prefix)}
        assert found - self.uncertain == self.present - self.uncertain
        self.present, self.uncertain = found, set()


class Load:
    """Several writers and a registrar against one server, until it dies."""

    def __init__(self, writers=8):
        self.writers = [Writer(f"writer-{number}") for number in range(writers)]
        self.registrar = Registrar("passing-")
        self.condition = threading.Condition()
        self.count, self.ended, self.failures = 0, 0, []

    def prepare(self, hub):
        for writer in self.writers:
            hub.create(writer.device)

    def _acknowledge(self):
        with self.condition:
            self.count += 1
            self.condition.notify_all()

    def _guarded(self, part, port, token):
        try:
            part.run(port, token, self._acknowledge)
        except BaseException as error:
            self.failures.append(error)
        finally:
            with self.condition:
                self.ended += 1
                self.condition.notify_all()

    def start(self, port, token):
        self.count, self.ended, self.failures = 0, 0, []
        self.threads = [
            threading.Thread(target=self._guarded, args=(part, port, token), daemon=True)
            for part in (*self.writers, self.registrar)]
        for thread in self.threads:
            thread.start()

    def until(self, acknowledged, seconds=60):
        """Waits for that many acknowledgements."""
        with self.condition:
            reached = self.condition.wait_for(lambda: self.count >= acknowledged or self.failures, seconds)
        assert reached and not self.failures, f"{self.count} of {acknowledged} acknowledged; {self.failures}"

    def outlives(self, process, most, seconds=120):
        """Waits until the process has ended or that many writes were acknowledged; whether it ended."""
        with self.condition:
            self.condition.wait_for(
                lambda: self.count >= most or self.failures or self.ended == len(self.threads), seconds)
        try:
            process.wait(0 if self.count >= most else 5)
            return True
        except subprocess.TimeoutExpired:
            return False

    def finish(self):
        for thread in self.threads:
            thread.join(30)
        assert not self.failures, self.failures

    def judge(self, hub):
        for part in (*self.writers, self.registrar):
            part.judge(hub)
