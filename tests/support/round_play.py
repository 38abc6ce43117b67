"""Rounds of signing at a seat's machine, played line by line.

Usage::

    play = RoundPlay(TokenPlay(book)); play.told(waiting("one")).opens().types_pin(1).pin_right().offers().signs()
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import Any, Self

from edge.commands import CheckPin, ExamineAndSign, OpenRound
from edge.events import OfferCame, PinRight, RoundAsked, RoundConfirmed, RoundFile, RoundsCame, TokenSigned
from edge.model import CardSignature, SignsWith
from tests.support.meeting_log import MEETING, named
from tests.support.playbook import DEVICE, Playbook, act_id
from tests.support.token_play import READER, TokenPlay
from wire.messages import Head, RoundSigner, SigningRound, SignOffer, SignRounds

SIGNS = SignsWith(b"certificate for papers", "ab" * 32, "lan (demo)")
AT = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)
K = named("k", "minutes")
HEAD = Head(DEVICE, bytes(16), 1, AT)


def waiting(
    *, revision: int = 0, signed: tuple[str, ...] = (), order: tuple[str, ...] = ("lan", "chair")
) -> SigningRound:
    """Minutes that Lan and the chair sign in order."""
    first = next((who for who in order if who not in signed), "")
    signers = tuple(
        RoundSigner(named("u", who), f"{who} (demo)", AT if who in signed else None, who == first) for who in order
    )
    digest = hashlib.sha256(str(revision).encode()).hexdigest()
    closed = None if first else AT
    return SigningRound(
        K, "minutes", "Biên bản (demo)", ordered=True, revision=revision, size_bytes=9, sha256=digest, opened_at=AT,
        closed_at=closed, leased_by=None, leased_until=None, signers=signers, mark=None,
    )  # fmt: skip


class RoundPlay:
    """Lan is signed in with her token, which is in."""

    def __init__(self, play: TokenPlay, who: str = "lan") -> None:
        self.play = play
        self.who = who

    @property
    def book(self) -> Playbook:
        return self.play.book

    @property
    def shown(self) -> dict[str, Any]:
        """The section of the page."""
        found: dict[str, Any] = self.book.sections["signing"]
        return found

    @property
    def step(self) -> tuple[str, str]:
        """How far it is, and why it failed."""
        work = self.shown["work"]
        return (work["step"], work["code"]) if work else ("", "")

    def told(self, *rounds: SigningRound) -> Self:
        """The server's list comes."""
        self.book.on(RoundsCame(SignRounds(HEAD, MEETING, named("u", self.who), rounds)))
        return self

    def opens(self, request: int = 50) -> Self:
        """The person opens the round and its file comes."""
        self.book.on(RoundAsked(request, K))
        return self.arrives()

    def arrives(self) -> Self:
        """The file that was asked for is here."""
        found = self.book.does(OpenRound).found
        self.book.on(RoundFile(K, found.sha256, 1, 1, ready=True))
        return self

    def types_pin(self, request: int, **more: Any) -> Self:
        """For the file in front."""
        opened = self.book.state.round_file
        sha256 = "" if opened is None else opened.sha256
        self.book.on(RoundConfirmed(request, act_id(request), act_id(request + 500), K, sha256, **more))
        return self

    def pin_right(self, request: int) -> Self:
        """The card takes it."""
        assert self.book.does(CheckPin).work.request == request
        self.book.on(PinRight(request, self.play.inside[READER]))
        return self

    def offers(self, request: int, *, fence: int = 7, left_s: float = 25.0) -> Self:
        """The server gives the turn."""
        self.book.on(OfferCame(offer(request, fence=fence), left_s))
        return self

    def signs(self, request: int) -> Self:
        """It was what was shown, and the card signs."""
        assert self.book.does(ExamineAndSign).work.request == request
        self.book.on(TokenSigned(request, self.play.inside[READER], CardSignature(SIGNS.certificate, b"signature")))
        return self


def offer(request: int, *, fence: int = 7) -> SignOffer:
    """The answer to the n-th begin."""
    digest = waiting().sha256
    return SignOffer(HEAD, act_id(request), K, digest, 9, b"update", b"attributes", "sha256", fence, AT)


def lan(book: Playbook, **more: Any) -> RoundPlay:
    """Signed in with a token that signs papers."""
    return RoundPlay(TokenPlay(book).plug("lan", signs=SIGNS, **more).signed_in("lan"))


def again(found: SigningRound, **more: Any) -> SigningRound:
    """The same round, a little other."""
    return replace(found, **more)
