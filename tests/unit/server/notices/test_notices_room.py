"""Messages through the whole server: console and seats (F2, W96)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.office import PASSWORD, Browser, Office, fresh_id
from tests.unit.server.speaking.test_speaking_room import Hall


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    found = Office(tmp_path_factory.mktemp("office"))
    yield found
    found.services.close()


@pytest.fixture
def hall(office: Office) -> Iterator[Hall]:
    found = Hall(office)
    yield found
    found.close()


def send(hall: Hall, browser: Browser | None = None, **changes: Any) -> str:
    body = {"to": "seats", "text": "Mời ký biên bản (demo)", "send": True, **changes}
    notice: str = (browser or hall.chair).post(f"{hall.path}/notices", body).done()["notice"]
    return notice


def shown(hall: Hall, browser: Browser) -> list[Any]:
    found: list[Any] = browser.get(hall.path).done()["sections"]["notices"]
    return found


def test_F2_a_message_reaches_a_person_until_they_say_at_the_seat_that_they_read_it(hall: Hall) -> None:
    member = hall.office.people["daibieu"]
    notice = send(hall, people=[member])
    (line,) = shown(hall, hall.member)
    assert (line["notice"], line["read"]) == (notice, [])
    act = fresh_id("a")
    first = hall.seat(1, "daibieu", "notice_read", act, notice=notice)
    assert hall.seat(1, "daibieu", "notice_read", act, notice=notice) == first
    assert hall.member.post(f"{hall.path}/notices/{notice}/read").status == 200, "read is read"
    (line,) = shown(hall, hall.secretary)
    assert [each["person"] for each in line["read"]] == [member]


def test_F2_only_who_leads_sends_and_only_who_got_it_reads(hall: Hall) -> None:
    body = {"to": "seats", "text": "x", "send": True}
    assert hall.member.post(f"{hall.path}/notices", body).status == 403
    notice = send(hall, hall.secretary, people=[hall.office.people["khach"]])
    assert hall.member.post(f"{hall.path}/notices/{notice}/read").code == "no-such-notice"
    assert hall.member.post(f"{hall.path}/notices/{notice}/withdraw").status == 403
    assert hall.seat(1, "daibieu", "notice_read", notice=fresh_id("g")).code == "no-such-notice"


def test_F2_announcements_wait_in_a_queue_and_the_wall_counts_down(hall: Hall) -> None:
    first = send(hall, to="wall", text="Giải lao (demo)", seconds=600, send=False)
    assert hall.state.display.mode == "item"
    hall.chair.post(f"{hall.path}/notices/{first}/send").done()
    display = hall.member.get(hall.path).body["sections"]["display"]
    assert (display["mode"], display["text"], display["notice"]) == ("message", "Giải lao (demo)", first)
    before = hall.state.seq
    assert hall.secretary.post(f"{hall.path}/notices/{first}/send").done()["seq"] == before, "two who send at once"
    hall.chair.post(f"{hall.path}/notices/{first}/withdraw").done()
    assert hall.state.display.mode == "item"
    assert hall.chair.post(f"{hall.path}/notices/{first}/send").code == "notice-state-not-allowed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": "wall", "people": ["u-aaaaaaaaaaaaaaaa"]}, "wall-has-no-people"),
        ({"people": ["u-aaaaaaaaaaaaaaaa"]}, "not-a-member"),
        ({"text": "x" * 501}, "bad-field"),
        ({"seconds": 90_000}, "bad-field"),
    ],
)
def test_F2_a_message_that_makes_no_sense_is_refused(hall: Hall, changes: dict[str, Any], code: str) -> None:
    body = {"to": "seats", "text": "x", "send": True, **changes}
    assert hall.chair.post(f"{hall.path}/notices", body).code == code


def test_F2_nothing_is_sent_when_the_meeting_is_over(hall: Hall) -> None:
    notice = send(hall)
    hall.chair.post(f"{hall.path}/close").done()
    assert hall.chair.post(f"{hall.path}/notices", {"to": "seats", "text": "x", "send": True}).code == (
        "phase-not-allowed"
    )
    assert hall.member.post(f"{hall.path}/notices/{notice}/read").code == "phase-not-allowed"


def test_F2_W121_who_leads_sends_from_a_seat_and_takes_it_away_there(hall: Hall) -> None:
    assert hall.seat(1, "daibieu", "notice_send", to="wall", text="x").code == "not-allowed"
    data = {"person": hall.office.people["chutri"], "password": PASSWORD}
    assert hall.act(0, "sign_in", None, data).outcome == "done"
    act = fresh_id("a")
    sent = hall.seat(0, "chutri", "notice_send", act, to="wall", text="Giải lao (demo)", seconds=300)
    assert hall.seat(0, "chutri", "notice_send", act, to="wall", text="Giải lao (demo)", seconds=300) == sent
    (line,) = shown(hall, hall.chair)
    assert (line["notice"], line["state"], hall.state.display.mode) == (sent.data["notice"], "sent", "message")
    assert hall.seat(1, "daibieu", "notice_withdraw", notice=sent.data["notice"]).code == "not-allowed"
    assert hall.seat(0, "chutri", "notice_withdraw", notice=sent.data["notice"]).outcome == "done"
    assert hall.state.display.mode == "item"
