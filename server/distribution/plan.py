"""Who is sent which chunk next: what is wanted, compared with what the seats report (W34, W35).

Rules: pure – no clock, socket or thread; moments are seconds of any steady clock and are handed in.

- A chunk goes to the whole room once. Whoever then lacks it is sent it singly, nobody else.
- Only a seat's own report says what it has. What was sent is "on its way" until it is reported, until something sent
  later is reported (the broker keeps the order, so it was dropped), or until the seat connects anew.
- A seat that stands still is sent the newest of those chunks once more, and no other: behind a crowded line nothing is
  lost, and to send all again would crowd it further. When that one is reported, the order says what was dropped.
- The room is paced by the median seat: ``Pace.window`` chunks on their way to it, no more. A slow seat is repaired
  by itself and holds up nobody.
- Nothing to do is the empty list.

Usage::

    plan = RoomPlan()
    plan.want([(paper, 1024)], now)
    plan.arrive(device, now)
    plan.report(device, paper, of_bitmap(bitmap, 1024), now=now)
    for step in plan.steps(now): perform(step)
"""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from server.distribution.chunks import ChunkSet, first, full, in_more_than
from wire.ids import DeviceId
from wire.topics import PaperVersion


@dataclass(frozen=True, slots=True)
class Pace:
    """The numbers of the plan; chunks are 64 KiB."""

    #: chunks on their way to the median seat (4 MiB)
    window: int = 64
    #: chunks sent singly and on their way to one seat (1 MiB)
    single_window: int = 16
    #: a paper of at most so many chunks does not wait for the window
    small: int = 8
    #: a chunk that a few have goes to the room again while so many lack it for each one that has it
    lacking_for_one: int = 8
    #: how long the first chunk waits for seats that have not said yet what they have: they throw away what comes
    #: before the manifest is kept, and are sent it singly afterwards. Of a small paper, and of any other
    settle_s: float = 0.5
    settle_large_s: float = 2.0
    #: how old a chunk must be before a later one that was reported means it was dropped
    gap_s: float = 0.5
    #: without any progress for so long, a seat is sent the newest chunk on its way once more (doubles each time)
    stall_s: float = 6.0
    stall_limit_s: float = 60.0
    #: when a seat that says nothing about a paper is offered it again (doubles each time)
    offer_s: float = 5.0
    offer_limit_s: float = 60.0


@dataclass(frozen=True, slots=True)
class OfferRoom:
    """Send the manifest to the room."""

    paper: PaperVersion


@dataclass(frozen=True, slots=True)
class OfferSeat:
    """Send the manifest to one seat."""

    device: DeviceId
    paper: PaperVersion


@dataclass(frozen=True, slots=True)
class ChunkRoom:
    """Send a chunk to the room."""

    paper: PaperVersion
    number: int


@dataclass(frozen=True, slots=True)
class ChunkSeat:
    """Send a chunk to the one seat that lacks it."""

    device: DeviceId
    paper: PaperVersion
    number: int


Step = OfferRoom | OfferSeat | ChunkRoom | ChunkSeat


class _Sent(NamedTuple):
    order: int
    paper: PaperVersion
    number: int
    at: float


@dataclass(slots=True)
class _Offer:
    at: float
    again_s: float


@dataclass(slots=True)
class _Seat:
    """What one seat that is here reports, and what is on its way to it."""

    device: DeviceId
    progress_at: float
    stall_s: float
    have: dict[PaperVersion, ChunkSet] = field(default_factory=dict)
    coming: dict[PaperVersion, ChunkSet] = field(default_factory=dict)
    singles: dict[PaperVersion, ChunkSet] = field(default_factory=dict)
    queue: deque[_Sent] = field(default_factory=deque)
    newest: int = 0
    probed_at: float = float("-inf")
    offers: dict[PaperVersion, _Offer] = field(default_factory=dict)
    asked: set[PaperVersion] = field(default_factory=set)

    def ahead(self) -> int:
        return sum(chunks.bit_count() for chunks in self.coming.values())

    def singles_ahead(self) -> int:
        return sum((chunks & self.coming[paper]).bit_count() for paper, chunks in self.singles.items())

    def served(self, paper: PaperVersion) -> ChunkSet:
        return self.have[paper] | self.coming[paper]

    def send(self, sent: _Sent, *, single: bool) -> None:
        bit = 1 << sent.number
        self.coming[sent.paper] |= bit
        self.singles[sent.paper] = self.singles[sent.paper] | bit if single else self.singles[sent.paper] & ~bit
        self.queue.append(sent)

    def lose(self, sent: _Sent) -> None:
        self.coming[sent.paper] &= ~(1 << sent.number)

    def stands_still_since(self) -> float:
        return max(self.progress_at, self.queue[0].at) if self.queue else float("inf")

    def is_coming(self, sent: _Sent) -> bool:
        return bool(self.coming.get(sent.paper, 0) >> sent.number & 1)


class RoomPlan:
    """The papers that a room wants and how far each of its seats is. Not for several threads."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace: Final = pace or Pace()
        self._wanted: dict[PaperVersion, int] = {}
        self._offered: dict[PaperVersion, float] = {}
        self._begun: set[PaperVersion] = set()
        self._seats: dict[DeviceId, _Seat] = {}
        self._order = 0
        self._arrived_at = float("-inf")
        #: nothing was to be sent and everybody had everything, and nothing has been said since
        self._rests = False

    def want(self, papers: Iterable[tuple[PaperVersion, int]]) -> None:
        """The papers with their number of chunks, the most urgent first; others are dropped."""
        self._rests = False
        self._wanted = dict(papers)
        for paper in self._offered.keys() - self._wanted.keys():
            del self._offered[paper]
            self._begun.discard(paper)
        for seat in self._seats.values():
            for paper in seat.have.keys() - self._wanted.keys():
                del seat.have[paper], seat.coming[paper], seat.singles[paper]
            for paper in seat.offers.keys() - self._wanted.keys():
                del seat.offers[paper]

    def arrive(self, device: DeviceId, now: float) -> None:
        """A seat is here over a new connection: nothing is on its way to it, nothing is known of it."""
        self._rests = False
        self._seats[device] = _Seat(device, progress_at=now, stall_s=self._pace.stall_s)
        self._arrived_at = now

    def leave(self, device: DeviceId) -> None:
        """A seat is gone."""
        self._rests = False
        self._seats.pop(device, None)

    def ask(self, device: DeviceId, paper: PaperVersion) -> None:
        """A seat asks for a manifest."""
        self._rests = False
        seat = self._seats.get(device)
        if seat is not None and paper in self._wanted:
            seat.asked.add(paper)

    def offer_again(self) -> None:
        """Manifests have to go out anew (the meeting's key has changed)."""
        self._rests = False
        self._offered.clear()

    def report(self, device: DeviceId, paper: PaperVersion, have: ChunkSet, *, now: float) -> None:
        """A seat's report: what it keeps of a paper. Reports of unknown papers or absent seats do nothing."""
        self._rests = False
        seat = self._seats.get(device)
        if seat is None or paper not in self._wanted:
            return
        if paper not in seat.have:
            seat.coming[paper] = seat.singles[paper] = 0
        elif have & ~seat.have[paper]:
            seat.progress_at = now
            seat.stall_s = self._pace.stall_s
        seat.have[paper] = have
        arrived = have & seat.coming[paper]
        seat.coming[paper] &= ~have
        self._note_newest(seat, paper, arrived)

    def have(self, device: DeviceId, paper: PaperVersion) -> ChunkSet:
        """What a seat that is here has reported."""
        seat = self._seats.get(device)
        return 0 if seat is None else seat.have.get(paper, 0)

    @property
    def idle(self) -> bool:
        """Whether every seat that is here has all that is wanted."""
        return self._rests or all(
            seat.have.get(paper, 0).bit_count() == size
            for seat in self._seats.values()
            for paper, size in self._wanted.items()
        )

    def steps(self, now: float) -> list[Step]:
        """What to send now; the plan takes it for sent."""
        # Asked after every lot of messages: five hundred seats are not gone through for each when there is no news.
        if not self._seats or self._rests:
            return []
        steps = self._due(now)
        self._rests = not steps and self.idle
        return steps

    def _due(self, now: float) -> list[Step]:
        steps: list[Step] = [*self._offers(now)]
        for seat in self._seats.values():
            self._drop_lost(seat, now)
            steps += self._probe(seat, now)
        budget = self._pace.window - self._median_ahead(now)
        for paper, size in self._wanted.items():
            ready = [seat for seat in self._seats.values() if paper in seat.have]
            if all(seat.have[paper].bit_count() == size for seat in ready) or self._settling(paper, ready, now):
                continue
            chunks = self._for_room(paper, ready)
            allowed = self._pace.small if size <= self._pace.small and budget > -self._pace.window else budget
            for number in first(chunks, allowed):
                steps.append(self._to_room(paper, number, ready, now=now))
                budget -= 1
            # What the room is to get soon is not sent singly as well.
            for seat in ready:
                steps += self._singles(seat, paper, full(size) & ~chunks, now=now)
        return steps

    def _offers(self, now: float) -> list[Step]:
        steps: list[Step] = []
        for paper in self._wanted:
            if paper not in self._offered:
                self._offered[paper] = now
                steps.append(OfferRoom(paper))
                for seat in self._seats.values():
                    seat.offers[paper] = _Offer(now, self._pace.offer_s)
                continue
            due = [seat.device for seat in self._seats.values() if self._offer_due(seat, paper, now)]
            steps += [OfferSeat(device, paper) for device in due]
        return steps

    def _offer_due(self, seat: _Seat, paper: PaperVersion, now: float) -> bool:
        if paper in seat.asked:
            seat.asked.discard(paper)
            seat.offers[paper] = _Offer(now, self._pace.offer_s)
            return True
        if paper in seat.have:
            return False
        # A seat that has just arrived asks by itself for what it lacks.
        offer = seat.offers.setdefault(paper, _Offer(now, self._pace.offer_s))
        if now - offer.at < offer.again_s:
            return False
        seat.offers[paper] = _Offer(now, min(2 * offer.again_s, self._pace.offer_limit_s))
        return True

    def _note_newest(self, seat: _Seat, paper: PaperVersion, arrived: ChunkSet) -> None:
        left = arrived.bit_count()
        for sent in seat.queue:
            if left == 0:
                return
            if sent.paper == paper and arrived >> sent.number & 1:
                seat.newest = max(seat.newest, sent.order)
                left -= 1

    def _drop_lost(self, seat: _Seat, now: float) -> None:
        while seat.queue:
            sent = seat.queue[0]
            if seat.is_coming(sent):
                if sent.order >= seat.newest or now - sent.at < self._pace.gap_s:
                    break
                seat.lose(sent)
            seat.queue.popleft()

    def _probe(self, seat: _Seat, now: float) -> list[Step]:
        if now - max(seat.stands_still_since(), seat.probed_at) < seat.stall_s:
            return []
        seat.probed_at = now
        seat.stall_s = min(2 * seat.stall_s, self._pace.stall_limit_s)
        newest = next(sent for sent in reversed(seat.queue) if seat.is_coming(sent))
        return [ChunkSeat(seat.device, newest.paper, newest.number)]

    def _median_ahead(self, now: float) -> int:
        stalled = self._pace.stall_s
        moving = [
            seat.ahead() for seat in self._seats.values() if seat.have and now - seat.stands_still_since() < stalled
        ]
        return statistics.median_low(moving) if moving else 0

    def _settling(self, paper: PaperVersion, ready: Sequence[_Seat], now: float) -> bool:
        """Whether a paper's first chunk still waits for seats that are about to say what they have."""
        if not ready:
            return True
        if paper in self._begun:
            return False
        since = max(self._arrived_at, self._offered[paper])
        is_small = self._wanted[paper] <= self._pace.small
        settle_s = self._pace.settle_s if is_small else self._pace.settle_large_s
        limit = self._offered[paper] + 4 * settle_s
        if len(ready) < len(self._seats) and now - since < settle_s and now < limit:
            return True
        self._begun.add(paper)
        return False

    def _for_room(self, paper: PaperVersion, ready: Sequence[_Seat]) -> ChunkSet:
        limit = len(ready) // (self._pace.lacking_for_one + 1)
        return full(self._wanted[paper]) & ~in_more_than((seat.served(paper) for seat in ready), limit)

    def _to_room(self, paper: PaperVersion, number: int, ready: Iterable[_Seat], *, now: float) -> Step:
        sent = self._next(paper, number, now=now)
        for seat in ready:
            if not seat.have[paper] >> number & 1:
                seat.send(sent, single=False)
        return ChunkRoom(paper, number)

    def _singles(self, seat: _Seat, paper: PaperVersion, among: ChunkSet, *, now: float) -> list[Step]:
        lacking = among & ~seat.served(paper)
        if not lacking:
            return []
        steps: list[Step] = []
        for number in first(lacking, self._pace.single_window - seat.singles_ahead()):
            seat.send(self._next(paper, number, now=now), single=True)
            steps.append(ChunkSeat(seat.device, paper, number))
        return steps

    def _next(self, paper: PaperVersion, number: int, *, now: float) -> _Sent:
        self._order += 1
        return _Sent(self._order, paper, number, now)
