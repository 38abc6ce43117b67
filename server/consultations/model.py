"""A consultation slip as a value: its wording, its stages, who was asked, what an answer has to hold.

Rules C1–C4: pure. One table is the life cycle; what is not in it is refused. A wording may be changed while it is a
draft and never afterwards: what a leader approved is what is answered, and only its deadline may move. Recipients are
written down as they were when it was sent.

Usage::

    after = move(stage, Move.SUBMIT)                       # raises ConsultationStageWrong
    must_be_whole(wording, papers=1, now=now)              # raises ConsultationIncomplete, DeadlineTooEarly
    must_answer(wording.questions, answers)                # raises AnswerIncomplete
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from server.consultations.errors import (
    AnswerIncomplete,
    ConsultationIncomplete,
    ConsultationOver,
    ConsultationStageWrong,
    DeadlineTooEarly,
    TooFewForSecret,
)
from wire import canonical
from wire.fields import print_instant
from wire.secret_ballots import LEAST_BALLOTS
from wire.votes import Answer, Meaning, Rule

OPINION: Final = "opinion"
LEAST_ANSWERS: Final = 2


class Stage(enum.StrEnum):
    """dự thảo → chờ duyệt gửi → đang lấy ý kiến → đã đóng; đã rút; đã hủy dự thảo."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


class Move(enum.StrEnum):
    """sửa · hủy · trình · lấy lại · trả lại · duyệt và gửi · gia hạn · nhắc · bỏ người · đóng · rút."""

    EDIT = "edit"
    DROP = "drop"
    SUBMIT = "submit"
    TAKE_BACK = "take-back"
    RETURN = "return"
    SEND = "send"
    EXTEND = "extend"
    REMIND = "remind"
    REMOVE = "remove"
    CLOSE = "close"
    WITHDRAW = "withdraw"


TABLE: Final[Mapping[tuple[Stage, Move], Stage]] = {
    (Stage.DRAFT, Move.EDIT): Stage.DRAFT,
    (Stage.DRAFT, Move.DROP): Stage.DROPPED,
    (Stage.DRAFT, Move.SUBMIT): Stage.SUBMITTED,
    (Stage.SUBMITTED, Move.TAKE_BACK): Stage.DRAFT,
    (Stage.SUBMITTED, Move.RETURN): Stage.DRAFT,
    (Stage.SUBMITTED, Move.SEND): Stage.OPEN,
    (Stage.OPEN, Move.EXTEND): Stage.OPEN,
    (Stage.OPEN, Move.REMIND): Stage.OPEN,
    (Stage.OPEN, Move.REMOVE): Stage.OPEN,
    (Stage.OPEN, Move.CLOSE): Stage.CLOSED,
    (Stage.OPEN, Move.WITHDRAW): Stage.WITHDRAWN,
}
#: Recipients know of it.
SENT: Final = frozenset({Stage.OPEN, Stage.CLOSED, Stage.WITHDRAWN})


def move(stage: Stage, wanted: Move) -> Stage:
    """Where ``wanted`` leads; raises ConsultationStageWrong."""
    try:
        return TABLE[stage, wanted]
    except KeyError:
        raise ConsultationStageWrong(stage=stage.value, act=wanted.value) from None


@dataclass(frozen=True, slots=True)
class Question:
    """``rule`` None and no ``answers``: only words are asked for. ``opinion``: words may be added to an answer."""

    id: str
    text: str
    template: str
    answers: tuple[Answer, ...]
    rule: Rule | None
    opinion: bool

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "question": self.id,
            "text": self.text,
            "template": self.template,
            "answers": [{"answer": a.answer, "text": a.text, "means": a.means.value} for a in self.answers],
            "rule": None if self.rule is None else rule_value(self.rule),
            "opinion": self.opinion,
        }


def rule_value(rule: Rule) -> dict[str, Any]:
    """A rule as JSON, as in the events of votes."""
    shares = {"majority": rule.majority, "quorum": rule.quorum}
    return {
        "base": rule.base.value,
        **{
            name: None if share is None else {"num": share.num, "den": share.den, "more": share.more}
            for name, share in shares.items()
        },
        "tie": rule.tie.value,
    }


@dataclass(frozen=True, slots=True)
class Wording:
    """What a secretary writes. ``live``: who leads sees results before the close; ``shared``: recipients see them.

    ``secret``: nobody learns who answered what (C10); then it is neither signed nor live, and always shared.
    """

    subject: str
    submission: str
    leader: str
    recipients: tuple[str, ...]
    questions: tuple[Question, ...]
    deadline: dt.datetime | None
    signed: bool
    live: bool
    shared: bool
    secret: bool = False

    def to_value(self) -> dict[str, Any]:
        """As JSON; what ``reading.wording`` reads again."""
        return {
            "subject": self.subject,
            "submission": self.submission,
            "leader": self.leader or None,
            "recipients": list(self.recipients),
            "questions": [each.to_value() for each in self.questions],
            "deadline": None if self.deadline is None else print_instant(self.deadline),
            "signed": self.signed,
            "live": self.live,
            "shared": self.shared,
            # Only where it is so: slips of before are named by a hash of what they were then.
            **({"secret": True} if self.secret else {}),
        }


def must_be_whole(wording: Wording, *, papers: int, now: dt.datetime) -> None:
    """Raise ConsultationIncomplete for what has to be there, DeadlineTooEarly for a moment that has passed.

    Of a secret slip also TooFewForSecret: among two nobody's answer is secret.
    """
    there = {
        "subject": wording.subject,
        # The letter of submission is said in words, or comes as a file.
        "submission": wording.submission or papers,
        "questions": wording.questions,
        "recipients": wording.recipients,
        "leader": wording.leader,
        "deadline": wording.deadline,
    }
    for name, value in there.items():
        if not value:
            raise ConsultationIncomplete(field=name)
    for question in wording.questions:
        if not question.text:
            raise ConsultationIncomplete(field="questions")
        texts = {each.text.casefold() for each in question.answers}
        if question.rule is not None and (len(texts) < LEAST_ANSWERS or len(texts) < len(question.answers)):
            raise ConsultationIncomplete(field="answers")
    if wording.secret and len(wording.recipients) < LEAST_BALLOTS:
        raise TooFewForSecret(least=LEAST_BALLOTS)
    if wording.deadline is None or wording.deadline <= now:
        raise DeadlineTooEarly


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that goes with a slip. ``kind``: ``submission`` (tờ trình) or ``paper``."""

    id: str
    slip: str
    ordinal: int
    kind: str
    title: str
    secrecy: str
    pages: int
    plain_bytes: int
    plain_sha256: str
    wrapped_key: bytes = field(repr=False)

    def to_value(self) -> dict[str, Any]:
        """As JSON, without its key."""
        return {
            "paper": self.id,
            "version": 1,
            "kind": self.kind,
            "title": self.title,
            "secrecy": self.secrecy,
            "pages": self.pages,
            "size_bytes": self.plain_bytes,
            "sha256": self.plain_sha256,
        }


@dataclass(frozen=True, slots=True)
class Extension:
    """A deadline that was moved."""

    at: dt.datetime
    by: str
    until: dt.datetime
    reason: str

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"at": print_instant(self.at), "by": self.by, "until": print_instant(self.until), "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip. ``revision`` counts the wordings; ``sha256``: of what was sent, empty before; ``deadline`` the newest.

    ``reason``: why it was returned, closed early or withdrawn. ``result_sha256``: of its bundle, once it is closed.
    ``token_key``: of a secret one that was sent, the modulus by which its ballots are checked, in hexadecimal.
    """

    id: str
    stage: Stage
    revision: int
    wording: Wording
    created_by: str
    created_at: dt.datetime
    changed_at: dt.datetime
    key: bytes = field(repr=False)
    deadline: dt.datetime | None = None
    extensions: tuple[Extension, ...] = ()
    sent_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    by_clock: bool = False
    reason: str = ""
    sha256: str = ""
    result_sha256: str = ""
    token_key: str = ""

    def is_over(self, now: dt.datetime) -> bool:
        """Whether its deadline has passed: an answer at that very moment is too late."""
        return self.stage is Stage.OPEN and self.deadline is not None and now >= self.deadline

    def must_take_answers(self, now: dt.datetime) -> None:
        """Raise ConsultationOver or ConsultationStageWrong unless answers are taken now."""
        if self.is_over(now) and self.deadline is not None:
            raise ConsultationOver(deadline=print_instant(self.deadline))
        if self.stage is not Stage.OPEN:
            raise ConsultationStageWrong(stage=self.stage.value, act="answer")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who was asked, as they were then. ``answered`` counts what was handed in; ``draft`` is sealed.

    Of a secret slip ``answered`` is 1 once they were given their ballot; ``drawn``: the SHA-256 of what was signed
    blind, in hexadecimal, and ``browser`` where.
    """

    slip: str
    person: str
    ordinal: int
    name: str
    position: str
    unit: str
    opened_at: dt.datetime | None = None
    answered: int = 0
    answered_at: dt.datetime | None = None
    reminders: int = 0
    reminded_at: dt.datetime | None = None
    removed_at: dt.datetime | None = None
    removed_why: str = ""
    draft_revision: int = 0
    draft: bytes = field(default=b"", repr=False)
    drawn: str = ""
    browser: str = ""

    @property
    def counts(self) -> bool:
        """Whether they are still asked: who was taken off is in no base and in no sum (C7)."""
        return self.removed_at is None


@dataclass(frozen=True, slots=True)
class Urn:
    """Of a secret slip: ``box``, all ballots shut together until it is over; ``ballots``, what came out, sealed."""

    slip: str
    box: bytes = field(default=b"", repr=False)
    ballots: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says to one question; ``answer`` None: only words."""

    question: str
    answer: str | None
    opinion: str

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"question": self.question, "answer": self.answer, "opinion": self.opinion}


@dataclass(frozen=True, slots=True)
class HandIn:
    """One handing in: number 1, and one more for each change. ``sealed``: the answers, the nonce, what was signed.

    Of what was signed not even the hash is in the clear: all but choice and words is known, and hashes are tried (V5).
    """

    slip: str
    person: str
    number: int
    at: dt.datetime
    commitment: str
    signed: bool
    sealed: bytes = field(repr=False)


def takes_words(question: Question, answer: str | None) -> bool:
    """Whether words go with this answer."""
    return question.opinion or not question.answers or needs_words(question, answer)


def needs_words(question: Question, answer: str | None) -> bool:
    """Whether this answer says nothing without words: “Ý kiến khác”."""
    chosen = next((each.means for each in question.answers if each.answer == answer), None)
    return question.template == "agree" and chosen is Meaning.OTHER


def must_answer(questions: Sequence[Question], answers: Sequence[Said]) -> None:
    """Raise AnswerIncomplete unless every question, in its order, has an answer of its own, and words where needed."""
    for number, (question, said) in enumerate(zip(questions, answers, strict=True), 1):
        means = {each.answer: each.means for each in question.answers}
        only_words = not question.answers
        fits = said.question == question.id and (said.answer is None if only_words else said.answer in means)
        if not fits or ((only_words or needs_words(question, said.answer)) and not said.opinion):
            raise AnswerIncomplete(number=number)
        if said.opinion and not takes_words(question, said.answer):
            raise AnswerIncomplete(number=number)


def content(slip: Slip, papers: Sequence[Paper], recipients: Sequence[Recipient]) -> dict[str, Any]:
    """What is sent and answered, as one value; the deadline may move and is no part of it (W161)."""
    wording = {key: value for key, value in slip.wording.to_value().items() if key not in {"recipients", "deadline"}}
    return {
        "v": 1,
        "consultation": slip.id,
        **wording,
        **({"token_key": slip.token_key} if slip.token_key else {}),
        "papers": [paper.to_value() for paper in papers],
        "recipients": [
            {"person": each.person, "name": each.name, "position": each.position, "unit": each.unit}
            for each in recipients
        ],
    }


def fingerprint(value: dict[str, Any]) -> str:
    """SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical.encode(value)).hexdigest()
