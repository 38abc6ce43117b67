"""Drafts and stages of the office's documents in the database; the files themselves are revisions of their rounds.

Rules: a row is written by comparing stage and revision, so that of two who save the second is told.

Usage: ``SqlLetterStore().save(connection, after, before=letter)``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, Text, insert, select, update

from server.db.metadata import Moment, metadata
from server.db.upsert import insert_once
from server.letters.model import Kind, Letter, Stage, read_wording
from wire.fields import Fields

LETTERS: Final = Table(
    "letters",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("meeting", String(18), ForeignKey("meetings.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("wording", Text, nullable=False),
    Column("round", String(40), ForeignKey("signing_rounds.id"), nullable=True, unique=True),
    Column("created_by", String(80), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("issued_at", Moment, nullable=True),
)
#: Who has had the signed file of an issued document, since when: one's own first page asks for what is unread.
OPENINGS: Final = Table(
    "letter_openings",
    metadata,
    Column("letter", String(18), ForeignKey("letters.id"), primary_key=True),
    Column("person", String(18), primary_key=True),
    Column("at", Moment, nullable=False),
)


class SqlLetterStore:
    """The ``LetterStore`` of both databases."""

    def add(self, tx: Connection, letter: Letter) -> None:
        """A new draft."""
        tx.execute(insert(LETTERS).values(**_row(letter)))

    def find(self, tx: Connection, letter: str) -> Letter | None:
        """By id."""
        row = tx.execute(select(LETTERS).where(LETTERS.c.id == letter)).one_or_none()
        return None if row is None else _letter(row)

    def save(self, tx: Connection, after: Letter, *, before: Letter) -> bool:
        """Write ``after`` if the letter still is ``before``; whether it was."""
        same = (
            (LETTERS.c.id == before.id)
            & (LETTERS.c.stage == before.stage.value)
            & (LETTERS.c.revision == before.revision)
        )
        return tx.execute(update(LETTERS).where(same).values(**_row(after))).rowcount == 1

    def of_meeting(self, tx: Connection, meeting: str) -> Sequence[Letter]:
        """All but the dropped ones, the newest first."""
        wanted = (LETTERS.c.meeting == meeting) & (LETTERS.c.stage != Stage.DROPPED.value)
        rows = tx.execute(select(LETTERS).where(wanted).order_by(LETTERS.c.created_at.desc(), LETTERS.c.id))
        return [_letter(row) for row in rows]

    def signing(self, tx: Connection) -> Sequence[Letter]:
        """Those that are put up, of all meetings, the oldest first."""
        wanted = select(LETTERS).where(LETTERS.c.stage == Stage.SIGNING.value)
        return [_letter(row) for row in tx.execute(wanted.order_by(LETTERS.c.changed_at, LETTERS.c.id))]

    def drafts(self, tx: Connection) -> Sequence[Letter]:
        """Of all meetings, the oldest first."""
        wanted = select(LETTERS).where(LETTERS.c.stage == Stage.DRAFT.value)
        return [_letter(row) for row in tx.execute(wanted.order_by(LETTERS.c.created_at, LETTERS.c.id))]

    def inviting(self, tx: Connection) -> Sequence[Letter]:
        """Invitations that are put up or issued, of all meetings."""
        stages = LETTERS.c.stage.in_((Stage.SIGNING.value, Stage.ISSUED.value))
        wanted = select(LETTERS).where(stages & (LETTERS.c.kind == Kind.INVITATION.value))
        return [_letter(row) for row in tx.execute(wanted)]

    def unopened(self, tx: Connection, person: str, *, since: dt.datetime) -> Sequence[Letter]:
        """Notices and resolutions of all meetings, issued ``since`` then, whose file the person has not had."""
        had = select(OPENINGS.c.letter).where(OPENINGS.c.person == person)
        wanted = (
            (LETTERS.c.stage == Stage.ISSUED.value)
            & (LETTERS.c.kind != Kind.INVITATION.value)
            & (LETTERS.c.issued_at >= since)
            & LETTERS.c.id.not_in(had)
        )
        rows = tx.execute(select(LETTERS).where(wanted).order_by(LETTERS.c.issued_at.desc(), LETTERS.c.id))
        return [_letter(row) for row in rows]

    def open(self, tx: Connection, round_id: str, person: str, *, at: dt.datetime) -> None:
        """The person has the file that this round signed; nothing where it is of no issued document, or known."""
        wanted = (LETTERS.c.round == round_id) & (LETTERS.c.stage == Stage.ISSUED.value)
        letter = tx.execute(select(LETTERS.c.id).where(wanted)).scalar_one_or_none()
        if letter is not None:
            tx.execute(insert_once(tx, OPENINGS, {"letter": letter, "person": person, "at": at}))

    def of_rounds(self, tx: Connection, rounds: Sequence[str]) -> Sequence[Letter]:
        """The letters that these rounds sign."""
        return [_letter(row) for row in tx.execute(select(LETTERS).where(LETTERS.c.round.in_(list(rounds))))]


def _row(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "meeting": letter.meeting,
        "kind": letter.kind.value,
        "stage": letter.stage.value,
        "revision": letter.revision,
        "wording": json.dumps(letter.wording.to_value(), ensure_ascii=False),
        "round": letter.round or None,
        "created_by": letter.created_by,
        "created_at": letter.created_at,
        "changed_at": letter.changed_at,
        "issued_at": letter.issued_at,
    }


def _letter(row: Any) -> Letter:
    return Letter(
        id=row.id,
        meeting=row.meeting,
        kind=Kind(row.kind),
        stage=Stage(row.stage),
        revision=row.revision,
        wording=read_wording(Fields(json.loads(row.wording), "wording")),
        created_by=row.created_by,
        created_at=row.created_at,
        changed_at=row.changed_at,
        round=row.round or "",
        issued_at=row.issued_at,
    )
