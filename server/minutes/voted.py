"""A vote in the words of the minutes: question, who might vote, the figures with their arithmetic, verdict (BB4).

Rules: pure; figures are those of ``wire/tally.py`` and nothing is counted here. Nobody is named but the elected: how
each voted is in the evidence, of a secret vote nowhere.

Usage: ``said(fact, Clock(opened_at))``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from server.minutes.facts import VoteFact
from server.minutes.saying import Clock, listed, sentence, share, two
from wire.tally import Outcome, Verdict, hundredths
from wire.votes import Base, Meaning, Tie, Vote, VoteKind, VoteState

KINDS: Final = {
    VoteKind.HANDS: "bằng hình thức giơ tay",
    VoteKind.OPEN: "công khai",
    VoteKind.NAMED: "công khai, có ký tên",
    VoteKind.SECRET: "bằng bỏ phiếu kín",
}
BASES: Final = {
    Base.ALL: "tổng số người có quyền biểu quyết",
    Base.PRESENT: "số người có mặt",
    Base.CAST: "số phiếu đã bỏ",
    Base.DECIDED: "số phiếu tán thành và không tán thành",
}
OUTCOMES: Final = {
    Outcome.PASSED: "được thông qua",
    Outcome.REJECTED: "không được thông qua",
    Outcome.NO_QUORUM: "không đủ số người có mặt để biểu quyết có giá trị",
    Outcome.COUNTED: "chỉ kiểm đếm ý kiến",
    Outcome.ELECTED: "đã bầu đủ",
    Outcome.UNFILLED: "chưa bầu đủ",
}


def said(fact: VoteFact, clock: Clock) -> str:
    """The paragraph, with a point for each answer."""
    vote, found = fact.vote, fact.verdict
    what = "Bầu cử" if vote.election is not None else "Biểu quyết"
    opening = f"{what} {KINDS[vote.kind]}: “{vote.question}”."
    if found is None:
        return f"{opening} {_without(fact)}"
    lines = [f"{opening} {_people(found)} Kết quả:", *_answers(vote, found)]
    return "\n".join([*lines, " ".join(_verdict(vote, found, clock))])


def _without(fact: VoteFact) -> str:
    if fact.vote.state is VoteState.WITHDRAWN:
        return "Cuộc biểu quyết đã bị hủy, không tính kết quả."
    return "Đang tiến hành." if fact.is_running else "Kết quả chưa được công bố."


def _people(found: Verdict) -> str:
    of = f"Có quyền biểu quyết: {two(found.people_all)} người; có mặt: {two(found.people_present)} người"
    if found.quorum_need:
        met = "đủ" if found.has_quorum else "không đủ"
        of += f" (cần có mặt ít nhất {two(found.quorum_need)} người: {met})"
    return f"{of}; số phiếu đã bỏ: {two(found.cast)}."


def _answers(vote: Vote, found: Verdict) -> Iterator[str]:
    texts = {each.answer: each.text for each in vote.answers}
    for line in found.lines:
        heads = "" if line.votes == line.people else f", của {two(line.people)} người"
        yield f"- {texts[line.answer]}: {two(line.votes)}{heads} ({share(hundredths(line.votes, found.of))});"


def _verdict(vote: Vote, found: Verdict, clock: Clock) -> Iterator[str]:
    base = f"Tỷ lệ tính trên {BASES[vote.rule.base]}: {two(found.of)}"
    has_proposal = vote.election is not None or any(each.means is Meaning.FOR for each in vote.answers)
    yield f"{base}; cần ít nhất {two(found.need)}." if has_proposal else f"{base}."
    if found.tie:
        by_chair = vote.rule.tie is Tie.CHAIR and found.outcome is Outcome.PASSED
        yield f"Số phiếu ngang nhau{', tính theo ý kiến của chủ tọa' if by_chair else ''}."
    texts = {each.answer: each.text for each in vote.answers}
    if found.elected:
        yield f"Trúng cử: {listed(texts[answer] for answer in found.elected)}."
    if found.tied:
        yield f"Bằng phiếu, chưa xác định: {listed(texts[answer] for answer in found.tied)}."
    yield sentence(f"Kết luận biểu quyết: {OUTCOMES[found.outcome]}")
    if vote.announced_at is not None:
        yield f"Công bố lúc {clock.at(vote.announced_at)}."
