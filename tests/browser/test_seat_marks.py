"""P8 in a real browser, against a twin of the agent: marks are made, seen at any zoom, taken back, and private."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import web
from tests.browser import seat_sections as having
from tests.browser.chromium import chromium
from tests.browser.seat_person import Person
from tests.browser.seat_twin import SeatTwin
from tests.support.poll import until
from wire.marks_content import read_content

PAPER = "p-aaaaaaaaaaaaaaaa"
TITLE = having.PAPERS[PAPER].title


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@contextmanager
def reading(browser: Browser, **marks: dict[str, Any]) -> Iterator[tuple[SeatTwin, Person]]:
    """Page 1 of the report, with these marks on it."""
    with SeatTwin(web.dist(), having.sections("signed_in"), having.PAPERS) as twin:
        twin.marks = {f"n-{name * 16}": content for name, content in marks.items()}
        context = browser.new_context(viewport={"width": 1280, "height": 800}, has_touch=True)
        page = context.new_page()
        said: list[str] = []
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(twin.address)
        until(lambda: twin.streams)
        person = Person(page)
        person.opens_paper(TITLE)
        person.reads_page(1)
        yield twin, person
        context.close()
        assert said == []
        for content in twin.marks.values():
            read_content(content)


def marking(person: Person, tool: str = "") -> None:
    person.taps("Đánh dấu")
    if tool:
        person.page.get_by_role("toolbar", name="Công cụ đánh dấu").get_by_role("button", name=tool, exact=True).tap()
    expect(person.page.get_by_text("Lưu ở máy chủ")).to_be_visible()


def draw(page: Page, *places: tuple[float, float]) -> None:
    """With the mouse, through places as parts of the page's width and height."""
    box = page.locator(".stage .page").bounding_box()
    assert box is not None
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()


def only(twin: SeatTwin, kind: str) -> dict[str, Any]:
    """The one mark of this kind, once it is kept."""
    found: list[dict[str, Any]] = until(lambda: [each for each in twin.marks.values() if each["kind"] == kind])
    (one,) = found
    return one


def test_P8_a_pen_stroke_is_kept_taken_back_and_erased_and_drawn_by_nobody_who_only_reads(browser: Browser) -> None:
    with reading(browser) as (twin, person):
        draw(person.page, (0.2, 0.1), (0.6, 0.2))
        expect(person.page.locator(".marks path.ink")).to_have_count(0)
        marking(person, "Bút")
        draw(person.page, (0.2, 0.1), (0.5, 0.14), (0.4, 0.2))
        stroke = only(twin, "ink")
        xy = stroke["strokes"][0]["xy"]
        assert abs(xy[0] - 2000) < 30
        assert len(xy) < 40, "what a hand does not mean is left out"
        expect(person.page.locator(".marks path.ink")).to_have_count(1)
        person.taps("Hoàn tác")
        until(lambda: not twin.marks)
        draw(person.page, (0.2, 0.1), (0.5, 0.1))
        only(twin, "ink")
        person.page.get_by_role("button", name="Tẩy", exact=True).tap()
        draw(person.page, (0.35, 0.05), (0.35, 0.15))
        until(lambda: not twin.marks)
        expect(person.page.locator(".marks path.ink")).to_have_count(0)
        person.page.get_by_role("button", name="Bút", exact=True).tap()
        twin.marks_refused = "marks-full"
        draw(person.page, (0.2, 0.1), (0.5, 0.14))
        person.sees("Đồng chí đã có quá nhiều ghi chú")
        expect(person.page.locator(".marks path.ink")).to_have_count(0)


def test_P8_text_is_highlighted_word_by_word_and_knows_its_words(browser: Browser) -> None:
    with reading(browser) as (twin, person):
        marking(person, "Tô sáng")
        person.taps("Đỏ")
        (x0, y0, _, y1, _), (_, _, x1, _, _) = having.PAPERS[PAPER].words(1)[0], having.PAPERS[PAPER].words(1)[3]
        middle = (y0 + y1) / 2 / 842
        expect(person.page.get_by_label("Đang tải…")).to_have_count(0)
        until(lambda: any(path.endswith("/text/1") for path in twin.answered))
        # Answered is not yet read: a few frames later it is.
        person.page.evaluate(
            "async () => { for (let n = 0; n < 12; n += 1) await new Promise(requestAnimationFrame); }"
        )
        draw(person.page, ((x0 + 2) / 595, middle), ((x1 - 2) / 595, middle))
        mark = only(twin, "highlight")
        words = " ".join(word[4] for word in having.PAPERS[PAPER].words(1)[:4])
        assert mark["anchor"]["text"] == words
        assert mark["color"] == "red"
        assert len(mark["rects"]) == 1
        expect(person.page.locator(".marks rect")).to_have_count(1)


def test_P8_a_note_is_written_with_the_keys_on_the_screen_in_vietnamese(browser: Browser) -> None:
    with reading(browser) as (twin, person):
        person.taps("Ghi chú của tôi (0)")
        person.taps("Thêm ghi chú ở trang 1")
        for word in ("ddeef", "nghij"):
            person.types_on_screen(word)
            person.taps("Dấu cách")
        person.types_on_screen("xem")
        expect(person.page.get_by_label("Nội dung")).to_have_value("đề nghị xem")
        person.page.get_by_role("dialog").get_by_role("button", name="Lưu", exact=True).tap()
        assert only(twin, "note")["text"] == "đề nghị xem"
        pin = person.page.get_by_role("button", name="Ghi chú: đề nghị xem")
        box = pin.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 48
        pin.tap()
        person.taps("Xóa ghi chú")
        until(lambda: not twin.marks)


def test_P8_the_list_leads_to_the_page_and_says_what_came_from_an_older_version(
    browser: Browser,
) -> None:
    content = {"kind": "note", "paper": PAPER, "version": 1, "page": 12, "color": "blue", "at": [5000, 5000]}
    old = content | {"text": "Xem lại số liệu", "since": 1, "version": 1}
    with reading(browser, a=old) as (twin, person):
        person.taps("Ghi chú của tôi (1)")
        person.sees("từ bản 1")
        person.page.get_by_role("button", name=re.compile("Trang 12.*Xem lại số liệu")).tap()
        person.reads_page(12)
        expect(person.page.get_by_role("dialog", name="Ghi chú ở trang 12")).to_be_visible()
        person.presses("Escape")
        pin = person.page.get_by_role("button", name="Ghi chú: Xem lại số liệu")
        expect(pin).to_be_visible()
        # I2: when the seat locks nothing of the marks is left on the page.
        twin.change(**having.sections("locked"), marks=None, papers=None, agenda=None)
        expect(pin).to_have_count(0)
        html: Callable[[], str] = person.page.content
        assert "Xem lại số liệu" not in html()


def test_P8_marks_stay_where_they_are_at_any_zoom(browser: Browser) -> None:
    rect = {"kind": "highlight", "paper": PAPER, "version": 1, "page": 1, "color": "amber"}
    with reading(browser, a=rect | {"rects": [[2500, 1000, 5000, 1500]]}) as (_, person):
        drawn = person.page.locator(".marks rect").first

        def part() -> tuple[float, ...]:
            page, mark = person.page.locator(".stage .page").bounding_box(), drawn.bounding_box()
            assert page is not None and mark is not None  # noqa: PT018 - both are on the screen
            return tuple(
                round(value, 2)
                for value in (
                    (mark["x"] - page["x"]) / page["width"],
                    (mark["y"] - page["y"]) / page["height"],
                    mark["width"] / page["width"],
                )
            )

        # Two boxes are two questions: the page may be laid out anew between them.
        until(lambda: part() == (0.25, 0.1, 0.25))
        person.taps("Vừa cả trang")
        until(lambda: part() == (0.25, 0.1, 0.25))


def test_P8_where_it_is_kept_is_told_honestly_and_marks_of_another_seat_appear(browser: Browser) -> None:
    with reading(browser) as (twin, person):
        marking(person)
        twin.change(marks={"ready": True, "rev": 1, "unsent": 3, "code": ""})
        person.sees("Lưu ở chỗ ngồi")
        content = {"kind": "ink", "paper": PAPER, "version": 1, "page": 1, "color": "red", "width": 30}
        twin.marks["n-" + "b" * 16] = content | {"strokes": [{"xy": [1000, 1000, 2000, 2000]}]}
        twin.change(marks={"ready": True, "rev": 7, "unsent": 0, "code": ""})
        expect(person.page.locator(".marks path.ink")).to_have_count(1)
        person.sees("Lưu ở máy chủ")
        twin.change(marks={"ready": False, "rev": 7, "unsent": 0, "code": ""})
        person.sees("Đang chờ máy chủ mở ghi chú")
