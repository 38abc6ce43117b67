"""What comes from the server: opened, checked, kept; what it means is said to the machine.

Rules W11, W20–W34, W74, W75: nothing unsigned or unsealed is believed; a paper's manifest must be the one that the
meeting's log names; a chunk must be the one that the manifest names. What is refused is counted by its code and changes
nothing. An offer that comes before its event, its key or the wish waits here (a few, in memory) and is looked at again.

Usage::

    for event in inbox.take(topic, payload, view): ...
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from edge.challenge import Expected, check
from edge.errors import ChallengeForeign, DiskFull, SeatRefusal, VaultError
from edge.events import (
    Acked,
    ChallengeCame,
    Event,
    FaultChanged,
    KeepingCame,
    LogCame,
    MixCame,
    OfferCame,
    OrderCame,
    PointCame,
    RecordFound,
    RoundsCame,
    UpdateCame,
    Welcomed,
    WishChanged,
)
from edge.hands import Hands
from edge.model import Followed, State
from edge.ports import Ports
from edge.signing.files import RoundFiles
from edge.vault.chunks import Chunks
from sealing.epochs import EpochKey, open_epoch
from wire import frames, lanes, messages
from wire.errors import BadManifest, BadTopic, WireError
from wire.lanes import Sealing
from wire.records import CHUNK_BYTES
from wire.topics import PaperVersion, Topic

#: A report is made when so many chunks wait, or so long after the first of them (W34).
REPORT_CHUNKS: Final = 32
REPORT_S: Final = 0.25
_EARLY_OFFERS: Final = 64
#: Counted apart, so that what is early hides nothing that is broken.
_EARLY: Final = "early"
#: Below this the disk is full, whatever the settings keep back: a chunk and its bitmap must fit.
LEAST_FREE_BYTES: Final = 4 * CHUNK_BYTES
_LOG: Final = logging.getLogger("phonghop.seat")


@dataclass(frozen=True, slots=True)
class WelcomeCame:
    """A fresh welcome: the store is opened before the machine hears of it."""

    welcome: messages.Welcome

    def event(self) -> Welcomed:
        """For the machine."""
        return Welcomed(self.welcome.wish)


@dataclass(frozen=True, slots=True)
class StoreAnswered:
    """What the server says to a loss, or to the question of a store that does not open (W195)."""

    heard: str
    anew: str


class Inbox:
    """Opens what comes. ``refused`` counts by error code what was not believed."""

    def __init__(self, ports: Ports, hands: Hands, files: RoundFiles) -> None:
        self._ports: Final = ports
        self._hands: Final = hands
        self._files: Final = files
        self._early: OrderedDict[PaperVersion, tuple[Topic, bytes]] = OrderedDict()
        self._unread: set[str] = set()
        self._since_s: dict[PaperVersion, float] = {}
        self._full = False
        self.refused: Final[Counter[str]] = Counter()

    def take(self, topic: Topic, payload: bytes, state: State) -> tuple[Event | WelcomeCame | StoreAnswered, ...]:
        """What a message means; never raises for anything the other side did."""
        if self._ports.channel is None:
            return ()
        try:
            sealing = lanes.of(topic).sealing
            if sealing is Sealing.CHUNK:
                return self._chunk(topic, payload, state)
            if sealing is Sealing.ROOM:
                return self._room(topic, payload, state)
            if sealing is Sealing.BOX:
                return self._box(topic, payload, state)
        except WireError as exc:
            self._refuse(topic, exc)
        return ()

    def retry_offers(self, state: State) -> None:
        """Look again at offers that came too early: a key, an event or the wish is new."""
        for paper, (topic, payload) in list(self._early.items()):
            del self._early[paper]
            self.take(topic, payload, state)

    def forget(self) -> None:
        """Keep nothing of what waits (the store was closed or a meeting destroyed)."""
        self._early.clear()
        self._unread.clear()
        self._since_s.clear()

    @property
    def is_waiting(self) -> bool:
        """Whether chunks wait to be made durable."""
        return bool(self._since_s)

    def flush(self, now_s: float) -> bool:
        """Make chunks durable and report them, where it is time; raises :class:`edge.errors.VaultError`."""
        due = [paper for paper, since_s in self._since_s.items() if self._is_due(paper, now_s - since_s)]
        for paper in due:
            chunks = self._ports.vault.chunks(paper)
            if chunks is not None and chunks.flush():
                self._hands.report(paper)
            del self._since_s[paper]
        return bool(due)

    def recheck(self, paper: PaperVersion) -> None:
        """A page could not be read: find the damaged chunks and ask for them by reporting them missing."""
        chunks = self._ports.vault.chunks(paper)
        if chunks is not None and chunks.recheck():
            self._hands.report(paper)

    # -------------------------------------------------------- one seat's lanes

    def _box(self, topic: Topic, payload: bytes, state: State) -> tuple[Event | WelcomeCame | StoreAnswered, ...]:
        channel = self._ports.channel
        message = None if channel is None else channel.open(topic, payload)
        match message:
            case messages.Welcome():
                return (WelcomeCame(message),)
            case messages.Desired(wish=wish, heard=heard, anew=anew):
                changed = WishChanged(wish)
                return (changed, StoreAnswered(heard, anew)) if heard or anew else (changed,)
            case messages.Ack():
                return (Acked(message.act, message.outcome, message.code, message.data),)
            case messages.Challenge():
                return (self._challenge(message, state),)
            case messages.SignRounds() | messages.SignPart() | messages.SignOffer():
                return self._signing(message)
            case messages.Mix() | messages.Log() | messages.Order() | messages.Update() | messages.Keeping():
                return (_heard(message),)
            case messages.Key():
                self._key(message)
            case messages.RecordCheckpoint() | messages.RecordRestored():
                return self._record(message)
        return ()

    def _signing(self, message: messages.SignRounds | messages.SignPart | messages.SignOffer) -> tuple[Event, ...]:
        match message:
            case messages.SignRounds():
                return (RoundsCame(message),)
            case messages.SignPart():
                return self._files.taken(message)
            case messages.SignOffer():
                return (OfferCame(message, (message.until - self._ports.now()).total_seconds()),)

    def _key(self, message: messages.Key) -> None:
        kept = self._ports.vault.find(message.meeting)
        if kept is None or kept.keyring.box is None:
            # Destroyed meanwhile, or never joined: there is nothing to open it with, and nothing is wanted.
            return
        key = open_epoch(
            message.sealed,
            key=kept.keyring.box,
            meeting=message.meeting,
            epoch=message.epoch,
            device=message.head.device,
        )
        kept.add_epoch(key)
        if message.meeting in self._unread:
            self._unread.discard(message.meeting)
            self._hands.want_events(message.meeting, kept.state.seq)

    def _record(self, shown: messages.RecordCheckpoint | messages.RecordRestored) -> tuple[Event, ...]:
        """Keep it; one that does not go on from what is kept is said on the screen, and to the server (W75, W130)."""
        keeper = self._ports.record
        if keeper is None:
            return ()
        before = keeper.fault
        try:
            if isinstance(shown, messages.RecordRestored):
                keeper.follow(shown)
            else:
                keeper.take(shown)
        except VaultError as exc:
            # It is offered again.
            _LOG.warning("a checkpoint was not kept: %s", exc.code)
        return () if keeper.fault == before else (RecordFound(keeper.fault),)

    def _challenge(self, challenge: messages.Challenge, state: State) -> ChallengeCame:
        """Whether this seat may have it signed, by what it knows itself (W57)."""
        ports, wish = self._ports, state.wish
        meeting = "" if state.signing_in is None else state.signing_in.meeting
        if ports.channel is None or wish is None:
            return ChallengeCame(challenge, ChallengeForeign.code)
        here = Expected(ports.channel.server_key, ports.channel.device, wish.seat or "", meeting)
        try:
            check(challenge, here, now=ports.now())
        except SeatRefusal as exc:
            return ChallengeCame(challenge, exc.code)
        return ChallengeCame(challenge)

    # -------------------------------------------------------- the room's lanes

    def _room(self, topic: Topic, payload: bytes, state: State) -> tuple[Event, ...]:
        channel = self._ports.channel
        if channel is None:
            return ()
        keys = list(self._keys(topic))
        try:
            message: Any = channel.open_room(topic, payload, keys)
        except WireError as exc:
            self._remember_unread(topic, payload)
            if not _is_early(payload, keys):
                raise
            self._refuse(topic, exc, counted=_EARLY, level=logging.INFO)
            return ()
        if isinstance(message, messages.Events):
            if message.meeting != topic.meeting:
                raise BadTopic("events of another meeting")
            return (LogCame(message.meeting, message.events),)
        if isinstance(message, messages.Point | messages.View):
            return self._point(topic, message)
        self._offer(topic, payload, message, state=state)
        return ()

    @staticmethod
    def _point(topic: Topic, point: messages.Point | messages.View) -> tuple[Event, ...]:
        if point.meeting != topic.meeting:
            raise BadTopic("a pointer of another meeting")
        return (PointCame(point),)

    def _keys(self, topic: Topic) -> Iterable[EpochKey]:
        for kept in self._ports.vault.meetings():
            if topic.meeting in (None, kept.keyring.meeting):
                yield from kept.keyring.epochs.values()

    def _remember_unread(self, topic: Topic, payload: bytes) -> None:
        """Its key may be on the way."""
        if topic.meeting is not None:
            self._unread.add(topic.meeting)
        elif topic.paper is not None:
            self._keep_early(topic.paper, topic, payload)

    def _keep_early(self, paper: PaperVersion, topic: Topic, payload: bytes) -> None:
        self._early[paper] = (topic, payload)
        if len(self._early) > _EARLY_OFFERS:
            self._early.popitem(last=False)

    def _offer(self, topic: Topic, payload: bytes, offer: messages.PaperOffer, *, state: State) -> None:
        channel, kept = self._ports.channel, self._ports.vault.find(offer.meeting)
        if channel is None or kept is None or topic.paper is None:
            return
        manifest, signed = channel.open_manifest(offer)
        if manifest.key != topic.paper:
            raise BadManifest("the manifest of another paper")
        epoch = kept.keyring.epochs.get(offer.epoch)
        if epoch is None or not _is_wanted(state, offer.meeting, manifest.key):
            self._keep_early(manifest.key, topic, payload)
            return
        if not _is_published(state.meetings, offer.meeting, manifest.key, digest=hashlib.sha256(signed).hexdigest()):
            self._keep_early(manifest.key, topic, payload)
            return
        kept.add_paper(manifest, epoch.unwrap(offer.wrapped_key))
        # The server sends nothing to a seat that has not said what it has.
        self._hands.report(manifest.key)

    # -------------------------------------------------------- chunks

    def _chunk(self, topic: Topic, payload: bytes, state: State) -> tuple[Event, ...]:
        room = None if state.wish is None else state.wish.room
        mine = topic.owner == (state.identity.device if topic.tree == "s" else room)
        chunks = None if topic.paper is None else self._ports.vault.chunks(topic.paper)
        if not mine or topic.chunk is None:
            raise BadTopic("a chunk for somebody else")
        if chunks is None:
            # The manifest is not here yet: the server sends the chunk again once the seat says what it lacks.
            self.refused["unknown-paper"] += 1
            return ()
        if self._full:
            self.refused[DiskFull.code] += 1
            return ()
        try:
            fresh = chunks.keep(topic.chunk, payload)
        except DiskFull:
            self._full = True
            return (FaultChanged(DiskFull.code),)
        if not fresh:
            self.refused["chunk-twice"] += 1
            return ()
        self._since_s.setdefault(chunks.manifest.key, self._ports.clock.monotonic_s())
        return ()

    def _is_due(self, paper: PaperVersion, waited_s: float) -> bool:
        chunks = self._ports.vault.chunks(paper)
        return chunks is None or waited_s >= REPORT_S or _is_much(chunks)

    def _room_on_disk(self) -> tuple[Event, ...]:
        """Papers stop, and go on, with the room there is; acts and receipts need the reserve."""
        full = self._ports.vault.free_bytes() < max(self._ports.reserve_bytes, LEAST_FREE_BYTES)
        if full == self._full:
            return ()
        self._full = full
        return (FaultChanged(DiskFull.code if full else ""),)

    def check_room(self, fault: str = "") -> tuple[Event, ...]:
        """Look whether there is room again; papers that stood still are reported anew.

        ``fault`` is what the screen says now: one act may have found the disk full for a moment only.
        """
        was_full = self._full
        events = self._room_on_disk()
        if fault == DiskFull.code and not self._full and not events:
            events = (FaultChanged(""),)
        if was_full and not self._full:
            self._hands.report_all()
        return events

    def _refuse(self, topic: Topic, exc: WireError, *, counted: str = "", level: int = logging.WARNING) -> None:
        name = counted or exc.code
        self.refused[name] += 1
        if self.refused[name].bit_count() == 1:
            # The 1st, 2nd, 4th, 8th … of a kind: a flood of them does not fill the log.
            _LOG.log(level, "refused on %s/%s: %s (%s)", topic.tree, topic.lane, name, exc)


def _is_early(payload: bytes, keys: Iterable[EpochKey]) -> bool:
    """Whether it is sealed in an epoch this seat has no key of: the room hears events and offers before each seat's key
    has come, at every start and with every new epoch (W26), so that is no fault.
    """
    try:
        epoch = frames.parse_room(payload).epoch
    except WireError:
        return False
    return all(key.epoch != epoch for key in keys)


def _heard(message: messages.Mix | messages.Log | messages.Order | messages.Update | messages.Keeping) -> Event:
    if isinstance(message, messages.Mix):
        return MixCame(message)
    if isinstance(message, messages.Order):
        return OrderCame(message.order, message.kind, message.text)
    if isinstance(message, messages.Keeping):
        return KeepingCame(message.hours, message.maintenance)
    if isinstance(message, messages.Update):
        return UpdateCame(message.update, message.kind, message.release)
    return LogCame(message.meeting, message.events, message.head_seq)


def _is_much(chunks: Chunks) -> bool:
    return chunks.pending >= REPORT_CHUNKS or len(chunks.have) + chunks.pending == chunks.have.size


def _is_wanted(state: State, meeting: str, paper: PaperVersion) -> bool:
    hold = () if state.wish is None else state.wish.hold
    return any(holding.meeting == meeting and paper in holding.papers for holding in hold)


def _is_published(meetings: Mapping[str, Followed], meeting: str, paper: PaperVersion, *, digest: str) -> bool:
    """Whether the log names this manifest; false when it does not know the paper yet. Raises :class:`BadManifest`."""
    followed = meetings.get(meeting)
    known = None if followed is None else followed.state.paper(paper.paper)
    if known is None or known.published_version < paper.version:
        return False
    if known.published_version == paper.version and known.manifest_sha256 != digest:
        raise BadManifest("not the manifest that the log names")
    return known.published_version == paper.version
