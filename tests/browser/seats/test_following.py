"""Presenting and following at a seat, page, part and pointer, in a real browser against a twin of the agent."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser import seat_sections as having
from tests.browser.seat_opened import REPORT, seat
from tests.support.poll import until
from wire.fields import Fields
from wire.messages.viewing import Part

#: From now on ``dots`` has every place at which a pointer is shown.
_REMEMBER_DOTS = """() => {
  window.dots = [];
  const look = () => document.querySelectorAll("i[style*='left']").forEach((one) => dots.push(one.style.left));
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributeFilter: ['style'] });
}"""


def test_F1_a_seat_follows_leaves_returns_and_is_called_back(browser: Browser) -> None:
    with seat(browser, presenting=having.presenting(page=3)) as (twin, person):
        person.reads_page(3)
        twin.change(by=1, presenting=having.presenting(page=7))
        person.reads_page(7)
        person.turns_to_next_page()
        person.reads_page(8)
        person.sees("Đang xem riêng")
        twin.change(by=1, presenting=having.presenting(page=9))
        person.reads_page(8)
        person.taps("Theo chủ trì")
        person.reads_page(9)
        person.does_not_see("Đang xem riêng")
        person.turns_to_next_page()
        twin.change(by=1, presenting=having.presenting(page=9, call=1))
        person.reads_page(9)
        person.does_not_see("Đang xem riêng")


def test_F1_opening_another_paper_leaves_and_one_tap_returns(browser: Browser) -> None:
    with seat(browser, presenting=having.presenting(page=3)) as (_, person):
        person.reads_page(3)
        person.taps("Tài liệu")
        person.opens_paper(REPORT)
        person.sees("Đang xem riêng")
        person.taps("Theo chủ trì")
        person.reads_page(3)


def test_F1_who_presents_takes_everyone_along_by_turning_pages(browser: Browser) -> None:
    with seat(browser, role="chair") as (twin, person):
        person.opens_paper(REPORT)
        person.turns_to_next_page()
        assert twin.acts == []
        person.taps("Trình chiếu trang này")
        until(lambda: twin.acts)
        report = "p-aaaaaaaaaaaaaaaa"
        assert (twin.acts[0]["kind"], twin.acts[0]["data"]) == ("present", {"paper": report, "version": 2, "page": 2})
        twin.change(by=1, presenting=having.presenting(paper=report, version=2, page=2))
        person.sees("Đang trình chiếu")
        for _ in range(5):
            person.turns_to_next_page()
        until(lambda: twin.acts[-1]["data"].get("page") == 7)
        person.reads_page(7)
        # What is told of an earlier page, while the last one is still on its way, turns nothing back.
        on_its_way = {"act": twin.acts[-1]["act"], "kind": "present", "state": "sent"}
        twin.change(by=1, presenting=having.presenting(paper=report, version=2, page=3), acts=[on_its_way])
        person.reads_page(7)
        assert len({act["act"] for act in twin.acts}) == len(twin.acts)


def test_a_member_without_an_item_of_their_own_presents_nothing(browser: Browser) -> None:
    with seat(browser) as (_, person):
        person.opens_paper(REPORT)
        expect(person.button("Trình chiếu trang này")).to_have_count(0)
        expect(person.page.get_by_text("Điều hành")).to_have_count(0)


def test_F1_who_follows_is_told_to_the_agent_and_who_reads_alone_is_not(browser: Browser) -> None:
    with seat(browser, presenting=having.presenting(page=3)) as (twin, person):
        person.page.clock.install()
        person.page.reload()
        person.reads_page(3)
        until(lambda: "/api/following" in twin.posts)
        person.turns_to_next_page()
        person.sees("Đang xem riêng")
        told = twin.posts.count("/api/following")
        person.page.clock.run_for(12_000)
        # What the page had sent by then is there before what it sends now.
        person.page.evaluate("fetch('/api/seat').then((answer) => answer.text())")
        assert twin.posts.count("/api/following") == told
        person.taps("Theo chủ trì")
        until(lambda: twin.posts.count("/api/following") > told)
        told = twin.posts.count("/api/following")
        person.page.clock.run_for(12_000)
        until(lambda: twin.posts.count("/api/following") > told, what="it is told again and again")


def test_W110_the_presenters_pointer_is_on_the_page_of_who_follows_and_goes_by_itself(browser: Browser) -> None:
    with seat(browser, presenting=having.presenting(page=3)) as (twin, person):
        page = person.page.get_by_role("region", name="Trang 3")
        dot = page.locator("i[style*='left']")
        expect(page).to_be_visible()
        expect(page.locator("canvas")).to_be_visible()
        here = {"paper": "p-bbbbbbbbbbbbbbbb", "version": 1, "x": 5000, "y": 2000}

        def shown() -> bool:
            # A presenter who points says so again and again.
            twin.point(**here, page=3)
            return dot.count() == 1

        until(shown)
        expect(dot).to_have_count(0)
        # What comes of another page is heard before what comes of this one, and is shown nowhere.
        person.page.evaluate(_REMEMBER_DOTS)
        twin.point(**{**here, "x": 9000}, page=4)
        twin.point(**{**here, "x": 1000}, page=3)
        expect(dot).to_have_attribute("style", re.compile(r"left: *10%"))
        assert set(person.page.evaluate("window.dots")) == {"10%"}


def test_W110_who_presents_points_by_touch_and_nobody_else_can(browser: Browser) -> None:
    mine = having.presenting(page=3, person=having.people()[1]["id"])
    with seat(browser, presenting=mine) as (twin, person):
        person.page.get_by_role("button", name="Chỉ trên trang").tap()
        layer = person.page.get_by_role("application", name="Chỉ trên trang")
        layer.tap(position={"x": 40, "y": 60})
        until(lambda: any("x" in body for body in twin.bodies))
        place = next(body for body in twin.bodies if "x" in body)
        assert (place["paper"], place["page"]) == (mine["paper"], 3)
        assert 0 < place["x"] < 10_000
    with seat(browser, presenting=having.presenting(page=3)) as (_, person):
        expect(person.page.get_by_role("region", name="Trang 3")).to_be_visible()
        expect(person.page.get_by_role("button", name="Chỉ trên trang")).to_have_count(0)


def test_W125_who_follows_sees_the_presenters_part_of_the_page_and_zooming_leaves(browser: Browser) -> None:
    with seat(browser, presenting=having.presenting(page=3)) as (twin, person):
        page = person.page.get_by_role("region", name="Trang 3")
        expect(page.locator("canvas")).to_be_visible()
        part = {"paper": "p-bbbbbbbbbbbbbbbb", "version": 1, "page": 3, "x": 2500, "y": 6000, "w": 5000, "h": 2000}

        def seen() -> dict[str, float]:
            """The middle of what is in view, and its width, in shares of the page."""
            found: dict[str, float] = page.evaluate("""stage => {
                const page = stage.querySelector('.page');
                const share = (from, room, start, length) => (from + room / 2 - start) / length;
                return {
                    x: share(stage.scrollLeft, stage.clientWidth, page.offsetLeft, page.offsetWidth),
                    y: share(stage.scrollTop, stage.clientHeight, page.offsetTop, page.offsetHeight),
                    w: stage.clientWidth / page.offsetWidth,
                };
            }""")
            return found

        def follows() -> bool:
            # Who presents says it again and again.
            twin.view(**part)
            here = seen()
            return abs(here["x"] - 0.5) < 0.02 and abs(here["y"] - 0.7) < 0.02 and here["w"] < 0.65

        until(follows)
        page.evaluate("stage => stage.scrollTo(0, 0)")
        twin.view(**part)
        expect(person.page.get_by_role("button", name="Theo chủ trì", pressed=True)).to_be_visible()
        assert seen()["y"] < 0.5, "told again it moves nothing"
        person.page.get_by_role("button", name="Thu nhỏ").tap()
        back = person.page.get_by_role("button", name="Theo chủ trì", pressed=False)
        expect(back).to_be_visible()
        twin.view(**{**part, "y": 0})
        back.tap()
        until(lambda: seen()["y"] < 0.4 and seen()["w"] < 0.65)


def test_W124_who_presents_says_what_they_see_of_the_page(browser: Browser) -> None:
    mine = having.presenting(page=3, person=having.people()[1]["id"])
    with seat(browser, presenting=mine) as (twin, person):
        stage = person.page.get_by_role("region", name="Trang 3")
        expect(stage.locator("canvas")).to_be_visible()
        stage.evaluate("stage => stage.scrollTo(0, 40)")
        until(lambda: twin.views)
        first = twin.views[0]
        assert (first["paper"], first["version"], first["page"], first["x"]) == (mine["paper"], 1, 3, 0)
        assert first["w"] == 10_000
        assert first["y"] > 0
        for _ in range(3):
            person.page.get_by_role("button", name="Phóng to").tap()
        # What was seen last is said again a second later: nothing moves any more, and what comes next is new.
        until(lambda: twin.views[-1]["w"] < 9_000 and twin.views[-2] == twin.views[-1])
        zoomed = twin.views[-1]
        assert abs(zoomed["x"] + zoomed["w"] / 2 - 5_000) < 300
        stage.evaluate("stage => stage.scrollTo(0, 0)")
        until(lambda: twin.views[-1]["y"] == 0 and twin.views[-2] == twin.views[-1])
        twin.view(**{**zoomed, "y": 5_000, "h": 2_000})
        until(lambda: stage.evaluate("stage => stage.scrollTop") > 200)
        person.page.get_by_role("region", name="Trang 3").evaluate("stage => stage.scrollTo(0, 300)")
        until(lambda: twin.views[-1]["y"] > 500)
        Part.read(Fields(twin.views[-1], "view"))
    with seat(browser, presenting=having.presenting(page=3)) as (twin, person):
        expect(person.page.get_by_role("region", name="Trang 3").locator("canvas")).to_be_visible()
        person.page.get_by_role("button", name="Phóng to").tap()
        assert twin.views == []
