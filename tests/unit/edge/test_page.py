"""The page's HTTP side: who is let in, what is shown to whom, what is kept in memory and for how long."""

from __future__ import annotations

import datetime as dt
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.events import (
    ActAsked,
    FollowsPresenter,
    LockAsked,
    PageSeen,
    ReadyAsked,
    SignInAsked,
    SignOutAsked,
    StatementAsked,
    StatementConfirmed,
    StatementLeft,
    Touched,
    UnlockAsked,
)
from edge.page.app import create_page
from edge.page.board import Board, patch_between
from edge.page.desk import Desk
from edge.page.pictures import Pictures
from edge.page.server import PageServer
from pages.errors import NoSuchPage, PaperIncomplete, RenderFailed
from tests.support.meeting_log import named
from tests.support.poll import until
from tests.support.seat_page import (
    COMING,
    DOCUMENT,
    HOME,
    LAN,
    NOW,
    PAPER,
    TOKEN,
    Browser,
    Drawing,
    SeatStub,
    client_of,
    code,
    kiosk_secret,
    page_of,
    screen,
)
from wire.readiness import Opening
from wire.topics import PaperVersion
from wire.votes import VoteKind


@pytest.fixture
def board() -> Board:
    board = Board()
    board.show(screen())
    return board


@pytest.fixture
def drawing() -> Drawing:
    return Drawing()


@pytest.fixture
def damaged() -> list[PaperVersion]:
    return []


@pytest.fixture
def pictures(drawing: Drawing, damaged: list[PaperVersion]) -> Iterator[Pictures]:
    pictures = Pictures(drawing, max_bytes=1 << 20, damaged=damaged.append)
    pictures.start()
    yield pictures
    pictures.stop()


@pytest.fixture
def seat() -> SeatStub:
    return SeatStub()


@pytest.fixture
def browser(board: Board, seat: SeatStub, pictures: Pictures, tmp_path: Path) -> Browser:
    (tmp_path / "assets").mkdir()
    (tmp_path / "seat.html").write_text("<!doctype html>chỗ ngồi")
    (tmp_path / "assets" / "seat.js").write_text("1")
    (tmp_path / "console.html").write_text("not for a seat")
    seat.desk = Desk(seat.put)
    return Browser(client_of(page_of(board, seat.desk, pictures), tmp_path))


# ------------------------------------------------------------ who is let in


@pytest.mark.parametrize("host", ["evil.example:8790", "localhost:80", "localhost", "127.0.0.1", "[::1]:8790"])
def test_a_request_to_another_name_is_refused(browser: Browser, host: str) -> None:
    assert code(browser.get("/api/seat", Host=host)) == (403, "seat-wrong-host")


@pytest.mark.parametrize("host", ["localhost:8790", "127.0.0.1:8790"])
def test_the_two_names_of_this_host_are_let_in(browser: Browser, host: str) -> None:
    assert browser.get("/api/seat", Host=host).status_code == 200


def test_another_origin_is_refused_even_with_the_token(browser: Browser) -> None:
    assert code(browser.post("/api/lock", Origin="http://evil.example")) == (403, "seat-wrong-host")
    assert browser.post("/api/lock", Origin="http://localhost:8790").status_code == 200


@pytest.mark.parametrize("path", ["sign-in", "unlock", "lock", "sign-out", "act", "touched", "following", "painted"])
def test_every_change_needs_the_token_of_this_start(browser: Browser, seat: SeatStub, path: str) -> None:
    for token in ("", "another", "không"):
        refused = browser.post(f"/api/{path}", **{"X-Seat-Token": token.encode().decode("latin-1")})
        assert code(refused) == (403, "seat-wrong-token")
    assert seat.events == []


def test_every_answer_forbids_what_is_foreign(browser: Browser) -> None:
    for path in ("/", "/api/seat", "/nothing", "/assets/seat.js"):
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_the_page_and_its_parts_are_served_and_nothing_else(browser: Browser) -> None:
    assert "chỗ ngồi" in browser.get("/").text
    assert browser.get("/assets/seat.js").headers["Cache-Control"].endswith("immutable")
    for path in ("/console.html", "/assets/../seat.html", "/assets/none.js", "/api/none", "/static/x"):
        assert browser.get(path).status_code == 404


def test_without_a_built_page_it_says_so(board: Board, seat: SeatStub, pictures: Pictures, tmp_path: Path) -> None:
    client = client_of(page_of(board, Desk(seat.put), pictures), tmp_path / "none")
    assert "make web" in Browser(client).get("/").text


# ------------------------------------------------------------ the screen


def test_everything_is_told_at_once(browser: Browser) -> None:
    told = browser.get("/api/seat").get_json()
    assert (told["token"], told["seq"], told["now"]) == (TOKEN, 9, "2026-11-21T03:14:00.000Z")
    assert told["seat"] == {"state": "signed_in", "label": "A1"}


def test_before_the_first_screen_the_seat_is_starting(seat: SeatStub, pictures: Pictures, tmp_path: Path) -> None:
    browser = Browser(client_of(page_of(Board(), Desk(seat.put), pictures), tmp_path))
    assert code(browser.get("/healthz")) == (503, "seat-stopping")
    assert code(browser.get("/api/seat")) == (503, "seat-stopping")


def events(stream: Iterator[str]) -> Iterator[dict[str, Any]]:
    for event in stream:
        if event.startswith("event: patch\ndata: "):
            yield json.loads(event.removeprefix("event: patch\ndata: "))


def test_W44_a_stream_sends_what_changed_since_it_sent_last(board: Board) -> None:
    stream = events(board.stream())
    board.show(screen(seq=10, acts=[1]))
    board.show(screen(seq=11, acts=[1, 2]))
    assert next(stream) == {"base": 9, "seq": 11, "sections": {"acts": [1, 2]}}
    board.show(screen(seq=11, acts=[1, 2], link="offline"))
    assert next(stream) == {"base": 11, "seq": 11, "sections": {"link": "offline"}}


def test_W44_another_meeting_makes_the_page_ask_for_everything() -> None:
    before = screen(seq=40, meeting="m")
    assert patch_between(before, screen(seq=3, meeting="n")) == {"base": -1, "seq": 40, "sections": {}}
    assert patch_between(before, screen(seq=50, meeting="n")) == {"base": -1, "seq": 50, "sections": {}}
    assert patch_between(before, before) is None


def test_a_slow_page_skips_what_is_past(board: Board) -> None:
    stream = events(board.stream())
    for seq in range(10, 500):
        board.show(screen(seq=seq))
    assert next(stream)["seq"] == 499


def test_more_streams_than_screens_are_refused(browser: Browser, board: Board) -> None:
    streams = [board.stream() for _ in range(6)]
    for stream in streams:
        assert next(iter(stream)).startswith(":")
    assert code(browser.get("/api/live")) == (429, "seat-too-many-screens")
    for stream in streams:
        stream.close()  # type: ignore[attr-defined]  # a generator
    assert browser.get("/api/live").mimetype == "text/event-stream"


def test_stopping_ends_the_streams(board: Board) -> None:
    stream = board.stream()
    next(stream)
    board.stop()
    assert list(stream) in ([], [": ping\n\n"])


# ------------------------------------------------------------ the person


def test_a_sign_in_goes_to_the_agent_with_its_password(browser: Browser, seat: SeatStub) -> None:
    key = named("a", "key")
    answer = browser.post("/api/sign-in", {"person": LAN, "password": "mật khẩu"}, **{"Idempotency-Key": key})
    assert answer.status_code == 200
    (asked,) = seat.asked(SignInAsked)
    assert (asked.person, asked.act) == (LAN, key)
    assert seat.seen == ["mật khẩu".encode()]
    assert "mật" not in repr(seat.events)


def test_I4_a_code_goes_with_the_password_and_is_wiped_with_it(browser: Browser, seat: SeatStub) -> None:
    body = {"person": LAN, "password": "mật khẩu", "code": "287 082"}
    assert browser.post("/api/sign-in", body).status_code == 200
    assert browser.post("/api/unlock", {"password": "x", "code": "1"}).status_code == 200
    assert seat.codes == [b"287 082", b"1"]
    assert len(seat.held) == 4
    assert not any(any(each) for each in seat.held), "overwritten"
    assert "287" not in repr(seat.events)
    for bad in ("", "1" * 65, 5):
        assert browser.post("/api/sign-in", body | {"code": bad}).status_code == 400


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        ("bad-credentials", 401),
        ("second-factor-needed", 401),
        ("second-factor-missing", 403),
        ("not-a-member", 403),
        ("offline", 503),
        ("too-many-tries", 429),
        ("card-pin-malformed", 400),
        ("card-pin-wrong", 409),
        ("card-absent", 409),
        ("card-service-absent", 503),
        ("card-module-hung", 503),
        ("session-locked", 423),
        ("seat-disk-full", 507),
        ("meeting-not-live", 409),
    ],
)
def test_a_refusal_has_its_status_and_both_languages(
    browser: Browser, seat: SeatStub, refusal: str, status: int
) -> None:
    seat.code = refusal
    assert code(browser.post("/api/sign-in", {"person": LAN, "password": "x"})) == (status, refusal)


def test_lock_unlock_sign_out_and_touch(browser: Browser, seat: SeatStub) -> None:
    for path, body in (("lock", {}), ("unlock", {"password": "x"}), ("sign-out", {}), ("touched", {})):
        assert browser.post(f"/api/{path}", body).status_code in {200, 204}
    for kind in (LockAsked, UnlockAsked, SignOutAsked, Touched):
        assert len(seat.asked(kind)) == 1


def test_an_act_is_taken_once_it_is_kept(browser: Browser, seat: SeatStub) -> None:
    act = {"act": named("a", "1"), "kind": "display", "data": {"mode": "message", "text": "Nghỉ giải lao"}}
    answer = browser.post("/api/act", act)
    assert (answer.status_code, answer.get_json()) == (202, {"act": act["act"]})
    assert seat.asked(ActAsked)[0].data == act["data"]


def test_W126_who_is_ready_is_asked_of_the_seat_and_its_refusal_told(browser: Browser, seat: SeatStub) -> None:
    assert browser.post("/api/ready", {"kind": "named", "item": named("i", "one")}).status_code == 200
    assert seat.asked(ReadyAsked)[0].opening == Opening(None, VoteKind.NAMED, named("i", "one"))
    assert browser.post("/api/ready", {"vote": named("v", "1")}).status_code == 200
    assert browser.post("/api/ready", {"vote": named("v", "1"), "kind": "open"}).status_code == 400
    seat.code = "not-allowed"
    assert code(browser.post("/api/ready", {"vote": named("v", "1")}))[1] == "not-allowed"


def test_texts_are_brought_into_the_normal_form(browser: Browser, seat: SeatStub) -> None:
    decomposed = "Nghi\u0309"
    browser.post("/api/act", {"act": named("a", "1"), "kind": "display", "data": {"text": decomposed}})
    assert seat.asked(ActAsked)[0].data == {"text": "Ngh\u1ec9"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("sign-in", b"not json"),
        ("sign-in", b"\xff"),
        ("sign-in", [1]),
        ("sign-in", {"person": LAN}),
        ("sign-in", {"person": "Lan", "password": "x"}),
        ("sign-in", {"person": LAN, "password": ""}),
        ("sign-in", {"person": LAN, "password": "x" * 600}),
        ("sign-in", {"person": LAN, "password": 5}),
        ("unlock", {}),
        ("act", {}),
        ("act", {"act": "x", "kind": "present", "data": {}}),
        ("act", {"act": named("a", "1"), "kind": "present", "data": 5}),
        ("act", {"act": named("a", "1"), "kind": 5, "data": {}}),
        ("act", {"act": named("a", "1"), "kind": "present", "data": {"page": 1.5}}),
        ("act", b'{"a":1,"a":2}'),
    ],
)
def test_what_cannot_be_read_is_a_400_and_reaches_nobody(
    browser: Browser, seat: SeatStub, path: str, body: object
) -> None:
    assert code(browser.post(f"/api/{path}", body)) == (400, "seat-bad-request")
    assert seat.events == []


def test_a_body_without_end_is_refused(browser: Browser) -> None:
    assert browser.post("/api/act", b"x" * 100_000).status_code == 413


# ------------------------------------------------------------ papers


def test_P6_a_page_carries_name_seat_and_time(browser: Browser, drawing: Drawing) -> None:
    answer = browser.get(f"{HOME}/pages/2?width=900")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/webp", b"page 2")
    assert answer.headers["Cache-Control"] == "no-store"
    assert drawing.asked[0] == (2, 960, "Đồng chí Lan (demo) · A1 · 21/11/2026 10:10")


def test_text_search_and_outline(browser: Browser) -> None:
    text = {"width": 595.0, "height": 842.0, "words": [[1.0, 2.0, 3.0, 4.0, "từ"]]}
    assert browser.get(f"{HOME}/text/1").get_json() == text
    hits = {"hits": [{"page": 3, "count": 2, "excerpt": "… báo cáo …"}]}
    assert browser.get(f"{HOME}/search?q=báo cáo").get_json() == hits
    assert browser.get(f"{HOME}/outline").get_json() == {"sizes": [[595.0, 842.0]], "outline": []}


def test_pages_that_are_fetched_are_no_sign_of_life(browser: Browser, seat: SeatStub) -> None:
    for what in ("pages/1", "text/1", "search?q=a", "outline"):
        assert browser.get(f"{HOME}/{what}").status_code == 200
    # Only what lies in front is told, and the machine takes that for no touch.
    assert not [each for each in seat.events if not isinstance(each, PageSeen)]


def test_W128_the_page_whose_words_are_asked_for_lies_in_front_and_no_other(browser: Browser, seat: SeatStub) -> None:
    assert browser.get(f"{HOME}/pages/2").status_code == 200
    assert browser.get(f"{HOME}/text/2").status_code == 200
    reader = screen().reader
    assert reader is not None
    assert seat.events == [PageSeen(reader, PAPER, 2)]


def test_the_page_says_that_it_goes_with_the_presenter(browser: Browser, seat: SeatStub) -> None:
    assert browser.post("/api/following").status_code == 204
    assert seat.events == [FollowsPresenter()]


@pytest.mark.parametrize(("state", "expected"), [("locked", "session-locked"), ("welcome", "seat-sign-in-first")])
@pytest.mark.parametrize("what", ["pages/1", "text/1", "search?q=a", "outline"])
def test_P5_nothing_is_read_by_nobody(browser: Browser, board: Board, state: str, expected: str, what: str) -> None:
    board.show(screen(state))
    assert code(browser.get(f"{HOME}/{what}")) == (423, expected)


@pytest.mark.parametrize("where", [f"{named('p', 'other')}/1", f"{PAPER.paper}/2", f"{PAPER.paper}/0", "x/1"])
def test_a_paper_that_is_not_here_is_a_404(browser: Browser, where: str) -> None:
    assert code(browser.get(f"/api/papers/{where}/pages/1")) == (404, "paper-not-here")


def test_a_paper_on_its_way_says_how_far_it_is(browser: Browser) -> None:
    answer = browser.get(f"/api/papers/{COMING.paper}/1/pages/1")
    assert code(answer) == (409, "paper-not-ready")
    assert answer.get_json()["error"]["data"] == {"have": 3, "chunks": 9}
    assert "3/9" in answer.get_json()["error"]["vi"]


@pytest.mark.parametrize("width", ["x", "-5", "1e3", ""])
def test_a_width_that_is_no_number_is_refused(browser: Browser, width: str) -> None:
    assert code(browser.get(f"{HOME}/pages/1?width={width}")) == (400, "seat-bad-request")


def test_widths_stay_within_reason(browser: Browser, drawing: Drawing) -> None:
    browser.get(f"{HOME}/pages/1?width=999999999999")
    browser.get(f"{HOME}/pages/1?width=1")
    assert {drawing.asked[0][1], 80} <= {width for _, width, _ in drawing.asked}
    assert drawing.asked[0][1] == 2400


@pytest.mark.parametrize(
    ("error", "expected"),
    [(NoSuchPage(), (404, "no-such-page")), (RenderFailed("x"), (503, "render-failed"))],
)
def test_a_page_that_cannot_be_drawn_is_told(
    browser: Browser, drawing: Drawing, error: Exception, expected: tuple[int, str]
) -> None:
    drawing.error = error
    assert code(browser.get(f"{HOME}/pages/1")) == expected


def test_a_damaged_paper_is_reported_to_the_agent(
    browser: Browser, drawing: Drawing, damaged: list[PaperVersion]
) -> None:
    drawing.error = PaperIncomplete("record 3")
    assert code(browser.get(f"{HOME}/pages/1"))[1] == "paper-incomplete"
    assert damaged == [PAPER]


def test_a_fault_of_ours_tells_nothing_of_itself(browser: Browser, drawing: Drawing) -> None:
    drawing.error = ValueError("secret detail")
    answer = browser.get(f"{HOME}/pages/1")
    assert code(answer) == (500, "page-not-drawn")
    assert "secret" not in answer.text


def test_a_page_asked_for_ahead_is_drawn_for_nobody_and_then_there(browser: Browser, drawing: Drawing) -> None:
    answer = browser.get(f"{HOME}/pages/1?width=800&ahead=1")
    assert (answer.status_code, answer.data) == (204, b"")
    until(lambda: [asked[:2] for asked in drawing.asked] == [(1, 800)], what="the page, and no neighbours")
    browser.get(f"{HOME}/pages/1?width=800&ahead=1")
    assert browser.get(f"{HOME}/pages/1?width=800").data == b"page 1"
    assert [asked[:2] for asked in drawing.asked].count((1, 800)) == 1


def test_P5_nothing_is_drawn_ahead_for_a_locked_seat(browser: Browser, board: Board, drawing: Drawing) -> None:
    board.show(screen("locked"))
    assert code(browser.get(f"{HOME}/pages/1?ahead=1")) == (423, "session-locked")
    assert drawing.asked == []


# ------------------------------------------------------------ pictures in memory


def draw(pictures: Pictures, page: int, *, mark: str = "x") -> bytes:
    return pictures.page(DOCUMENT, page, width=1200, mark=mark, pages=9)


def test_pages_around_are_drawn_ahead_and_then_their_small_pictures(pictures: Pictures, drawing: Drawing) -> None:
    draw(pictures, 5)
    until(lambda: pictures.kept == 9, what="four neighbours and their small pictures")
    assert [(page, width) for page, width, _ in drawing.asked] == [
        (5, 1200), (6, 1200), (4, 1200), (7, 1200), (3, 1200), (6, 160), (4, 160), (7, 160), (3, 160),
    ]  # fmt: skip
    draw(pictures, 6)
    assert [asked for asked in drawing.asked if asked[0] == 6 and asked[1] == 1200] == [(6, 1200, "x")]


def test_there_is_no_page_before_the_first_or_after_the_last(pictures: Pictures, drawing: Drawing) -> None:
    draw(pictures, 9)
    until(lambda: pictures.kept == 5, what="the pages before the last")
    assert max(page for page, _, _ in drawing.asked) == 9


def test_another_reader_gets_pages_of_their_own(pictures: Pictures, drawing: Drawing) -> None:
    draw(pictures, 1, mark="Lan")
    draw(pictures, 1, mark="Hà")
    assert {"Lan", "Hà"} <= {mark for page, _, mark in drawing.asked if page == 1}


def test_memory_has_a_limit(drawing: Drawing) -> None:
    pictures = Pictures(drawing, max_bytes=20, damaged=lambda _: None)
    for page in range(1, 9):
        draw(pictures, page)
    assert pictures.kept == 3


def test_P7_hiding_empties_everything_and_ends_the_renderer(pictures: Pictures, drawing: Drawing) -> None:
    draw(pictures, 1)
    until(lambda: pictures.kept == 5, what="two neighbours")
    pictures.hide()
    assert pictures.kept == 0
    assert drawing.forgotten == 1


def test_P7_what_was_being_drawn_while_the_seat_was_locked_is_shown_to_nobody(
    browser: Browser, pictures: Pictures, drawing: Drawing
) -> None:
    drawing.gate.clear()
    answers: list[tuple[int, str]] = []
    thread = threading.Thread(target=lambda: answers.append(code(browser.get(f"{HOME}/pages/1"))))
    thread.start()
    until(lambda: drawing.asked, what="the renderer is asked")
    pictures.hide()
    drawing.gate.set()
    thread.join(10)
    assert answers == [(404, "paper-not-here")]
    assert pictures.kept == 0


# ------------------------------------------------------------ the server


def test_the_page_is_served_on_the_loopback(browser: Browser, board: Board, pictures: Pictures, seat: SeatStub) -> None:
    server = PageServer(0)
    page = page_of(board, Desk(seat.put), pictures)
    server.start(create_page(page, port=lambda: server.port, dist=Path("/nowhere")))
    kiosk = {"Cookie": f"{page.kiosk.cookie_name}={page.kiosk.admit(kiosk_secret())}"}

    def ask(path: str) -> Any:
        return urllib.request.urlopen(
            urllib.request.Request(f"http://localhost:{server.port}{path}", headers=kiosk), timeout=5
        )

    try:
        with ask("/api/seat") as answer:
            assert json.load(answer)["seq"] == 9
        stream = ask("/api/live")
        assert stream.readline() == b": here\n"
        board.show(screen(seq=10))
        assert _next_patch(stream.readline) == {"base": 9, "seq": 10, "sections": {}}
    finally:
        board.stop()
        server.stop()


def _next_patch(readline: Callable[[], bytes]) -> dict[str, Any]:
    line = readline()
    while not line.startswith(b"data: "):
        line = readline()
    found: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
    return found


# ------------------------------------------------------------ statements


def test_G38_a_statement_is_asked_for_then_signed_with_a_pin(browser: Browser, seat: SeatStub) -> None:
    act = named("a", "one")
    assert (
        browser.post("/api/statements", {"act": act, "kind": "attend", "data": {"presence": "present"}}).status_code
        == 200
    )
    (asked,) = seat.asked(StatementAsked)
    assert (asked.act, asked.kind, asked.data, asked.made_at) == (
        act,
        "attend",
        {"presence": "present"},
        NOW + dt.timedelta(hours=1),
    ), "by the server's clock"
    signed = browser.post(f"/api/statements/{act}/sign", {"pin": "12ab56", "last_try_ok": True})
    assert (signed.status_code, signed.json) == (202, {"act": act})
    (confirmed,) = seat.asked(StatementConfirmed)
    assert (confirmed.act, confirmed.last_try_ok) == (act, True)
    assert seat.seen == [b"12ab56"]
    assert "12ab56" not in repr(seat.events)
    assert browser.post(f"/api/statements/{act}/leave").status_code == 200
    assert [each.act for each in seat.asked(StatementLeft)] == [act]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("statements", {"act": "a-1", "kind": "attend", "data": {}}),
        ("statements", {"act": named("a", "one"), "kind": "attend", "data": []}),
        ("statements", {"act": named("a", "one"), "kind": "attend", "data": {}, "more": 1}),
        (f"statements/{named('a', 'one')}/sign", {"pin": ""}),
        (f"statements/{named('a', 'one')}/sign", {"pin": "1" * 65}),
        (f"statements/{named('a', 'one')}/sign", {"pin": "123456", "more": 1}),
        ("statements/one/sign", {"pin": "123456"}),
        ("statements/one/leave", {}),
    ],
)
def test_a_statement_with_other_fields_is_not_taken(
    browser: Browser, seat: SeatStub, path: str, body: dict[str, Any]
) -> None:
    assert code(browser.post(f"/api/{path}", body)) == (400, "seat-bad-request")
    assert seat.events == []
