"""A statement in plain words, Vietnamese and English: what the screen shows before the card signs (W63).

Rules: made from the statement alone, so that what is shown is what is signed; nothing of the value is left out but the
identifiers that stand for a name which is there. Moments are shown as in Vietnam (UTC+7, no summer time).

Usage::

    words(statement, "vi").title          # "Điểm danh"
    words(statement, "vi").lines          # ("Tôi là Nguyễn Văn A …", …)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from wire.election_marks import marks_of
from wire.fields import parse_instant
from wire.statement import APPROVE_PAPERS, ATTEND, CLOSE, CONSULT, VOTE, Statement

LANGUAGES: Final = ("vi", "en")
_VIETNAM: Final = dt.timezone(dt.timedelta(hours=7))


class Words(NamedTuple):
    """``lines`` are paragraphs, to be shown whole and in this order."""

    title: str
    lines: tuple[str, ...]


def words(statement: Statement, language: str) -> Words:
    """In ``vi`` or ``en``; a kind has its words in ``_KINDS``."""
    return Words(
        _TITLES[statement.kind][language],
        (*_KINDS[language][statement.kind](statement, statement.body), *_TAIL[language](statement)),
    )


def moment(at: dt.datetime) -> str:
    """``08:15:00 21/11/2026`` by Vietnam's clocks."""
    return f"{at.astimezone(_VIETNAM):%H:%M:%S %d/%m/%Y}"


_TITLES: Final[Mapping[str, Mapping[str, str]]] = {
    ATTEND: {"vi": "Điểm danh", "en": "Roll call"},
    VOTE: {"vi": "Biểu quyết ký tên", "en": "Named vote"},
    APPROVE_PAPERS: {"vi": "Phê duyệt tài liệu", "en": "Approval of papers"},
    CLOSE: {"vi": "Bế mạc cuộc họp", "en": "Closing of the meeting"},
    CONSULT: {"vi": "Trả lời phiếu lấy ý kiến", "en": "Answer to a consultation slip"},
}

_PRESENCE: Final[Mapping[str, Mapping[str, str]]] = {
    "vi": {
        "present": "có mặt tại",
        "late": "có mặt, đến muộn, tại",
        "left": "rời",
        "returned": "trở lại",
    },
    "en": {
        "present": "am present at",
        "late": "am present, and came late, at",
        "left": "am leaving",
        "returned": "am back at",
    },
}

Lines = tuple[str, ...]


def _attend_vi(said: Statement, body: Mapping[str, Any]) -> Lines:
    return (f"Tôi là {_flat(said.name)}. Tôi {_PRESENCE['vi'][body['presence']]} cuộc họp “{_flat(said.title)}”.",)


def _attend_en(said: Statement, body: Mapping[str, Any]) -> Lines:
    return (f"I am {_flat(said.name)}. I {_PRESENCE['en'][body['presence']]} the meeting “{_flat(said.title)}”.",)


def _vote_vi(said: Statement, body: Mapping[str, Any]) -> Lines:
    return (
        f"Tôi là {_flat(said.name)}, biểu quyết tại cuộc họp “{_flat(said.title)}”.",
        f"Nội dung: {_flat(body['question'])}",
        f"Các phương án: {_answers(body)}.",
        f"Tôi chọn: {_chosen(body)}.",
        *((f"Giá trị phiếu: {body['weight']}.",) if body["weight"] > 1 else ()),
    )


def _vote_en(said: Statement, body: Mapping[str, Any]) -> Lines:
    return (
        f"I am {_flat(said.name)} and vote at the meeting “{_flat(said.title)}”.",
        f"Question: {_flat(body['question'])}",
        f"Answers to choose from: {_answers(body)}.",
        f"I choose: {_chosen(body)}.",
        *((f"Weight of the ballot: {body['weight']}.",) if body["weight"] > 1 else ()),
    )


def _flat(text: str) -> str:
    """On one line: a text with lines of its own must not look like a line of the statement."""
    return " ".join(text.split())


def _answers(body: Mapping[str, Any]) -> str:
    return "; ".join(_flat(entry["text"]) for entry in body["answers"])


def _chosen(body: Mapping[str, Any]) -> str:
    marks = marks_of(body["answer"])
    return "; ".join(_flat(entry["text"]) for entry in body["answers"] if entry["answer"] in marks) or "–"


def _approve_vi(said: Statement, body: Mapping[str, Any]) -> Lines:
    first = (
        f"Tôi là {_flat(said.name)}. Tôi phê duyệt {len(body['papers'])} tài liệu của cuộc họp “{_flat(said.title)}”:"
    )
    return (first, *(_paper(at, paper, "bản", "không có tệp") for at, paper in enumerate(body["papers"], 1)))


def _approve_en(said: Statement, body: Mapping[str, Any]) -> Lines:
    first = f"I am {_flat(said.name)}. I approve {len(body['papers'])} papers of the meeting “{_flat(said.title)}”:"
    return (first, *(_paper(at, paper, "version", "no file") for at, paper in enumerate(body["papers"], 1)))


def _paper(number: int, paper: Mapping[str, Any], version: str, without: str) -> str:
    digest = f"SHA-256 {paper['sha256']}" if paper["sha256"] else without
    return f"{number}. {_flat(paper['title']) or '–'}, {version} {paper['version']}, {digest}"


def _close_vi(said: Statement, body: Mapping[str, Any]) -> Lines:
    opened = moment(parse_instant(body["opened_at"]))
    return (
        f"Tôi là {_flat(said.name)}. Tôi bế mạc cuộc họp “{_flat(said.title)}”, khai mạc lúc {opened} (giờ Việt Nam).",
        f"Thành phần: {body['members']} người, trong đó {body['attended']} người có mặt.",
        f"Tài liệu: {body['papers']}.",
    )


def _close_en(said: Statement, body: Mapping[str, Any]) -> Lines:
    opened = moment(parse_instant(body["opened_at"]))
    return (
        f"I am {_flat(said.name)}. I close the meeting “{_flat(said.title)}”, opened at {opened} (time of Vietnam).",
        f"Members: {body['members']}, of whom {body['attended']} attended.",
        f"Papers: {body['papers']}.",
    )


def _consult_vi(said: Statement, body: Mapping[str, Any]) -> Lines:
    first = f"Tôi là {_flat(said.name)}, trả lời phiếu lấy ý kiến “{_flat(said.title)}”."
    names = ("Các phương án", "Tôi chọn", "Ý kiến")
    return (first, *(line for at, entry in enumerate(body["answers"], 1) for line in _answered(at, entry, names)))


def _consult_en(said: Statement, body: Mapping[str, Any]) -> Lines:
    first = f"I am {_flat(said.name)} and answer the consultation slip “{_flat(said.title)}”."
    names = ("Answers to choose from", "I choose", "Opinion")
    return (first, *(line for at, entry in enumerate(body["answers"], 1) for line in _answered(at, entry, names)))


def _answered(number: int, entry: Mapping[str, Any], names: tuple[str, str, str]) -> Iterator[str]:
    yield f"{number}. {_flat(entry['question'])}"
    if entry["choices"]:
        yield f"{names[0]}: {'; '.join(_flat(each) for each in entry['choices'])}."
        yield f"{names[1]}: {_flat(entry['chosen'])}."
    if entry["opinion"]:
        yield f"{names[2]}: {_flat(entry['opinion'])}"


def _bound(said: Statement, slip: str, log: str) -> str:
    return (slip if said.kind == CONSULT else log).format(seq=said.seq, hash=said.hash)


def _tail_vi(said: Statement) -> Lines:
    where = "trên máy tính cá nhân" if said.place is None else f"tại chỗ ngồi {_flat(said.place.label) or '–'}"
    return (
        f"Lập {where} lúc {moment(said.made_at)} (giờ Việt Nam).",
        _bound(
            said,
            "Lần trả lời thứ {seq} cho phiếu có mã kiểm tra {hash}.",
            "Nhật ký cuộc họp đến dòng {seq}, mã kiểm tra {hash}.",
        ),
    )


def _tail_en(said: Statement) -> Lines:
    where = "on a personal computer" if said.place is None else f"at the seat {_flat(said.place.label) or '–'}"
    return (
        f"Made {where} at {moment(said.made_at)} (time of Vietnam).",
        _bound(
            said,
            "Answer number {seq} to the slip with hash {hash}.",
            "The meeting's log up to event {seq}, hash {hash}.",
        ),
    )


_KINDS: Final[Mapping[str, Mapping[str, Callable[[Statement, Mapping[str, Any]], Lines]]]] = {
    "vi": {ATTEND: _attend_vi, VOTE: _vote_vi, APPROVE_PAPERS: _approve_vi, CLOSE: _close_vi, CONSULT: _consult_vi},
    "en": {ATTEND: _attend_en, VOTE: _vote_en, APPROVE_PAPERS: _approve_en, CLOSE: _close_en, CONSULT: _consult_en},
}
_TAIL: Final[Mapping[str, Callable[[Statement], Lines]]] = {"vi": _tail_vi, "en": _tail_en}
