"""Calendars over HTTP: what an address gives, to whom, and what is left when it is taken back."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from server.calendars.model import within
from server.calendars.service import MADE, TAKEN_BACK
from server.calendars.store import ADDRESSES
from server.identity.model import Actor
from server.meetings.service import MeetingService
from tests.support.office import Browser, Office, begin_at, fresh_id


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.services.close()


def address_of(browser: Browser, *, titles: bool = True) -> str:
    return str(browser.post("/api/me/calendar", {"titles": titles}).done()["url"])


def events(office: Office, address: str) -> list[Any]:
    """As a calendar program reads it: no cookie, no token."""
    reply = office.app.test_client().get(address)
    assert reply.status_code == 200, reply.data
    assert reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(reply.data).walk("VEVENT"))


def test_C1_C2_a_meeting_stands_in_the_calendar_and_moves_there(office: Office) -> None:
    meeting = office.meeting("approved")
    address = address_of(office.sign_in("daibieu"))
    (event,) = events(office, address)
    assert (str(event["summary"]), str(event["location"])) == ("Họp thử (demo)", "Phòng thử")
    assert event["dtstart"].dt == dt.datetime(2026, 11, 23, 1, 30, tzinfo=dt.UTC)
    assert event["dtend"].dt == dt.datetime(2026, 11, 23, 3, 0, tzinfo=dt.UTC)
    assert (str(event["uid"]), str(event["status"])) == (f"{meeting}@phonghop", "CONFIRMED")
    assert str(event["url"]).endswith(f"/#/meetings/{meeting}")
    moved = {**office.description(), "starts_at": "2026-11-24T17:30:00.000Z"}
    office.sign_in("thuky").put(f"/api/meetings/{meeting}", moved).done()
    (after,) = events(office, address)
    assert (after["uid"], after["dtstart"].dt) == (event["uid"], dt.datetime(2026, 11, 24, 17, 30, tzinfo=dt.UTC))
    assert after["sequence"] > event["sequence"]


def test_C3_a_cancelled_meeting_is_told_as_cancelled(office: Office) -> None:
    meeting = office.meeting("approved")
    address = address_of(office.sign_in("daibieu"))
    office.sign_in("chutri").post(f"/api/meetings/{meeting}/cancel", {"reason": "Chủ trì đi công tác"}).done()
    (event,) = events(office, address)
    assert str(event["status"]) == "CANCELLED"


def test_C2_a_meeting_that_is_over_ends_when_it_was_closed(office: Office) -> None:
    meeting = office.meeting("open")
    address = address_of(office.sign_in("daibieu"))
    (planned,) = events(office, address)
    office.clock.advance(days=1)
    chair = office.sign_in("chutri")
    closed = office.clock.now().replace(microsecond=0)
    chair.post(f"/api/meetings/{meeting}/close").done()
    (event,) = events(office, address)
    assert event["dtstart"].dt < closed != planned["dtend"].dt
    assert event["dtend"].dt == closed


def test_C4_an_address_without_titles_gives_times_only(office: Office) -> None:
    office.meeting("approved")
    address = address_of(office.sign_in("daibieu"), titles=False)
    (event,) = events(office, address)
    raw = office.app.test_client().get(address).data.decode()
    assert str(event["summary"]) == "Họp"
    for word in ("thử", "Giao ban", "#/meetings", "LOCATION", "chutri"):
        assert word not in raw


def test_a_calendar_holds_the_meetings_of_its_owner_alone_and_no_rehearsal(office: Office) -> None:
    meeting = office.meeting("approved")
    office.sign_in("thuky").post(f"/api/meetings/{meeting}/rehearsal", {"leads": True}).done()
    assert events(office, address_of(office.sign_in("kythuat"))) == []
    assert len(events(office, address_of(office.sign_in("thuky")))) == 1, "a secretary's own, not all of the house"
    draft = office.meeting()
    own = events(office, address_of(office.sign_in("daibieu")))
    assert draft not in "".join(str(event["uid"]) for event in own), "a draft is for those who prepare it"
    address = address_of(office.sign_in("daibieu"))
    office.clock.advance(days=91)
    # Whoever has not signed in for so long is not let in either (I5); the calendar's reach is told by the model.
    assert office.app.test_client().get(address).status_code == 404


def test_a_calendar_reaches_three_months_back_and_a_year_ahead() -> None:
    now = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    days = (-91, -90, 0, 400, 401)
    assert [within(now + dt.timedelta(days=each), now) for each in days] == [False, True, True, True, False]


@pytest.mark.parametrize("how", ["taken back", "made anew", "account disabled", "guessed", "absurd"])
def test_an_address_that_is_not_good_any_more_gives_nothing(office: Office, how: str) -> None:
    office.meeting("approved")
    member = office.sign_in("daibieu")
    address = address_of(member)
    if how == "taken back":
        member.send("DELETE", "/api/me/calendar")
        member.send("DELETE", "/api/me/calendar")
        assert member.get("/api/me/calendar").done() == {"address": None}
    elif how == "made anew":
        assert address_of(member) != address
    elif how == "account disabled":
        office.services.identity.switch_account(
            office.people["daibieu"], disabled=True, by=_admin(office), act=fresh_id("a"), now=office.clock.now()
        )
    else:
        address = "/calendar/" + {"guessed": "a" * 43, "absurd": "%00" * 4000}[how] + ".ics"
    reply = office.browser().get(address)
    assert (reply.status, reply.code) == (404, "calendar-address-unknown")
    assert "Địa chỉ lịch" in reply.body["error"]["vi"]


def test_of_an_address_only_a_hash_is_kept_and_the_record_says_that_there_is_one(office: Office) -> None:
    member = office.sign_in("daibieu")
    address = address_of(member, titles=False)
    secret = address.removeprefix("/calendar/").removesuffix(".ics")
    with office.services.database.read() as tx:
        (row,) = tx.execute(select(ADDRESSES)).all()
    assert secret not in str(row)
    assert member.get("/api/me/calendar").done()["address"]["titles"] is False
    member.send("DELETE", "/api/me/calendar")
    told = office.services.audit.newest(MADE, TAKEN_BACK, limit=9)
    assert [each.kind for each in told] == [TAKEN_BACK, MADE]
    assert secret not in str([each.data for each in told])


def test_a_fault_while_a_calendar_is_read_does_not_write_its_address_to_the_log(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = address_of(office.sign_in("daibieu"))
    monkeypatch.setattr(MeetingService, "meetings_of", lambda *_: 1 / 0)
    with caplog.at_level(logging.DEBUG):
        assert office.app.test_client().get(address).status_code == 500
    assert "/calendar/<address>.ics" in caplog.text
    assert address.removeprefix("/calendar/") not in caplog.text


def test_the_file_of_one_meeting_is_for_those_who_are_in_it(office: Office) -> None:
    meeting = office.meeting("approved")
    path = f"/api/meetings/{meeting}/calendar"
    reply = office.sign_in("daibieu").client.get(path)
    (event,) = Calendar.from_ical(reply.data).walk("VEVENT")
    assert str(event["uid"]) == f"{meeting}@phonghop"
    assert reply.headers["Content-Disposition"] == f'attachment; filename="{meeting}.ics"'
    assert office.sign_in("kythuat").get(path).status == 403
    assert office.sign_in("daibieu").get(f"/api/meetings/{office.meeting()}/calendar").status == 403, "a draft"


@pytest.mark.parametrize("begins", ["9999-12-31T23:00:00.000Z", "0001-01-01T00:00:00.000Z"])
def test_a_year_that_no_calendar_has_is_no_fault(office: Office, begins: str) -> None:
    secretary = office.sign_in("thuky")
    reply = secretary.post("/api/meetings", {**office.description(), "starts_at": begins})
    assert (reply.status, reply.code, reply.data) == (400, "year-unfit", {"first": 2000, "last": 2099})
    meeting = office.meeting()
    changed = secretary.put(f"/api/meetings/{meeting}", {**office.description(), "starts_at": begins})
    assert changed.code == "year-unfit"
    begin_at(office, meeting, begins)
    found = secretary.client.get(f"/api/meetings/{meeting}/calendar")
    assert found.status_code == 200
    assert Calendar.from_ical(found.data).walk("VEVENT")
    assert office.app.test_client().get(address_of(secretary)).status_code == 200


def test_words_that_a_calendar_would_read_as_its_own_are_text(office: Office) -> None:
    secretary = office.sign_in("thuky")
    title = "Họp; một, hai\\n BEGIN:VEVENT " + "dài " * 40
    about = {**office.description(), "title": title.strip()}
    meeting = secretary.post("/api/meetings", about).done()["id"]
    (event,) = Calendar.from_ical(secretary.client.get(f"/api/meetings/{meeting}/calendar").data).walk("VEVENT")
    assert str(event["summary"]) == title.strip()


def _admin(office: Office) -> Actor:
    found = office.services.identity.person(office.people["hethong"])
    return Actor(found.id, found.name, found.roles)
