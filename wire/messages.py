"""What server and seat say to each other: one frozen dataclass a message.

Rules W24–W29, W50. Every message travels as a DSSE envelope (``wire.envelope``) of the type in
``TYPE``, sealed in a box frame, with a :class:`Head` that says which device, which session and
which number. A message whose session is not the current one, or whose number is not above the
last, is stale and dropped. Room messages (:class:`Events`, :class:`PaperOffer`) carry no head:
their own sequence numbers and hashes do the work.

Usage::

    message = parse("have", signed.value())
"""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Protocol, Self

from wire.bitmap import Bitmap
from wire.errors import StaleMessage, UnknownType
from wire.events import Event
from wire.fields import Fields, print_instant
from wire.ids import PaperId
from wire.topics import MAX_CHUNK, MAX_VERSION, PaperVersion

SESSION_BYTES: Final = 16
KEY_BYTES: Final = 32


class Message(Protocol):
    """What all messages have."""

    TYPE: ClassVar[str]

    def to_value(self) -> dict[str, Any]:
        """The canonical JSON value that is signed."""
        ...

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the value; raises :class:`wire.errors.BadField`."""
        ...


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


@dataclass(frozen=True, slots=True)
class Head:
    """Device, session (16 bytes, chosen by the seat at every start), number and moment."""

    device: str
    session: bytes
    number: int
    at: dt.datetime

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "v": 1,
            "device": self.device,
            "session": _b64(self.session),
            "n": self.number,
            "at": print_instant(self.at),
        }

    @classmethod
    def read(cls, fields: Fields) -> Head:
        """Read and check."""
        fields.number("v", low=1, high=1)
        head = cls(
            device=fields.id("device", "d"),
            session=fields.base64("session", size=SESSION_BYTES),
            number=fields.number("n"),
            at=fields.instant("at"),
        )
        fields.end()
        return head

    def must_follow(self, session: bytes, last: int) -> None:
        """Raise :class:`StaleMessage` unless of ``session`` and above ``last`` (W24)."""
        if self.session != session:
            raise StaleMessage("a message of another session")
        if self.number <= last:
            raise StaleMessage(f"number {self.number} was seen already")


@dataclass(frozen=True, slots=True)
class Hello:
    """Seat → server at every start and reconnect: the freshness handshake (W25).

    ``box`` is the X25519 key for answers, made anew at every start. ``held`` are meetings whose
    keys are still in the store. ``open`` says whether the store is open (its key in memory).
    """

    TYPE: ClassVar[str] = "hello"
    head: Head
    box: bytes
    boot: str
    agent: str
    open: bool
    held: tuple[str, ...] = ()

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "box": _b64(self.box),
            "boot": self.boot,
            "agent": self.agent,
            "open": self.open,
            "held": list(self.held),
        }

    @classmethod
    def read(cls, fields: Fields) -> Hello:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            box=fields.base64("box", size=KEY_BYTES),
            boot=fields.text("boot", limit=64),
            agent=fields.text("agent", limit=64),
            open=fields.flag("open"),
            held=tuple(str(item) for item in fields.items("held", limit=1000)),
        )


@dataclass(frozen=True, slots=True)
class Holding:
    """A meeting that a seat should hold: its epoch, head sequence number and papers."""

    meeting: str
    epoch: int
    seq: int
    papers: tuple[PaperVersion, ...] = ()

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "meeting": self.meeting,
            "epoch": self.epoch,
            "seq": self.seq,
            "papers": [{"paper": p.paper, "version": p.version} for p in self.papers],
        }

    @classmethod
    def read(cls, fields: Fields) -> Holding:
        """Read and check."""
        holding = cls(
            meeting=fields.id("meeting", "m"),
            epoch=fields.number("epoch", low=1, high=2**31),
            seq=fields.number("seq"),
            papers=tuple(_paper(item) for item in fields.objects("papers")),
        )
        fields.end()
        return holding


@dataclass(frozen=True, slots=True)
class Wish:
    """The state the server wants a seat to have (W27): what to hold, what to destroy."""

    generation: int
    seat: str | None
    seat_label: str
    room: str | None
    room_name: str
    hold: tuple[Holding, ...] = ()
    recall: tuple[str, ...] = ()

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "generation": self.generation,
            "seat": self.seat,
            "seat_label": self.seat_label,
            "room": self.room,
            "room_name": self.room_name,
            "hold": [holding.to_value() for holding in self.hold],
            "recall": list(self.recall),
        }

    @classmethod
    def read(cls, fields: Fields) -> Wish:
        """Read and check."""
        wish = cls(
            generation=fields.number("generation"),
            seat=fields.id("seat", "s") if fields.has("seat") else None,
            seat_label=fields.text("seat_label", limit=80, empty=True),
            room=fields.id("room", "r") if fields.has("room") else None,
            room_name=fields.text("room_name", limit=200, empty=True),
            hold=tuple(Holding.read(item) for item in fields.objects("hold")),
            recall=tuple(str(item) for item in fields.items("recall")),
        )
        fields.end()
        return wish


@dataclass(frozen=True, slots=True)
class Welcome:
    """Server → seat: the answer to :class:`Hello`, fresh because it repeats the session.

    ``store_key`` opens the seat's store; the server gives it and can keep it back. It never
    shows in ``repr``.
    """

    TYPE: ClassVar[str] = "welcome"
    head: Head
    wish: Wish
    store_key: bytes = field(repr=False)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "store_key": _b64(self.store_key),
            "wish": self.wish.to_value(),
        }

    @classmethod
    def read(cls, fields: Fields) -> Welcome:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            store_key=fields.base64("store_key", size=KEY_BYTES),
            wish=Wish.read(fields.object("wish")),
        )


@dataclass(frozen=True, slots=True)
class Desired:
    """Server → seat: the wish has changed."""

    TYPE: ClassVar[str] = "desired"
    head: Head
    wish: Wish

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"head": self.head.to_value(), "wish": self.wish.to_value()}

    @classmethod
    def read(cls, fields: Fields) -> Desired:
        """Read and check."""
        return cls(head=Head.read(fields.object("head")), wish=Wish.read(fields.object("wish")))


@dataclass(frozen=True, slots=True)
class Join:
    """Seat → server: the seat's own X25519 key for one meeting, made on the seat (W26)."""

    TYPE: ClassVar[str] = "join"
    head: Head
    meeting: str
    key: bytes

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"head": self.head.to_value(), "meeting": self.meeting, "key": _b64(self.key)}

    @classmethod
    def read(cls, fields: Fields) -> Join:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            meeting=fields.id("meeting", "m"),
            key=fields.base64("key", size=KEY_BYTES),
        )


@dataclass(frozen=True, slots=True)
class Key:
    """Server → seat: a meeting's epoch key, sealed by HPKE to the seat's meeting key (W26)."""

    TYPE: ClassVar[str] = "key"
    head: Head
    meeting: str
    epoch: int
    sealed: bytes

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "meeting": self.meeting,
            "epoch": self.epoch,
            "sealed": _b64(self.sealed),
        }

    @classmethod
    def read(cls, fields: Fields) -> Key:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            meeting=fields.id("meeting", "m"),
            epoch=fields.number("epoch", low=1, high=2**31),
            sealed=fields.base64("sealed"),
        )


WANTS: Final = frozenset({"events", "manifest"})


@dataclass(frozen=True, slots=True)
class Want:
    """Seat → server: events after a number, or the manifest of a paper version."""

    TYPE: ClassVar[str] = "want"
    head: Head
    meeting: str
    kind: str
    after: int = 0
    paper: PaperVersion | None = None

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        value: dict[str, Any] = {
            "head": self.head.to_value(),
            "meeting": self.meeting,
            "kind": self.kind,
            "after": self.after,
        }
        if self.paper is not None:
            value |= {"paper": self.paper.paper, "version": self.paper.version}
        return value

    @classmethod
    def read(cls, fields: Fields) -> Want:
        """Read and check."""
        kind = fields.choice("kind", WANTS)
        return cls(
            head=Head.read(fields.object("head")),
            meeting=fields.id("meeting", "m"),
            kind=kind,
            after=fields.number("after"),
            paper=_paper_fields(fields) if kind == "manifest" else None,
        )


@dataclass(frozen=True, slots=True)
class Have:
    """Seat → server: the signed report of the chunks it keeps; the only proof of delivery (W34)."""

    TYPE: ClassVar[str] = "have"
    head: Head
    paper: PaperVersion
    chunks: int
    bitmap: bytes

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "paper": self.paper.paper,
            "version": self.paper.version,
            "chunks": self.chunks,
            "bitmap": _b64(self.bitmap),
        }

    @classmethod
    def read(cls, fields: Fields) -> Have:
        """Read and check."""
        chunks = fields.number("chunks", low=1, high=MAX_CHUNK)
        return cls(
            head=Head.read(fields.object("head")),
            paper=_paper_fields(fields),
            chunks=chunks,
            bitmap=Bitmap(chunks, fields.base64("bitmap")).to_bytes(),
        )


@dataclass(frozen=True, slots=True)
class Act:
    """Seat → server: a request by a person, kept in the outbox until acknowledged (W28).

    ``act`` is the idempotency key. ``person`` is empty for ``sign_in``, whose ``data`` holds the
    name and password and therefore never shows in ``repr``.
    """

    TYPE: ClassVar[str] = "act"
    head: Head
    act: str
    meeting: str
    kind: str
    person: str | None
    made_at: dt.datetime
    data: dict[str, Any] = field(repr=False)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "act": self.act,
            "meeting": self.meeting,
            "kind": self.kind,
            "person": self.person,
            "made_at": print_instant(self.made_at),
            "data": self.data,
        }

    @classmethod
    def read(cls, fields: Fields) -> Act:
        """Read and check."""
        data = fields.any("data")
        Fields(data, "act.data")
        return cls(
            head=Head.read(fields.object("head")),
            act=fields.id("act", "a"),
            meeting=fields.id("meeting", "m"),
            kind=fields.text("kind", limit=40),
            person=fields.id("person", "u") if fields.has("person") else None,
            made_at=fields.instant("made_at"),
            data=data,
        )


OUTCOMES: Final = frozenset({"done", "refused"})


@dataclass(frozen=True, slots=True)
class Ack:
    """Server → seat: an act or receipt is committed, or refused for good with a code (W28)."""

    TYPE: ClassVar[str] = "ack"
    head: Head
    act: str
    outcome: str
    code: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "act": self.act,
            "outcome": self.outcome,
            "code": self.code,
            "data": self.data,
        }

    @classmethod
    def read(cls, fields: Fields) -> Ack:
        """Read and check."""
        data = fields.any("data")
        Fields(data, "ack.data")
        return cls(
            head=Head.read(fields.object("head")),
            act=fields.id("act", "a"),
            outcome=fields.choice("outcome", OUTCOMES),
            code=fields.text("code", limit=60, empty=True),
            data=data,
        )


@dataclass(frozen=True, slots=True)
class HeldPaper:
    """A paper version that a seat held, with its pages and bytes."""

    paper: PaperVersion
    pages: int
    held_bytes: int

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "paper": self.paper.paper,
            "version": self.paper.version,
            "pages": self.pages,
            "held_bytes": self.held_bytes,
        }

    @classmethod
    def read(cls, fields: Fields) -> HeldPaper:
        """Read and check."""
        held = cls(
            paper=_paper_fields(fields),
            pages=fields.number("pages"),
            held_bytes=fields.number("held_bytes"),
        )
        fields.end()
        return held


@dataclass(frozen=True, slots=True)
class Receipt:
    """Seat → server: the keys of a meeting are destroyed; what was held (P7, W29)."""

    TYPE: ClassVar[str] = "receipt"
    head: Head
    act: str
    meeting: str
    destroyed_at: dt.datetime
    papers: tuple[HeldPaper, ...]

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "act": self.act,
            "meeting": self.meeting,
            "destroyed_at": print_instant(self.destroyed_at),
            "papers": [held.to_value() for held in self.papers],
        }

    @classmethod
    def read(cls, fields: Fields) -> Receipt:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            act=fields.id("act", "a"),
            meeting=fields.id("meeting", "m"),
            destroyed_at=fields.instant("destroyed_at"),
            papers=tuple(HeldPaper.read(item) for item in fields.objects("papers")),
        )


@dataclass(frozen=True, slots=True)
class Health:
    """Seat → server, every 15 s: how far it is and how it feels (D4)."""

    TYPE: ClassVar[str] = "health"
    head: Head
    generation: int
    seqs: dict[str, int]
    disk_free_mb: int
    screen: str

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "generation": self.generation,
            "seqs": self.seqs,
            "disk_free_mb": self.disk_free_mb,
            "screen": self.screen,
        }

    @classmethod
    def read(cls, fields: Fields) -> Health:
        """Read and check."""
        seqs = fields.object("seqs")
        raw = fields.any("seqs")
        return cls(
            head=Head.read(fields.object("head")),
            generation=fields.number("generation"),
            seqs={meeting: seqs.number(meeting) for meeting in raw},
            disk_free_mb=fields.number("disk_free_mb"),
            screen=fields.text("screen", limit=40),
        )


@dataclass(frozen=True, slots=True)
class Log:
    """Server → seat: events it asked for; ``head_seq`` is the meeting's newest number (M3)."""

    TYPE: ClassVar[str] = "log"
    head: Head
    meeting: str
    head_seq: int
    events: tuple[Event, ...]

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "meeting": self.meeting,
            "head_seq": self.head_seq,
            "events": [event.to_value() for event in self.events],
        }

    @classmethod
    def read(cls, fields: Fields) -> Log:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            meeting=fields.id("meeting", "m"),
            head_seq=fields.number("head_seq"),
            events=tuple(Event.from_value(item) for item in fields.items("events")),
        )


@dataclass(frozen=True, slots=True)
class Events:
    """Server → room: new events of a meeting, in order (sealed under the epoch)."""

    TYPE: ClassVar[str] = "events"
    meeting: str
    events: tuple[Event, ...]

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"meeting": self.meeting, "events": [event.to_value() for event in self.events]}

    @classmethod
    def read(cls, fields: Fields) -> Events:
        """Read and check."""
        return cls(
            meeting=fields.id("meeting", "m"),
            events=tuple(Event.from_value(item) for item in fields.items("events")),
        )


@dataclass(frozen=True, slots=True)
class PaperOffer:
    """Server → room or seat: a manifest (as a signed envelope) and the wrapped paper key (W32).

    ``wrapped_key`` is AES key wrap (RFC 3394) of the 32-byte paper key under the epoch's wrap key.
    """

    TYPE: ClassVar[str] = "offer"
    meeting: str
    epoch: int
    manifest: bytes
    wrapped_key: bytes

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "meeting": self.meeting,
            "epoch": self.epoch,
            "manifest": _b64(self.manifest),
            "wrapped_key": _b64(self.wrapped_key),
        }

    @classmethod
    def read(cls, fields: Fields) -> PaperOffer:
        """Read and check."""
        return cls(
            meeting=fields.id("meeting", "m"),
            epoch=fields.number("epoch", low=1, high=2**31),
            manifest=fields.base64("manifest"),
            wrapped_key=fields.base64("wrapped_key", size=KEY_BYTES + 8),
        )


_TYPES: Final[dict[str, type[Any]]] = {
    kind.TYPE: kind
    for kind in (
        Hello,
        Welcome,
        Desired,
        Join,
        Key,
        Want,
        Have,
        Act,
        Ack,
        Receipt,
        Health,
        Log,
        Events,
        PaperOffer,
    )
}


def parse(message_type: str, value: Any) -> Any:
    """The message of this type; raises :class:`UnknownType` or :class:`BadField`."""
    kind = _TYPES.get(message_type)
    if kind is None:
        raise UnknownType(f"message type {message_type[:40]!r}")
    fields = Fields(value, message_type)
    message = kind.read(fields)
    fields.end()
    return message


def _paper_fields(fields: Fields) -> PaperVersion:
    return PaperVersion(PaperId(fields.id("paper", "p")), fields.number("version", low=1, high=MAX_VERSION))


def _paper(fields: Fields) -> PaperVersion:
    paper = _paper_fields(fields)
    fields.end()
    return paper
