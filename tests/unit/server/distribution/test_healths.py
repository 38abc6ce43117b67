"""What seats say of themselves at the same moment is kept together and answered one by one (D4, W24)."""

from __future__ import annotations

import contextlib
import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from server.distribution.healths import Healths
from server.distribution.model import DeviceLink
from server.distribution.moment import Moment
from server.distribution.peers import Peer
from server.errors import Unavailable
from server.fleet.model import Place
from tests.support.meetings import an_id
from tests.support.office import START
from wire.ids import DeviceId, RoomId, SeatId
from wire.messages import Head, Health, Machine

ONE, TWO, THREE = (DeviceId(an_id("d", number)) for number in (1, 2, 3))
ROOM = RoomId(an_id("r", 1))
NOW = Moment(START, 0.0)


class House:
    """Three seats that were welcomed; parts can fail."""

    def __init__(self) -> None:
        self.peers = {device: self._peer(device) for device in (ONE, TWO, THREE)}
        self.begun = 0
        self.saved: list[list[DeviceLink]] = []
        self.answered: list[DeviceId] = []
        self.changed: list[RoomId | None] = []
        self.lost: list[DeviceId] = []
        self.told: list[tuple[DeviceId, str, str]] = []
        self.wanted: list[str] = []
        self.fleet = SimpleNamespace(store_lost=self.lost.append, store_said=self._store_said)
        self.faults: dict[DeviceId, Exception] = {}
        self.away: Exception | None = None
        tools: Any = SimpleNamespace(
            source=SimpleNamespace(
                unit=SimpleNamespace(begin=self._begin),
                store=SimpleNamespace(keys_of_all=lambda _tx, _devices: {}, save_links=self._save),
            ),
            peers=SimpleNamespace(get=self.peers.get, tell=None),
            wishes=SimpleNamespace(numbered=self._numbered, tell=self._tell),
            board=SimpleNamespace(seen=lambda *_, **__: None),
            record=None,
            fleet=self.fleet,
            watcher=SimpleNamespace(fleet_changed=lambda: None),
            room_changed=self.changed.append,
        )
        self.healths = Healths(tools)

    def _tell(self, peer: Peer, _wish: object, *, heard: str, anew: str) -> None:
        self.answered.append(peer.device)
        if heard or anew:
            self.told.append((peer.device, heard, anew))

    def _store_said(self, _device: DeviceId, machine: Machine, now: dt.datetime) -> str:
        assert now == NOW.at, "by the server's clock"
        return "" if machine.store_shut in self.wanted else machine.store_shut

    def say(self, device: DeviceId, number: int, *, session: int = 1, loss: str = "", shut: str = "") -> None:
        head = Head(device, bytes([session] * 16), number, START)
        machine = Machine(1, store_lost="files" if loss else "", store_loss=loss, store_shut=shut)
        self.healths.take(self.peers[device], Health(head, 1, {}, 100, "welcome", machine=machine), NOW)

    def numbers(self) -> dict[DeviceId, int]:
        links = {device: peer.link for device, peer in self.peers.items()}
        return {device: link.last_number for device, link in links.items() if link is not None}

    def _peer(self, device: DeviceId) -> Peer:
        place = Place(SeatId(an_id("s", int(device == ONE))), "A1", ROOM, "Phòng 1")
        link = DeviceLink(device, b"wrapped").greeted(
            Head(device, bytes([1] * 16), 0, START), box=bytes(32), boot="b", agent="agent/1"
        )
        return Peer(device, place, link)

    def _begin(self) -> contextlib.AbstractContextManager[None]:
        if self.away is not None:
            raise self.away
        self.begun += 1
        return contextlib.nullcontext()

    def _save(self, _tx: object, links: list[DeviceLink]) -> None:
        self.saved.append(links)

    def _numbered(self, peer: Peer, link: DeviceLink, _owed: object) -> tuple[DeviceLink, None]:
        if peer.device in self.faults:
            raise self.faults[peer.device]
        return link, None


def test_W24_what_many_say_shares_one_commit_and_each_is_answered_once() -> None:
    house = House()
    for device in (ONE, TWO, THREE):
        house.say(device, 4)
    house.say(ONE, 5)
    house.healths.answer(NOW)
    assert (house.begun, [len(lot) for lot in house.saved]) == (1, [3])
    assert sorted(house.answered) == sorted([ONE, TWO, THREE])
    assert house.numbers() == {ONE: 5, TWO: 4, THREE: 4}
    assert house.changed == [ROOM]
    house.healths.answer(NOW)
    assert (house.begun, len(house.answered)) == (1, 3)


def test_W24_who_has_said_hello_again_or_is_gone_is_not_answered_and_keeps_their_number() -> None:
    house = House()
    for device in (ONE, TWO, THREE):
        house.say(device, 9)
    link = house.peers[ONE].link
    assert link is not None
    house.peers[ONE].link = link.greeted(Head(ONE, bytes([2] * 16), 0, START), box=bytes(32), boot="b", agent="agent/1")
    del house.peers[TWO]
    house.healths.answer(NOW)
    assert house.answered == [THREE]
    assert house.numbers() == {ONE: 0, THREE: 9}


def test_W24_one_seat_that_cannot_be_kept_leaves_the_others_their_answer(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    house.faults[ONE] = LookupError("a damaged row")
    for device in (ONE, TWO, THREE):
        house.say(device, 4)
    house.healths.answer(NOW)
    assert sorted(house.answered) == sorted([TWO, THREE])
    assert house.numbers() == {ONE: 0, TWO: 4, THREE: 4}
    assert "a damaged row" in caplog.text


def test_W24_with_the_database_away_nobody_is_answered_before_it_is_durable() -> None:
    house = House()
    house.away = Unavailable()
    house.say(ONE, 4)
    house.healths.answer(NOW)
    assert house.answered == []
    assert house.numbers()[ONE] == 0
    house.away = None
    house.say(ONE, 5)
    house.healths.answer(NOW)
    assert house.answered == [ONE]


LOSS, LATER = "01" * 8, "02" * 8


def test_W195_a_loss_is_noted_once_and_answered_until_it_is_said_no_more() -> None:
    house = House()
    for number, loss in enumerate((LOSS, LOSS, "", LATER), 4):
        house.say(ONE, number, loss=loss)
        house.say(TWO, number)
        house.healths.answer(NOW)
    assert house.lost == [ONE, ONE], "a second loss is another one, however soon it comes"
    assert house.told == [(ONE, LOSS, ""), (ONE, LOSS, ""), (ONE, LATER, "")]
    assert house.numbers()[ONE] == 7


def test_W195_what_could_not_be_noted_is_not_called_heard(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    house.say(ONE, 4, loss=LOSS)

    def fails(_device: DeviceId) -> None:
        raise Unavailable

    house.fleet.store_lost = fails
    house.healths.answer(NOW)
    assert (house.lost, house.answered, house.told) == ([], [ONE], [])
    assert "could not be noted" in caplog.text
    house.fleet.store_lost = house.lost.append
    house.say(ONE, 5, loss=LOSS)
    house.healths.answer(NOW)
    assert (house.lost, house.told) == ([ONE], [(ONE, LOSS, "")])


def test_W195_a_store_is_made_anew_only_when_IT_has_said_so() -> None:
    house = House()
    house.wanted = [LOSS]
    house.say(ONE, 4, shut=LOSS)
    house.healths.answer(NOW)
    assert house.told == []
    house.wanted = []
    house.say(ONE, 5, shut=LOSS)
    house.healths.answer(NOW)
    assert house.told == [(ONE, "", LOSS)]


def test_W195_a_store_that_could_not_be_noted_costs_nobody_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    house = House()

    def fails(_device: DeviceId, _machine: Machine, _now: dt.datetime) -> str:
        raise Unavailable

    house.fleet.store_said = fails
    for device in (ONE, TWO):
        house.say(device, 4, shut=LOSS)
    house.healths.answer(NOW)
    assert (sorted(house.answered), house.told) == (sorted([ONE, TWO]), [])
    assert "could not be noted" in caplog.text
