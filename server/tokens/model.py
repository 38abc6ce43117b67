"""A challenge, the place it is for, and what a signed one proves.

Usage: ``Given(challenge, nonce, place, expires_at).proof(…)``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

from wire.proof import ConsoleProof, Proof, TokenData, fingerprint


class Place(NamedTuple):
    """Where somebody signs in: the device that asks, the seat it stands at, the meeting.

    At a console: the bridge of the PC, the origin of the page, and no meeting; for an enrolment (G57) whose
    certificate and for what stands in its place, so that the challenge of one is no good for the other.
    """

    device: str
    seat: str
    meeting: str


@dataclass(frozen=True, slots=True)
class Given:
    """A challenge that waits for its one try."""

    challenge: str
    nonce: bytes = field(repr=False)
    place: Place
    expires_at: dt.datetime

    def proof(self, data: TokenData, *, server_key: str) -> Proof:
        """What must have been signed: everything but the seat's nonce and certificate is the server's own word."""
        return Proof(
            challenge=self.challenge,
            server_nonce=self.nonce,
            seat_nonce=data.nonce,
            server_key=server_key,
            device=self.place.device,
            seat=self.place.seat,
            meeting=self.place.meeting,
            expires_at=self.expires_at,
            certificate=fingerprint(data.certificate),
        )

    def console_proof(self, data: TokenData, *, server_key: str) -> ConsoleProof:
        """The same at a console (G53)."""
        return ConsoleProof(
            challenge=self.challenge,
            server_nonce=self.nonce,
            bridge_nonce=data.nonce,
            server_key=server_key,
            bridge=self.place.device,
            origin=self.place.seat,
            expires_at=self.expires_at,
            certificate=fingerprint(data.certificate),
        )


@dataclass(frozen=True, slots=True)
class Proven:
    """Who it is, and by which certificate (SHA-256, hexadecimal)."""

    person: str
    certificate: str
