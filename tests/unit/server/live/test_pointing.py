"""The presenter's pointer on its way: who may, where to, and that nothing is kept (F1, W110, W124)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from server.errors import NotAllowed
from server.identity.model import Actor
from server.live.pointing import GAP_S, VIEW_GAP_S, PointActs, Pointing
from server.meetings.commands import Present, StopPresenting
from server.meetings.model import Draft
from server.meetings.ports import Outcome
from tests.support.meetings import CHAIR, GUEST, MEETING, MEMBER, PAPER, SEATS, Play, an_id
from tests.unit.server.live.test_hub import Room, Shown
from wire.ids import MeetingId, PaperId, RoomId
from wire.messages import Act, Head, Point, View
from wire.messages.pointing import Place
from wire.messages.viewing import Part
from wire.state import MeetingState
from wire.topics import PaperVersion

PLACE = Place(PaperVersion(PaperId(PAPER), 1), 2, 5_000, 1_200)
OTHER = PLACE.paper._replace(version=2)
PART = Part(PLACE.paper, 2, 2_500, 0, 5_000, 4_000)


@dataclass
class Hall:
    """An open meeting whose chair presents page 2; screens and seats that keep what they are told."""

    play: Play = field(default_factory=Play)
    screens: list[Point | View] = field(default_factory=list)
    seats: list[tuple[RoomId, Point | View]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.play.prepare()
        self.play(CHAIR, Present(PAPER, 2))
        self.pointing = Pointing(self, _Screens(self.screens), _Seats(self.seats))

    def state(self, _meeting: str) -> MeetingState:
        return self.play.log.state

    def point(self, person: str = CHAIR, place: Place | Part = PLACE, *, at_s: float = 1.0) -> bool:
        return self.pointing.point(MEETING, person, place, at_s=at_s)


@dataclass
class _Screens:
    told: list[Point | View]

    def pointed(self, point: Point | View) -> None:
        self.told.append(point)


@dataclass
class _Seats:
    told: list[tuple[RoomId, Point | View]]

    def pointed(self, room: RoomId, point: Point | View) -> None:
        self.told.append((room, point))


def test_W110_the_presenters_pointer_goes_to_screens_and_seats_and_into_no_log() -> None:
    hall = Hall()
    before = hall.play.log.state
    assert hall.point()
    assert hall.screens == [Point(MEETING, CHAIR, PLACE)]
    assert hall.seats == [(RoomId(before.room), Point(MEETING, CHAIR, PLACE))]
    assert hall.play.log.state is before


@pytest.mark.parametrize(
    ("person", "place"),
    [
        (MEMBER, PLACE), (CHAIR, replace(PLACE, page=3)), (CHAIR, replace(PLACE, paper=OTHER)),
        (MEMBER, PART), (CHAIR, replace(PART, page=3)), (CHAIR, replace(PART, paper=OTHER)),
    ],
)  # fmt: skip
def test_W110_W124_nobody_else_is_followed_and_on_no_other_page(person: str, place: Place | Part) -> None:
    hall = Hall()
    assert not hall.point(person, place)
    assert (hall.screens, hall.seats) == ([], [])


def test_W110_when_nothing_is_presented_nothing_is_pointed_at() -> None:
    hall = Hall()
    hall.play(CHAIR, StopPresenting())
    assert not hall.point()


def test_W110_what_comes_faster_than_it_is_shown_is_dropped() -> None:
    hall = Hall()
    assert [hall.point(at_s=1 + at) for at in (0, GAP_S / 2, GAP_S, 1.5 * GAP_S, 2.1 * GAP_S)] == [
        True, False, True, False, True,
    ]  # fmt: skip


def test_W110_no_meeting_is_remembered_once_its_last_pointer_is_over() -> None:
    hall = Hall()
    assert hall.pointing.point(MEETING, CHAIR, PLACE, at_s=1)
    assert hall.pointing.point(MeetingId(an_id("m", 9)), CHAIR, PART, at_s=2)
    assert len(hall.pointing._told_s) == 1  # noqa: SLF001 - what is bounded


def test_W124_a_view_goes_the_pointers_way_and_neither_takes_the_others_turn() -> None:
    hall = Hall()
    before = hall.play.log.state
    assert hall.point()
    assert hall.point(place=PART)
    assert hall.screens == [Point(MEETING, CHAIR, PLACE), View(MEETING, CHAIR, PART)]
    assert [said for _, said in hall.seats] == hall.screens
    assert hall.play.log.state is before
    again = [hall.point(place=PART, at_s=1 + at) for at in (GAP_S, 0.9 * VIEW_GAP_S, 1.1 * VIEW_GAP_S, 2 * VIEW_GAP_S)]
    assert again == [False, False, True, False]


def test_W124_a_screen_is_sent_the_newest_view_beside_the_newest_place() -> None:
    room = Room()
    room.screen("chair")
    room.watch("chair")
    room.change(2)
    room.tick()
    room.hub.pointed(View(MEETING, CHAIR, replace(PART, x=1)))
    room.hub.pointed(Point(MEETING, CHAIR, PLACE))
    room.hub.pointed(View(MEETING, CHAIR, PART))
    told = [each for each in room.tick() if each[1] in {"point", "view"} and each[0] == "chair"]
    assert sorted(told, key=lambda each: each[1]) == [
        ("chair", "point", Point(MEETING, CHAIR, PLACE).to_value()),
        ("chair", "view", View(MEETING, CHAIR, PART).to_value()),
    ]
    assert [each for each in room.tick() if each[1] == "view"] == []


def test_W110_a_screen_is_sent_the_newest_place_once_and_only_of_what_it_is_shown() -> None:
    room = Room()
    room.screen("chair")
    room.watch("chair")
    room.screen("guest", GUEST)
    room.watch("guest")
    room.change(2)
    room.tick()
    room.hub.pointed(Point(MEETING, CHAIR, replace(PLACE, x=1)))
    room.hub.pointed(Point(MEETING, CHAIR, PLACE))
    told = [each for each in room.tick() if each[1] == "point"]
    assert ("chair", "point", Point(MEETING, CHAIR, PLACE).to_value()) in told
    assert len(told) == len({sid for sid, _, _ in told})
    assert [each for each in room.tick() if each[1] == "point"] == []
    room.hub.pointed(Point(MEETING, CHAIR, replace(PLACE, paper=PaperVersion(PaperId(an_id("p", 9)), 1))))
    assert [each for each in room.tick() if each[1] == "point"] == []


def test_W110_a_display_points_at_nothing() -> None:
    room = Room()
    room.hub.connect("wall", Shown(Actor(None, display_room="r")))
    with pytest.raises(NotAllowed):
        room.hub.person_of("wall")
    room.screen("chair")
    assert room.hub.person_of("chair") == CHAIR


@dataclass
class _Acts:
    passed: list[str] = field(default_factory=list)

    def perform(self, act: Act, **_more: Any) -> Outcome:
        self.passed.append(act.kind)
        return Outcome("done")


class _Clock:
    def monotonic_s(self) -> float:
        return 5.0


def test_W110_a_seat_points_for_who_has_signed_in_there_and_nothing_of_it_is_an_act_that_is_kept() -> None:
    hall, behind = Hall(), _Acts()
    hall.play.write(_seated())
    acts = PointActs(behind, hall.pointing, _Clock())
    head = Head(an_id("d", 1), b"s" * 16, 1, hall.play.now)

    def perform(kind: str, person: str, seat: str, **data: Any) -> str:
        told = {"point": PLACE.to_value(), "view": PART.to_value()}
        value = {**told.get(kind, {}), **data}
        act = Act(head, an_id("a", 1), MEETING, kind, person, hall.play.now, value)
        return acts.perform(act, device=an_id("d", 1), seat=seat, now=hall.play.now).outcome

    assert perform("present_stop", CHAIR, SEATS[0]) == "done"
    assert behind.passed == ["present_stop"]
    assert perform("point", CHAIR, SEATS[1]) == "done"
    assert hall.screens == []
    assert perform("point", CHAIR, SEATS[0], x=20_000) == "refused"
    assert perform("point", CHAIR, SEATS[0]) == "done"
    for wrong in ({"w": 20_000}, {"x": "0"}, {"h": float("nan")}, {"more": 1}):
        assert perform("view", CHAIR, SEATS[0], **wrong) == "refused"
    assert perform("view", CHAIR, SEATS[0]) == "done"
    assert hall.screens == [Point(MEETING, CHAIR, PLACE), View(MEETING, CHAIR, PART)]
    assert behind.passed == ["present_stop"]


def _seated() -> Any:
    return (Draft("person_seated", {"person": CHAIR, "seat": SEATS[0]}),)
