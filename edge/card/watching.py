"""What goes in and out of the readers, told from one look to the next.

Rules: pure. Every insertion and every removal moves the counter in the upper 16 bits of a reader's state, so a card
that was swapped for one just like it between two looks is told as out and in. When the service goes, everything is out.

Usage::

    watch, events = observe(watch, readers, states)
    watch, events = lost(watch, "card-service-absent")
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

#: SCARD_STATE_* (pcsclite.h), the same on every system.
CHANGED: Final = 0x0002
UNKNOWN: Final = 0x0004
UNAVAILABLE: Final = 0x0008
PRESENT: Final = 0x0020
MUTE: Final = 0x0200
_COUNT_SHIFT: Final = 16
#: What is given back as "known": the counter and whether a card is in; the rest (in use, exclusive) is our own doing.
_KEPT: Final = 0xFFFF_FFFF & ~CHANGED


@dataclass(frozen=True, slots=True)
class CardIn:
    """A card is in ``reader``. ``count``: the reader's counter; a card that is mute is in, too (``mute``)."""

    reader: str
    atr: bytes
    count: int
    mute: bool = False


@dataclass(frozen=True, slots=True)
class CardOut:
    """The card that was in ``reader`` is out."""

    reader: str
    count: int


@dataclass(frozen=True, slots=True)
class ReadersChanged:
    """All readers there are now."""

    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceGone:
    """Nothing can be said of cards until :class:`ServiceBack`; ``code`` says why (``edge/card/errors.py``)."""

    code: str


@dataclass(frozen=True, slots=True)
class ServiceBack:
    """The service answers; what is in the readers is told next."""


CardEvent = CardIn | CardOut | ReadersChanged | ServiceGone | ServiceBack


@dataclass(frozen=True, slots=True)
class Seen:
    """One reader at the last look: its whole state, and the card told of, if any."""

    flags: int = 0
    card: CardIn | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """The last look. ``up`` is None before the first."""

    seen: dict[str, Seen] = field(default_factory=dict)
    up: bool | None = None


Looked = tuple[Watch, tuple[CardEvent, ...]]


def observe(watch: Watch, readers: Iterable[str], states: Iterable[tuple[str, int, bytes]]) -> Looked:
    """After a look: ``readers`` that are there, and the states (name, flags with counter, ATR) of some of them."""
    events: list[CardEvent] = []
    if watch.up is False:
        events.append(ServiceBack())
    names = tuple(readers)
    for gone in [name for name in watch.seen if name not in names]:
        events += _out(watch.seen[gone])
    if set(names) != set(watch.seen) or watch.up is None:
        events.append(ReadersChanged(names))
    seen = {name: watch.seen.get(name, Seen()) for name in names}
    for name, flags, atr in states:
        if name in seen:
            seen[name], told = _look(seen[name], name, flags=flags, atr=atr)
            events += told
    return Watch(seen, up=True), tuple(events)


def lost(watch: Watch, code: str) -> Looked:
    """After the service failed; told once."""
    if watch.up is False:
        return watch, ()
    events: list[CardEvent] = [event for seen in watch.seen.values() for event in _out(seen)]
    return Watch({}, up=False), (*events, ServiceGone(code))


def known(watch: Watch) -> tuple[tuple[str, int], ...]:
    """Names and flags to wait for a change of."""
    return tuple((name, seen.flags & _KEPT) for name, seen in watch.seen.items())


def _out(seen: Seen) -> list[CardEvent]:
    return [] if seen.card is None else [CardOut(seen.card.reader, seen.card.count)]


def _look(before: Seen, reader: str, *, flags: int, atr: bytes) -> tuple[Seen, list[CardEvent]]:
    count = flags >> _COUNT_SHIFT
    is_in = bool(flags & PRESENT) and not flags & (UNKNOWN | UNAVAILABLE)
    if not is_in:
        return Seen(flags), _out(before)
    card = CardIn(reader, atr, count, mute=bool(flags & MUTE))
    if before.card is not None and before.card.count == count and before.card.mute == card.mute:
        return Seen(flags, before.card), []
    return Seen(flags, card), [*_out(before), card]
