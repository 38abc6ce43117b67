"""The draft of the minutes says what the record says (BB1–BB4): against a count that shares nothing with it."""

from __future__ import annotations

import datetime as dt
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from server.agency.model import House
from server.documents.model import Table
from server.minutes.attendance import Attendance
from server.minutes.blocks import Block
from server.minutes.document import merged
from server.minutes.drafting import drafted
from server.minutes.facts import facts_of
from server.minutes.printed import Signers, document
from tests.support.meeting_log import MeetingLog, named
from tests.support.minutes_log import ITEMS, PEOPLE, Count, Move, moves, played

_TURN = re.compile(
    r"- Đồng chí (.+) \(Kiểm sát viên, Phòng 1\): (\d+) lượt, (?:(\d+) giờ )?(?:(\d+) phút )?(\d+) giây;"
)
_HOUSE = House(("Viện kiểm sát nhân dân tối cao",), ("Viện kiểm sát nhân dân tỉnh Mẫu (demo)",), "VKSTM", "Mẫu")
_WORDS = {"speeches": "speech", "questions": "question", "answers": "answer", "orders": "order"}

VIETNAM = dt.timedelta(hours=7)


def _blocks(log: MeetingLog) -> dict[str, Block]:
    sections = drafted(facts_of(log.state, log.events))
    return {block.block: block for section in sections for block in section.blocks}


def _name(who: str) -> str:
    return f"Đồng chí {who} (demo)"


@settings(max_examples=60, deadline=None)
@given(moves())
def test_BB1_every_figure_is_the_records(said: list[Move]) -> None:
    log = played(said)
    found, count = _blocks(log), Count(log.events)
    came = sum(1 for who in PEOPLE if named("u", who) in count.came)
    assert f"{came:02d}/{len(PEOPLE):02d} thành viên dự họp" in found["attended"].text
    missing = found["absent"].text if "absent" in found else ""
    late = found["late"].text if "late" in found else ""
    for who in PEOPLE:
        assert (_name(who) in missing) is (named("u", who) not in count.came)
        assert late.count(_name(who)) == count.late[named("u", who)]
    for each in ITEMS:
        name = named("i", each)
        _turns_are_those_of(found, count, name)
        took = re.search(r"\((?:(\d+) giờ )?(?:(\d+) phút )?(\d+) giây\)\.", found[f"{name}.course"].text)
        assert (_ms(*took.groups()) if took else 0) == count.dealt_ms[name] // 1000 * 1000
        assert (f"{name}.conclusion" in found) is bool(count.conclusions.get(name))
        written = found[f"{name}.written"].text if f"{name}.written" in found else ""
        assert written.count("ký tự") == list(count.written.values()).count(name)


def _turns_are_those_of(found: dict[str, Block], count: Count, item: str) -> None:
    said = {}
    for word, kind in _WORDS.items():
        for line in found[f"{item}.{word}"].text.splitlines()[1:] if f"{item}.{word}" in found else ():
            name, turns, *took = re.fullmatch(_TURN, line).groups()  # type: ignore[union-attr]
            said[name, kind] = (int(turns), _ms(*took))
    people = {named("u", who): _name(who) for who in PEOPLE}
    assert said == {
        (people[person], kind): (turns, count.ms[item, person, kind])
        for (of, person, kind), turns in count.turns.items()
        if of == item
    }


def _ms(hours: str | None, minutes: str | None, seconds: str | None) -> int:
    return 1000 * (3600 * int(hours or 0) + 60 * int(minutes or 0) + int(seconds or 0))


@settings(max_examples=40, deadline=None)
@given(moves())
def test_BB4_a_vote_has_the_hands_that_were_counted_and_none_before_it_is_announced(said: list[Move]) -> None:
    log = played(said)
    found, count = _blocks(log), Count(log.events)
    for vote, hands in count.hands.items():
        text = found[vote].text
        if vote not in count.announced:
            assert re.search(r"\d+", text.replace("“Thông qua báo cáo (demo)”", "")) is None, "V5"
            continue
        favour, against = hands["for"], hands["against"]
        assert f"- Tán thành: {favour:02d} ({favour * 10_000 // 5 // 100},{favour * 10_000 // 5 % 100:02d}%);" in text
        assert f"- Không tán thành: {against:02d} (" in text
        assert f"số phiếu đã bỏ: {favour + against:02d}." in text
        assert "cần ít nhất 03." in text
        assert ("Kết luận biểu quyết: được thông qua." in text) is (favour > len(PEOPLE) / 2)


@settings(max_examples=30, deadline=None)
@given(moves(), st.booleans())
def test_BB2_a_fact_names_events_that_are_there_and_the_draft_is_the_same_again(said: list[Move], closes: bool) -> None:  # noqa: FBT001
    log = played(said, closes=closes)
    found = _blocks(log)
    assert found == _blocks(log)
    assert all(1 <= seq <= log.state.seq for block in found.values() for seq in block.seqs)


def test_BB3_a_correction_of_the_roll_corrects_who_came_and_the_quorum_of_the_opening() -> None:
    before = MeetingLog()
    said: list[Move] = [("roll", (who, "present")) for who in ("chair", "an", "binh")]
    log = _opened_with(said)
    assert "03/05 thành viên dự họp" in _blocks(log)["attended"].text
    assert "Khi khai mạc có mặt 03/05 thành viên, theo quy định cần 03: đủ" in _blocks(log)["attended"].text
    log.add("attendance_recorded", {"person": named("u", "binh"), "presence": "absent", "method": "staff"})
    text = _blocks(log)["attended"].text
    assert "02/05 thành viên dự họp" in text
    assert "có mặt 02/05 thành viên, theo quy định cần 03: chưa đủ" in text
    assert before.events == []


def test_BB3_a_roll_that_is_written_after_the_opening_says_who_was_there_at_it() -> None:
    said: list[Move] = [("roll", (who, "present")) for who in ("chair", "an", "binh")]
    text = _blocks(played([*said, ("roll", (PEOPLE[3], "late"))]))["attended"].text
    assert "04/05 thành viên dự họp" in text
    assert "Khi khai mạc có mặt 03/05 thành viên, theo quy định cần 03: đủ" in text


def _corrected(log: MeetingLog, who: str, presence: str) -> None:
    data = {"person": named("u", who), "presence": presence, "method": "staff", "reason": "ghi sót"}
    log.add("attendance_recorded", data)


def test_BB3_present_after_the_close_reaches_back_to_the_opening_as_absent_does() -> None:
    log = _opened_with([])
    for who in PEOPLE:
        _corrected(log, who, "present")
    found = _blocks(log)
    assert "05/05 thành viên dự họp" in found["attended"].text
    assert "Khi khai mạc có mặt 05/05 thành viên, theo quy định cần 03: đủ" in found["attended"].text
    assert not found.keys() & {"late", "left", "absent"}
    for who in PEOPLE[:3]:
        _corrected(log, who, "absent")
    assert "Khi khai mạc có mặt 02/05 thành viên, theo quy định cần 03: chưa đủ" in _blocks(log)["attended"].text
    _corrected(log, "an", "present")
    assert "có mặt 03/05 thành viên, theo quy định cần 03: đủ" in _blocks(log)["attended"].text


def test_BB3_late_after_the_close_takes_them_from_the_opening_and_has_no_time() -> None:
    log = _opened_with([("roll", (who, "present")) for who in ("chair", "an", "binh")])
    _corrected(log, "binh", "late")
    found = _blocks(log)
    assert "03/05 thành viên dự họp" in found["attended"].text
    assert "Khi khai mạc có mặt 02/05" in found["attended"].text
    assert found["late"].text == f"Đến muộn: đồng chí {_name('binh')} (không ghi giờ đến: ghi sót)."
    _corrected(log, "binh", "present")
    assert "có mặt 03/05" in _blocks(log)["attended"].text
    assert "late" not in _blocks(log)


def test_BB3_what_was_noted_in_the_meeting_keeps_its_times_when_the_way_they_came_is_corrected() -> None:
    log = played([("roll", ("an", "late")), ("roll", ("an", "left"))])
    late, left = (_blocks(log)[name].text for name in ("late", "left"))
    _corrected(log, "an", "late")
    assert _blocks(log)["late"].text == late.replace(").", ": ghi sót).")
    assert _blocks(log)["left"].text == left
    _corrected(log, "an", "present")
    assert not _blocks(log).keys() & {"late", "left"}, "there from the opening to the end"


@settings(max_examples=40, deadline=None)
@given(moves(), st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["present", "late", "absent", "excused"]))))
def test_BB3_no_time_of_a_correction_is_in_the_minutes_and_the_newest_counts(
    said: list[Move], corrections: list[tuple[str, str]]
) -> None:
    log = played(said)
    # A time of the meeting may come in with a correction: when somebody left who had been written down wrongly.
    of_meeting = {(event.at + VIETNAM).strftime("%H giờ %M") for event in log.events}
    before = of_meeting | {time for text in _printed(log) for time in re.findall(r"\d\d giờ \d\d", text)}
    for who, presence in corrections:
        _corrected(log, who, presence)
    assert {time for text in _printed(log) for time in re.findall(r"\d\d giờ \d\d", text)} <= before
    newest, found = dict(corrections), _attendance(log)
    missing = {each.who.person for each in found.absent}
    assert {named("u", who) for who, word in newest.items() if word in {"absent", "excused"}} <= missing
    assert not {named("u", who) for who, word in newest.items() if word in {"present", "late"}} & missing
    assert found.quorum is not None
    assert found.quorum.present >= sum(1 for word in newest.values() if word == "present")
    assert found.quorum.present <= len(PEOPLE) - sum(1 for word in newest.values() if word != "present")


def _attendance(log: MeetingLog) -> Attendance:
    return facts_of(log.state, log.events).attendance


def _printed(log: MeetingLog) -> list[str]:
    """The draft, and the list of those who attended."""
    facts = facts_of(log.state, log.events)
    minutes = merged(drafted(facts), (), seq=log.state.seq)
    made = document(minutes, facts, _HOUSE, signers=Signers("", ""), events=log.events)
    tables = [part for one in made.appendices for part in one.parts if isinstance(part, Table)]
    return [
        *(block.text for block in _blocks(log).values()),
        *(cell for one in tables for row in one.rows for cell in row),
    ]


def _opened_with(roll: list[Move]) -> MeetingLog:
    """The roll was called before the opening."""
    log = played([], closes=False)
    begun = MeetingLog()
    for event in log.events[:-1]:
        begun.add(event.kind, event.data)
    for _, (who, presence) in roll:
        begun.add("attendance_recorded", {"person": named("u", who), "presence": presence, "method": "staff"})
    begun.add("meeting_opened")
    begun.add("meeting_closed", {})
    return begun


def test_BB1_times_of_a_meeting_over_midnight_name_the_day() -> None:
    log = played([("item", "one")] * 60 * 17)
    found = _blocks(log)
    assert found["start"].text == "Thời gian bắt đầu: 08 giờ 05, ngày 21 tháng 11 năm 2026."
    assert found["end"].text.startswith("Cuộc họp kết thúc vào 01 giờ 0")
    assert "ngày 22 tháng 11 năm 2026" in found[f"{named('i', 'one')}.course"].text
