"""Trust anchors, people's certificates, revocation material; signing rounds, their files and the work left to do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.db.metadata import Moment

revision = "0005_signing"
down_revision = "0004_upkeep"
branch_labels = None
depends_on = None

_ID = sa.String(18)


def upgrade() -> None:
    _trust()
    _rounds()


def _trust() -> None:
    op.create_table(
        "trust_authorities",
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("der", sa.LargeBinary, nullable=False),
        sa.Column("trusted", sa.Boolean, nullable=False),
        sa.Column("added_at", Moment, nullable=False),
        sa.Column("added_by", sa.String(80), nullable=False),
    )
    op.create_table(
        "person_certificates",
        sa.Column("fingerprint", sa.String(64), primary_key=True),
        sa.Column("person", _ID, sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("der", sa.LargeBinary, nullable=False),
        sa.Column("enrolled_at", Moment, nullable=False),
        sa.Column("enrolled_by", sa.String(80), nullable=False),
        sa.Column("revoked_at", Moment, nullable=True),
        sa.Column("withdrawn_at", Moment, nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
    )
    op.create_table(
        "revocation_material",
        sa.Column("kind", sa.String(4), primary_key=True),
        sa.Column("about", sa.String(500), primary_key=True),
        sa.Column("der", sa.LargeBinary, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("next_at", Moment, nullable=True),
        sa.Column("fetched_at", Moment, nullable=False),
    )


def _rounds() -> None:
    op.create_table(
        "signing_rounds",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("ordering", sa.String(10), nullable=False),
        sa.Column("wanted", sa.String(10), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("lease_person", _ID, nullable=True),
        sa.Column("lease_until", Moment, nullable=True),
        sa.Column("prepared", sa.LargeBinary, nullable=True),
        sa.Column("opened_by", sa.String(80), nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("closed_at", Moment, nullable=True),
    )
    op.create_table(
        "signing_signers",
        sa.Column("round", sa.String(40), sa.ForeignKey("signing_rounds.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person", _ID, sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("signed_at", Moment, nullable=True),
        sa.Column("fingerprint", sa.String(64), nullable=True),
    )
    op.create_table(
        "signing_revisions",
        sa.Column("round", sa.String(40), sa.ForeignKey("signing_rounds.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("made_at", Moment, nullable=False),
    )
    op.create_table(
        "signing_raises",
        sa.Column("round", sa.String(40), sa.ForeignKey("signing_rounds.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", Moment, nullable=False, index=True),
        sa.Column("last_code", sa.String(60), nullable=False),
        sa.Column("done_at", Moment, nullable=True),
    )


def downgrade() -> None:
    for table in (
        "signing_raises",
        "signing_revisions",
        "signing_signers",
        "signing_rounds",
        "revocation_material",
        "person_certificates",
        "trust_authorities",
    ):
        op.drop_table(table)
