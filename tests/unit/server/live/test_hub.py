"""The hub with connections that only keep what they were sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from server.errors import NotAllowed, NotAuthenticated, SessionLocked
from server.identity.model import Actor, Role
from server.live.errors import TooManyScreens
from server.live.service import CHECK_GAP_S, FEED_GAP_S, LiveHub
from server.meetings import views
from server.meetings.commands import Present, SetAgenda, StartItem
from server.meetings.errors import NoSuchMeeting
from tests.support.meetings import CHAIR, GUEST, ITEMS, MEETING, PAPER, PLAN, ROOM, STRANGER, Play, agenda
from wire.ids import MeetingId
from wire.state import MeetingState
from wire.view import Section

LATER_S = 2 * FEED_GAP_S
#: another meeting, of which there is only a report
SMALL = MeetingId("m-aaaaaaaaaaaaaaaa")


@dataclass
class Lines:
    """Connections that keep what they were sent; those in ``stuck`` take nothing."""

    sent: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    letters: int = 0
    stuck: set[str] = field(default_factory=set)
    dropped: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def emit(self, sids: Sequence[str], event: str, payload: dict[str, Any]) -> None:
        assert self.stuck.isdisjoint(sids)
        if not self.broken.isdisjoint(sids):
            raise OSError(event)
        self.sent += [(sid, event, payload) for sid in sids]
        self.letters += 1

    def is_slow(self, sid: str) -> bool:
        return sid in self.stuck

    def drop(self, sid: str) -> None:
        self.dropped.append(sid)

    def taken(self) -> list[tuple[str, str, dict[str, Any]]]:
        taken, self.sent = self.sent, []
        return taken


@dataclass
class Shown:
    """Credentials that can lock and end."""

    who: Actor | None
    locked: bool = False

    def actor(self) -> Actor | None:
        if self.locked:
            raise SessionLocked
        return self.who


class Room:
    """A played meeting behind the hub's ports, with feeds that count how often they are asked."""

    def __init__(self) -> None:
        self.play = Play()
        self.play.prepare()
        self.lines = Lines()
        self.asked = 0
        self.seats: list[Any] | None = None
        self.fleet: list[dict[str, Any]] = [{"id": "d"}]
        self.feeds_fail = False
        self.now_s = 100.0
        self.unseen: set[str] = set()
        #: how often the meeting was asked for, and whether the database answers
        self.looked = 0
        self.is_away = False
        self.hub = LiveHub(
            self, self, outlet=self.lines, sections_for=self.sections_for, reader_of=views.reader_of, most_screens=5
        )

    def sections_for(self, state: MeetingState, actor: Actor) -> Section:
        if actor.person in self.unseen:
            raise ZeroDivisionError
        return views.sections_for(state, actor)

    def state(self, meeting: MeetingId) -> MeetingState:
        if meeting != MEETING:
            raise NoSuchMeeting
        self.looked += 1
        if self.is_away:
            raise ZeroDivisionError
        return self.play.log.state

    def see(self, meeting: MeetingId, actor: Actor) -> MeetingState:
        state = self.state(meeting)
        if actor.person == STRANGER:
            raise NotAllowed
        return state

    def delivery_now(self, meeting: MeetingId) -> dict[str, Any]:
        self.asked += 1
        if self.feeds_fail:
            raise ZeroDivisionError
        if meeting == SMALL:
            return {"seats": [self.asked]}
        return {"seats": [self.asked] if self.seats is None else self.seats}

    def signing_now(self, meeting: MeetingId) -> dict[str, Any]:
        self.asked += 1
        return {"rounds": [self.asked]}

    def signing_for(self, meeting: MeetingId, told: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
        return dict(told)

    def waiting_now(self, person: str) -> list[dict[str, Any]]:
        self.asked += 1
        return [{"for": person}]

    def devices_now(self) -> list[dict[str, Any]]:
        return list(self.fleet)

    def screen(self, sid: str, person: str = CHAIR, *roles: Role) -> Shown:
        shown = Shown(Actor(person, roles=frozenset(roles)))
        self.hub.connect(sid, shown)
        return shown

    def watch(self, sid: str) -> dict[str, Any]:
        found = self.hub.watch(sid, MEETING, 0)
        self.tick()
        return found

    def change(self, page: int) -> None:
        self.play(CHAIR, Present(PAPER, page))
        self.announce()

    def announce(self) -> None:
        state = self.play.log.state
        self.hub.announce(MEETING, (), before=state, after=state)

    def tick(self, after_s: float = 0.1) -> list[tuple[str, str, dict[str, Any]]]:
        self.now_s += after_s
        self.hub.tick(self.now_s)
        return self.lines.taken()


@pytest.fixture
def room() -> Room:
    return Room()


def test_M3_watching_gives_everything_and_then_only_what_changed(room: Room) -> None:
    room.screen("a")
    first = room.watch("a")
    assert first["seq"] == room.play.log.state.seq
    assert set(first["sections"]) >= {"meeting", "members", "agenda", "papers", "presenting", "display", "recall"}
    room.change(3)
    ((sid, event, patch),) = room.tick()
    assert (sid, event) == ("a", "patch")
    assert (patch["meeting"], patch["base"], patch["seq"]) == (MEETING, first["seq"], first["seq"] + 1)
    assert set(patch["sections"]) == {"presenting", "display"}
    assert {**first["sections"], **patch["sections"]} == views.sections_for(room.play.log.state, Actor(CHAIR))


def test_M3_who_knows_the_newest_number_gets_no_sections_again(room: Room) -> None:
    room.screen("a")
    seq = room.play.log.state.seq
    assert room.hub.watch("a", MEETING, seq) == {"seq": seq, "sections": {}}
    assert room.hub.watch("a", MEETING, seq - 1)["sections"]


def test_W44_changes_within_a_tick_become_one_patch(room: Room) -> None:
    room.screen("a")
    base = room.watch("a")["seq"]
    for page in (2, 3, 4, 5):
        room.change(page)
    ((_, _, patch),) = room.tick()
    assert (patch["base"], patch["seq"]) == (base, base + 4)
    assert patch["sections"]["presenting"]["page"] == 5
    assert room.tick() == []


def test_M3_a_screen_that_may_not_see_a_change_still_gets_its_number(room: Room) -> None:
    hidden = agenda(*((item.item, item.parent) for item in PLAN))
    room.play(CHAIR, SetAgenda(hidden, 99))
    room.screen("guest", GUEST)
    base = room.watch("guest")["seq"]
    room.play(CHAIR, StartItem(ITEMS[0]))
    room.play(CHAIR, StartItem(ITEMS[1]))
    room.play(CHAIR, StartItem(ITEMS[0]))
    room.announce()
    ((_, _, patch),) = room.tick()
    assert (patch["base"], patch["seq"]) == (base, base + 3)


def test_each_screen_gets_its_own_readers_part(room: Room) -> None:
    room.screen("chair")
    room.hub.connect("wall", Shown(Actor(None, display_room=ROOM)))
    assert room.watch("chair")["sections"]["papers"]
    assert room.watch("wall")["sections"]["papers"] == [], "a display shows the presented paper only"
    room.change(1)
    patches = {sid: patch["sections"] for sid, _, patch in room.tick()}
    assert "papers" not in patches["chair"]
    assert len(patches["wall"]["papers"]) == 1


def test_M3_who_sees_the_same_gets_one_letter_and_everybody_else_their_own(room: Room) -> None:
    for number in range(3):
        room.screen(f"desk {number}", f"u-{number}", Role.SECRETARY)
    room.screen("member", GUEST)
    for sid in ("desk 0", "desk 1", "desk 2", "member"):
        room.watch(sid)
    room.change(1)
    room.tick()  # what each was shown first was made for each
    room.lines.letters = 0
    room.change(2)
    told = {sid: patch for sid, _, patch in room.tick()}
    assert len(told) == 4
    assert told["desk 0"] is told["desk 1"] is told["desk 2"]
    assert told["desk 0"]["base"] == told["member"]["base"]
    assert room.lines.letters == 2


def test_a_slow_screen_slows_nobody_and_catches_up_with_one_patch(room: Room) -> None:
    room.screen("slow")
    room.screen("quick")
    base = room.watch("slow")["seq"]
    room.watch("quick")
    room.lines.stuck = {"slow"}
    for page in (2, 3, 4):
        room.change(page)
        assert [sid for sid, _, _ in room.tick()] == ["quick"]
        assert room.hub.woken.is_set(), "the hub comes back for the slow one by itself"
    room.lines.stuck = set()
    ((sid, _, patch),) = room.tick()
    assert (sid, patch["base"], patch["seq"]) == ("slow", base, base + 3)
    assert not room.hub.woken.is_set()


def test_the_first_answer_leaves_before_the_first_patch(room: Room) -> None:
    room.screen("a")
    answer = room.hub.watch("a", MEETING, 0)
    room.change(2)
    assert room.tick() == []
    assert room.hub.woken.is_set()
    ((_, _, patch),) = room.tick()
    assert patch["base"] == answer["seq"]


def test_an_idle_hub_sends_and_wakes_nothing(room: Room) -> None:
    room.screen("a")
    room.watch("a")
    assert room.tick() == []
    assert not room.hub.woken.is_set()


def test_unwatched_and_disconnected_screens_get_nothing(room: Room) -> None:
    room.screen("a")
    room.screen("b")
    room.watch("a")
    room.watch("b")
    room.hub.unwatch("a", MEETING)
    room.hub.disconnect("b")
    room.hub.disconnect("b")
    room.hub.unwatch("b", MEETING)
    room.change(2)
    assert room.tick() == []


def test_nobody_connects_without_a_session_or_watches_without_a_right(room: Room) -> None:
    with pytest.raises(NotAuthenticated):
        room.hub.connect("x", Shown(None))
    with pytest.raises(NotAuthenticated):
        room.hub.watch("x", MEETING, 0)
    room.screen("stranger", STRANGER)
    with pytest.raises(NotAllowed):
        room.hub.watch("stranger", MEETING, 0)
    with pytest.raises(NoSuchMeeting):
        room.hub.watch("stranger", MeetingId("m-aaaaaaaaaaaaaaaa"), 0)
    room.change(2)
    assert room.tick() == []


def test_as_many_screens_as_threads_allow(room: Room) -> None:
    for number in range(5):
        room.screen(f"{number}")
    with pytest.raises(TooManyScreens):
        room.screen("one too many")
    room.hub.disconnect("0")
    room.screen("now there is room")


def test_a_locked_session_is_told_once_and_shown_nothing_until_it_is_open_again(room: Room) -> None:
    shown = room.screen("a")
    room.watch("a")
    shown.locked = True
    assert room.tick(CHECK_GAP_S) == [("a", "session_locked", {})]
    room.change(2)
    assert room.tick(CHECK_GAP_S) == []
    with pytest.raises(SessionLocked):
        room.hub.watch("a", MEETING, 0)
    shown.locked = False
    assert room.watch("a")["sections"]["presenting"]["page"] == 2
    shown.locked = True
    assert room.tick(2 * CHECK_GAP_S) == [("a", "session_locked", {})], "and the next time again"


def test_a_page_that_connects_while_locked_waits_there(room: Room) -> None:
    shown = Shown(Actor(CHAIR), locked=True)
    room.hub.connect("a", shown)
    assert room.tick() == [("a", "session_locked", {})]
    shown.locked = False
    assert room.watch("a")["sections"]


def test_an_ended_session_is_told_and_dropped(room: Room) -> None:
    shown = room.screen("a")
    room.watch("a")
    shown.who = None
    room.change(2)
    assert room.tick(CHECK_GAP_S) == [("a", "signed_out", {})]
    assert room.lines.dropped == ["a"]


def test_a_session_that_was_ended_is_shown_nothing_more_from_the_very_next_tick(room: Room) -> None:
    shown = room.screen("a")
    room.watch("a")
    room.tick(CHECK_GAP_S)
    shown.who = None
    room.hub.sessions_ended()
    assert room.hub.woken.is_set()
    room.change(2)
    assert room.tick(0.0) == [("a", "signed_out", {})]


def test_delivery_is_sent_at_once_and_then_as_it_changes_but_not_more_often_than_anyone_reads(room: Room) -> None:
    room.screen("a")
    room.hub.watch_delivery("a", MEETING, lambda _: None)
    assert room.tick(LATER_S) == [("a", "delivery", {"meeting": MEETING, "seats": [1]})]
    for _ in range(10):
        room.hub.delivery_changed(MEETING)
    assert room.tick(0.1) == []
    assert room.hub.woken.is_set()
    assert room.tick(LATER_S) == [("a", "delivery", {"meeting": MEETING, "seats": [2]})]
    room.hub.delivery_changed(MeetingId("m-aaaaaaaaaaaaaaaa"))
    assert room.tick(LATER_S) == []


def test_a_report_that_says_the_same_is_not_sent_again_but_to_who_asks_anew(room: Room) -> None:
    room.seats = ["one"]
    room.screen("a")
    room.hub.watch_delivery("a", MEETING, lambda _: None)
    told = [("a", "delivery", {"meeting": MEETING, "seats": ["one"]})]
    assert room.tick(LATER_S) == told
    room.hub.delivery_changed(MEETING)
    assert room.tick(LATER_S) == []
    room.hub.watch_delivery("a", MEETING, lambda _: None)
    assert room.tick(LATER_S) == told


def test_a_report_of_five_hundred_seats_comes_once_a_second(room: Room) -> None:
    room.seats = list(range(500))
    room.screen("a")
    room.hub.watch_delivery("a", MEETING, lambda _: None)
    assert len(room.tick(LATER_S)) == 1
    room.seats = list(range(1, 501))
    room.hub.delivery_changed(MEETING)
    assert room.tick(FEED_GAP_S) == []
    assert len(room.tick(1.0)) == 1, "and what has changed is not forgotten"


def test_a_large_report_slows_no_other_and_no_other_hastens_it(room: Room) -> None:
    room.seats = list(range(500))
    room.screen("a")
    for meeting in (MEETING, SMALL):
        room.hub.watch_delivery("a", meeting, lambda _: None)
    assert len(room.tick(LATER_S)) == 2
    room.seats = list(range(1, 501))
    for _ in range(2):
        room.hub.delivery_changed(MEETING)
        room.hub.delivery_changed(SMALL)
        assert [told["meeting"] for _, _, told in room.tick(FEED_GAP_S + 0.01)] == [SMALL]
    assert [told["meeting"] for _, _, told in room.tick(0.4)] == [MEETING]


def test_M3_a_screen_that_fails_costs_no_other_its_patches_and_reports(room: Room) -> None:
    room.screen("a")
    room.screen("b", GUEST)
    for sid in ("a", "b"):
        room.watch(sid)
    room.hub.watch_delivery("a", MEETING, lambda _: None)
    room.unseen = {GUEST}
    room.change(3)
    with pytest.raises(ZeroDivisionError):
        room.tick(LATER_S)
    assert [(sid, event) for sid, event, _ in room.lines.taken()] == [("a", "patch"), ("a", "delivery")]
    room.unseen = set()
    assert [(sid, event) for sid, event, _ in room.tick(LATER_S)] == [("b", "patch")], "and it is not forgotten"


def test_a_report_that_was_lost_on_its_way_is_sent_again_though_it_says_the_same(room: Room) -> None:
    room.seats = ["one"]
    for sid in ("a", "b"):
        room.screen(sid)
        room.hub.watch_delivery(sid, MEETING, lambda _: None)
    room.lines.broken = {"b"}
    told = {"meeting": MEETING, "seats": ["one"]}
    assert room.tick(LATER_S) == [("a", "delivery", told)]
    room.lines.broken = set()
    room.hub.delivery_changed(MEETING)
    assert room.tick(LATER_S) == [("b", "delivery", told)]


def test_one_report_serves_all_who_watch_it(room: Room) -> None:
    for sid in ("a", "b", "c"):
        room.screen(sid)
        room.hub.watch_delivery(sid, MEETING, lambda _: None)
    assert len(room.tick(LATER_S)) == 3
    assert room.asked == 1


def test_a_database_that_hangs_is_waited_for_once_and_not_once_a_screen(room: Room) -> None:
    for sid in ("a", "b", "c"):
        room.screen(sid)
        room.watch(sid)
    room.looked, room.is_away = 0, True
    room.change(3)
    with pytest.raises(ZeroDivisionError):
        room.tick()
    assert room.looked == 1


def test_a_report_that_fails_stops_no_patch(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    room.feeds_fail = True
    room.screen("a")
    room.watch("a")
    room.hub.watch_delivery("a", MEETING, lambda _: None)
    room.change(2)
    assert [event for _, event, _ in room.tick(LATER_S)] == ["patch"]
    assert "no report" in caplog.text


def test_what_waits_for_a_signature_is_told_to_its_person_at_every_change_of_a_round(room: Room) -> None:
    room.screen("a")
    room.screen("b", GUEST)
    room.hub.connect("display", Shown(Actor(None, display_room=ROOM)))
    for sid in ("a", "b", "display"):
        room.hub.watch_waiting(sid)
    assert room.tick(LATER_S) == [
        ("a", "waiting", {"rounds": [{"for": CHAIR}]}),
        ("b", "waiting", {"rounds": [{"for": GUEST}]}),
    ]
    room.hub.delivery_changed(MEETING)
    room.hub.fleet_changed()
    assert room.tick(LATER_S) == []
    room.hub.signing_changed(MEETING)
    assert [sid for sid, _, _ in room.tick(LATER_S)] == ["a", "b"]


def test_a_locked_screen_is_not_told_what_waits(room: Room) -> None:
    shown = room.screen("a")
    room.hub.watch_waiting("a")
    room.tick(LATER_S)
    shown.locked = True
    assert room.tick(CHECK_GAP_S) == [("a", "session_locked", {})]
    room.hub.signing_changed(MEETING)
    assert room.tick(LATER_S) == []


def test_the_fleet_is_for_whom_may_see_it(room: Room) -> None:
    def deny(_: Actor) -> None:
        raise NotAllowed

    room.screen("a")
    with pytest.raises(NotAllowed):
        room.hub.watch_fleet("a", deny)
    with pytest.raises(NotAllowed):
        room.hub.watch_delivery("a", MEETING, deny)
    assert room.tick(LATER_S) == []
    room.hub.watch_fleet("a", lambda _: None)
    assert room.tick(LATER_S) == [("a", "fleet", {"devices": [{"id": "d"}]})]
    room.hub.fleet_changed()
    assert room.tick(LATER_S) == [], "nothing is different"
    room.fleet = [{"id": "d", "online": True}, {"id": "e"}]
    room.hub.fleet_changed()
    assert room.tick(LATER_S) == [("a", "fleet", {"changed": room.fleet, "gone": []})]
    room.fleet = [{"id": "e"}]
    room.hub.fleet_changed()
    assert room.tick(LATER_S) == [("a", "fleet", {"changed": [], "gone": ["d"]})]
    room.hub.watch_fleet("a", lambda _: None)
    assert room.tick(LATER_S) == [("a", "fleet", {"devices": [{"id": "e"}]})]


def test_of_five_hundred_terminals_the_changed_ones_are_told_once_a_second(room: Room) -> None:
    room.screen("a")
    room.fleet = [{"id": str(number), "n": 0} for number in range(500)]
    room.hub.watch_fleet("a", lambda _: None)
    assert len(room.tick(LATER_S)[0][2]["devices"]) == 500
    for number in range(3):
        room.fleet[number] = {"id": str(number), "n": 1}
        room.hub.fleet_changed()
        assert room.tick(0.3) == [], "it rests after so many rows"
    assert room.tick(0.2) == [("a", "fleet", {"changed": room.fleet[:3], "gone": []})]


def test_closing_drops_every_screen(room: Room) -> None:
    room.screen("a")
    room.screen("b")
    room.hub.close()
    assert room.lines.dropped == ["a", "b"]


def test_rounds_of_signing_are_sent_at_once_and_at_every_change_to_who_may_see_them() -> None:
    room = Room()
    room.screen("a")
    room.screen("b")
    room.hub.watch_signing("a", MEETING, lambda actor: None)
    with pytest.raises(NotAllowed):
        room.hub.watch_signing("b", MEETING, _refuse)
    assert room.tick(LATER_S) == [("a", "signing", {"meeting": MEETING, "rounds": [1]})]
    assert room.tick(LATER_S) == []
    room.hub.delivery_changed(MEETING)
    assert room.tick(LATER_S) == [], "a delivery is something else"
    room.hub.signing_changed(MEETING)
    assert room.tick(LATER_S) == [("a", "signing", {"meeting": MEETING, "rounds": [2]})]
    room.hub.unwatch("a", MEETING)
    room.hub.signing_changed(MEETING)
    assert room.tick(LATER_S) == []


def _refuse(_actor: Actor) -> None:
    raise NotAllowed
