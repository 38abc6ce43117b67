"""Locking a meeting (đã khóa): the record is final when every seat has answered the recall, or somebody says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.meetings import model
from server.meetings.commands import By, Command, LeaveSeat, SetAgenda, SetMembers, ShowOnDisplay, Step
from server.meetings.errors import RecallIncomplete
from server.meetings.ports import Holder
from tests.support.meetings import CHAIR, MEMBER, OFFICE, PLAN, SEATS, SECRETARY, Play, an_id, members
from tests.support.office import START, Office, fresh_id
from wire.ids import MeetingId
from wire.phases import Change, Phase
from wire.state import DisplayMode, SeatReceipt

DEVICES = tuple((an_id("d", number), f"A{number}") for number in (1, 2))
RECEIPTS = tuple(
    SeatReceipt(device, seat, label, papers=1, pages=20, at=START, receipt_sha256=f"{number}" * 64)
    for number, ((device, label), seat) in enumerate(zip(DEVICES, SEATS, strict=False), 1)
)


@pytest.fixture
def closed() -> Play:
    play = Play()
    play.prepare()
    play(CHAIR, Step(Change.CLOSE, holders=DEVICES))
    return play


def confirm(play: Play, *receipts: SeatReceipt) -> None:
    for receipt in receipts:
        play.write(model.confirm_recall(play.log.state, receipt))


def test_M1_a_meeting_is_locked_when_every_seat_has_answered(closed: Play) -> None:
    confirm(closed, *RECEIPTS)
    assert [draft.kind for draft in closed(CHAIR, Step(Change.LOCK))] == ["meeting_locked"]
    assert closed.log.state.phase is Phase.LOCKED


def test_P7_a_lock_waits_for_the_proof_of_every_seat_and_names_those_it_lacks(closed: Play) -> None:
    confirm(closed, RECEIPTS[0])
    with pytest.raises(RecallIncomplete) as refusal:
        model.decide(closed.log, Step(Change.LOCK), By(CHAIR))
    assert refusal.value.data == {"confirmed": 1, "expected": 2, "seats": ["A2"], "missing": "A2"}


def test_P7_a_seat_that_is_lost_for_good_keeps_no_record_open_when_the_reason_is_written_down(closed: Play) -> None:
    confirm(closed, RECEIPTS[0])
    closed(CHAIR, Step(Change.LOCK, "Thiết bị A2 hỏng hẳn, đã tiêu hủy theo biên bản"))
    assert closed.log.state.phase is Phase.LOCKED
    assert closed.log.state.reason.startswith("Thiết bị A2")
    confirm(closed, RECEIPTS[1])
    assert len(closed.log.state.recall.receipts) == 2, "what comes after all is written down"


@pytest.mark.parametrize("who", [MEMBER, SECRETARY, OFFICE])
def test_M1_only_the_chair_locks(closed: Play, who: str | By) -> None:
    confirm(closed, *RECEIPTS)
    assert closed.refused(who, Step(Change.LOCK)) in {"not-allowed", "not-a-member"}


def test_M1_nothing_is_written_after_the_lock(closed: Play) -> None:
    confirm(closed, *RECEIPTS)
    closed(CHAIR, Step(Change.LOCK))
    asked: list[tuple[str | By, Command]] = [
        (OFFICE, SetMembers(members())),
        (OFFICE, SetAgenda(PLAN, 99)),
        (CHAIR, ShowOnDisplay(DisplayMode.BLANK)),
        *((CHAIR, Step(change)) for change in (Change.OPEN, Change.CLOSE, Change.CANCEL, Change.LOCK)),
    ]
    for who, command in asked:
        assert closed.refused(who, command) == "phase-not-allowed"
    assert closed(MEMBER, LeaveSeat()) == ()


# ── over HTTP ────────────────────────────────────────────────────────────────────────────────────────────────────


class _OneHolder:
    def __init__(self, device: str) -> None:
        self.device = device

    def holding(self, meeting: MeetingId) -> tuple[Holder, ...]:
        return (Holder(self.device, SEATS[0], "A1"),)


def test_M1_locking_by_the_route(tmp_path: Path) -> None:
    office = Office(tmp_path)
    device = fresh_id("d")
    office.services.slots.holders = _OneHolder(device)
    meeting = MeetingId(office.meeting("open"))
    path = f"/api/meetings/{meeting}"
    chair = office.sign_in("chutri")
    assert chair.post(f"{path}/lock").code == "phase-not-allowed"
    chair.post(f"{path}/close").done()
    assert office.sign_in("thuky").post(f"{path}/lock").status == 403
    refused = chair.post(f"{path}/lock")
    assert (refused.status, refused.code, refused.data["seats"]) == (409, "recall-incomplete", ["A1"])
    assert "A1" in refused.body["error"]["vi"]
    receipt = SeatReceipt(device, SEATS[0], "A1", papers=0, pages=0, at=START, receipt_sha256="a" * 64)
    office.services.meetings.confirm_recall(meeting, receipt, now=START)
    act = fresh_id("a")
    done = chair.post(f"{path}/lock", act=act).done()
    assert chair.post(f"{path}/lock", act=act).body == done, "the same act again is the same answer"
    shown = chair.get(path).body
    assert (shown["seq"], shown["sections"]["meeting"]["phase"]) == (done["seq"], "locked")


def test_M1_the_reason_of_a_lock_stands_in_the_log(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.services.slots.holders = _OneHolder(fresh_id("d"))
    path = f"/api/meetings/{office.meeting('open')}"
    chair = office.sign_in("chutri")
    chair.post(f"{path}/close").done()
    chair.post(f"{path}/lock", {"reason": "Thiết bị A1 đã hỏng"}).done()
    last = chair.get(f"{path}/events").body["events"][-1]
    assert (last["kind"], last["data"]) == ("meeting_locked", {"reason": "Thiết bị A1 đã hỏng"})
