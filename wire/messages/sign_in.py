"""How a seat gets the challenge that somebody's token signs (W53, W54).

Rules: a challenge is for one device, seat and meeting, for at most a minute, and for one try. It names the server by
the hash of its signing key: a server that hands on another's challenge is found out by the seat.

Usage::

    Knock(head, act, meeting)            # up: somebody wants to sign in with a token
    Challenge(head, act, challenge, nonce, server_key, seat, meeting, expires_at)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, ClassVar

from wire.fields import Fields, print_instant
from wire.messages.head import Head, b64
from wire.proof import NONCE_BYTES


@dataclass(frozen=True, slots=True)
class Knock:
    """Seat → server: a challenge, please. ``act`` is the act that the sign-in will be."""

    TYPE: ClassVar[str] = "knock"
    head: Head
    act: str
    meeting: str

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"head": self.head.to_value(), "act": self.act, "meeting": self.meeting}

    @classmethod
    def read(cls, fields: Fields) -> Knock:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            act=fields.id("act", "a"),
            meeting=fields.id("meeting", "m"),
        )


@dataclass(frozen=True, slots=True)
class Challenge:
    """Server → seat: what a token may sign now. ``server_key``: SHA-256 of its raw Ed25519 key, in hexadecimal."""

    TYPE: ClassVar[str] = "challenge"
    head: Head
    act: str
    challenge: str
    nonce: bytes = field(repr=False)
    server_key: str
    seat: str
    meeting: str
    expires_at: dt.datetime

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "act": self.act,
            "challenge": self.challenge,
            "nonce": b64(self.nonce),
            "server_key": self.server_key,
            "seat": self.seat,
            "meeting": self.meeting,
            "expires_at": print_instant(self.expires_at),
        }

    @classmethod
    def read(cls, fields: Fields) -> Challenge:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            act=fields.id("act", "a"),
            challenge=fields.id("challenge", "c"),
            nonce=fields.base64("nonce", size=NONCE_BYTES),
            server_key=fields.hex("server_key", size=32),
            seat=fields.id("seat", "s"),
            meeting=fields.id("meeting", "m"),
            expires_at=fields.instant("expires_at"),
        )
