"""Faults and wishes told at a seat (W146, FB1, FB2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.feedback.model import MOST
from server.feedback.store import SqlFeedbackStore
from tests.support.office import PASSWORD, Office, fresh_id
from wire import ids
from wire.messages import Act, Head

SAID = {"kind": "fault", "text": "Trang không lật được", "about": {"page": "/seat/papers", "seat": "A2"}}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def _send(office: Office, meeting: str, kind: str, data: dict[str, Any], *, act: str = "", person: str | None) -> Any:
    now = office.clock.now()
    device = "d-aaaaaaaaaaaaaaaa"
    message = Act(Head(device, bytes(16), 1, now), act or fresh_id("a"), meeting, kind, person, now, data)
    return office.services.acts.perform(message, device=device, seat=office.seats[1], now=now)


def test_W146_a_fault_told_at_a_seat_is_on_the_same_desk_once_and_in_no_log(office: Office) -> None:
    meeting, member = office.meeting("open"), office.people["daibieu"]
    assert _send(office, meeting, "feedback_send", SAID, person=member).code == "not-signed-in-here"
    signing_in = {"person": member, "password": PASSWORD}
    assert _send(office, meeting, "sign_in", signing_in, person=None).outcome == "done"
    seq, act = office.sign_in("chutri").get(f"/api/meetings/{meeting}").body["seq"], fresh_id("a")
    first = _send(office, meeting, "feedback_send", SAID, act=act, person=member)
    again = _send(office, meeting, "feedback_send", SAID, act=act, person=member)
    assert (first.outcome, first.data) == (again.outcome, again.data) == ("done", {"number": 1})
    (seen,) = office.sign_in("kythuat").get("/api/feedback").done()["feedback"]
    assert ids.parse("d", seen["device"])
    assert (seen["name"], seen["text"], seen["about"]) == ("daibieu (demo)", SAID["text"], SAID["about"])
    with office.services.database.read() as tx:
        kept = SqlFeedbackStore().find(tx, 1)
    assert kept is not None
    assert kept.seat == office.seats[1]
    (own,) = office.sign_in("daibieu").get("/api/me/feedback").done()["feedback"]
    assert own["number"] == 1
    assert office.sign_in("chutri").get(f"/api/meetings/{meeting}").body["seq"] == seq


def test_FB2_at_a_seat_too_rubbish_and_too_many_are_refused(office: Office) -> None:
    meeting, member = office.meeting("open"), office.people["daibieu"]
    signing_in = {"person": member, "password": PASSWORD}
    assert _send(office, meeting, "sign_in", signing_in, person=None).outcome == "done"
    for rubbish in ({"about": {"paper": "x"}}, {"text": " "}, {"kind": "x"}):
        assert _send(office, meeting, "feedback_send", SAID | rubbish, person=member).code == "bad-field", rubbish
    for _ in range(MOST):
        assert _send(office, meeting, "feedback_send", SAID, person=member).outcome == "done"
    full = _send(office, meeting, "feedback_send", SAID, person=member)
    assert (full.code, full.data) == ("feedback-full", {"most": MOST})


def test_W146_what_was_told_without_the_server_is_taken_after_the_close_of_who_stayed_and_nothing_else(
    office: Office,
) -> None:
    meeting, member = office.meeting("open"), office.people["daibieu"]
    signing_in = {"person": member, "password": PASSWORD}
    assert _send(office, meeting, "sign_in", signing_in, person=None).outcome == "done"
    office.sign_in("chutri").post(f"/api/meetings/{meeting}/close").done()
    act = fresh_id("a")
    for _ in range(2):
        late = _send(office, meeting, "feedback_send", SAID, act=act, person=member)
        assert (late.outcome, late.data) == ("done", {"number": 1})
    assert len(office.sign_in("kythuat").get("/api/feedback").done()["feedback"]) == 1
    for kind, data, who in (
        ("feedback_send", SAID, office.people["khach"]),
        ("service_call", {"kind": "water"}, member),
    ):
        assert _send(office, meeting, kind, data, person=who).code == "not-signed-in-here", kind
