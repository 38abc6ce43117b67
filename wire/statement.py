"""A statement: what one person declares and signs with their token, in full (W62, W63).

Rules: canonical JSON (W03) that says everything by itself – kind, meeting and its title, person and name as shown,
where and when it was made, the newest event its maker knew, and what the kind says. ``body`` is checked by the table
``BODIES``; a kind that is not there is :class:`UnknownType`. What the screen shows is written from this value
(``wire.wording``), so what is shown is what is signed. Pure.

Usage::

    statement = Statement(kind=ATTEND, meeting=…, title=…, person=…, name=…, place=None, made_at=…, seq=…, …)
    Statement.read(statement.encode()) == statement
    SignedStatement(statement.encode(), certificate, signature).to_value()
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wire import canonical
from wire.election_marks import MAX_CANDIDATES, SAID_LIMIT, marks_of, said
from wire.errors import BadField, UnknownType, UnknownVersion
from wire.events import HASH_BYTES
from wire.fields import Fields, print_instant
from wire.proof import MAX_CERTIFICATE_BYTES, MAX_SIGNATURE_BYTES
from wire.topics import MAX_VERSION

TYPE: Final = "phonghop.statement"
VERSION: Final = 1
MAX_BYTES: Final = 256 * 1024

ATTEND: Final = "attend"
VOTE: Final = "vote"
APPROVE_PAPERS: Final = "approve_papers"
CLOSE: Final = "close"
#: An answer to a consultation slip: in the place of the meeting stands the slip (W160).
CONSULT: Final = "consult"

#: What a person may say of their own presence.
PRESENCES: Final = frozenset({"present", "late", "left", "returned"})
#: Papers of one approval: more are approved in two.
MAX_PAPERS: Final = 100
MAX_ANSWERS: Final = 100
#: Of one consultation slip, and the letters of one opinion.
MAX_QUESTIONS: Final = 20
MAX_OPINION: Final = 3_000
_BALLOT: Final = re.compile(r"[a-z]-[a-z2-7]{16}", re.ASCII)
_ANSWER: Final = re.compile(r"[a-z0-9][a-z0-9_.\-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """The seat at which a statement is made."""

    device: str
    seat: str
    label: str


@dataclass(frozen=True, slots=True)
class Statement:
    """See the module. ``place`` None is a console; ``seq`` and ``hash`` are of the newest event its maker knew.

    Of ``CONSULT`` ``meeting`` and ``title`` are the slip's, ``seq`` is the number of the handing in, and ``hash`` the
    SHA-256 of the slip as it was sent (W160).
    """

    kind: str
    meeting: str
    title: str
    person: str
    name: str
    place: Place | None
    made_at: dt.datetime
    seq: int
    hash: str
    body: dict[str, Any] = field(hash=False)

    def __post_init__(self) -> None:
        # On the wire a moment has milliseconds.
        at = self.made_at.replace(microsecond=self.made_at.microsecond // 1000 * 1000)
        object.__setattr__(self, "made_at", at)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        place = self.place
        return {
            "type": TYPE,
            "v": VERSION,
            "kind": self.kind,
            "meeting": {"id": self.meeting, "title": self.title},
            "person": {"id": self.person, "name": self.name},
            "place": None if place is None else {"device": place.device, "seat": place.seat, "label": place.label},
            "made_at": print_instant(self.made_at),
            "log": {"seq": self.seq, "hash": self.hash},
            "body": self.body,
        }

    def encode(self) -> bytes:
        """The bytes that are signed and kept; raises :class:`BadJson`."""
        return canonical.encode(self.to_value())

    @property
    def sha256(self) -> str:
        """Of the bytes, in hexadecimal: its name in the log."""
        return digest(self.encode())

    @classmethod
    def read(cls, data: bytes) -> Statement:
        """Read these very bytes, or raise a :class:`WireError`."""
        if len(data) > MAX_BYTES:
            raise BadField("statement", f"is longer than {MAX_BYTES} bytes")
        return cls.of(canonical.decode(data))

    @classmethod
    def of(cls, value: Any) -> Statement:
        """The statement of a decoded value, or a :class:`WireError`."""
        fields = Fields(value, "statement")
        fields.choice("type", frozenset({TYPE}))
        if fields.number("v", low=1) != VERSION:
            raise UnknownVersion("statement")
        meeting, person, log = fields.object("meeting"), fields.object("person"), fields.object("log")
        kind = fields.text("kind", limit=40)
        found = cls(
            kind=kind,
            meeting=meeting.id("id", "f" if kind == CONSULT else "m"),
            title=meeting.text("title", limit=500),
            person=person.id("id", "u"),
            name=person.text("name", limit=200),
            place=_place(fields),
            made_at=fields.instant("made_at"),
            seq=log.number("seq", low=1),
            hash=log.hex("hash", size=HASH_BYTES),
            body=fields.free("body", limit_bytes=MAX_BYTES),
        )
        for each in (meeting, person, log, fields):
            each.end()
        check_body(kind, found.body)
        return found


def digest(statement: bytes) -> str:
    """SHA-256 of a statement's bytes, in hexadecimal."""
    return hashlib.sha256(statement).hexdigest()


def check_body(kind: str, body: dict[str, Any]) -> None:
    """Raise :class:`UnknownType` for another kind, :class:`BadField` for a body that does not say what it must."""
    reader = BODIES.get(kind)
    if reader is None:
        raise UnknownType(f"statement kind {kind[:40]!r}")
    fields = Fields(body, f"statement.{kind}")
    reader(fields)
    fields.end()


def _place(fields: Fields) -> Place | None:
    if not fields.has("place"):
        fields.any("place")
        return None
    place = fields.object("place")
    found = Place(place.id("device", "d"), place.id("seat", "s"), place.text("label", limit=80, empty=True))
    place.end()
    return found


def _attend(body: Fields) -> None:
    body.choice("presence", PRESENCES)


def _vote(body: Fields) -> None:
    if _BALLOT.fullmatch(body.text("ballot", limit=40)) is None:
        raise BadField("statement.vote.ballot", "is no identifier")
    body.text("question", limit=2000)
    most = body.number("most", low=1, high=MAX_CANDIDATES) if body.has("most") else 0
    answers = [_answer(entry) for entry in body.objects("answers", limit=MAX_CANDIDATES if most else MAX_ANSWERS)]
    answer = body.text("answer", limit=SAID_LIMIT)
    is_one = (
        answer == said(marks_of(answer), order=answers) and len(marks_of(answer)) <= most if most else answer in answers
    )
    if len(set(answers)) != len(answers) or not is_one:
        raise BadField("statement.vote.answer", "is none of the answers, or one of them stands twice")
    body.number("weight", low=1, high=1_000_000)


def _answer(entry: Fields) -> str:
    name = entry.text("answer", limit=40)
    if _ANSWER.fullmatch(name) is None:
        raise BadField("statement.vote.answers.answer", "is not a word")
    entry.text("text", limit=200)
    entry.end()
    return name


def _approve_papers(body: Fields) -> None:
    papers = body.objects("papers", limit=MAX_PAPERS)
    if not papers or len({_paper(entry) for entry in papers}) != len(papers):
        raise BadField("statement.approve_papers.papers", "is empty, or names a paper twice")


def _paper(entry: Fields) -> str:
    name = entry.id("paper", "p")
    entry.number("version", low=1, high=MAX_VERSION)
    entry.text("title", limit=500, empty=True)
    # A stub (P4) has no file and so no digest.
    if entry.any("sha256") != "":
        entry.hex("sha256", size=32)
    entry.end()
    return name


def _consult(body: Fields) -> None:
    entries = body.objects("answers", limit=MAX_QUESTIONS)
    if not entries:
        raise BadField("statement.consult.answers", "is empty")
    for entry in entries:
        entry.text("question", limit=1000)
        texts = [str(each) for each in entry.items("choices", limit=MAX_ANSWERS)]
        chosen = entry.text("chosen", limit=200, empty=True)
        opinion = entry.text("opinion", limit=MAX_OPINION, empty=True)
        entry.end()
        fits = chosen in texts if texts else chosen == "" and opinion != ""
        if not fits or len(set(texts)) != len(texts):
            raise BadField("statement.consult.chosen", "is none of the choices, or one of them stands twice")


def _close(body: Fields) -> None:
    body.number("members", high=100_000)
    body.number("attended", high=100_000)
    body.number("papers", high=100_000)
    body.instant("opened_at")


#: kind → what its body must say. A further kind of act is one more line here, and one in ``wire.wording``.
BODIES: Final[Mapping[str, Callable[[Fields], None]]] = {
    ATTEND: _attend,
    VOTE: _vote,
    APPROVE_PAPERS: _approve_papers,
    CLOSE: _close,
    CONSULT: _consult,
}


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """What is sent of a signed act: the statement's bytes, the card's certificate (DER), the card's raw signature.

    The signed attributes follow from statement and certificate (``wire.cades``) and do not travel.
    """

    statement: bytes = field(repr=False)
    certificate: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "statement": base64.b64encode(self.statement).decode("ascii"),
            "certificate": base64.b64encode(self.certificate).decode("ascii"),
            "signature": base64.b64encode(self.signature).decode("ascii"),
        }

    @classmethod
    def read(cls, fields: Fields) -> SignedStatement:
        """Read and check, to the last field; raises :class:`BadField`. What is inside is read by its user."""
        found = cls(
            statement=_bytes(fields, "statement", MAX_BYTES),
            certificate=_bytes(fields, "certificate", MAX_CERTIFICATE_BYTES),
            signature=_bytes(fields, "signature", MAX_SIGNATURE_BYTES),
        )
        fields.end()
        return found


def _bytes(fields: Fields, key: str, limit: int) -> bytes:
    found = fields.base64(key)
    if not 0 < len(found) <= limit:
        raise BadField(f"signed.{key}", f"is not 1 … {limit} bytes")
    return found
