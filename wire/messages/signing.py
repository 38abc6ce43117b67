"""How a person signs papers at a seat: what waits for them, the file to read, what their card is to sign (W59–W61).

Rules: these messages go to one seat, sealed to the key of its session, for the person who is signed in there. The file
travels in parts of :data:`PART_BYTES`, asked for a few at a time; it is good only when its hash is the one of the list.
Lengths on a page are thousandths of a point, origin at the top left of the page as it is shown.

Usage::

    SignRounds(head, meeting, person, rounds=(SigningRound(…),))
    SignPart(head, round, sha256, part=0, parts=12, data=…)
    SignOffer(head, act, round, base_sha256, base_bytes, update, signed_attributes, "sha256", fence, until)
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from wire.errors import BadField
from wire.fields import Fields, print_instant
from wire.messages.head import Head, b64

PART_BYTES: Final = 256 * 1024
#: Parts that one ``sign_file`` brings.
WINDOW: Final = 8
MAX_FILE_BYTES: Final = 256 * 1024 * 1024
MAX_PARTS: Final = MAX_FILE_BYTES // PART_BYTES
MAX_UPDATE_BYTES: Final = 512 * 1024
MAX_ATTRIBUTES_BYTES: Final = 16 * 1024
MAX_ROUNDS: Final = 100
MAX_SIGNERS: Final = 60
_MAX_LENGTH: Final = 20_000_000
#: Number, day, month, year; the year may be printed. Minutes have a number and no date (W150).
_PARTS: Final = 4
_NUMBER_ALONE: Final = frozenset({"SoVanBan"})
_DATED: Final = frozenset({"SoVanBan", "NgayBanHanh", "ThangBanHanh"})
_NUMBER: Final = re.compile(r"[0-9]{1,6}")
#: Acts of a seat that are about signing; none of them waits in an outbox.
FILE: Final = "sign_file"
BEGIN: Final = "sign_begin"
ANSWER: Final = "sign_answer"


@dataclass(frozen=True, slots=True)
class RoundSigner:
    """One who is asked to sign. ``next``: they may sign now, as far as the order goes."""

    person: str
    name: str
    signed_at: dt.datetime | None
    next: bool

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"person": self.person, "name": self.name, "signed_at": _or_none(self.signed_at), "next": self.next}

    @classmethod
    def read(cls, fields: Fields) -> RoundSigner:
        """Read and check."""
        found = cls(
            fields.id("person", "u"), fields.text("name", limit=200), _moment(fields, "signed_at"), fields.flag("next")
        )
        fields.end()
        return found


@dataclass(frozen=True, slots=True)
class RoundMark:
    """Where the person's visible mark will stand: page from 1, left, top, right, bottom."""

    page: int
    box: tuple[int, int, int, int]

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"page": self.page, "box": list(self.box)}

    @classmethod
    def read(cls, fields: Fields) -> RoundMark:
        """Read and check."""
        page, box = fields.number("page", low=1, high=20_000), fields.items("box", limit=4)
        if len(box) != 4 or any(type(side) is not int or not 0 <= side <= _MAX_LENGTH for side in box):
            raise BadField("sign_rounds.mark.box", "is not four lengths")
        fields.end()
        return cls(page, (box[0], box[1], box[2], box[3]))


@dataclass(frozen=True, slots=True)
class RoundNumber:
    """What the clerk's signature gives the paper, as it would be now: ``written`` is field name → figures, in order.

    ``number`` and ``date`` are what the person is shown, ``written`` is what the card's holder checks: the two say the
    same, or this is no number (BadField; G62).
    """

    number: str
    date: str
    written: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        figures = _figures(self.number, self.date)
        said = dict(self.written)
        is_whole = said.keys() == _NUMBER_ALONE or said.keys() >= _DATED
        if len(said) != len(self.written) or not is_whole:
            raise BadField("sign_rounds.number.written", "lacks a part, or says it twice")
        if any(figures.get(name) != text for name, text in self.written):
            raise BadField("sign_rounds.number.written", "is not the number and date that are shown")

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"number": self.number, "date": self.date, "written": [list(pair) for pair in self.written]}

    @classmethod
    def read(cls, fields: Fields) -> RoundNumber:
        """Read and check."""
        number, date, pairs = fields.text("number", limit=80), fields.text("date", limit=10), []
        for pair in fields.items("written", limit=_PARTS):
            if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)):
                raise BadField("sign_rounds.number.written", "is not pairs of texts")
            pairs.append((pair[0], pair[1]))
        fields.end()
        return cls(number, date, tuple(pairs))


@dataclass(frozen=True, slots=True)
class SigningRound:
    """One round as its signer sees it. ``leased_by`` signs just now, until ``leased_until``."""

    round: str
    kind: str
    title: str
    ordered: bool
    revision: int
    size_bytes: int
    sha256: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    leased_by: str | None
    leased_until: dt.datetime | None
    signers: tuple[RoundSigner, ...]
    mark: RoundMark | None
    number: RoundNumber | None = None

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "round": self.round,
            "kind": self.kind,
            "title": self.title,
            "ordered": self.ordered,
            "revision": self.revision,
            "size_bytes": self.size_bytes,
            "sha256": self.sha256,
            "opened_at": print_instant(self.opened_at),
            "closed_at": _or_none(self.closed_at),
            "leased_by": self.leased_by,
            "leased_until": _or_none(self.leased_until),
            "signers": [signer.to_value() for signer in self.signers],
            "mark": None if self.mark is None else self.mark.to_value(),
            "number": None if self.number is None else self.number.to_value(),
        }

    @classmethod
    def read(cls, fields: Fields) -> SigningRound:
        """Read and check."""
        found = cls(
            round=fields.id("round", "k"),
            kind=fields.text("kind", limit=40, empty=True),
            title=fields.text("title", limit=300),
            ordered=fields.flag("ordered"),
            revision=fields.number("revision", high=9_998),
            size_bytes=fields.number("size_bytes", low=1, high=MAX_FILE_BYTES),
            sha256=fields.hex("sha256", size=32),
            opened_at=fields.instant("opened_at"),
            closed_at=_moment(fields, "closed_at"),
            leased_by=fields.id("leased_by", "u") if _is_there(fields, "leased_by") else None,
            leased_until=_moment(fields, "leased_until"),
            signers=tuple(RoundSigner.read(each) for each in fields.objects("signers", limit=MAX_SIGNERS)),
            mark=RoundMark.read(fields.object("mark")) if _is_there(fields, "mark") else None,
            number=RoundNumber.read(fields.object("number")) if fields.has("number") else None,
        )
        fields.end()
        return found

    def signer(self, person: str) -> RoundSigner | None:
        """One of the signers."""
        return next((each for each in self.signers if each.person == person), None)

    def waits_for(self, person: str) -> bool:
        """Whether this person may sign now, as far as round and order go."""
        mine = self.signer(person)
        return self.closed_at is None and mine is not None and mine.signed_at is None and mine.next


@dataclass(frozen=True, slots=True)
class SignRounds:
    """Server → seat: all rounds of a meeting in which the person who sits here is asked to sign (W59)."""

    TYPE: ClassVar[str] = "sign_rounds"
    head: Head
    meeting: str
    person: str
    rounds: tuple[SigningRound, ...]

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "meeting": self.meeting,
            "person": self.person,
            "rounds": [each.to_value() for each in self.rounds],
        }

    @classmethod
    def read(cls, fields: Fields) -> SignRounds:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            meeting=fields.id("meeting", "m"),
            person=fields.id("person", "u"),
            rounds=tuple(SigningRound.read(each) for each in fields.objects("rounds", limit=MAX_ROUNDS)),
        )

    def find(self, round_id: str) -> SigningRound | None:
        """One of them."""
        return next((each for each in self.rounds if each.round == round_id), None)


@dataclass(frozen=True, slots=True)
class SignPart:
    """Server → seat: part ``part`` (from 0) of ``parts`` of the file whose hash is ``sha256`` (W60)."""

    TYPE: ClassVar[str] = "sign_part"
    head: Head
    round: str
    sha256: str
    part: int
    parts: int
    data: bytes = field(repr=False)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "round": self.round,
            "sha256": self.sha256,
            "part": self.part,
            "parts": self.parts,
            "data": b64(self.data),
        }

    @classmethod
    def read(cls, fields: Fields) -> SignPart:
        """Read and check."""
        parts = fields.number("parts", low=1, high=MAX_PARTS)
        return cls(
            head=Head.read(fields.object("head")),
            round=fields.id("round", "k"),
            sha256=fields.hex("sha256", size=32),
            part=fields.number("part", high=parts - 1),
            parts=parts,
            data=_bytes(fields, "data", PART_BYTES),
        )


@dataclass(frozen=True, slots=True)
class SignOffer:
    """Server → seat: the lease, and what is to be signed (W61); ``act`` is the ``sign_begin`` it answers.

    The file is the one whose hash is ``base_sha256``, of ``base_bytes`` bytes, with ``update`` after it.
    """

    TYPE: ClassVar[str] = "sign_offer"
    head: Head
    act: str
    round: str
    base_sha256: str
    base_bytes: int
    update: bytes = field(repr=False)
    signed_attributes: bytes = field(repr=False)
    digest: str
    fence: int
    until: dt.datetime

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "act": self.act,
            "round": self.round,
            "base_sha256": self.base_sha256,
            "base_bytes": self.base_bytes,
            "update": b64(self.update),
            "signed_attributes": b64(self.signed_attributes),
            "digest": self.digest,
            "fence": self.fence,
            "until": print_instant(self.until),
        }

    @classmethod
    def read(cls, fields: Fields) -> SignOffer:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            act=fields.id("act", "a"),
            round=fields.id("round", "k"),
            base_sha256=fields.hex("base_sha256", size=32),
            base_bytes=fields.number("base_bytes", low=1, high=MAX_FILE_BYTES),
            update=_bytes(fields, "update", MAX_UPDATE_BYTES),
            signed_attributes=_bytes(fields, "signed_attributes", MAX_ATTRIBUTES_BYTES),
            digest=fields.choice("digest", frozenset({"sha256", "sha384"})),
            fence=fields.number("fence", low=1),
            until=fields.instant("until"),
        )


def _figures(number: str, date: str) -> dict[str, str]:
    """What a number and a date are in the fields of a paper; days below 10 and months below 3 with a zero (G61)."""
    head, stroke, _ = number.partition("/")
    if not stroke or _NUMBER.fullmatch(head) is None:
        raise BadField("sign_rounds.number.number", "is not figures and a notation")
    try:
        day = dt.date.fromisoformat(date)
    except ValueError:
        raise BadField("sign_rounds.number.date", "is no day") from None
    if day.isoformat() != date:
        raise BadField("sign_rounds.number.date", "is not a day as YYYY-MM-DD")
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return {"SoVanBan": head, "NgayBanHanh": f"{day.day:02d}", "ThangBanHanh": month, "NamBanHanh": date[:4]}


def _bytes(fields: Fields, key: str, limit: int) -> bytes:
    found = fields.base64(key)
    if not 0 < len(found) <= limit:
        raise BadField(f"signing.{key}", f"is not 1 … {limit} bytes")
    return found


def _is_there(fields: Fields, key: str) -> bool:
    """Whether it is not null; it must stand there in any case."""
    return fields.any(key) is not None


def _moment(fields: Fields, key: str) -> dt.datetime | None:
    return fields.instant(key) if _is_there(fields, key) else None


def _or_none(at: dt.datetime | None) -> str | None:
    return None if at is None else print_instant(at)
