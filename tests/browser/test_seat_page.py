"""What a person does at a seat, in a real browser against a twin of the agent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

import web
from tests.browser import seat_sections as having
from tests.browser.chromium import chromium
from tests.browser.seat_person import Person
from tests.browser.seat_twin import SeatTwin
from tests.support.poll import until

SUBMISSION = "Tờ trình số 3/TTr-VKS về dự thảo Nghị quyết"
REPORT = "Báo cáo kết quả công tác quý III năm 2026"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@contextmanager
def seat(browser: Browser, state: str = "signed_in", **sections: Any) -> Iterator[tuple[SeatTwin, Person]]:
    """A seat in this state with somebody in front of it; no request may leave it, no error may stay unsaid."""
    with SeatTwin(web.dist(), having.sections(state, **sections), having.PAPERS) as twin:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, has_touch=True)
        page = context.new_page()
        said: list[str] = []
        abroad: list[str] = []
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda message: said.append(message.text) if "Content Security" in message.text else None)
        own = urlsplit(twin.address).netloc
        page.on("request", lambda sent: abroad.append(sent.url) if urlsplit(sent.url).netloc != own else None)
        page.goto(twin.address)
        expect(page.get_by_role("main")).not_to_be_empty()
        # Patches are told to those who listen.
        until(lambda: twin.streams)
        expect(page.get_by_label("Đang tải…")).to_have_count(0)
        yield twin, Person(page)
        context.close()
        assert abroad == [], "every request stays at the seat"
        assert said == []


def test_a_new_terminal_shows_its_twelve_digits_and_the_picture(browser: Browser) -> None:
    enrolling = having.seat("enrolling", code="4821 0937 5516", qr={"size": 25, "path": "M0 0h7v7h-7z"})
    with seat(browser, "enrolling", seat=enrolling) as (twin, person):
        for group in ("4821", "0937", "5516"):
            person.sees(group)
        expect(person.page.get_by_role("img", name="Mã ghép nối dưới dạng mã QR")).to_be_visible()
        twin.change(seat=having.seat("confirming"))
        person.sees("Đang hỏi máy chủ")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("confirming", "Thiết bị chỉ hiện nội dung sau khi máy chủ xác nhận."),
        ("waiting", "Chưa có cuộc họp nào"),
        ("refused", "Thiết bị không được duyệt"),
        ("revoked", "Thiết bị đã bị thu hồi quyền sử dụng"),
        ("outdated", "Cần cập nhật phần mềm"),
    ],
)
def test_each_standing_is_said_in_words(browser: Browser, state: str, words: str) -> None:
    with seat(browser, state) as (_, person):
        person.sees(words)


def test_before_sign_in_meeting_room_and_time_are_shown_and_no_paper(browser: Browser) -> None:
    with seat(browser, "welcome") as (_, person):
        person.sees(having.meeting()["title"])
        person.sees("Phòng họp số 1, tầng 3")
        person.sees("08:30, ngày 21 tháng 11 năm 2026")
        person.sees(having.LONG)
        person.does_not_see(SUBMISSION)


def test_a_person_signs_in_by_touch_alone(browser: Browser) -> None:
    with seat(browser, "welcome") as (twin, person):
        twin.passwords = {"Mk9"}
        person.taps("Đăng nhập")
        person.types_on_screen("Mk8")
        person.taps("Đăng nhập")
        person.sees(f"Mật khẩu chưa đúng cho đồng chí {having.LONG}.")
        expect(person.page.get_by_label("Mật khẩu", exact=True)).to_have_value("")
        person.types_on_screen("Mkx")
        person.taps("Xóa ký tự trước")
        person.types_on_screen("9")
        person.taps("Hiện mật khẩu")
        expect(person.page.get_by_label("Mật khẩu", exact=True)).to_have_value("Mk9")
        person.taps("Đăng nhập")
        until(lambda: twin.bodies and twin.bodies[-1] == {"person": having.ME, "password": "Mk9"})
        twin.change(**having.sections("signed_in"))
        person.sees(REPORT)


def test_I4_a_wrong_password_is_said_of_the_person_shown_with_the_tries_and_the_wait(browser: Browser) -> None:
    with seat(browser, "welcome") as (twin, person):
        twin.tries_left = 2
        person.taps("Đăng nhập")
        for words in ("Còn 1 lần nhập ngay.", "Từ lần sau phải chờ giữa các lần nhập."):
            person.page.keyboard.type("sai")
            person.presses("Enter")
            person.sees(f"Mật khẩu chưa đúng cho đồng chí {having.LONG}. {words}")
        person.does_not_see("Tên đăng nhập")
        twin.wait_s = 2
        person.page.keyboard.type("sai")
        person.presses("Enter")
        person.sees("Đồng chí nhập lại sau 2 giây.")
        person.sees("Đồng chí nhập lại sau 1 giây.")
        person.sees("Đồng chí nhập lại được rồi.")


def test_I4_where_the_server_asks_for_a_code_it_is_typed_after_the_password(browser: Browser) -> None:
    with seat(browser, "welcome") as (twin, person):
        twin.passwords, twin.code = {"mk9"}, "287082"
        person.taps("Đăng nhập")
        person.types_on_screen("mk9")
        person.taps("Đăng nhập")
        person.sees("Mã 6 số trên điện thoại")
        expect(person.page.get_by_label("Mật khẩu", exact=True)).to_have_count(0)
        person.types_on_screen("111111")
        person.taps("Đăng nhập")
        person.sees("Còn 2 lần nhập ngay.")
        person.taps("Dùng mã dự phòng")
        person.types_on_screen("mk9x")
        person.taps("Dùng mã trên điện thoại")
        person.types_on_screen("287082")
        person.taps("Đăng nhập")
        both = {"person": having.ME, "password": "mk9", "code": "287082"}
        until(lambda: twin.bodies and twin.bodies[-1] == both)
        assert twin.bodies[0] == {"person": having.ME, "password": "mk9"}


def test_somebody_else_may_sign_in_here(browser: Browser) -> None:
    with seat(browser, "welcome") as (twin, person):
        twin.passwords = {"dung"}
        person.taps("Người khác đăng nhập")
        person.page.get_by_role("button", name="Lê Thị Mỹ Phượng").tap()
        person.page.keyboard.type("dung")
        person.presses("Enter")
        until(lambda: twin.bodies and twin.bodies[-1]["person"] == having.people()[2]["id"])


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
        person.sees("Đồng chí đang trình chiếu")
        for _ in range(5):
            person.turns_to_next_page()
        until(lambda: twin.acts[-1]["data"].get("page") == 7)
        person.reads_page(7)
        twin.change(by=1, presenting=having.presenting(paper=report, version=2, page=3))
        person.reads_page(7)
        assert len({act["act"] for act in twin.acts}) == len(twin.acts)


def test_a_member_without_an_item_of_their_own_presents_nothing(browser: Browser) -> None:
    with seat(browser) as (_, person):
        person.opens_paper(REPORT)
        expect(person.button("Trình chiếu trang này")).to_have_count(0)
        expect(person.page.get_by_text("Điều hành")).to_have_count(0)


def test_the_chair_moves_on_recesses_and_closes_after_asking(browser: Browser) -> None:
    with seat(browser, role="chair") as (twin, person):
        person.taps("Sang nội dung 5")
        until(lambda: twin.acts)
        assert twin.acts[0]["kind"] == "item_start"
        person.taps("Tạm nghỉ")
        person.sees("Cho cuộc họp tạm nghỉ?")
        person.page.get_by_role("dialog").get_by_role("button", name="Tạm nghỉ").tap()
        until(lambda: len(twin.acts) == 2)
        twin.change(by=1, meeting=having.meeting("recess"))
        person.sees("Cuộc họp đang tạm nghỉ")
        person.taps("Họp tiếp")
        twin.change(by=1, meeting=having.meeting())
        person.taps("Bế mạc")
        person.sees("Còn 4 nội dung trong chương trình chưa thực hiện.")
        person.taps("Quay lại")
        person.taps("Bế mạc")
        person.page.get_by_role("dialog").get_by_role("button", name="Bế mạc").tap()
        until(lambda: twin.acts[-1]["kind"] == "meeting_close")
        assert [act["kind"] for act in twin.acts] == ["item_start", "meeting_recess", "meeting_resume", "meeting_close"]


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


def test_a_locked_seat_shows_nothing_of_the_meeting(browser: Browser) -> None:
    with seat(browser, presenting=having.presenting()) as (twin, person):
        person.reads_page(3)
        twin.change(seat=having.seat("locked"), acts=[], holding={}, agenda=None, papers=None, presenting=None)
        person.sees("Màn hình đang khóa")
        person.does_not_see(SUBMISSION)
        expect(person.page.locator("canvas")).to_have_count(0)
        person.types_on_screen("x")
        person.taps("Mở khóa")
        person.sees(f"Mật khẩu chưa đúng cho đồng chí {having.LONG}. Còn 4 lần nhập ngay.")


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


def test_the_screen_speaks_english_on_demand(browser: Browser) -> None:
    with seat(browser, role="chair", presenting=having.presenting()) as (_, person):
        person.page.get_by_role("button", name="EN – Đổi sang tiếng Anh").tap()
        person.sees("Go to item 5")
        expect(person.page.locator("html")).to_have_attribute("lang", "en")


def test_a_touch_is_told_to_the_agent_so_that_a_reader_is_not_locked_out(browser: Browser) -> None:
    with seat(browser) as (twin, person):
        person.opens_paper(REPORT)
        until(lambda: "/api/touched" in twin.posts)
        person.turns_to_next_page()
        assert twin.posts.count("/api/touched") == 1


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


def test_F1_who_follows_is_told_to_the_agent_and_who_reads_alone_is_not(browser: Browser) -> None:
    with seat(browser, presenting=having.presenting(page=3)) as (twin, person):
        person.reads_page(3)
        until(lambda: "/api/following" in twin.posts)
        person.turns_to_next_page()
        person.sees("Đang xem riêng")
        told = twin.posts.count("/api/following")
        person.page.wait_for_timeout(6_000)
        assert twin.posts.count("/api/following") == told
        person.taps("Theo chủ trì")
        until(lambda: twin.posts.count("/api/following") > told)
        told = twin.posts.count("/api/following")
        until(lambda: twin.posts.count("/api/following") > told, timeout_s=15, what="it is told again and again")


def test_S1_asking_for_the_floor_takes_two_touches_and_one_takes_it_back(browser: Browser) -> None:
    with seat(browser, speaking=having.speaking()) as (twin, person):
        person.taps("Phát biểu")
        person.taps("Đăng ký phát biểu")
        until(lambda: twin.acts)
        assert (twin.acts[0]["kind"], twin.acts[0]["data"]) == (
            "speech_ask",
            {"item": "i-dddddddddddddddd", "kind": "speech"},
        )
        mine = having.speech(1, person=having.ME)
        twin.change(speaking=having.speaking(mine), acts=[])
        person.sees("Thứ 1 trong 1 lượt đang chờ")
        person.taps("Rút đăng ký")
        until(lambda: len(twin.acts) == 2)
        assert (twin.acts[1]["kind"], twin.acts[1]["data"]) == ("speech_cancel", {"speech": mine["speech"]})


def test_S2_who_is_called_cannot_miss_it_and_ends_their_own_turn(browser: Browser) -> None:
    called = having.speech(1, "called", person=having.ME)
    with seat(browser, speaking=having.speaking(called)) as (twin, person):
        person.sees("Đồng chí được mời phát biểu")
        twin.change(speaking=having.speaking(having.speech(1, "speaking", person=having.ME)))
        expect(person.page.get_by_role("timer")).to_contain_text("Còn")
        person.taps("Kết thúc phát biểu")
        until(lambda: twin.acts)
        assert twin.acts[0]["kind"] == "speech_stop"


def test_S4_who_got_no_turn_writes_and_what_was_typed_stays(browser: Browser) -> None:
    refused = having.speech(1, "refused", person=having.ME, reason="Hết thời gian của nội dung")
    with seat(browser, speaking=having.speaking(refused)) as (twin, person):
        person.taps("Phát biểu")
        person.sees("Hết thời gian của nội dung")
        person.taps("Gửi bằng văn bản")
        field = person.page.get_by_label("Bài phát biểu")
        field.fill("Kính thưa các đồng chí (demo)")
        person.presses("Escape")
        person.taps("Gửi bằng văn bản")
        expect(field).to_have_value("Kính thưa các đồng chí (demo)")
        person.taps("Gửi")
        until(lambda: twin.acts)
        assert twin.acts[0]["data"]["text"] == "Kính thưa các đồng chí (demo)"


def test_F2_a_message_stays_until_it_is_read_also_without_a_connection(browser: Browser) -> None:
    first, second = having.notice(1), having.notice(2, "Mời họp tổ sau giờ nghỉ (demo)")
    with seat(browser, notices=[first, second]) as (twin, person):
        person.sees("Mời đồng chí ký biên bản (demo)")
        twin.change(link=having.offline())
        person.sees("Mất kết nối với máy chủ")
        person.taps("Đã đọc")
        until(lambda: twin.acts)
        assert (twin.acts[0]["kind"], twin.acts[0]["data"]) == ("notice_read", {"notice": first["notice"]})
        twin.change(notices=[second], acts=[])
        person.sees("Mời họp tổ sau giờ nghỉ (demo)")
        expect(person.page.get_by_text("Mời đồng chí ký biên bản (demo)")).to_have_count(0)
