"""What the server knows of its link to each device, and the wish that follows from it (W24–W27).

Rules: pure. A seat is to hold the meetings of its room while they are prepared and held; every meeting whose key it
was sent and that it is not to hold is recalled, until its receipt is there. The number of a wish (``generation``) grows
when anything but the meetings' sequence numbers changes.

Usage::

    wish = wish_for(place, held, owed=keys, generation=link.generation)
    link = link.wished(wish)
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from server.fleet.model import Place
from wire import canonical
from wire.errors import StaleMessage
from wire.ids import DeviceId, MeetingId, PaperId, RoomId
from wire.messages import SESSION_BYTES, Head, Holding, Wish
from wire.phases import HOLDING
from wire.state import MeetingState, PaperState, Visibility
from wire.topics import PaperVersion

#: Sessions that a device has left are remembered so that a recorded hello is not taken for a new one.
PAST_SESSIONS: Final = 64
#: Numbers of the server's messages are taken from the database in blocks, so that none is used twice after a crash.
NUMBERS: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class DeviceLink:
    """The link to one device as the database keeps it. ``session`` and ``box`` are None before the first hello."""

    device: DeviceId
    wrapped_store_key: bytes = field(repr=False)
    session: bytes | None = None
    past_sessions: bytes = b""
    box: bytes | None = None
    last_number: int = -1
    reserved_number: int = 0
    generation: int = 0
    wish_sha256: str = ""
    boot: str = ""
    agent: str = ""
    heard_at: dt.datetime | None = None

    def greeted(self, head: Head, *, box: bytes, boot: str, agent: str) -> DeviceLink:
        """After a hello; raises :class:`StaleMessage` for one that was said before."""
        if head.session == self.session:
            head.must_follow(head.session, self.last_number)
        elif head.session in self._past():
            raise StaleMessage("a hello of a session that has ended")
        past = self.past_sessions
        if self.session is not None and head.session != self.session:
            past = (self.session + past)[: PAST_SESSIONS * SESSION_BYTES]
        return replace(
            self,
            session=head.session,
            past_sessions=past,
            box=box,
            last_number=head.number,
            boot=boot,
            agent=agent,
        )

    def wished(self, wish: Wish) -> DeviceLink:
        """With the generation of ``wish``: one more when it asks for something else than the last did."""
        digest = fingerprint(wish)
        if digest == self.wish_sha256:
            return self
        return replace(self, generation=self.generation + 1, wish_sha256=digest)

    def _past(self) -> set[bytes]:
        size = SESSION_BYTES
        return {self.past_sessions[at : at + size] for at in range(0, len(self.past_sessions), size)}


@dataclass(frozen=True, slots=True)
class SeatKey:
    """A device's own key for one meeting, the newest epoch it was sent, and where it stood then."""

    device: DeviceId
    meeting: MeetingId
    public_key: bytes
    epoch_sent: int
    seat: str
    seat_label: str
    created_at: dt.datetime
    destroyed_at: dt.datetime | None = None


class KeptReceipt(NamedTuple):
    """A signed receipt, and whose it is for which meeting."""

    device: DeviceId
    meeting: MeetingId
    envelope: bytes


class SentKey(NamedTuple):
    """That a device was ever sent a key of a meeting that is held: the newest epoch it has, and the meeting's room."""

    meeting: MeetingId
    room: RoomId
    device: DeviceId
    epoch: int


def outgrown(
    sent: Iterable[SentKey], *, newest: Mapping[MeetingId, int], rooms: Mapping[DeviceId, RoomId]
) -> set[MeetingId]:
    """The meetings whose newest epoch a device has that is not, or no longer, approved in the meeting's room."""
    return {key.meeting for key in sent if key.epoch >= newest[key.meeting] and rooms.get(key.device) != key.room}


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting that the seats of a room hold."""

    meeting: MeetingId
    state: MeetingState

    @property
    def papers(self) -> tuple[PaperVersion, ...]:
        """What is published, the presented paper first, then in the order of the agenda.

        Not the papers of hidden items: the meeting's key is one for all its seats.
        """
        order = {item.item: number for number, item in enumerate(self.state.agenda)}
        shown = None if self.state.presenting is None else self.state.presenting.paper
        known = sorted(self.state.papers, key=lambda paper: (paper.paper != shown, order.get(paper.item, len(order))))
        return tuple(
            PaperVersion(PaperId(paper.paper), paper.published_version)
            for paper in known
            if paper.published_version
            and paper.state is not PaperState.RECALLED
            and not _is_hidden(self.state, paper.item)
        )

    @property
    def versions(self) -> tuple[PaperVersion, ...]:
        """Every version that may ever have gone to a seat."""
        return tuple(
            PaperVersion(PaperId(paper.paper), version)
            for paper in self.state.papers
            for version in range(1, paper.version + 1)
        )

    @property
    def holding(self) -> Holding:
        """As the wish says it; papers in a fixed order, so that presenting one does not change the wish."""
        return Holding(self.meeting, self.state.epoch, self.state.seq, tuple(sorted(self.papers)))


def _is_hidden(state: MeetingState, item: str) -> bool:
    """Whether an item, or one above it, is hidden (M4)."""
    at = state.item(item)
    while at is not None:
        if at.visibility is Visibility.HIDDEN:
            return True
        at = None if at.parent is None else state.item(at.parent)
    return False


def is_held(state: MeetingState) -> bool:
    """Whether seats hold the meeting: it is approved or going on, and has a key."""
    return state.phase in HOLDING and state.epoch > 0


def wish_for(place: Place | None, held: Iterable[Held], *, owed: Iterable[SeatKey], generation: int) -> Wish:
    """What a device at ``place`` should have; ``owed`` are the keys it was sent and has not destroyed."""
    hold = tuple(each.holding for each in held) if place is not None else ()
    kept = {holding.meeting for holding in hold}
    recall = sorted({key.meeting for key in owed if key.epoch_sent and key.destroyed_at is None} - kept)
    return Wish(
        generation=generation,
        seat=None if place is None else place.seat,
        seat_label="" if place is None else place.label,
        room=None if place is None else place.room,
        room_name="" if place is None else place.room_name,
        hold=hold,
        recall=tuple(recall),
    )


def fingerprint(wish: Wish) -> str:
    """SHA-256 of a wish without its number and the meetings' sequence numbers, in hexadecimal."""
    hold = tuple(replace(holding, seq=0) for holding in wish.hold)
    return hashlib.sha256(canonical.encode(replace(wish, generation=0, hold=hold).to_value())).hexdigest()


def changes_wishes(before: MeetingState, after: MeetingState) -> bool:
    """Whether a change of a meeting changes what any seat should hold."""
    return _wished(before) != _wished(after)


def _wished(state: MeetingState) -> tuple[object, ...]:
    held = is_held(state)
    papers: Sequence[PaperVersion] = Held(MeetingId(""), state).holding.papers if held else ()
    return (held, state.room, state.epoch, tuple(papers))


def changes_delivery(before: MeetingState, after: MeetingState) -> bool:
    """Whether the report of who has which paper says anything else after the change."""
    return any(
        getattr(before, each) != getattr(after, each)
        for each in ("room", "phase", "epoch", "members", "seated", "agenda", "papers", "presenting", "recall")
    )
