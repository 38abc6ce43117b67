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
from playwright.sync_api import Browser, expect

from deploy.demo import people
from tests.browser.chromium import chromium, faults
from tests.browser.examining import Examiner
from tests.browser.main_job import office
from tests.browser.pages_bridge import PcPerson, closed, unforeseen
from tests.browser.screen import CLICKED_PX
from tests.support.token_room import TokenRoom, token_room

pytestmark = pytest.mark.timeout(420)
_LOCKS = 3
_PC = 1
_LOOKS_S = 0.4


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenRoom]:
    with token_room(tmp_path_factory.mktemp("bridge"), seats=1, bridge=True, meeting=False) as running:
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


@pytest.mark.timeout(600)
def test_G55_G56_G57_an_office_from_the_request_for_a_paper_to_its_dossier(
    room: TokenRoom, browser: Browser, tmp_path: Path
) -> None:
    """The whole chain, everybody at their screens: papers, approval, roll call, ballot and closing signed at the PC."""
    examine = Examiner()
    story = office.Office.at(room, browser, folder=tmp_path, look=examine, glance=examine.glance)
    for act in office.ACTS:
        act(story)
    assert examine.flaws == []
    assert story.complaints() == []
    story.put_away()
