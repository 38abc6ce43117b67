"""Hellos in lots: each is taken down, the last of a device is answered, and nobody's words overtake them (W24)."""

from __future__ import annotations

import contextlib
import functools
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from server.distribution.entries import AuditDue, Came, Entry, Hellos, with_hellos_together
from server.distribution.greeting import Greeting, Lot
from server.distribution.model import DeviceLink
from server.distribution.moment import Moment
from server.distribution.peers import Peer
from server.distribution.service import ASK_AFTER_S
from server.errors import Unavailable
from server.fleet.model import Place
from tests.support import pdfs, poll
from tests.support.meetings import an_id
from tests.support.office import START, fresh_id
from tests.support.theatre import Theatre
from wire.errors import StaleMessage
from wire.ids import DeviceId, MeetingId, RoomId, SeatId
from wire.messages import Head, Hello, Maintenance, Message, Wish
from wire.topics import Topic

until = functools.partial(poll.until, timeout_s=30)

ONE, TWO = DeviceId(an_id("d", 1)), DeviceId(an_id("d", 2))


def new_link(device: DeviceId) -> DeviceLink:
    return DeviceLink(device, b"wrapped")


def hello(device: DeviceId, session: int, *, number: int = 0, boot: str = "b") -> Hello:
    return Hello(Head(device, bytes([session] * 16), number, START), bytes(32), boot, "agent/1", open=True, held=())


def came(device: DeviceId, lane: str, payload: bytes = b"") -> Came:
    return Came(Topic.up(device, lane), payload)


def test_W24_of_many_hellos_the_last_counts_and_none_can_be_said_again() -> None:
    lot, peer = Lot(new_link), Peer(ONE, None)
    for session in (1, 2, 3):
        lot.add(peer, hello(ONE, session))
    lot.add(Peer(TWO, None), hello(TWO, 1))
    with pytest.raises(StaleMessage):
        lot.add(peer, hello(ONE, 1))
    link = lot.said[ONE].link
    assert link.session == bytes([3] * 16)
    for session in (1, 2, 3):
        with pytest.raises(StaleMessage):
            link.greeted(hello(ONE, session).head, box=bytes(32), boot="b", agent="a")
    assert lot.said[TWO].link.session == bytes([1] * 16)


def test_W24_a_seat_that_was_started_anew_in_between_has_lost_what_was_on_its_way() -> None:
    lot, peer = Lot(new_link), Peer(ONE, None)
    lot.add(peer, hello(ONE, 1))
    peer.link = lot.said[ONE].link
    again = Lot(new_link)
    again.add(peer, hello(ONE, 2))
    assert not again.said[ONE].anew
    again.add(peer, hello(ONE, 3, boot="c"))
    again.add(peer, hello(ONE, 4, boot="c"))
    assert again.said[ONE].anew


def test_W24_hellos_are_answered_together_and_overtaken_by_nobody() -> None:
    said: list[Entry] = [
        came(ONE, "want", b"before"),
        came(ONE, "hello", b"1"),
        came(TWO, "act", b"of another"),
        came(TWO, "hello", b"2"),
        came(ONE, "hello", b"3"),
        came(ONE, "want", b"after"),
        came(TWO, "hello", b"4"),
        AuditDue(),
        came(TWO, "want"),
        came(ONE, "hello", b"5"),
    ]
    together = list(with_hellos_together(said))
    lots = [[each.payload for each in entry.came] for entry in together if isinstance(entry, Hellos)]
    assert lots == [[b"1", b"2", b"3"], [b"4"], [b"5"]]
    assert [entry for entry in together if not isinstance(entry, Hellos)] == [
        said[0],
        said[2],
        said[5],
        said[7],
        said[8],
    ]
    assert together.index(said[5]) == 3, "what a device says comes after its hello"


class Reception:
    """A greeting whose parts can fail for one device; ``welcomed`` and ``told``: who heard what."""

    def __init__(self) -> None:
        self.welcomed: list[DeviceId] = []
        self.told: list[DeviceId] = []
        self.saved: list[DeviceId] = []
        self.faults: dict[str, Exception] = {}
        self.anew_or_not = False
        tools: Any = SimpleNamespace(
            source=SimpleNamespace(
                unit=SimpleNamespace(begin=contextlib.nullcontext),
                store=SimpleNamespace(keys_of_all=lambda _tx, _devices: {}, save_links=self._save),
                meetings=SimpleNamespace(state=lambda _meeting: SimpleNamespace(seated=(("u", an_id("s", 1)),))),
            ),
            peers=SimpleNamespace(greeted=self._greeted, tell=lambda peer, _: self.told.append(peer.device)),
            wishes=SimpleNamespace(numbered=self._numbered),
            board=SimpleNamespace(seen=lambda *_, **__: None),
            rooms=SimpleNamespace(held=lambda _room: [SimpleNamespace(meeting=an_id("m", 1))]),
            signing=SimpleNamespace(signers=lambda _meeting: ["u"], rounds_for=lambda *_: ()),
            fleet=SimpleNamespace(certificate_seen=lambda *_: None, copied=lambda *_: None),
        )
        self.greeting = Greeting(tools, self._arrived)
        self.greeting.welcome = lambda peer, wish: self.welcomed.append(peer.device)  # type: ignore[method-assign]

    def fail(self, where: str, device: DeviceId) -> None:
        fault = self.faults.get(where)
        if fault is not None and device == ONE:
            raise fault

    def _save(self, _tx: object, links: list[DeviceLink]) -> None:
        self.saved += [link.device for link in links]

    def _greeted(self, peer: Peer, link: DeviceLink) -> None:
        peer.link = link

    def _numbered(self, peer: Peer, link: DeviceLink, _owed: object) -> tuple[DeviceLink, None]:
        self.fail("wish", peer.device)
        return link, None

    def _arrived(self, peer: Peer, _now: Moment, *, anew: bool) -> None:
        assert anew or self.anew_or_not
        peer.is_here = True
        self.fail("arrival", peer.device)

    def answer(self) -> None:
        lot = Lot(new_link)
        for number, device in enumerate((ONE, TWO), 1):
            place = Place(SeatId(an_id("s", number)), f"A{number}", RoomId(an_id("r", 1)), "Phòng 1")
            lot.add(Peer(device, place), hello(device, number))
        self.greeting.answer(lot, Moment(START, 0.0))


@pytest.mark.parametrize("where", ["wish", "arrival"])
def test_W24_what_is_wrong_with_one_device_keeps_nobody_else_waiting(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    reception = Reception()
    reception.faults[where] = LookupError("a damaged row")
    reception.answer()
    assert reception.welcomed == [TWO]
    assert reception.saved == [TWO] if where == "wish" else [ONE, TWO]
    assert ONE in caplog.text
    assert "a damaged row" in caplog.text


def test_W24_a_database_that_is_away_is_away_for_all_who_said_hello() -> None:
    reception = Reception()
    reception.faults["wish"] = Unavailable()
    with pytest.raises(Unavailable):
        reception.answer()
    assert not reception.saved
    assert not reception.welcomed


def test_W59_a_fault_in_one_seats_rounds_is_not_the_next_ones(caplog: pytest.LogCaptureFixture) -> None:
    reception = Reception()
    told = reception.greeting.tell_rounds

    def tell(peer: Peer, meeting: MeetingId, **more: Any) -> None:
        reception.fail("rounds", peer.device)
        reception.told.append(peer.device)
        told(peer, meeting, **more)

    reception.greeting.tell_rounds = tell  # type: ignore[method-assign]
    reception.faults["rounds"] = LookupError("a damaged round")
    reception.answer()
    assert reception.welcomed == [ONE, TWO]
    assert reception.told == [TWO]
    assert "a damaged round" in caplog.text


def test_W59_who_knows_that_there_is_no_round_is_told_again_only_after_a_start_or_a_round() -> None:
    reception = Reception()
    tools: Any = vars(reception.greeting)["_tools"]
    peers = [
        Peer(device, Place(SeatId(an_id("s", 1)), "A1", RoomId(an_id("r", 1)), "Phòng 1")) for device in (ONE, TWO)
    ]

    def back(*, boots: tuple[str, str] = ("b", "b"), rounds: tuple[str, ...] = ()) -> list[DeviceId]:
        tools.signing.signers = lambda _meeting: ["u"] if rounds else []
        tools.signing.rounds_for = lambda *_: rounds
        reception.told.clear()
        lot = Lot(new_link)
        for number, (peer, boot) in enumerate(zip(peers, boots, strict=True)):
            peer.is_here = False
            lot.add(peer, hello(peer.device, next(sessions), number=number, boot=boot))
        reception.greeting.answer(lot, Moment(START, 0.0))
        return sorted(reception.told)

    sessions = iter(range(1, 100))
    reception.anew_or_not = True
    assert back() == sorted([ONE, TWO])
    assert back() == []
    assert back(boots=("b", "c")) == [TWO]
    assert back(boots=("b", "c"), rounds=("a round",)) == sorted([ONE, TWO])
    assert back(boots=("b", "c")) == sorted([ONE, TWO])
    assert back(boots=("b", "c")) == []


def test_T8_a_device_that_was_revoked_after_the_brokers_return_is_not_welcomed(tmp_path: Path) -> None:
    with Theatre(tmp_path) as theatre:
        lost, stays = theatre.seat(0), theatre.seat(1)
        meeting, paper = theatre.published(pdfs.text_pdf())
        until(lambda: lost.is_complete(paper) and stays.is_complete(paper), what="both have the paper")
        theatre.distribution.disconnected()
        theatre.distribution.connected()
        operator = theatre.office.sign_in("kythuat")
        operator.post(f"/api/devices/{lost.device}/revoke", {"reason": "mất"}, act=fresh_id("a")).done()
        services = theatre.office.services
        until(lambda: services.meetings.state(meeting).epoch == 2, what="a new epoch has begun")  # type: ignore[arg-type]
        before = welcomed(theatre)
        theatre.office.clock.advance(seconds=ASK_AFTER_S)
        until(lambda: stays.device in welcomed(theatre)[len(before) :], what="who was silent is asked")
        assert lost.device not in welcomed(theatre)[len(before) :]


def test_D4_a_device_that_is_away_and_moved_stands_in_no_report_of_its_old_room(tmp_path: Path) -> None:
    with Theatre(tmp_path) as theatre:
        away = theatre.seat(0, live=False)
        held = MeetingId(theatre.published(pdfs.text_pdf())[0])
        operator = theatre.office.sign_in("kythuat")
        room = {"name": "Phòng khác (demo)", "seats": [{"label": "B1", "x": 100, "y": 500}]}
        seat = operator.post("/api/rooms", room).done()["seats"][0]["id"]
        until(lambda: reported(theatre, held) == [away.device], what="it stands in the report")
        seen: list[list[str]] = []
        live, told = theatre.office.services.live, theatre.office.services.live.delivery_changed

        def changed(meeting: MeetingId) -> None:
            seen.append(reported(theatre, meeting))
            told(meeting)

        live.delivery_changed = changed  # type: ignore[method-assign]
        operator.post(f"/api/devices/{away.device}/seat", {"seat": seat}).done()
        until(lambda: [] in seen, what="the consoles are told that it is gone")


def reported(theatre: Theatre, meeting: MeetingId) -> list[str]:
    """The devices in the report of a meeting."""
    return [seat["device"] for seat in theatre.distribution.delivery(meeting)["seats"]]


def welcomed(theatre: Theatre) -> list[str]:
    """Who was welcomed, in this order."""
    return [topic.owner for topic, _ in theatre.broker.seen if topic.lane == "welcome"]


def test_W24_after_the_brokers_return_only_who_stays_silent_is_asked(tmp_path: Path) -> None:
    with Theatre(tmp_path) as theatre:
        seats = [theatre.seat(number) for number in range(2)]
        meeting, paper = theatre.published(pdfs.text_pdf())
        until(lambda: all(seat.is_complete(paper) for seat in seats), what="all have the paper")
        welcomes = len(welcomed(theatre))
        theatre.distribution.disconnected()
        theatre.distribution.connected()
        theatre.chair.post(f"/api/meetings/{meeting}/open").done()
        # The news of the meeting comes after the connection's in the same queue: nobody was asked by then.
        seq = theatre.office.services.meetings.state(meeting).seq  # type: ignore[arg-type]
        until(lambda: all(seat.state(meeting).seq == seq for seat in seats), what="the seats hear of the opening")
        assert len(welcomed(theatre)) == welcomes
        theatre.office.clock.advance(seconds=ASK_AFTER_S)
        until(lambda: len(welcomed(theatre)) >= welcomes + 2, what="who was silent is asked")


def test_W187_how_a_seat_is_looked_after_is_said_directly_after_its_welcome() -> None:
    said: list[Message] = []
    kept = Maintenance("Hỏng màn hình", START)
    head = Head(ONE, bytes(16), 1, START)
    tools: Any = SimpleNamespace(
        source=SimpleNamespace(master=SimpleNamespace(unwrap=lambda _: SimpleNamespace(reveal=lambda: bytes(32)))),
        peers=SimpleNamespace(tell=lambda _, build: said.append(build(head))),
        fleet=SimpleNamespace(kept=lambda device, _room: (None, kept if device == ONE else None)),
    )
    greeting = Greeting(tools, lambda *_, **__: None)
    wish = Wish(1, None, "", None, "")
    for device in (ONE, TWO):
        greeting.welcome(Peer(device, None, new_link(device)), wish)
    assert [each.TYPE for each in said] == ["welcome", "keeping", "welcome"]
