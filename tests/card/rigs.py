"""The same token three ways: PIV through pcscd, SoftHSM2, and OpenSC's module on the PIV card."""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from pathlib import Path

from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.card import Card
from deploy.softtoken.contents import Contents
from deploy.softtoken.reader import Faults, Inserted
from edge.card.pcsc import Context, ReaderState
from edge.card.piv_token import open_piv
from edge.card.pkcs11.module import ModuleProcess
from edge.card.pkcs11.pkcs11_token import open_pkcs11
from edge.card.pkcs11.probe import candidates
from edge.card.token import Token
from edge.card.watching import PRESENT
from tests.support import softtoken_hsm
from tests.support.poll import until
from tests.support.softtoken import PIN, contents

#: The service looks at its readers every 400 ms: after this long it has looked twice.
_LOOKS_S = 1.0
OPENSC = next(path for path in candidates(None) if path.name == "opensc-pkcs11.so")


class Rig(ABC):
    """A token that can be put in, opened again and again, and pulled out."""

    pin = PIN
    #: What this way can tell or do at all.
    counts_tries = True
    can_be_pulled = True
    pin_always = True

    def __init__(self) -> None:
        self._opened: list[Token] = []

    def open(self) -> Token:
        """Open it anew; closed at the end of the test."""
        token = self._open()
        self._opened.append(token)
        return token

    def finish(self) -> None:
        """Close all that was opened."""
        for token in self._opened:
            token.close()

    @abstractmethod
    def _open(self) -> Token: ...


class PivRig(Rig):
    """Our own client, an exclusive handle."""

    def __init__(self, bank: ReaderBank, context: Context, made: Contents | None = None) -> None:
        super().__init__()
        self.bank = bank
        self.context = context
        self.reader = bank.readers[0]
        self.card = Card(made or contents())
        self.inserted: Inserted = put_in(bank, context, self.card)

    def pull(self) -> None:
        self.bank.pull(0)

    def _open(self) -> Token:
        return open_piv(self.context.connect(self.reader))


class OpenScRig(PivRig):
    """The same card through somebody else's PKCS#11 module."""

    def _open(self) -> Token:
        reset = lambda: self.context.reset_card(self.reader)  # noqa: E731 - one line is what it is
        return open_pkcs11(ModuleProcess(OPENSC), reader=self.reader, reset=reset)


class HsmRig(Rig):
    """A token that lives in files: never blocked, never pulled."""

    pin = softtoken_hsm.PIN
    counts_tries = False
    can_be_pulled = False
    pin_always = False

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.hsm = softtoken_hsm.make_hsm(folder)
        os.environ.update(self.hsm.environment)

    def finish(self) -> None:
        super().finish()
        os.environ.pop("SOFTHSM2_CONF", None)

    def _open(self) -> Token:
        return open_pkcs11(ModuleProcess(softtoken_hsm.MODULE), reader="")


def put_in(bank: ReaderBank, context: Context, card: Card) -> Inserted:
    """A card in the first reader. One that is in already changes its inside: the service looks every 400 ms only."""
    inserted = bank.inserted(0)
    if inserted is None:
        wait_until_empty(context, bank.readers[0])
        inserted = bank.insert(0, card)
        wait_for_card(context, bank.readers[0])
    inserted.faults = Faults()
    inserted.card = card
    context.reset_card(bank.readers[0])
    inserted.commands = 0
    return inserted


def wait_until_empty(context: Context, reader: str) -> None:
    """Until the service has noticed that no card is in: one that comes before would be taken for the same.

    A card that was pulled in the middle of a command is marked as out at once, but counted as out at the next look:
    the count of ins and outs is even when nothing is in. A card pulled while it was being powered may leave the count
    odd for good; then it is out when the service has looked again and found nothing new.
    """
    seen: tuple[int, float] | None = None

    def is_empty() -> bool:
        nonlocal seen
        flags = _flags(context, reader)
        if flags & PRESENT:
            seen = None
            return False
        if flags >> 16 & 1 == 0:
            return True
        if seen is None or seen[0] != flags:
            seen = flags, time.monotonic()
        return time.monotonic() - seen[1] > _LOOKS_S

    until(is_empty, what=f"none in {reader}")


def wait_for_card(context: Context, reader: str) -> None:
    """Until the service has powered the card."""
    until(lambda: _flags(context, reader) & PRESENT, what=f"a card in {reader}")


def _flags(context: Context, reader: str) -> int:
    states = context.wait([ReaderState(reader, 0)], timeout_ms=0)
    return 0 if states is None else states[0].flags
