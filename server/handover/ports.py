"""What a hand-over needs from outside: its rows, the accounts, and each feature's things.

Usage: ``for source in sources: source.held("u-…", now=now)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.handover.model import Handover, Holding, Kind, Line
from server.identity.model import Account, Actor
from server.unit import Transaction


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, under which idempotency key, when."""

    actor: Actor
    act: str
    now: dt.datetime


class Source(Protocol):
    """The things of one feature."""

    @property
    def kind(self) -> Kind:
        """Which."""
        ...

    def held(self, person: str, *, now: dt.datetime) -> Sequence[Holding]:
        """What the person holds of it."""
        ...

    def take(self, holding: Holding, person: str, to: Account, *, asked: Asked) -> None:
        """Give it to ``to``, by the feature's own rules; again is fine. ``to`` has no say for what ends.

        Raises what the feature refuses.
        """
        ...


class HandoverStore(Protocol):
    """Hand-overs and their lines."""

    def add(self, tx: Transaction, handover: Handover) -> None:
        """A new one with its lines."""
        ...

    def find(self, tx: Transaction, number: int) -> Handover | None:
        """By number; nobody else changes it until the transaction ends."""
        ...

    def add_lines(self, tx: Transaction, number: int, lines: Sequence[Line]) -> None:
        """More lines of one."""
        ...

    def hold(self, tx: Transaction) -> None:
        """Nobody else begins one until the transaction ends."""
        ...

    def newest(self, tx: Transaction) -> int:
        """The highest number; 0 without any."""
        ...

    def all(self, tx: Transaction) -> Sequence[Handover]:
        """Without their lines, the newest first."""
        ...

    def put_line(self, tx: Transaction, number: int, line: Line) -> None:
        """What became of a line."""
        ...

    def end(self, tx: Transaction, number: int, at: dt.datetime) -> None:
        """It is finished."""
        ...


class Accounts(Protocol):
    """Accounts (``server/identity``)."""

    def person(self, person: str) -> Account:
        """One account; raises NoSuchPerson."""
        ...

    def check_enabled(self, person: str, *, now: dt.datetime) -> None:
        """Raise AccountDisabled, or NoSuchPerson, unless the person may act."""
        ...

    def check_disabling(self, person: str, *, by: Actor, now: dt.datetime) -> None:
        """Raise DisablesThemselves or LastAdministrator where the account must stay."""
        ...

    def switch_account(self, person: str, *, disabled: bool, by: Actor, act: str, now: dt.datetime) -> None:
        """Disable it and end its sessions."""
        ...
