"""What identity needs from outside: the rows, and the hash of a password.

Rules: a password is a ``Secret`` and never leaves the port's implementation in another form than its hash.

Usage: ``passwords.is_right(account.password_hash, password)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from server.identity.model import Account, Role, Session
from server.unit import Transaction
from wire.secret import Secret


class Passwords(Protocol):
    """A slow hash with salt (argon2id)."""

    def hash(self, password: Secret) -> str:
        """The hash with its parameters, as text."""
        ...

    def is_right(self, stored: str, password: Secret) -> bool:
        """Whether ``password`` has the hash ``stored``; an empty ``stored`` takes as long and is never right."""
        ...


class Factors(Protocol):
    """Second factors (``server/factors``)."""

    def is_active(self, tx: Transaction, person: str) -> bool:
        """Whether the person has one."""
        ...

    def active(self, tx: Transaction) -> frozenset[str]:
        """All who have one."""
        ...

    def prove(self, person: str, code: Secret | None, *, now: dt.datetime) -> None:
        """Take a code; nothing to prove without a factor.

        Raises SecondFactorNeeded, SecondFactorWrong, SecondFactorUsed.
        """
        ...

    def drop(self, tx: Transaction, person: str, *, by: str, now: dt.datetime) -> bool:
        """Forget it; whether there was one."""
        ...


class Tries(NamedTuple):
    """Wrong tries since the last right one."""

    failures: int
    last_at: dt.datetime


class IdentityStore(Protocol):
    """Accounts, sessions and wrong tries."""

    def add_account(self, tx: Transaction, account: Account) -> None:
        """Add it; raises UsernameTaken."""
        ...

    def account(self, tx: Transaction, person: str) -> Account | None:
        """By id."""
        ...

    def accounts_of(self, tx: Transaction, people: Collection[str]) -> Sequence[Account]:
        """Those of ``people`` who have one, in no order."""
        ...

    def account_named(self, tx: Transaction, username: str) -> Account | None:
        """By user name in its one spelling."""
        ...

    def accounts(self, tx: Transaction) -> Sequence[Account]:
        """All, by name."""
        ...

    def administrators(self, tx: Transaction, role: Role) -> Sequence[Account]:
        """Those who are this administrator; nobody else changes them until the transaction ends."""
        ...

    def set_password(
        self, tx: Transaction, person: str, password_hash: str, *, one_time: bool = False, was: str | None = None
    ) -> bool:
        """Replace the hash, with ``was`` only where it is still that; whether it was replaced.

        ``one_time``: somebody else gave it.
        """
        ...

    def set_disabled(self, tx: Transaction, person: str, at: dt.datetime | None) -> None:
        """Disable, or enable with None."""
        ...

    def touch_account(self, tx: Transaction, person: str, at: dt.datetime) -> None:
        """The account was used."""
        ...

    def add_session(self, tx: Transaction, session: Session) -> None:
        """Add a session, and drop those that are over."""
        ...

    def session(self, tx: Transaction, token_hash: str) -> Session | None:
        """By the hash of its token."""
        ...

    def see_session(self, tx: Transaction, token_hash: str, *, at: dt.datetime, is_locked: bool) -> None:
        """Keep when it was last used, and whether it is locked."""
        ...

    def drop_session(self, tx: Transaction, token_hash: str) -> None:
        """End it."""
        ...

    def drop_sessions_of(self, tx: Transaction, person: str, *, but: str = "") -> None:
        """End all sessions of a person, ``but`` one."""
        ...

    def drop_sessions_by(self, tx: Transaction, certificates: Collection[str]) -> int:
        """End those that were begun with one of ``certificates``; how many."""
        ...

    def tries(self, tx: Transaction, who: str) -> Tries | None:
        """Wrong tries of ``who`` (a digest of name and place)."""
        ...

    def set_tries(self, tx: Transaction, who: str, tries: Tries) -> None:
        """Keep them, and forget those older than a day, or the oldest when there are too many."""
        ...

    def forget_tries(self, tx: Transaction, who: Sequence[str]) -> None:
        """The password was right."""
        ...


class NamedUnit(Protocol):
    """A unit of the house."""

    @property
    def id(self) -> str:
        """``o-…``."""
        ...

    @property
    def name(self) -> str:
        """As it is read."""
        ...


class UnitNames(Protocol):
    """The tree of units (``server/units``)."""

    def named(self, text: str) -> NamedUnit:
        """The open unit that ``text`` names by id, code, path or name; raises NoSuchUnit."""
        ...


class AccountWatcher(Protocol):
    """Wants to know when a person may do nothing more."""

    def account_disabled(self, person: str, *, now: dt.datetime) -> None:
        """Called after the commit. Who has missed it looks again by itself: the server may have died in between."""
        ...
