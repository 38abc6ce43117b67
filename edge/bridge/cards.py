"""What is in the readers of the PC, and what is done about it: values in, values out.

Rules: one token at a time is opened and held; with a second one in nobody can say which is meant. After every signature
the card is let go, which resets it, and taken again: the PIN is typed for each. While it is being read again it still
counts as in, for nobody has pulled it out.

Usage::

    readers, commands = hear(readers, event)
    card = usable(readers, last_try_ok=False)        # raises a CardError, TokenBusy
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from edge.bridge.errors import TokenBusy
from edge.card.errors import CardAbsent, LastTry, PinBlocked, TwoTokens
from edge.commands import OpenCard, ReleaseCard
from edge.errors import ServerRefused
from edge.events import CardCame, CardFailed, CardOpened, CardsWatched, CardWent, Event
from edge.model import Card, ReaderState, TokenSeen

Command = OpenCard | ReleaseCard
Heard = tuple["Readers", tuple[Command, ...]]


@dataclass(frozen=True, slots=True)
class Readers:
    """All readers. ``code``: why the service does not answer, empty when it does."""

    code: str = ""
    by_reader: Mapping[str, Card] = field(default_factory=dict, hash=False)


def hear(readers: Readers, event: Event) -> Heard:
    """After something was told of a reader."""
    match event:
        case CardsWatched(code):
            return (Readers(code) if code else replace(readers, code="")), ()
        case CardCame(reader, count):
            return _next(_with(readers, Card(reader, count)))
        case CardWent(reader, count):
            return _gone(readers, reader, count)
        case CardOpened(reader, count, token):
            card = _same(readers, reader, count)
            if card is None:
                return readers, (ReleaseCard(reader, count),)
            return _with(readers, replace(card, state=ReaderState.READY, token=token, code="", data={})), ()
        case CardFailed(reader, count, code, data):
            card = _same(readers, reader, count)
            if card is None:
                return readers, ()
            return _with(readers, replace(card, state=ReaderState.FAULTY, token=None, code=code, data=data)), ()
        case _:
            return readers, ()


def reset(readers: Readers, reader: str, count: int) -> Heard:
    """Make the card forget the PIN: let go, take it again."""
    card = _same(readers, reader, count)
    if card is None:
        return readers, ()
    again = replace(card, state=ReaderState.READING)
    return _with(readers, again), (ReleaseCard(reader, count), OpenCard(reader, count))


def told(readers: Readers, reader: str, count: int, *, token: TokenSeen | None) -> Readers:
    """What the card said of itself after a try."""
    card = _same(readers, reader, count)
    return readers if card is None or token is None else _with(readers, replace(card, token=token))


def usable(readers: Readers, *, last_try_ok: bool) -> tuple[Card, TokenSeen]:
    """The one token that may be given its PIN; raises why there is none."""
    cards = tuple(readers.by_reader.values())
    if not cards:
        raise ServerRefused(readers.code or CardAbsent.code)
    if len(cards) > 1:
        raise TwoTokens(count=len(cards))
    card = cards[0]
    if card.code:
        raise ServerRefused(card.code, **card.data)
    if card.token is None or card.state is not ReaderState.READY:
        raise TokenBusy
    if card.token.is_blocked:
        raise PinBlocked
    if card.token.is_last and not last_try_ok:
        raise LastTry(tries_left=1)
    return card, card.token


def is_in(readers: Readers, fingerprint: str) -> bool:
    """Whether a token with this certificate is in."""
    return any(card.token is not None and card.token.fingerprint == fingerprint for card in readers.by_reader.values())


def section(readers: Readers, *, working: bool) -> dict[str, Any]:
    """As the bridge's page shows it; the shape of the seat's ``usb_token``."""
    cards = tuple(readers.by_reader.values())
    card = cards[0] if len(cards) == 1 else None
    token = None if card is None else card.token
    code, data = readers.code, {}
    if card is not None and card.code:
        code, data = card.code, dict(card.data)
    return {
        "state": _state(readers, card, code, working=working),
        "count": len(cards),
        "code": code,
        "data": data,
        "name": "" if token is None else token.name,
        "signs": "" if token is None or token.signs is None else token.signs.name,
        "tries_left": None if token is None else token.tries_left,
        "low": token is not None and token.is_low,
        "last": token is not None and token.is_last,
        "shortest": 0 if token is None else token.shortest,
        "longest": 0 if token is None else token.longest,
    }


def _state(readers: Readers, card: Card | None, code: str, *, working: bool) -> str:
    if len(readers.by_reader) > 1:
        return "several"
    if code:
        return "fault"
    if card is None:
        return "absent"
    if card.token is not None and card.token.is_blocked:
        return "blocked"
    if working:
        return "working"
    return "ready" if card.state is ReaderState.READY else "reading"


def _gone(readers: Readers, reader: str, count: int) -> Heard:
    card = _same(readers, reader, count)
    if card is None:
        return readers, ()
    left = {name: other for name, other in readers.by_reader.items() if name != reader}
    released = () if card.state is ReaderState.NEW else (ReleaseCard(reader, count),)
    after, commands = _next(replace(readers, by_reader=left))
    return after, (*released, *commands)


def _next(readers: Readers) -> Heard:
    """The only card that is in is opened."""
    cards = tuple(readers.by_reader.values())
    if len(cards) != 1 or cards[0].state is not ReaderState.NEW:
        return readers, ()
    card = cards[0]
    return _with(readers, replace(card, state=ReaderState.READING)), (OpenCard(card.reader, card.count),)


def _with(readers: Readers, card: Card) -> Readers:
    return replace(readers, by_reader={**readers.by_reader, card.reader: card})


def _same(readers: Readers, reader: str, count: int) -> Card | None:
    card = readers.by_reader.get(reader)
    return card if card is not None and card.count == count else None
