"""The broker's access list, made from `wire.topics` and nothing else.

Rules: a device has what `device_grants` says for the room its seat is in, the server what `SERVER_GRANTS` says, and
who is not in the list has nothing. The warden may write to one topic whose name is the list's generation: only a broker
that has read this very list (and the revocation list beside it) accepts that, so the server can tell when both are in
force.

Usage: `text = access_list([(device, room)], generation=generation(...))`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from wire.ids import DeviceId, RoomId
from wire.topics import SERVER_GRANTS, Grant, device_grants

SERVER_USER: Final = "server"
WARDEN_USER: Final = "warden"

Members = Iterable[tuple[DeviceId, RoomId | None]]


def generation(members: Members, *, revocation_list: bytes) -> str:
    """What tells one pair of lists from another: 32 hexadecimal digits."""
    body = _body(members).encode("ascii")
    return hashlib.sha256(hashlib.sha256(body).digest() + revocation_list).hexdigest()[:32]


def warden_topic(generation: str) -> str:
    """The topic that only a broker with the list of this generation lets the warden write to."""
    return f"warden/{generation}"


def access_list(members: Members, *, generation: str) -> str:
    """The file that mosquitto reads (mosquitto.conf(5), acl_file)."""
    warden = _user(WARDEN_USER, (Grant("write", warden_topic(generation)),))
    return f"# Written by the server; changes made by hand are lost.\n{warden}\n{_body(members)}"


def _body(members: Members) -> str:
    users = [_user(SERVER_USER, SERVER_GRANTS)]
    users += [_user(device, device_grants(device, room)) for device, room in sorted(members, key=lambda one: one[0])]
    return "\n".join(users)


def _user(name: str, grants: Iterable[Grant]) -> str:
    lines = [f"user {name}", *(f"topic {grant.access} {grant.filter}" for grant in grants)]
    return "\n".join(lines) + "\n"
