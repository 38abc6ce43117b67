"""A seat's machine with tokens in its readers, played line by line.

Usage::

    play = TokenPlay(Playbook().enrolled().welcomed(log))
    play.plug("lan").types_pin(1).challenged(1).signs(1)
    play.book.acked(act_id(1), person=named("u", "lan"))
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import Any, Self

from edge.commands import OpenCard, VerifyPinAndSign
from edge.events import (
    CardCame,
    CardOpened,
    CardsWatched,
    CardWent,
    ChallengeCame,
    PinGiven,
    TokenRefused,
    TokenSigned,
)
from edge.model import TokenSeen
from tests.support.meeting_log import named
from tests.support.playbook import DEVICE, SEAT, Playbook, act_id
from wire.messages import Challenge, Head
from wire.proof import TokenData, fingerprint

READER, OTHER_READER = "Reader 00 00", "Reader 01 00"
_NOW = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)


def token(who: str, **more: Any) -> TokenSeen:
    """The token of a person: its certificate is as good as any for a machine that never reads it."""
    der = f"certificate of {who}".encode()
    return replace(TokenSeen(der, fingerprint(der), f"{who} (demo)", 6, 8, tries_left=3), **more)


class TokenPlay:
    """Plays on a :class:`Playbook`."""

    def __init__(self, book: Playbook) -> None:
        self.book = book
        self.counts: dict[str, int] = {}
        self.inside: dict[str, TokenSeen] = {}
        book.on(CardsWatched())

    def plug(self, who: str, *, reader: str = READER, opens: bool = True, **more: Any) -> Self:
        """A token goes in; if it is the one to be opened, it is."""
        count = self.counts[reader] = self.counts.get(reader, 0) + 1
        self.inside[reader] = token(who, **more)
        self.book.on(CardCame(reader, count))
        if opens and any(isinstance(each, OpenCard) for each in self.book.commands):
            commands = self.book.commands
            self.opens(reader)
            self.book.commands = (*commands, *self.book.commands)
        return self

    def opens(self, reader: str = READER) -> Self:
        """The card has been read."""
        self.book.on(CardOpened(reader, self.counts[reader], self.inside[reader]))
        return self

    def pull(self, reader: str = READER) -> Self:
        """It goes out."""
        self.inside.pop(reader, None)
        self.book.on(CardWent(reader, self.counts[reader]))
        return self

    def types_pin(self, number: int, *, last_try_ok: bool = False) -> Self:
        """Somebody types the PIN; request and act have the same number."""
        self.book.on(PinGiven(number, act_id(number), last_try_ok=last_try_ok))
        return self

    def challenged(self, number: int, code: str = "") -> Self:
        """The server's challenge for that act comes."""
        self.book.on(ChallengeCame(challenge(number, self.meeting), code))
        return self

    def signs(self, number: int) -> Self:
        """The card takes the PIN and signs what it was given."""
        asked = self.book.does(VerifyPinAndSign)
        assert asked.request == number
        seen = self.inside[asked.token.reader]
        data = None
        if asked.challenge is not None:
            data = TokenData(asked.challenge.challenge, bytes(32), seen.certificate, b"signature")
        self.book.on(TokenSigned(number, seen, data))
        return self

    def refuses(
        self, number: int, code: str, *, reader: str = READER, tries_left: int | None = None, **more: Any
    ) -> Self:
        """The card does not."""
        seen = replace(self.inside[reader], tries_left=tries_left, is_last=tries_left == 1, is_blocked=tries_left == 0)
        self.inside[reader] = seen
        data = {} if tries_left is None else {"tries_left": tries_left}
        self.book.on(TokenRefused(number, code, data, seen, **more))
        return self

    def signed_in(self, who: str, number: int = 100) -> Self:
        """All of it, with the token that is in."""
        self.types_pin(number).challenged(number).signs(number)
        self.book.acked(act_id(number), person=named("u", who), seq=9)
        return self

    @property
    def meeting(self) -> str:
        """The meeting of the sign-in that waits."""
        waiting = self.book.state.signing_in
        return named("m", "demo") if waiting is None else waiting.meeting

    @property
    def shown(self) -> dict[str, Any]:
        """The section of the page."""
        found: dict[str, Any] = self.book.sections["usb_token"]
        return found


def challenge(number: int, meeting: str) -> Challenge:
    """The server's challenge for the n-th act."""
    nonce = hashlib.sha256(str(number).encode()).digest()
    head = Head(DEVICE, bytes(16), 1, _NOW)
    end = _NOW + dt.timedelta(seconds=60)
    return Challenge(head, act_id(number), named("c", str(number)), nonce, "ab" * 32, SEAT, meeting, end)
