"""The console with the USB token of its PC, in Chromium: pairing, signing in, the lock, and pages that are strangers.

The room is real, as in `main_job`; so are bridge, card service and token.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Browser, Page, expect

from deploy.demo import people
from tests.browser.chromium import chromium, faults
from tests.browser.pages_bridge import PcPerson, closed, unforeseen
from tests.browser.screen import CLICKED_PX
from tests.signing.pdfsig import second_opinion
from tests.support import pdfs
from tests.support.signing_room import TITLE, SigningRoom
from tests.support.token_room import TITLE as MEETING
from tests.support.token_room import TokenRoom, token_room
from tests.support.vote_room import RULE

pytestmark = pytest.mark.timeout(420)
_LOCKS = 3
_PC = 1
_LOOKS_S = 0.4


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenRoom]:
    with token_room(tmp_path_factory.mktemp("bridge"), seats=1, bridge=True) as running:
        yield running


@pytest.fixture(scope="module")
def browser(room: TokenRoom) -> Iterator[Browser]:
    with chromium() as running:
        yield running


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
    for _ in range(2):
        person.page.reload()
        person.is_greeted(people.SECRETARY)
    with person.page.expect_response(re.compile("/api/asks/live$")):
        person.page.reload()
    person.is_greeted(people.SECRETARY)
    expect(person.page.get_by_text("Màn hình đang khóa")).to_have_count(0)

    took = []
    for _ in range(_LOCKS):
        began = time.monotonic()
        room.stand.pull(_PC)
        person.page.get_by_text("Màn hình đang khóa").wait_for(state="visible")
        took.append(time.monotonic() - began)
        expect(person.page.get_by_role("heading", name="Xin chào")).to_have_count(0)
        expect(person.page.get_by_role("button", name="Mở khóa")).to_be_focused()
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


def test_G55_G56_G57_secretary_and_chair_sign_a_paper_and_the_chair_acts_with_signatures(
    room: TokenRoom, browser: Browser, tmp_path: Path
) -> None:
    paper, question = _paper_and_vote(room, tmp_path)
    rounds = SigningRoom(room)
    round_id = rounds.opened(tmp_path, people.SECRETARY, people.CHAIR)
    for who, host in ((people.SECRETARY, "ky.localhost"), (people.CHAIR, "kychutri.localhost")):
        person = PcPerson(browser, room, who, host=host)
        person.knows_the_bridge()
        person.arrives()
        person.enters()
        _signs_paper(person, mistypes=who is people.SECRETARY)
        if who is people.CHAIR:
            _acts(person, paper, question)
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
    roots = {"demo": room.stand.authority.certificate.public_bytes(Encoding.DER)}
    opinions = second_opinion(file.read_bytes(), tmp_path, roots=roots)
    assert [each.is_valid for each in opinions] == [True, True]


def _signs_paper(person: PcPerson, *, mistypes: bool) -> None:
    """From the list of rounds, in the bridge's window."""
    room = person.room
    person.page.goto(f"{person.address}#/meetings/{room.meeting}/signing")
    window = person.window_after(f"Ký bằng USB token: {TITLE}")
    expect(window.get_by_role("heading", name="Ký tài liệu")).to_be_visible()
    expect(window.get_by_role("img", name=re.compile("Trang 1"))).to_be_visible()
    _turns_all(window)
    if mistypes:
        person.types_pin(window, "999999", go="Ký")
        expect(window.get_by_text("Số lần thử còn lại: 2.").first).to_be_visible()
    person.signs(window)
    expect(person.page.get_by_text(f"Đã ký: {TITLE}")).to_be_visible()


def _turns_all(window: Page) -> None:
    """Every page of the paper, until the button says nothing of pages that were not seen (G58)."""
    pages = int(window.get_by_role("img").get_attribute("alt").rpartition(" ")[2])  # type: ignore[union-attr]
    for at in range(2, pages + 1):
        window.get_by_role("button", name="Trang sau").click()
        expect(window.get_by_role("img", name=f"Trang {at} / {pages}")).to_be_visible()


def _acts(person: PcPerson, paper: str, question: str) -> None:
    """The chair enrols, approves, attends, votes and closes, each with a signature (G56, G57)."""
    room = person.room
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
    with room.room.sign_in(people.SECRETARY) as secretary:
        kept = secretary.get(f"/api/meetings/{room.meeting}/statements")["statements"]
    assert [one["kind"] for one in kept] == ["approve_papers", "attend", "vote", "close"]


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
