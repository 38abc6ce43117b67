"""Links and wishes: what a device should hold, and which hello is a new one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from server.distribution.model import DeviceLink, Held, SeatKey, changes_wishes, fingerprint, is_held, wish_for
from server.fleet.model import Place
from wire.errors import StaleMessage
from wire.ids import DeviceId, MeetingId, PaperId, RoomId, SeatId
from wire.messages import Head
from wire.phases import Phase
from wire.state import Item, MeetingState, Paper, PaperState, Presenting, Secrecy, Visibility
from wire.topics import PaperVersion

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
DEVICE = DeviceId("d-" + "a" * 16)
ROOM = RoomId("r-" + "a" * 16)
PLACE = Place(SeatId("s-" + "a" * 16), "A1", ROOM, "Phòng 1")
MEETING, OLD = MeetingId("m-" + "a" * 16), MeetingId("m-" + "b" * 16)
ONE, TWO = (PaperId("p-" + letter * 16) for letter in "ab")
ITEMS = tuple(Item("i-" + letter * 16, None, letter, 5, Visibility.COMMON) for letter in "ab")


def paper(name: PaperId, item: Item, *, published: int = 1, state: PaperState = PaperState.PUBLISHED) -> Paper:
    return Paper(
        paper=name,
        item=item.item,
        title="",
        secrecy=Secrecy.NORMAL,
        version=max(published, 1),
        state=state,
        pages=1,
        size_bytes=1,
        plain_sha256="",
        owner="u-" + "a" * 16,
        published_version=published,
    )


STATE = MeetingState(
    room=ROOM, phase=Phase.OPEN, epoch=2, agenda=ITEMS, papers=(paper(TWO, ITEMS[1]), paper(ONE, ITEMS[0]))
)


def key(meeting: MeetingId, *, sent: int = 1, destroyed: dt.datetime | None = None) -> SeatKey:
    return SeatKey(DEVICE, meeting, bytes(32), sent, PLACE.seat, PLACE.label, NOW, destroyed)


def test_W27_a_seat_holds_the_meetings_of_its_room() -> None:
    wish = wish_for(PLACE, [Held(MEETING, STATE)], owed=[key(MEETING)], generation=3)
    (holding,) = wish.hold
    assert (holding.meeting, holding.epoch, wish.seat_label, wish.room) == (MEETING, 2, "A1", ROOM)
    assert set(holding.papers) == {PaperVersion(ONE, 1), PaperVersion(TWO, 1)}
    assert wish.recall == ()


def test_P7_what_it_was_sent_and_is_not_to_hold_is_recalled_until_the_receipt() -> None:
    assert wish_for(PLACE, [], owed=[key(OLD)], generation=1).recall == (OLD,)
    assert wish_for(None, [Held(MEETING, STATE)], owed=[key(OLD), key(MEETING)], generation=1).recall == (MEETING, OLD)
    assert wish_for(PLACE, [], owed=[key(OLD, destroyed=NOW)], generation=1).recall == ()
    assert wish_for(PLACE, [], owed=[key(OLD, sent=0)], generation=1).recall == ()


def test_papers_come_presented_first_then_in_agenda_order() -> None:
    assert Held(MEETING, STATE).papers == (PaperVersion(ONE, 1), PaperVersion(TWO, 1))
    shown = replace(STATE, presenting=Presenting(TWO, 1, 1, "u-" + "a" * 16))
    assert Held(MEETING, shown).papers == (PaperVersion(TWO, 1), PaperVersion(ONE, 1))


def test_what_is_not_published_or_recalled_is_not_sent() -> None:
    gone = replace(STATE, papers=(paper(ONE, ITEMS[0], published=0), paper(TWO, ITEMS[1], state=PaperState.RECALLED)))
    assert Held(MEETING, gone).papers == ()


def test_M4_papers_of_hidden_items_do_not_go_to_seats() -> None:
    hidden = replace(ITEMS[0], visibility=Visibility.HIDDEN)
    below = replace(ITEMS[1], parent=hidden.item)
    assert Held(MEETING, replace(STATE, agenda=(hidden, ITEMS[1]))).papers == (PaperVersion(TWO, 1),)
    assert Held(MEETING, replace(STATE, agenda=(hidden, below))).papers == ()
    assert changes_wishes(STATE, replace(STATE, agenda=(hidden, ITEMS[1])))


def test_the_number_grows_only_when_something_else_is_asked_for() -> None:
    link = DeviceLink(DEVICE, b"")
    wish = wish_for(PLACE, [Held(MEETING, STATE)], owed=[], generation=0)
    first = link.wished(wish)
    assert first.generation == 1
    presented = replace(STATE, presenting=Presenting(TWO, 1, 1, "u-" + "a" * 16))
    same = wish_for(PLACE, [Held(MEETING, presented)], owed=[], generation=7)
    assert fingerprint(same) == fingerprint(wish)
    assert first.wished(same) is first
    assert first.wished(wish_for(PLACE, [], owed=[], generation=0)).generation == 2


@pytest.mark.parametrize(
    ("change", "matters"),
    [
        ({"phase": Phase.RECESS}, False),
        ({"presenting": Presenting(TWO, 1, 1, "u-" + "a" * 16)}, False),
        ({"phase": Phase.CLOSED}, True),
        ({"epoch": 3}, True),
        ({"room": "r-" + "b" * 16}, True),
        ({"papers": ()}, True),
    ],
)
def test_which_changes_of_a_meeting_matter_to_seats(change: dict[str, object], matters: bool) -> None:  # noqa: FBT001
    assert changes_wishes(STATE, replace(STATE, **change)) is matters  # type: ignore[arg-type]


def test_a_meeting_is_held_once_it_has_a_key() -> None:
    assert is_held(STATE)
    assert not is_held(replace(STATE, epoch=0))
    assert not is_held(replace(STATE, phase=Phase.SUBMITTED))


def greeted(link: DeviceLink, session: int, number: int = 0) -> DeviceLink:
    head = Head(DEVICE, bytes([session] * 16), number, NOW)
    return link.greeted(head, box=bytes(32), boot="b", agent="a")


def test_W24_a_hello_that_was_said_before_is_stale() -> None:
    link = greeted(greeted(DeviceLink(DEVICE, b""), 1), 2)
    with pytest.raises(StaleMessage):
        greeted(link, 1)
    with pytest.raises(StaleMessage):
        greeted(link, 2)
    assert greeted(link, 2, number=1).last_number == 1
    assert greeted(link, 3).session == bytes([3] * 16)


def test_only_so_many_sessions_are_remembered() -> None:
    link = DeviceLink(DEVICE, b"")
    for session in range(200):
        link = greeted(link, session)
    assert len(link.past_sessions) == 64 * 16
    with pytest.raises(StaleMessage):
        greeted(link, 150)


def test_a_store_key_never_shows() -> None:
    assert "wrapped" not in repr(DeviceLink(DEVICE, b"geheim"))
