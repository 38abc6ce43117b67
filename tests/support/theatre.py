"""The whole server with seats at its end of the link, the broker in memory: for tests without processes.

Usage::

    with Theatre(tmp_path) as theatre:
        seats = [theatre.seat(label) for label in range(3)]
        meeting, paper = theatre.published(pdfs.text_pdf())
        until(lambda: all(seat.is_complete(paper) for seat in seats))
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from sealing.signatures import DeviceSigner
from server.assembly.distribution import outside_of, plug
from server.distribution.plan import Pace
from server.distribution.ports import Ballots
from server.distribution.service import Distribution
from server.link.ports import Link
from tests.support.devices import Terminal
from tests.support.office import Browser, HandClock, Office
from tests.support.papers import published
from tests.support.room import MemoryBroker, MemoryLink
from tests.support.seat_twin import Connection, SeatTwin, Trusted
from wire.ids import PaperId, RoomId
from wire.topics import PaperVersion


class LiveClock(HandClock):
    """The machine's time, and further on when it is told so."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead = dt.timedelta()

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self._ahead

    def monotonic_s(self) -> float:
        return time.monotonic() + self._ahead.total_seconds()

    def advance(self, **span: float) -> None:
        self._ahead += dt.timedelta(**span)


class Theatre:
    """An office whose distribution speaks to a broker in memory."""

    def __init__(self, folder: Path, *, ballots: Ballots | None = None, **settings: Any) -> None:
        self.folder = folder
        #: what hears of secret ballots in place of the urn
        self._ballots = ballots
        self.office = Office(folder, clock=LiveClock(), **settings)
        self.broker = MemoryBroker()
        self.seats: list[SeatTwin] = []
        self.distribution = self._new_distribution()

    def __enter__(self) -> Self:
        self.distribution.start()
        return self

    def __exit__(self, *_: object) -> None:
        for seat in self.seats:
            if seat.wish is not None:
                seat.die()
        self.office.services.close()
        self.broker.close()

    def restart_distribution(self) -> None:
        """The server's memory of the seats is gone; the database is not."""
        self.distribution.stop()
        self.distribution = self._new_distribution()
        self.distribution.start()

    def _new_distribution(self) -> Distribution:
        services = self.office.services
        outside, link = outside_of(services), self.new_link()
        if self._ballots is not None:
            outside = dataclasses.replace(outside, ballots=self._ballots)
        distribution = Distribution(outside, link=link, keys=services.keys, pace=Pace(settle_s=0.1))
        plug(services, distribution)
        return distribution

    def new_link(self) -> Link:
        """The server's link to the broker."""
        return MemoryLink(self.broker)

    @property
    def trusted(self) -> Trusted:
        """What a seat knows of this site."""
        keys = self.office.services.keys
        return Trusted(keys.signer.public, keys.mailbox.public)

    def seat(self, number: int, *, live: bool = True) -> SeatTwin:
        """An approved device at the seat of this number, switched on."""
        terminal = Terminal(self.folder)
        enrol(self.office, terminal, self.office.seats[number])
        self.admitted(terminal)
        seat = self.twin(DeviceSigner(terminal.key))
        self.seats.append(seat)
        if live:
            seat.live(self.connect)
        return seat

    def twin(self, signer: DeviceSigner) -> SeatTwin:
        """What sits at a seat."""
        return SeatTwin(self.trusted, signer)

    def admitted(self, terminal: Terminal) -> None:
        """IT has approved a device."""

    def connect(self, seat: SeatTwin) -> tuple[Connection, Callable[[], None]]:
        """A connection to the broker in memory."""
        client = self.broker.join(seat.device, RoomId(self.office.room), seat.take)
        return client, lambda: client.leave(lost=True)

    def published(self, data: bytes, *, phase: str = "approved") -> tuple[str, PaperVersion]:
        """A meeting in ``phase`` with one published paper."""
        meeting = self.office.meeting(phase)
        return meeting, self.publish(meeting, data)

    def publish(self, meeting: str, data: bytes) -> PaperVersion:
        """One more published paper."""
        paper, version = published(self.secretary, self.chair, meeting, data)
        return PaperVersion(PaperId(paper), version)

    @property
    def secretary(self) -> Browser:
        """A browser of the secretary."""
        return self.office.sign_in("thuky")

    @property
    def chair(self) -> Browser:
        """A browser of the chair."""
        return self.office.sign_in("chutri")


def enrol(office: Office, terminal: Terminal, seat: str) -> None:
    """A device asks, IT approves it at a seat."""
    client = office.app.test_client()
    asked = client.post("/.well-known/est/simpleenroll", data=terminal.request(), content_type="application/pkcs10")
    assert asked.status_code == 202, asked.text
    operator = office.sign_in("kythuat")
    operator.post(f"/api/devices/{terminal.id}/approve", {"seat": seat, "code": terminal.code}).done()
