"""Readers, one a seat, and the tokens of the demo's people: what is in where, and how it gets there.

Rules: a token is in one reader at a time, as a real one; plugged in elsewhere, it is out here. One that was blocked is
as new when the panel says so. All of it lives in the demo's process and ends with it.

Usage::

    stand = Stand.open(folder, bank_folder, seats=3)     # raises TokensMissing where readers cannot be made
    stand.plug(0, "daibieu1"); stand.pull(0)
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from deploy.demo import people
from deploy.demo.errors import TokensMissing
from deploy.demo.people import Person
from deploy.demo.tokens.authority import PIN, Authority
from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.card import Card
from deploy.softtoken.contents import load
from deploy.softtoken.errors import SoftTokenError

#: Who has a token; the others sign in with their password.
HOLDERS: Final = (*people.SIGNERS, people.REGISTRY)


class Stand:
    """For all threads."""

    def __init__(self, bank: ReaderBank, authority: Authority, *, seats: int, pin: str = PIN) -> None:
        self._bank: Final = bank
        self._pin: Final = pin
        self.authority: Final = authority
        self.seats: Final = seats
        self.holders: Final = {person.username: person for person in HOLDERS}
        self._lock: Final = threading.Lock()
        self._cards: Final = {name: self._new_card(person) for name, person in self.holders.items()}
        self._inside: dict[int, str] = {}

    @classmethod
    def open(cls, folder: Path, bank_folder: Path, *, seats: int, pin: str = PIN) -> Self:
        """Cards from ``folder``, made where they are missing, and running readers; raises TokensMissing."""
        authority = Authority.load_or_create(folder, now=dt.datetime.now(dt.UTC))
        bank = ReaderBank(bank_folder, readers=seats, name="Demo")
        try:
            bank.start()
        except (SoftTokenError, OSError, ValueError) as exc:
            raise TokensMissing(str(exc)) from exc
        return cls(bank, authority, seats=seats, pin=pin)

    @property
    def environment(self) -> Mapping[str, str]:
        """What a terminal's agent needs to find the readers."""
        return self._bank.environment

    def reader(self, seat: int) -> str:
        """The one reader of a terminal (counted from 0)."""
        return self._bank.readers[seat]

    @property
    def bank(self) -> ReaderBank:
        """The readers themselves, for who wants to make them fail."""
        return self._bank

    def inside(self, seat: int) -> Person | None:
        """Whose token is in there."""
        with self._lock:
            name = self._inside.get(seat)
        return None if name is None else self.holders[name]

    def tries_left(self, username: str) -> int:
        """How often a wrong PIN may still be given."""
        return self._cards[username].pins.pin.left

    def plug(self, seat: int, username: str) -> None:
        """Plug a token in; whatever is there, and wherever it was, is pulled out first."""
        card = self._cards[username]
        with self._lock:
            self._pull(seat)
            for other in [other for other, name in self._inside.items() if name == username]:
                self._pull(other)
            self._bank.insert(seat, card)
            self._inside[seat] = username

    def pull(self, seat: int) -> None:
        """Pull it out."""
        with self._lock:
            self._pull(seat)

    def renew(self, username: str) -> None:
        """The token as it was made, with all its tries."""
        card = self._new_card(self.holders[username])
        with self._lock:
            for seat in [seat for seat, name in self._inside.items() if name == username]:
                self._pull(seat)
            self._cards[username] = card

    def close(self) -> None:
        """End the readers."""
        self._bank.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _pull(self, seat: int) -> None:
        self._bank.pull(seat)
        self._inside.pop(seat, None)

    def _new_card(self, person: Person) -> Card:
        now = dt.datetime.now(dt.UTC)
        made = load(self.authority.card_file(person.username, person.name, now=now))
        return Card(replace(made, pin=self._pin))
