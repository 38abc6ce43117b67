"""Is a room ready? What each seat's terminal says of itself, judged (D4): network, screen, reader, time, papers, heat.

Rules: pure; every judgement is one row of ``FINDINGS`` with its limit beside it. What a terminal does not tell is
``unknown``, never good; a seat is as good as its worst finding, and what is unknown worries nobody by itself. Numbers
are as old as the terminal's last report, a quarter of a minute at most while it is there.

Usage::

    findings = examine(Terminal(device, presence, papers=Papers(have=12, of=12), usual="phonghop 1.2.0"), now=now)
    worst(findings)                                # Verdict.GOOD
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from server.fleet.model import Device, Presence
from wire.messages import Machine

#: A page that painted so long ago does not any more: it says so every five seconds, and is told here every fifteen.
PAINTED_S: Final = 20
#: Raspberry Pis and fanless PCs slow down from about 80 °C.
WARM_C: Final = 75
HOT_C: Final = 82
DISK_LOW_MB: Final = 1_000
DISK_FULL_MB: Final = 200
MEMORY_LOW_MB: Final = 150
#: Nothing the seat decides hangs on its own clock; certificates and what it signs do.
CLOCK_OFF_MS: Final = 2_000
CLOCK_WRONG_MS: Final = 60_000
CERTIFICATE_LOW_DAYS: Final = 10


class Verdict(enum.StrEnum):
    """đạt · không rõ · cần xem · không đạt, from the best to the worst."""

    GOOD = "good"
    UNKNOWN = "unknown"
    WARN = "warn"
    BAD = "bad"


_ORDER: Final = list(Verdict)


@dataclass(frozen=True, slots=True)
class Papers:
    """How many papers of the meetings in its room a terminal has whole, and how many there are."""

    have: int
    of: int


@dataclass(frozen=True, slots=True)
class Terminal:
    """What is known of the terminal of one seat. ``usual``: the version that most of the room's terminals run."""

    device: Device
    presence: Presence
    papers: Papers
    usual: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``code`` is the word for it, ``values`` what the word needs."""

    what: str
    verdict: Verdict
    code: str
    values: tuple[tuple[str, int | str], ...] = ()

    def to_value(self) -> dict[str, Any]:
        """As JSON (docs/API.md)."""
        return {"what": self.what, "verdict": self.verdict.value, "code": self.code, "values": dict(self.values)}


_Said = tuple[Verdict, str] | tuple[Verdict, str, dict[str, int | str]]
NO_TERMINAL: Final = Finding("network", Verdict.BAD, "no_terminal")


def kept_free(reason: str) -> Finding:
    """Nobody signs in there (W189); the rest of it is looked at afterwards."""
    return Finding("maintenance", Verdict.BAD, "kept", (("reason", reason),))


def examine(terminal: Terminal, *, now: dt.datetime) -> tuple[Finding, ...]:
    """Everything that can be said; of a terminal that is away only that it is, for the rest is old."""
    if not terminal.presence.online:
        return (Finding("network", Verdict.BAD, "offline"), *_found({"certificate": _certificate}, terminal, now))
    return _found(FINDINGS, terminal, now)


def version_of(presence: Presence) -> str:
    """What a terminal runs: the image says it to the day, the agent where there is no image of ours."""
    image = presence.machine.image if presence.machine is not None else ""
    return image or presence.agent


def worst(findings: Iterable[Finding]) -> Verdict:
    """The seat's own verdict; what nobody can tell is no fault."""
    told = [each.verdict for each in findings if each.verdict is not Verdict.UNKNOWN]
    return max(told, key=_ORDER.index, default=Verdict.UNKNOWN)


def _found(table: dict[str, _Judge], terminal: Terminal, now: dt.datetime) -> tuple[Finding, ...]:
    found = []
    for what, judge in table.items():
        verdict, code, *values = judge(terminal, now)
        found.append(Finding(what, verdict, code, tuple(values[0].items()) if values else ()))
    return tuple(found)


def _network(_terminal: Terminal, _now: dt.datetime) -> _Said:
    return Verdict.GOOD, "online"


def _screen(terminal: Terminal, _now: dt.datetime) -> _Said:
    machine = _machine(terminal)
    # A page draws on in the dark; one that hangs would stay black under every touch.
    if machine.is_dark and (machine.painted_s is None or machine.painted_s <= PAINTED_S):
        return Verdict.GOOD, "dark"
    if machine.painted_s is None:
        return Verdict.UNKNOWN, "unknown"
    if machine.painted_s > PAINTED_S:
        return Verdict.BAD, "still", {"n": machine.painted_s}
    return Verdict.GOOD, "paints"


def _reader(terminal: Terminal, _now: dt.datetime) -> _Said:
    match terminal.presence.token:
        case "absent":
            return Verdict.GOOD, "ready"
        case "signs" | "no_signing":
            return Verdict.GOOD, "token_in"
        case "unusable":
            return Verdict.BAD, "unusable"
        case "off":
            return Verdict.WARN, "none"
        case _:
            return Verdict.UNKNOWN, "unknown"


def _time(terminal: Terminal, _now: dt.datetime) -> _Said:
    off_ms = _machine(terminal).clock_off_ms
    if off_ms is None:
        return Verdict.UNKNOWN, "unknown"
    if abs(off_ms) > CLOCK_OFF_MS:
        return Verdict.BAD if abs(off_ms) > CLOCK_WRONG_MS else Verdict.WARN, "off", {"n": abs(off_ms) // 1_000}
    return Verdict.GOOD, "right"


def _papers(terminal: Terminal, _now: dt.datetime) -> _Said:
    have, of = terminal.papers.have, terminal.papers.of
    if of == 0:
        return Verdict.GOOD, "none"
    return Verdict.GOOD if have >= of else Verdict.BAD, "whole" if have >= of else "missing", {"n": have, "of": of}


def _power(terminal: Terminal, _now: dt.datetime) -> _Said:
    low = _machine(terminal).under_voltage
    if low is None:
        return Verdict.UNKNOWN, "unknown"
    return (Verdict.BAD, "low") if low else (Verdict.GOOD, "enough")


def _heat(terminal: Terminal, _now: dt.datetime) -> _Said:
    degrees = _machine(terminal).temperature_c
    if degrees is None:
        return Verdict.UNKNOWN, "unknown"
    verdict = Verdict.BAD if degrees >= HOT_C else Verdict.WARN if degrees >= WARM_C else Verdict.GOOD
    return verdict, "degrees", {"n": degrees}


def _room_left(terminal: Terminal, _now: dt.datetime) -> _Said:
    free_mb, memory_mb = terminal.presence.disk_free_mb, _machine(terminal).memory_free_mb
    if free_mb is None:
        return Verdict.UNKNOWN, "unknown"
    if free_mb < DISK_LOW_MB:
        return Verdict.BAD if free_mb < DISK_FULL_MB else Verdict.WARN, "disk", {"n": free_mb}
    if memory_mb is not None and memory_mb < MEMORY_LOW_MB:
        return Verdict.WARN, "memory", {"n": memory_mb}
    return Verdict.GOOD, "enough"


def _certificate(terminal: Terminal, now: dt.datetime) -> _Said:
    until = terminal.device.certificate_until
    if until is None:
        return Verdict.UNKNOWN, "unknown"
    days = (until - now) // dt.timedelta(days=1)
    if days < 0:
        return Verdict.BAD, "expired"
    return Verdict.WARN if days < CERTIFICATE_LOW_DAYS else Verdict.GOOD, "days", {"n": days}


def _version(terminal: Terminal, _now: dt.datetime) -> _Said:
    version = version_of(terminal.presence)
    if not version:
        return Verdict.UNKNOWN, "unknown"
    same = version == terminal.usual
    return Verdict.GOOD if same else Verdict.WARN, "same" if same else "other", {"version": version}


def _machine(terminal: Terminal) -> Machine:
    """What it says; one that says nothing has just been switched on, for all that is known."""
    return terminal.presence.machine or Machine(booted_s=0)


_Judge = Callable[[Terminal, dt.datetime], _Said]
#: What is looked at, in the order in which it is shown.
FINDINGS: Final[dict[str, _Judge]] = {
    "network": _network,
    "screen": _screen,
    "reader": _reader,
    "papers": _papers,
    "time": _time,
    "power": _power,
    "heat": _heat,
    "room": _room_left,
    "certificate": _certificate,
    "version": _version,
}
