"""P7 at the seat's page: once pages are hidden, neither an old screen nor a thread that was late brings one back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge.agent import Agent
from edge.errors import PaperNotHere
from edge.page.board import MAX_STREAMS, Board
from edge.page.desk import Desk
from edge.page.pictures import Pictures
from edge.screen import Screen
from edge.settings import Settings
from pages.errors import PagesError, PaperIncomplete, RenderFailed
from tests.support.poll import until
from tests.support.seat_page import (
    DOCUMENT,
    HOME,
    PAPER,
    Browser,
    Drawing,
    SeatStub,
    client_of,
    code,
    page_of,
    screen,
)
from tests.support.seats import SeatRoom


class LateBoard(Board):
    """Between a thread's look at the screen and its call of the renderer, the seat is locked."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], None] = lambda: None

    def now(self) -> Screen:
        found = super().now()
        self.meanwhile()
        return found


@pytest.fixture
def drawing() -> Drawing:
    return Drawing()


@pytest.fixture
def pictures(drawing: Drawing) -> Iterator[Pictures]:
    pictures = Pictures(drawing, max_bytes=1 << 20, damaged=lambda _: None)
    yield pictures
    pictures.stop()


def browser_of(board: Board, pictures: Pictures, dist: Path) -> Browser:
    seat = SeatStub()
    seat.desk = Desk(seat.put)
    return Browser(client_of(page_of(board, seat.desk, pictures), dist))


@pytest.mark.parametrize("what", ["pages/1", "text/1", "search?q=từ", "outline"])
def test_P7_a_thread_that_saw_the_screen_before_the_lock_draws_nothing_after_it(
    pictures: Pictures, drawing: Drawing, tmp_path: Path, what: str
) -> None:
    board = LateBoard()
    board.show(screen())
    board.meanwhile = pictures.hide
    assert code(browser_of(board, pictures, tmp_path).get(f"{HOME}/{what}")) == (404, "paper-not-here")
    assert drawing.asked == []
    assert pictures.kept == 0


def test_P7_from_the_moment_of_hiding_the_old_screen_gives_no_paper(tmp_path: Path) -> None:
    settings = Settings(
        server_url="https://room.example", ca_sha256="0" * 64, data_dir=tmp_path / "data", run_dir=tmp_path / "run"
    )
    agent = Agent(settings)
    agent.show(screen())
    agent.hide()
    assert agent._board.now().documents == {}  # noqa: SLF001 - what the page's threads would read
    assert agent._board.now().sections == screen().sections  # noqa: SLF001


def test_P7_a_key_that_reached_the_renderer_late_is_forgotten_again(pictures: Pictures, drawing: Drawing) -> None:
    drawing.gate.clear()

    def late() -> None:
        with pytest.raises(PaperNotHere):
            draw(pictures)

    thread = threading.Thread(target=late)
    thread.start()
    until(lambda: drawing.asked, what="the renderer is asked")
    pictures.hide()
    assert drawing.forgotten == 1
    drawing.gate.set()
    thread.join(10)
    assert drawing.forgotten == 2


@pytest.mark.parametrize("error", [RenderFailed("the process has ended"), PaperIncomplete("record 3")])
def test_P7_a_page_whose_renderer_was_ended_by_the_lock_is_not_there_rather_than_not_drawn(
    pictures: Pictures, drawing: Drawing, tmp_path: Path, error: PagesError
) -> None:
    board = Board()
    board.show(screen())
    drawing.gate.clear()
    drawing.error = error
    answers: list[tuple[int, str]] = []
    browser = browser_of(board, pictures, tmp_path)
    thread = threading.Thread(target=lambda: answers.append(code(browser.get(f"{HOME}/pages/1"))))
    thread.start()
    until(lambda: drawing.asked, what="the renderer is asked")
    pictures.hide()
    drawing.gate.set()
    thread.join(10)
    assert answers == [(404, "paper-not-here")]
    assert drawing.forgotten == 2


def test_P7_a_key_that_was_drawing_ahead_is_forgotten_again(pictures: Pictures, drawing: Drawing) -> None:
    draw(pictures)
    drawing.gate.clear()
    pictures.start()
    until(lambda: len(drawing.asked) == 2, what="a page is drawn ahead")
    pictures.hide()
    drawing.gate.set()
    until(lambda: drawing.forgotten == 2, what="the renderer is ended once more")
    assert pictures.kept == 0


def draw(pictures: Pictures) -> bytes:
    return pictures.page(DOCUMENT, 1, width=1200, mark="x", pages=9)


def test_P7_a_replaced_version_leaves_the_renderer_too(tmp_path: Path) -> None:
    room = SeatRoom(tmp_path)
    seat = room.seat()
    meeting = room.twin.prepare_meeting()
    room.run(2)
    paper = room.twin.publish(meeting, "report", b"%PDF first")
    room.run(5)
    seat.sign_in("lan")
    room.run(1)
    assert seat.complete(paper.manifest.key)
    hidden = seat.outside.hidden
    room.twin.publish(meeting, "report", b"%PDF second", version=2)
    room.run(5)
    assert not seat.complete(paper.manifest.key)
    assert seat.outside.hidden == hidden + 1
    assert seat.outside.screen is not None
    assert len(seat.outside.screen.documents) == 1


def test_what_is_hidden_without_a_change_of_the_screen_is_shown_again(tmp_path: Path) -> None:
    """Another meeting's keys go: the reader of this one goes on reading."""
    room = SeatRoom(tmp_path)
    seat = room.seat()
    meeting = room.twin.prepare_meeting()
    room.run(2)
    room.twin.add(meeting, "meeting_opened")
    room.twin.publish(meeting, "report", b"%PDF first")
    room.run(5)
    seat.sign_in("lan")
    room.run(1)
    other = room.twin.prepare_meeting("other")
    room.run(3)
    shown, hidden = len(seat.outside.screens), seat.outside.hidden
    room.twin.close(other, "meeting_cancelled")
    room.run(3)
    assert seat.outside.hidden > hidden
    assert len(seat.outside.screens) > shown
    assert seat.outside.screens[-1].documents


def test_a_stream_that_nobody_began_to_read_holds_no_place(tmp_path: Path, pictures: Pictures) -> None:
    board = Board()
    board.show(screen())
    browser = browser_of(board, pictures, tmp_path)
    for _ in range(MAX_STREAMS + 1):
        browser._client.head("/api/live", headers={"Host": "localhost:8790"}).close()  # noqa: SLF001
    assert browser.get("/api/live").status_code == 200


def test_concealing_waits_for_the_next_screen(tmp_path: Path) -> None:
    board = Board()
    board.conceal()
    board.show(screen())
    board.conceal()
    assert board.now() == replace(screen(), documents={}, is_concealed=True)
    board.show(screen())
    assert PAPER in board.now().documents


def test_P7_a_page_asked_for_between_two_screens_is_not_there_rather_than_not_yet(
    pictures: Pictures, tmp_path: Path
) -> None:
    board = Board()
    whole = screen()
    held = {str(PAPER): {"have": 12, "chunks": 12}}
    board.show(replace(whole, sections={**whole.sections, "holding": held}))
    board.conceal()
    answer = browser_of(board, pictures, tmp_path).get(f"{HOME}/pages/1")
    assert code(answer) == (404, "paper-not-here")
