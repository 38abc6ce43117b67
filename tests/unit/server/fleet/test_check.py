"""A room looked through before a meeting (D4): what is found, and who may look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from server.fleet.check import Papers, Terminal, Verdict, examine, worst
from server.fleet.model import Device, DeviceState, Presence
from tests.support.devices import Terminal as Hardware
from tests.support.fleet import Enrolling
from tests.support.office import START, Office
from wire.ids import DeviceId
from wire.messages import Machine

WELL = Machine(
    booted_s=3600, temperature_c=50, under_voltage=False, memory_free_mb=900, painted_s=4, clock_off_ms=30, slot="A"
)
HERE = Presence(online=True, agent="phonghop 1.2.0", disk_free_mb=9_000, token="absent", machine=WELL)
DEVICE = Device(
    DeviceId("d-aaaaaaaaaaaaaaaa"), "123456789012", b"", "A-1", DeviceState.APPROVED, START, START,
    certificate_until=START + dt.timedelta(days=25),
)  # fmt: skip
GOOD = Terminal(DEVICE, HERE, Papers(3, 3), usual="phonghop 1.2.0")


def on(machine: Machine, **more: Any) -> Terminal:
    return replace(GOOD, presence=replace(HERE, machine=machine, **more))


def of(terminal: Terminal) -> dict[str, tuple[str, str]]:
    """Everything that is not good."""
    found = examine(terminal, now=START)
    return {each.what: (each.verdict.value, each.code) for each in found if each.verdict is not Verdict.GOOD}


def test_D4_a_seat_that_is_well_is_good_in_everything() -> None:
    found = examine(GOOD, now=START)
    assert worst(found) is Verdict.GOOD
    assert [each.what for each in found] == [
        "network", "screen", "reader", "papers", "time", "power", "heat", "room", "certificate", "version",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("terminal", "found"),
    [
        (on(replace(WELL, painted_s=21)), {"screen": ("bad", "still")}),
        (on(replace(WELL, painted_s=None)), {"screen": ("unknown", "unknown")}),
        (on(replace(WELL, painted_s=21, is_dark=True)), {"screen": ("bad", "still")}),
        (on(replace(WELL, painted_s=4, is_dark=True)), {}),
        (on(WELL, token="off"), {"reader": ("warn", "none")}),
        (on(WELL, token="unusable"), {"reader": ("bad", "unusable")}),
        (on(WELL, token=""), {"reader": ("unknown", "unknown")}),
        (on(replace(WELL, clock_off_ms=-2_001)), {"time": ("warn", "off")}),
        (on(replace(WELL, clock_off_ms=86_400_000)), {"time": ("bad", "off")}),
        (on(replace(WELL, under_voltage=True)), {"power": ("bad", "low")}),
        (on(replace(WELL, temperature_c=75)), {"heat": ("warn", "degrees")}),
        (on(replace(WELL, temperature_c=82)), {"heat": ("bad", "degrees")}),
        (on(WELL, disk_free_mb=999), {"room": ("warn", "disk")}),
        (on(WELL, disk_free_mb=199), {"room": ("bad", "disk")}),
        (on(replace(WELL, memory_free_mb=149)), {"room": ("warn", "memory")}),
        (on(WELL, agent="phonghop 1.1.0"), {"version": ("warn", "other")}),
        (on(replace(WELL, image="1.1.0+20261001")), {"version": ("warn", "other")}),
        (replace(on(replace(WELL, image="1.2.0+20261123"), agent="phonghop 9"), usual="1.2.0+20261123"), {}),
        (replace(GOOD, papers=Papers(2, 3)), {"papers": ("bad", "missing")}),
        (
            replace(GOOD, device=replace(DEVICE, certificate_until=START + dt.timedelta(days=9, hours=5))),
            {"certificate": ("warn", "days")},
        ),
        (
            replace(GOOD, device=replace(DEVICE, certificate_until=START - dt.timedelta(hours=1))),
            {"certificate": ("bad", "expired")},
        ),
        (replace(GOOD, presence=Presence()), {"network": ("bad", "offline")}),
    ],
)
def test_D4_whatever_is_wrong_is_found_and_nothing_else(terminal: Terminal, found: dict[str, tuple[str, str]]) -> None:
    assert of(terminal) == found


def test_D4_what_a_machine_cannot_tell_is_never_called_good_and_worries_nobody() -> None:
    found = examine(replace(GOOD, presence=replace(HERE, machine=None)), now=START)
    unknown = {each.what for each in found if each.verdict is Verdict.UNKNOWN}
    assert unknown == {"screen", "time", "power", "heat"}
    assert worst(found) is Verdict.GOOD


@dataclass
class Told:
    """The port `PresenceSource`, saying what it was told."""

    known: dict[DeviceId, Presence] = field(default_factory=dict)

    def presence(self, devices: Collection[DeviceId]) -> Mapping[DeviceId, Presence]:
        return {device: self.known[device] for device in devices if device in self.known}


def test_D4_a_room_is_looked_through_seat_by_seat_over_http(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.services.slots.presence = told = Told()
    it = office.sign_in("kythuat")
    made = it.post(
        "/api/rooms", {"name": "Phòng 9", "seats": [{"label": "A1", "x": 0, "y": 0}, {"label": "A2", "x": 9, "y": 0}]}
    )
    seats = {seat["label"]: seat["id"] for seat in made.body["seats"]}
    terminal = Enrolling(office, Hardware(tmp_path))
    terminal.ask(serial="KS-01")
    assert terminal.approve(it, seats["A1"]).status == 204
    terminal.certificate()
    told.known[DeviceId(terminal.terminal.id)] = HERE
    found = it.get(f"/api/rooms/{made.body['id']}/check").body
    assert (found["room"]["name"], found["meetings"], found["papers"]) == ("Phòng 9", 0, 0)
    assert found["counts"] == {"good": 1, "unknown": 0, "warn": 0, "bad": 1}
    first, second = found["seats"]
    assert (first["label"], first["serial"], first["verdict"]) == ("A1", "KS-01", "good")
    assert {each["what"]: each["values"] for each in first["findings"]}["certificate"] == {"n": 30}
    assert (second["label"], second["device"], second["findings"][0]["code"]) == ("A2", None, "no_terminal")
    assert it.get("/api/rooms/r-aaaaaaaaaaaaaaaa/check").code == "no-such-room"
