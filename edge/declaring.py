"""What a person can declare at a seat and sign with their token: from an act to the words that are shown and signed.

Rules G38, G39: pure. The statement is made here, from what the seat itself knows; the person reads its words and
nothing else; what the card signs follows from the very statement that was shown and from the certificate of the card
that is in. An act of a kind that stands in a table of makers is sent with the signature as its data, through the outbox
(W28): it works without the link and is sent once.

Usage::

    MAKERS["vote"] = lambda asked: declared(vote(asked.meeting, maker_of(asked), asked.data))    # raises WireErrors
    declared = MAKERS["attend"](asked)
    signature = card signs declared.message(certificate)
    data = declared.data(certificate, signature)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from edge.acts import CAST
from edge.signing.statement import build, statement_to_sign
from wire.ballot_statement import vote_statement
from wire.ballots import NONCE_BYTES
from wire.declare import Maker as DeclaredBy
from wire.declare import approve_papers, attend, close
from wire.election_marks import SAID_LIMIT
from wire.fields import Fields
from wire.state import MeetingState
from wire.statement import APPROVE_PAPERS, ATTEND, CLOSE, MAX_PAPERS, PRESENCES, Place, Statement
from wire.wording import LANGUAGES, words


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to declare, and all that the seat knows of its own accord.

    ``data`` is what the page sent, unchecked: the maker reads it and raises a :class:`wire.errors.WireError`.
    ``made_at`` is by the server's clock, as the seat knows it.
    """

    act: str
    data: Mapping[str, Any] = field(hash=False)
    meeting: MeetingState
    person: str
    device: str
    seat: str
    seat_label: str
    made_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Declared:
    """A statement: its words by language (``vi``, ``en``), and what makes of it something to sign and to send.

    ``message(certificate)`` is what the card signs (it hashes by itself), ``data(certificate, signature)`` the act's
    data; ``certificate`` is DER.
    """

    titles: Mapping[str, str] = field(hash=False)
    lines: Mapping[str, tuple[str, ...]] = field(hash=False)
    message: Callable[[bytes], bytes] = field(repr=False)
    data: Callable[[bytes, bytes], dict[str, Any]] = field(repr=False)

    def to_value(self) -> dict[str, Any]:
        """As the page is given it."""
        return {
            language: {"title": title, "lines": list(self.lines[language])} for language, title in self.titles.items()
        }


Maker = Callable[[Asked], Declared]


def declared(statement: Statement) -> Declared:
    """A statement of ``wire.statement``, with its words and what the card signs for it (G43)."""
    said = {language: words(statement, language) for language in LANGUAGES}
    return Declared(
        {language: each.title for language, each in said.items()},
        {language: each.lines for language, each in said.items()},
        partial(statement_to_sign, statement),
        partial(build, statement),
    )


def maker_of(asked: Asked) -> DeclaredBy:
    """Who declares, where and when, as ``wire.declare`` wants it."""
    return DeclaredBy(asked.person, place=Place(asked.device, asked.seat, asked.seat_label), made_at=asked.made_at)


def _attend(asked: Asked) -> Declared:
    """Roll call; ``data`` may say ``presence``, else the person is there."""
    data = Fields(dict(asked.data), ATTEND)
    presence = data.choice("presence", PRESENCES) if data.has("presence") else "present"
    data.end()
    return declared(attend(asked.meeting, maker_of(asked), presence=presence))


def _approve_papers(asked: Asked) -> Declared:
    data = Fields(dict(asked.data), APPROVE_PAPERS)
    papers = data.ids("papers", "p", limit=MAX_PAPERS)
    data.end()
    return declared(approve_papers(asked.meeting, maker_of(asked), papers=papers))


def _close(asked: Asked) -> Declared:
    Fields(dict(asked.data), CLOSE).end()
    return declared(close(asked.meeting, maker_of(asked)))


def _cast(asked: Asked) -> Declared:
    """A ballot in a named vote (W68); its nonce travels beside what was signed, and is no part of it."""
    data = Fields(dict(asked.data), CAST)
    vote, answer, nonce = (
        data.id("vote", "v"),
        data.text("answer", limit=SAID_LIMIT),
        data.hex("nonce", size=NONCE_BYTES),
    )
    data.end()
    made = declared(vote_statement(asked.meeting, maker_of(asked), vote=vote, answer=answer))

    def signed(certificate: bytes, signature: bytes) -> dict[str, Any]:
        return {**made.data(certificate, signature), "nonce": nonce}

    return replace(made, data=signed)


#: kind of act → what makes its statement. Whoever adds an act that is signed adds its line.
MAKERS: Final[dict[str, Maker]] = {ATTEND: _attend, APPROVE_PAPERS: _approve_papers, CLOSE: _close, CAST: _cast}
