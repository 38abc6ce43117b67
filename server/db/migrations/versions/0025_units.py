"""The tree of units, made of what accounts said of their units; each account is in one of them."""

from __future__ import annotations

import base64
import hashlib
import unicodedata

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0025_units"
down_revision = "0024_calendar_addresses"
branch_labels = None
depends_on = None

_ACCOUNTS = sa.table("accounts", sa.column("id"), sa.column("unit"), sa.column("unit_id"))


def upgrade() -> None:
    units = op.create_table(
        "units",
        sa.Column("id", sa.String(18), primary_key=True),
        sa.Column("code", sa.String(20), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("parent", sa.String(18), nullable=True),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("head", sa.String(18), nullable=True),
        sa.Column("deputies", sa.Text, nullable=False),
        sa.Column("closed_at", Moment, nullable=True),
        sa.Column("into", sa.String(18), nullable=True),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.add_column("accounts", sa.Column("unit_id", sa.String(18), nullable=True))
    op.create_index("ix_accounts_unit_id", "accounts", ["unit_id"])
    connection = op.get_bind()
    known: dict[str, dict[str, object]] = {}
    for row in connection.execute(sa.select(_ACCOUNTS.c.id, _ACCOUNTS.c.unit).order_by(_ACCOUNTS.c.id)).all():
        name = " ".join(unicodedata.normalize("NFC", row.unit).split())
        if name.strip("/ ") == "":
            continue
        # Written apart, or with other capitals, it is the same unit; the first spelling stays.
        place = len(known)
        made = {
            "id": _id(name),
            "code": f"DV{place + 1:02}",
            "name": name,
            "place": place,
            "deputies": "[]",
            "revision": 1,
        }
        unit = known.setdefault(name.casefold(), made)
        if unit is made:
            connection.execute(units.insert().values(made))
        placed = sa.update(_ACCOUNTS).where(_ACCOUNTS.c.id == row.id)
        connection.execute(placed.values(unit_id=unit["id"], unit=unit["name"]))


def downgrade() -> None:
    op.drop_index("ix_accounts_unit_id", "accounts")
    op.drop_column("accounts", "unit_id")
    op.drop_table("units")


def _id(name: str) -> str:
    digest = hashlib.sha256(name.casefold().encode()).digest()[:10]
    return f"o-{base64.b32encode(digest).decode('ascii').lower()}"
