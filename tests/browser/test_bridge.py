"""The console with the USB token of its PC, in Chromium: pairing, signing in, the lock, and pages that are strangers.

The room is real, as in `main_job`; so are bridge, card service and token.
"""

from __future__ import annotations

import contextlib
import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.demo import people
from tests.browser.chromium import chromium, faults
from tests.browser.pages_console import ConsolePerson
from tests.browser.screen import CLICKED_PX, DESK, Screen
from tests.support import pdfs
from tests.support.signing_room import TITLE, SigningRoom
from tests.support.token_room import TITLE as MEETING
from tests.support.token_room import TokenRoom, token_room
from tests.support.vote_room import RULE

pytestmark = pytest.mark.timeout(420)
_LOCKS = 5
_PC = 1
_PLUGS = 6
_LOOKS_S = 0.4


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenRoom]:
    with token_room(tmp_path_factory.mktemp("bridge"), seats=1, bridge=True) as running:
        yield running


@pytest.fixture(scope="module")
def browser(room: TokenRoom) -> Iterator[Browser]:
    with chromium() as running:
        yield running


class PcPerson(ConsolePerson):
    """Somebody at a PC with a bridge: a console, and the windows of the bridge."""

    def __init__(self, browser: Browser, room: TokenRoom, who: people.Person, host: str = "localhost") -> None:
        self.room = room
        self.who = who
        address = room.room.console_url.replace("localhost", host)
        super().__init__(Screen(browser, who.username, size=DESK), address)
        self.bridge = f"http://127.0.0.1:{room.room.room.ports.bridge}"

    def knows_the_bridge(self) -> None:
        """The browser was opened from the bridge once."""
        page = self.page.context.new_page()
        page.goto(self.room.room.room.bridge_address())
        expect(page.get_by_role("banner")).to_contain_text("USB token trên máy này")
        expect(page.get_by_label("Đang mở…")).to_have_count(0)
        page.close()

    def window_after(self, button: str) -> Page:
        """Press a button that opens a window of the bridge."""
        with self.page.context.expect_page() as opened:
            self.button(button).click()
        opened.value.set_default_timeout(20_000)
        return opened.value

    def pairs(self) -> None:
        """Once: the same figures on both sides, said yes to in the bridge's window."""
        window = self.window_after("Ghép nối máy này")
        figures = self.page.locator(".code strong").inner_text()
        assert re.fullmatch(r"\d{4} \d{4} \d{4}", figures.replace("\u00a0", " "))
        expect(window.locator(".code")).to_have_text(figures)
        expect(window.get_by_text(self.address.rstrip("/"))).to_be_visible()
        assert faults(window, least_px=CLICKED_PX, scrolls=True) == []
        window.get_by_role("button", name="Đúng, ghép nối").click()
        expect(window.get_by_text("Đã ghép nối")).to_be_visible()
        expect(self.page.get_by_text("Máy này đã ghép nối.")).to_be_visible()
        window.close()

    def types_pin(self, window: Page, pin: str, *, go: str = "Đăng nhập") -> None:
        """In the bridge's window."""
        window.get_by_label("Mã PIN", exact=True).fill(pin)
        window.get_by_role("button", name=go, exact=True).click()

    def signs(self, window: Page, *words: str, go: str = "Ký") -> None:
        """Read the words in the bridge's window, look at it, and sign."""
        for each in words:
            expect(window.get_by_text(each)).to_be_visible()
        assert faults(window, least_px=CLICKED_PX, scrolls=True) == []
        self.types_pin(window, self.room.pin, go=go)
        closed(window)

    def sees_locked(self) -> None:
        """Nothing but the lock."""
        expect(self.page.get_by_text("Màn hình đang khóa")).to_be_visible()

    def plugs(self, window: Page) -> None:
        """Into the PC, until the bridge's window asks for the PIN: the service looks every 400 ms, and may miss it."""
        field = window.get_by_label("Mã PIN", exact=True)
        for _ in range(_PLUGS):
            self.room.stand.plug(_PC, self.who.username)
            with contextlib.suppress(AssertionError):
                expect(field).to_be_visible(timeout=5_000)
                return
        expect(field).to_be_visible()


def unforeseen(person: PcPerson) -> list[str]:
    """What went wrong on the console, but for its talk with the bridge, and for asking one that is not paired yet."""
    known = ("asked another origin: http://127.0.0.1:", "/api/hello")
    return [said for said in person.screen.complaints() if not any(each in said for each in known)]


def closed(window: Page) -> None:
    """It closes by itself."""
    if not window.is_closed():
        window.wait_for_event("close", timeout=10_000)


def sign_in(person: PcPerson) -> None:
    """From the sign-in page to the first page, by token."""
    person.button("Đăng nhập bằng USB token").click()
    window = person.window_after("Đăng nhập")
    expect(window.get_by_text(person.who.name)).to_be_visible()
    person.types_pin(window, person.room.pin)
    person.is_greeted(person.who)


def test_G50_G53_G54_a_day_at_a_pc_with_a_token(room: TokenRoom, browser: Browser) -> None:
    person = PcPerson(browser, room, people.SECRETARY)
    person.knows_the_bridge()
    person.arrives()
    person.button("Đăng nhập bằng USB token").click()
    person.pairs()
    window = person.window_after("Đăng nhập")
    expect(window.get_by_text("Cắm USB token vào máy")).to_be_visible()
    person.plugs(window)
    expect(window.get_by_text(people.SECRETARY.name)).to_be_visible()
    person.types_pin(window, "999999")
    expect(window.get_by_text("Mã PIN không đúng. Số lần thử còn lại: 2.")).to_be_visible()
    assert faults(window, least_px=CLICKED_PX, scrolls=True) == []
    person.types_pin(window, room.pin)
    person.is_greeted(people.SECRETARY)
    closed(window)

    took = []
    for _ in range(_LOCKS):
        began = time.monotonic()
        room.stand.pull(_PC)
        person.page.get_by_text("Màn hình đang khóa").wait_for(state="visible")
        took.append(time.monotonic() - began)
        expect(person.page.get_by_role("heading", name="Xin chào")).to_have_count(0)
        window = person.window_after("Mở khóa")
        person.plugs(window)
        person.types_pin(window, room.pin)
        person.is_greeted(people.SECRETARY)
    # Half a second from what the card service tells; it looks at a virtual reader every 400 ms only.
    assert statistics.median(took) < 0.5 + _LOOKS_S, took
    assert unforeseen(person) == []
    # The next person's token goes into an empty reader: a swap between two looks of the service may pass as one card.
    room.stand.pull(_PC)
    person.sees_locked()


def test_G50_a_page_of_another_origin_reads_nothing_and_changes_nothing(room: TokenRoom, browser: Browser) -> None:
    """The same server under a name that nobody has paired is a stranger, as any page of the Internet."""
    person = PcPerson(browser, room, people.CHAIR, host="nguoila.localhost")
    person.arrives()
    tries = [
        "fetch(`${b}/api/hello`)",
        "fetch(`${b}/api/own`, {credentials: 'include'})",
        "fetch(`${b}/`)",
        "fetch(`${b}/api/asks`, {method: 'POST', body: '{}'})",
        "fetch(`${b}/api/asks/live`, {headers: {'X-Bridge-Ticket': 'x'}})",
        "fetch(`${b}/api/own/pin`, {method: 'POST', headers: {'X-Bridge-Token': 'x'}, body: '{}'})",
    ]
    for one in tries:
        told = "(b) => CALL.then((r) => r.text()).then((text) => `read ${text}`, (why) => why.name)".replace(
            "CALL", one
        )
        assert person.page.evaluate(told, person.bridge) == "TypeError", one


def test_G56_G57_the_chair_approves_attends_votes_and_closes_with_a_signature(
    room: TokenRoom, browser: Browser, tmp_path: Path
) -> None:
    paper, question = _paper_and_vote(room, tmp_path)
    person = PcPerson(browser, room, people.CHAIR, host="chutri.localhost")
    person.knows_the_bridge()
    person.arrives()
    person.button("Đăng nhập bằng USB token").click()
    person.pairs()
    window = person.window_after("Đăng nhập")
    person.plugs(window)
    person.types_pin(window, room.pin)
    person.is_greeted(people.CHAIR)

    person.page.goto(f"{person.address}#/certificates")
    window = person.window_after("Đăng ký chứng thư số ký văn bản")
    expect(window.get_by_text("Chứng thư số để ký văn bản")).to_be_visible()
    person.signs(window, f"Đăng ký cho tài khoản: {people.CHAIR.name}", go="Chứng minh")
    person.sees("Đã đăng ký chứng thư số.")

    person.page.goto(f"{person.address}#/meetings/{room.meeting}/papers")
    person.button(f"Phê duyệt “{paper}”").click()
    window = person.window_after("Ký số phê duyệt")
    person.signs(window, f"Tôi phê duyệt 1 tài liệu của cuộc họp “{MEETING}”")
    person.sees(re.compile(f"đã ký số – {re.escape(people.CHAIR.name)}"))

    person.page.goto(f"{person.address}#/meetings/{room.meeting}/live")
    person.button("Điểm danh bằng chữ ký số").click()
    person.signs(person.window_after("Ký số điểm danh"), f"Tôi có mặt tại cuộc họp “{MEETING}”")
    expect(person.page.get_by_role("button", name="Điểm danh bằng chữ ký số")).to_have_count(0)
    person.button("Biểu quyết").click()
    person.button("Mở").click()
    person.button("Tán thành").click()
    person.signs(person.window_after("Ký số và gửi: Tán thành"), "Tôi chọn: Tán thành.", f"Nội dung: {question}")
    person.sees("Ý kiến của đồng chí đã được ghi nhận.")
    person.button("Đóng biểu quyết").click()
    person.answers("Đóng biểu quyết")

    person.button("Bế mạc").click()
    assert person.page.get_by_role("button", name="Bế mạc và thu hồi, không ký số").is_enabled()
    assert person.screen.flaws() == []
    person.signs(person.window_after("Ký số và bế mạc"), f"Tôi bế mạc cuộc họp “{MEETING}”")
    person.sees(re.compile(f"Bế mạc: đã ký số – {re.escape(people.CHAIR.name)}"))
    assert unforeseen(person) == []
    with room.room.sign_in(people.SECRETARY) as secretary:
        kept = secretary.get(f"/api/meetings/{room.meeting}/statements")["statements"]
    assert [one["kind"] for one in kept] == ["approve_papers", "attend", "vote", "close"]
    room.stand.pull(_PC)
    person.sees_locked()


def _paper_and_vote(room: TokenRoom, folder: Path) -> tuple[str, str]:
    """A paper that waits for approval, and a named vote that was prepared: title and question."""
    title, question = "Tờ trình thứ hai (demo)", "Thông qua tờ trình?"
    file = folder / "second.pdf"
    file.write_bytes(pdfs.text_pdf([title]))
    with room.room.sign_in(people.SECRETARY) as secretary:
        path = f"/api/meetings/{room.meeting}"
        item = secretary.get(path)["sections"]["agenda"][0]["item"]
        secretary.upload(f"{path}/papers", file, {"item": item, "title": title, "secrecy": "normal"}, step="")
        vote = {"item": item, "kind": "named", "question": question, "template": "approve", "rule": RULE}
        secretary.post(f"{path}/votes", vote, step="")
    return title, question


def test_G55_secretary_and_chair_sign_a_paper_from_the_console(
    room: TokenRoom, browser: Browser, tmp_path: Path
) -> None:
    rounds = SigningRoom(room)
    round_id = rounds.opened(tmp_path, people.SECRETARY, people.CHAIR)
    for who, host in ((people.SECRETARY, "ky.localhost"), (people.CHAIR, "kychutri.localhost")):
        person = PcPerson(browser, room, who, host=host)
        person.knows_the_bridge()
        person.arrives()
        person.button("Đăng nhập bằng USB token").click()
        person.pairs()
        window = person.window_after("Đăng nhập")
        person.plugs(window)
        person.types_pin(window, room.pin)
        person.is_greeted(who)
        person.page.goto(f"{person.address}#/meetings/{room.meeting}/signing")
        window = person.window_after(f"Ký bằng USB token: {TITLE}")
        expect(window.get_by_role("heading", name="Ký tài liệu")).to_be_visible()
        expect(window.get_by_role("img", name=re.compile("Trang 1"))).to_be_visible()
        assert faults(window, least_px=CLICKED_PX, scrolls=True) == []
        person.types_pin(window, "999999", go="Ký")
        expect(window.get_by_text("Số lần thử còn lại: 2.").first).to_be_visible()
        person.types_pin(window, room.pin, go="Ký")
        closed(window)
        expect(person.page.get_by_text(f"Đã ký: {TITLE}")).to_be_visible()
        assert unforeseen(person) == []
        room.stand.pull(_PC)
        person.sees_locked()
    told = rounds.told(round_id)
    assert told["complete"] is True
    file = tmp_path / "signed.pdf"
    file.write_bytes(rounds.file(round_id))
    with room.room.sign_in(people.SECRETARY) as secretary:
        report = secretary.upload("/api/signatures/check", file, {}, step="")
    assert (report["worst"], len(report["signatures"])) == ("valid", 2)
