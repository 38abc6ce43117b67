"""The summary of opinions as a document of the office (bản tổng hợp ý kiến), ready to be signed.

Rules C8: pure; every figure is that of ``wire/tally.py``, and beside each share stands what it is taken of. It is a
report (báo cáo, NĐ 30/2020 Phụ lục III): number and date are left to the registry clerk. Who was taken off, and who did
not answer, is said; a handing in that was changed counts once, as it was last.

Usage: ``office.print(document(whole, house, leader=account, now=now), at=now)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from server.agency.model import House
from server.attendance.table import HOUSE
from server.consultations import counting
from server.consultations.model import Question, Recipient, Slip
from server.consultations.secret.counted import Counted, voices
from server.consultations.showing import Whole
from server.documents.model import (
    Column,
    Document,
    Foot,
    Heading,
    Part,
    Points,
    Signing,
    Symbol,
    Table,
    Text,
    day_in_words,
    time_in_words,
)
from server.identity.model import Account
from wire.secret_ballots import LEAST_BALLOTS
from wire.tally import Outcome, Verdict, hundredths
from wire.votes import Base

TITLE: Final = "Báo cáo"
BASES: Final = {
    Base.ALL: "tổng số người được lấy ý kiến",
    Base.CAST: "số người trả lời nội dung này",
    Base.DECIDED: "số ý kiến tán thành và không tán thành",
}
OUTCOMES: Final = {
    Outcome.PASSED: "được thông qua",
    Outcome.REJECTED: "không được thông qua",
    Outcome.NO_QUORUM: "không đủ số người trả lời để kết quả có giá trị",
    Outcome.COUNTED: "chỉ tổng hợp ý kiến",
}
_COUNTS: Final = (Column("Phương án", 20), Column("Số ý kiến", 6, "center"), Column("Tỷ lệ", 6, "center"))
_WORDS: Final = (Column("STT", 4, "center"), Column("Trả lời", 12), Column("Ý kiến", 40))
_VOICES: Final = (
    Column("STT", 4, "center"),
    Column("Họ và tên", 14),
    Column("Chức vụ, đơn vị", 16),
    Column("Trả lời", 10),
    Column("Ý kiến", 22),
)


def document(whole: Whole, house: House, *, leader: Account, now: dt.datetime) -> Document:
    """The summary of a closed slip."""
    slip = whole.slip
    parts: list[Part] = [*_opening(whole)]
    for number, question in enumerate(slip.wording.questions, 1):
        parts += _question(number, question, whole)
    parts += _silent(whole)
    authority = leader.position or "Người phụ trách lấy ý kiến"
    return Document(
        house.issuing,
        Symbol(f"BC-{house.short}"),
        TITLE,
        f"Tổng hợp ý kiến bằng phiếu: {slip.wording.subject}",
        tuple(parts),
        Foot(Signing((authority,), _plain(leader.name)), recipients=("Như trên",)),
        now.astimezone(HOUSE).year,
    )


def moment(at: dt.datetime) -> str:
    """``17 giờ 00, ngày 30 tháng 11 năm 2026``, in Viet Nam."""
    local = at.astimezone(HOUSE)
    return f"{time_in_words(local.time())}, {day_in_words(local.date())}"


def ends(slip: Slip) -> str:
    """How it came to its end."""
    if slip.closed_at is None:
        return ""
    how = "hết thời hạn" if slip.by_clock else f"đóng trước thời hạn, lý do: {slip.reason}"
    return f"Kết thúc lấy ý kiến lúc {moment(slip.closed_at)} ({how})."


def arithmetic(question: Question, found: Verdict) -> str:
    """The figures of a question in one paragraph."""
    rule = question.rule
    if rule is None:
        return ""
    words = [f"Tỷ lệ tính trên {BASES[rule.base]}: {found.of}."]
    if found.outcome is not Outcome.COUNTED:
        share = f"{'quá' if rule.majority.more else 'ít nhất'} {rule.majority.num}/{rule.majority.den}"
        words.append(f"Cần {share}, tức là ít nhất {found.need}; có {found.favour}.")
    if found.quorum_need:
        met = "đủ" if found.has_quorum else "không đủ"
        words.append(f"Cần ít nhất {found.quorum_need} người trả lời; có {found.people_present}: {met}.")
    if found.tie:
        words.append("Số ý kiến ngang nhau, chưa quá một nửa.")
    return " ".join([*words, f"Kết quả: {OUTCOMES[found.outcome]}."])


def share(part: int, whole: int) -> str:
    """``66,66%``, cut off and never rounded up."""
    found = hundredths(part, whole)
    return f"{found // 100},{found % 100:02d}%"


def _opening(whole: Whole) -> Iterator[Part]:
    slip, counted = whole.slip, counting.progress(whole.recipients)
    if slip.sent_at is not None and slip.deadline is not None:
        yield Text(f"Phiếu lấy ý kiến được gửi lúc {moment(slip.sent_at)}; thời hạn trả lời: {moment(slip.deadline)}.")
    for each in slip.extensions:
        yield Text(f"Gia hạn đến {moment(each.until)}, lý do: {each.reason}.")
    yield Text(ends(slip))
    if whole.counted is not None:
        yield from _urn(whole.counted, asked=counted["asked"])
        return
    signed = ", mỗi trả lời có chữ ký số của người trả lời" if slip.wording.signed else ""
    yield Text(
        f"Số người được lấy ý kiến: {counted['asked']}; đã trả lời: {counted['answered']}; "
        f"không trả lời: {counted['waiting']}{signed}. Người không trả lời không được tính là tán thành."
    )


def _urn(found: Counted, *, asked: int) -> Iterator[Part]:
    """How many ballots were given and came back, and what that means."""
    yield Text(
        f"Lấy ý kiến kín. Số người được lấy ý kiến: {asked}; phiếu phát ra: {found.given}; "
        f"phiếu thu về: {found.opened.collected}; phiếu phát ra không thu về: {found.given - found.opened.collected}. "
        "Phiếu không thu về không được tính là tán thành."
    )
    if found.opened.lost:
        yield Text("Hòm phiếu không mở được vì khóa của hòm phiếu không còn. Không có kết quả.")
    elif not found.opened.is_open:
        yield Text(
            f"Thu về ít hơn {LEAST_BALLOTS} phiếu: để giữ kín ý kiến của từng người, phiếu không được mở. "
            "Không có kết quả."
        )


def _secret_words(number: int, question: Question, whole: Counted) -> Iterator[Part]:
    texts = {each.answer: each.text for each in question.answers}
    said = voices(question, whole)
    if said:
        rows = tuple(
            (str(at), "" if each.answer is None else texts[each.answer], each.opinion)
            for at, each in enumerate(said, 1)
        )
        yield Text("Ý kiến ghi trên các phiếu, xếp theo thứ tự ngẫu nhiên:")
        yield Table(_WORDS, rows, f"Ý kiến về nội dung {number}")


def _question(number: int, question: Question, whole: Whole) -> Iterator[Part]:
    yield Heading(f"{number}. {question.text}")
    if whole.counted is not None and not whole.counted.opened.is_open:
        return
    found = counting.verdict_of(question, whole.roll, whole.answers)
    texts = {each.answer: each.text for each in question.answers}
    if found is not None:
        rows = tuple((texts[line.answer], str(line.votes), share(line.votes, found.of)) for line in found.lines)
        yield Table(_COUNTS, rows, f"Kết quả nội dung {number}")
        yield Text(arithmetic(question, found))
    if whole.counted is not None:
        yield from _secret_words(number, question, whole.counted)
        return
    said = counting.voices(question, whole.recipients, whole.answers)
    if said:
        lines = tuple(
            (
                str(at),
                _plain(each.name),
                ", ".join(part for part in (each.position, each.unit) if part),
                "" if each.answer is None else texts[each.answer],
                each.opinion,
            )
            for at, each in enumerate(said, 1)
        )
        yield Table(_VOICES, lines, f"Ý kiến về nội dung {number}")


def _silent(whole: Whole) -> Iterator[Part]:
    silent = [each for each in whole.recipients if each.counts and not each.answered]
    removed = [each for each in whole.recipients if not each.counts]
    if silent:
        yield Heading("Người không trả lời" if whole.counted is None else "Người không lấy phiếu")
        yield Points(tuple(_about(each) for each in silent))
    if removed:
        yield Heading("Người không còn trong danh sách lấy ý kiến")
        yield Points(tuple(_removed(each) for each in removed))


def _removed(each: Recipient) -> str:
    before = "; trả lời trước đó không tính" if each.answered else ""
    return f"{_about(each)}; lý do: {each.removed_why}{before}"


def _about(each: Recipient) -> str:
    return ", ".join(part for part in (_plain(each.name), each.position, each.unit) if part)


def _plain(name: str) -> str:
    """As it stands in a document: without the mark of demo data."""
    return name.partition(" (")[0]
