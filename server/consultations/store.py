"""Slips in the database (C1–C5).

Rules: a wording is written by comparing stage and revision. Whoever takes an answer holds the slip as it is until the
commit (``FOR SHARE``), and themselves; whoever closes or extends changes it and waits for them. SQLite has one writer.

Usage: ``SqlSlipStore().save(connection, after, before=slip)``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from server.consultations import reading
from server.consultations.model import SENT, Extension, HandIn, Paper, Recipient, Slip, Stage, Urn
from server.db.metadata import Moment, metadata
from wire.fields import Fields, parse_instant

SLIPS: Final = Table(
    "consultations",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("stage", String(20), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("wording", Text, nullable=False),
    Column("created_by", String(18), ForeignKey("accounts.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("deadline", Moment, nullable=True),
    Column("extensions", Text, nullable=False),
    Column("sent_at", Moment, nullable=True),
    Column("closed_at", Moment, nullable=True),
    Column("by_clock", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("result_sha256", String(64), nullable=False),
    Column("token_key", String(512), nullable=False),
)
RECIPIENTS: Final = Table(
    "consultation_recipients",
    metadata,
    Column("slip", String(18), ForeignKey("consultations.id"), primary_key=True),
    Column("person", String(18), ForeignKey("accounts.id"), primary_key=True, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("position", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("opened_at", Moment, nullable=True),
    Column("answered", Integer, nullable=False),
    Column("answered_at", Moment, nullable=True),
    Column("reminders", Integer, nullable=False),
    Column("reminded_at", Moment, nullable=True),
    Column("removed_at", Moment, nullable=True),
    Column("removed_why", Text, nullable=False),
    Column("draft_revision", Integer, nullable=False),
    Column("draft", LargeBinary, nullable=False),
    Column("drawn", String(64), nullable=False),
    Column("browser", Text, nullable=False),
)
#: One row a secret slip, written whole each time: no order of rows, nothing that was added last.
URNS: Final = Table(
    "consultation_urns",
    metadata,
    Column("slip", String(18), ForeignKey("consultations.id"), primary_key=True),
    Column("box", LargeBinary, nullable=False),
    Column("ballots", LargeBinary, nullable=False),
)
ANSWERS: Final = Table(
    "consultation_answers",
    metadata,
    Column("slip", String(18), ForeignKey("consultations.id"), primary_key=True),
    Column("person", String(18), ForeignKey("accounts.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("commitment", String(64), nullable=False),
    Column("signed", Boolean, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
PAPERS: Final = Table(
    "consultation_papers",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("slip", String(18), ForeignKey("consultations.id"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("title", Text, nullable=False),
    Column("secrecy", String(20), nullable=False),
    Column("pages", Integer, nullable=False),
    Column("plain_bytes", Integer, nullable=False),
    Column("plain_sha256", String(64), nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
)
#: Recipients find what they were asked, and what was withdrawn from them they need not see.
_SEEN: Final = sorted(SENT - {Stage.WITHDRAWN})


class SqlSlipStore:
    """The ``SlipStore`` of both databases."""

    def add(self, tx: Connection, slip: Slip) -> None:
        """A new draft."""
        tx.execute(insert(SLIPS).values(**_row(slip)))

    def find(self, tx: Connection, slip: str, *, hold: str = "") -> Slip | None:
        """By id; see the port for ``hold``."""
        wanted = select(SLIPS).where(SLIPS.c.id == slip)
        row = tx.execute(wanted.with_for_update(read=hold == "share") if hold else wanted).mappings().one_or_none()
        return None if row is None else _slip(row)

    def save(self, tx: Connection, after: Slip, *, before: Slip) -> bool:
        """Write ``after`` if the slip still is ``before``; whether it was."""
        same = (SLIPS.c.id == before.id) & (SLIPS.c.stage == before.stage.value) & (SLIPS.c.revision == before.revision)
        return tx.execute(update(SLIPS).where(same).values(**_row(after))).rowcount == 1

    def all(self, tx: Connection) -> Sequence[Slip]:
        """All but the dropped ones, the newest first."""
        wanted = select(SLIPS).where(SLIPS.c.stage != Stage.DROPPED.value)
        return [_slip(row) for row in tx.execute(wanted.order_by(SLIPS.c.created_at.desc(), SLIPS.c.id)).mappings()]

    def open(self, tx: Connection) -> Sequence[Slip]:
        """Those that people are asked for now."""
        wanted = select(SLIPS).where(SLIPS.c.stage == Stage.OPEN.value).order_by(SLIPS.c.id)
        return [_slip(row) for row in tx.execute(wanted).mappings()]

    def of_person(self, tx: Connection, person: str) -> Sequence[tuple[Slip, Recipient]]:
        """Those that were sent to somebody and not withdrawn, the newest first."""
        mine = (RECIPIENTS.c.person == person) & RECIPIENTS.c.removed_at.is_(None)
        rows = tx.execute(select(RECIPIENTS).where(mine)).mappings()
        own = {row["slip"]: _recipient(row) for row in rows}
        wanted = select(SLIPS).where(SLIPS.c.id.in_(own), SLIPS.c.stage.in_(_SEEN))
        rows = tx.execute(wanted.order_by(SLIPS.c.sent_at.desc(), SLIPS.c.id)).mappings()
        found = [_slip(row) for row in rows]
        return [(slip, own[slip.id]) for slip in found]

    def due(self, tx: Connection, now: dt.datetime) -> Sequence[str]:
        """Open ones whose deadline has passed."""
        wanted = select(SLIPS.c.id).where(SLIPS.c.stage == Stage.OPEN.value, SLIPS.c.deadline <= now)
        return [row.id for row in tx.execute(wanted.order_by(SLIPS.c.deadline, SLIPS.c.id))]

    def ask(self, tx: Connection, recipients: Sequence[Recipient]) -> None:
        """These are asked."""
        tx.execute(insert(RECIPIENTS), [dataclasses.asdict(each) for each in recipients])

    def recipients(self, tx: Connection, slip: str) -> Sequence[Recipient]:
        """In the order in which they were named."""
        wanted = select(RECIPIENTS).where(RECIPIENTS.c.slip == slip).order_by(RECIPIENTS.c.ordinal)
        return [_recipient(row) for row in tx.execute(wanted).mappings()]

    def recipient(self, tx: Connection, slip: str, person: str, *, hold: bool = False) -> Recipient | None:
        """One of them; ``hold``: nobody else changes them until the commit."""
        wanted = select(RECIPIENTS).where(RECIPIENTS.c.slip == slip, RECIPIENTS.c.person == person)
        row = tx.execute(wanted.with_for_update() if hold else wanted).mappings().one_or_none()
        return None if row is None else _recipient(row)

    def put(self, tx: Connection, recipient: Recipient) -> None:
        """Write what became of somebody."""
        one = (RECIPIENTS.c.slip == recipient.slip) & (RECIPIENTS.c.person == recipient.person)
        tx.execute(update(RECIPIENTS).where(one).values(**dataclasses.asdict(recipient)))

    def hand_in(self, tx: Connection, handed: HandIn) -> None:
        """One more handing in; the primary key lets no number be given twice."""
        tx.execute(insert(ANSWERS).values(**dataclasses.asdict(handed)))

    def handed_in(self, tx: Connection, slip: str, person: str | None = None) -> Sequence[HandIn]:
        """Of a slip, or of one person: by person and number."""
        wanted = select(ANSWERS).where(ANSWERS.c.slip == slip).order_by(ANSWERS.c.person, ANSWERS.c.number)
        rows = tx.execute(wanted if person is None else wanted.where(ANSWERS.c.person == person)).mappings()
        return [HandIn(**{**row, "sealed": bytes(row["sealed"])}) for row in rows]

    def add_urn(self, tx: Connection, slip: str, box: bytes) -> None:
        """Of a secret slip that is sent."""
        tx.execute(insert(URNS).values(slip=slip, box=box, ballots=b""))

    def urn(self, tx: Connection, slip: str, *, hold: bool = False) -> Urn:
        """Of a slip, empty without one; ``hold``: nobody else changes it until the commit."""
        query = select(URNS).where(URNS.c.slip == slip)
        row = tx.execute(query.with_for_update() if hold else query).mappings().one_or_none()
        return Urn(slip) if row is None else Urn(slip, bytes(row["box"]), bytes(row["ballots"]))

    def given(self, tx: Connection, slip: str) -> int:
        """How many were given a ballot."""
        where = (RECIPIENTS.c.slip == slip, RECIPIENTS.c.drawn != "")
        return tx.execute(select(func.count()).select_from(RECIPIENTS).where(*where)).scalar_one()

    def put_urn(self, tx: Connection, urn: Urn) -> None:
        """Write it whole."""
        tx.execute(update(URNS).where(URNS.c.slip == urn.slip).values(box=urn.box, ballots=urn.ballots))

    def add_paper(self, tx: Connection, paper: Paper) -> None:
        """One more file."""
        tx.execute(insert(PAPERS).values(**dataclasses.asdict(paper)))

    def drop_paper(self, tx: Connection, paper: str) -> None:
        """A file less."""
        tx.execute(delete(PAPERS).where(PAPERS.c.id == paper))

    def papers(self, tx: Connection, slip: str) -> Sequence[Paper]:
        """The letter of submission first, then in their order."""
        rows = tx.execute(select(PAPERS).where(PAPERS.c.slip == slip).order_by(PAPERS.c.ordinal)).mappings()
        found = [Paper(**{**row, "wrapped_key": bytes(row["wrapped_key"])}) for row in rows]
        return sorted(found, key=lambda paper: (paper.kind != "submission", paper.ordinal))

    def paper_ids(self, tx: Connection) -> set[str]:
        """All that have a file."""
        return {row.id for row in tx.execute(select(PAPERS.c.id))}


def _row(slip: Slip) -> dict[str, Any]:
    kept = {field.name: getattr(slip, field.name) for field in dataclasses.fields(slip)}
    return kept | {
        "stage": slip.stage.value,
        "wording": json.dumps(slip.wording.to_value(), ensure_ascii=False),
        "extensions": json.dumps([each.to_value() for each in slip.extensions], ensure_ascii=False),
    }


def _slip(row: RowMapping) -> Slip:
    moved = [
        Extension(parse_instant(each["at"]), each["by"], parse_instant(each["until"]), each["reason"])
        for each in json.loads(row["extensions"])
    ]
    told = {
        "stage": Stage(row["stage"]),
        "wording": reading.wording(Fields(json.loads(row["wording"]), "wording")),
        "key": bytes(row["key"]),
        "extensions": tuple(moved),
    }
    return Slip(**{**row, **told})


def _recipient(row: RowMapping) -> Recipient:
    return Recipient(**{**row, "draft": bytes(row["draft"])})
