"""`--throttle` as devices meet it over MQTT (rest.md section 18, mqtt.md section 5)."""

import re

RESPONSES = "$iothub/twin/res/#"
#: Sent in one piece, so that far fewer are given back meanwhile.
MANY = 400


def statuses(one, count):
    return [re.match(r"\$iothub/twin/res/(\d{3})/", one.next().topic)[1] for _ in range(count)]


def test_twin_reads_and_reports_are_answered_429(own_hub, packets):
    hub = own_hub("--throttle", "S1")
    hub.create("d")
    one = packets("d", of=hub)
    one.subscribe(RESPONSES)
    one.send_together([f"$iothub/twin/GET/?$rid={number}" for number in range(MANY)])
    told = statuses(one, MANY)
    assert told[:100] == ["200"] * 100 and "429" in told and set(told) == {"200", "429"}
    one.send_together([f"$iothub/twin/PATCH/properties/reported/?$rid={number}" for number in range(MANY)], b'{"a":1}')
    told = statuses(one, MANY)
    assert told.count("204") >= 50 and "429" in told and set(told) == {"204", "429"}
    # What was refused has not been counted in the twin, and the link goes on.
    assert hub.twin("d")["properties"]["reported"]["$version"] == 1 + told.count("204")
    one.ping()


def test_a_device_that_sends_too_much_loses_its_link_and_may_come_back(own_hub, packets):
    hub = own_hub("--throttle", "S1")
    hub.create("d")
    one = packets("d", of=hub)
    one.send_together(["devices/d/messages/events/"] * MANY, b"x")
    assert one.is_closed
    assert "ThrottleBacklogLimitExceeded" in hub.server.log_text()
    packets("d", of=hub).ping()
