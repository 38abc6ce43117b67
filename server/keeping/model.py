"""Hours of a room's screens, maintenance of a terminal, and the packet that switches one on (W187–W190).

Rules: pure. Hours are minutes of the day in Vietnam; the days that differ from Monday to Friday are those of this year
and the next. The magic packet is AMD's (Magic Packet Technology, publication 20213, 1995): six bytes FF, then the
address sixteen times. It goes to the subnet a terminal has named only where that is a private one (RFC 1918), neither a
single address nor half the world.

Usage::

    magic_packet("dc:a6:32:01:02:03")
    broadcasts("10.1.2.0/24")          # ("255.255.255.255", "10.1.2.255")
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from server.fleet.model import Presence
from server.workdays.model import Day, Kind, by_law
from wire.ids import DeviceId
from wire.messages import Hours, Maintenance

VIETNAM: Final = dt.timezone(dt.timedelta(hours=7))
#: A terminal that was switched on has said hello by then.
STARTS: Final = dt.timedelta(minutes=2)
WAKE_PORT: Final = 9
_SATURDAY: Final = 5
_EVERYBODY: Final = "255.255.255.255"
_WIDEST, _NARROWEST = 16, 30
#: RFC 1918; what Python calls private is more, the addresses of this machine and of documentation among it.
_PRIVATE: Final = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


@dataclass(frozen=True, slots=True)
class RoomHours:
    """When the screens of a room are lit by themselves."""

    begins: int
    ends: int

    def to_value(self) -> dict[str, int]:
        """As JSON."""
        return {"begins": self.begins, "ends": self.ends}


@dataclass(frozen=True, slots=True)
class Days:
    """The days that differ from Monday to Friday."""

    off: tuple[dt.date, ...] = ()
    worked: tuple[dt.date, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A terminal under maintenance, by whom (a name)."""

    maintenance: Maintenance
    by: str

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {**self.maintenance.to_value(), "by": self.by}


@dataclass(frozen=True, slots=True)
class Card:
    """The wired card of a terminal, as it said last."""

    device: DeviceId
    mac: str
    subnet: str
    wakes: bool


def days_of(entered: Iterable[Day], today: dt.date) -> Days:
    """Of this year and the next."""
    kinds = {each.day: each.kind for each in entered}
    years = (today.year, today.year + 1)
    off = {day for year in years for day in by_law(year)} | {day for day, kind in kinds.items() if kind is Kind.OFF}
    worked = {day for day, kind in kinds.items() if kind is Kind.WORKED}
    return Days(
        off=tuple(sorted(day for day in off - worked if day.weekday() < _SATURDAY and day.year in years)),
        worked=tuple(sorted(day for day in worked if day.weekday() >= _SATURDAY and day.year in years)),
    )


def hours_of(room: RoomHours | None, days: Days) -> Hours | None:
    """As a seat is told."""
    return None if room is None else Hours(room.begins, room.ends, days.off, days.worked)


def magic_packet(mac: str) -> bytes:
    """What a sleeping card listens for."""
    return b"\xff" * 6 + bytes.fromhex(mac.replace(":", "")) * 16


def broadcasts(subnet: str) -> tuple[str, ...]:
    """Where it is sent."""
    if not subnet:
        return (_EVERYBODY,)
    network = ipaddress.IPv4Network(subnet)
    is_private = any(network.subnet_of(each) for each in _PRIVATE)
    if not is_private or not _WIDEST <= network.prefixlen <= _NARROWEST:
        return (_EVERYBODY,)
    return (_EVERYBODY, str(network.broadcast_address))


def has_come(woken_at: dt.datetime, at: Presence) -> bool:
    """Whether a terminal that was switched on has been there since, also when it is off again."""
    return at.online or (at.last_seen_at is not None and at.last_seen_at > woken_at)
