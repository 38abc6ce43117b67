"""The kinds of questions a bridge reads: what each is shown as, how long it may wait, which key answers it (G51).

Rules: a kind that is not here shows nothing and is answered for by the key for signing in, which is all that the kinds
without a reader are about. What is read before it is signed may wait in front longer than the minute of its question;
a challenge may not, and is renewed by its page.

Usage: ``kinds.read(ask)`` raises AskWrong; ``kinds.shown(ask)``; ``kinds.purpose(ask)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from edge.bridge.enrolling import EnrolAsk
from edge.bridge.papers import PaperAsk
from edge.bridge.statements import StatementAsk
from edge.card.certificate import Purpose
from wire.asking import Ask, Kind


class Shown(Protocol):
    """A question that was read."""

    def to_value(self) -> dict[str, Any]:
        """As the bridge's page shows it."""
        ...


READERS: Final[Mapping[Kind, Callable[[Ask], Shown]]] = {
    Kind.PAPER: PaperAsk.read,
    Kind.STATEMENT: StatementAsk.read,
    Kind.ENROL: EnrolAsk.read,
}
#: How long (s) it may stand in front of its person, counted from when it was taken: a paper is read, a statement names
#: its moment (as at a seat, G38). The others are good for the minute of their challenge.
READ_S: Final[Mapping[Kind, float]] = {Kind.PAPER: 1800.0, Kind.STATEMENT: 300.0}


def read(ask: Ask) -> Shown | None:
    """What it says beyond its envelope; None for a kind that says nothing. Raises AskWrong."""
    reader = READERS.get(ask.kind)
    return None if reader is None else reader(ask)


def shown(ask: Ask) -> dict[str, Any]:
    """The same as JSON."""
    found = read(ask)
    return {} if found is None else found.to_value()


def purpose(ask: Ask) -> Purpose:
    """Which key of the token answers; raises AskWrong."""
    if ask.kind is Kind.ENROL:
        return EnrolAsk.read(ask).purpose
    return Purpose.DOCUMENT if ask.kind in {Kind.PAPER, Kind.STATEMENT} else Purpose.LOGIN
