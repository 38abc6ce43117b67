"""Tasks, their histories and files in the database.

Rules: whoever changes a task holds its row, so that changes come one after the other on both databases; of the history
nothing is written twice.

Usage: ``SqlTaskStore().hold(connection, "t-…")``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from server.db.metadata import Moment, metadata
from server.db.upsert import upsert
from server.tasks.model import Evidence, Extension, Giving, Line, Move, Stage, Task, party
from wire.ids import PaperId
from wire.topics import PaperVersion

TASKS: Final = Table(
    "tasks",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("meeting", String(18), ForeignKey("meetings.id"), nullable=True, index=True),
    Column("item", String(18), nullable=True),
    Column("title", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("lead", String(18), nullable=False),
    #: a JSON list of people and units
    Column("helpers", Text, nullable=False),
    Column("due", Date, nullable=False),
    Column("giver", String(18), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("stage", String(20), nullable=False),
    Column("percent", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("answers", String(18), nullable=True),
    Column("extension", Integer, nullable=False),
    Column("extension_until", Date, nullable=True),
    Column("report", Integer, nullable=False),
    Column("reported_on", Date, nullable=True),
    Column("changed_at", Moment, nullable=False),
)
LINES: Final = Table(
    "task_lines",
    metadata,
    Column("task", String(18), ForeignKey("tasks.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("by", String(18), nullable=False),
    Column("by_name", String(200), nullable=False),
    Column("move", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("more", Text, nullable=False),
)
FILES: Final = Table(
    "task_files",
    metadata,
    Column("task", String(18), ForeignKey("tasks.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("paper", String(18), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("plain_bytes", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
)
TAKEN: Final = Table(
    "task_agenda",
    metadata,
    Column("meeting", String(18), ForeignKey("meetings.id"), primary_key=True),
    Column("task", String(18), ForeignKey("tasks.id"), primary_key=True),
    Column("item", String(18), nullable=False),
)


class SqlTaskStore:
    """The ``TaskStore`` of both databases."""

    def hold(self, tx: Connection, task: str) -> Task | None:
        """By id; nobody else changes it until the transaction ends."""
        row = tx.execute(select(TASKS).where(TASKS.c.id == task).with_for_update()).one_or_none()
        return None if row is None else _task(row)

    def find(self, tx: Connection, task: str) -> Task | None:
        """By id."""
        row = tx.execute(select(TASKS).where(TASKS.c.id == task)).one_or_none()
        return None if row is None else _task(row)

    def all(self, tx: Connection) -> Sequence[Task]:
        """Every task, the nearest deadline first."""
        return [_task(row) for row in tx.execute(select(TASKS).order_by(TASKS.c.due, TASKS.c.created_at, TASKS.c.id))]

    def add(self, tx: Connection, task: Task) -> None:
        """A new one."""
        tx.execute(insert(TASKS).values(_row(task)))

    def save(self, tx: Connection, task: Task) -> None:
        """From now on it is this."""
        tx.execute(update(TASKS).where(TASKS.c.id == task.id).values(_row(task)))

    def write(self, tx: Connection, task: str, line: Line) -> None:
        """One more line of its history."""
        values = {name: getattr(line, name) for name in ("number", "at", "by", "by_name", "text")}
        more = json.dumps(line.more, ensure_ascii=False)
        tx.execute(insert(LINES).values(task=task, move=line.move.value, more=more, **values))

    def lines(self, tx: Connection, task: str) -> Sequence[Line]:
        """Its history, the oldest line first."""
        rows = tx.execute(select(LINES).where(LINES.c.task == task).order_by(LINES.c.number))
        return [
            Line(each.number, each.at, each.by, each.by_name, Move(each.move), each.text, json.loads(each.more))
            for each in rows
        ]

    def put_file(self, tx: Connection, evidence: Evidence) -> None:
        """One more file."""
        names = [column.name for column in FILES.c]
        tx.execute(insert(FILES).values({name: getattr(evidence, name) for name in names}))

    def files(self, tx: Connection, task: str) -> Sequence[Evidence]:
        """Its files, the oldest first."""
        rows = tx.execute(select(FILES).where(FILES.c.task == task).order_by(FILES.c.number))
        return [Evidence(**row) for row in rows.mappings()]

    def versions(self, tx: Connection) -> set[PaperVersion]:
        """All files there are."""
        return {PaperVersion(PaperId(paper), 1) for paper in tx.execute(select(FILES.c.paper)).scalars()}

    def take(self, tx: Connection, meeting: str, item: str, *, tasks: Collection[str]) -> None:
        """These stand in the agenda of a meeting now, under ``item``."""
        for task in tasks:
            values = {"meeting": meeting, "task": task, "item": item}
            tx.execute(upsert(tx, TAKEN, values=values, key=("meeting", "task")))

    def taken(self, tx: Connection, meetings: Collection[str]) -> Sequence[tuple[str, str, str]]:
        """Meeting, item and task of what stands in the agendas of ``meetings``."""
        rows = tx.execute(select(TAKEN).where(TAKEN.c.meeting.in_(list(meetings))))
        return [(row.meeting, row.item, row.task) for row in rows]


def _row(task: Task) -> dict[str, Any]:
    giving, asked = task.giving, task.extension
    return {
        "id": task.id,
        "meeting": task.meeting,
        "item": task.item,
        "title": giving.title,
        "detail": giving.detail,
        "lead": giving.lead.id,
        "helpers": json.dumps([each.id for each in giving.helpers]),
        "due": giving.due,
        "giver": task.giver,
        "created_at": task.created_at,
        "stage": task.stage.value,
        "percent": task.percent,
        "revision": task.revision,
        "entries": task.entries,
        "answers": task.answers,
        "extension": 0 if asked is None else asked.number,
        "extension_until": None if asked is None else asked.until,
        "report": task.report,
        "reported_on": task.reported_on,
        "changed_at": task.changed_at or task.created_at,
    }


def _task(row: Any) -> Task:
    helpers = tuple(party(each) for each in json.loads(row.helpers))
    return Task(
        id=row.id,
        giving=Giving(row.title, row.detail, party(row.lead), helpers, row.due),
        giver=row.giver,
        created_at=row.created_at,
        meeting=row.meeting,
        item=row.item,
        stage=Stage(row.stage),
        percent=row.percent,
        revision=row.revision,
        entries=row.entries,
        answers=row.answers,
        extension=Extension(row.extension, row.extension_until) if row.extension else None,
        report=row.report,
        reported_on=row.reported_on,
        changed_at=row.changed_at,
    )
