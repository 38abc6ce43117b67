"""The minutes of a long meeting, measured in the file itself (BB12, N1–N4)."""

from __future__ import annotations

import datetime as dt

import pytest

from server.agency.model import House
from server.documents.printer import Printer
from server.minutes.document import merged
from server.minutes.drafting import drafted
from server.minutes.facts import facts_of
from server.minutes.printed import Signers, document
from tests.support.measured import Page, find, measured
from tests.support.meeting_log import MeetingLog, described, item, member, named
from tests.support.votes import prepared

AT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
HOUSE = House(("Viện kiểm sát nhân dân tối cao",), ("Viện kiểm sát nhân dân", "tỉnh Mẫu (demo)"), "VKSTM", "Mẫu")
TITLE = "Hội nghị toàn thể công chức Viện kiểm sát nhân dân tỉnh Mẫu tổng kết công tác năm 2026 (demo)"
_LONG = "Giao các phòng nghiệp vụ hoàn thiện báo cáo, tiếp thu ý kiến các đồng chí, trình Lãnh đạo Viện trước 30/11."


def _long() -> MeetingLog:
    """Forty-five people with long names, twelve items; at each three speak, a vote is taken, something is concluded."""
    log = MeetingLog()
    log.add("meeting_created", described(TITLE))
    names = ["chair", *(f"Nguyễn Thị Phương Thảo Nguyệt Minh {at:02}" for at in range(43))]
    people = [member(name, "chair" if name == "chair" else "member") for name in names]
    log.add("members_set", {"members": [*people, member("secretary", "secretary")]})
    items = [f"Báo cáo, thảo luận và quyết nghị việc thứ {at:02} của kỳ họp" for at in range(1, 13)]
    log.add("agenda_set", {"items": [item(name) for name in items]})
    for step in ("meeting_submitted", "meeting_approved"):
        log.add(step)
    for name in names[:40]:
        log.add("attendance_recorded", {"person": named("u", name), "presence": "present", "method": "staff"})
    log.add("meeting_opened")
    roll = [{"person": named("u", name), "name": name, "weight": 1, "present": True} for name in names]
    hands = [{"answer": answer, "count": count} for answer, count in (("for", 30), ("against", 5), ("abstain", 2))]
    for name in items:
        log.add("item_started", {"item": named("i", name)})
        for who in names[1:4]:
            speech = {"speech": named("q", name + who)}
            log.add("speech_asked", {**speech, "person": named("u", who), "item": named("i", name), "kind": "speech"})
            log.add("speech_started", speech)
            log.add("speech_stopped", speech)
        vote = named("v", name)
        log.add("vote_prepared", prepared(name, item=named("i", name), kind="hands", seconds=0))
        log.add("vote_opened", {"vote": vote, "roll": roll, "chair": named("u", "chair")})
        log.add("vote_closed", {"vote": vote, "hands": hands})
        log.add("vote_announced", {"vote": vote})
        log.add("item_concluded", {"item": named("i", name), "text": _LONG})
    log.add("meeting_closed", {})
    return log


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    log = _long()
    facts = facts_of(log.state, log.events)
    minutes = merged(drafted(facts), (), seq=log.state.seq)
    signers = Signers("Nguyễn Văn Thư Ký (demo)", "Trần Thị Chủ Tọa (demo)", numbered=True)
    made = document(minutes, facts, HOUSE, signers=signers, events=log.events)
    return measured(Printer().print(made, at=AT))


def test_BB12_the_head_is_that_of_minutes(pages: list[Page]) -> None:
    first = pages[0]
    title = find(first, "BIÊN BẢN")
    assert (title.is_bold, title.size) == (True, 14)
    assert abs(title.middle - (30 + first.width - 15) / 2) < 1
    assert "/BB-VKSTM" in first.text
    assert "Mẫu, ngày" not in first.text, "minutes have no line of place and date"
    assert find(first, "Thời gian bắt đầu:").size == 14
    assert all(line.left >= 29.5 and line.right <= first.width - 14.5 for page in pages for line in page.lines)


def test_N4_a_long_meeting_has_sensible_pages_and_both_sign_with_text_above(pages: list[Page]) -> None:
    assert 8 <= len(pages) <= 14
    (at,) = [at for at, page in enumerate(pages) if "THƯ KÝ" in page.text]
    last = pages[at]
    left, right, end = find(last, "THƯ KÝ"), find(last, "CHỦ TỌA"), find(last, "kết thúc vào")
    assert left.middle < right.middle
    assert abs(left.baseline - right.baseline) < 0.5
    assert end.baseline < left.baseline, "the last paragraph goes with the signatures"
    assert find(last, "Nguyễn Văn Thư Ký").baseline - left.baseline > 20, "room for the signature"
    after = pages[at + 1 :]
    assert "DANH SÁCH THÀNH PHẦN THAM DỰ" in after[0].text
    assert sum(page.text.count("Kiểm sát viên, Phòng 1") for page in after) == 45
    assert all(len(page.lines) > 4 for page in pages), "no page stands almost empty"
