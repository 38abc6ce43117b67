"""PINs: bytes that are overwritten after one use, and what a token says about tries.

Rules: pure. A PIN is a ``bytearray`` that belongs to whoever is given it: it is overwritten on every way out, also when
it was not sent. It is in no ``repr``, no exception, no log. One call sends it at most once.

Usage::

    with wiped(pin):
        allow_try(state, last_try_ok=False)
        ...
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from edge.card.errors import LastTry, PinBlocked, PinMalformed


@dataclass(frozen=True, slots=True)
class PinState:
    """What a token tells: ``tries_left`` is None where it keeps that to itself.

    ``verified``: it counts the PIN as given. ``is_last``: one wrong PIN blocks it. ``is_low``: one was wrong before.
    """

    tries_left: int | None = None
    verified: bool = False
    is_low: bool = False
    is_last: bool = False
    is_blocked: bool = False

    @classmethod
    def left(cls, tries: int) -> PinState:
        """The state of a token that counts down to zero."""
        return cls(tries, is_last=tries == 1, is_blocked=tries <= 0)


@dataclass(frozen=True, slots=True)
class PinRule:
    """How many bytes of UTF-8 a token takes."""

    shortest: int
    longest: int

    def check(self, pin: bytearray) -> None:
        """Return when it may be sent; raises :class:`PinMalformed`."""
        if not self.shortest <= len(pin) <= self.longest:
            raise PinMalformed(shortest=self.shortest, longest=self.longest)


def allow_try(state: PinState, *, last_try_ok: bool) -> None:
    """Return when a PIN may be sent; raises :class:`PinBlocked` or :class:`LastTry`."""
    if state.is_blocked:
        raise PinBlocked
    if state.is_last and not last_try_ok:
        raise LastTry(tries_left=1)


@contextmanager
def wiped(pin: bytearray | None) -> Iterator[None]:
    """Overwrite ``pin`` in the end, whatever happens."""
    try:
        yield
    finally:
        if pin is not None:
            pin[:] = bytes(len(pin))
