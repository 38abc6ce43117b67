"""IT's orders over HTTP: who is told, what is answered, what is refused (D4, W171)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from server.audit.model import AdminEvent
from server.fleet.orders import FleetOrders
from tests.support.devices import Terminal
from tests.support.fleet import Enrolling, ToldPresence
from tests.support.office import START, Browser, Office
from wire.ids import DeviceId
from wire.messages import Head, Message, Obeyed, Order


class Seats:
    """The distribution's end of an order: every terminal answers as it was told to, at once."""

    def __init__(self, office: Office) -> None:
        self.orders: FleetOrders = office.services.orders
        self.told: list[tuple[str, str, str]] = []
        self.answers: dict[str, tuple[str, str]] = {}
        #: answer what they were not asked, before anybody else does
        self.liars: set[str] = set()
        #: answer from a thread of their own, once whoever asks is waiting
        self.late = False
        #: wait for answers as long as a busy machine needs
        self.be_patient: Callable[[], None] = lambda: None

    def say(self, device: str, build: Callable[[Head], Message]) -> None:
        message = build(Head(device, bytes(16), 1, START))
        assert isinstance(message, Order)
        self.told.append((device, message.kind, message.text))
        for liar in self.liars:
            self.orders.obeyed(liar, Obeyed(message.head, message.order, "refused", "seat-cannot-restart"))
        if device in self.answers:
            answer = Obeyed(message.head, message.order, *self.answers[device])
            if self.late:
                threading.Timer(0.1, self.orders.obeyed, (device, answer)).start()
            else:
                self.orders.obeyed(device, answer)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def presence(office: Office) -> ToldPresence:
    office.services.slots.presence = found = ToldPresence()
    return found


@pytest.fixture
def seats(office: Office, monkeypatch: pytest.MonkeyPatch) -> Seats:
    found = Seats(office)
    monkeypatch.setattr(office.services.orders, "_say", found.say)
    monkeypatch.setattr(office.services.orders, "_answer_s", 0.05)
    found.be_patient = lambda: monkeypatch.setattr(office.services.orders, "_answer_s", 30.0)
    return found


@pytest.fixture
def it(office: Office) -> Browser:
    return office.sign_in("kythuat")


def recorded(office: Office) -> list[AdminEvent]:
    """The orders that stand in the record."""
    with office.services.database.read() as tx:
        return [event for event in office.services.audit.store.all(tx) if event.kind == "device_ordered"]


def stand(office: Office, it: Browser, folder: Path, seat: int) -> DeviceId:
    """A terminal that was approved."""
    folder.mkdir()
    made = Enrolling(office, Terminal(folder))
    made.ask()
    assert made.approve(it, office.seats[seat]).status == 204
    return DeviceId(made.terminal.id)


def test_D4_each_terminal_answers_for_itself(
    office: Office, it: Browser, presence: ToldPresence, seats: Seats, tmp_path: Path
) -> None:
    refused, silent, away = devices = [stand(office, it, tmp_path / str(number), number) for number in range(3)]
    presence.online = {refused, silent}
    seats.answers = {refused: ("refused", "seat-cannot-restart")}
    given = it.post("/api/devices/orders", {"devices": devices, "kind": "restart"})
    assert given.body["results"] == [
        {"device": refused, "outcome": "refused", "code": "seat-cannot-restart"},
        {"device": silent, "outcome": "silent", "code": ""},
        {"device": away, "outcome": "offline", "code": ""},
    ]
    assert [device for device, _, _ in seats.told] == [refused, silent]
    [entry] = recorded(office)
    assert entry.data == {"devices": devices, "kind": "restart"}


def test_D4_a_late_answer_is_waited_for_though_one_who_was_not_asked_is_quicker(
    office: Office, it: Browser, presence: ToldPresence, seats: Seats, tmp_path: Path
) -> None:
    seats.be_patient()
    asked, other = (stand(office, it, tmp_path / str(number), number) for number in range(2))
    presence.online = {asked, other}
    seats.answers = {asked: ("done", "")}
    seats.liars, seats.late = {other}, True
    given = it.post("/api/devices/orders", {"devices": [asked], "kind": "lock"})
    assert given.body["results"] == [{"device": asked, "outcome": "done", "code": ""}]


def test_D4_words_reach_the_terminal_and_stay_out_of_the_record(
    office: Office, it: Browser, presence: ToldPresence, seats: Seats, tmp_path: Path
) -> None:
    device = stand(office, it, tmp_path / "1", 0)
    presence.online = {device}
    seats.answers = {device: ("done", "")}
    assert it.post("/api/devices/orders", {"devices": [device], "kind": "say", "text": " Xin chờ "}).status == 200
    assert seats.told == [(device, "say", "Xin chờ")]
    assert "Xin" not in str(recorded(office))


def test_D4_nobody_restarts_a_room_that_meets_without_saying_that_they_know(
    office: Office, it: Browser, presence: ToldPresence, seats: Seats, tmp_path: Path
) -> None:
    device = stand(office, it, tmp_path / "1", 0)
    presence.online = {device}
    seats.answers = {device: ("done", "")}
    office.meeting("open")
    for kind in ("restart", "reload", "lock", "dark", "off"):
        assert it.post("/api/devices/orders", {"devices": [device], "kind": kind}).code == "device-in-meeting"
    assert it.post("/api/devices/orders", {"devices": [device], "kind": "identify"}).status == 200
    for kind in ("light", "dark", "off"):
        body = {"devices": [device], "kind": kind, **({} if kind == "light" else {"sure": True})}
        assert it.post("/api/devices/orders", body).status == 200
    assert it.post("/api/devices/orders", {"devices": [device], "kind": "restart", "sure": True}).status == 200
    assert [kind for _, kind, _ in seats.told] == ["identify", "light", "dark", "off", "restart"]


@pytest.mark.parametrize(
    "body",
    [
        {"devices": ["d-aaaaaaaaaaaaaaaa"], "kind": "identify"},
        {"devices": [], "kind": "explode"},
        {"devices": [], "kind": "say"},
        {"devices": [], "kind": "say", "text": "x" * 301},
        {"devices": ["everyone"], "kind": "lock"},
        {"devices": [], "kind": "lock", "text": "surplus"},
    ],
)
def test_D4_rubbish_is_refused_and_nobody_is_told(
    office: Office, it: Browser, presence: ToldPresence, seats: Seats, body: dict[str, object]
) -> None:
    assert it.post("/api/devices/orders", body).status in {400, 404}
    assert seats.told == []
    assert recorded(office) == []
