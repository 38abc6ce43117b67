"""The presenter's pointer at a seat: out to the server, and onto the page of who follows (F1, W110, W124)."""

from __future__ import annotations

import json

import pytest

from edge.commands import SendPoint, ShowPoint
from edge.events import LinkDown, LockAsked, PointCame, PointsAt
from edge.page.board import Board
from tests.support.meeting_log import MEETING, MeetingLog, named
from tests.support.playbook import Playbook
from tests.support.token_play import TokenPlay
from wire.ids import PaperId
from wire.messages.pointing import Place, Point
from wire.messages.viewing import Part, View
from wire.topics import PaperVersion

LAN, CHAIR = named("u", "lan"), named("u", "chair")
PLACE = Place(PaperVersion(PaperId(named("p", "report")), 1), 3, 5_000, 1_200)
PART = Part(PLACE.paper, 3, 2_500, 0, 5_000, 4_000)
SHOWN = {"paper": PLACE.paper.paper, "version": 1, "page": 3, "person": CHAIR, "call": 0}


@pytest.fixture
def book() -> Playbook:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    log.add("page_presented", SHOWN)
    return TokenPlay(Playbook().enrolled().welcomed(log)).plug("lan").signed_in("lan").book


def test_W110_where_the_person_points_is_said_while_the_server_is_there(book: Playbook) -> None:
    book.on(PointsAt(PLACE))
    assert book.does(SendPoint) == SendPoint(MEETING, LAN, PLACE)
    book.on(LinkDown()).on(PointsAt(PLACE))
    book.does_not(SendPoint)


def test_W110_the_presenters_pointer_is_shown_to_who_reads_and_not_to_who_points(book: Playbook) -> None:
    book.on(PointCame(Point(MEETING, CHAIR, PLACE)))
    assert book.does(ShowPoint).point.place == PLACE
    book.on(PointCame(Point(MEETING, LAN, PLACE)))
    book.does_not(ShowPoint)
    book.on(PointCame(Point(named("m", "other"), CHAIR, PLACE)))
    book.does_not(ShowPoint)
    book.on(LockAsked(5)).on(PointCame(Point(MEETING, CHAIR, PLACE)))
    book.does_not(ShowPoint)


def test_W124_what_the_presenter_sees_goes_the_pointers_way_there_and_back(book: Playbook) -> None:
    book.on(PointsAt(PART))
    assert book.does(SendPoint) == SendPoint(MEETING, LAN, PART)
    book.on(PointCame(View(MEETING, CHAIR, PART)))
    assert book.does(ShowPoint).point == View(MEETING, CHAIR, PART)
    book.on(LinkDown()).on(PointsAt(PART))
    book.does_not(SendPoint)


def test_W124_who_presents_at_a_console_too_is_shown_at_the_seat_what_they_see_there(book: Playbook) -> None:
    book.on(PointCame(View(MEETING, LAN, PART)))
    assert book.does(ShowPoint).point == View(MEETING, LAN, PART)


def test_W110_W90_who_had_to_leave_the_item_is_not_shown_where_the_presenter_points() -> None:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    log.add("member_recused", {"item": named("i", "one"), "person": LAN, "reason": "Lý do (demo)"})
    log.add("page_presented", SHOWN)
    book = TokenPlay(Playbook().enrolled().welcomed(log)).plug("lan").signed_in("lan").book
    book.on(PointCame(Point(MEETING, CHAIR, PLACE)))
    book.does_not(ShowPoint)


def test_W110_another_paper_than_the_one_presented_is_not_pointed_at(book: Playbook) -> None:
    other = PaperVersion(PaperId(named("p", "other")), 1)
    book.on(PointCame(Point(MEETING, CHAIR, Place(other, 3, 1, 1))))
    book.does_not(ShowPoint)


def test_W110_pages_that_listen_hear_the_newest_and_who_comes_later_hears_none() -> None:
    board = Board()
    stream = board.stream()
    next(stream)
    for x in (1, 2):
        board.point("point", Point(MEETING, CHAIR, Place(PLACE.paper, 3, x, 1)).to_value())
    event = next(stream)
    assert event.startswith("event: point\ndata: ")
    assert json.loads(event.removeprefix("event: point\ndata: "))["x"] == 2
    later = board.stream()
    next(later)
    board.stop()
    assert [each for each in later if "point" in each] == []


def test_W124_a_page_hears_the_newest_view_beside_the_newest_place() -> None:
    board = Board()
    stream = board.stream()
    next(stream)
    board.point("point", Point(MEETING, CHAIR, PLACE).to_value())
    for x in (1, 2):
        board.point("view", {**View(MEETING, CHAIR, PART).to_value(), "x": x})
    heard = [next(stream).split("\ndata: ") for _ in range(2)]
    assert [name for name, _ in heard] == ["event: point", "event: view"]
    assert json.loads(heard[1][1])["x"] == 2
    board.point("point", Point(MEETING, CHAIR, PLACE).to_value())
    assert next(stream).startswith("event: point\n")
