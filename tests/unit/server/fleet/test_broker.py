"""The warden against a broker that can be told how to behave: order, retries, the age of the revocation list."""

from __future__ import annotations

import datetime as dt
import os
import stat
from pathlib import Path

import pytest
from cryptography import x509

from server.fleet.broker import BrokerLists, FileReload, SignalReload, Warden
from server.fleet.errors import BrokerUnreachable
from server.fleet.model import AccessWanted
from server.pki.model import Revoked
from server.pki.site import SiteNames, SitePki
from tests.support.office import START, HandClock
from wire.ids import DeviceId, RoomId

A, B = DeviceId("d-aaaaaaaaaaaaaaaa"), DeviceId("d-bbbbbbbbbbbbbbbb")
ROOM = RoomId("r-aaaaaaaaaaaaaaaa")


class Broker:
    """Twin of a mosquitto: holds the lists it has read, and the sessions of seats."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_running = True
        self.reads_on_reload = True
        self.topics: set[str] = set()
        self.revoked: set[int] = set()
        self.sessions: set[str] = set()
        self.told: list[str] = []

    def read_lists(self) -> None:
        lines = (self.folder / "acl").read_text().splitlines()
        self.topics = {line.removeprefix("topic write ") for line in lines if line.startswith("topic write warden/")}
        self.revoked = {one.serial_number for one in x509.load_pem_x509_crl((self.folder / "crl.pem").read_bytes())}

    def reload(self) -> None:
        self.told.append("reload")
        if self.reads_on_reload:
            self.read_lists()

    def accepts(self, topic: str) -> bool:
        self._must_run()
        return topic in self.topics

    def take_over(self, client_id: str) -> None:
        self._must_run()
        self.told.append(f"cut {client_id}")
        self.sessions.discard(client_id)

    def _must_run(self) -> None:
        if not self.is_running:
            raise BrokerUnreachable


class Desk:
    """A warden, its broker, and the database's word."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.folder = folder / "broker"
        self.site = SitePki.load_or_create(folder / "pki", names=SiteNames("Test", ("localhost",)), now=START)
        self.broker = Broker(self.folder)
        self.wanted = AccessWanted(((A, ROOM), (B, ROOM)), (), ())
        self.warden = self.new_warden()

    def new_warden(self) -> Warden:
        return Warden(
            BrokerLists(self.folder, self.site),
            self.broker,
            reload=self.broker.reload,
            wanted=lambda _now: self.wanted,
            clock=self.clock,
        )

    def revoke_a(self) -> None:
        self.wanted = AccessWanted(((B, ROOM),), (Revoked(77, START),), (A,))

    def crl(self) -> x509.CertificateRevocationList:
        return x509.load_pem_x509_crl((self.folder / "crl.pem").read_bytes())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_lists_are_in_force_before_a_session_is_cut(desk: Desk) -> None:
    assert desk.warden.enforce()
    desk.revoke_a()
    desk.broker.told.clear()
    assert desk.warden.enforce(cut_off=[A])
    assert desk.broker.told == ["reload", f"cut {A}"]
    assert desk.broker.revoked == {77}
    assert A not in (desk.folder / "acl").read_text()


def test_nothing_new_means_no_reload(desk: Desk) -> None:
    desk.warden.enforce()
    desk.broker.told.clear()
    assert desk.warden.enforce()
    assert desk.broker.told == []


def test_nobody_is_cut_while_the_door_would_still_open_again(desk: Desk) -> None:
    desk.warden.enforce()
    desk.revoke_a()
    desk.broker.reads_on_reload = False
    assert not desk.warden.enforce(cut_off=[A])
    assert f"cut {A}" not in desk.broker.told
    assert not desk.warden.is_well()
    desk.broker.reads_on_reload = True
    assert desk.warden.enforce()
    assert desk.broker.told[-1] == f"cut {A}"
    assert desk.warden.is_well()


def test_a_broker_that_is_down_is_told_later(desk: Desk) -> None:
    desk.broker.is_running = False
    desk.revoke_a()
    assert not desk.warden.enforce(cut_off=[A])
    desk.broker.read_lists()
    desk.broker.is_running = True
    assert desk.warden.enforce()
    assert desk.broker.told == [f"cut {A}"]


def test_a_disk_that_is_full_is_not_the_end(desk: Desk) -> None:
    desk.warden.enforce()
    desk.revoke_a()
    blocked = desk.folder / ".acl.new"
    blocked.mkdir()
    assert not desk.warden.enforce(cut_off=[A])
    blocked.rmdir()
    assert desk.warden.enforce()
    assert f"cut {A}" in desk.broker.told


def test_the_revocation_list_is_issued_anew_each_day_and_at_each_start(desk: Desk) -> None:
    desk.warden.enforce()
    first = desk.crl().last_update_utc
    desk.clock.advance(hours=23)
    desk.warden.enforce()
    assert desk.crl().last_update_utc == first
    desk.clock.advance(hours=1)
    assert desk.warden.enforce()
    assert desk.crl().last_update_utc - first == dt.timedelta(days=1)
    desk.clock.advance(minutes=5)
    again = desk.new_warden()
    assert again.enforce()
    assert desk.crl().last_update_utc - first == dt.timedelta(days=1, minutes=5)


def test_a_clock_that_is_set_back_gets_a_list_of_its_own_time(desk: Desk) -> None:
    desk.clock.advance(days=300)
    desk.warden.enforce()
    desk.clock.advance(days=-300)
    assert desk.warden.enforce()
    assert desk.crl().last_update_utc < desk.clock.now()


def test_an_old_revocation_list_is_not_well(desk: Desk) -> None:
    desk.warden.enforce()
    assert desk.warden.is_well()
    desk.clock.advance(days=8)
    assert not desk.warden.is_well()


def test_the_lists_may_be_read_by_the_brokers_group_and_nobody_else(desk: Desk) -> None:
    old = os.umask(0)
    try:
        desk.warden.enforce()
    finally:
        os.umask(old)
    assert stat.S_IMODE(desk.folder.stat().st_mode) == 0o750
    assert {stat.S_IMODE((desk.folder / name).stat().st_mode) for name in ("acl", "crl.pem")} == {0o640}


def test_a_signal_goes_to_a_mosquitto_only(tmp_path: Path) -> None:
    """A pid file left behind names some other process by now: this one, which a SIGHUP would end."""
    pid_file = tmp_path / "pid"
    for content in (f"{os.getpid()}\n", "4194305\n", "not a number", ""):
        pid_file.write_text(content)
        SignalReload(pid_file)()
    pid_file.unlink()
    SignalReload(pid_file)()


def test_the_service_manager_sees_every_request(tmp_path: Path) -> None:
    reload = FileReload(tmp_path / "reload")
    seen = set()
    for _ in range(3):
        reload()
        seen.add((tmp_path / "reload").stat().st_mtime_ns)
    assert len(seen) == 3
