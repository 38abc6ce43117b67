"""A new image of a seat: fetched, installed, started, told; by the words of the server, after any cut (W176, W177)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import ssl
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from types import SimpleNamespace

import pytest

from edge.agent import Agent
from edge.errors import DiskFull
from edge.events import FoundWell, UpdateFound, UpdateWent
from edge.model import Now, State
from edge.settings import Settings
from edge.updates import rules
from edge.updates.desk import Desk
from edge.updates.values import Task
from edge.vault.run_dir import RunDir
from edge.vitals import Vitals
from tests.support.fake_disk import FakeDisk
from tests.support.meeting_log import named
from tests.support.seats import SeatRoom, TestSeat
from tests.support.server_twin import TwinMeeting
from wire import canonical
from wire.messages.updates import Release

ONE, TWO = named("a", "first"), named("a", "second")
RELEASE = Release(
    "20261123.081500", "phonghop-seat-amd64", 1000, "ab" * 32, "20261101.081500", dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
)


class FakeDesk:
    """A machine with two slots that does what it is asked when the test says so."""

    def __init__(self, *, running: str = "20261101.081500", boot: str = "boot-1", task: Task | None = None) -> None:
        self.running, self.boot, self.kept, self.asked = running, boot, task, list[str]()
        self.told: list[UpdateWent] = []
        self.breaks = self.full = False

    def load(self) -> Task | None:
        return self.kept

    def keep(self, task: Task) -> None:
        if self.full:
            raise DiskFull("updates/task.json")
        self.kept = task

    def fetch(self, release: Release) -> None:
        self.asked.append(f"fetch {release.version}")

    def drop(self, *, keep: str = "") -> None:
        self.asked.append(f"drop but {keep[:2]}" if keep else "drop")

    def install(self, update: str) -> None:
        if self.breaks:
            raise OSError("no folder")
        self.asked.append(f"install {update}")

    def watch(self, update: str) -> None:
        self.asked.append(f"watch {update}")

    def look(self, sha256: str) -> tuple[UpdateWent, ...]:
        found, self.told = tuple(self.told), []
        return found

    def stop(self) -> None:
        self.asked.append("stop")

    def says(self, state: str, done: int = 0, reason: str = "") -> None:
        self.told.append(UpdateWent(RELEASE.sha256, state, done, reason))


@pytest.fixture
def desk(seat: TestSeat) -> FakeDesk:
    found = FakeDesk()
    begun(seat, found)
    return found


def begun(seat: TestSeat, desk: FakeDesk) -> None:
    """As at the start of the agent."""
    ports = seat.on._ports  # noqa: SLF001 - what the agent gives it at its start
    ports.updates = desk
    ports.restart = lambda: desk.asked.append("restart")
    event = seat.on._updates.begin()  # noqa: SLF001 - as above
    assert event is not None
    seat.on.handle(event)


def word(room: SeatRoom, seat: TestSeat, kind: str, which: str = ONE, release: Release = RELEASE) -> None:
    room.twin.update(seat.signer.key_id, which, kind, release)
    room.run(1)


def last(room: SeatRoom) -> tuple[str, str, int, str]:
    told = room.twin.updating[-1]
    return told.update, told.state, told.done, told.reason


def installed(room: SeatRoom, seat: TestSeat, desk: FakeDesk) -> None:
    word(room, seat, "fetch")
    desk.says("fetched", 100)
    room.run(1)
    word(room, seat, "install")
    desk.says("installed", 100)
    room.run(1)
    assert last(room) == (ONE, "installed", 100, "")


def test_W176_a_release_goes_its_whole_way(room: SeatRoom, seat: TestSeat, desk: FakeDesk) -> None:
    word(room, seat, "fetch")
    assert (desk.asked, last(room)) == (["drop but ab", "fetch 20261123.081500"], (ONE, "fetching", 0, ""))
    desk.says("fetched", 100)
    room.run(1)
    assert last(room) == (ONE, "fetched", 100, "")
    word(room, seat, "install")
    assert desk.asked[-1] == f"install {ONE}"
    desk.says("installed", 100)
    room.run(1)
    word(room, seat, "restart")
    assert (desk.asked[-1], last(room)) == ("restart", (ONE, "restarting", 100, ""))
    again = FakeDesk(running="20261123.081500", boot="boot-2", task=desk.kept)
    begun(seat, again)
    assert last(room)[1] == "restarting", "a new image that has not found itself well says nothing new"
    seat.on.handle(FoundWell())
    room.run(1)
    assert last(room) == (ONE, "good", 100, "")
    assert again.asked == ["drop"]


def test_W177_it_is_told_at_most_every_ten_seconds_and_after_each_welcome(
    room: SeatRoom, seat: TestSeat, desk: FakeDesk
) -> None:
    word(room, seat, "fetch")
    told = len(room.twin.updating)
    for done in range(1, 31):
        desk.says("fetching", done)
        room.run(1)
    assert len(room.twin.updating) - told in {2, 3}
    seat.disconnect()
    seat.connect()
    room.run(2)
    assert room.twin.updating[-1].done == 30


def test_W176_the_same_word_again_is_answered_and_begins_nothing(
    room: SeatRoom, seat: TestSeat, desk: FakeDesk
) -> None:
    for _ in range(3):
        word(room, seat, "fetch")
    assert desk.asked == ["drop but ab", "fetch 20261123.081500"]
    desk.says("failed", 0, "tampered")
    room.run(1)
    word(room, seat, "fetch")
    assert last(room) == (ONE, "failed", 0, "tampered")
    word(room, seat, "install")
    assert last(room) == (ONE, "failed", 0, "tampered")
    word(room, seat, "fetch", TWO)
    assert last(room) == (TWO, "fetching", 0, "")


def test_W176_nobody_is_interrupted(room: SeatRoom, seat: TestSeat, meeting: TwinMeeting, desk: FakeDesk) -> None:
    installed(room, seat, desk)
    seat.sign_in("lan")
    room.run(1)
    word(room, seat, "restart")
    assert (last(room), "restart" in desk.asked) == ((ONE, "installed", 100, "busy"), False)
    assert seat.where == "signed_in"


def test_W176_a_restart_that_fails_is_told_and_asked_for_again(room: SeatRoom, seat: TestSeat, desk: FakeDesk) -> None:
    installed(room, seat, desk)
    seat.on._ports.restart = None  # noqa: SLF001 - as above
    word(room, seat, "restart")
    room.run(1)
    assert last(room) == (ONE, "installed", 100, "install")
    seat.on._ports.restart = lambda: desk.asked.append("restart")  # noqa: SLF001 - as above
    word(room, seat, "restart")
    assert last(room) == (ONE, "restarting", 100, "")


def test_what_cannot_be_begun_is_said(room: SeatRoom, seat: TestSeat, desk: FakeDesk) -> None:
    word(room, seat, "install")
    assert last(room) == (ONE, "failed", 0, "interrupted"), "it is not here"
    word(room, seat, "fetch", TWO, dataclasses.replace(RELEASE, version="20261101.081500"))
    assert last(room) == (TWO, "restarting", 100, ""), "it runs already, and may be on trial"
    seat.on.handle(FoundWell())
    room.run(1)
    assert last(room) == (TWO, "good", 100, "")
    third, fourth = named("a", "third"), named("a", "fourth")
    word(room, seat, "fetch", third)
    desk.says("fetched", 100)
    room.run(1)
    desk.breaks = True
    word(room, seat, "install", third)
    room.run(1)
    assert last(room) == (third, "failed", 0, "install")
    seat.on.handle(UpdateFound(None, "", ""))
    word(room, seat, "fetch", fourth)
    assert last(room) == (fourth, "failed", 0, "no-slot"), "a PC has no slots"


@pytest.mark.parametrize(("step", "undone"), [("install", "install "), ("restart", "restart"), ("fetch", "fetch ")])
def test_what_cannot_be_kept_is_not_done(
    room: SeatRoom, seat: TestSeat, desk: FakeDesk, step: str, undone: str
) -> None:
    """The next start would else know nothing of an installation that goes on."""
    if step == "restart":
        installed(room, seat, desk)
    elif step == "install":
        word(room, seat, "fetch")
        desk.says("fetched", 100)
        room.run(1)
    desk.full, kept = True, desk.kept
    word(room, seat, step)
    room.run(1)
    assert last(room) == (ONE, "failed", 0, "no-space")
    assert not any(each.startswith(undone) for each in desk.asked)
    assert (desk.kept, desk.asked[-1]) == (kept, "drop")


def test_a_cancelled_release_is_dropped_unless_it_is_being_written(
    room: SeatRoom, seat: TestSeat, desk: FakeDesk
) -> None:
    word(room, seat, "fetch")
    word(room, seat, "cancel")
    assert (last(room), desk.asked[-1]) == ((ONE, "cancelled", 0, ""), "drop")
    installed_by = named("a", "third")
    word(room, seat, "fetch", installed_by)
    desk.says("fetched", 100)
    room.run(1)
    word(room, seat, "install", installed_by)
    for which in (installed_by, TWO):
        word(room, seat, "cancel", which)
        assert last(room)[:2] == (installed_by, "installing")


@pytest.mark.parametrize(
    ("kept", "running", "boot", "told"),
    [
        ("fetching", "20261101.081500", "boot-2", ("fetching", "")),
        ("fetched", "20261101.081500", "boot-2", ("fetched", "")),
        ("installing", "20261101.081500", "boot-1", ("installing", "")),
        ("installing", "20261101.081500", "boot-2", ("failed", "interrupted")),
        ("installing", "20261123.081500", "boot-2", ("restarting", "")),
        ("installed", "20261101.081500", "boot-1", ("installed", "")),
        ("installed", "20261123.081500", "boot-2", ("restarting", "")),
        ("installed", "20261101.081500", "boot-2", ("fallen-back", "unwell")),
        ("restarting", "20261101.081500", "boot-1", ("restarting", "")),
        ("restarting", "20261101.081500", "boot-2", ("fallen-back", "unwell")),
        ("restarting", "20261123.081500", "boot-2", ("restarting", "")),
        ("good", "20261123.081500", "boot-2", ("good", "")),
        ("good", "20261101.081500", "boot-2", ("fallen-back", "unwell")),
        ("fetching", "20261123.081500", "boot-2", ("restarting", "")),
        ("fetched", "20261123.081500", "boot-2", ("restarting", "")),
    ],
)
def test_after_a_power_cut_at_any_step_it_says_where_it_is(
    kept: str, running: str, boot: str, told: tuple[str, str]
) -> None:
    state, _ = rules.found(
        State(),
        UpdateFound(Task(ONE, RELEASE, kept, boot="boot-1"), running, boot),
        Now(at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC), s=1.0),
    )
    task = state.updates.task
    assert task is not None
    assert (task.state, task.reason) == told


def test_what_root_left_word_of_is_read_for_the_own_request_alone(tmp_path: Path) -> None:
    outcome = tmp_path / "outcome"
    desk = Desk(
        FakeDisk(random.Random(1)),
        tmp_path,
        RunDir(tmp_path / "run", boot="boot-1"),
        running="20261101.081500",
        boot="boot-1",
        connect=lambda: HTTPConnection("localhost"),
        reserve_bytes=0,
        outcome=outcome,
    )
    task = Task(ONE, RELEASE, "installing", boot="boot-1")
    desk.keep(task)
    assert desk.load() == task
    desk.install(ONE)
    assert (tmp_path / "run/install").read_text() == ONE
    assert desk.look("ab") == (), "not begun"
    for said, heard in (
        ({"request": TWO, "state": "installed", "done": 100, "reason": ""}, ()),
        ({"request": ONE, "state": "installing", "done": 40, "reason": ""}, (UpdateWent("ab", "installing", 40),)),
        ({"request": ONE, "state": "failed", "done": 0, "reason": "odd"}, (UpdateWent("ab", "failed", 0, "install"),)),
    ):
        outcome.write_bytes(canonical.encode(said))
        assert desk.look("ab") == heard
    assert desk.look("ab") == (), "an end is told once"


def test_a_machine_with_slots_has_a_desk_that_asks_the_house_and_shows_it_nothing(tmp_path: Path) -> None:
    settings = Settings(
        server_url="https://room.example:8443",
        ca_sha256="0" * 64,
        data_dir=tmp_path / "data",
        run_dir=tmp_path / "run",
    )
    agent = Agent(settings)
    assert agent._update_desk() is None  # noqa: SLF001 - a PC has no slots
    for place, text in (("proc/cmdline", "phonghop.slot=B"), ("etc/os-release", "IMAGE_VERSION=20261123.081500\n")):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text(text)
    agent._vitals = Vitals(agent._clock, root=tmp_path)  # type: ignore[misc] # noqa: SLF001 - the image's files
    desk = agent._update_desk()  # noqa: SLF001 - as above
    assert desk is not None
    assert desk.running == "20261123.081500"
    with pytest.raises(ConnectionError, match="enrolled"):
        agent._connect_for_bundles()  # noqa: SLF001 - what the thread that fetches calls
    shown = ssl.create_default_context()
    agent._credentials = SimpleNamespace(house=lambda: shown)  # type: ignore[assignment] # noqa: SLF001 - as above
    connection = agent._connect_for_bundles()  # noqa: SLF001 - as above
    assert isinstance(connection, HTTPSConnection)
    assert (connection.host, connection.port) == ("room.example", 8443)
