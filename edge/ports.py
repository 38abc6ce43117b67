"""What the seat works with: store, clocks, chance, and the way to the server once the device is enrolled.

Rules: made by the agent (or a test) and handed to :class:`edge.seat.Seat`; nothing in here decides anything.

Usage: ``Ports(vault=…, run_dir=…, clock=SystemClock(), random=os.urandom, reserve_bytes=64 << 20)``
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from edge.card.certificate import Purpose
from edge.clock import Clock
from edge.events import UpdateWent
from edge.link.codec import Channel
from edge.link.ports import Link
from edge.model import CardSignature
from edge.record import RecordKeeper
from edge.updates.values import Task
from edge.vault.run_dir import RunDir
from edge.vault.store import Vault
from edge.vitals import Vitals
from wire import ids
from wire.messages import Head, Message
from wire.messages.updates import Release
from wire.proof import TokenData


class CardDesk(Protocol):
    """The readers of this machine (``edge/card/worker.py``). Every call returns at once; what comes of it is told."""

    def open(self, reader: str, count: int) -> None:
        """Take what is in the reader."""
        ...

    def release(self, reader: str, count: int) -> None:
        """Let go; the card is reset."""
        ...

    def sign(self, order: SignOrder) -> None:
        """Give the card its PIN, once, and have it sign; the PIN is wiped on every way out."""
        ...

    def check(self, order: SignOrder) -> None:
        """Give the card its PIN, once, and sign nothing; the PIN is wiped on every way out."""
        ...


class UpdateDesk(Protocol):
    """New images of this machine (``edge/updates/desk.py``). Every call returns at once; what comes of it is told."""

    @property
    def running(self) -> str:
        """The version that runs."""
        ...

    @property
    def boot(self) -> str:
        """The name of this start of the machine."""
        ...

    def load(self) -> Task | None:
        """What was kept."""
        ...

    def keep(self, task: Task) -> None:
        """Durably; raises :class:`edge.errors.VaultError`."""
        ...

    def fetch(self, release: Release) -> None:
        """Begin, or go on where it was cut."""
        ...

    def drop(self, *, keep: str = "") -> None:
        """Remove what was fetched."""
        ...

    def install(self, update: str) -> None:
        """Have it written into the other slot; raises ``OSError``."""
        ...

    def watch(self, update: str) -> None:
        """An installation was asked for by this word."""
        ...

    def look(self, sha256: str) -> tuple[UpdateWent, ...]:
        """What has happened since the last look."""
        ...

    def stop(self) -> None:
        """End what goes on; it goes on at the next start."""
        ...


@dataclass(frozen=True, slots=True)
class SignOrder:
    """What a card is asked: to sign ``message`` with the key of the certificate ``fingerprint``, and of no other.

    ``build``: what is told of certificate and signature; None when only a lock is to be opened.
    """

    request: int
    reader: str
    count: int
    fingerprint: str
    message: bytes
    pin: bytearray = field(repr=False)
    last_try_ok: bool
    build: Callable[[bytes, bytes], TokenData | CardSignature] | None
    purpose: Purpose = Purpose.LOGIN


class Shown(Protocol):
    """The certificate that the connection was made with."""

    def serial(self) -> str:
        """Its serial number, 40 hexadecimal digits; empty when there is none."""
        ...

    def welcomed(self) -> None:
        """The server has answered a hello that came with it."""
        ...


@dataclass(slots=True)
class Ports:
    """``channel`` and ``link`` are None until the device has its certificate, ``cards`` where none can be read.

    ``welcomed`` is the server's moment in its last welcome, and what ``monotonic_s`` was then.
    """

    vault: Vault
    run_dir: RunDir
    clock: Clock
    random: Callable[[int], bytes]
    reserve_bytes: int = 0
    channel: Channel | None = None
    link: Link | None = None
    cards: CardDesk | None = None
    #: what this seat has seen of the record; None: it keeps nothing of it
    record: RecordKeeper | None = None
    #: how this machine is; None: nobody asks
    vitals: Vitals | None = None
    #: starts this machine again; raises OSError, SubprocessError; None: nobody here may
    restart: Callable[[], None] | None = None
    #: switches this machine off; raises OSError, SubprocessError; None: nobody here may
    power_off: Callable[[], None] | None = None
    #: a program on somebody's computer: nobody switches that off from afar
    is_program: bool = False
    #: the store is about to be destroyed, which holds these meetings; raises VaultError; None: nobody asks
    wiping: Callable[[tuple[str, ...]], None] | None = None
    #: the store is destroyed, which held these meetings: the receipt is written; None: nobody asks
    wiped: Callable[[tuple[str, ...]], None] | None = None
    #: what the server was shown; None: nobody says
    certificate: Shown | None = None
    #: new images of this machine; None: it has no slots
    updates: UpdateDesk | None = None
    welcomed: tuple[dt.datetime, float] | None = None

    def say(self, build: Callable[[Head], Message]) -> None:
        """Send a message in the current session; without one it is not said (the plan asks again)."""
        if self.channel is None or self.link is None:
            return
        frame = self.channel.say(build)
        if frame is not None:
            self.link.publish(frame)

    def now(self) -> dt.datetime:
        """This moment for what the server is told: by its clock, for a terminal may wake in another year.

        Counted from the welcome by the clock that nobody sets; by this machine's own before there was any.
        """
        if self.welcomed is None:
            return self.clock.now()
        moment, at_s = self.welcomed
        return moment + dt.timedelta(seconds=self.clock.monotonic_s() - at_s)

    @property
    def ahead(self) -> dt.timedelta:
        """How far the server's clock is ahead of this machine's as it is set now."""
        return self.now() - self.clock.now()

    def new_act(self) -> str:
        """A fresh idempotency key."""
        return ids.new("a", self.random(ids.RANDOM_BYTES))
