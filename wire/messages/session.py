"""Coming and going: hello, welcome, what a seat should hold, how it feels.

Rules W25, W27, W113, W170, D4.

Usage::

    welcome = parse("welcome", signed.value())
    welcome.wish.recall
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from wire import ids
from wire.errors import BadField
from wire.fields import Fields
from wire.messages.head import KEY_BYTES, Head, b64, print_paper, read_epoch, read_paper
from wire.messages.machine import STORE_ID_BYTES, Machine
from wire.messages.record import Kept
from wire.topics import PaperVersion

#: What a seat's reader holds (W113): no reader; no token; one that signs; one that does not; one that cannot be used.
TOKEN_WORDS: Final = frozenset({"off", "absent", "signs", "no_signing", "unusable"})
#: Meetings a seat can know at one time, and papers of one meeting.
MAX_MEETINGS: Final = 1_000
MAX_PAPERS: Final = 2_000
#: A certificate's serial number (RFC 5280 § 4.1.2.2), padded on the left.
SERIAL_BYTES: Final = 20


@dataclass(frozen=True, slots=True)
class Hello:
    """Seat → server at every start and reconnect: the freshness handshake (W25).

    ``box`` is the X25519 key for answers, made anew at every start. ``held`` are meetings whose
    keys are still in the store. ``open`` says whether the store is open (its key in memory). ``certificate``:
    the serial number of the certificate it connects with, in hexadecimal (W183); empty when it does not say.
    """

    TYPE: ClassVar[str] = "hello"
    head: Head
    box: bytes
    boot: str
    agent: str
    open: bool
    held: tuple[str, ...] = ()
    certificate: str = ""

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        value = {
            "head": self.head.to_value(),
            "box": b64(self.box),
            "boot": self.boot,
            "agent": self.agent,
            "open": self.open,
            "held": list(self.held),
        }
        if self.certificate:
            value["certificate"] = self.certificate
        return value

    @classmethod
    def read(cls, fields: Fields) -> Hello:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            box=fields.base64("box", size=KEY_BYTES),
            boot=fields.text("boot", limit=64),
            agent=fields.text("agent", limit=64),
            open=fields.flag("open"),
            held=fields.ids("held", "m", limit=MAX_MEETINGS),
            certificate=fields.hex("certificate", size=SERIAL_BYTES) if fields.has("certificate") else "",
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
            "papers": [print_paper(paper) for paper in self.papers],
        }

    @classmethod
    def read(cls, fields: Fields) -> Holding:
        """Read and check."""
        holding = cls(
            meeting=fields.id("meeting", "m"),
            epoch=read_epoch(fields),
            seq=fields.number("seq"),
            papers=tuple(_paper(item) for item in fields.objects("papers", limit=MAX_PAPERS)),
        )
        fields.end()
        return holding


def _paper(fields: Fields) -> PaperVersion:
    paper = read_paper(fields)
    fields.end()
    return paper


@dataclass(frozen=True, slots=True)
class Wish:
    """The state the server wants a seat to have (W27): what to hold, what to destroy.

    No meeting stands twice: raises :class:`BadField` when it is to be held and destroyed.
    """

    generation: int
    seat: str | None
    seat_label: str
    room: str | None
    room_name: str
    hold: tuple[Holding, ...] = ()
    recall: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        meetings = [*(holding.meeting for holding in self.hold), *self.recall]
        if len(set(meetings)) != len(meetings):
            raise BadField("wish", "names a meeting twice")

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
            hold=tuple(Holding.read(item) for item in fields.objects("hold", limit=MAX_MEETINGS)),
            recall=fields.ids("recall", "m", limit=MAX_MEETINGS),
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
            "store_key": b64(self.store_key),
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
    """Server → seat: the wish has changed, or how the seat is was heard.

    ``heard``: IT knows of this loss; ``anew``: this question of a store that does not open is answered, it is not
    wanted any more (W195). Both empty when there is nothing to say.
    """

    TYPE: ClassVar[str] = "desired"
    head: Head
    wish: Wish
    heard: str = ""
    anew: str = ""

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        value = {"head": self.head.to_value(), "wish": self.wish.to_value()}
        store = {"heard": self.heard, "anew": self.anew}
        return value | {name: each for name, each in store.items() if each}

    @classmethod
    def read(cls, fields: Fields) -> Desired:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            wish=Wish.read(fields.object("wish")),
            heard=fields.hex("heard", size=STORE_ID_BYTES) if fields.has("heard") else "",
            anew=fields.hex("anew", size=STORE_ID_BYTES) if fields.has("anew") else "",
        )


@dataclass(frozen=True, slots=True)
class Health:
    """Seat → server, every 15 s and when screen or token change: how far it is in each meeting, how it feels (D4).

    ``token``: one of ``TOKEN_WORDS``; empty when the seat does not say (W113). ``machine``: how its machine is (W170).
    """

    TYPE: ClassVar[str] = "health"
    head: Head
    generation: int
    seqs: dict[str, int]
    disk_free_mb: int
    screen: str
    #: what it keeps of the record (W74); None: it keeps nothing of it
    record: Kept | None = None
    token: str = ""
    machine: Machine | None = None

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        value = {
            "head": self.head.to_value(),
            "generation": self.generation,
            "seqs": self.seqs,
            "disk_free_mb": self.disk_free_mb,
            "screen": self.screen,
            "record": None if self.record is None else self.record.to_value(),
        }
        if self.token:
            value["token"] = self.token
        if self.machine is not None:
            value["machine"] = self.machine.to_value()
        return value

    @classmethod
    def read(cls, fields: Fields) -> Health:
        """Read and check."""
        seqs = fields.object("seqs")
        meetings = seqs.keys(limit=MAX_MEETINGS)
        return cls(
            head=Head.read(fields.object("head")),
            generation=fields.number("generation"),
            seqs={ids.parse("m", meeting): seqs.number(meeting) for meeting in meetings},
            disk_free_mb=fields.number("disk_free_mb"),
            screen=fields.text("screen", limit=40),
            record=Kept.read(fields.object("record")) if fields.has("record") else None,
            token=fields.choice("token", TOKEN_WORDS) if fields.has("token") else "",
            machine=Machine.read(fields.object("machine")) if fields.has("machine") else None,
        )
