"""A room of seats that lose, delay and reorder what they are sent, die and come late, driven by the real plan.

Rules: time is a number on a heap, so an hour of room takes a second; everything random comes from one seeded
generator. Each step of the plan is judged where it is made: ``Simulation.faults`` stays empty.

Usage::

    room = Simulation(seed=7)
    seats = [room.seat(loss=0.01) for _ in range(16)]
    paper = room.want(chunks=1024)
    room.run(until=lambda: room.complete(paper))
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from edge.plan import STALLED_S
from server.distribution.chunks import full
from server.distribution.plan import ChunkRoom, ChunkSeat, OfferRoom, OfferSeat, Pace, RoomPlan, Step
from wire.ids import DeviceId, PaperId, new
from wire.topics import PaperVersion

REPORT_S = 0.25
REPORT_CHUNKS = 32
TICK_S = 0.1


@dataclass
class SimSeat:
    """One seat: ``rate`` chunks a second, ``delay_s`` each way; chances that a chunk is lost, a manifest is lost
    (``deaf``), anything is late.
    """

    device: DeviceId
    rate: float = 2000.0
    delay_s: float = 0.002
    loss: float = 0.0
    deaf: float = 0.0
    late: float = 0.0
    here: bool = False
    life: int = 0
    manifests: set[PaperVersion] = field(default_factory=set)
    kept: dict[PaperVersion, int] = field(default_factory=dict)
    reported: dict[PaperVersion, int] = field(default_factory=dict)
    received: int = 0
    twice: int = 0
    busy_until: float = 0.0
    unreported: int = 0
    report_due: bool = False
    reports: int = 0
    newest_report: int = 0
    done_at: dict[PaperVersion, float] = field(default_factory=dict)


class Simulation:
    """The server's plan on one side, the seats on the other, a broker with one queue a seat between them."""

    def __init__(self, seed: int = 1, *, pace: Pace | None = None) -> None:
        self.random = random.Random(seed)
        self.pace = pace or Pace()
        self.plan = RoomPlan(self.pace)
        self.now = 0.0
        self.seats: dict[DeviceId, SimSeat] = {}
        self.wanted: dict[PaperVersion, int] = {}
        self.room_sent = 0
        self.singles_sent = 0
        self.faults: list[str] = []
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._later(TICK_S, self._tick)

    def seat(self, *, here: bool = True, **kind: float) -> SimSeat:
        """Put a seat in the room (``kind`` as in :class:`SimSeat`); with ``here`` it connects at once."""
        device = DeviceId(new("d", self.random.randbytes(10)))
        seat = SimSeat(device, **kind)  # type: ignore[arg-type]
        self.seats[device] = seat
        if here:
            self.arrive(seat)
        return seat

    def want(self, chunks: int) -> PaperVersion:
        """Publish one more paper."""
        paper = PaperVersion(PaperId(new("p", self.random.randbytes(10))), 1)
        self.wanted[paper] = chunks
        self.plan.want(self.wanted.items())
        return paper

    def arrive(self, seat: SimSeat) -> None:
        """The seat connects: hello, then a report for each paper whose manifest it has, a question for the others."""
        seat.here, seat.busy_until = True, self.now
        seat.life += 1
        self.plan.arrive(seat.device, self.now)
        seat.reported.clear()
        for paper in self.wanted:
            if paper in seat.manifests:
                self._report(seat, paper)
            else:
                self._up(seat, lambda paper=paper: self.plan.ask(seat.device, paper))  # type: ignore[misc]

    def die(self, seat: SimSeat) -> None:
        """Power cut: what was on its way is gone, what was kept stays."""
        seat.here, seat.report_due = False, False
        self._later(0.5, lambda: None if seat.here else self.plan.leave(seat.device))

    def restart_server(self) -> None:
        """The server forgets everything it holds in memory; the seats that are here report anew."""
        self.plan = RoomPlan(self.pace)
        self.plan.want(self.wanted.items())
        for seat in self.seats.values():
            if seat.here:
                self.arrive(seat)

    def at(self, moment: float, action: Callable[[], None]) -> None:
        """Do something at a moment."""
        self._later(moment - self.now, action)

    def complete(self, *papers: PaperVersion) -> bool:
        """Whether every seat that is here holds all of the papers (or of all papers)."""
        return all(
            seat.kept.get(paper, 0) == full(self.wanted[paper])
            for seat in self.seats.values()
            if seat.here
            for paper in papers or self.wanted
        )

    def run(self, until: Callable[[], bool], *, limit_s: float = 3600.0) -> float:
        """Let time pass until the condition holds; the moment. Raises ``AssertionError`` after ``limit_s``."""
        while not until():
            moment, _, action = heapq.heappop(self._heap)
            assert moment < limit_s, f"not done after {limit_s} s: {self.describe()}"
            self.now = moment
            action()
        return self.now

    @property
    def copies(self) -> float:
        """How often each chunk left the server, on average."""
        return (self.room_sent + self.singles_sent) / sum(self.wanted.values())

    def describe(self) -> str:
        """How far each seat is, for the message of a failing test."""
        return ", ".join(
            f"{seat.device[2:6]}{'' if seat.here else ' away'}: "
            + "/".join(str(seat.kept.get(paper, 0).bit_count()) for paper in self.wanted)
            for seat in self.seats.values()
        )

    def _tick(self) -> None:
        self._perform()
        self._later(TICK_S, self._tick)

    def _later(self, after_s: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (self.now + after_s, next(self._count), action))

    def _perform(self) -> None:
        for step in self.plan.steps(self.now):
            self._judge(step)
            match step:
                case OfferRoom(paper):
                    for seat in self.seats.values():
                        self._offer(seat, paper)
                case OfferSeat(device, paper):
                    self._offer(self.seats[device], paper)
                case ChunkRoom(paper, number):
                    self.room_sent += 1
                    for seat in self.seats.values():
                        self._chunk(seat, paper, number)
                case ChunkSeat(device, paper, number):
                    self.singles_sent += 1
                    self._chunk(self.seats[device], paper, number)

    def _judge(self, step: Step) -> None:
        match step:
            case ChunkSeat(device, paper, number):
                if self.seats[device].reported.get(paper, 0) >> number & 1:
                    self.faults.append(f"chunk {number} sent singly to a seat that has reported it")
            case ChunkRoom(paper, number):
                known = [seat.reported for seat in self.seats.values() if seat.here]
                holders = sum(1 for have in known if have.get(paper, 0) >> number & 1)
                if holders * self.pace.lacking_for_one > len(known) - holders:
                    self.faults.append(f"chunk {number} sent to the room, {holders} of {len(known)} have reported it")

    def _offer(self, seat: SimSeat, paper: PaperVersion) -> None:
        if self.random.random() >= seat.deaf:
            self._down(seat, lambda: self._offered(seat, paper))

    def _chunk(self, seat: SimSeat, paper: PaperVersion, number: int) -> None:
        seat.busy_until = max(seat.busy_until, self.now) + 1 / seat.rate
        if self.random.random() >= seat.loss:
            self._down(seat, lambda: self._received(seat, paper, number), after_s=seat.busy_until - self.now)

    def _down(self, seat: SimSeat, action: Callable[[], None], *, after_s: float = 0.0) -> None:
        if not seat.here:
            return
        life = seat.life
        late = self.random.uniform(0, 0.2) if self.random.random() < seat.late else 0.0

        def arrive() -> None:
            if seat.here and seat.life == life:
                action()

        self._later(seat.delay_s + after_s + late, arrive)

    def _up(self, seat: SimSeat, action: Callable[[], None]) -> None:
        life = seat.life

        def arrive() -> None:
            if seat.here and seat.life == life:
                action()
                self._perform()

        # The seat repeats what gets lost on the way up; here that is a longer way.
        self._later(seat.delay_s + (0.3 if self.random.random() < seat.loss else 0.0), arrive)

    def _offered(self, seat: SimSeat, paper: PaperVersion) -> None:
        seat.manifests.add(paper)
        self._report(seat, paper)

    def _received(self, seat: SimSeat, paper: PaperVersion, number: int) -> None:
        if paper not in seat.manifests:
            return
        seat.received += 1
        kept = seat.kept.get(paper, 0)
        if kept >> number & 1:
            seat.twice += 1
            return
        seat.kept[paper] = kept | 1 << number
        seat.unreported += 1
        if seat.kept[paper] == full(self.wanted[paper]):
            seat.done_at[paper] = self.now
            self._report(seat, paper)
        elif seat.unreported >= REPORT_CHUNKS:
            self._report(seat, paper)
        elif not seat.report_due:
            seat.report_due = True
            self._later(REPORT_S, lambda: self._report_due(seat))

    def _report_due(self, seat: SimSeat) -> None:
        if seat.report_due:
            seat.report_due = False
            for paper in seat.manifests & self.wanted.keys():
                if seat.kept.get(paper, 0) != seat.reported.get(paper, 0):
                    self._report(seat, paper)

    def _report(self, seat: SimSeat, paper: PaperVersion) -> None:
        have = seat.kept.get(paper, 0)
        seat.unreported = 0
        seat.reports += 1
        report = seat.reports

        def arrive() -> None:
            if report < seat.newest_report:
                # Stale (W24): the seat says it again when the paper stands still.
                self._later(STALLED_S, lambda: self._stands_still(seat, paper))
                return
            seat.newest_report = report
            seat.reported[paper] = have
            self.plan.report(seat.device, paper, have, now=self.now)

        self._up(seat, arrive)

    def _stands_still(self, seat: SimSeat, paper: PaperVersion) -> None:
        if seat.here and seat.kept.get(paper, 0) != seat.reported.get(paper, 0):
            self._report(seat, paper)
