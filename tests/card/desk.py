"""A worker on one reader of the bank, and what it tells; shared by the tests that need a card and a thread.

Usage: `desk = Desk(bank); desk.worker.start(); inserted, opened = desk.plug(card); desk.sign(opened, pin())`.
"""

from __future__ import annotations

import queue

from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.card import Card
from deploy.softtoken.reader import Inserted
from edge.card.pcsc import Context
from edge.card.worker import CardWorker
from edge.events import CardCame, CardFailed, CardOpened, Event, TokenRefused, TokenSigned
from edge.ports import SignOrder
from tests.card.rigs import wait_until_empty
from wire.proof import TokenData

AT = 2
MESSAGE = b"what is to be signed"


class Desk:
    """A worker on one reader of the bank, and what it told."""

    def __init__(self, bank: ReaderBank) -> None:
        self.bank = bank
        self.reader = bank.readers[AT]
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.worker = CardWorker(self.events.put, is_ours=lambda name: name == self.reader)

    def next(self, kind: type[Event] | tuple[type[Event], ...]) -> Event:
        while True:
            event = self.events.get(timeout=15)
            if isinstance(event, kind):
                return event

    def plug(self, card: Card) -> tuple[Inserted, CardOpened]:
        """A card goes in and is opened."""
        inserted, count = self.insert(card)
        self.worker.open(self.reader, count)
        opened = self.next((CardOpened, CardFailed))
        assert isinstance(opened, CardOpened), opened
        return inserted, opened

    def insert(self, card: Card) -> tuple[Inserted, int]:
        with Context.open() as context:
            wait_until_empty(context, self.reader)
        inserted = self.bank.insert(AT, card)
        came = self.next(CardCame)
        assert isinstance(came, CardCame)
        assert came.reader == self.reader
        return inserted, came.count

    def sign(self, opened: CardOpened, given: bytearray, **more: object) -> TokenSigned | TokenRefused:
        order = {
            "request": 7,
            "reader": opened.reader,
            "count": opened.count,
            "fingerprint": opened.token.fingerprint,
            "message": MESSAGE,
            "pin": given,
            "last_try_ok": False,
            "build": lambda der, signature: TokenData("c-aaaaaaaaaaaaaaaa", bytes(32), der, signature),
        }
        self.worker.sign(SignOrder(**(order | more)))  # type: ignore[arg-type]
        told = self.next((TokenSigned, TokenRefused))
        assert isinstance(told, TokenSigned | TokenRefused)
        assert not any(given), "the PIN is zeros, whatever came of it"
        return told


def emptied(bank: ReaderBank) -> None:
    """A service that has noticed that the card of the test before is out: it looks every 400 ms.

    One that never does, after what that test did to it, is begun anew: a fault is told once, by the test that has it.
    """
    bank.pull(AT)
    try:
        _wait(bank)
    except AssertionError:
        bank.stop()
        bank.start()
        _wait(bank)


def _wait(bank: ReaderBank) -> None:
    with Context.open() as context:
        wait_until_empty(context, bank.readers[AT])
