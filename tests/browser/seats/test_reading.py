"""What a person reads at a seat, in a real browser against a twin of the agent."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import seat_sections as having
from tests.browser.seat_opened import REPORT, SUBMISSION, seat
from tests.browser.seat_twin import SeatTwin
from tests.support.poll import until


def test_a_paper_on_its_way_shows_how_far_and_opens_by_itself(browser: Browser) -> None:
    shown = having.presenting(paper="p-cccccccccccccccc", page=1)
    with seat(browser, presenting=shown) as (twin, person):
        person.sees("Đang nhận tài liệu")
        twin.change(holding=having.holding(parts=12))
        bar = person.page.get_by_role("progressbar", name="Đang nhận tài liệu")
        expect(bar).to_have_attribute("aria-valuenow", "12")
        assert not [path for path in twin.fetched if "p-cccccccccccccccc" in path]
        twin.change(holding=having.holding(parts=16))
        person.reads_page(1)


def test_P3_a_new_version_takes_the_place_of_the_old_at_the_same_page(browser: Browser) -> None:
    with seat(browser) as (twin, person):
        person.opens_paper(SUBMISSION)
        person.turns_to_next_page()
        person.reads_page(2)
        newer = [{**one, "version": 2, "published_version": 2} for one in having.papers()]
        twin.change(by=1, papers=newer)
        person.reads_page(2)
        twin.change(holding={**having.holding(), "p-bbbbbbbbbbbbbbbb.2": {"have": 16, "chunks": 16, "ready": True}})
        until(lambda: any("/p-bbbbbbbbbbbbbbbb/2/pages/2" in path for path in twin.fetched))
        person.reads_page(2)


def test_a_page_that_cannot_be_drawn_says_why_and_can_be_tried_again(browser: Browser) -> None:
    with seat(browser) as (twin, person):
        twin.failing = {"pages/2"}
        person.opens_paper(SUBMISSION)
        person.reads_page(1)
        person.turns_to_next_page()
        person.sees("Trang này chưa dựng được")
        twin.failing = set()
        person.taps("Thử lại")
        person.reads_page(2)


def test_P7_after_the_recall_papers_and_pages_are_counted_and_the_receipt_is_named(browser: Browser) -> None:
    recalled = {"meeting_title": having.meeting()["title"], "papers": 4, "pages": 326, "confirmed": False}
    with seat(browser, "recalled", recalled=recalled) as (twin, person):
        person.sees("326")
        person.sees("Biên nhận sẽ được gửi khi có kết nối")
        twin.change(recalled={**recalled, "confirmed": True})
        person.sees("Máy chủ đã nhận biên nhận")


def test_the_text_of_a_paper_is_searched_without_accents_and_marked(browser: Browser) -> None:
    with seat(browser) as (_, person):
        person.opens_paper(REPORT)
        person.taps("Tìm")
        person.types_on_screen("nghi")
        person.taps("Dấu cách")
        person.types_on_screen("quyet")
        person.taps("Tìm")
        person.sees("Thấy")
        person.page.locator("ol").get_by_role("button", name="Trang 3").tap()
        person.reads_page(3)
        mark = person.page.locator(".hit").first
        expect(mark).to_be_visible()
        person.taps("Kết quả sau")
        person.reads_page(4)
        person.taps("Thôi tìm")
        expect(mark).to_have_count(0)


def test_everything_in_the_reader_goes_by_keyboard(browser: Browser) -> None:
    with seat(browser) as (_, person):
        person.opens_paper(SUBMISSION)
        person.reads_page(1)
        person.presses("PageDown", "ArrowRight")
        person.reads_page(3)
        person.presses("End")
        person.reads_page(300)
        person.presses("Home", "g")
        person.page.keyboard.type("142")
        person.presses("Enter")
        person.reads_page(142)
        before = person.page.locator("canvas").bounding_box()
        person.presses("+", "+", "+")
        until(lambda: _wider(person.page, before))
        person.presses("0", "/")
        person.page.keyboard.type("nghi quyet")
        person.presses("Enter")
        person.sees("Thấy")
        person.presses("Escape")
        person.reads_page(142)


def _wider(page: Page, before: Any) -> bool:
    now = page.locator("canvas").bounding_box()
    return now is not None and now["width"] > before["width"]


def test_the_overview_of_a_long_paper_draws_only_what_is_seen(browser: Browser) -> None:
    with seat(browser) as (twin, person):
        person.opens_paper(SUBMISSION)
        person.taps("Các trang")
        expect(person.button("Trang 3")).to_be_visible()
        assert person.page.locator("[data-page]").count() < 30
        person.button("Trang 3").focus()
        person.presses("ArrowDown", "Enter")
        person.reads_page(7)
        small = {path for path in twin.fetched if path.endswith("width=160")}
        assert len(small) < 30


def test_the_page_a_paper_will_open_at_is_made_while_the_list_is_read(browser: Browser) -> None:
    asked: list[str] = []
    with seat(browser) as (twin, person):
        person.page.on("request", lambda sent: asked.append(sent.url) if sent.url.endswith("&ahead=1") else None)
        person.page.reload()
        person.sees("Đã nhận 3 trên 4 tài liệu")
        until(lambda: len(set(_ahead(twin))) == 3, what="those that are here, and no other")
        assert "/api/papers/p-bbbbbbbbbbbbbbbb/1/pages/1?" in asked[0], "of the item at hand first"
        prepared = {path.removesuffix("&ahead=1") for path in _ahead(twin)}
        person.opens_paper(SUBMISSION)
        person.reads_page(1)
        assert "/api/papers/p-bbbbbbbbbbbbbbbb/1/pages/1?width=800" in prepared & set(twin.fetched)


def _ahead(twin: SeatTwin) -> list[str]:
    return [path for path in twin.fetched if path.endswith("&ahead=1")]


@pytest.mark.parametrize("size", [(1280, 800), (1366, 768)])
def test_a_long_title_stays_one_line_and_is_shown_whole_by_a_tap(browser: Browser, size: tuple[int, int]) -> None:
    title = f"{REPORT}, nhiệm vụ trọng tâm quý IV và giải pháp khắc phục những việc còn chậm của toàn đơn vị"
    papers = having.papers()
    papers[0]["title"] = title
    with seat(browser, papers=papers, presenting=having.presenting()) as (_, person):
        person.page.set_viewport_size({"width": size[0], "height": size[1]})
        person.taps("Tài liệu")
        person.opens_paper(title)
        person.sees("Đang xem riêng")
        heading = person.page.get_by_role("heading", name=title, exact=True)
        short = heading.bounding_box()
        assert short is not None
        assert short["height"] < 62
        assert heading.locator("span").evaluate("(words) => words.getClientRects().length") == 1
        assert heading.locator("span").evaluate("(words) => words.scrollWidth > words.clientWidth")
        expect(heading.get_by_role("button")).to_have_attribute("title", title)
        heading.get_by_role("button").tap()
        assert heading.locator("span").evaluate("(words) => words.scrollWidth <= words.clientWidth")
        heading.get_by_role("button").tap()
        again = heading.bounding_box()
        assert again == short


_COLUMNS = "Math.round(document.querySelector('.all').clientWidth / document.querySelector('.cell').clientWidth)"


_LEAF_AND_OPEN = """(keys) => {
  const press = (key) =>
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  for (const key of keys) press(key);
  const there = document.activeElement.dataset.page;
  document.activeElement.click(); // what Enter does to a button
  return Number(there);
}"""


def test_the_overview_opens_the_page_the_arrows_led_to_however_fast_they_are(browser: Browser) -> None:
    with seat(browser) as (_, person):
        person.opens_paper(SUBMISSION)
        at = 1
        # All keys come before the browser has drawn anything, further down than there are rows in view.
        for downs in (1, 2, 7, 1, 12, 3):
            person.reads_page(at)
            person.taps("Các trang")
            person.button(f"Trang {at}").focus()
            columns = person.page.evaluate(_COLUMNS)
            found = person.page.evaluate(_LEAF_AND_OPEN, ["ArrowDown"] * downs + ["ArrowRight"])
            at += downs * columns + 1
            assert found == at
        person.reads_page(at)


def test_P6_a_page_that_stays_open_is_drawn_again_when_its_mark_changes(browser: Browser) -> None:
    with seat(browser) as (twin, person):
        person.page.clock.install()
        person.page.reload()
        person.opens_paper(REPORT)
        person.reads_page(1)
        first = [path for path in twin.fetched if "/pages/1?" in path]
        person.page.clock.fast_forward("05:00")
        person.reads_page(1)
        assert [path for path in twin.fetched if "/pages/1?" in path] == first
        person.page.clock.fast_forward("04:00")
        until(lambda: len([path for path in twin.fetched if "/pages/1?" in path]) > len(first), what="page 1 once more")
