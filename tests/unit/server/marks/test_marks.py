"""P8, W99–W102 at the server: who is given a key, from whom marks are taken, and when nothing is kept any more."""

from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from sealing.boxes import new_key
from server.idempotency.store import acts as acts_table
from server.marks.model import is_over
from server.marks.store import DEVICES, KEYS, MARKS
from server.meetings.ports import Outcome
from tests.support.meeting_log import MeetingLog, named
from tests.support.office import PASSWORD, Office, fresh_id
from wire.errors import BadFrame
from wire.ids import MeetingId
from wire.marks import GET, KEY_BYTES, MAX_BATCH, PUT, Sealed, key_info
from wire.messages import Act, Head
from wire.messages.head import b64

BOX = new_key()


class Seat:
    """One seat of the office's room, and the acts it sends."""

    def __init__(self, office: Office, number: int, meeting: str) -> None:
        self.office = office
        self.seat = office.seats[number]
        self.device = fresh_id("d")
        self.meeting = meeting
        self.person = office.people["daibieu"]

    def send(self, kind: str, data: dict[str, Any], *, person: str | None = "") -> Outcome:
        now = self.office.clock.now()
        head = Head(self.device, b"\0" * 16, 1, now)
        who = self.person if person == "" else person
        act = Act(head, fresh_id("a"), self.meeting, kind, who, now, data)
        return self.office.services.acts.perform(act, device=self.device, seat=self.seat, now=now)

    def sign_in(self, name: str = "daibieu") -> None:
        self.person = self.office.people[name]
        done = self.send("sign_in", {"person": self.person, "password": PASSWORD}, person=None)
        assert done.outcome == "done"

    def get(self, after: int = 0, *, key: bool = False) -> Outcome:
        return self.send(GET, {"after": after} | ({"box": b64(BOX.public)} if key else {}))

    def key(self) -> bytes:
        """The person's key, opened."""
        sealed = base64.b64decode(self.get(key=True).data["key"])
        return BOX.open(sealed, info=key_info(self.meeting, self.person, self.device))

    def put(self, *marks: Sealed) -> Outcome:
        return self.send(PUT, {"marks": [each.to_value() for each in marks]})


def sealed(number: int = 1, counter: int = 1, box: bytes = b"\x01sealed") -> Sealed:
    return Sealed(named("n", str(number)), counter, box)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def seat(office: Office) -> Seat:
    found = Seat(office, 1, office.meeting("open"))
    found.sign_in()
    return found


def test_W99_the_key_is_the_persons_of_this_meeting_and_opens_at_the_asking_seat_alone(seat: Seat) -> None:
    key = seat.key()
    assert len(key) == KEY_BYTES
    assert seat.key() == key
    chair = Seat(seat.office, 0, seat.meeting)
    chair.sign_in("chutri")
    assert chair.key() != key
    other = base64.b64decode(seat.get(key=True).data["key"])
    with pytest.raises(BadFrame):
        BOX.open(other, info=key_info(seat.meeting, seat.person, chair.device))
    with seat.office.services.database.read() as tx:
        for row in tx.execute(select(KEYS)):
            assert key not in row.wrapped_key


def test_W99_nobody_else_is_given_it_and_nobody_who_has_left(seat: Seat) -> None:
    elsewhere = Seat(seat.office, 2, seat.meeting)
    assert elsewhere.get(key=True).code == "not-signed-in-here"
    assert seat.send(GET, {"after": 0}, person=None).code == "not-signed-in-here"
    elsewhere.sign_in()
    assert seat.get(key=True).code == "not-signed-in-here"
    assert elsewhere.get(key=True).outcome == "done"


def test_W99_what_is_no_question_is_refused(seat: Seat) -> None:
    for box in ({}, {"box": b64(bytes(31))}, {"box": b64(bytes(32))}):
        assert seat.send(GET, {"after": 0 if box else -1} | box).outcome == "refused"
    assert seat.send(GET, {}).code == "bad-field"
    assert seat.send(GET, {"after": 0, "more": 1}).code == "bad-field"


def test_W100_marks_are_numbered_joined_and_handed_on(seat: Seat) -> None:
    seat.key()
    assert seat.put(sealed(1), sealed(2)).data == {"before": 0, "newest": 2}
    assert seat.put(sealed(1), sealed(2)).data == {"before": 2, "newest": 2}, "the same again changes nothing"
    assert seat.put(sealed(1, 2), sealed(2, 1, b"\x00")).data == {"before": 2, "newest": 3}
    assert seat.get().data == {"marks": [sealed(2).to_value(), sealed(1, 2).to_value()], "newest": 3, "more": False}
    assert seat.get(2).data == {"marks": [sealed(1, 2).to_value()], "newest": 3, "more": False}
    assert seat.get(3).data == {"marks": [], "newest": 3, "more": False}
    assert seat.get(9).data["newest"] == 3, "who knows more than there is begins where this server is"


def test_W100_many_come_in_portions(seat: Seat) -> None:
    seat.key()
    for first in (0, MAX_BATCH):
        seat.put(*(sealed(number) for number in range(first, first + MAX_BATCH)))
    after, found, more = 0, 0, True
    while more:
        answer = seat.get(after).data
        after, more, found = answer["newest"], answer["more"], found + len(answer["marks"])
    assert (found, after) == (2 * MAX_BATCH, 2 * MAX_BATCH)


def test_W100_a_seat_that_was_left_hands_in_what_it_still_has(seat: Seat) -> None:
    seat.key()
    moved = Seat(seat.office, 2, seat.meeting)
    moved.sign_in()
    assert seat.put(sealed(1)).outcome == "done"
    assert [each["mark"] for each in moved.get().data["marks"]] == [sealed(1).mark]


def test_W100_a_seat_that_was_never_given_the_key_hands_in_nothing(seat: Seat) -> None:
    assert seat.put(sealed(1)).code == "marks-foreign"
    seat.key()
    stranger = Seat(seat.office, 2, seat.meeting)
    assert stranger.put(sealed(1)).code == "marks-foreign"


def test_P8_too_much_is_refused_whole_and_removing_goes_on(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    seat.key()
    monkeypatch.setattr("server.marks.model.MAX_MARKS", 2)
    assert seat.put(sealed(1), sealed(2)).outcome == "done"
    refused = seat.put(sealed(3), sealed(1, 2))
    assert (refused.outcome, refused.code) == ("refused", "marks-full")
    assert len(seat.get().data["marks"]) == 2
    assert seat.put(sealed(1, 2, b"")).outcome == "done"
    assert seat.put(sealed(3)).outcome == "done"


def test_P8_nothing_of_it_is_in_the_log_the_ledger_or_the_record(seat: Seat) -> None:
    services = seat.office.services
    before = services.meetings.state(MeetingId(seat.meeting)).seq
    seat.key()
    seat.put(sealed(1))
    assert services.meetings.state(MeetingId(seat.meeting)).seq == before
    with services.database.read() as tx:
        kinds = {row.kind for row in tx.execute(select(acts_table))}
    assert not {kind for kind in kinds if "marks" in kind}


def test_W102_a_close_keeps_them_for_a_while_and_a_lock_deletes_them_with_their_keys(seat: Seat) -> None:
    office = seat.office
    seat.key()
    seat.put(sealed(1))
    chair = office.sign_in("chutri")
    chair.post(f"/api/meetings/{seat.meeting}/close").done()
    assert seat.get().code == "not-signed-in-here", "after the close nobody is given them"
    assert seat.put(sealed(2)).outcome == "done", "a seat that was off still hands in"
    _forget(office)
    assert _rows(office) == (1, 1, 2)
    office.clock.advance(days=31)
    assert seat.put(sealed(3)).code == "marks-over"
    _forget(office)
    assert _rows(office) == (0, 0, 0)


def test_W102_a_lock_ends_it_at_once(seat: Seat) -> None:
    office = seat.office
    seat.key()
    seat.put(sealed(1))
    chair = office.sign_in("chutri")
    chair.post(f"/api/meetings/{seat.meeting}/close").done()
    chair.post(f"/api/meetings/{seat.meeting}/lock").done()
    assert seat.put(sealed(2)).code == "marks-over"
    _forget(office)
    assert _rows(office) == (0, 0, 0)


def _forget(office: Office) -> None:
    office.clock.advance(seconds=61)
    office.services.chores.do_due()


def _rows(office: Office) -> tuple[int, ...]:
    with office.services.database.read() as tx:
        return tuple(len(list(tx.execute(select(table)))) for table in (KEYS, DEVICES, MARKS))


def test_W102_the_rule_by_itself() -> None:
    log = MeetingLog().prepared()
    log.add("meeting_opened")
    log.add("meeting_closed")
    closed = log.state.closed_at
    assert closed is not None
    assert not is_over(log.state, now=closed + dt.timedelta(days=30), kept_days=30)
    assert is_over(log.state, now=closed + dt.timedelta(days=30, seconds=1), kept_days=30)
