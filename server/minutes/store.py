"""Minutes in the database: a sheet a meeting, the newest version of each paragraph, all changes, all comments.

Rules: the history is only added to. Whoever changes something holds the sheet's row, so that changes come one after the
other on both databases (BB7).

Usage: ``SqlMinutesStore().writings(connection, meeting)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Integer, String, Table, Text, select

from server.db.metadata import Moment, metadata
from server.db.upsert import insert_once, upsert
from server.minutes.blocks import BlockKind
from server.minutes.document import Writing
from server.minutes.model import Change, Comment, CommentState, Sheet
from server.minutes.ports import Line
from wire.ids import MeetingId

SHEETS: Final = Table(
    "minutes",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("stamp", Integer, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("comments_until", Moment),
    Column("round", String(18), nullable=False),
    Column("sealed_seq", Integer, nullable=False),
    Column("returned", Text, nullable=False),
    Column("returned_by", String(200), nullable=False),
)


def _written(*, is_key: bool) -> tuple[Column[Any], ...]:
    return (
        Column("paragraph", String(60), primary_key=is_key, nullable=False),
        Column("version", Integer, nullable=False),
        Column("section", String(18), nullable=False),
        Column("kind", String(10), nullable=False),
        Column("text", Text),
        Column("record", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("by", String(18), nullable=False),
        Column("by_name", String(200), nullable=False),
        Column("at", Moment, nullable=False),
        Column("added", Boolean, nullable=False),
        Column("after", String(60), nullable=False),
    )


PARAGRAPHS: Final = Table(
    "minutes_paragraphs",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    *_written(is_key=True),
)
CHANGES: Final = Table(
    "minutes_changes",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("change", String(10), nullable=False),
    Column("was", Text, nullable=False),
    *_written(is_key=False),
)
COMMENTS: Final = Table(
    "minutes_comments",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("paragraph", String(60), nullable=False),
    Column("quote", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("by", String(18), nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", String(10), nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_by", String(200), nullable=False),
    Column("answered_at", Moment),
)


class SqlMinutesStore:
    """The ``MinutesStore`` of both databases."""

    def hold(self, tx: Connection, meeting: MeetingId) -> Sheet:
        """The sheet, and nobody else changes these minutes until the transaction ends."""
        if self.sheet(tx, meeting) is None:
            fresh = _sheet_row(meeting, Sheet())
            tx.execute(insert_once(tx, SHEETS, fresh))
        row = tx.execute(select(SHEETS).where(SHEETS.c.meeting == meeting).with_for_update()).one()
        return _sheet(row)

    def sheet(self, tx: Connection, meeting: MeetingId) -> Sheet | None:
        """As it is; None before anybody wrote anything."""
        row = tx.execute(select(SHEETS).where(SHEETS.c.meeting == meeting)).one_or_none()
        return None if row is None else _sheet(row)

    def save(self, tx: Connection, meeting: MeetingId, sheet: Sheet) -> None:
        """From now on this."""
        tx.execute(SHEETS.update().where(SHEETS.c.meeting == meeting).values(_sheet_row(meeting, sheet)))

    def writings(self, tx: Connection, meeting: MeetingId) -> Sequence[Writing]:
        """The newest version of each paragraph somebody wrote."""
        rows = tx.execute(select(PARAGRAPHS).where(PARAGRAPHS.c.meeting == meeting).order_by(PARAGRAPHS.c.paragraph))
        return [_writing(row) for row in rows]

    def write(self, tx: Connection, meeting: MeetingId, line: Line) -> None:
        """A new version of a paragraph, and its line of the history."""
        values = {"meeting": meeting, **_writing_row(line.writing)}
        tx.execute(upsert(tx, PARAGRAPHS, values=values, key=("meeting", "paragraph")))
        told = {"number": line.number, "change": line.change.value, "was": line.was}
        tx.execute(CHANGES.insert().values({**values, **told}))

    def history(self, tx: Connection, meeting: MeetingId, paragraph: str | None = None) -> Sequence[Line]:
        """All changes, or those of a paragraph, the oldest first."""
        query = select(CHANGES).where(CHANGES.c.meeting == meeting).order_by(CHANGES.c.number)
        if paragraph is not None:
            query = query.where(CHANGES.c.paragraph == paragraph)
        return [Line(row.number, Change(row.change), _writing(row), row.was) for row in tx.execute(query)]

    def comments(self, tx: Connection, meeting: MeetingId) -> Sequence[Comment]:
        """All of them, the oldest first."""
        query = select(COMMENTS).where(COMMENTS.c.meeting == meeting).order_by(COMMENTS.c.number)
        return [_comment(row) for row in tx.execute(query)]

    def put_comment(self, tx: Connection, meeting: MeetingId, comment: Comment) -> None:
        """A new one, or a known one as it is now."""
        names = [column.name for column in COMMENTS.c if column.name not in {"meeting", "state"}]
        values = {name: getattr(comment, name) for name in names}
        row = {"meeting": meeting, "state": comment.state.value, **values}
        tx.execute(upsert(tx, COMMENTS, values=row, key=("meeting", "number")))

    def shared(self, tx: Connection) -> Sequence[tuple[MeetingId, Sheet]]:
        """Those that were ever shared for comments, with their sheets."""
        rows = tx.execute(select(SHEETS).where(SHEETS.c.comments_until.is_not(None)).order_by(SHEETS.c.meeting))
        return [(MeetingId(row.meeting), _sheet(row)) for row in rows]


def _sheet(row: Any) -> Sheet:
    return Sheet(
        stamp=row.stamp,
        generation=row.generation,
        comments_until=row.comments_until,
        round=row.round,
        sealed_seq=row.sealed_seq,
        returned=row.returned,
        returned_by=row.returned_by,
    )


def _sheet_row(meeting: MeetingId, sheet: Sheet) -> dict[str, Any]:
    return {
        "meeting": meeting,
        "stamp": sheet.stamp,
        "generation": sheet.generation,
        "comments_until": sheet.comments_until,
        "round": sheet.round,
        "sealed_seq": sheet.sealed_seq,
        "returned": sheet.returned,
        "returned_by": sheet.returned_by,
    }


_FIELDS: Final = (
    "paragraph", "version", "section", "text", "record", "reason", "by", "by_name", "at", "added", "after",
)  # fmt: skip


def _writing(row: Any) -> Writing:
    return Writing(kind=BlockKind(row.kind), **{name: getattr(row, name) for name in _FIELDS})


def _writing_row(writing: Writing) -> dict[str, Any]:
    return {"kind": writing.kind.value, **{name: getattr(writing, name) for name in _FIELDS}}


def _comment(row: Any) -> Comment:
    return Comment(
        number=row.number,
        paragraph=row.paragraph,
        quote=row.quote,
        text=row.text,
        by=row.by,
        by_name=row.by_name,
        at=row.at,
        state=CommentState(row.state),
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )
