"""What a seat does when server, agent or screen fall behind, in a real browser against a twin of the agent."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser import seat_sections as having
from tests.browser.seat_opened import REPORT, seat
from tests.support.poll import until


def test_a_refused_act_is_told_once_with_its_reason(browser: Browser) -> None:
    with seat(browser, role="chair") as (twin, person):
        person.taps("Sang nội dung 5")
        until(lambda: twin.acts)
        refused = {"act": twin.acts[0]["act"], "kind": "item_start", "state": "refused", "code": "phase-not-allowed"}
        twin.change(acts=[refused])
        person.sees("Chuyển nội dung: Không thực hiện được ở giai đoạn hiện tại của cuộc họp.")
        person.taps("Đóng")
        twin.change(acts=[refused])
        person.does_not_see("Chuyển nội dung: Không thực hiện được")


def test_D3_without_the_server_reading_goes_on_and_the_seat_says_so(browser: Browser) -> None:
    with seat(browser, role="chair", presenting=having.presenting(page=3)) as (twin, person):
        person.reads_page(3)
        twin.change(link=having.offline())
        person.sees("Mất kết nối với máy chủ từ 09:40.")
        person.turns_to_next_page()
        person.reads_page(4)
        person.sees("Yêu cầu sẽ được gửi khi có kết nối.")
        twin.change(link={"state": "online", "behind": True, "since_at": None})
        person.sees("Màn hình đang chậm hơn cuộc họp")
        twin.change(link={"state": "online", "behind": False, "since_at": None})
        person.does_not_see("Màn hình đang chậm hơn cuộc họp")


def test_M3_a_screen_that_missed_events_fetches_everything(browser: Browser) -> None:
    with seat(browser) as (twin, person):
        twin.sections["agenda"] = having.agenda(active=6)
        twin.change(by=1, skip=3, papers=having.papers())
        active = person.page.locator("[aria-current=step]")
        expect(active).to_contain_text("Biểu quyết thông qua Nghị quyết")


def test_an_agent_that_starts_anew_is_found_again_with_its_new_token(browser: Browser) -> None:
    with seat(browser, role="chair") as (twin, person):
        twin.cut()
        twin.token = "another-token"
        person.taps("Sang nội dung 5")
        until(lambda: twin.acts)
        until(lambda: twin.streams)
        twin.change(by=1, agenda=having.agenda(active=5))
        expect(person.page.locator("[aria-current=step]")).to_contain_text("Thảo luận")


def test_a_touch_is_told_to_the_agent_so_that_a_reader_is_not_locked_out(browser: Browser) -> None:
    with seat(browser) as (twin, person):
        person.opens_paper(REPORT)
        until(lambda: "/api/touched" in twin.posts)
        person.turns_to_next_page()
        assert twin.posts.count("/api/touched") == 1
