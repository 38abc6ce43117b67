"""Whole seats without processes: the real `Seat`, a fake disk, a hand-moved clock, a network that misbehaves.

Rules: one thread, one seeded generator; time moves only when a test says so. What the seat shows is what its page would
get. The server is `tests.support.server_twin`.

Usage::

    room = SeatRoom(seed=1)
    seat = room.seat("A1")
    meeting = room.twin.prepare_meeting()
    room.run(5)
    assert seat.where == "welcome"
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge.commands import Answer
from edge.events import ActAsked, LockAsked, SignInAsked, SignOutAsked, UnlockAsked
from edge.link.codec import Site
from edge.link.ports import Frame
from edge.model import Identity, Limits, Standing
from edge.ports import Ports
from edge.record import RecordKeeper
from edge.screen import Screen
from edge.seat import Seat
from edge.vault.run_dir import RunDir
from edge.vault.store import Vault
from sealing.signatures import DeviceSigner
from tests.support.fake_disk import FakeDisk
from tests.support.meeting_log import named
from tests.support.server_twin import BEGIN, ServerTwin
from wire import ids
from wire.messages import Point, View
from wire.topics import PaperVersion, Topic


@dataclass
class ManualClock:
    """Both clocks stand still until they are moved; the wall clock may jump on its own."""

    s: float = 1000.0
    jump_s: float = 0.0

    def monotonic_s(self) -> float:
        """Seconds of this boot."""
        return self.s

    def now(self) -> dt.datetime:
        """The wall clock."""
        return BEGIN + dt.timedelta(seconds=self.s - 1000.0 + self.jump_s)


@dataclass
class Weather:
    """How the network is: chance that a message is lost, and its longest delay."""

    loss: float = 0.0
    delay_s: float = 0.0


class TestOutside:
    """The page's side: the newest screen, the answers, how often pages were hidden."""

    __test__ = False

    def __init__(self) -> None:
        self.screen: Screen | None = None
        self.screens: list[Screen] = []
        self.answers: dict[int, Answer] = {}
        self.hidden = 0
        self.points: list[Point | View] = []

    def point(self, point: Point | View) -> None:
        self.points.append(point)

    def show(self, screen: Screen) -> None:
        self.screen = screen
        self.screens.append(screen)

    def answer(self, answer: Answer) -> None:
        self.answers[answer.request] = answer

    def hide(self) -> None:
        self.hidden += 1


@dataclass
class TestSeat:
    """One seat of the room: what outlives a restart, and what does not."""

    __test__ = False

    room: SeatRoom
    label: str
    signer: DeviceSigner
    disk: FakeDisk
    run_root: Path
    boot: int = 0
    seat: Seat | None = None
    outside: TestOutside = field(default_factory=TestOutside)
    filters: tuple[str, ...] = ()
    connected: bool = False
    _requests: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def on(self) -> Seat:
        """The agent, which must be running."""
        assert self.seat is not None
        return self.seat

    @property
    def sections(self) -> dict[str, Any]:
        """What the page shows."""
        assert self.outside.screen is not None
        return dict(self.outside.screen.sections)

    @property
    def where(self) -> str:
        """The screen it is on."""
        return str(self.sections["seat"]["state"])

    @property
    def seq(self) -> int:
        """The number it shows."""
        assert self.outside.screen is not None
        return self.outside.screen.seq

    # ---------------------------------------------------- power

    def start(self, *, limits: Limits | None = None, reserve_bytes: int = 0) -> None:
        """The agent starts (again)."""
        self.wake(limits=limits, reserve_bytes=reserve_bytes)
        self.recognise()

    def wake(self, *, limits: Limits | None = None, reserve_bytes: int = 0) -> None:
        """The agent runs, and nobody has told it yet which device it is."""
        self.outside = TestOutside()
        ports = Ports(
            vault=Vault(self.disk),
            run_dir=RunDir(self.run_root, boot=f"boot-{self.boot}"),
            clock=self.room.clock,
            random=self.room.chance.randbytes,
            reserve_bytes=reserve_bytes,
            record=RecordKeeper(self.disk),
        )
        seat = Seat(ports, self.outside, limits=limits or Limits(idle_s=300, grace_s=10))
        self.seat = seat
        self.filters = ()
        seat.begin()

    def recognise(self) -> None:
        """Enrolment tells what it kept from before."""
        twin = self.room.twin
        self.on.attach(self.signer, Site(twin.verify, twin.mailbox.public, twin.server_key), self)
        self.on.identify(Identity(Standing.ENROLLED, self.signer.key_id))

    def kill(self) -> None:
        """`kill -9`: memory is gone, what was written stays."""
        self.seat = None
        self.connected = False

    def lose_power(self) -> None:
        """The power goes: what was not synced is lost, and so is the run folder."""
        self.kill()
        self.disk.restart()
        self.boot += 1

    # ---------------------------------------------------- the link's port

    def publish(self, frame: Frame) -> None:
        """What the seat says goes into the weather."""
        if self.connected:
            self.room.send(frame.topic, frame.payload, to_server=True)

    def listen(self, filters: tuple[str, ...]) -> None:
        """What the seat is subscribed to."""
        self.filters = filters

    def connect(self) -> None:
        """The broker is reached."""
        if self.seat is not None and not self.connected:
            self.connected = True
            self.filters = self.filters or (f"s/{self.signer.key_id}/#",)
            self.seat.connected()

    def disconnect(self) -> None:
        """The broker is lost."""
        if self.connected:
            self.connected = False
            if self.seat is not None:
                self.seat.disconnected()

    # ---------------------------------------------------- the person

    def sign_in(self, who: str, password: str | None = None) -> int:
        """Somebody types a password; the answer comes later."""
        request = next(self._requests)
        self.on.passwords.hold(request, bytearray((password or who).encode()))
        self.on.handle(SignInAsked(request, self._new_act(), named("u", who)))
        return request

    def unlock(self, password: str) -> int:
        """Somebody types a password at the lock."""
        request = next(self._requests)
        self.on.passwords.hold(request, bytearray(password.encode()))
        self.on.handle(UnlockAsked(request))
        return request

    def lock(self) -> int:
        """Somebody locks the seat."""
        request = next(self._requests)
        self.on.handle(LockAsked(request))
        return request

    def sign_out(self) -> int:
        """Somebody leaves."""
        request = next(self._requests)
        self.on.handle(SignOutAsked(request, self._new_act()))
        return request

    def act(self, kind: str, act: str | None = None, **data: Any) -> int:
        """Somebody asks for something."""
        request = next(self._requests)
        self.on.handle(ActAsked(request, act or self._new_act(), kind, data))
        return request

    def answer(self, request: int) -> str | None:
        """The code of the answer, empty when all is well, None while there is none."""
        answer = self.outside.answers.get(request)
        return None if answer is None else answer.code

    def complete(self, paper: PaperVersion) -> bool:
        """Whether the seat holds a paper whole."""
        chunks = None if self.seat is None else self.seat._ports.vault.chunks(paper)  # noqa: SLF001 - to compare with the log
        return chunks is not None and chunks.have.full

    def _new_act(self) -> str:
        return ids.new("a", self.room.chance.randbytes(ids.RANDOM_BYTES))


class SeatRoom:
    """The twin, the seats, and the weather between them."""

    def __init__(self, tmp_path: Path, *, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        self.clock = ManualClock()
        self.weather = Weather()
        self.twin = ServerTwin(out=lambda topic, payload: self.send(topic, payload, to_server=False))
        self.seats: dict[str, TestSeat] = {}
        self.sent: list[tuple[Topic, bytes]] = []
        self._root = tmp_path
        self._wire: list[tuple[float, int, bool, Topic, bytes]] = []
        self._order = itertools.count()

    def seat(self, label: str = "A1", *, start: bool = True) -> TestSeat:
        """A device that is enrolled, on and connected."""
        signer = DeviceSigner.generate()
        self.twin.enrol(signer, seat=label)
        seat = TestSeat(self, label, signer, FakeDisk(self.chance), self._root / f"run-{label}")
        self.seats[signer.key_id] = seat
        if start:
            seat.start()
            seat.connect()
            self.run(1)
        return seat

    def send(self, topic: Topic, payload: bytes, *, to_server: bool) -> None:
        """Into the weather."""
        self.sent.append((topic, payload))
        if self.chance.random() < self.weather.loss:
            return
        at = self.clock.s + self.chance.random() * self.weather.delay_s
        heapq.heappush(self._wire, (at, next(self._order), to_server, topic, payload))

    def run(self, seconds: float, *, tick_s: float = 0.25) -> None:
        """Let time go on."""
        end = self.clock.s + seconds
        while self.clock.s < end:
            self._deliver()
            self.clock.s += tick_s
            for seat in self.seats.values():
                if seat.seat is not None:
                    seat.seat.tick()
        self._deliver()

    def _deliver(self) -> None:
        while self._wire and self._wire[0][0] <= self.clock.s:
            _, _, to_server, topic, payload = heapq.heappop(self._wire)
            if to_server:
                self.twin.handle(topic, payload)
                continue
            for seat in self.seats.values():
                if seat.seat is not None and seat.connected and _matches(topic, seat.filters):
                    seat.seat.received(topic, payload)


def _matches(topic: Topic, filters: tuple[str, ...]) -> bool:
    return any(str(topic).startswith(each.removesuffix("#")) for each in filters)
