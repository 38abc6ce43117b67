"""A named vote at a real seat with a real token: chosen, read in full, PIN, signed by the card, counted anew (V7, W68).

The room is real, as in `main_job`; the token is plugged in behind the real card service. Pictures go to
``test-results/voting``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from deploy.demo import people
from server.voting.evidence import check_signature
from tests.browser.chromium import chromium
from tests.browser.pages_seat import SeatPerson
from tests.browser.screen import SEAT, Screen
from tests.support.token_room import TokenRoom, token_room
from tests.support.vote_room import QUESTION, RULE
from wire import recount

pytestmark = pytest.mark.timeout(420)
_PICTURES = Path(__file__).resolve().parents[2] / "test-results" / "voting"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenRoom]:
    with token_room(tmp_path_factory.mktemp("named-vote")) as running:
        yield running


@pytest.fixture(scope="module")
def browser(room: TokenRoom) -> Iterator[Browser]:
    with chromium() as running:
        yield running


def test_V7_a_named_vote_is_read_signed_recorded_and_counted(room: TokenRoom, browser: Browser) -> None:
    room.signs_in(0, people.DEPUTY)
    screen = Screen(browser, "seat B1", size=SEAT, touch=True)
    # The refused PIN below.
    screen.expects(409, "/api/statements/")
    seat = SeatPerson(screen, lambda: room.room.seat_url(0))
    seat.switches_on()
    path = f"/api/meetings/{room.meeting}"
    with room.room.sign_in(people.CHAIR) as chair:
        item = chair.get(path)["sections"]["agenda"][0]["item"]
        body = {"item": item, "kind": "named", "question": QUESTION, "template": "approve", "rule": RULE}
        vote = str(chair.post(f"{path}/votes", body, step="")["vote"])
        chair.post(f"{path}/votes/{vote}/open", {}, step="")
        seat.taps("Tán thành")
        seat.taps("Ký và gửi: Tán thành")
        sheet = seat.page.get_by_role("dialog")
        for words in (QUESTION, "Tán thành", people.DEPUTY.name):
            expect(sheet.get_by_text(words).first).to_be_visible()
        flaws = screen.flaws()
        _PICTURES.mkdir(parents=True, exist_ok=True)
        screen.page.screenshot(path=_PICTURES / "seat-signing.png")
        keys = seat.page.get_by_role("group", name="Bàn phím trên màn hình")
        for pin in ("999999", room.pin):
            for digit in pin:
                keys.get_by_role("button", name=digit, exact=True).tap()
            keys.get_by_role("button", name="Ký", exact=True).tap()
            if pin != room.pin:
                seat.sees("Mã PIN không đúng")
        seat.sees("Máy chủ đã ghi nhận ý kiến của đồng chí")
        screen.page.screenshot(path=_PICTURES / "seat-signed.png")
        chair.post(f"{path}/votes/{vote}/close", {}, step="")
        bundle = chair.get(f"{path}/votes/{vote}/bundle")
    found = recount.recount(json.dumps(bundle).encode(), check=check_signature)
    assert (found.signatures, dict(found.counts)["for"], found.cast) == (1, 1, 1)
    assert flaws == []
    assert screen.complaints() == []
