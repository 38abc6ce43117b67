"""A document that the office issues: its wording, its stages, and who may move it on.

Rules N8, N9, N17: pure. One table is the life cycle; what is not in it is refused. A draft is text that people may
change; what is put up for signing is a file, and is changed by nobody: it is withdrawn, and drafted anew. "Signed" and
"stopped" are not written anywhere: they are what the round of signatures has come to. What has its number and holds no
more is revoked: the number stays used (N17).

Usage::

    after = move(stage, Move.PUT_UP)                # raises LetterStageWrong
    stage_now(Stage.SIGNING, complete=True, closed=True)        # Stage.SIGNED
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from server.documents.model import Urgency
from server.letters.errors import LetterIncomplete, LetterStageWrong
from wire.errors import BadField
from wire.fields import Fields

#: A meeting's title with the chair's name and position before it.
MAX_ABSTRACT: Final = 1_000
#: A conclusion may be one paragraph (W136).
MAX_LINE: Final = 10_500
MAX_LINES: Final = 400
MAX_RECIPIENTS: Final = 40
MAX_AUTHORITY: Final = 4
#: Letters that stand between the lines of a wording and what they are set as.
POINT: Final = "- "


class Kind(enum.StrEnum):
    """giấy mời · thông báo kết luận · nghị quyết; the minutes come by a way of their own."""

    INVITATION = "invitation"
    NOTICE = "notice"
    RESOLUTION = "resolution"

    @property
    def abbreviation(self) -> str:
        """Of the notation (NĐ 30/2020, Phụ lục III)."""
        return _ABBREVIATIONS[self]

    @property
    def heading(self) -> str:
        """As the layout prints it."""
        return _TITLES[self]


_ABBREVIATIONS: Final[Mapping[Kind, str]] = {Kind.INVITATION: "GM", Kind.NOTICE: "TB", Kind.RESOLUTION: "NQ"}
_TITLES: Final[Mapping[Kind, str]] = {
    Kind.INVITATION: "Giấy mời",
    Kind.NOTICE: "Thông báo",
    Kind.RESOLUTION: "Nghị quyết",
}


class Stage(enum.StrEnum):
    """dự thảo → trình ký → đã ký, đã cấp số → đã phát hành; trình ký bị dừng; đã hủy văn bản; đã hủy dự thảo."""

    DRAFT = "draft"
    SIGNING = "signing"
    SIGNED = "signed"
    STOPPED = "stopped"
    ISSUED = "issued"
    REVOKED = "revoked"
    DROPPED = "dropped"


class Move(enum.StrEnum):
    """sửa · hủy dự thảo · trình ký · rút · ký xong · đợt ký bị dừng · phát hành · hủy văn bản."""

    EDIT = "edit"
    DROP = "drop"
    PUT_UP = "put-up"
    WITHDRAW = "withdraw"
    SIGN = "sign"
    STOP = "stop"
    ISSUE = "issue"
    REVOKE = "revoke"


TABLE: Final[Mapping[tuple[Stage, Move], Stage]] = {
    (Stage.DRAFT, Move.EDIT): Stage.DRAFT,
    (Stage.DRAFT, Move.DROP): Stage.DROPPED,
    (Stage.DRAFT, Move.PUT_UP): Stage.SIGNING,
    (Stage.SIGNING, Move.WITHDRAW): Stage.DRAFT,
    (Stage.SIGNING, Move.SIGN): Stage.SIGNED,
    (Stage.SIGNING, Move.STOP): Stage.STOPPED,
    (Stage.STOPPED, Move.WITHDRAW): Stage.DRAFT,
    (Stage.SIGNED, Move.ISSUE): Stage.ISSUED,
    (Stage.SIGNED, Move.REVOKE): Stage.REVOKED,
    (Stage.ISSUED, Move.REVOKE): Stage.REVOKED,
}


def move(stage: Stage, wanted: Move, kind: Kind = Kind.INVITATION) -> Stage:
    """Where ``wanted`` leads; raises LetterStageWrong. What is issued and no invitation is replaced by another one."""
    after = TABLE.get((stage, wanted))
    if after is None or (stage is Stage.ISSUED and kind is not Kind.INVITATION):
        raise LetterStageWrong(stage=stage.value, act=wanted.value)
    return after


def stage_now(stage: Stage, *, complete: bool, closed: bool) -> Stage:
    """What a written stage is, seen with its round of signatures."""
    if stage is not Stage.SIGNING:
        return stage
    if complete:
        return move(stage, Move.SIGN)
    return move(stage, Move.STOP) if closed else stage


def moves(stage: Stage, kind: Kind = Kind.INVITATION) -> tuple[Move, ...]:
    """What people may do from a stage; signing and stopping are done by the round."""
    if stage is Stage.ISSUED and kind is not Kind.INVITATION:
        return ()
    return tuple(act for at, act in TABLE if at is stage and act not in {Move.SIGN, Move.STOP})


@dataclass(frozen=True, slots=True)
class Wording:
    """What people write of a document; everything else comes from the meeting and the agency.

    ``body``: a paragraph a line, with a dash in front a point of a list. ``signer``: who signs for it, between the last
    line of ``authority`` and their name. ``people``, ``agenda``, ``tasks``: whether those
    invited, the agenda, the tasks that were given are appendices.
    """

    abstract: str
    body: tuple[str, ...]
    authority: tuple[str, ...] = ()
    signer: str = ""
    basis: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    urgency: Urgency | None = None
    people: bool = False
    agenda: bool = False
    tasks: bool = False

    def must_be_whole(self) -> None:
        """Raise LetterIncomplete while something is missing that has to stand in the document."""
        missing = {"abstract": self.abstract, "body": self.body, "authority": self.authority, "signer": self.signer}
        for field, value in missing.items():
            if not value:
                raise LetterIncomplete(field=field)

    def to_value(self) -> dict[str, Any]:
        """As JSON, lists of lines as one text each."""
        return {
            "abstract": self.abstract,
            "body": "\n".join(self.body),
            "authority": "\n".join(self.authority),
            "signer": self.signer or None,
            "basis": "\n".join(self.basis),
            "recipients": "\n".join(self.recipients),
            "urgency": None if self.urgency is None else self.urgency.name.lower(),
            "people": self.people,
            "agenda": self.agenda,
            "tasks": self.tasks,
        }


def read_wording(fields: Fields) -> Wording:
    """What :meth:`Wording.to_value` gave, or a person wrote; raises BadField."""
    urgencies = {each.name.lower(): each for each in Urgency}
    found = Wording(
        abstract=fields.text("abstract", limit=MAX_ABSTRACT, empty=True).strip(),
        body=_lines(fields, "body", most=MAX_LINES),
        authority=_lines(fields, "authority", most=MAX_AUTHORITY),
        signer=fields.id("signer", "u") if fields.has("signer") else "",
        basis=_lines(fields, "basis", most=MAX_LINES),
        recipients=_lines(fields, "recipients", most=MAX_RECIPIENTS),
        urgency=urgencies[fields.choice("urgency", frozenset(urgencies))] if fields.has("urgency") else None,
        people=fields.flag("people"),
        agenda=fields.flag("agenda"),
        # Drafts from before there was this appendix do not say it.
        tasks=fields.has("tasks") and fields.flag("tasks"),
    )
    fields.end()
    return found


def _lines(fields: Fields, key: str, *, most: int) -> tuple[str, ...]:
    text = fields.text(key, limit=most * MAX_LINE, empty=True)
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    if len(lines) > most or any(len(line) > MAX_LINE for line in lines):
        raise BadField(f"body.{key}", f"has more than {most} lines, or a line longer than {MAX_LINE}")
    return lines


@dataclass(frozen=True, slots=True)
class Letter:
    """One document. ``revision`` counts the wordings; ``stage`` as it is written (see :func:`stage_now`)."""

    id: str
    meeting: str
    kind: Kind
    stage: Stage
    revision: int
    wording: Wording
    created_by: str
    created_at: dt.datetime
    changed_at: dt.datetime
    round: str = ""
    issued_at: dt.datetime | None = None
