"""Accounts, sessions and wrong tries in the database.

Rules: one column holds which of the three administrators an account is, so the table cannot hold two.

Usage: ``SqlIdentityStore().account_named(connection, "thuky")``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    delete,
    false,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from server.db.metadata import Moment, metadata
from server.db.upsert import upsert
from server.identity.errors import UsernameTaken
from server.identity.model import ADMINS, Account, Role, Session
from server.identity.ports import Tries

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(18), primary_key=True),
    Column("username", String(80), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("position", String(200), nullable=False),
    # The name of the unit that it is in, as it is read everywhere.
    Column("unit", String(200), nullable=False),
    Column("unit_id", String(18), nullable=True, index=True),
    Column("admin_role", String(20), nullable=True),
    Column("is_secretary", Boolean, nullable=False),
    Column("is_it", Boolean, nullable=False),
    Column("is_clerk", Boolean, nullable=False, server_default=false()),
    Column("password_hash", String(200), nullable=False),
    # Somebody else gave it: it is changed at the first sign-in.
    Column("one_time", Boolean, nullable=False, server_default=false()),
    Column("created_at", Moment, nullable=False),
    Column("last_used_at", Moment, nullable=False),
    Column("disabled_at", Moment, nullable=True),
    CheckConstraint("admin_role IN ('system_admin', 'security_admin', 'auditor')", name="one_admin_role"),
)
sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person", String(18), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("is_locked", Boolean, nullable=False),
    Column("certificate", String(64), nullable=False, server_default="", index=True),
)
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("who", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Moment, nullable=False, index=True),
)
#: Rows of wrong tries that are kept at most: a flood of names fills no disk.
MOST_TRIES: Final = 20_000
_TRIES_KEPT: Final = dt.timedelta(days=1)


class SqlIdentityStore:
    """The ``IdentityStore`` of both databases."""

    def __init__(self, *, most_tries: int = MOST_TRIES) -> None:
        self._most_tries: Final = most_tries

    def add_account(self, tx: Connection, account: Account) -> None:
        """Add it; raises UsernameTaken."""
        try:
            tx.execute(insert(accounts).values(_account_values(account)))
        except IntegrityError as taken:
            raise UsernameTaken(username=account.username) from taken

    def account(self, tx: Connection, person: str) -> Account | None:
        """By id."""
        row = tx.execute(select(accounts).where(accounts.c.id == person)).one_or_none()
        return None if row is None else _account(row)

    def accounts_of(self, tx: Connection, people: Collection[str]) -> Sequence[Account]:
        """Those of ``people`` who have one."""
        return [_account(row) for row in tx.execute(select(accounts).where(accounts.c.id.in_(list(people))))]

    def account_named(self, tx: Connection, username: str) -> Account | None:
        """By user name in its one spelling."""
        row = tx.execute(select(accounts).where(accounts.c.username == username)).one_or_none()
        return None if row is None else _account(row)

    def accounts(self, tx: Connection) -> Sequence[Account]:
        """All, by name."""
        return [_account(row) for row in tx.execute(select(accounts).order_by(accounts.c.name, accounts.c.id))]

    def administrators(self, tx: Connection, role: Role) -> Sequence[Account]:
        """Those who are this administrator; nobody else changes them until the transaction ends."""
        query = select(accounts).where(accounts.c.admin_role == role.value).order_by(accounts.c.id).with_for_update()
        return [_account(row) for row in tx.execute(query)]

    def set_password(
        self, tx: Connection, person: str, password_hash: str, *, one_time: bool = False, was: str | None = None
    ) -> bool:
        """Replace the hash, with ``was`` only where it is still that; ``one_time``: somebody else gave it."""
        wanted = update(accounts).where(accounts.c.id == person)
        if was is not None:
            wanted = wanted.where(accounts.c.password_hash == was)
        return tx.execute(wanted.values(password_hash=password_hash, one_time=one_time)).rowcount == 1

    def set_disabled(self, tx: Connection, person: str, at: dt.datetime | None) -> None:
        """Disable, or enable with None."""
        tx.execute(update(accounts).where(accounts.c.id == person).values(disabled_at=at))

    def place_account(self, tx: Connection, person: str, *, unit_id: str | None, unit: str) -> None:
        """The account is in this unit of this name."""
        tx.execute(update(accounts).where(accounts.c.id == person).values(unit_id=unit_id, unit=unit))

    def rename_unit(self, tx: Connection, unit_id: str, *, to: str | None, name: str) -> None:
        """All accounts of a unit are in ``to`` from now on (None: in the same), which is called ``name``."""
        of_unit = update(accounts).where(accounts.c.unit_id == unit_id)
        tx.execute(of_unit.values(unit_id=to or unit_id, unit=name))

    def change_account(self, tx: Connection, account: Account) -> None:
        """Keep name, position, unit and roles as they are in ``account``."""
        values = _account_values(account)
        kept = ("name", "position", "unit", "unit_id", "admin_role", "is_secretary", "is_it", "is_clerk")
        wanted = update(accounts).where(accounts.c.id == account.id)
        tx.execute(wanted.values({name: values[name] for name in kept}))

    def touch_account(self, tx: Connection, person: str, at: dt.datetime) -> None:
        """The account was used."""
        tx.execute(update(accounts).where(accounts.c.id == person).values(last_used_at=at))

    def add_session(self, tx: Connection, session: Session) -> None:
        """Add a session, and drop those that are over."""
        tx.execute(delete(sessions).where(sessions.c.expires_at <= session.created_at))
        tx.execute(
            insert(sessions).values(
                token_hash=session.token_hash,
                person=session.person,
                created_at=session.created_at,
                last_seen_at=session.last_seen_at,
                expires_at=session.expires_at,
                is_locked=session.is_locked,
                certificate=session.certificate,
            )
        )

    def session(self, tx: Connection, token_hash: str) -> Session | None:
        """By the hash of its token."""
        row = tx.execute(select(sessions).where(sessions.c.token_hash == token_hash)).one_or_none()
        if row is None:
            return None
        times = (row.created_at, row.last_seen_at, row.expires_at)
        return Session(row.token_hash, row.person, *times, is_locked=row.is_locked, certificate=row.certificate)

    def see_session(self, tx: Connection, token_hash: str, *, at: dt.datetime, is_locked: bool) -> None:
        """Keep when it was last used, and whether it is locked."""
        values = {"last_seen_at": at, "is_locked": is_locked}
        tx.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(values))

    def drop_session(self, tx: Connection, token_hash: str) -> None:
        """End it."""
        tx.execute(delete(sessions).where(sessions.c.token_hash == token_hash))

    def drop_sessions_of(self, tx: Connection, person: str, *, but: str = "") -> None:
        """End all sessions of a person, ``but`` one."""
        tx.execute(delete(sessions).where(sessions.c.person == person, sessions.c.token_hash != but))

    def drop_sessions_by(self, tx: Connection, certificates: Collection[str]) -> int:
        """End those that were begun with one of ``certificates``; how many."""
        return tx.execute(
            delete(sessions).where(sessions.c.certificate.in_([each for each in certificates if each]))
        ).rowcount

    def tries(self, tx: Connection, who: str) -> Tries | None:
        """Wrong tries of ``who``; on PostgreSQL the row stays locked until the transaction ends."""
        query = select(sign_in_tries).where(sign_in_tries.c.who == who).with_for_update()
        row = tx.execute(query).one_or_none()
        return None if row is None else Tries(row.failures, row.last_at)

    def set_tries(self, tx: Connection, who: str, tries: Tries) -> None:
        """Keep them, and forget those older than a day, or the oldest when there are too many."""
        tx.execute(delete(sign_in_tries).where(sign_in_tries.c.last_at < tries.last_at - _TRIES_KEPT))
        newest = select(sign_in_tries.c.last_at).order_by(sign_in_tries.c.last_at.desc())
        oldest_kept = newest.offset(self._most_tries).limit(1).scalar_subquery()
        tx.execute(delete(sign_in_tries).where(sign_in_tries.c.last_at < oldest_kept))
        values = {"failures": tries.failures, "last_at": tries.last_at}
        tx.execute(upsert(tx, sign_in_tries, values={"who": who, **values}, key=("who",)))

    def forget_tries(self, tx: Connection, who: Sequence[str]) -> None:
        """The password was right."""
        tx.execute(delete(sign_in_tries).where(sign_in_tries.c.who.in_(who)))


def _account_values(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "username": account.username,
        "name": account.name,
        "position": account.position,
        "unit": account.unit,
        "unit_id": account.unit_id,
        "admin_role": next((role.value for role in account.roles & ADMINS), None),
        "is_secretary": Role.SECRETARY in account.roles,
        "is_it": Role.IT in account.roles,
        "is_clerk": Role.CLERK in account.roles,
        "password_hash": account.password_hash,
        "one_time": account.one_time,
        "created_at": account.created_at,
        "last_used_at": account.last_used_at,
        "disabled_at": account.disabled_at,
    }


def _account(row: Row[Any]) -> Account:
    roles = {Role(row.admin_role)} if row.admin_role else set()
    if row.is_secretary:
        roles.add(Role.SECRETARY)
    if row.is_it:
        roles.add(Role.IT)
    if row.is_clerk:
        roles.add(Role.CLERK)
    return Account(
        id=row.id,
        username=row.username,
        name=row.name,
        position=row.position,
        unit=row.unit,
        roles=frozenset(roles),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        disabled_at=row.disabled_at,
        password_hash=row.password_hash,
        unit_id=row.unit_id,
        one_time=row.one_time,
    )
