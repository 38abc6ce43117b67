"""The access list is the contract's grants, line by line, and nothing else."""

from __future__ import annotations

from server.fleet.acl import SERVER_USER, WARDEN_USER, access_list, generation, warden_topic
from wire.ids import DeviceId, RoomId
from wire.topics import SERVER_GRANTS, device_grants

A, B = DeviceId("d-aaaaaaaaaaaaaaaa"), DeviceId("d-bbbbbbbbbbbbbbbb")
ROOM = RoomId("r-aaaaaaaaaaaaaaaa")


def read(text: str) -> dict[str, list[str]]:
    """The file as mosquitto reads it: user → lines."""
    found: dict[str, list[str]] = {}
    user = ""
    for line in text.splitlines():
        if line.startswith("user "):
            user = line.removeprefix("user ")
            found[user] = []
        elif line and not line.startswith("#"):
            found[user].append(line)
    return found


def test_W12_W13_every_user_has_exactly_its_grants() -> None:
    users = read(access_list([(A, ROOM), (B, None)], generation="0" * 32))
    assert users == {
        A: [f"topic {grant.access} {grant.filter}" for grant in device_grants(A, ROOM)],
        B: [f"topic {grant.access} {grant.filter}" for grant in device_grants(B, None)],
        SERVER_USER: [f"topic {grant.access} {grant.filter}" for grant in SERVER_GRANTS],
        WARDEN_USER: [f"topic write warden/{'0' * 32}"],
    }


def test_no_line_comes_before_the_first_user() -> None:
    # mosquitto gives such lines to clients without a name.
    lines = [line for line in access_list([(A, ROOM)], generation="0").splitlines() if not line.startswith("#")]
    assert lines[0].startswith("user ")
    assert not [line for line in lines if line.startswith("pattern")]


def test_the_order_of_devices_does_not_matter() -> None:
    one, other = [(A, ROOM), (B, None)], [(B, None), (A, ROOM)]
    assert generation(one, revocation_list=b"x") == generation(other, revocation_list=b"x")
    assert access_list(one, generation="0") == access_list(other, generation="0")


def test_whatever_changes_the_lists_changes_the_generation() -> None:
    seen = {
        generation(members, revocation_list=crl)
        for members in ([], [(A, None)], [(A, ROOM)], [(B, ROOM)])
        for crl in (b"", b"one")
    }
    assert len(seen) == 8
    assert all(warden_topic(each).count("/") == 1 for each in seen)
