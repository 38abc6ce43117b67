"""Links and sessions of displays in the database.

Rules: a session goes with its link (ON DELETE CASCADE).

Usage: ``SqlDisplayStore().room_of_session(connection, hash)``.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import Connection

from server.db.metadata import Moment, metadata

links = sa.Table(
    "display_links",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("room", sa.String(18), sa.ForeignKey("rooms.id"), nullable=False, index=True),
    sa.Column("made_by", sa.String(80), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
)
sessions = sa.Table(
    "display_sessions",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column(
        "link",
        sa.String(64),
        sa.ForeignKey("display_links.token_hash", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("opened_at", Moment, nullable=False),
)


class SqlDisplayStore:
    """The ``DisplayStore`` of both databases."""

    def add_link(self, tx: Connection, link: str, *, room: str, by: str, at: dt.datetime) -> None:
        """Keep a new link."""
        tx.execute(sa.insert(links).values(token_hash=link, room=room, made_by=by, made_at=at))

    def remove_links(self, tx: Connection, room: str) -> None:
        """Forget all links of a room, and the sessions opened with them."""
        tx.execute(sa.delete(links).where(links.c.room == room))

    def room_of_link(self, tx: Connection, link: str) -> str | None:
        """The room a link is for."""
        return tx.execute(sa.select(links.c.room).where(links.c.token_hash == link)).scalar_one_or_none()

    def add_session(self, tx: Connection, session: str, *, link: str, at: dt.datetime) -> None:
        """Keep a session that a link opened."""
        tx.execute(sa.insert(sessions).values(token_hash=session, link=link, opened_at=at))

    def room_of_session(self, tx: Connection, session: str) -> str | None:
        """The room a session may see."""
        opened = sa.select(links.c.room).join(sessions, sessions.c.link == links.c.token_hash)
        return tx.execute(opened.where(sessions.c.token_hash == session)).scalar_one_or_none()
