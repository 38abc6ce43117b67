"""Every state of the seat's page: accessible, inside its screen, large enough to touch, in both themes.

The pictures go to ``test-results/seat`` to be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

import web
from tests.browser import seat_sections as having
from tests.browser.chromium import chromium, contrast_faults, faults, layout_faults, recoloured
from tests.browser.seat_person import Person
from tests.browser.seat_twin import SeatTwin
from tests.support.poll import until

_PICTURES = Path(__file__).resolve().parents[2] / "test-results" / "seat"
_RECALLED = {"meeting_title": having.meeting()["title"], "papers": 4, "pages": 326, "confirmed": True}
_CODE = having.seat(
    "enrolling", code="4821 0937 5516", qr={"size": 25, "path": "M0 0h7v7h-7zM18 0h7v7h-7zM0 18h7v7h-7z"}
)
Do = Callable[[Person], object]


def _search(person: Person) -> None:
    person.reads_page(3)
    person.presses("/")
    person.page.keyboard.type("nghi quyet")
    person.presses("Enter")
    person.sees("Thấy")


def _votes_for(person: Person) -> None:
    for number in (1, 4):
        person.page.get_by_role("list", name="Danh sách ứng cử viên").get_by_role("button").nth(number).tap()
    person.sees("Đã chọn 2 người.")


def _names(person: Person) -> None:
    """They open below the fold, come into sight and have the focus."""
    person.taps("Biểu quyết")
    person.taps("Ý kiến của từng người")
    names = person.page.get_by_role("group", name="Ý kiến của từng người")
    expect(names.get_by_text("không gửi ý kiến")).to_be_in_viewport()
    until(
        lambda: names.evaluate("part => part.parentElement === document.activeElement"), what="the names have the focus"
    )


def _helps(person: Person) -> None:
    person.page.get_by_role("button", name="Mở hướng dẫn").tap()
    guide = person.page.get_by_role("dialog", name="Hướng dẫn")
    guide.get_by_role("tab", name="USB token").tap()
    expect(guide.get_by_role("heading", name="Ký số và đăng nhập bằng USB token")).to_be_visible()


def _jump(person: Person) -> None:
    person.reads_page(3)
    person.presses("g")
    expect(person.page.get_by_role("dialog", name="Đến trang")).to_be_visible()


def _overview(person: Person) -> None:
    person.taps("Các trang")
    until(lambda: person.page.locator("img").count() > 3)


def _mistypes(person: Person) -> None:
    person.taps("Đăng nhập")
    person.page.keyboard.type("sai")
    person.presses("Enter")
    person.sees("Mật khẩu chưa đúng")


def _types_pin(person: Person) -> None:
    expect(person.page.get_by_label("Mã PIN của USB token", exact=True)).to_be_focused()
    person.page.keyboard.type("123456")
    person.presses("Enter")


def _mistypes_pin(person: Person) -> None:
    _types_pin(person)
    person.sees("Mã PIN không đúng")


def _types_last_pin(person: Person) -> None:
    _types_pin(person)
    expect(person.page.get_by_role("dialog", name="Chỉ còn một lần thử mã PIN")).to_be_visible()


def _leads(tab: str) -> Do:
    def do(person: Person) -> None:
        person.taps("Việc khác")
        person.page.get_by_role("tab", name=tab).tap()

    return do


def _looks_who_is_ready(person: Person) -> None:
    _leads("Biểu quyết")(person)
    person.page.get_by_role("button", name="Ai chưa sẵn sàng (11)").tap()
    expect(person.page.get_by_text(f"{having.LONG} 15 (B15)")).to_be_attached()


def _opens_though_some_are_not_ready(person: Person) -> None:
    _leads("Biểu quyết")(person)
    person.page.get_by_role("button", name="Mở biểu quyết").tap()
    dialog = person.page.get_by_role("dialog", name="Có người chưa bỏ phiếu được")
    expect(dialog.get_by_text(f"{having.LONG} 15 (B15)")).to_be_attached()


def _opens(title: str) -> Do:
    def do(person: Person) -> None:
        person.page.get_by_role("button", name=title).tap()

    return do


def _marks(person: Person) -> None:
    _opens("Báo cáo kết quả công tác quý III")(person)
    person.taps("Đánh dấu")
    person.sees("Lưu ở máy chủ")


def _notes(person: Person) -> None:
    _opens("Báo cáo kết quả công tác quý III")(person)
    person.taps("Ghi chú của tôi (4)")


def _note(person: Person) -> None:
    _opens("Báo cáo kết quả công tác quý III")(person)
    person.page.get_by_role("button", name="Ghi chú: Đề nghị Vụ 7").tap()


def _types_password(person: Person) -> None:
    person.taps("Đăng nhập")
    person.page.keyboard.type("dung-mat-khau")
    person.presses("Enter")
    person.sees("Mã 6 số trên điện thoại")


def _wants_recovery(person: Person) -> None:
    _types_password(person)
    person.page.keyboard.type("111111")
    person.presses("Enter")
    person.sees("Còn 2 lần nhập ngay.")
    person.taps("Dùng mã dự phòng")


def _signs(person: Person) -> None:
    person.page.get_by_role("button", name="Ký văn bản").tap()
    expect(person.page.get_by_text("Biên bản phiên họp").first).to_be_visible()


def _to_the_place(person: Person) -> None:
    _signs(person)
    person.taps("Đến chỗ ký")
    person.sees("Chữ ký của đồng chí sẽ ở đây")


def _sign_sheet(person: Person) -> None:
    _signs(person)
    person.page.get_by_role("button", name="Ký", exact=True).tap()
    expect(person.page.get_by_role("dialog", name="Ký số văn bản")).to_be_visible()


def _sign_with_letters(person: Person) -> None:
    _sign_sheet(person)
    person.taps("Mã PIN có chữ")


_MINE = having.token(needed=True, mine=True)
_TO_SIGN = {"signing": having.signing(open_="ready"), "usb_token": _MINE}
#: name → state, what else is so, and what the person does before the picture
_HERE = {
    "person": having.ME,
    "presence": "present",
    "method": "token",
    "at": "2026-11-21T01:28:00.000Z",
    "arrived_at": "2026-11-21T01:28:00.000Z",
    "reason": "",
    "statement": "ab" * 32,
}


_QUORUM = {
    "present": 31, "entitled": 45, "need": 30, "met": True, "by_self": True,
    "rule": {"num": 2, "den": 3, "more": False},
}  # fmt: skip
_CALLS = [
    {
        "call": f"a-{letter * 16}", "person": having.ME, "name": having.LONG, "seat_label": "B1", "kind": kind,
        "text": text, "state": state, "asked_at": "2026-11-21T02:20:00.000Z", "by": by,
        "at": "2026-11-21T02:21:00.000Z",
    }
    for letter, kind, text, state, by in (
        ("a", "water", "", "done", having.LONG),
        ("b", "technical", "", "taken", having.LONG),
        ("c", "other", "Mượn kính đọc sách, micro ở chỗ ngồi không nghe rõ", "asked", ""),
    )
]  # fmt: skip


def _leaving() -> list[dict[str, Any]]:
    """The agenda with the item that is dealt with left by who sits there."""
    return [{**each, "recused": [having.ME] if each["state"] == "active" else []} for each in having.agenda()]


def _calls(person: Person) -> None:
    person.sees("Đã nhận 3 trên 4 tài liệu")
    person.taps("Gọi phục vụ")
    expect(person.page.get_by_text("Hỗ trợ kỹ thuật").first).to_be_visible(timeout=20_000)


def _leaves_early(person: Person) -> None:
    person.page.get_by_role("button", name=having.LONG).click()
    person.taps("Xin về sớm")


def _tells(person: Person) -> None:
    """By the menu; written with the keys on the screen, in Telex."""
    person.page.get_by_role("banner").get_by_role("button", name=having.LONG).tap()
    person.taps("Báo lỗi, góp ý")
    person.types_on_screen("ddungs")
    expect(person.page.get_by_role("textbox")).to_have_value("đúng")


def _looks_at_what_goes_along(person: Person) -> None:
    _tells(person)
    person.taps("Xem lại và gửi")
    person.sees("Ngoài những dòng này không có gì được gửi kèm.")


def _sees(said: str) -> Do:
    """The strip of the roll call comes with a part of its own."""
    return lambda person: person.sees(said)


STATES: dict[str, tuple[str, dict[str, Any], Do | None]] = {
    "enrolling": ("enrolling", {"seat": _CODE}, None),
    "confirming": ("confirming", {}, None),
    "waiting": ("waiting", {}, None),
    "refused": ("refused", {"seat": having.seat("refused", message="device-refused")}, None),
    "revoked": ("revoked", {}, None),
    "outdated": ("outdated", {"seat": having.seat("outdated", message="agent-outdated")}, None),
    "maintenance": ("maintenance", {"upkeep": having.kept("Thay đầu đọc thẻ, chờ linh kiện")}, None),
    "welcome": ("welcome", {}, None),
    "rehearsal": ("welcome", {"meeting": having.meeting() | {"rehearsal_of": "m-" + "r" * 16}}, None),
    "choices": ("welcome", {}, lambda person: person.taps("Người khác đăng nhập")),
    "password": ("welcome", {}, lambda person: person.taps("Đăng nhập")),
    "wrong-password": ("welcome", {}, _mistypes),
    "code": ("welcome", {}, _types_password),
    "recovery-code": ("welcome", {}, _wants_recovery),
    "token-plug": ("welcome", {"usb_token": having.token("absent")}, None),
    "token-plug-free": ("welcome", {"usb_token": having.token("absent"), "expected": None}, None),
    "token-reading": ("welcome", {"usb_token": having.token("reading")}, None),
    "token-pin": ("welcome", {"usb_token": having.token()}, None),
    "token-letters": ("welcome", {"usb_token": having.token()}, lambda person: person.taps("Mã PIN có chữ")),
    "token-wrong-pin": ("welcome", {"usb_token": having.token(tries_left=2, low=True)}, _mistypes_pin),
    "token-last-try": ("welcome", {"usb_token": having.token(tries_left=1, last=True)}, _types_last_pin),
    "token-working": ("welcome", {"usb_token": having.token("working")}, None),
    "token-blocked": ("welcome", {"usb_token": having.token("blocked", tries_left=0)}, None),
    "token-several": ("welcome", {"usb_token": having.token("several", count=2)}, None),
    "token-foreign": (
        "welcome",
        {"usb_token": having.token("fault", code="card-foreign")},
        lambda person: person.sees("không phải USB token"),
    ),
    "token-password": (
        "welcome",
        {"usb_token": having.token("absent")},
        lambda person: person.taps("Đăng nhập bằng mật khẩu"),
    ),
    "token-out": ("locked", {"usb_token": having.token("absent", needed=True)}, None),
    "token-back": (
        "locked",
        {"seat": having.seat("locked", voting=True), "usb_token": having.token(needed=True, mine=True)},
        _sees("Đang biểu quyết – mở khóa để biểu quyết"),
    ),
    "token-another": ("locked", {"usb_token": having.token(needed=True)}, None),
    "token-second": ("signed_in", {"usb_token": having.token("several", count=2, needed=True)}, None),
    "locked": ("locked", {}, None),
    "locked-offline": ("locked", {"link": having.offline()}, None),
    "recalled": ("recalled", {"recalled": _RECALLED}, None),
    "papers": ("signed_in", {}, None),
    "no-papers": ("signed_in", {"papers": [], "holding": {}, "agenda": []}, None),
    "following": ("signed_in", {"presenting": having.presenting()}, lambda person: person.reads_page(3)),
    "own-view": ("signed_in", {"presenting": having.presenting()}, lambda person: person.turns_to_next_page()),
    "behind": ("signed_in", {"link": {"state": "online", "behind": True, "since_at": None}}, None),
    "page-failed": ("signed_in", {}, _opens("Báo cáo kết quả công tác quý III")),
    "who": (
        "signed_in",
        {},
        lambda person: person.page.get_by_role("banner").get_by_role("button", name=having.LONG).tap(),
    ),
    "arriving": ("signed_in", {"presenting": having.presenting(paper="p-cccccccccccccccc", page=1)}, None),
    "offline": ("signed_in", {"presenting": having.presenting(), "link": having.offline()}, None),
    "recess": ("signed_in", {"phase": "recess"}, None),
    "before-opening": ("signed_in", {"role": "chair", "phase": "approved", "agenda": having.agenda(active=0)}, None),
    "chair": ("signed_in", {"role": "chair", "presenting": having.presenting()}, lambda person: person.reads_page(3)),
    "closing": ("signed_in", {"role": "chair"}, lambda person: person.taps("Bế mạc")),
    "overview": ("signed_in", {"presenting": having.presenting()}, _overview),
    "search": ("signed_in", {"presenting": having.presenting()}, _search),
    "sign-list": ("signed_in", {"signing": having.signing()}, _signs),
    "sign-coming": ("signed_in", {"signing": having.signing(open_="coming")}, _signs),
    "sign-place": ("signed_in", {"signing": having.signing(open_="ready")}, _to_the_place),
    "sign-pin": ("signed_in", _TO_SIGN, _sign_sheet),
    "sign-number": ("signed_in", {"signing": having.signing(open_="ready", number="312/TB-VKS")}, _signs),
    "sign-number-pin": (
        "signed_in",
        {"signing": having.signing(open_="ready", number="312/TB-VKS"), "usb_token": _MINE},
        _sign_sheet,
    ),
    "sign-number-taken": (
        "signed_in",
        {"signing": having.signing(open_="ready", step="failed", code="signing-number-taken", number="313/TB-VKS")},
        _signs,
    ),
    "sign-letters": ("signed_in", _TO_SIGN, _sign_with_letters),
    "sign-plug": (
        "signed_in",
        {"signing": having.signing(open_="ready"), "usb_token": having.token("absent")},
        _sign_sheet,
    ),
    "sign-waiting": ("signed_in", {"signing": having.signing(open_="ready", step="asking")}, _signs),
    "sign-working": ("signed_in", {"signing": having.signing(open_="ready", step="signing")}, _signs),
    "sign-done": ("signed_in", {"signing": having.signing(open_="ready", step="done", signed=(0,))}, _signs),
    "sign-failed": (
        "signed_in",
        {"signing": having.signing(open_="ready", step="failed", code="sign-file-differs")},
        _signs,
    ),
    "sign-leased": ("signed_in", {"signing": having.signing(open_="ready", leased=True)}, _signs),
    "sign-later": ("signed_in", {"role": "chair", "signing": having.signing(open_="ready")}, _signs),
    "sign-closed": ("signed_in", {"signing": having.signing(open_="ready", closed=True)}, _signs),
    "roll-call": (
        "signed_in",
        {"attendance": [], "usb_token": having.token(needed=True, mine=True)},
        _sees("chưa ký điểm danh"),
    ),
    "roll-called": ("signed_in", {"phase": "approved", "attendance": [_HERE]}, _sees("có mặt, đã ký lúc")),
    "roll-say": (
        "signed_in",
        {"attendance": [], "quorum": _QUORUM},
        lambda person: person.sees("chưa ghi vào danh sách điểm danh"),
    ),
    "roll-leave": ("signed_in", {"attendance": [_HERE], "quorum": _QUORUM}, _leaves_early),
    "recused": (
        "signed_in",
        {"agenda": _leaving(), "papers": [], "quorum": _QUORUM},
        lambda person: person.sees("Màn hình để trống"),
    ),
    "service": ("signed_in", {"service": _CALLS}, _calls),
    "tell": ("signed_in", {}, _tells),
    "tell-look": ("signed_in", {"link": having.offline()}, _looks_at_what_goes_along),
    "vote": ("signed_in", {"votes": [having.vote()]}, lambda person: person.taps("Tán thành")),
    "speaking": ("signed_in", {"speaking": having.full_floor()}, lambda person: person.taps("Phát biểu (thứ 3)")),
    "message": (
        "signed_in",
        {"notices": [having.notice(1, f"{having.LONG_QUESTION}. {having.LONG_QUESTION[:180]}"), having.notice(2)]},
        lambda person: person.sees("Còn 1 tin nhắn nữa."),
    ),
    "speaking-chair": (
        "signed_in",
        {"role": "chair", "speaking": having.full_floor()},
        lambda person: person.taps("Phát biểu"),
    ),
    "vote-own": ("signed_in", {"votes": [having.vote(own=True)]}, lambda person: person.sees("Phương án 6")),
    "vote-election": ("signed_in", {"votes": [having.election()]}, _votes_for),
    "vote-elected": ("signed_in", {"votes": [having.election(counted=True)]}, lambda person: person.taps("Biểu quyết")),
    "vote-paused": ("signed_in", {"votes": [having.vote(state="paused")]}, None),
    "vote-late": ("signed_in", {"votes": [having.vote(present=False)]}, None),
    "vote-hands": ("signed_in", {"votes": [having.vote(kind="hands")]}, None),
    "vote-closed": ("signed_in", {"votes": [having.vote(state="closed")]}, lambda person: person.taps("Biểu quyết")),
    "vote-chair": ("signed_in", {"role": "chair", "votes": [having.vote()]}, None),
    "lead-vote": (
        "signed_in",
        {"role": "chair", "votes": [having.vote(state="created")], "quorum": {**_QUORUM, "present": 29, "met": False}},
        _leads("Biểu quyết"),
    ),
    "lead-ready": ("signed_in", {"role": "chair"}, _looks_who_is_ready),
    "lead-opening": ("signed_in", {"role": "chair"}, _opens_though_some_are_not_ready),
    "lead-wall": ("signed_in", {"role": "chair", "notices": [having.notice(1)]}, _leads("Màn hình chung và nhắc việc")),
    "lead-items": ("signed_in", {"role": "chair"}, _leads("Nội dung khác")),
    "lead-present": ("signed_in", {"role": "chair", "presenting": having.presenting()}, _leads("Trình chiếu")),
    "vote-names": ("signed_in", {"votes": [having.announced()]}, _names),
    "vote-aside": ("signed_in", {"votes": [having.vote()]}, lambda person: person.taps("Tài liệu")),
    "help": ("signed_in", {"role": "chair"}, _helps),
    "marks": ("signed_in", {}, _marks),
    "marks-note": ("signed_in", {}, _note),
    "marks-list": ("signed_in", {}, _notes),
    "jump": ("signed_in", {"presenting": having.presenting()}, _jump),
}
DARK = (
    "welcome", "token-plug", "token-pin", "token-wrong-pin", "token-last-try", "token-blocked", "token-out", "password",
    "papers", "following", "offline", "closing", "search", "sign-list", "sign-place", "sign-pin", "sign-failed",
    "roll-call", "tell",
    "tell-look", "lead-vote", "lead-ready", "lead-opening", "sign-number", "sign-number-pin", "speaking", "service",
    "message", "vote", "vote-own", "vote-election", "vote-elected", "help", "marks-list",
)  # fmt: skip
PANEL = (1280, 800)
#: The second most common panel: wider, and lower.
LOW = (1366, 768)
ON_LOW = (
    "welcome",
    "token-plug",
    "token-pin",
    "token-letters",
    "wrong-password",
    "papers",
    "own-view",
    "chair",
    "overview",
    "sign-letters",
    "sign-pin",
    "vote-own",
    "tell",
    "marks-note",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def _shown(page: Page, name: str, theme: str, size: tuple[int, int]) -> None:
    """A picture of it for people; and what no state may do to its letters and its ground."""
    page.screenshot(path=_PICTURES / f"{name}-{size[0]}x{size[1]}-{theme}.png")
    # A theme that silently stopped working would pass every contrast rule.
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (sum(map(int, ground[4:-1].split(","))) < 384) == (theme == "dark")
    assert page.evaluate("document.fonts.check('600 18px \"Be Vietnam Pro\"', 'Đặng ứ')")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18


@pytest.mark.parametrize("name", STATES)
def test_a_state_can_be_shown_to_anybody(browser: Browser, name: str) -> None:
    """All faults once; then, of the same page, what another theme and another size may change."""
    state, sections, do = STATES[name]
    with SeatTwin(web.dist(), having.sections(state, **sections), having.PAPERS) as twin:
        twin.code = "287082" if name.endswith("code") else ""
        if name == "token-wrong-pin":
            twin.pin_refused = ("card-pin-wrong", {"tries_left": 2})
        twin.ready = having.ready() if name in {"lead-ready", "lead-opening"} else twin.ready
        twin.marks = having.marks() if name.startswith("marks") else {}
        twin.failing = {"pages/1"} if name == "page-failed" else set()
        context = browser.new_context(
            viewport=_viewport(PANEL), has_touch=True, color_scheme="light", reduced_motion="reduce"
        )
        page = context.new_page()
        page.goto(twin.address)
        # Asked for once when the page enters, and again for what it shows.
        until(lambda: twin.streams and twin.fetched.count("/api/seat") > 1)
        expect(page.get_by_label("Đang tải…")).to_have_count(0)
        if do is not None:
            do(Person(page))
        page.evaluate("document.fonts.ready")
        _PICTURES.mkdir(parents=True, exist_ok=True)
        _shown(page, name, "light", PANEL)
        found = faults(page)
        if name in DARK:
            # Without the slow change of a colour, which axe would look at half way.
            page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            recoloured(page)
            _shown(page, name, "dark", PANEL)
            found += [f"dark: {each}" for each in contrast_faults(page)]
            page.emulate_media(color_scheme="light")
            recoloured(page)
        if name in ON_LOW:
            page.set_viewport_size(_viewport(LOW))
            _shown(page, name, "light", LOW)
            found += [f"{LOW}: {each}" for each in layout_faults(page)]
        context.close()
    assert found == []


def _viewport(size: tuple[int, int]) -> ViewportSize:
    return {"width": size[0], "height": size[1]}


@pytest.mark.parametrize("usb_token", [None, having.token("absent")])
def test_the_way_in_is_in_sight_on_a_low_panel_with_a_long_name(
    browser: Browser, usb_token: dict[str, Any] | None
) -> None:
    rehearsed = having.meeting() | {"rehearsal_of": "m-" + "r" * 16}
    sections = having.sections("welcome", meeting=rehearsed, usb_token=usb_token)
    with SeatTwin(web.dist(), sections, having.PAPERS) as twin:
        page = browser.new_page(viewport={"width": 1024, "height": 600})
        page.goto(twin.address)
        expect(page.get_by_text("CHẠY THỬ").first).to_be_visible()
        way = "Đăng nhập" if usb_token is None else "Đăng nhập bằng mật khẩu"
        expect(page.get_by_role("button", name=way, exact=True)).to_be_in_viewport(ratio=1)
        page.close()


def test_W126_who_is_not_ready_is_in_reach_on_a_low_panel(browser: Browser) -> None:
    with SeatTwin(web.dist(), having.sections("signed_in", role="chair"), having.PAPERS) as twin:
        twin.ready = having.ready()
        context = browser.new_context(viewport={"width": 1024, "height": 600}, has_touch=True)
        page = context.new_page()
        page.goto(twin.address)
        _opens_though_some_are_not_ready(Person(page))
        dialog = page.get_by_role("dialog", name="Có người chưa bỏ phiếu được")
        last = dialog.get_by_text(f"{having.LONG} 15 (B15)")
        page.screenshot(path=_PICTURES / "lead-opening-1024x600-light.png")
        last.scroll_into_view_if_needed()
        expect(last).to_be_in_viewport(ratio=1)
        expect(dialog.get_by_role("button", name="Vẫn mở biểu quyết")).to_be_in_viewport(ratio=1)
        assert faults(page) == []
        assert twin.acts == []
        dialog.get_by_role("button", name="Vẫn mở biểu quyết").tap()
        until(lambda: [each["kind"] for each in twin.acts] == ["vote_begin"])
        context.close()


def test_W188_the_first_touch_of_a_dark_screen_lights_it_and_presses_nothing(browser: Browser) -> None:
    dark = having.sections("welcome") | {"upkeep": {"dark": True, "maintenance": None}}
    with SeatTwin(web.dist(), dark, having.PAPERS) as twin:
        context = browser.new_context(viewport=_viewport(PANEL), has_touch=True)
        page = context.new_page()
        page.goto(twin.address)
        page.locator("html.is-dark").wait_for()
        way_in = page.get_by_role("button", name="Đăng nhập", exact=True)
        expect(way_in).to_be_hidden()
        box = page.evaluate(
            """() => {
              const all = [...document.querySelectorAll('button')];
              const found = all.find((one) => one.textContent.trim() === 'Đăng nhập');
              const box = found.getBoundingClientRect();
              return [box.x + box.width / 2, box.y + box.height / 2];
            }"""
        )
        page.touchscreen.tap(*box)
        expect(way_in).to_be_visible()
        until(lambda: "/api/woken" in twin.posts)
        twin.change(upkeep={"dark": False, "maintenance": None})
        # A second tap that came at once would press nothing either: it is waited for until the page takes a wheel.
        page.wait_for_function("() => window.dispatchEvent(new WheelEvent('wheel', {cancelable: true}))")
        page.touchscreen.tap(*box)
        expect(page.get_by_label("Mật khẩu", exact=True)).to_be_visible()
        context.close()


def test_a_person_may_choose_the_theme(browser: Browser) -> None:
    with SeatTwin(web.dist(), having.sections("welcome"), having.PAPERS) as twin:
        page = browser.new_page(color_scheme="light")
        page.goto(twin.address)
        page.get_by_role("button", name="Nền tối").click()
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(15, 21, 28)"
        page.reload()
        expect(page.get_by_role("button", name="Nền sáng")).to_be_visible()
        page.close()


def test_V5_a_half_filled_ballot_is_touched_by_nobodys_update(browser: Browser) -> None:
    election = having.election()
    with SeatTwin(web.dist(), having.sections("signed_in", votes=[election]), having.PAPERS) as twin:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, has_touch=True)
        page = context.new_page()
        page.goto(twin.address)
        person = Person(page)
        _votes_for(person)
        paper = page.get_by_role("list", name="Danh sách ứng cử viên")
        # Others vote, somebody presents, the chair pauses and goes on, and the person looks at the papers meanwhile.
        twin.change(votes=[{**election, "turnout": {"entitled": 45, "present": 41, "cast": 30}}])
        expect(page.get_by_text("30/41 đã biểu quyết")).to_be_visible()
        twin.change(votes=[{**election, "state": "paused"}], presenting=having.presenting())
        person.sees("Biểu quyết đang tạm dừng")
        person.taps("Tài liệu")
        twin.change(votes=[election])
        person.taps("Biểu quyết")
        expect(paper.get_by_role("button", pressed=True)).to_have_count(2)
        expect(paper.get_by_role("button").nth(4)).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("button", name="Gửi: 2 người")).to_be_enabled()
        context.close()
