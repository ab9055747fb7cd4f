"""Twins as the device SDK sees them (mqtt.md sections 5.1 to 5.3; twins.md sections 2, 5, 6, 10)."""

import pytest

from azure.iot.device.exceptions import ClientError

from acceptance.rest import ok, twin_path, user

from devices.transports import transports


@pytest.fixture
def peer(client, identity, style):
    return client(*identity, style=style)


def test_a_client_reads_properties_with_versions_and_nothing_else(hub, peer):
    hub.patch_twin(peer.device, {"tags": {"site": "A"}}, peer.module)
    hub.desired(peer.device, {"speed": 7, "deep": {"er": [1, {"x": "y"}]}}, peer.module)
    assert peer.get_twin() == {
        "desired": {"speed": 7, "deep": {"er": [1, {"x": "y"}]}, "$version": 2}, "reported": {"$version": 1}}


def test_a_report_merges_and_counts(hub, peer):
    peer.patch_twin_reported_properties({"a": {"b": 1, "c": 2}, "d": "ü"})
    peer.patch_twin_reported_properties({"a": {"b": None}})
    reported = hub.twin(peer.device, peer.module)["properties"]["reported"]
    assert user(reported) == {"a": {"c": 2}, "d": "ü"} and reported["$version"] == 3
    assert peer.get_twin()["reported"] == {"a": {"c": 2}, "d": "ü", "$version": 3}


@pytest.mark.parametrize("patch", [{"a.b": 1}, {"$version": 4}, {"a": [None]}, {"a": "x" * 33000}, {"n": 2**60}])
def test_a_report_against_the_rules_is_refused_and_changes_nothing(hub, client, device, patch):
    one = client(device)
    with pytest.raises(ClientError):
        one.patch_twin_reported_properties(patch)
    assert user(hub.twin(device)["properties"]["reported"]) == {}
    one.patch_twin_reported_properties({"ok": True})


@transports
def test_patches_come_as_they_were_written_and_in_order(hub, client, identity, websockets):
    one = client(*identity, websockets=websockets)
    heard = one.patches()
    bodies = [{"a": 1}, {"a": 1, "gone": None}, {"a": {"b": None, "c": [1]}}, {"a": {"c": [2]}}]
    for body in bodies:
        hub.desired(one.device, body, one.module)
    assert heard.take(4) == [{**body, "$version": index + 2} for index, body in enumerate(bodies)]


def test_many_patches_come_in_the_order_of_their_versions(hub, peer):
    heard = peer.patches()
    for number in range(40):
        hub.desired(peer.device, {"number": number}, peer.module)
    assert heard.take(40) == [{"number": number, "$version": number + 2} for number in range(40)]


def test_a_replacement_names_what_has_gone(hub, client, device):
    hub.desired(device, {"a": 1, "b": 2, "n": {"x": 1, "y": 2}})
    one = client(device)
    heard = one.patches()
    ok(hub.put(twin_path(device), {"properties": {"desired": {"a": 1, "c": 100, "n": {"y": 2}}}}))
    assert heard.next() == {"a": 1, "b": None, "c": 100, "n": {"x": None, "y": 2}, "$version": 3}


def test_a_change_of_tags_is_not_told(hub, client, device):
    one = client(device)
    heard = one.patches()
    hub.patch_twin(device, {"tags": {"a": 1}})
    hub.desired(device, {"a": 1})
    assert heard.next() == {"a": 1, "$version": 2}


def test_what_changed_while_away_is_read_and_not_told(hub, client, device):
    one = client(device)
    heard = one.patches()
    hub.desired(device, {"first": 1})
    assert heard.next() == {"first": 1, "$version": 2}
    one.disconnect()
    hub.desired(device, {"away": 1})
    one.connect()
    assert one.get_twin()["desired"] == {"first": 1, "away": 1, "$version": 3}
    hub.desired(device, {"back": 1})
    assert heard.next() == {"back": 1, "$version": 4}


def test_a_client_that_asks_for_it_is_brought_up_to_date(hub, client, device):
    one = client(device, ensure_desired_properties=True)
    heard = one.patches()
    # Only now does the SDK subscribe to answers, without which it hears none.
    one.get_twin()
    hub.desired(device, {"first": 1})
    assert heard.next() == {"first": 1, "$version": 2}
    one.disconnect()
    hub.desired(device, {"away": 1})
    one.connect()
    assert heard.next() == {"first": 1, "away": 1, "$version": 3}


def test_a_device_and_its_module_hear_of_their_own_twins_only(hub, client, module):
    device, module = module
    ones, modules = client(device).patches(), client(device, module).patches()
    hub.desired(device, {"for": "device"})
    hub.desired(device, {"for": "module"}, module)
    hub.desired(device, {"last": 1})
    hub.desired(device, {"last": 2}, module)
    assert [user(patch) for patch in ones.take(2)] == [{"for": "device"}, {"last": 1}]
    assert [user(patch) for patch in modules.take(2)] == [{"for": "module"}, {"last": 2}]


def test_a_model_id_is_kept_on_the_twin(hub, client, device):
    client(device, product_info="dtmi:com:example:Thermostat;1")
    assert hub.twin(device)["modelId"] == "dtmi:com:example:Thermostat;1"
